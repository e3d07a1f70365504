"""Sentences of every other language: the sentencex library (MIT), with two of its traps kept out."""

from __future__ import annotations

from collections.abc import Iterator

import sentencex

#: How much text the library gets at once: its time grows with the square of it where quotations are never closed.
_WINDOW = 20_000

#: How far from a window's end a start is not yet sure.
_MARGIN = 80


def starts_of(text: str, code: str) -> Iterator[int]:
    """Where the sentences after the first begin, some of them twice: window by window, each from the last sure start.

    `text` has no white space but blanks: sentencex 1.0.32 panics at a no-break space before a full stop, since it
    takes white space for one byte wide.
    """
    begin = 0
    while begin < len(text):
        window = text[begin : begin + _WINDOW]
        boundaries = sentencex.get_sentence_boundaries(code, window)
        starts = [begin + _skip_blanks(window, boundary["start_index"]) for boundary in boundaries]
        if begin + len(window) >= len(text):
            yield from (start for start in starts if begin < start < len(text))
            return
        sure = [start for start in starts if begin < start < begin + _WINDOW - _MARGIN]
        yield from sure
        # A sentence that fills half a window is no sentence; going on from its start would make no headway.
        begin = max([begin + _WINDOW // 2, *sure[-1:]])


def _skip_blanks(text: str, start: int) -> int:
    while start < len(text) and text[start] == " ":
        start += 1
    return start
