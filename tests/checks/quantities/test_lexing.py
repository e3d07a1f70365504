"""Passing over words that say nothing of numbers changes nothing of what is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.checks.quantities import english, german
from reviews.checks.quantities.grammar import assemble
from tests.checks.texts import human_pairs

LEXERS = {"de": german, "en": english}
PIECES = st.sampled_from(
    [
        " ", " ", " ", ", ", ". ", "-", "–", "/", "(", "%", "'", "’", "½", "1", "20", "3.", "2026", "1.450,5", "x15",
        "der", "Rat", "und", "eine", "ein", "halbe", "Million", "Mrd.", "Bio", "zwei", "Drittel", "Fünftel", "ersten",
        "Mai", "Uhr", "abends", "Version", "v", "IV", "unter vier Augen", "Hundert", "Prozent", "erste", "Achtelfinale",
        "the", "council", "a", "and", "of", "half", "one", "in", "out of", "five", "fifth", "May", "March", "May.",
        "pm", "o’clock", "one or two", "on cloud nine", "von", "halb", "Viertel", "nach",
        "quarter", "past", "release", "CVE-", "@rat", "www.", "https://a.b/1", "F", "th",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=20).map("".join)


def read_from_end_to_end(lexer, text):
    return assemble(text, list(lexer._lexemes_of(text, lexer._PATTERN.finditer(text))), lexer._RANGE)


@pytest.mark.parametrize("language", LEXERS)
@given(text=TEXTS)
def test_any_text_is_read_as_from_end_to_end(language, text):
    lexer = LEXERS[language]
    read = lexer.read_german if language == "de" else lexer.read_english
    assert read(text) == read_from_end_to_end(lexer, text)


def test_real_news_is_read_as_from_end_to_end():
    for pair in human_pairs("wmt22-de-en", "A", "news"):
        assert german.read_german(pair.source.text) == read_from_end_to_end(german, pair.source.text)
        assert english.read_english(pair.target.text) == read_from_end_to_end(english, pair.target.text)
