"""Articles whose alignment is known: WMT22 documents with sentences of the human translation moved about.

A unit is a line of the test set: the translators worked line by line, so lines pair 1:1 (some hold two sentences, which
stay together). One of four things is done to the English of a German line with 10 % each, at places drawn from a seed:
it is joined with the next one, split in two, dropped, or an English line of another document is put before it. What has
no room for it (nothing to join with, too few words to split) stays as it is.

Documents are parted in two halves by a hash of their ids: the aligner may be tuned on the even half only.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

from reviews.importing.aligning import Bead, sentence_beads
from reviews.values import CodedText, PlacedSource

Half = Literal["development", "held-out"]

#: A bead by the units it holds. A gap has no place on the side it lacks: a dropped sentence next to an inserted one is
#: the same two beads in either order.
Pair = tuple[range, range]

RATE = 0.10
TYPES = ("1:1", "1:2", "2:1", "2:2", "1:0", "0:1")
GAPS = ("1:0", "0:1")

#: A line of fewer words is not split.
_FEWEST_WORDS = 6
_CLAUSE = re.compile(r"(?<=[,;:.!?–—]) +(?=\S)")


@dataclass(frozen=True, slots=True)
class Document:
    """The lines of one WMT22 document with their human translations."""

    name: str
    domain: str
    german: tuple[str, ...]
    english: tuple[str, ...]

    @property
    def half(self) -> Half:
        return "held-out" if hashlib.sha256(self.name.encode()).digest()[-1] % 2 else "development"


@dataclass(frozen=True, slots=True)
class Article:
    """Two texts in units, each with the number of its paragraph, and the beads they are to be divided into."""

    document: Document
    english: tuple[tuple[str, int], ...]
    german: tuple[tuple[str, int], ...]
    gold: frozenset[Pair]

    def aligned(self) -> list[Bead]:
        return sentence_beads(placed(self.german), placed(self.english), "de", "en")


def documents(data: Path, reference: str = "A") -> list[Document]:
    """The documents of WMT22 de-en. Raises OSError where the data are missing."""
    folder = data / "wmt22-de-en"
    rows = [row.split("\t") for row in lines(folder / "docs.tsv")[1:]]
    texts = zip(rows, lines(folder / "source.de"), lines(folder / f"ref.{reference}.en"), strict=True)
    found = []
    for (name, domain), group in groupby(texts, key=lambda text: (text[0][1], text[0][2])):
        _, german, english = zip(*group, strict=True)
        found.append(Document(name, domain, german, english))
    return found


def lines(path: Path) -> list[str]:
    """The lines of a file; only a line feed ends one."""
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def placed(units: Iterable[tuple[str, int]]) -> list[PlacedSource]:
    """Texts with the numbers of their paragraphs, as the aligner takes them."""
    return [
        PlacedSource(CodedText(text), "body", block, number)
        for block, group in groupby(units, key=lambda unit: unit[1])
        for number, (text, _) in enumerate(group)
    ]


def articles(
    among: Sequence[Document], seed: int, rate: float = RATE, paragraph: int | None = None
) -> Iterator[Article]:
    """Each document, moved about at this rate (0: as it is).

    `paragraph` is how many German lines make one; None: nothing is known of paragraphs, as in plain text.
    """
    others = [line for document in among for line in document.english]
    for document in among:
        own = set(document.english)
        yield moved_about(document, seed, rate, [line for line in others if line not in own], paragraph)


def moved_about(
    document: Document, seed: int, rate: float, strangers: Sequence[str], paragraph: int | None = None
) -> Article:
    """One document so; `strangers` are the lines to insert."""
    chance = random.Random(f"{seed} {document.name}")
    count = len(document.german)
    paragraph = paragraph or count
    english: list[tuple[str, int]] = []
    gold: list[Pair] = []
    i = 0

    def add(sources: int, *texts: str) -> None:
        nonlocal i
        gold.append((range(i, i + sources), range(len(english), len(english) + len(texts))))
        english.extend((text, min(i, count - 1) // paragraph) for text in texts)
        i += sources

    while i < count:
        line, draw = document.english[i], chance.random()
        if draw < rate and i + 1 < count:
            add(2, f"{line} {document.english[i + 1]}")
        elif rate <= draw < 2 * rate and (halves := split(line)):
            add(1, *halves)
        elif 2 * rate <= draw < 3 * rate:
            add(1)
        else:
            if 3 * rate <= draw < 4 * rate:
                add(0, chance.choice(strangers))
            add(1, line)
    german = tuple((line, number // paragraph) for number, line in enumerate(document.german))
    return Article(document, tuple(english), german, frozenset(gold))


def split(line: str) -> tuple[str, str] | None:
    """A line in two, at the clause boundary nearest to its middle if one is in the middle half, else between words."""
    if len(line.split()) < _FEWEST_WORDS:
        return None
    middle = len(line) / 2
    inner = [m for m in _CLAUSE.finditer(line) if abs(m.start() - middle) <= len(line) / 4]
    at = min(inner or re.finditer(" +", line), key=lambda match: abs(match.start() - middle))
    return line[: at.start()], line[at.end() :]


# --- measuring -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counts:
    """Beads that are right, that were made, and that should have been."""

    right: int
    made: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.made + self.wanted) if self.made + self.wanted else 1.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A bead the aligner made: its type, how sure it was, and whether it is exactly one of the gold."""

    type: str
    domain: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """What the aligner made of several articles, and how many beads of each (domain, type) were wanted."""

    made: tuple[Judged, ...]
    wanted: Counter[tuple[str, str]]

    def counts(self, types: Iterable[str] = TYPES, domain: str | None = None) -> Counts:
        """Strict: a bead is right when both its sides are exactly those of a bead of the gold."""
        kinds = set(types)
        made = [bead for bead in self.made if bead.type in kinds and domain in (None, bead.domain)]
        wanted = sum(n for (where, kind), n in self.wanted.items() if kind in kinds and domain in (None, where))
        return Counts(sum(bead.right for bead in made), len(made), wanted)


def measure(among: Iterable[Article]) -> Measured:
    made: list[Judged] = []
    wanted: Counter[tuple[str, str]] = Counter()
    for article in among:
        domain = article.document.domain
        for bead in article.aligned():
            pair = range(bead.source, bead.source_end), range(bead.target, bead.target_end)
            made.append(Judged(type_of(pair), domain, bead.confidence, pair in article.gold))
        wanted.update((domain, type_of(pair)) for pair in article.gold)
    return Measured(tuple(made), wanted)


def together(several: Iterable[Measured]) -> Measured:
    """The measurements of several seeds as one."""
    made: list[Judged] = []
    wanted: Counter[tuple[str, str]] = Counter()
    for each in several:
        made.extend(each.made)
        wanted.update(each.wanted)
    return Measured(tuple(made), wanted)


def type_of(pair: Pair) -> str:
    source, target = pair
    return f"{len(source)}:{len(target)}"


def by_confidence(made: Sequence[Judged], edges: Sequence[float]) -> list[tuple[float, float, list[Judged]]]:
    """The beads in bins [edge, next edge), the last one closed: a reliability table's rows, empty ones left out."""
    bins: defaultdict[int, list[Judged]] = defaultdict(list)
    for bead in made:
        bins[max(k for k, edge in enumerate(edges[:-1]) if bead.confidence >= edge)].append(bead)
    return [(edges[k], edges[k + 1], bins[k]) for k in sorted(bins)]
