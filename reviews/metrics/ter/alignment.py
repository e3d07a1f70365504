"""How the words of a hypothesis and its reference go with each other, as the search for shifts reads it."""

from __future__ import annotations

from typing import NamedTuple


class Alignment(NamedTuple):
    """The one path sacrebleu takes back through the edit matrix.

    Every cell of the matrix may have several best predecessors. sacrebleu takes the diagonal one where it can, else
    the one above (the hypothesis word is deleted), else the one on the left (a reference word is inserted).
    Levenshtein libraries prefer other paths of the same length, which would offer other shifts.
    """

    #: For each number of reference words, the number of hypothesis words that go with them.
    rows: list[int]
    #: The hypothesis words that are deleted or replaced, in order.
    hypothesis_errors: list[int]
    #: The reference words that are inserted or replaced, as bits.
    reference_errors: int
