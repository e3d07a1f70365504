"""What lets a check see early that it has nothing to look for never changes its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import pytest
import simplemma
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.checks import (
    negation_modal,
    negation_polarity,
    repetition_loop,
    speech_reported,
    typography_marks,
)
from reviews.checks.phrases import attribution
from reviews.checks.phrases.lexicon import is_only_of, word_list
from reviews.checks.phrases.vocabulary import TellingWords, doubles_a_word, repeats_neighbours, spoken
from reviews.checks.quantities import READERS
from reviews.checks.registry import CHECKS

from .texts import pair

#: Of everything some check looks for, on either side, and what stands around it.
GERMAN = word_list(
    """
    nicht nur NICHT keine kein nie ohne weder nein müssen darf muss soll will haben verkauft sei habe könne laut Polizei
    angeblich zufolge mindestens höchstens frühestens pro Jahr zwei drei ein eine und Drittel Millionen 3,6 1.450 40
    km Euro Prozent Straße zusehends eventuell Konzern spenden die der dass weil mehr www.amt.de/a info@amt.de #amt
    RTX4090 CVE-2026-1 „Wort „ “ » « ( ) , . ! ? : ; – nıcht nİcht
"""
)
ENGLISH = word_list(
    """
    not no never n't isn't without only just merely unless less must may need to said, that reportedly claims at least
    up most per year two three a an and third million 3.6 1,450 40 miles $30 percent Straße zusehends eventually concern
    spends the the The is was of dass weil mehr www.amt.com/a info@amt.de #amt RTX4080 CVE-2026-1 “word “ ” " ' ( ) , .
    ,, .. ! ? : ; – İn in ın
"""
)


def texts(words: frozenset[str]) -> st.SearchStrategy[str]:
    blanks = st.sampled_from([" ", " ", " ", "", "  ", "-", "\n", "’"])
    pieces = st.tuples(st.sampled_from(sorted(words)) | st.text(max_size=3), blanks)
    return st.lists(pieces, max_size=14).map(lambda found: "".join(map("".join, found)))


class Everything(frozenset[str]):
    """The words of a text of which nobody knows what it lacks."""

    def isdisjoint(self, other: object) -> bool:
        return False

    def __contains__(self, word: object) -> bool:
        return True


@contextmanager
def no_prefilters() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for module in (attribution, negation_modal, negation_polarity, speech_reported):
            patch.setattr(module, "words_of", lambda text: Everything())
        patch.setattr(TellingWords, "among", lambda self, words: words or {""})
        patch.setattr(repetition_loop, "repeats_neighbours", lambda text: True)
        patch.setattr(
            typography_marks,
            "_SLIPS",
            tuple(replace(slip, may_have=lambda text: True) for slip in typography_marks._SLIPS),
        )
        for read in READERS.values():
            read.cache_clear()  # type: ignore[attr-defined]
        yield
    for read in READERS.values():
        read.cache_clear()  # type: ignore[attr-defined]


@settings(max_examples=100, deadline=None)
@given(texts(GERMAN), texts(ENGLISH))
def test_no_check_says_anything_else_without_its_prefilter(german: str, english: str) -> None:
    text = pair(german, english)
    found = {check.id: check.run(text) for check in CHECKS}
    with no_prefilters():
        assert {check.id: check.run(text) for check in CHECKS} == found


@settings(max_examples=100, deadline=None)
@given(texts(ENGLISH))
def test_what_repeats_itself_is_told_by_its_words(text: str) -> None:
    words = re.findall(r"\w+", text)
    if any(one.casefold() == other.casefold() for one, other in pairwise(words)):
        assert doubles_a_word(text)
    assert not doubles_a_word(text) or repeats_neighbours(text)


def test_turkish_letters_break_no_word_apart() -> None:
    assert spoken("İn ın Straße") == ("in", "in", "strasse")


@pytest.mark.parametrize(
    "word", ["zusehends", "Straße", "STRASSE", "straße", "house", "House", "HOUSE", "iPhone", "mcDonald", "Ödland", "x"]
)
def test_a_word_list_knows_no_form_of_a_word_that_its_small_letters_lack(word: str) -> None:
    forms = (word, word.lower(), word.capitalize())
    known = {lang: any(simplemma.is_known(form, lang=lang) for form in forms) for lang in ("de", "en")}
    assert is_only_of(word, "de", "en") == (known["de"] and not known["en"])


def asked(words: Set[str], most: int = TellingWords.MOST) -> tuple[list[Set[str]], list[str]]:
    """What a rule that looks for capitals is told, three times over, and what it was asked."""
    questions: list[str] = []

    def tells(word: str) -> bool:
        questions.append(word)
        return word.istitle()

    rule = TellingWords(tells)
    rule.MOST = most
    return [rule.among(words) for _ in range(3)], questions


def test_each_word_is_asked_for_once() -> None:
    told, questions = asked({"Berlin", "is", "big"})
    assert told == [{"Berlin"}] * 3
    assert sorted(questions) == ["Berlin", "big", "is"]


def test_a_word_nobody_remembers_counts_as_telling() -> None:
    told, questions = asked({"a" * 41, "is"})
    assert told == [{"a" * 41}] * 3
    assert questions == ["is"]


def test_what_is_remembered_does_not_grow_forever() -> None:
    told, questions = asked({"Berlin", "is", "big"}, most=2)
    assert told == [{"Berlin"}] * 3
    assert len(questions) == 9
