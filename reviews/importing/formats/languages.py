"""Names of languages as people write them over a column."""

from __future__ import annotations

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
    primary = code.partition("-")[0]
    return tuple(dict.fromkeys((code, primary, *_NAMES.get(primary, ()))))
