from __future__ import annotations

import pytest

from reviews.checks.untranslated_words import UntranslatedWords
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = UntranslatedWords()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        ("Lücke in Fennek-Handys", "Hole in Fennek handys", "minor", ("Handys",), ("handys",)),
        (
            "Der Streit eskalierte zusehends.",
            "The dispute zusehends escalated.",
            "minor",
            ("zusehends",),
            ("zusehends",),
        ),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Das Backup der Software fehlt.", "The backup of the software is missing."),
        ("Der Bundestag tagt.", "The Bundestag is meeting."),
        ("Das Wort „schadenfreude“ fiel.", "The word “schadenfreude” was used."),
        ("Mehr auf bild.de", "More at bild.de"),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.005
