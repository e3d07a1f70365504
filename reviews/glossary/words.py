"""The words of a term and of a text, and which forms of a German word are that word.

Two steps, so that no text waits for a word list to be read. The `key` of a word, which all its forms share, proposes:
by it the words of a text are looked up. The forms, found once when a term is written down, decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from reviews.checks.phrases.lexicon import base_form
from reviews.values import Span

#: A word, of which a compound with hyphens is one; any other sign stands for itself.
_TOKEN = re.compile(r"\w+(?:[-‐‑'’]\w+)*|\S")

_FOLDED = str.maketrans({"ä": "a", "ö": "o", "ü": "u"})
#: What German words end in, longest first, so far as it may differ between two forms of one.
_KEY_ENDING = re.compile(r"(?:um|us|em|er|[aensou])\Z")
_SHORTEST_KEY = 2

#: What a form may have behind the stem of a noun or adjective.
_ENDINGS = ("", "e", "en", "er", "ern", "em", "es", "n", "ns", "s", "ens", "se", "ses", "sen", "nen")
#: Words from Latin and Greek change their ending: Museum, Museen; Firma, Firmen; Virus, Viren; Konto, Konten.
_FOREIGN_ENDING = re.compile(r"(?:um|us|a|on|o)\Z")
_FOREIGN_ENDINGS = ("en", "a", "i", "ata", "aten")
_VOWELS = re.compile(r"au|[aou]", re.IGNORECASE)
_UMLAUTS = str.maketrans("aouAOU", "äöüÄÖÜ")
#: Adjectives in front of a noun end by case: Oberstes Gericht, des Obersten Gerichts.
_ADJECTIVE = re.compile(r"e[mnrs]?\Z")
_ADJECTIVE_ENDINGS = ("e", "em", "en", "er", "es")

#: Endings of forms the list does not have: of names and new words.
_PLAIN_ENDINGS = ("s", "es", "n", "en")
_PLAIN_ENDINGS_AFTER_E = ("n", "s")


def tokens(text: str) -> Iterator[tuple[str, Span]]:
    """Words and single signs of a text with where they stand, in code points."""
    return ((found[0], found.span()) for found in _TOKEN.finditer(text))


def words_of(text: str) -> tuple[str, ...]:
    """Words and single signs of a text in order."""
    return tuple(_TOKEN.findall(text))


def in_capitals(word: str) -> bool:
    """Whether a word is an abbreviation in capitals, for which case matters: "EU", "BGH", not "A"."""
    return len(word) > 1 and word.isupper()


@lru_cache(65_536)
def key(word: str) -> str:
    """What all forms of a word have in common: without case, umlauts and endings. Other words may have it, too."""
    if word.endswith("s") and in_capitals(word[:-1]):
        word = word[:-1]
    rest = word.casefold().translate(_FOLDED)
    while (found := _KEY_ENDING.search(rest)) and found.start() >= _SHORTEST_KEY:
        rest = rest[: found.start()]
    return rest


def normalised(word: str) -> str:
    """A word as terms compare it: case folded, but for an abbreviation in capitals."""
    return word if in_capitals(word) else word.casefold()


def term_forms(words: Sequence[str], language: str) -> tuple[tuple[str, ...], ...]:
    """For each word of a term its forms, normalised, itself first; of other languages than German just itself."""
    if language.partition("-")[0] != "de":
        return tuple((normalised(word),) for word in words)
    return tuple(_forms(word, before_another=i + 1 < len(words)) for i, word in enumerate(words))


def _forms(word: str, *, before_another: bool) -> tuple[str, ...]:
    itself = normalised(word)
    if not word[-1].isalpha():
        return (itself,)
    if in_capitals(word):
        return itself, f"{word}s"
    begin, last = _parts(word)
    found = {(begin + form).casefold() for form in _inflected(last)}
    if before_another and _ADJECTIVE.search(word):
        found |= {_ADJECTIVE.sub(ending, word).casefold() for ending in _ADJECTIVE_ENDINGS}
    return itself, *sorted(form for form in found - {itself} if key(form) == key(word))


def _parts(word: str) -> tuple[str, str]:
    """What changes of a compound with hyphens is its last part."""
    start = max(word.rfind(hyphen) for hyphen in "-‐‑") + 1
    return word[:start], word[start:]


def _inflected(word: str) -> set[str]:
    """The forms that a word list gives the same base form, and those it does not have, by plain endings."""
    endings = _PLAIN_ENDINGS_AFTER_E if word.endswith("e") else _PLAIN_ENDINGS
    found = {word + ending for ending in endings if base_form(word + ending, "de") is None}
    base = base_form(word, "de")
    if base is not None:
        found |= {form for form in _candidates(word) | _candidates(base) if _is_form_of(base, form)}
    return found


def _is_form_of(base: str, form: str) -> bool:
    """Whether the list says so; it writes some words in the old way, with ß."""
    found = base_form(form, "de")
    return found is not None and found.casefold() == base.casefold()


def _candidates(word: str) -> set[str]:
    """Whatever may be a form of a word by its letters."""
    stems = {word, re.sub(r"(?:e[mnrs]?|n)\Z", "", word)}
    stems |= {_umlauted(stem) for stem in stems}
    foreign = _FOREIGN_ENDING.sub("", word)
    found = {stem + ending for stem in stems for ending in _ENDINGS}
    return found | {foreign + ending for ending in _FOREIGN_ENDINGS if foreign != word}


def _umlauted(stem: str) -> str:
    """The stem with an umlaut for the last vowel that can have one: "Bäum" for "Baum"."""
    start = max((found.start() for found in _VOWELS.finditer(stem)), default=0)
    return stem[:start] + stem[start : start + 1].translate(_UMLAUTS) + stem[start + 1 :]
