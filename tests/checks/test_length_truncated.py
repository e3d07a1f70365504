from __future__ import annotations

import pytest

from reviews.checks.length_truncated import LengthTruncated
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = LengthTruncated()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        ("Die Stadt prüft den Fall seit Mitte Mai.", "The city has been looking into the", "major", (), ("the",)),
        (
            "Die Polizei hat bei dem Unfall auf der Autobahn am Montag zwei Menschen verletzt aufgefunden.",
            "Two people hurt.",
            "major",
            (),
            ("hurt.",),
        ),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Die Stadt prüft den Fall.", "The city is looking into it."),
        ("Stadt prüft den Fall", "City looks into case"),
        ("Sie fragte, wo er war.", "She asked where he was."),
        ("Damit sind wir nicht einverstanden", "We do not agree to that"),
        # Over a long passage a terse translator saves a sixth of it.
        ("Die Stadt prüft den Fall. " * 60, "The town checks that. " * 60),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


def test_of_a_long_passage_a_quarter_is_missed():
    source, target = "Die Stadt prüft den Fall. " * 60, "The city is looking at it. " * 45
    assert only_finding(CHECK, source, target) == ("major", (), ("it.",))


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.006
