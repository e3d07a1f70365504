"""Which words belong to one language and not to another, by the word lists of simplemma (MIT).

The lists are read when first asked for; that takes seconds and some 70 MB a language.
"""

from __future__ import annotations

from functools import lru_cache

import simplemma

from .vocabulary import TellingWords


@lru_cache(maxsize=65_536)
def is_only_of(word: str, language: str, other: str) -> bool:
    """Whether a word is one of `language` and none of `other`; both are primary language subtags such as `de`."""
    # A list knows a word with a small first letter and with a capital one alike. Most words are of the language they
    # were found in, so the other is asked first.
    forms = {word, word.lower()}
    known = simplemma.is_known
    return not any(known(form, lang=other) for form in forms) and any(known(form, lang=language) for form in forms)


@lru_cache(maxsize=16)
def small_words_only_of(language: str, other: str) -> TellingWords:
    """The words in small letters, so no names, that are of one language and not of the other."""
    return TellingWords(lambda word: word.islower() and is_only_of(word, language, other))


def is_known(word: str, language: str) -> bool:
    """Whether a word, in small letters, is one of a language."""
    return simplemma.is_known(word, lang=language)


def base_form(word: str, language: str) -> str | None:
    """The form under which a dictionary has a word: "Land" for "Ländern"; None for a word the list has not."""
    if not simplemma.is_known(word, lang=language):
        return None
    return simplemma.lemmatize(word, lang=language)


def word_list(words: str) -> frozenset[str]:
    """Words written one after the other, as rules keep them."""
    return frozenset(words.split())


def preload(*languages: str) -> None:
    """Read the word lists of these languages now: in a worker before it forks, so that its processes share them."""
    for language in languages:
        simplemma.is_known("a", lang=language)
