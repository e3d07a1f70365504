"""The whole edit matrix as bits, for the many pairs whose distance the band does not change.

Myers (1999) and Hyyrö (2003): neighbours in a row differ by -1, 0 or +1, so a row is two integers (where it rises,
where it falls) and the next row takes some fifteen operations whatever its length. Bit k is column k + 1.

What both texts begin and end with costs nothing:

* End. Where the last words are equal the path goes along the diagonal, as sacrebleu prefers it and a match is never
  beaten. So it starts where the common end does, and rows below that are not needed.
* Beginning. While the words are equal, cell (i, j) is |i - j|: one text is the beginning of the other. That row is
  known without the rows above it: it falls up to column i and rises after that. On the diagonal the path stays there;
  off it, a match leads along the diagonal, else the shorter way to the diagonal is a deletion below it and an
  insertion above.
"""

from __future__ import annotations

from rapidfuzz.distance import Postfix, Prefix

from .alignment import Alignment
from .encoding import EncodedReference

#: Cells that neither a match nor a substitution reaches; cells one more than the one above them; cells one more than
#: their left neighbour; cells one less.
Row = tuple[int, int, int, int]


class WholeRows:
    """The rows of one hypothesis against one reference; those before a change are kept when it changes."""

    def __init__(self, reference: EncodedReference) -> None:
        self._reference = reference
        self._every = (1 << len(reference.text)) - 1
        self._beginning = 0
        self._end = 0
        #: From the first row after the common beginning to the last before the common end.
        self._rows: list[Row] = []

    def fill(self, hypothesis: str, unchanged: int) -> None:
        """Fill the rows that are needed; the first `unchanged` words are those of the call before."""
        reference, rows = self._reference.text, self._rows
        if unchanged > self._beginning:
            del rows[unchanged - self._beginning :]
        else:
            rows.clear()
            self._beginning = Prefix.similarity(hypothesis, reference)
        shorter = min(len(hypothesis), len(reference))
        self._end = min(Postfix.similarity(hypothesis, reference), shorter - self._beginning)
        self._run(hypothesis[self._beginning + len(rows) : len(hypothesis) - self._end])

    def _run(self, words: str) -> None:
        """Add the rows of these words to those there are."""
        rows, every, columns = self._rows, self._every, self._reference.columns
        if rows:
            rises, falls = rows[-1][2:]
        else:
            falls = (1 << self._beginning) - 1
            rises = every ^ falls
        for word in words:
            match = columns.get(word, 0)
            same = ((((match & rises) + rises) ^ rises) | match | falls) & every
            higher = falls | (every ^ (same | rises))
            carried = higher << 1 | 1
            falls = carried & same
            rises = ((rises & same) << 1 | (every & ~(same | carried))) & every
            rows.append((same ^ match, higher, rises, falls))

    def trace(self, hypothesis: str) -> Alignment:
        """The path back from the end, for the hypothesis the rows are filled with."""
        reference, filled, beginning = self._reference.text, self._rows, self._beginning
        i, j = len(hypothesis) - self._end, len(reference) - self._end
        rows = [*[0] * (j + 1), *range(i + 1, len(hypothesis) + 1)]
        hypothesis_errors = []
        reference_errors = 0
        bit = 1 << j >> 1
        while i > beginning and j:
            off_diagonal, higher, _, _ = filled[i - beginning - 1]
            if not off_diagonal & bit:
                rows[j] = i
                i -= 1
                j -= 1
                if hypothesis[i] != reference[j]:
                    hypothesis_errors.append(i)
                    reference_errors |= bit
                bit >>= 1
            elif higher & bit:
                i -= 1
                hypothesis_errors.append(i)
            else:
                rows[j] = i
                j -= 1
                reference_errors |= bit
                bit >>= 1
        while i != j and i and j:
            if hypothesis[i - 1] == reference[j - 1]:
                rows[j] = i
                i -= 1
                j -= 1
            elif i > j:
                i -= 1
                hypothesis_errors.append(i)
            else:
                rows[j] = i
                j -= 1
                reference_errors |= 1 << j
        if i == j:
            rows[1 : j + 1] = range(1, j + 1)
        else:
            hypothesis_errors += reversed(range(i))
            reference_errors |= (1 << j) - 1
        hypothesis_errors.reverse()
        return Alignment(rows, hypothesis_errors, reference_errors)
