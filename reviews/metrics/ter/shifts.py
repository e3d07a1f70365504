"""Blocks of words that may move, in the order in which sacrebleu prefers them.

A block of the hypothesis that stands elsewhere in the reference may move there if it is wrong where it is, if the
reference has an error at its place, and if it does not already cover that place (Snover et al. 2006, as Tercom reads
it).
"""

from __future__ import annotations

from typing import NamedTuple

from .alignment import Alignment
from .encoding import EncodedReference
from .limits import Limits

#: (minus the length of a block, its first word, the word it moves before). Plain tuples, as there are many; of equal
#: gain they sort as sacrebleu ranks them: the longest first, then the earliest, then the earliest target.
Shift = tuple[int, int, int]


class Candidates(NamedTuple):
    """Distinct shifts that change something, and how many sacrebleu would have looked at."""

    shifts: set[Shift]
    looked_at: int


def find_shifts(
    hypothesis: str, reference: EncodedReference, alignment: Alignment, limits: Limits, left: int
) -> Candidates:
    """The candidates of one round; not complete once `looked_at` reaches `left`, as the round is lost then.

    A block is wrong if it holds an error: of the hypothesis where it is, and of the reference where it stands there.
    So for each error of the hypothesis the blocks are those that start there or before it, after the error before.
    All places of a block are the bits of one integer. A block that stands nowhere does so with more words on either
    side, too.
    """
    aligned, hypothesis_errors, reference_errors = alignment
    wrong_there = _error_within(reference_errors, limits.shift_words)
    columns = reference.columns
    near = (1 << 2 * limits.shift_distance + 1) - 1
    shifts: set[Shift] = set()
    looked_at = done = 0
    for error in hypothesis_errors:
        # as many words on in both texts: a block is as far from its place as its error is from that word's
        up_to_error = columns.get(hypothesis[error], 0) & near << error >> limits.shift_distance
        start = error
        while up_to_error:
            length = error + 1 - start
            longest = min(limits.shift_words, len(hypothesis) - start)
            places = up_to_error & wrong_there[longest]
            while places:
                wrong = places & wrong_there[length]
                while wrong:
                    place = wrong.bit_length() - 1
                    wrong ^= 1 << place
                    if start < aligned[place + 1] <= start + length:
                        continue
                    previous = -1
                    for target in aligned[place : place + length + 1]:
                        if target != previous:
                            previous = target
                            looked_at += 1
                            if target != start:
                                shifts.add((-length, start, target))
                if length == longest:
                    break
                places &= columns.get(hypothesis[start + length], 0) >> length
                length += 1
            start -= 1
            if start < done or error - start >= limits.shift_words:
                break
            up_to_error = up_to_error >> 1 & columns.get(hypothesis[start], 0)
        if looked_at >= left:
            break
        done = error + 1
    return Candidates(shifts, looked_at)


def _error_within(errors: int, most: int) -> list[int]:
    """For each length up to `most` the places from which so many words hold an error, as bits."""
    within = [0]
    for length in range(most):
        within.append(within[-1] | errors >> length)
    return within


def move(words: str, shift: Shift) -> str:
    """The words after a shift. A target inside the block or at its end counts from behind it, as in sacrebleu."""
    minus_length, start, target = shift
    end = start - minus_length
    if target < start:
        return words[:target] + words[start:end] + words[target:start] + words[end:]
    if target <= end:
        target -= minus_length
    return words[:start] + words[end:target] + words[start:end] + words[target:]


def changed_window(shift: Shift, n_words: int) -> tuple[int, int]:
    """First word that a shift changes, and one past the last."""
    minus_length, start, target = shift
    end = start - minus_length
    if target < start:
        return target, end
    return start, target if target > end else min(n_words, target - minus_length)
