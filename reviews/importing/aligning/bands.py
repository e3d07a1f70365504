"""Where the way through an article may run: from fixed point to fixed point, so that time grows with its length."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from .beads import Band
from .evidence import Unit

#: Half the width of the band, in units, and the most it grows to where one side has fewer units between two pins.
_HALF = 48
_WIDEST = 400

#: So many anchors that stand once on either side, and in the same pair of units, make a pin.
_ENOUGH = 2

Pin = tuple[int, int]


def pins(source: Sequence[Unit], target: Sequence[Unit]) -> list[Pin]:
    """Pairs of units that alone have several anchors."""
    where = _once(source), _once(target)
    shared = Counter((i, where[1][anchor]) for anchor, i in where[0].items() if anchor in where[1])
    return [pair for pair, count in shared.items() if count >= _ENOUGH]


def _once(units: Sequence[Unit]) -> dict[str, int]:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, unit in enumerate(units):
        for anchor in unit.anchors:
            places[anchor].append(number)
    return {anchor: found[0] for anchor, found in places.items() if len(found) == 1}


def rising(candidates: Iterable[Pin]) -> list[Pin]:
    """The longest chain of pins of which each lies after the one before on both sides."""
    ends: list[int] = []
    chain: list[Pin] = []
    before: dict[Pin, Pin | None] = {}
    # Of several with the same source unit no two may follow each other: the later ones come first.
    for pin in sorted(set(candidates), key=lambda pin: (pin[0], -pin[1])):
        place = bisect_left(ends, pin[1])
        ends[place : place + 1] = [pin[1]]
        chain[place : place + 1] = [pin]
        before[pin] = chain[place - 1] if place else None
    found = []
    last: Pin | None = chain[-1] if chain else None
    while last is not None:
        found.append(last)
        last = before[last]
    return found[::-1]


def band(n: int, m: int, chain: Sequence[Pin]) -> Band:
    """The band that runs from pin to pin, wider where more units are missing on one side between two.

    Each row reaches the next, so that there always is a way through.
    """
    low, high = [0] * (n + 1), [m] * (n + 1)
    for (i, j), (next_i, next_j) in pairwise([(0, 0), *((i, j) for i, j in chain if i and j), (n, m)]):
        rows, columns = next_i - i, next_j - j
        half = min(max(_HALF, abs(rows - columns) + _HALF // 4), _WIDEST) + columns // max(rows, 1) + 1
        for step in range(rows + 1):
            centre = j + (round(step * columns / rows) if rows else 0)
            low[i + step] = max(centre - half, 0)
            high[i + step] = min(centre + half, m)
    low[0], high[n] = 0, m
    return Band(low, high)
