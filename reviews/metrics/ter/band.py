"""The band of the edit matrix that sacrebleu fills, and when it makes no difference.

The matrix has a row for each number of hypothesis words (0 to n_h) and a column for each number of reference words
(0 to n_r). sacrebleu fills only a band around the sloped diagonal and reads anything outside as infinite, so that its
distance may exceed Levenshtein's. Whoever wants its numbers must know the band.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from .limits import Limits


@dataclass(frozen=True, slots=True)
class Band:
    """Row i holds the columns `first[i] <= j < end[i]`; neither edge ever moves left from row to row."""

    first: list[int]
    end: list[int]

    @classmethod
    def of_sacrebleu(cls, n_h: int, n_r: int, limits: Limits) -> Band:
        """The cells `BeamEditDistance._edit_distance` fills, for n_h >= 1.

        Row 0 it fills to the end, but row 1 is all that reads it, and nothing beyond row 1's own edge.
        """
        slope = n_r / n_h
        width = limits.beam if limits.beam >= slope / 2 else math.ceil(slope / 2 + limits.beam)
        middles = [math.floor(i * slope) for i in range(1, n_h)]
        last = max(0, math.floor(n_h * slope) - width)
        first = [0, *[max(0, middle - width) for middle in middles], last]
        end = [0, *[min(n_r + 1, middle + width) for middle in middles], n_r + 1]
        end[0] = end[1]
        return cls(first, end)

    def turned(self) -> Band:
        """The same cells seen from the end: row i, column j becomes row n_h - i, column n_r - j."""
        n_r = self.end[-1] - 1
        return Band([n_r - j + 1 for j in reversed(self.end)], [n_r - j + 1 for j in reversed(self.first)])


@lru_cache(maxsize=8192)
def safe_distance(n_h: int, n_r: int, limits: Limits) -> float:
    """The largest d such that no path of at most d edits leaves the band; infinite when the band is everything.

    A path that reaches column j of row i has made at least j - i insertions and must still make up for them on its
    way to (n_h, n_r): to leave on the right in row i costs at least (j - i) + (j - i) - (n_r - n_h) edits with
    j = end[i]. On the left the same holds with deletions and j = first[i] - 1.

    At or below d the banded distance is therefore Levenshtein's. So is the trace: whichever predecessor a cell of a
    best path may prefer lies on a best path too, inside the band, with the same value as in the full matrix.
    """
    band = Band.of_sacrebleu(n_h, n_r, limits)
    leaving: list[float] = [math.inf]
    for i in range(1, n_h + 1):
        if band.end[i] <= n_r:
            leaving.append(2 * (band.end[i] - i) - (n_r - n_h))
        if band.first[i] > 0:
            leaving.append(2 * (i - band.first[i] + 1) + (n_r - n_h))
    return min(leaving) - 1
