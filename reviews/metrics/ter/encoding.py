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
    """A reference as a string, with the look-ups that do not depend on a hypothesis: made once for all systems."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words

    @cached_property
    def _character(self) -> dict[str, str]:
        return dict(zip(dict.fromkeys(self.words), map(chr, range(1, len(self.words) + 1)), strict=False))

    @cached_property
    def text(self) -> str:
        character = self._character
        return "".join([character[word] for word in self.words])

    def encode(self, hypothesis: Sequence[str]) -> str:
        character = self._character.get
        return "".join([character(word, ABSENT) for word in hypothesis])

    @cached_property
    def sorted_text(self) -> str:
        return "".join(sorted(self.text))

    @cached_property
    def columns(self) -> dict[str, int]:
        return columns_of(self.text)


def columns_of(text: str) -> dict[str, int]:
    """Where each word of an encoded text stands, as bits."""
    columns: dict[str, int] = {}
    bit = 1
    for character in text:
        columns[character] = columns.get(character, 0) | bit
        bit <<= 1
    return columns
