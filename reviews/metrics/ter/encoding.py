"""Words as characters, so that a text is a string, a shift is slicing and a distance is one call.

Each distinct word of the reference becomes a character of its own; every word of the hypothesis that the reference
lacks becomes the same one, `ABSENT`. That loses nothing: such a word equals no reference word, and no cost and no
candidate depends on more.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

ABSENT = "\0"


def split_words(text: str) -> list[str]:
    """What sacrebleu's Tercom tokenizer gives by default: lower case, split at white space, punctuation kept."""
    return text.rstrip().lower().split()


class EncodedReference:
    """A reference as a string, with the look-ups that do not depend on a hypothesis."""

    def __init__(self, words: Sequence[str]) -> None:
        self._character = {word: chr(number) for number, word in enumerate(dict.fromkeys(words), start=1)}
        self.text = "".join(self._character[word] for word in words)

    def encode(self, hypothesis: Sequence[str]) -> str:
        character = self._character.get
        return "".join([character(word, ABSENT) for word in hypothesis])

    @cached_property
    def sorted_text(self) -> str:
        return "".join(sorted(self.text))

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each word stands, in order."""
        places: dict[str, list[int]] = {}
        for position, character in enumerate(self.text):
            places.setdefault(character, []).append(position)
        return places
