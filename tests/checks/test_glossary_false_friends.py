from __future__ import annotations

import pytest

from reviews.checks.glossary_false_friends import GlossaryFalseFriends
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = GlossaryFalseFriends()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        ("Eventuell droht ein Bußgeld.", "Eventually a fine threatens.", "major", ("Eventuell",), ("Eventually",)),
        ("Der US-Konzern schweigt.", "The US concern is silent.", "major", ("Konzern",), ("concern",)),
        ("Sensible Daten fehlen.", "Sensible data is missing.", "major", ("Sensible",), ("Sensible",)),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Eventuell droht ein Bußgeld.", "A fine is possible."),
        ("Der Konzern äußert Bedenken.", "The company raised doubts."),
        ("Der Stuhl ist leer.", "The chair is empty."),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.005
