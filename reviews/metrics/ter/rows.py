"""Rows of the edit matrix as bits of Python integers, inside a band.

Myers (1999) and Hyyrö (2003): neighbours in a row differ by -1, 0 or +1, so a row is two integers (where it rises,
where it falls) and the next row takes some fifteen operations whatever its length. Bit k of row i is column
`base + 1 + k`, counted from the row's own left edge.

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

from typing import NamedTuple

from .band import Band


class Shape(NamedTuple):
    """What row i's band means for its bits."""

    base: int  #: the column left of bit 0
    moved: int  #: by how much base moved since the row above
    new: int  #: bits of columns the row above did not have
    open: int  #: bits of columns that the row above can reach along the diagonal
    all: int  #: every bit of the row


class Row(NamedTuple):
    """A filled row: the distances as steps, and how its cells were reached."""

    off_diagonal: int  #: cells that neither a match nor a substitution reaches
    deleted: int  #: of these, the cells that a deletion reaches
    rises: int  #: cells one more than their left neighbour
    falls: int  #: cells one less than their left neighbour
    base_value: int  #: the distance in column `base`


class Alignment(NamedTuple):
    """The one path sacrebleu takes back through the matrix, as its search for shifts reads it."""

    distance: int
    #: For each number of reference words, the number of hypothesis words that go with them.
    rows: list[int]
    #: For each hypothesis word, the position of the first wrong one from there on, and so for the reference.
    #: A position past the end stands for none.
    hypothesis_errors: list[int]
    reference_errors: list[int]


class Rows:
    """The rows of one hypothesis against one reference; those before a change are kept when it changes."""

    def __init__(self, reference: str, band: Band) -> None:
        self.band = band
        self.reference = reference
        self.shapes = _shapes(band)
        self._columns = _columns(reference)
        self._above_first = Row(0, 0, (1 << (band.end[0] - 1)) - 1, 0, 0)
        self._rows: list[Row] = []

    def __getitem__(self, i: int) -> Row:
        """Row i, from 0: no hypothesis word yet."""
        return self._rows[i - 1] if i else self._above_first

    def fill(self, hypothesis: str, unchanged: int) -> None:
        """Fill the rows; the first `unchanged` words are those of the call before."""
        del self._rows[unchanged:]
        self._rows.extend(self.run(hypothesis[unchanged:], unchanged))

    def run(self, words: str, start: int) -> list[Row]:
        """The rows of `words` placed after row `start`, which must be filled."""
        columns, shapes = self._columns, self.shapes
        _, _, rises, falls, value = self[start]
        rows = []
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
            lower = rises & same
            carried = higher << 1 | 1
            falls = carried & same
            rises = (lower << 1 | (every & ~(same | carried))) & every
            off_diagonal = same ^ match
            rows.append(Row(off_diagonal, off_diagonal & higher, rises, falls, value))
        return rows

    def values(self, i: int, row: Row) -> list[int]:
        """The distances in the columns the band has in row i."""
        base = self.shapes[i].base
        value = row.base_value
        values = [value] if base == self.band.first[i] else []
        for bit in range(self.band.end[i] - 1 - base):
            value += (row.rises >> bit & 1) - (row.falls >> bit & 1)
            values.append(value)
        return values

    def trace(self, hypothesis: str) -> Alignment:
        """The path back from the end: along the diagonal where it can, else a deletion, else an insertion.

        Levenshtein libraries prefer another path of the same length, which would offer other shifts.
        """
        reference, end, shapes, filled = self.reference, self.band.end, self.shapes, self._rows
        i, j = len(hypothesis), len(reference)
        none = i + j + 1
        rows, hypothesis_errors, reference_errors = [0] * (j + 1), [0] * i, [0] * j
        next_h = next_r = none
        distance = 0
        while i and j:
            row = filled[i - 1]
            bit = j - shapes[i].base - 1
            if bit >= 0 and j <= end[i - 1] and not row.off_diagonal >> bit & 1:
                rows[j] = i
                i -= 1
                j -= 1
                if hypothesis[i] != reference[j]:
                    next_h, next_r = i, j
                    distance += 1
                hypothesis_errors[i] = next_h
                reference_errors[j] = next_r
            elif bit < 0 or (j <= end[i - 1] and row.deleted >> bit & 1):
                i -= 1
                hypothesis_errors[i] = next_h = i
                distance += 1
            else:
                rows[j] = i
                j -= 1
                reference_errors[j] = next_r = j
                distance += 1
        hypothesis_errors[:i] = range(i)
        reference_errors[:j] = range(j)
        return Alignment(distance + i + j, rows, hypothesis_errors, reference_errors)


def _columns(reference: str) -> dict[str, int]:
    """For each word the columns it matches, as bits."""
    columns: dict[str, int] = {}
    for position, word in enumerate(reference):
        columns[word] = columns.get(word, 0) | 1 << position
    return columns


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
