"""Rows of the edit matrix as bits of Python integers, inside a band: for pairs whose distance the band changes.

As in `whole`, a row is two integers, where it rises and where it falls. Bit k of row i is column `base + 1 + k`,
counted from the row's own left edge.

Why the same recurrences hold at the edges of a band, outside which every value is infinite:

* Left. If the edge did not move, its first cell can only be reached from above, one more than there: column `first`
  behaves as column 0 of a full matrix does. If it moved, the cell left of it is taken as one more than the cell above
  that; what the edge's cell could get from there is at least one more than it gets along the diagonal. Either way the
  column `base` counts one more a row, and neighbours still differ by at most one, since edges never move left.
* Right. A column past the edge of the row above is taken as one more than its left neighbour. Reached from there, a
  cell never gets less than from its own left neighbour, as long as matches there do not count: `open` masks them.
  Only when two ways tie could the path prefer one that does not exist; `trace` rules it out by looking at the edge.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from operator import sub
from typing import NamedTuple

from .alignment import Alignment
from .band import Band


class Shape(NamedTuple):
    """What row i's band means for its bits."""

    base: int  #: the column left of bit 0
    moved: int  #: by how much base moved since the row above
    new: int  #: bits of columns the row above did not have
    open: int  #: bits of columns that the row above can reach along the diagonal
    all: int  #: every bit of the row


#: Cells that neither a match nor a substitution reaches; cells one more than the one above them; cells one more than
#: their left neighbour; cells one less; the distance in column `base`.
Row = tuple[int, int, int, int, int]


class BandedRows:
    """The rows of one hypothesis against one reference; those before a change are kept when it changes."""

    def __init__(self, reference: str, columns: Mapping[str, int], band: Band) -> None:
        """`columns` says as bits where each word of the reference stands."""
        self.band = band
        self._reference = reference
        self._columns = columns
        self._shapes = _shapes(band)
        self._rows: list[Row] = [(0, 0, (1 << (band.end[0] - 1)) - 1, 0, 0)]

    def fill(self, hypothesis: str, unchanged: int) -> None:
        """Fill the rows; the first `unchanged` words are those of the call before."""
        del self._rows[unchanged + 1 :]
        self._rows += self._run(hypothesis[unchanged:], unchanged)

    def values(self, i: int) -> list[int]:
        """The distances in the columns the band has in row i, which must be filled; row 0 is no word yet."""
        return self._values(i, self._rows[i])

    def values_after(self, words: str, start: int) -> list[int]:
        """The distances in the last row of `words` if they stood after row `start`, which must be filled."""
        return self._values(start + len(words), self._run(words, start)[-1])

    def _run(self, words: str, start: int) -> list[Row]:
        """The rows of `words` placed after row `start`."""
        columns, shapes = self._columns, self._shapes
        _, _, rises, falls, value = self._rows[start]
        rows: list[Row] = []
        for i, word in enumerate(words, start + 1):
            base, moved, new, opened, every = shapes[i]
            value += 1
            if moved:
                passed = (1 << moved) - 1
                value += (rises & passed).bit_count() - (falls & passed).bit_count()
                rises >>= moved
                falls >>= moved
            rises |= new
            match = columns.get(word, 0) >> base & opened
            same = ((((match & rises) + rises) ^ rises) | match | falls) & every
            higher = falls | (every ^ (same | rises))
            carried = higher << 1 | 1
            falls = carried & same
            rises = ((rises & same) << 1 | (every & ~(same | carried))) & every
            rows.append((same ^ match, higher, rises, falls, value))
        return rows

    def _values(self, i: int, row: Row) -> list[int]:
        _, _, rises, falls, value = row
        base = self._shapes[i].base
        columns = self.band.end[i] - 1 - base
        steps = map(sub, _bits(rises, columns), _bits(falls, columns))
        values = list(accumulate(steps, initial=value))
        return values if base == self.band.first[i] else values[1:]

    def trace(self, hypothesis: str) -> Alignment:
        """The path back from the end, for the hypothesis the rows are filled with."""
        reference, end, shapes, filled = self._reference, self.band.end, self._shapes, self._rows
        i, j = len(hypothesis), len(reference)
        rows = [0] * (j + 1)
        hypothesis_errors = []
        reference_errors = 0
        while i and j:
            off_diagonal, higher, _, _, _ = filled[i]
            bit = j - shapes[i].base - 1
            if bit >= 0 and j <= end[i - 1] and not off_diagonal >> bit & 1:
                rows[j] = i
                i -= 1
                j -= 1
                if hypothesis[i] != reference[j]:
                    hypothesis_errors.append(i)
                    reference_errors |= 1 << j
            elif bit < 0 or (j <= end[i - 1] and higher >> bit & 1):
                i -= 1
                hypothesis_errors.append(i)
            else:
                rows[j] = i
                j -= 1
                reference_errors |= 1 << j
        hypothesis_errors += reversed(range(i))
        hypothesis_errors.reverse()
        return Alignment(rows, hypothesis_errors, reference_errors | (1 << j) - 1)


def _bits(number: int, width: int) -> bytes:
    """The lowest bits of a number, bit 0 first, as bytes that differ by one where the bits do."""
    return f"{number:0{width}b}".encode()[::-1] if width else b""


def _shapes(band: Band) -> list[Shape]:
    """One shape a row; row 0 has no row above and needs none."""
    first, end = band.first, band.end
    shapes = [Shape(0, 0, 0, 0, 0)]
    for i in range(1, len(first)):
        base = first[i] if first[i] == first[i - 1] else first[i] - 1
        old, new = end[i - 1] - 1 - base, end[i] - 1 - base
        every = (1 << new) - 1
        reachable = min(old + 1, new)
        shapes.append(Shape(base, base - shapes[-1].base, every & ~((1 << old) - 1), (1 << reachable) - 1, every))
    return shapes
