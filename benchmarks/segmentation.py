"""How fast texts are divided into sentences and how right, ours beside the bare sentencex library in the same run.

Speed: German news of WMT21, four lines a paragraph, all in this process; the best of a few passes, in processor time.
Right: boundary F1 against paragraphs with known cuts, and against the lines of WMT documents joined by blanks (only
where a line ends with a mark and the next one begins like a sentence; a few lines hold two sentences, rightly cut).
F1 of the German gold below 0.98 ends the run with exit code 1.

    python -m benchmarks.segmentation
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

import sentencex

from reviews.importing.segmenting import split
from reviews.values import CodedText

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
GOLD = SHARED / "cases" / "german_segmentation.jsonl"
OWN = ROOT / "tests" / "importing" / "data"
WMT21 = SHARED / "data" / "wmt21-de-en"
WMT22 = SHARED / "data" / "wmt22-de-en"

GOAL = 0.98
PASSES = 5
LINES_A_PARAGRAPH = 4
LINES_A_DOCUMENT = 10  # WMT21 as we have it does not say where its documents end

_ENDS_WITH_MARK = re.compile(r"[.!?…][“”\"»«’‘')\]]*\Z")

Divide = Callable[[str, str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A text and its sentences, which joined give it back, white space aside."""

    text: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How many inner boundaries are found, found too many, and missed, and how many paragraphs are wholly right."""

    found: int
    extra: int
    missed: int
    right: int
    paragraphs: int

    @property
    def f1(self) -> float:
        return 2 * self.found / max(2 * self.found + self.extra + self.missed, 1)


def ours(text: str, lang: str) -> list[str]:
    return [piece.text for piece in split(CodedText(text), lang)]


def bare_library(text: str, lang: str) -> list[str]:
    return list(sentencex.segment(lang, text))


def library(text: str, lang: str) -> list[str]:
    # Blanks for no-break spaces, at which sentencex 1.0.32 panics.
    return [piece.strip() for piece in sentencex.segment(lang, re.sub(r"[^\S\n]", " ", text)) if piece.strip()]


def agreement(paragraphs: Iterable[Paragraph], divide: Divide, lang: str) -> Agreement:
    found = extra = missed = right = count = 0
    for paragraph in paragraphs:
        want, got = boundaries(paragraph.sentences), boundaries(divide(paragraph.text, lang))
        found, extra, missed = found + len(want & got), extra + len(got - want), missed + len(want - got)
        right, count = right + (want == got), count + 1
    return Agreement(found, extra, missed, right, count)


def boundaries(sentences: Sequence[str]) -> set[int]:
    """The places between the sentences, in characters without the white space."""
    places: set[int] = set()
    place = 0
    for sentence in sentences[:-1]:
        place += len("".join(sentence.split()))
        places.add(place)
    return places


def paragraphs_of(path: Path) -> list[Paragraph]:
    """The paragraphs of a file of JSON Lines, one `{"text", "sentences"}` a line."""
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
    return [Paragraph(row["text"], tuple(row["sentences"])) for row in rows]


def lines_of(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def wmt21_documents(name: str) -> Iterator[list[str]]:
    lines = lines_of(WMT21 / name)
    return (lines[i : i + LINES_A_DOCUMENT] for i in range(0, len(lines), LINES_A_DOCUMENT))


def wmt22_documents(name: str) -> Iterator[list[str]]:
    names = [row.split("\t")[1] for row in lines_of(WMT22 / "docs.tsv")[1:]]
    rows = zip(names, lines_of(WMT22 / name), strict=True)
    return ([line for _, line in group] for _, group in groupby(rows, key=lambda row: row[0]))


def joined(documents: Iterable[list[str]]) -> Iterator[Paragraph]:
    """Runs of lines as paragraphs; a line without a mark at its end, such as a headline, ends a run."""
    for lines in documents:
        run = [lines[0].strip()]
        for line, following in pairwise(each.strip() for each in lines):
            if not _ENDS_WITH_MARK.search(line) or following[0].islower():
                yield Paragraph(" ".join(run), tuple(run))
                run = []
            run.append(following)
        yield Paragraph(" ".join(run), tuple(run))


def speed(divide: Divide, texts: Sequence[str]) -> tuple[int, float]:
    """How many sentences, and the processor seconds of the fastest pass."""
    best = float("inf")
    count = 0
    for _ in range(PASSES):
        started = time.process_time()
        count = sum(len(divide(text, "de")) for text in texts)
        best = min(best, time.process_time() - started)
    return count, best


def main(arguments: Sequence[str] | None = None) -> int:
    argparse.ArgumentParser(
        prog="python -m benchmarks.segmentation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args(arguments)
    try:
        print(speeds())
        gold = paragraphs_of(GOLD)
        tests: list[tuple[str, str, list[Paragraph]]] = [
            ("gold, German", "de", gold),
            ("own, German", "de", paragraphs_of(OWN / "sentences.de.jsonl")),
            ("own, English", "en", paragraphs_of(OWN / "sentences.en.jsonl")),
            ("WMT21 lines, German", "de", list(joined(wmt21_documents("source.de")))),
            ("WMT22 lines, German", "de", list(joined(wmt22_documents("source.de")))),
            ("WMT21 lines, English", "en", list(joined(wmt21_documents("ref.A.en")))),
            ("WMT22 lines, English", "en", list(joined(wmt22_documents("ref.A.en")))),
        ]
    except OSError as error:
        print(f"{error}: the shared data has to lie beside the checkout.", file=sys.stderr)
        return 2
    print(f"\n{'':<22} {'':<8} {'F1':>6} {'found':>6} {'extra':>6} {'missed':>6}  wholly right")
    for title, lang, paragraphs in tests:
        for name, divide in (("ours", ours), ("library", library)):
            got = agreement(paragraphs, divide, lang)
            figures = f"{got.f1:6.4f} {got.found:6} {got.extra:6} {got.missed:6}"
            print(f"{title:<22} {name:<8} {figures}  {got.right} of {got.paragraphs}")
    return 0 if agreement(gold, ours, "de").f1 >= GOAL else 1


def speeds() -> str:
    lines = lines_of(WMT21 / "source.de")
    texts = [" ".join(lines[i : i + LINES_A_PARAGRAPH]) for i in range(0, len(lines), LINES_A_PARAGRAPH)]
    rows = [(name, *speed(divide, texts)) for name, divide in (("library", bare_library), ("ours", ours))]
    fastest = rows[0][1] / rows[0][2]
    out = [f"{len(texts)} paragraphs", f"{'':<8} {'sentences':>9} {'seconds':>8} {'sentences/s':>12} {'ratio':>6}"]
    for name, count, seconds in rows:
        out.append(f"{name:<8} {count:>9} {seconds:>8.3f} {count / seconds:>12,.0f} {count / seconds / fastest:>6.2f}")
    return "\n".join(out)


if __name__ == "__main__":
    sys.exit(main())
