"""The words of a text as a set, by which a check sees at once that it has nothing to look for."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"\w+")


@lru_cache(maxsize=64)
def words_of(text: str) -> frozenset[str]:
    """The words of a text, case folded. The checks ask for those of the same pair, one after the other."""
    return frozenset(_WORD.findall(text.casefold()))
