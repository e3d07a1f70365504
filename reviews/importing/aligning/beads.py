"""The cheapest sequence of beads, by dynamic programming within a band, and how sure each of them is.

Beads are those of Gale and Church, "A Program for Aligning Sentences in Bilingual Corpora" (Computational Linguistics
19(1), 1993): one unit or two of either side, or one of one side alone. Costs are negative logarithms of likelihoods,
so the share of a bead among all ways through the article (forward-backward) is the probability that it is right.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from reviews.values import UNDIVIDED_KINDS

from .evidence import Evidence, Floats, Unit

#: Kinds that may only meet their own kind; the others are running text, which an engine may mark up otherwise.
STRICT_KINDS = UNDIVIDED_KINDS | {"meta_description", "table_cell"}

#: The bead types as numbers of units of the source and of the translation, each with its cost. That of 1:1 is Gale and
#: Church's prior; the others and that of gaps were settled on WMT21 and one half of WMT22 with sentences joined, split,
#: dropped and inserted. With a dearer gap more foreign sentences are paired with dropped ones, with a cheaper one more
#: free translations are taken for gaps.
PAIRED: dict[tuple[int, int], float] = {
    (1, 1): -math.log(0.89),
    (1, 2): 3.0,
    (2, 1): 3.0,
    (2, 2): 7.0,
}
GAP = 2.3

#: What a change of kind costs, and leaving the bead of blocks a sentence stands in.
_OTHER_KIND = 2.0
_OTHER_PART = 1.5

#: A bead less sure than this is worth a look. With something done to two sentences in five, one in three such pairs is
#: wrong, and they are half of all wrong pairs; with nothing done 0.4 % of the pairs are such, nearly all of them right.
LOW_CONFIDENCE = 0.6

#: Types in the order in which equally cheap ones are taken; 0:1 is found along a row.
_TYPES = ((1, 0), *PAIRED)
_INSERTED = len(_TYPES)


@dataclass(frozen=True, slots=True)
class Bead:
    """Units [source, source_end) and [target, target_end) belong together, with that probability."""

    source: int
    source_end: int
    target: int
    target_end: int
    confidence: float

    @property
    def is_gap(self) -> bool:
        return self.source == self.source_end or self.target == self.target_end


#: The corners (i, j, i_end, j_end) of a bead: units [i, i_end) of the source and [j, j_end) of the translation.
_Corners = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Band:
    """Per number of source units the fewest and the most target units that may stand before it, from 0 to n."""

    low: Sequence[int]
    high: Sequence[int]


def align(source: Sequence[Unit], target: Sequence[Unit], evidence: Evidence, band: Band) -> list[Bead]:
    """The cheapest beads in order; every unit is in exactly one."""
    table = _Table(source, target, evidence, band)
    places = table.path()
    likely = table.through(places)
    total = table.forward[-1].at(len(target))
    beads = []
    for (i, j), (i_end, j_end) in pairwise(places):
        share = likely[i, j, i_end, j_end] - total
        beads.append(Bead(i, i_end, j, j_end, math.exp(min(share, 0.0))))
    return beads


@dataclass(frozen=True, slots=True)
class _Row:
    """Numbers for the target places [low, low + len(values)); elsewhere `outside`."""

    low: int
    values: Floats
    outside: float

    def at(self, place: int) -> float:
        inside = 0 <= place - self.low < self.values.size
        return float(self.values[place - self.low]) if inside else self.outside

    def window(self, first: int, end: int) -> Floats:
        found: Floats = np.full(end - first, self.outside)
        low, high = max(first, self.low), min(end, self.low + self.values.size)
        if low < high:
            found[low - first : high - first] = self.values[low - self.low : high - self.low]
        return found


class _Table:
    """One pass over the places (i, j), "i source units and j target units are done", row by row."""

    def __init__(self, source: Sequence[Unit], target: Sequence[Unit], evidence: Evidence, band: Band) -> None:
        self.n, self.m, self.band = len(source), len(target), band
        costs = _Costs(source, target, evidence)
        #: Per row the last bead's type on the cheapest way to each place.
        self.types: list[npt.NDArray[np.int8]] = []
        #: Per row the logarithm of the likelihood of all ways to each place.
        self.forward: list[_Row] = []
        #: Per row and type the cost of the bead that ends at each place; they are needed again on the way back.
        self.costs: list[dict[tuple[int, int], npt.NDArray[np.float32]]] = []
        cheapest: list[_Row] = []
        for i in range(self.n + 1):
            low, end = band.low[i], band.high[i] + 1
            row = costs.row(i, low, end)
            best = np.full((len(_TYPES), end - low), np.inf)
            likely = np.full((len(_TYPES), end - low), -np.inf)
            if i == 0:
                best[0, 0] = likely[0, 0] = 0.0
            else:
                best[0] = cheapest[-1].window(low, end) + GAP
                likely[0] = self.forward[-1].window(low, end) - GAP
            for number, (di, dj) in enumerate(_TYPES[1:], 1):
                if (di, dj) in row:
                    best[number] = cheapest[-di].window(low - dj, end - dj) + row[di, dj]
                    likely[number] = self.forward[i - di].window(low - dj, end - dj) - row[di, dj]
            types, values = _inserting(best)
            self.types.append(types)
            cheapest = [*cheapest[-1:], _Row(low, values, np.inf)]
            self.costs.append(row)
            self.forward.append(_Row(low, _along(np.logaddexp.reduce(likely)), -np.inf))

    def path(self) -> list[tuple[int, int]]:
        """The places on the cheapest way, from (0, 0) to the end of both texts."""
        i, j = self.n, self.m
        places = [(i, j)]
        while i or j:
            number = self.types[i][j - self.band.low[i]]
            di, dj = (0, 1) if number == _INSERTED else _TYPES[number]
            i, j = i - di, j - dj
            places.append((i, j))
        return places[::-1]

    def through(self, places: Sequence[tuple[int, int]]) -> dict[_Corners, float]:
        """The logarithm of the likelihood of all ways that make the same beads as this way, for each of its beads.

        A gap is the same wherever it comes: all ways that leave its unit alone count, also those on which an inserted
        sentence stands on the other side of a dropped one.
        """
        paired: dict[int, list[_Corners]] = {}
        dropped: dict[int, _Corners] = {}
        inserted: dict[int, _Corners] = {}
        for (i, j), (i_end, j_end) in pairwise(places):
            corners = (i, j, i_end, j_end)
            if i == i_end:
                inserted[j] = corners
            elif j == j_end:
                dropped[i] = corners
            else:
                paired.setdefault(i_end, []).append(corners)
        found: dict[_Corners, float] = {}
        alone = np.full(self.m, -np.inf)
        for i, after, after_next in self._backward():
            low, end = self.band.low[i], self.band.high[i]
            before = self.forward[i].values
            if i in dropped:
                rest = after_next.window(low, end + 1)
                found[dropped[i]] = float(np.logaddexp.reduce(before + rest)) - GAP
            alone[low:end] = np.logaddexp(alone[low:end], before[:-1] + after.values[1:] - GAP)
            for corners in paired.get(i, ()):
                found[corners] = self._before(corners) + after.at(corners[3])
        found.update((corners, float(alone[j])) for j, corners in inserted.items())
        return found

    def _before(self, corners: _Corners) -> float:
        """The logarithm of the likelihood of all ways to the end of a bead of both sides, through that bead."""
        i, j, i_end, j_end = corners
        cost = self.costs[i_end][i_end - i, j_end - j][j_end - self.band.low[i_end]]
        return self.forward[i].at(j) - float(cost)

    def _backward(self) -> Iterator[tuple[int, _Row, _Row]]:
        """From the last row to the first: its number, the logarithms of the likelihood of all ways from its places to
        the end, and those of the row after it.
        """
        after: dict[int, _Row] = {self.n + 1: _Row(0, np.empty(0), -np.inf)}
        for i in range(self.n, -1, -1):
            low, end = self.band.low[i], self.band.high[i] + 1
            likely = np.full((len(_TYPES), end - low), -np.inf)
            if i == self.n:
                likely[0, -1] = 0.0
            else:
                likely[0] = after[i + 1].window(low, end) - GAP
            for number, (di, dj) in enumerate(_TYPES[1:], 1):
                if i + di <= self.n and (di, dj) in self.costs[i + di]:
                    over = after[i + di].values - self.costs[i + di][di, dj]
                    likely[number] = _Row(self.band.low[i + di], over, -np.inf).window(low + dj, end + dj)
            values = _along(np.logaddexp.reduce(likely)[::-1])[::-1]
            after[i] = _Row(low, values, -np.inf)
            after.pop(i + 3, None)
            yield i, after[i], after[i + 1]


def _inserting(best: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Per place of a row the last bead and the cost of the cheapest way there, beads of 0:1 along the row included."""
    cheapest = best.min(axis=0)
    along = np.arange(cheapest.size) * GAP
    with_gaps = np.minimum.accumulate(cheapest - along) + along
    inserted = with_gaps < cheapest - 1e-9
    types = np.where(inserted, _INSERTED, best.argmin(axis=0)).astype(np.int8)
    return types, np.where(inserted, with_gaps, cheapest)


