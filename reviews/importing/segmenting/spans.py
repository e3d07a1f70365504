"""Pairs of brackets and of quotation marks in a text, found in one pass each."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

_BRACKETS = re.compile(r"[()\[\]]")
_CLOSES = {")": "(", "]": "["}

#: Where the opening and the closing mark look alike, the opening one stands behind a blank or a bracket.
_QUOTATION = re.compile(r"„[^„“”]*[“”]|(?<![^ (\[])(?:“[^“”]*”|»[^«»]*«|«[^«»]*»|\"[^\"]*\")")

_OPENS = re.compile(r"[(\[„“»«\"]")


class Spans:
    """Spans that do not overlap, in order, with the way from a place to the one round it."""

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        self.spans = list(spans)
        self.begins = [begin for begin, _ in self.spans]

    def round(self, place: int) -> tuple[int, int] | None:
        """The span that begins before the place and ends after it."""
        if not self.begins:
            return None
        index = bisect_left(self.begins, place) - 1
        return self.spans[index] if index >= 0 and self.spans[index][1] > place else None


_NONE = Spans()


def brackets_and_quotations(text: str) -> tuple[Spans, Spans]:
    """The outermost pairs of brackets and the quotations, from the opening mark to the closing one."""
    if _OPENS.search(text) is None:
        return _NONE, _NONE
    return Spans(_bracket_pairs(text)), Spans((m.start(), m.end() - 1) for m in _QUOTATION.finditer(text))


def _bracket_pairs(text: str) -> list[tuple[int, int]]:
    """The outermost pairs of brackets, in order; one that never closes or opens is no pair."""
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    for match in _BRACKETS.finditer(text):
        bracket = match[0]
        if bracket not in _CLOSES:
            opened.append(match.start())
        elif opened and text[opened[-1]] == _CLOSES[bracket]:
            begin = opened.pop()
            while pairs and pairs[-1][0] > begin:
                pairs.pop()
            pairs.append((begin, match.start()))
    return pairs
