"""The words of a text, read once for all checks, by which a check sees at once that it has nothing to look for."""

from __future__ import annotations

import re
from collections.abc import Callable, Set
from functools import lru_cache
from itertools import pairwise
from operator import eq

_WORD = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")
#: So many texts are remembered: the checks ask for those of the same pair, one after the other.
_REMEMBERED = 64


@lru_cache(_REMEMBERED)
def spoken(text: str) -> tuple[str, ...]:
    """The words of a text in their order, case folded.

    To a pattern that ignores case the Turkish İ and ı are an i, so they are here; folded, the first would be two
    characters and break its word apart.
    """
    return tuple(_WORD.findall(text.replace("İ", "i").replace("ı", "i").casefold()))


@lru_cache(_REMEMBERED)
def words_of(text: str) -> frozenset[str]:
    """The words of a text, case folded."""
    return frozenset(spoken(text))


@lru_cache(_REMEMBERED)
def tokens_of(text: str) -> frozenset[str]:
    """What stands between the blanks of a text: words with the signs around them."""
    return frozenset(text.split())


@lru_cache(_REMEMBERED)
def letters_of(text: str) -> frozenset[str]:
    """The words of a text as they are written, taken apart at digits."""
    return frozenset(_LETTERS.findall(text))


@lru_cache(_REMEMBERED)
def doubles_a_word(text: str) -> bool:
    """Whether two neighbours among the words of a text are alike."""
    words = spoken(text)
    return any(map(eq, words, words[1:]))


@lru_cache(_REMEMBERED)
def repeats_neighbours(text: str) -> bool:
    """Whether two neighbours come back as neighbours, or are alike; if not, nothing is said twice in a row."""
    words = spoken(text)
    return doubles_a_word(text) or len(set(pairwise(words))) < len(words) - 1


class TellingWords:
    """The words that a rule has to look at, among all the others.

    Most words of a text say nothing to a rule. `tells` is asked once for each and the answer remembered, so that for
    words met before it takes no more than the difference of two sets. A long word, which no second text will have,
    is neither asked for nor remembered and counts as telling.
    """

    LONGEST = 40
    MOST = 100_000

    def __init__(self, tells: Callable[[str], bool]) -> None:
        self._tells = tells
        self._telling: set[str] = set()
        self._silent: set[str] = set()

    def among(self, words: Set[str]) -> Set[str]:
        """Those of the words that tell something.

        Safe in threads: one that forgets while another asks makes words telling that are not, never the reverse.
        """
        left = words - self._silent
        if not left:
            return left
        for word in left - self._telling:
            if len(word) <= self.LONGEST:
                (self._telling if self._tells(word) else self._silent).add(word)
        left -= self._silent
        if len(self._silent) + len(self._telling) > self.MOST:
            self._telling, self._silent = set(), set()
        return left
