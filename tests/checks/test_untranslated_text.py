from __future__ import annotations

import json

import pytest

from reviews.checks.untranslated_text import UntranslatedText
from tests.checks.texts import article_pairs, human_pairs, pair, share_with_findings, spans
from tests.shared import shared_path

CHECK = UntranslatedText()


@pytest.mark.parametrize(
    "text",
    [
        "Das Konto ist gesperrt.",
        "Der Zug hält in Kiel.",
        "Chipfabrik in der Lausitz: EU genehmigt Beihilfe",
        "  Das Konto\u00a0ist gesperrt. ",
        "Neue Wohnungen stehen leer",  # no function word, but verbs as no name has
        "Biker erleidet Beinverletzung",
        "Häuser, Geschäfte, Regierungsgebäude - einfach weg.",
        "STADT STELLT ARBEITSPLÄTZE AUF LINUX UM",
        "„Wir zahlen kein Lösegeld, und wir verhandeln auch nicht.“",
        "Worum geht es in „League of Legends“?",  # the English words are a title
        "Rettungshubschrauber landet auf der A 45",
        "Ein Satz mit 3 Zahlen, 4 Wörtern und 5 Namen",
        "Die Produktion soll frühestens Ende 2029 anlaufen – später als ursprünglich geplant.",
        "Nur noch heute: alle Tickets für 9 Euro",
        "Weil es regnet.",
    ],
)
def test_a_copy_of_a_german_text_is_critical(text):
    (finding,) = CHECK.run(pair(text, text))
    assert (finding.severity, finding.category) == ("critical", "accuracy/untranslated")
    assert finding.message == "The translation is the source text."
    assert spans(text, finding.source_spans) == spans(text, finding.target_spans) == (text.strip(),)


def test_white_space_does_not_hide_a_copy():
    (finding,) = CHECK.run(pair("Das Konto ist  gesperrt.", "Das Konto\nist gesperrt. "))
    assert finding.message == "The translation is the source text."


@pytest.mark.parametrize(
    ("source", "target"),
    [
        # an engine that changed a word or two and left the rest
        ("Das Werk soll im Herbst fertig sein.", "Das Werk soll im Autumn fertig sein."),
        (
            "Der Film lief in Deutschland unter dem Titel „Mutterherz“.",
            "Der Film <unk> in Deutschland unter dem Titel.",
        ),
        ("Die Gruppe ist nach eigenen Angaben aufgelöst.", "Die Gruppe ist, nach eigenen Angaben, aufgeloest."),
        # the German of another segment
        ("Linux", "Für das ältere Modell gibt es nichts mehr."),
    ],
)
def test_a_text_without_any_english_word_is_critical(source, target):
    (finding,) = CHECK.run(pair(source, target))
    assert finding.severity == "critical"
    assert finding.message == "The translation is still in the source language."


@pytest.mark.parametrize(
    ("source", "target", "left"),
    [
        (
            "Die Stadt prüft den Fall, weil die Daten nicht mehr sicher sind.",
            "The city is reviewing the case, weil die Daten nicht mehr sicher sind.",
            "weil die Daten nicht mehr sicher sind",
        ),
        (
            "Nach einem Angriff sind die Ämter seit Freitag offline, und das Land hilft ihnen mit Personal.",
            "After an attack the offices have been offline since Friday, und das Land hilft ihnen mit Personal.",
            "und das Land hilft ihnen mit Personal",
        ),
        (
            "Laut Betreiber ist noch unklar, ob Daten abgeflossen sind.",
            "Laut Betreiber ist noch unklar, whether data has leaked.",
            "Laut Betreiber ist noch unklar",
        ),
        # no three function words, but a long passage in the very order of the source
        (
            "Sie will Preise senken und Gewinne deutlich schneller verteilen.",
            "She wants to reduce prices und Gewinne deutlich schneller verteilen.",
            "und Gewinne deutlich schneller verteilen",
        ),
        # two stretches would be two findings; an English word parts them
        (
            "Das Konto sei nicht durch einen zweiten Faktor geschützt gewesen, sagte sie.",
            "The account sei nicht durch einen zweiten Faktor geschützt, she said.",
            "sei nicht durch einen zweiten Faktor geschützt",
        ),
        # speech between quotation marks, longer than any title
        (
            "Er sagte: „Wir haben das nicht gewusst und werden es auch nie wieder tun.“",
            "He said: “Wir haben das nicht gewusst und werden es auch nie wieder tun.”",
            "Wir haben das nicht gewusst und werden es auch nie wieder tun",
        ),
    ],
)
def test_a_stretch_left_in_german_is_major_and_marked_tightly(source, target, left):
    (finding,) = CHECK.run(pair(source, target))
    assert (finding.severity, finding.category) == ("major", "accuracy/untranslated")
    assert spans(target, finding.target_spans) == (left,)
    assert finding.message == f"“{left}” is still in the source language."
    # the place in the source is given when the passage stands there word for word
    assert spans(source, finding.source_spans) in ((left,), ())


