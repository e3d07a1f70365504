"""What of a text survives translation, and how surely.

An anchor is a number by its value, an address, a name, a word alike in both languages, one of the small word list, or
a mark such as a question mark, a quotation or an emoji. Its sort says how likely its counterpart is to stand in a true
translation: a figure nearly always, a lower-case word of no list hardly ever. The shares were counted on the 1,000
sentences of the WMT21 test set, German to English, with both references. They are ceilings: how many anchors of a sort
two given texts can share at all is counted anew in each article.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

from reviews.values import CodedText

from .lexicon import NUMBERS, entries

Sort = Literal[
    "address",
    "figure",
    "number word",
    "listed",
    "mark",
    "colon",
    "acronym",
    "name",
    "long name",
    "first word",
    "word",
    "long word",
]
Side = Literal["source", "target"]

#: The anchors of a text, each with its sort.
Anchors = Mapping[str, Sort]

#: The share of anchors of each sort whose counterpart stands in a true translation. "Names" are capitalised words
#: within a sentence: in German that is any noun.
EXPECTED: Mapping[Side, Mapping[Sort, float]] = {
    "source": {
        "address": 0.95,
        "figure": 0.97,
        "number word": 0.95,
        "listed": 0.62,
        "mark": 0.96,
        "colon": 0.80,
        "acronym": 0.82,
        "name": 0.58,
        "long name": 0.44,
        "first word": 0.16,
        "word": 0.02,
        "long word": 0.15,
    },
    "target": {
        "address": 0.95,
        "figure": 0.97,
        "number word": 0.84,
        "listed": 0.48,
        "mark": 0.96,
        "colon": 0.97,
        "acronym": 0.95,
        "name": 0.82,
        "long name": 0.73,
        "first word": 0.31,
        "word": 0.07,
        "long word": 0.22,
    },
}

_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]+|\b[\w.+-]+@[\w-]+\.\w+")
_HREF = re.compile(r"""\shref=["']([^"']+)["']""")
_NUMBER = re.compile(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+\b|\d+(?:[.,:]\d+)*")
_THOUSANDS = re.compile(r"\d{1,3}(?:([., \u00a0\u202f])\d{3})(?:\1\d{3})*")
_WORD = re.compile(r"[^\W\d_]+(?:'[a-z]+)?")

#: Marks that a translation has too; commas, dashes and stops follow the language. A colon within digits is a time's.
_MARK = re.compile(r"[?!([#&+*€$£„“”\"«»\u2600-\u27bf\U0001f300-\U0001faff]")
_COLON = re.compile(r":(?!\d)")
_WRITTEN_ALIKE = str.maketrans("[„“”«»", "(" + 5 * '"')

#: Sounds that are spelt differently in words that are otherwise alike: Zentrum and centre, Physik and physics.
_SPELLINGS = (("sch", "sh"), ("ph", "f"), ("th", "t"), ("ck", "k"), ("c", "k"), ("z", "k"), ("y", "i"), ("w", "v"))

#: Words are alike whose beginnings of so many letters are; shorter words than this are none.
_BEGINNING = 5
_SHORTEST = 3
_LONG = 9


def anchors(content: CodedText, lang: str) -> dict[str, Sort]:
    """The anchors of a text in a language such as `de` or `en-GB`, in the order of the text."""
    code = lang.lower().partition("-")[0]
    found: dict[str, Sort] = {}
    text = content.text
    for match in _ADDRESS.finditer(text):
        found[match[0].rstrip(".,;:!?)")] = "address"
    for code_in_text in content.codes:
        found.update((match[1], "address") for match in _HREF.finditer(code_in_text.raw))
    text = _ADDRESS.sub(" ", text).replace("’", "'")
    for number in _NUMBER.findall(text):
        found.update((f"#{value}", "figure") for value in _values(number))
    found.update((f"!{mark}", "mark") for mark in _MARK.findall(text.translate(_WRITTEN_ALIKE)))
    if _COLON.search(text):
        found["!:"] = "colon"
    begun = False
    for word in _WORD.findall(text):
        found.update(_of_word(word, code, begun))
        begun = True
    return found


def merged(parts: Iterable[Anchors]) -> Anchors:
    """The anchors of several texts as one."""
    together: dict[str, Sort] = {}
    for part in parts:
        together.update(part)
    return together


def _values(number: str) -> Iterator[str]:
    """The value of a whole number, however its thousands are parted; of fractions, dates and times the parts.

    Those are written in many ways: 9,8 and 9.8, 03.04. and 4/3, 6.45 Uhr and 6:45.
    """
    if _THOUSANDS.fullmatch(number):
        yield re.sub(r"\D", "", number)
    else:
        yield from (digits.lstrip("0") or "0" for digits in re.split("[.,:]", number))


@lru_cache(maxsize=200_000)
def _of_word(word: str, lang: str, begun: bool) -> tuple[tuple[str, Sort], ...]:
    """The anchors of a word; `begun` says that it is not the first of its text."""
    lower = word.casefold()
    if lower in NUMBERS and lang in ("de", "en"):
        return ((f"#{NUMBERS[lower]}", "number word"),)
    listed = entries(lower, lang)
    if listed:
        return tuple((f"={name}", "listed") for name in sorted(listed))
    alike = f"~{_spelt_alike(lower)[:_BEGINNING]}"
    if len(word) > 1 and word.isupper():
        return ((alike, "acronym"),)
    if len(lower) < _SHORTEST:
        return ()
    is_long = len(lower) >= _LONG
    if not word[0].isupper():
        return ((alike, "long word" if is_long else "word"),)
    if not begun:
        return ((alike, "first word"),)
    return ((alike, "long name" if is_long else "name"),)


def _spelt_alike(lower: str) -> str:
    plain = "".join(char for char in unicodedata.normalize("NFD", lower) if not unicodedata.combining(char))
    for spelling, sound in _SPELLINGS:
        plain = plain.replace(spelling, sound)
    return plain
