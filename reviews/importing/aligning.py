"""Which segments of the source each piece of a translation renders.

Blocks are aligned first, by dynamic programming over beads of 1:1, 1:2, 2:1, 1:0 and 0:1 blocks after Gale and
Church, "A Program for Aligning Sentences in Bilingual Corpora" (Computational Linguistics 19(1), 1993), with the
kind of the blocks, their number of sentences and shared numbers and names as further evidence. Within a bead
sentences pair one to one where both sides have as many; else the whole bead is one text for all its segments.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

from reviews.values import UNDIVIDED_KINDS, AlignedText, CodedText, ImportedBlock, PlacedSource, join_texts

from .codes import match_codes
from .segmenting import split

UNALIGNED = "unaligned"

#: Kinds that may only meet their own kind; the others are running text, which an engine may mark up otherwise.
_STRICT_KINDS = UNDIVIDED_KINDS | {"meta_description", "table_cell"}

#: Squared deviation of the length in characters per character (Gale and Church, section 3.2).
_VARIANCE = 6.8

#: Costs are negative logarithms of probabilities; the first two are Gale and Church's priors of the bead types. The
#: others were settled on WMT22 references whose paragraphs were joined, split, dropped and inserted at random.
_ONE_TO_ONE = -math.log(0.89)
_MERGED = -math.log(0.089 / 2)
_GAP = 4.0
_OTHER_KIND = 2.0
_SENTENCES_DIFFER = 2.5
_LONGEST_DIFFERENCE = 12.0

#: What one number or name that stands in one block of either side takes off the cost of pairing the two.
_ANCHOR = 2.5
_ANCHORS_MOST = 6.0

#: Anchors in more blocks than this, taken together, say nothing about any of them.
_ANCHOR_BLOCKS = 12

#: Anchors two blocks have to share to be a fixed point for all others: that of two they alone have.
_PIN = 2 * _ANCHOR

_BAND = 64
_WIDEST_BAND = 400

_Floats = npt.NDArray[np.float64]

_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]{2,}")


def _tail(deviation: float) -> float:
    """The probability of a value at least that far from the mean on either side (standard normal distribution)."""
    return math.erfc(deviation / math.sqrt(2))


@dataclass(frozen=True, slots=True)
class _Block:
    """One block of either side: its sentences and what alignment goes by."""

    kind: str
    content: CodedText
    sentences: tuple[CodedText, ...]
    length: int
    anchors: frozenset[str]
    number: int
    first: int = 0


@dataclass(frozen=True, slots=True)
class _Bead:
    """Blocks [source, source_end) of the source and [target, target_end) of the translation."""

    source: int
    source_end: int
    target: int
    target_end: int


def align_article(
    segments: Sequence[PlacedSource], blocks: Sequence[ImportedBlock], source_lang: str, target_lang: str
) -> list[AlignedText]:
    """Align a translation to the segments of its source; texts come in source order, unaligned ones where they stand.

    Every segment is covered by exactly one text, a dropped one by an empty text. A block without a source is one
    text with `segment` None and the reason UNALIGNED; `block` is the index in `blocks`. A disclosure block of the
    translation belongs to no segment and is left out. Codes have the ids of the source codes they correspond to.

    `confidence` is the mean of two numbers between 0 and 1: the probability that a right pair differs in length at
    least as much as this one does (normal distribution, variance as for the alignment), and the share of numbers
    and names that both texts have (Dice; of those that occur on both sides of the article). Where there are none
    of these it is the first number alone, for an empty or unaligned text None.
    """
    source = _source_blocks(segments)
    target = _target_blocks(blocks, target_lang)
    evidence = _Evidence(source, target)
    texts: list[AlignedText] = []
    for bead in _beads(source, target, evidence):
        texts += _texts(source[bead.source : bead.source_end], target[bead.target : bead.target_end], evidence)
    return texts


def _source_blocks(segments: Sequence[PlacedSource]) -> list[_Block]:
    blocks: list[_Block] = []
    first = 0
    for number, group in groupby(segments, key=lambda segment: segment.block):
        pieces = list(group)
        sentences = [piece.content for piece in pieces]
        blocks.append(_block(pieces[0].kind, join_texts(sentences), sentences, number, first))
        first += len(pieces)
    return blocks


def _target_blocks(blocks: Sequence[ImportedBlock], lang: str) -> list[_Block]:
    return [
        _block(block.kind, block.content, split(block.content, lang, block.kind), number)
        for number, block in enumerate(blocks)
        if block.kind != "disclosure"
    ]


def _block(kind: str, content: CodedText, sentences: Sequence[CodedText], number: int, first: int = 0) -> _Block:
    return _Block(kind, content, tuple(sentences), len(content.text), _anchors(content.text), number, first)


def _anchors(text: str) -> frozenset[str]:
    """Numbers and beginnings of words that survive translation: digit groups, abbreviations, names, cognates."""
    numbers = (digits.lstrip("0") or "0" for digits in _DIGITS.findall(text))
    words = _WORD.findall(text)
    return frozenset(
        [
            *numbers,
            *(word.casefold()[:5] for word in words if len(word) >= 5),
            *(word for word in words if word.isupper()),
        ]
    )


class _Evidence:
    """What speaks for a pair of blocks or texts, over one article."""

    def __init__(self, source: Sequence[_Block], target: Sequence[_Block]) -> None:
        source_length = sum(block.length for block in source)
        target_length = sum(block.length for block in target)
        #: Characters of translation per character of source; bounded, since much of an article may be missing.
        self.ratio = min(max(target_length / source_length, 0.8), 1.25) if source_length and target_length else 1.0
        places = _places(target)
        counts = Counter(anchor for block in source for anchor in block.anchors)
        self.shared = frozenset(anchor for anchor in counts if anchor in places)
        self.bonus: list[dict[int, float]] = []
        for block in source:
            found: dict[int, float] = defaultdict(float)
            # In a fixed order: sums of floats, and so the choice between equal beads, must not change from run to run.
            for anchor in sorted(block.anchors & self.shared):
                blocks = counts[anchor] + len(places[anchor])
                if blocks <= _ANCHOR_BLOCKS:
                    for j in places[anchor]:
                        found[j] += _ANCHOR * 2 / blocks
            self.bonus.append({j: min(value, _ANCHORS_MOST) for j, value in found.items()})

    def deviations(self, source_length: int, target_lengths: _Floats) -> _Floats:
        """By how many standard deviations the lengths of pairs differ (Gale and Church's delta, unsigned)."""
        mean = (source_length + target_lengths / self.ratio) / 2
        return np.abs(target_lengths - source_length * self.ratio) / np.sqrt(_VARIANCE * np.maximum(mean, 1.0))

    def confidence(self, source: str, target: str) -> float:
        deviation = self.deviations(len(source), np.array([len(target)], dtype=np.float64))[0]
        length = _tail(float(deviation))
        mine, other = _anchors(source) & self.shared, _anchors(target) & self.shared
        if not mine and not other:
            return length
        return (length + 2 * len(mine & other) / (len(mine) + len(other))) / 2


def _places(blocks: Sequence[_Block]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for j, block in enumerate(blocks):
        for anchor in block.anchors:
            places[anchor].append(j)
    return places


# --- beads of blocks ---------------------------------------------------------------------------

#: The bead types, as numbers of blocks of the source and of the translation.
_TYPES = ((1, 0), (1, 1), (1, 2), (2, 1), (0, 1))
_INSERTED = _TYPES.index((0, 1))

#: Rows have so many places before the first, so that looking back two blocks never leaves them.
_PAD = 2

#: -log of the probability of a length difference, by standard deviations in steps of a hundredth.
_LENGTH_COSTS = np.array([min(-math.log(_tail(step / 100)), _LONGEST_DIFFERENCE) for step in range(801)])


def _beads(source: Sequence[_Block], target: Sequence[_Block], evidence: _Evidence) -> list[_Bead]:
    """The cheapest sequence of beads within the band."""
    low, high = _band(len(source), len(target), _pins(evidence))
    costs = _Costs(source, target, evidence)
    nothing: _Floats = np.full(len(target) + 1 + _PAD, np.inf)
    before, before_that = nothing, nothing
    types = []
    for i in range(len(source) + 1):
        first, end = low[i], high[i] + 1
        ways = np.full((len(_TYPES), end - first), np.inf)
        if i == 0:
            ways[_INSERTED, 0] = 0.0
        else:
            last = slice(first + _PAD - 1, end + _PAD - 1)
            last_but_one = slice(first + _PAD - 2, end + _PAD - 2)
            ways[0] = before[first + _PAD : end + _PAD] + _GAP
            ways[1] = before[last] + costs.pairs(i, last)
            ways[2] = before[last_but_one] + costs.split(i, last, last_but_one)
            if i > 1:
                ways[3] = before_that[last] + costs.merged(i, last)
        row_types, row = _with_insertions(ways)
        types.append(row_types)
        before_that, before = before, nothing.copy()
        before[first + _PAD : end + _PAD] = row
    beads = []
    i, j = len(source), len(target)
    while i or j:
        di, dj = _TYPES[types[i][j - low[i]]]
        beads.append(_Bead(i - di, i, j - dj, j))
        i, j = i - di, j - dj
    return beads[::-1]


def _with_insertions(ways: _Floats) -> tuple[npt.NDArray[np.intp], _Floats]:
    """Per place of a row the last bead and the cost of the cheapest way there, beads of 0:1 along the row included."""
    cheapest = ways.min(axis=0)
    along = np.arange(cheapest.size) * _GAP
    with_gaps = np.minimum.accumulate(cheapest - along) + along
    inserted = with_gaps < cheapest - 1e-9
    return np.where(inserted, _INSERTED, ways.argmin(axis=0)), np.where(inserted, with_gaps, cheapest)


class _Costs:
    """What beads with the source block before place `i` cost, over the translation blocks of a slice of a row."""

    def __init__(self, source: Sequence[_Block], target: Sequence[_Block], evidence: _Evidence) -> None:
        self.source = source
        self.evidence = evidence
        self.kinds = {kind: number for number, kind in enumerate({block.kind for block in (*source, *target)})}
        padding = [0] * _PAD
        self.lengths = np.array([*padding, *(block.length for block in target)], dtype=np.float64)
        self.counts = np.array([*padding, *(len(block.sentences) for block in target)], dtype=np.float64)
        self.kind = np.array([*padding, *(self.kinds[block.kind] for block in target)])
        self.strict = np.array([*([False] * _PAD), *(block.kind in _STRICT_KINDS for block in target)], dtype=np.bool_)

    def pairs(self, i: int, last: slice) -> _Floats:
        block = self.source[i - 1]
        cost = _ONE_TO_ONE + self._numbers(block.length, len(block.sentences), self.lengths[last], self.counts[last])
        other = self.kind[last] != self.kinds[block.kind]
        strict = self.strict[last] | (block.kind in _STRICT_KINDS)
        return cost - self._bonus(i, last) + np.where(other, np.where(strict, np.inf, _OTHER_KIND), 0.0)

    def split(self, i: int, last: slice, last_but_one: slice) -> _Floats:
        """One source block against two of the translation."""
        block = self.source[i - 1]
        lengths = self.lengths[last] + self.lengths[last_but_one]
        counts = self.counts[last] + self.counts[last_but_one]
        cost = _MERGED + self._numbers(block.length, len(block.sentences), lengths, counts)
        kind = self.kinds[block.kind]
        other = (self.kind[last] != kind) | (self.kind[last_but_one] != kind)
        strict = self.strict[last] | self.strict[last_but_one] | (block.kind in _STRICT_KINDS)
        cost -= self._bonus(i, last) + self._bonus(i, last_but_one)
        return cost + np.where(strict, np.inf, np.where(other, _OTHER_KIND, 0.0))

    def merged(self, i: int, last: slice) -> _Floats:
        """Two source blocks against one of the translation."""
        first, second = self.source[i - 2], self.source[i - 1]
        count = len(first.sentences) + len(second.sentences)
        cost = _MERGED + self._numbers(first.length + second.length, count, self.lengths[last], self.counts[last])
        other = (self.kind[last] != self.kinds[second.kind]) | (first.kind != second.kind)
        strict = self.strict[last] | bool({first.kind, second.kind} & _STRICT_KINDS)
        cost -= self._bonus(i, last) + self._bonus(i - 1, last)
        return cost + np.where(strict, np.inf, np.where(other, _OTHER_KIND, 0.0))

    def _numbers(self, length: int, count: int, lengths: _Floats, counts: _Floats) -> _Floats:
        """The cost of differences in length and in number of sentences."""
        steps = (100 * self.evidence.deviations(length, lengths)).astype(np.intp)
        by_length = _LENGTH_COSTS[np.minimum(steps, _LENGTH_COSTS.size - 1)]
        return by_length + _SENTENCES_DIFFER * np.minimum(np.abs(counts - count), 2)

    def _bonus(self, i: int, place: slice) -> _Floats:
        bonus = np.zeros(place.stop - place.start)
        for j, value in self.evidence.bonus[i - 1].items():
            if 0 <= j + _PAD - place.start < bonus.size:
                bonus[j + _PAD - place.start] = value
        return bonus


def _pins(evidence: _Evidence) -> list[tuple[int, int]]:
    """Pairs of blocks that belong together for certain: the longest rising chain of best friends in anchors."""
    best: dict[int, int] = {i: max(found, key=found.__getitem__) for i, found in enumerate(evidence.bonus) if found}
    chain_ends: list[int] = []
    chain: list[int] = []
    previous: dict[int, int | None] = {}
    for i, j in best.items():
        if evidence.bonus[i][j] < _PIN:
            continue
        place = bisect_left(chain_ends, j)
        chain_ends[place : place + 1] = [j]
        chain[place : place + 1] = [i]
        previous[i] = chain[place - 1] if place else None
    pins = []
    last: int | None = chain[-1] if chain else None
    while last is not None:
        pins.append((last, best[last]))
        last = previous[last]
    return pins[::-1]


def _band(n: int, m: int, pins: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Per number of source blocks the fewest and the most translation blocks that may stand before it.

    The band runs from pin to pin, wider where more blocks are missing on one side between two, within bounds that
    keep the time linear. Each row reaches the next, so that there always is a way through.
    """
    low, high = [0] * (n + 1), [m] * (n + 1)
    for (i, j), (next_i, next_j) in pairwise([(0, 0), *((i, j) for i, j in pins if i and j), (n, m)]):
        rows, columns = next_i - i, next_j - j
        half = min(max(_BAND, abs(rows - columns) + _BAND // 4), _WIDEST_BAND) + columns // max(rows, 1) + 1
        for step in range(rows + 1):
            centre = j + (round(step * columns / rows) if rows else 0)
            low[i + step] = max(centre - half, 0)
            high[i + step] = min(centre + half, m)
    low[0], high[n] = 0, m
    return low, high


# --- texts of a bead ---------------------------------------------------------------------------


def _texts(source: Sequence[_Block], target: Sequence[_Block], evidence: _Evidence) -> Iterator[AlignedText]:
    if not source:
        for block in target:
            yield AlignedText(None, 1, block.content, block=block.number, reason=UNALIGNED)
        return
    first = source[0].first
    wanted = [sentence for block in source for sentence in block.sentences]
    given = [(sentence, block.number) for block in target for sentence in block.sentences]
    if not given:
        for offset in range(len(wanted)):
            yield AlignedText(first + offset, 1, CodedText(""))
    elif len(given) == len(wanted):
        for offset, (mine, (other, number)) in enumerate(zip(wanted, given, strict=True)):
            yield _aligned(first + offset, [mine], other, number, evidence)
    else:
        whole = join_texts([block.content for block in target])
        yield _aligned(first, wanted, whole, target[0].number, evidence)


def _aligned(
    first: int, sources: Sequence[CodedText], content: CodedText, block: int, evidence: _Evidence
) -> AlignedText:
    source = join_texts(sources)
    confidence = evidence.confidence(source.text, content.text)
    return AlignedText(first, len(sources), match_codes(source, content), round(confidence, 4), block)
