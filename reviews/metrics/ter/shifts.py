"""Blocks of words that may move, in the order in which sacrebleu prefers them.

A block of the hypothesis that stands elsewhere in the reference may move there if it is wrong where it is, if the
reference has an error at its place, and if it does not already cover that place (Snover et al. 2006, as Tercom reads
it).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .encoding import EncodedReference
from .limits import Limits
from .rows import Alignment


class Shift(NamedTuple):
    """`-minus_length` words from `start` on move before the word at `target`.

    Shifts of equal gain sort as sacrebleu ranks them: the longest first, then the earliest, then the earliest target.
    """

    minus_length: int
    start: int
    target: int

    @property
    def length(self) -> int:
        return -self.minus_length


class Candidates(NamedTuple):
    """Distinct shifts that change something, and how many sacrebleu would have looked at."""

    shifts: set[Shift]
    looked_at: int


def find_shifts(
    hypothesis: str, reference: EncodedReference, alignment: Alignment, limits: Limits, left: int
) -> Candidates:
    """The candidates of one round; not complete once `looked_at` reaches `left`, as the round is lost then."""
    shifts: set[Shift] = set()
    looked_at = 0
    aligned = alignment.rows
    for start, word in enumerate(hypothesis):
        places = reference.places.get(word)
        next_error = alignment.hypothesis_errors[start]
        if places is None or next_error - start >= limits.shift_words:
            continue
        for length, place in _blocks(hypothesis, start, reference.text, places, alignment, limits):
            if start < aligned[place + 1] <= start + length:
                continue
            previous = -1
            for target in aligned[place : place + length + 1]:
                if target == previous:
                    continue
                previous = target
                looked_at += 1
                if target != start:
                    shifts.add(Shift(-length, start, target))
        if looked_at >= left:
            break
    return Candidates(shifts, looked_at)


def _blocks(
    hypothesis: str, start: int, reference: str, places: Sequence[int], alignment: Alignment, limits: Limits
) -> Iterator[tuple[int, int]]:
    """Length and place in the reference of each block at `start` that is wrong both here and there.

    A block is wrong if it holds an error, so it must reach as far as the next one in both texts.
    """
    error_here = alignment.hypothesis_errors[start] - start
    for place in places:
        if abs(place - start) > limits.shift_distance:
            continue
        error_there = alignment.reference_errors[place] - place
        length = max(error_here, error_there) + 1
        longest = min(limits.shift_words, len(hypothesis) - start, len(reference) - place)
        if length > longest or hypothesis[start : start + length] != reference[place : place + length]:
            continue
        yield length, place
        while length < longest and hypothesis[start + length] == reference[place + length]:
            length += 1
            yield length, place


def move(words: str, shift: Shift) -> str:
    """The words after a shift. A target inside the block or at its end counts from behind it, as in sacrebleu."""
    start, target, end = shift.start, shift.target, shift.start + shift.length
    if target < start:
        return words[:target] + words[start:end] + words[target:start] + words[end:]
    if target <= end:
        target += shift.length
    return words[:start] + words[end:target] + words[start:end] + words[target:]


def changed_window(shift: Shift, n_words: int) -> tuple[int, int]:
    """First word that a shift changes, and one past the last."""
    start, target, end = shift.start, shift.target, shift.start + shift.length
    if target < start:
        return target, end
    return start, target if target > end else min(n_words, target + shift.length)