def test_two_stretches_are_two_findings_in_the_order_of_the_text():
    target = "Sie sind noch nicht da, the office said, weil es nur mit uns geht."
    findings = CHECK.run(pair("…", target))
    assert [spans(target, finding.target_spans) for finding in findings] == [
        ("Sie sind noch nicht",),
        ("weil es nur mit uns geht",),
    ]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        # the same in both languages
        ("Linux", "Linux"),
        ("2026", "2026"),
        ("1.450", "1.450"),
        ("SPD, CDU, FDP", "SPD, CDU, FDP"),
        ("Microsoft 365 Enterprise Plus", "Microsoft 365 Enterprise Plus"),
        ("https://example.org/der-artikel-ist-da", "https://example.org/der-artikel-ist-da"),
        ("Ursula von der Leyen", "Ursula von der Leyen"),
        ("Der Spiegel", "Der Spiegel"),
        ("Cloud Computing as a Service", "Cloud Computing as a Service"),
        ("The show must go on", "The show must go on"),
        ("Erika Mustermann", "Erika Mustermann"),
        ("…", "…"),
        ("", ""),
        # German names and titles in an English text
        ("Er las die Frankfurter Allgemeine.", "He read the Frankfurter Allgemeine Zeitung."),
        ("Die AfD klagt.", "The Alternative für Deutschland party is suing."),
        ("Das ZDF zeigt „Rosenheim-Cops“.", "ZDF is showing “Die Rosenheim-Cops”."),
        (
            "Er sang „Für Frauen ist das kein Problem“ in Berlin.",
            "He sang “Für Frauen ist das kein Problem” in Berlin.",
        ),
        (
            "Das Programm „Guten Tag, liebes Glück“ läuft.",
            "The program “Guten Tag, liebes Glück” is on tour.",
        ),
        ("Sie studierte am MIT.", "She studied at MIT, IST and ALS."),
        ("Von der Leyen reist ab.", "Ursula von der Leyen and Alexander Van der Bellen are leaving."),
        # words of both languages
        ("Die Hand war warm, die andere so kalt.", "The hand was warm, the other so cold; war will die in him."),
        # translated
        ("Das Konto ist gesperrt.", "The account is locked."),
        ("Die Regierung hat ein neues Gesetz beschlossen.", "The government passed a new law."),
        ("Betreiber: Lage unklar", "Operator: situation unclear"),
        # too little to judge by
        ("Sicherheitslücke", "Sicherheitslücke"),
        ("Keine Autorennen", "Keine Autorennen"),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize("kind", ["byline", "credit", "slug"])
def test_names_of_people_and_addresses_stay_quiet(kind):
    text = "Foto: Anna von der Aa und Bert aus der Au für das Bild"
    assert CHECK.run(pair(text, text, kind)) == []
    assert CHECK.run(pair(text, text, "caption"))


def test_english_left_in_a_german_translation_is_found_as_well():
    text = pair("The account is locked.", "The account is locked.", languages=("en", "de"))
    assert [finding.severity for finding in CHECK.run(text)] == ["critical"]
    mixed = pair(
        "She said that the data was safe.", "Sie sagte, that the data was not at risk.", languages=("en-GB", "de-DE")
    )
    assert [finding.severity for finding in CHECK.run(mixed)] == ["major"]


def test_a_pair_of_one_language_is_never_untranslated():
    assert CHECK.run(pair("Das Konto ist gesperrt.", "Das Konto ist gesperrt.", languages=("de", "de-AT"))) == []


def test_a_long_passage_is_shortened_in_the_message_only():
    passage = " ".join(["weil es nicht ohne das geht"] * 10)
    (finding,) = CHECK.run(pair("…", f"The office said {passage}"))
    assert len(finding.message) < 130
    assert finding.target_spans == ((16, 16 + len(passage)),)


def test_the_shared_cases_of_short_segments():
    folder = shared_path("cases/lang-short-segments")
    expected = json.loads((folder / "expected.json").read_text("utf-8"))["results"]
    for line in (folder / "input.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        fires = bool(CHECK.run(pair(case["text"], case["text"])))
        assert fires is (expected[case["id"]] == "de"), case


def test_the_shared_articles_have_no_untranslated_sentence():
    assert [each for each in article_pairs() if CHECK.run(each.text)] == []


@pytest.mark.parametrize(
    ("folder", "reference"),
    [("wmt22-de-en", "A"), ("wmt22-de-en", "B"), ("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt23-de-en", "A")],
)
def test_human_translations_give_no_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) == 0


def test_a_source_left_as_it_is_is_nearly_always_found():
    """1,491 of 1,506; the others are headlines of one or two words, or of names only."""
    sources = [text.source.text for text in news()]
    assert share_with_findings(CHECK, [pair(source, source) for source in sources]) >= 0.99


def test_a_second_half_left_in_german_is_mostly_found():
    """1,065 of 1,304; the others end in a few words that could be names."""
    halves = []
    for text in news():
        source, target = text.source.text.split(), text.target.text.split()
        if len(source) >= 8:
            mixed = " ".join(target[: len(target) // 2] + source[len(source) // 2 :])
            halves.append(pair(text.source.text, mixed))
    assert share_with_findings(CHECK, halves) >= 0.81


def news():
    return human_pairs("wmt22-de-en", "A", "news") + human_pairs("wmt21-de-en", "A")
