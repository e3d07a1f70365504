from __future__ import annotations

import pytest

from reviews.checks.negation_polarity import NegationPolarity
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = NegationPolarity()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        (
            "Es gibt keine Hinweise darauf.",
            "There are indications of it.",
            "critical",
            ("keine",),
            ("are indications",),
        ),
        (
            "Sie will daran nichts mehr ändern.",
            "She wants to change more about it.",
            "critical",
            ("nichts",),
            (),
        ),
        (
            "Das gilt nicht nur für Neue, sondern auch für Alte.",
            "This only applies to new and old ones.",
            "critical",
            ("nicht nur",),
            ("only",),
        ),
        ("Das Konto ist gesperrt.", "The account is not blocked.", "critical", (), ("not",)),
        ("Sie schließt Wahlen nicht aus.", "She rules out elections.", "critical", ("nicht",), ("elections",)),
        (
            "Man soll Regeln nicht missachten.",
            "One should disregard rules.",
            "critical",
            ("nicht",),
            ("rules",),
        ),
        ("Er hat Geld und keine Wohnung.", "He has money and a flat.", "critical", ("keine",), ()),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Das ist nicht sicher.", "That is uncertain."),
        ("Nein, es bleibt dabei.", "No, that stands."),
        ("Er gewann nicht zuletzt dank ihr.", "He won thanks to her above all."),
        ("Sie hat weder Zeit noch Geld.", "She has neither time nor money."),
        ("Sein Lied „Kein Problem“ läuft.", "His song “Kein Problem” is playing."),
        ("Der Antrag scheiterte.", "The motion did not pass."),
        ("Linux Nr. 5", "Linux No. 5"),
        ("Meine Bestellnummer ist 17.", "My order no. is 17."),
        ("Ohne Zustimmung der Länder geht es nicht.", "It takes the approval of the states."),
        ("Sie schließt Wahlen nicht aus.", "She considers elections possible."),
        ("Das ist nicht ungewöhnlich.", "That is common."),
        ("Man soll Regeln nicht missachten.", "One should observe rules."),
        ("Vielen Firmen geht es nicht gut.", "Many companies are struggling."),
        ("Er arbeitet dort nicht mehr.", "He has quit his job there."),
        ("Es gab kein Handtuch und kein Gel.", "There was not a towel or any gel."),
        ("Es geht nie, nie, nie um Macht.", "It is never about power."),
        ("Sie fragten, ob es nicht besser wäre.", "They asked whether it would be better."),
        ("Sie fragten, ob das passt.", "They asked whether or not it fits."),
        ("Das ist neben der Pflicht auch üblich.", "That is not only a duty but common."),
        ("Die Fahrerin übersah ihn.", "The driver did not see him."),
        ("Das war in keinster Weise so.", "That was not so in any way."),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.015
