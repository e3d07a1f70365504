from __future__ import annotations

import pytest

from reviews.checks.negation_modal import NegationModal
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = NegationModal()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        (
            "Das Opfer muss die MMS nicht einmal öffnen.",
            "The victim must not even open it.",
            "major",
            ("muss die MMS nicht",),
            ("must not even open",),
        ),
        ("Die AG darf mit Hilfe bauen.", "The AG must build with help.", "major", ("darf",), ("must build with",)),
        ("Er darf nicht bleiben.", "He does not have to stay.", "major", ("darf nicht",), ("does not have to stay",)),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Das Opfer muss sie nicht öffnen.", "The victim does not have to open it."),
        ("Er darf nicht bleiben.", "He must not stay."),
        ("Sie darf bauen, muss aber zahlen.", "She may build but must pay."),
        ("Er darf nur mit Maske hinein.", "He must wear a mask to get in."),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.005
