from __future__ import annotations

import pytest

from reviews.checks.numbers_limits import NumbersLimits
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = NumbersLimits()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        (
            "Es soll frühestens Ende 2029 anlaufen.",
            "It is to start by the end of 2029.",
            "major",
            ("frühestens",),
            ("2029",),
        ),
        ("Das dauert bis zu zwei Wochen.", "That takes two weeks.", "major", ("bis zu",), ("two",)),
        (
            "Das Land spart pro Jahr 15 Millionen Euro.",
            "The state saves 15 million euros.",
            "major",
            ("pro Jahr",),
            ("15 million",),
        ),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("Es kommen mindestens 40 Gäste.", "At least 40 guests are coming."),
        ("Es soll frühestens 2029 anlaufen.", "It will not start before 2029."),
        ("Im Jahr 2022 begann es.", "It began in 2022."),
        ("Er liest täglich.", "He reads."),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.01
