"""The limits of sacrebleu's search, which decide its result as much as the idea of TER does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Names and values of sacrebleu's `lib_ter`; tests make them small to meet every edge on short lines."""

    #: `_MAX_SHIFT_SIZE`: the longest block of words that may move.
    shift_words: int = 10
    #: `_MAX_SHIFT_DIST`: how far apart in the two texts a block may stand.
    shift_distance: int = 50
    #: `_BEAM_WIDTH`: cells of the edit matrix that exist on each side of its sloped diagonal.
    beam: int = 25
    #: `_MAX_SHIFT_CANDIDATES`: the round of shifts in which this many have been looked at is thrown away.
    candidates: int = 1000


SACREBLEU = Limits()
