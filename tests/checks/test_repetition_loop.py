from __future__ import annotations

import pytest

from reviews.checks.repetition_loop import RepetitionLoop
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = RepetitionLoop()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        (
            "Die Frist endet morgen.",
            "The deadline ends the deadline ends the deadline ends tomorrow.",
            "critical",
            (),
            ("The deadline ends the deadline ends the deadline ends",),
        ),
        ("Das ist gut.", "That is good good good good.", "critical", (), ("good good good good",)),
        (
            "Er geht nach Hause zurück.",
            "He goes back to his house, goes back to his house.",
            "critical",
            (),
            ("goes back to his house, goes back to his house",),
        ),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Sehr, sehr, sehr gut!", "Very, very, very good!"),
        ("Grenzschutz, Grenzschutz, Grenzschutz", "border protection, border protection, border protection"),
        ("Das ist das, was das Amt will.", "That is what that office wants."),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.001
