"""What a search means, said of plain texts."""

import pytest

from reviews.models.search_words import MOST_WORDS, SearchError, indexed_words, read_search


def marked(typed, text):
    """The text with what a search marks in brackets; "" where it does not fit."""
    spans = read_search(typed).spans(text)
    for start, end in reversed(spans):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text if spans else ""


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("lücke", "Die Lücken und die LÜCKE.", "Die [Lücken] und die [LÜCKE]."),
        ("lücke", "Die Luecke.", ""),
        ("updat lück", "Ein Update für die Lücke.", "Ein [Update] für die [Lücke]."),
        ("update lücke", "Ein Update.", ""),
        ('"update für"', "Ein Update für Geräte; Updates für Netze.", "Ein [Update für] Geräte; Updates für Netze."),
        ("„update für“", "Ein Update, für alle.", "Ein [Update, für] alle."),
        ('"update', "Updates und Update.", "Updates und [Update]."),
        ("KI", "Kinder und KI-Modelle.", "Kinder und [KI]-Modelle."),
        ("KI-Modell", "Das KI-Modell; ein Modell mit KI.", "Das [KI-Modell]; ein Modell mit KI."),
        ("1.450", "Es sind 1.450, nicht 450 oder 1.4501.", "Es sind [1.450], nicht 450 oder [1.4501]."),
        ("strasse", "Die Straße", "Die [Straße]"),
        ("u\u0308ber", "Es ging über Land.", "Es ging [über] Land."),
        ("🦊 fuchs", "Ein 🦊 Fuchs!", "Ein 🦊 [Fuchs]!"),
        ("ab abc", "abcd ab", "[abcd] [ab]"),
        ('"der der"', "der der der", "[der der der]"),
        ("NOT AND OR * NEAR( col:x", "Not and or near col x", "[Not] [and] [or] [near] [col x]"),
    ],
)
def test_it_finds_words_as_they_are_meant(typed, text, found):
    assert marked(typed, text) == found


@pytest.mark.parametrize("typed", ["", "   ", '""', "!?*", "\x00", "_", "🦊"])
def test_nothing_to_search_for_is_said(typed):
    with pytest.raises(SearchError, match="at least one letter"):
        read_search(typed)


def test_a_pasted_text_is_no_search():
    with pytest.raises(SearchError, match="too many words"):
        read_search("wort " * 2000)


def test_a_word_without_end_is_cut_alike_on_both_sides():
    assert marked("x" * 5000, f"Ein {'x' * 5000} hier") == f"Ein [{'x' * 5000}] hier"


def test_an_index_takes_no_more_than_it_can():
    assert len(indexed_words("a " * (MOST_WORDS + 5)).split()) == MOST_WORDS
    assert indexed_words("Don't\x00stop_now, İstanbul!") == "don t stop now istanbul"
