"""What of a text survives translation."""

import pytest

from reviews.importing.aligning.anchors import EXPECTED, anchors, merged
from reviews.importing.aligning.lexicon import entries
from reviews.values import CodedText, InlineCode


def shared(german, english):
    ours, theirs = anchors(CodedText(german), "de"), anchors(CodedText(english), "en-GB")
    return {anchor for anchor in ours if anchor in theirs}


@pytest.mark.parametrize(
    ("german", "english", "expected"),
    [
        ("1.450 Stellen", "1,450 jobs", {"#1450"}),
        ("10 000 Leute", "10,000 folks", {"#10000"}),
        ("3.600.000", "3,600,000", {"#3600000"}),
        ("CVSS 9,8", "CVSS 9.8", {"#9", "#8", "~kvss"}),
        ("um 6.45", "at 6:45", {"#6", "#45"}),
        ("am 03.04.", "on 4/3", {"#3", "#4"}),
        ("2026", "2,026", {"#2026"}),
        ("2.5.", "25", set()),
        ("zwölf", "twelve", {"#12"}),
        ("zwölf", "12", {"#12"}),
    ],
)
def test_numbers_meet_by_value(german, english, expected):
    assert shared(german, english) == expected


@pytest.mark.parametrize(
    ("german", "english"),
    [
        ("Zentrum", "centre"),
        ("Physik", "physics"),
        ("Theorie", "theory"),
        ("Müller", "Muller"),
        ("NATO", "Nato"),
        ("dpa", "dpa"),
    ],
)
def test_words_that_are_alike_meet(german, english):
    assert len(shared(german, english)) == 1


@pytest.mark.parametrize(
    ("german", "english", "name"),
    [
        ("Sicherheitslücken", "gaps", "=lücke"),
        ("Sicherheitslücken", "security", "=sicher"),
        ("Straßen", "streets", "=straße"),
        ("Wohnungen", "apartments", "=wohnung"),
        ("Bundesländern", "country", "=land"),
        ("städtisch", "cities", None),
    ],
)
def test_words_of_the_list_meet_in_their_forms_and_in_compounds(german, english, name):
    assert shared(german, english) == ({name} if name else set())


def test_short_forms_take_no_endings():
    assert entries("his", "en") == frozenset()
    assert entries("is", "en") == frozenset()


def test_a_language_without_a_list_has_names_and_numbers_only():
    assert anchors(CodedText("Le 3 mai, Rousseau habite une maison."), "fr") == {
        "#3": "figure",
        "~mai": "word",
        "~rouss": "name",
        "~habit": "word",
        "~une": "word",
        "~maiso": "word",
    }


def test_addresses_in_text_and_in_links_are_anchors():
    codes = (InlineCode("1", "link", "open", 0, '<a class="x" href="https://a.example/b">'),)
    found = anchors(CodedText("See www.example.org/a-b, please", codes), "en")
    assert [anchor for anchor, sort in found.items() if sort == "address"] == [
        "www.example.org/a-b",
        "https://a.example/b",
    ]


@pytest.mark.parametrize(
    ("german", "english", "expected"),
    [
        ("Wer?", "Who then?", {"!?"}),
        ("„Nein!“", "“No!”", {'!"', "!!"}),
        ("»Nein«", '"No"', {'!"'}),
        ("Bremen [dpa]", "BREMEN (dpa)", {"!(", "~breme", "~dpa"}),
        ("Toll 👍", "Great 👍", {"!👍"}),
        ("Das kostet: 3 €", "It costs: €3", {"!:", "!€", "#3", "=kosten"}),
        ("um 6:45", "at 6.45", {"#6", "#45"}),
        ("Ja, gut – so.", "Yes, good – so;", {"=ja", "=gut"}),
    ],
)
def test_marks_meet_however_they_are_written(german, english, expected):
    assert shared(german, english) == expected


def test_a_capital_says_most_within_a_sentence():
    found = anchors(CodedText("Yesterday Petersen said unquestionably that BSI warns"), "en")
    assert (found["~peter"], found["~unkue" if "~unkue" in found else "~unque"]) == ("name", "long word")
    assert found["~bsi"] == "acronym"
    assert anchors(CodedText("Petersen said"), "en")["~peter"] == "first word"


def test_every_sort_has_an_expectation_on_both_sides():
    assert EXPECTED["source"].keys() == EXPECTED["target"].keys()
    assert all(0 < share < 1 for side in EXPECTED.values() for share in side.values())


def test_two_texts_together_have_the_anchors_of_both():
    assert merged([{"#1": "figure"}, {"~abkde": "word"}]) == {"#1": "figure", "~abkde": "word"}
