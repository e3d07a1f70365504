"""The greedy search for shifts: sacrebleu's `translation_edit_rate`, with the same result.

Each round aligns hypothesis and reference, tries every candidate and makes the one that saves most; it ends when none
saves anything. Edits are the shifts made and the distance that remains. What saves time without changing the result:

* **Floor.** max(n_h, n_r) less the words the two have in common, order aside, bounds any distance from below, and no
  shift changes it. A shift is an edit itself and is made only if it saves at least one. So from a distance of at most
  floor + 1 no search can end with fewer edits, nor with more: the distance is the answer, and nothing is aligned.
* **Count first.** sacrebleu throws away the round in which it has looked at `candidates` shifts in all. Counting needs
  no distances, so none are computed for such a round.
* **Order.** sacrebleu takes the greatest gain and breaks ties by rank. Going through the candidates by rank and taking
  only strictly smaller distances gives the same shift, whatever the order sacrebleu met them in.
* **Moving k words changes a Levenshtein distance by at most 2k.** Candidates sort longest first: once the gain has
  reached 2k, no later one can exceed it.
* **Band.** Where the distance is at most `safe_distance`, it and every smaller one are plain Levenshtein distances,
  and the path back is that of the whole matrix. Elsewhere the plain distance still bounds the banded one from below:
  see `_BestInBand`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import add
from typing import NamedTuple

from rapidfuzz.distance import LCSseq, Levenshtein

from .band import Band, safe_distance
from .banded import BandedRows
from .encoding import EncodedReference, columns_of
from .limits import SACREBLEU, Limits
from .shifts import Shift, changed_window, find_shifts, move
from .whole import WholeRows


class Moved(NamedTuple):
    """A hypothesis after its best shift, its distance, and how many of its first words the shift left alone."""

    words: str
    distance: int
    unchanged: int


#: Of the shifts of a hypothesis at some distance, in ranked order, the best one; None where none lowers the distance.
Best = Callable[[str, Sequence[Shift], int], Moved | None]


def count_edits(words: Sequence[str], reference: EncodedReference, limits: Limits = SACREBLEU) -> int:
    """The edits that turn a tokenised hypothesis into the reference: insertions, deletions, substitutions, shifts."""
    if words == reference.words:
        return 0
    n_h, n_r = len(words), len(reference.words)
    if not n_h or not n_r:
        return n_h + n_r
    hypothesis = reference.encode(words)
    distance = Levenshtein.distance(hypothesis, reference.text)
    in_band = n_r >= limits.beam and distance > safe_distance(n_h, n_r, limits)
    if distance == 1 and not in_band:
        return distance
    floor = max(n_h, n_r) - LCSseq.similarity("".join(sorted(hypothesis)), reference.sorted_text)
    if in_band:
        band = Band.of_sacrebleu(n_h, n_r, limits)
        banded = BandedRows(reference.text, reference.columns, band)
        banded.fill(hypothesis, 0)
        distance = banded.values(n_h)[-1]
        return _search(hypothesis, reference, distance, floor, limits, banded, _BestInBand(reference, band, banded))
    if distance <= floor + 1:
        return distance
    best = _BestPlain(reference.text, floor)
    return _search(hypothesis, reference, distance, floor, limits, WholeRows(reference), best)


def _search(
    hypothesis: str,
    reference: EncodedReference,
    distance: int,
    floor: int,
    limits: Limits,
    rows: WholeRows | BandedRows,
    best: Best,
) -> int:
    """The edits that remain after the best shifts, and these."""
    shifts_made = unchanged = 0
    left = limits.candidates
    while distance > floor + 1:
        rows.fill(hypothesis, unchanged)
        candidates = find_shifts(hypothesis, reference, rows.trace(hypothesis), limits, left)
        left -= candidates.looked_at
        if left <= 0:
            break
        moved = best(hypothesis, sorted(candidates.shifts), distance)
        if moved is None:
            break
        hypothesis, distance, unchanged = moved
        shifts_made += 1
    return shifts_made + distance


class _BestPlain:
    """The best of ranked shifts by Levenshtein distance."""

    def __init__(self, reference: str, floor: int) -> None:
        self._reference = reference
        self._floor = floor

    def __call__(self, hypothesis: str, shifts: Sequence[Shift], distance: int) -> Moved | None:
        best = distance
        moved = None
        for shift in shifts:
            minus_length, start, target = shift
            if best == self._floor or best - distance <= 2 * minus_length:
                break
            words = move(hypothesis, shift)
            after = Levenshtein.distance(words, self._reference, score_cutoff=best - 1)
            if after < best:
                best = after
                moved = Moved(words, after, min(start, target))
        return moved


class _BestInBand:
    """The best of ranked shifts by banded distance.

    Candidates are tried by (plain distance, rank). Plain distances bound banded ones from below, so that the search
    ends as soon as the next candidate's bound does not beat the best found.

    A shift leaves the words before and after a window as they were. Rows before it are at hand; what the words after
    it cost from each column comes from the same cells filled backwards, once a round.
    """

    def __init__(self, reference: EncodedReference, band: Band, ahead: BandedRows) -> None:
        turned = reference.text[::-1]
        self._reference = reference.text
        self._ahead = ahead
        self._back = BandedRows(turned, columns_of(turned), band.turned())

    def __call__(self, hypothesis: str, shifts: Sequence[Shift], distance: int) -> Moved | None:
        bounded = []
        for shift in shifts:
            words = move(hypothesis, shift)
            bound = Levenshtein.distance(words, self._reference, score_cutoff=distance - 1)
            if bound < distance:
                bounded.append((bound, shift, words))
        if bounded:
            self._back.fill(hypothesis[::-1], 0)
        best: tuple[int, Shift] | None = None
        moved = None
        onward: dict[int, list[int]] = {}
        for bound, shift, words in sorted(bounded):
            if best is not None and (bound, shift) > best:
                break
            start, end = changed_window(shift, len(words))
            if end not in onward:
                onward[end] = self._back.values(len(words) - end)[::-1]
            after = min(map(add, self._ahead.values_after(words[start:end], start), onward[end]))
            if after < distance and (best is None or (after, shift) < best):
                best = after, shift
                moved = Moved(words, after, start)
        return moved