def _along(likely: Floats) -> Floats:
    """The same with the ways that come from the places before by beads of 0:1."""
    along = np.arange(likely.size) * GAP
    together: Floats = np.logaddexp.accumulate(likely + along) - along
    return together


@dataclass(slots=True)
class _Costs:
    """What beads cost that end at given places."""

    source: Sequence[Unit]
    target: Sequence[Unit]
    evidence: Evidence
    lengths: dict[int, Floats] = field(init=False)
    kinds: dict[str, int] = field(init=False)
    kind: npt.NDArray[np.intp] = field(init=False)
    strict: npt.NDArray[np.bool_] = field(init=False)
    part: npt.NDArray[np.intp] = field(init=False)
    divided: Floats = field(init=False)

    def __post_init__(self) -> None:
        lengths = np.array([unit.length for unit in self.target], dtype=np.float64)
        self.lengths = {1: lengths, 2: lengths[:-1] + lengths[1:]}
        self.kinds = {kind: number for number, kind in enumerate({u.kind for u in (*self.source, *self.target)})}
        self.kind = np.array([self.kinds[unit.kind] for unit in self.target], dtype=np.intp)
        self.strict = np.array([unit.kind in STRICT_KINDS for unit in self.target], dtype=np.bool_)
        self.part = np.array([_NOWHERE if unit.part is None else unit.part for unit in self.target], dtype=np.intp)
        divided = [_divided(one, other) for one, other in pairwise(self.target)]
        self.divided = np.array(divided, dtype=np.float64)

    def row(self, i: int, low: int, end: int) -> dict[tuple[int, int], npt.NDArray[np.float32]]:
        """Per type the cost of the beads from (i - di, j - dj) to (i, j), for j of [low, end)."""
        met = {di: self._meeting(self.source[i - di], low - 2, end - 1) for di in (1, 2) if di <= i}
        costs = {}
        for (di, dj), prior in PAIRED.items():
            if di > i:
                continue
            length = sum(unit.length for unit in self.source[i - di : i])
            cost = self.evidence.lengths(length, _reach(self.lengths[dj], low - dj, end - dj, 1.0))
            cost += prior - self.evidence.anchors(di, i - di, dj, low - dj, end - dj)
            against = met[1] if di == 1 else np.maximum(met[1], met[2])
            cost += against[1:] if dj == 1 else np.maximum(against[1:], against[:-1])
            if dj == 2:
                cost += _reach(self.divided, low - dj, end - dj, np.inf)
            if di == 2:
                cost += _divided(self.source[i - 2], self.source[i - 1])
            costs[di, dj] = cost.astype(np.float32)
        return costs

    def _meeting(self, unit: Unit, first: int, end: int) -> Floats:
        """What it costs that a source unit meets each of the target units [first, end): other kinds, other parts."""
        low, high = max(first, 0), min(end, len(self.target))
        found: Floats = np.full(end - first, np.inf)
        if low >= high:
            return found
        strict = self.strict[low:high] | (unit.kind in STRICT_KINDS)
        other = self.kind[low:high] != self.kinds[unit.kind]
        cost = np.where(other, np.where(strict, np.inf, _OTHER_KIND), 0.0)
        if unit.part is not None:
            parts = self.part[low:high]
            cost += np.where((parts != unit.part) & (parts != _NOWHERE), _OTHER_PART, 0.0)
        found[low - first : high - first] = cost
        return found


_NOWHERE = -1


def _divided(one: Unit, other: Unit) -> float:
    """Two blocks of a kind that stands alone never make one text."""
    alone = one.kind in STRICT_KINDS or other.kind in STRICT_KINDS
    return math.inf if alone and one.block != other.block else 0.0


def _reach(values: Floats, first: int, end: int, outside: float) -> Floats:
    return _Row(0, values, outside).window(first, end)
