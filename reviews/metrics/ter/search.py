"""The greedy search for shifts: sacrebleu's `translation_edit_rate`, with the same result.

Each round aligns hypothesis and reference, tries every candidate and makes the one that saves most; it ends when none
saves anything. Edits are the shifts made and the distance that remains. What saves time without changing the result:

* **Floor.** max(n_h, n_r) less the words the two have in common, order aside, bounds any distance from below, and no
  shift changes it. A distance that has reached it cannot be improved.
* **Count first.** sacrebleu throws away the round in which it has looked at `candidates` shifts in all. Counting needs
  no distances, so none are computed for such a round.
* **Order.** sacrebleu takes the greatest gain and breaks ties by rank. Going through the candidates by rank and taking
  only strictly smaller distances gives the same shift, whatever the order sacrebleu met them in.
* **Moving k words changes a Levenshtein distance by at most 2k.** Candidates sort longest first: once the gain has
  reached 2k, no later one can exceed it.
* **Band.** Where the distance is at most `safe_distance`, it and every smaller one are plain Levenshtein distances.
  Elsewhere the plain distance still bounds the banded one from below: see `_best_in_band`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz.distance import LCSseq, Levenshtein

from .band import Band, safe_distance
from .encoding import EncodedReference
from .limits import SACREBLEU, Limits
from .rows import Rows
from .shifts import Shift, changed_window, find_shifts, move


class Moved(NamedTuple):
    """A hypothesis after its best shift, and how many of its first words the shift left alone."""

    words: str
    unchanged: int


def count_edits(words: Sequence[str], reference: EncodedReference, limits: Limits = SACREBLEU) -> int:
    """The edits that turn a tokenised hypothesis into the reference: insertions, deletions, substitutions, shifts."""
    hypothesis = reference.encode(words)
    n_h, n_r = len(hypothesis), len(reference.text)
    if not n_h or not n_r:
        return n_h + n_r
    if hypothesis == reference.text:
        return 0
    distance = Levenshtein.distance(hypothesis, reference.text)
    floor = max(n_h, n_r) - LCSseq.similarity("".join(sorted(hypothesis)), reference.sorted_text)
    in_band = distance > safe_distance(n_h, n_r, limits)
    if not in_band and distance == floor:
        return distance
    band = Band.of_sacrebleu(n_h, n_r, limits) if in_band else Band.whole(n_h, n_r)
    rows = Rows(reference.text, band)
    best = _BestInBand(reference.text, band, rows) if in_band else _best_plain
    shifts_made = 0
    left = limits.candidates
    unchanged = 0
    while True:
        rows.fill(hypothesis, unchanged)
        alignment = rows.trace(hypothesis)
        edits = shifts_made + alignment.distance
        if alignment.distance == floor:
            return edits
        candidates = find_shifts(hypothesis, reference, alignment, limits, left)
        left -= candidates.looked_at
        if left <= 0:
            return edits
        moved = best(hypothesis, reference.text, sorted(candidates.shifts), alignment.distance, floor)
        if moved is None:
            return edits
        hypothesis, unchanged = moved
        shifts_made += 1


def _best_plain(hypothesis: str, reference: str, shifts: Sequence[Shift], distance: int, floor: int) -> Moved | None:
    """The best of ranked shifts by Levenshtein distance, if any lowers it."""
    best = distance
    moved = None
    for shift in shifts:
        if best == floor or distance - best >= 2 * shift.length:
            break
        words = move(hypothesis, shift)
        after = Levenshtein.distance(words, reference, score_cutoff=best - 1)
        if after < best:
            best = after
            moved = Moved(words, min(shift.start, shift.target))
    return moved


class _BestInBand:
    """The best of ranked shifts by banded distance.

    Candidates are tried by (plain distance, rank). Plain distances bound banded ones from below, so that the search
    ends as soon as the next candidate's bound does not beat the best found.

    A shift leaves the words before and after a window as they were. Rows before it are at hand; what the words after
    it cost from each column comes from the same cells filled backwards, once a round.
    """

    def __init__(self, reference: str, band: Band, ahead: Rows) -> None:
        self._ahead = ahead
        self._back = Rows(reference[::-1], band.turned())

    def __call__(
        self, hypothesis: str, reference: str, shifts: Sequence[Shift], distance: int, floor: int
    ) -> Moved | None:
        bounded = []
        for shift in shifts:
            words = move(hypothesis, shift)
            bound = Levenshtein.distance(words, reference, score_cutoff=distance - 1)
            if bound < distance:
                bounded.append((bound, shift, words))
        if bounded:
            self._back.fill(hypothesis[::-1], 0)
        best: tuple[int, Shift] | None = None
        moved = None
        for bound, shift, words in sorted(bounded):
            if best is not None and (bound, shift) > best:
                break
            start, end = changed_window(shift, len(words))
            after = self._distance(words, start, end)
            if after < distance and (best is None or (after, shift) < best):
                best = after, shift
                moved = Moved(words, start)
        return moved

    def _distance(self, words: str, start: int, end: int) -> int:
        """The banded distance of `words`, which differ from the hypothesis in the window only."""
        row = self._ahead.run(words[start:end], start)[-1]
        onward = len(words) - end
        so_far, remaining = self._ahead.values(end, row), self._back.values(onward, self._back[onward])
        return min(before + after for before, after in zip(so_far, reversed(remaining), strict=True))
