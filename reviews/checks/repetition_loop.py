"""A translation that says the same words over and over."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reviews.values import FindingValue, SegmentText, Span, gettext_noop

from .base import Check, Example
from .phrases.vocabulary import repeats_neighbours

_WORD = re.compile(r"\w+(?:[’'-]\w+)*")
#: The longest passage, in words, that engines are known to loop over.
_LONGEST_LOOP = 12
#: A single word is a loop from so many in a row on ("very, very, very" is emphasis), a passage from so many.
_OF_ONE_WORD, _OF_SEVERAL = 4, 3
#: A long passage said twice in a row is no figure of speech.
_LONG, _OF_LONG = 4, 2


class RepetitionLoop(Check):
    """Finds words repeated in a row that the source does not repeat as often.

    Engines fall into such loops at the end of long or unusual texts (Holtzman et al., "The Curious Case of Neural Text
    Degeneration", ICLR 2020).
    """

    id = "repetition.loop"
    version = 1
    name = gettext_noop("Repetition")
    description = gettext_noop("The translation says the same words several times in a row.")
    category = "accuracy/addition"
    severity = "critical"
    needs_source = False
    examples = (
        Example("Die Frist endet morgen.", "The deadline ends the deadline ends the deadline ends.", fires=True),
        Example("Das ist gut.", "That is good good good good.", fires=True),
        Example("Sehr, sehr, sehr gut!", "Very, very, very good!", fires=False),
        Example("Das ist das, was das Amt will.", "That is what that office wants.", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        if source == target:
            return []
        loops = list(_loops(target))
        most_in_source = max((times for _, times in _loops(source, least=2)), default=1) if loops else 1
        return [
            FindingValue(
                severity="critical",
                category="accuracy/addition",
                message=f"The translation repeats itself {times} times in a row.",
                target_spans=(span,),
            )
            for span, times in loops
            if times > most_in_source
        ]


def _loops(text: str, least: int | None = None) -> Iterator[tuple[Span, int]]:
    """Each stretch of repeated words, with how often it says them. Time grows with the words, not their square."""
    if not repeats_neighbours(text):
        return
    words = list(_WORD.finditer(text))
    keys = [word[0].casefold() for word in words]
    start = 0
    while start < len(keys):
        length, times = _loop_at(keys, start, least)
        if times:
            end = start + length * times
            yield (words[start].start(), words[end - 1].end()), times
            start = end
        else:
            start += 1


def _loop_at(keys: list[str], start: int, least: int | None) -> tuple[int, int]:
    """The length and number of repetitions of the shortest loop that begins here, or (0, 0).

    `least` repetitions make a loop; without it, as many as are no figure of speech.
    """
    for length in range(1, min(_LONGEST_LOOP, len(keys) - start - 1) + 1):
        if keys[start] != keys[start + length]:
            continue
        times = 1
        while keys[start : start + length] == keys[start + times * length : start + (times + 1) * length]:
            times += 1
            if start + times * length >= len(keys):
                break
        if times >= (least or _usual(length)):
            return length, times
    return 0, 0


def _usual(length: int) -> int:
    """How many times in a row a passage of that many words is a loop."""
    return _OF_ONE_WORD if length == 1 else _OF_LONG if length >= _LONG else _OF_SEVERAL
