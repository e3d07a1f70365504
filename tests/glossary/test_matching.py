"""Terms are found as they are inflected, and nothing else is."""

from __future__ import annotations

import pytest

from reviews.glossary.matching import Entry, Glossary, first_keys, has_target
from reviews.glossary.words import key, term_forms, words_of


def glossary(*sources: str, language: str = "de") -> Glossary:
    return Glossary(
        Entry(i, source, "X", False, "", term_forms(words_of(source), language)) for i, source in enumerate(sources)
    )


def found(text: str, *sources: str) -> list[tuple[str, str]]:
    """The terms of a text, each with the words that are it."""
    return [(entry.source, text[slice(*hit.span)]) for hit in glossary(*sources).hits(text) for entry in hit.entries]


@pytest.mark.parametrize(
    ("source", "text", "words"),
    [
        ("Bundesnetzagentur", "Der Chef der Bundesnetzagentur schweigt.", "Bundesnetzagentur"),
        ("Bundesnetzagentur", "Zwei Bundesnetzagenturen wären zu viel.", "Bundesnetzagenturen"),
        ("Landgericht", "Ein Sprecher des Landgerichts bestätigte das.", "Landgerichts"),
        ("Landgericht", "Mehrere Landgerichte urteilten anders.", "Landgerichte"),
        ("Bundesland", "In sieben Bundesländern regnet es.", "Bundesländern"),
        ("Bundesländer", "Jedes Bundesland zahlt.", "Bundesland"),
        ("Bundesgerichtshof", "Das Urteil des Bundesgerichtshofs fiel.", "Bundesgerichtshofs"),
        ("Krankenhaus", "Die Krankenhäuser klagen.", "Krankenhäuser"),
        ("Untersuchungsausschuss", "Sitzungen des Untersuchungsausschusses.", "Untersuchungsausschusses"),
        ("Ministerium", "Alle Ministerien sparen.", "Ministerien"),
        ("Museum", "Die Museen öffnen.", "Museen"),
        ("Firma", "Zehn Firmen bieten mit.", "Firmen"),
        ("Oberstes Gericht", "Das Urteil des Obersten Gerichts steht aus.", "Obersten Gerichts"),
        ("Europäische Zentralbank", "Der Rat der Europäischen Zentralbank tagt.", "Europäischen Zentralbank"),
        ("Bundesamt für Migration", "Leiterin des Bundesamts für Migration ist sie.", "Bundesamts für Migration"),
        ("EU-Kommissar", "Mit den EU-Kommissaren sprach niemand.", "EU-Kommissaren"),
        ("Gasumlage", "Die GASUMLAGE kommt.", "GASUMLAGE"),
        ("BGH", "Der BGH hat entschieden.", "BGH"),
        ("SUV", "Zwei SUVs brannten.", "SUVs"),
        ("CDU/CSU", "Die Fraktion der CDU/CSU stimmt zu.", "CDU/CSU"),
        ("§ 218", "Der § 218 bleibt.", "§ 218"),
        ("Straße", "An der STRASSE.", "STRASSE"),
        ("Rat", "😀 Sitzung des Rates", "Rates"),
        ("Bundesnetzagentur", "„Bundesnetzagentur“", "Bundesnetzagentur"),
    ],
)
def test_a_term_is_found_in_its_forms(source: str, text: str, words: str) -> None:
    assert found(text, source) == [(source, words)]
    assert first_keys([words_of(source)[0]]) <= first_keys([text])


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Netzagentur", "Die Bundesnetzagentur schweigt."),
        ("Bundesnetzagentur", "Der Bundesnetzagentur-Chef schweigt."),
        ("Bundesamt für Migration", "Das Bundesamt warnt."),
        ("Bundesamt für Migration", "Das Bundesamt, für Migration zuständig, warnt."),
        ("Rat", "Die Raten steigen."),
        ("Rat", "Es gibt Ratten."),
        ("Kost", "Die Kosten steigen."),
        ("Messe", "Die Messer sind stumpf."),
        ("Bar", "Die Bären schlafen."),
        ("Minister", "Die Ministerinnen schweigen."),
        ("BGH", "Die Abkürzung bgh ist klein."),
        ("EU", "Eu, das ist lange her."),
        ("§ 218", "Es waren 218 Leute."),
    ],
)
def test_other_words_are_no_term(source: str, text: str) -> None:
    assert found(text, source) == []


def test_the_longest_term_wins_and_none_is_found_in_another() -> None:
    text = "Das Landgericht Köln, nicht das Landgericht Bonn, und Köln."
    assert found(text, "Landgericht", "Landgericht Köln", "Köln") == [
        ("Landgericht Köln", "Landgericht Köln"),
        ("Landgericht", "Landgericht"),
        ("Köln", "Köln"),
    ]


def test_a_longer_term_that_does_not_go_on_leaves_the_shorter_one() -> None:
    assert found("Das Landgericht in Köln", "Landgericht", "Landgericht in Bonn") == [("Landgericht", "Landgericht")]


def test_everything_said_of_the_same_words_is_one_hit() -> None:
    [hit] = glossary("Landgericht", "Landgerichte").hits("Das Landgericht.")
    assert [entry.source for entry in hit.entries] == ["Landgericht", "Landgerichte"]


def test_other_languages_than_german_are_found_as_written() -> None:
    english = glossary("court", language="en-GB")
    assert [hit.span for hit in english.hits("Courts and a Court")] == [(13, 18)]


def test_all_forms_have_the_key_of_their_word() -> None:
    for word in ("Museum", "Krankenhaus", "Thema", "Präsident", "EU", "Konto", "Virus", "Junge"):
        for forms in term_forms([word], "de"):
            assert {key(form) for form in forms} == {key(word)}


@pytest.mark.parametrize(
    ("target", "text", "has"),
    [
        ("Federal Network Agency", "the federal network agency said", True),
        ("Federal Network Agency (Bundesnetzagentur)", "The Federal Network  Agency said", True),
        ("Federal Network Agency", "two Federal Network Agencies", True),
        ("regional court", "Regional Courts’ rulings", True),
        ("tax", "new taxes", True),
        ("court", "by courtesy", False),
        ("court", "in the forecourt", False),
        ("EU", "the EU's budget", True),
        ("EU", "feudal, eu", False),
        ("C++ (1.0)", "C++ is", True),
        ("(no title)", "has (no title) yet", True),
        ("Straße", "the STRASSE", False),
    ],
)
def test_a_target_is_found_in_plain_plurals_and_whole_words_only(target: str, text: str, has: bool) -> None:
    assert has_target(text, target) is has
