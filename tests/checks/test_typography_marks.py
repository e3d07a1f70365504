from __future__ import annotations

import pytest

from reviews.checks.typography_marks import TypographyMarks
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = TypographyMarks()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        ("Die Stadt prüft den Fall.", "The the city is looking into it.", "minor", (), ("The the",)),
        ("Die Stadt prüft den Fall.", "The city  is looking into it.", "minor", (), ("  ",)),
        ("Sie sagt, dass sie geht.", "She says, that she is leaving.", "minor", (), ("says, that",)),
        ("Die Stadt (Husum) prüft.", "The city (Husum is looking into it.", "minor", (), ("(",)),
        ("Die Stadt prüft den Fall.", "The city is looking into it", "minor", (), ("it",)),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Er wusste, dass das so ist.", "He had had no doubt that that is so."),
        ("Das Zeitfahren", "The time-time trial"),
        ("Wird er zahlen? ...", "Will he pay? ..."),
        ("Stadt prüft Fall", "City looks into case"),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.02
