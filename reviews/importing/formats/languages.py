"""Names of languages as people write them over a column."""

from __future__ import annotations

import re
from functools import lru_cache

_NAMES: dict[str, tuple[str, ...]] = {
    "cs": ("čeština", "tschechisch", "czech"),
    "da": ("dansk", "dänisch", "danish"),
    "de": ("deutsch", "german"),
    "en": ("english", "englisch"),
    "es": ("español", "spanisch", "spanish"),
    "fr": ("français", "französisch", "french"),
    "it": ("italiano", "italienisch", "italian"),
    "nl": ("nederlands", "niederländisch", "dutch"),
    "pl": ("polski", "polnisch", "polish"),
    "pt": ("português", "portugiesisch", "portuguese"),
    "sv": ("svenska", "schwedisch", "swedish"),
    "tr": ("türkçe", "türkisch", "turkish"),
    "uk": ("українська", "ukrainisch", "ukrainian"),
}


#: Languages a file may be taken to be in from its name alone.
KNOWN_CODES = frozenset(_NAMES)


def column_names(code: str) -> tuple[str, ...]:
    """What may stand over a column in this language, in lower case: its code, and its names where they are known."""
    code = code.lower()
    primary = primary_language(code)
    return tuple(dict.fromkeys((code, primary, *_NAMES.get(primary, ()))))


@lru_cache(maxsize=1000)
def same_language(tag: str, other: str) -> bool:
    """Whether two language tags name one language, in whatever country or script: `de-AT` and `de`."""
    return primary_language(tag) == primary_language(other)


def same_tag(tag: str, other: str) -> bool:
    """Whether two tags are the same, written `de-AT`, `de_at` or otherwise."""
    return tag.lower().replace("_", "-") == other.lower().replace("_", "-")


def primary_language(tag: str) -> str:
    return re.split("[-_]", tag, maxsplit=1)[0].lower()
