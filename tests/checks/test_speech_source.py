from __future__ import annotations

import pytest

from reviews.checks.speech_source import SpeechSource
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = SpeechSource()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        (
            "Ob Daten fehlen, ist laut Betreiber unklar.",
            "Whether data is missing is unclear.",
            "major",
            ("laut Betreiber",),
            ("is unclear",),
        ),
        (
            "Dem Gutachten zufolge spart das Land.",
            "The state saves money.",
            "major",
            ("Gutachten zufolge",),
            ("saves money",),
        ),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Laut Polizei war die Tür offen.", "Police said the door was open."),
        ("Laut Polizei war die Tür offen.", "The door was open, according to police."),
        ("Die Musik war laut.", "The music was loud."),
        ("Nach eigenen Angaben hat er gezahlt.", "By his own account he paid."),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.015
