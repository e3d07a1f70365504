from __future__ import annotations

import pytest

from reviews.checks.numbers_units import NumbersUnits
from tests.checks.texts import human_pairs, only_finding, pair, share_with_findings

CHECK = NumbersUnits()


@pytest.mark.parametrize(
    ("source", "target", "severity", "in_source", "in_target"),
    [
        (
            "1,8 Millionen Kubikmeter Wasser",
            "1.8 million cubic feet of water",
            "critical",
            ("1,8 Millionen Kubikmeter",),
            ("1.8 million cubic feet",),
        ),
        ("Das Werk liefert 40 GWh.", "The plant supplies 40 GW.", "critical", ("40 GWh",), ("40 GW",)),
        (
            "Ein Plus von 3 Prozentpunkten",
            "An increase of 3 percent",
            "critical",
            ("3 Prozentpunkten",),
            ("3 percent",),
        ),
        ("Die Strafe beträgt 500 Euro.", "The fine is $500.", "critical", ("500 Euro",), ("$500",)),
    ],
)
def test_it_finds_and_marks(source, target, severity, in_source, in_target):
    assert only_finding(CHECK, source, target) == (severity, in_source, in_target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("1,8 Millionen Kubikmeter", "1.8 million cubic meters"),
        ("100 Kilometer entfernt", "60 miles away"),
        ("Ein Plus von 3 Prozent", "A 3% increase"),
        ("500 Euro in 3 Tagen", "€500 in 3 days"),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(("folder", "reference"), [("wmt21-de-en", "A"), ("wmt21-de-en", "B"), ("wmt22-de-en", "B")])
def test_human_translations_seldom_give_an_alarm(folder, reference):
    assert share_with_findings(CHECK, human_pairs(folder, reference)) <= 0.003
