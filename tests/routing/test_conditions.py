"""What a rule may ask of a text."""

from __future__ import annotations

import re

import pytest

from reviews.routing.conditions import BANDS, CONDITIONS, HIGH, MEDIUM, AnyOf, SegmentFacts
from reviews.routing.risk import Features, OpenFinding, segment_risk
from reviews.routing.risk_engines import EngineFeatures

BY_KEY = {condition.key: condition for condition in CONDITIONS}
KNOWN = SegmentFacts(
    kind="headline",
    section="Politics",
    risk=HIGH,
    ranked=True,
    findings=frozenset({"numbers", "accuracy/omission"}),
    systems=frozenset({"engine-a", "engine-a@2026"}),
    hours_to_deadline=3.25,
    reach=50_000,
)
UNKNOWN = SegmentFacts(kind="body")


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("kinds", ["body", "headline"], "headline"),
        ("sections", ["politics"], "section politics"),
        ("risk", ["high"], "high risk"),
        ("findings", ["numbers"], "finding: numbers"),
        ("findings", ["accuracy"], "finding: accuracy"),
        ("findings", ["accuracy/omission"], "finding: accuracy/omission"),
        ("systems", ["Engine-A"], "text of Engine-A"),
        ("systems", ["engine-a@2026"], "text of engine-a@2026"),
        ("deadline_within", 4, "deadline 3.2 hours after arrival"),
        ("deadline_within", 3.25, "deadline 3.2 hours after arrival"),
        ("reach_from", 50_000, "50,000 readers expected"),
    ],
)
def test_a_condition_holds_and_says_of_what_in_the_text(key, value, reason):
    condition = BY_KEY[key]
    parsed = condition.parse(value)
    assert condition.holds(parsed, KNOWN)
    assert condition.because(parsed, KNOWN) == reason


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kinds", ["teaser"]),
        ("sections", ["Culture"]),
        ("risk", ["low", "medium", "unranked"]),
        ("findings", ["accuracy/mistranslation", "number"]),
        ("systems", ["engine-b", "engine-a@2025"]),
        ("deadline_within", 3),
        ("reach_from", 50_001),
    ],
)
def test_a_condition_does_not_hold_of_another_text(key, value):
    condition = BY_KEY[key]
    assert not condition.holds(condition.parse(value), KNOWN)


@pytest.mark.parametrize("condition", [each for each in CONDITIONS if each.key != "kinds"], ids=lambda each: each.key)
def test_what_is_not_known_meets_no_condition(condition):
    value = [*condition.choices, "Politics"] if isinstance(condition, AnyOf) and not condition.closed else None
    parsed = condition.parse(value or ([*condition.choices] if isinstance(condition, AnyOf) else condition.highest))
    assert not condition.holds(parsed, UNKNOWN)


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("kinds", "headline", "'headline' is no list of words; write one such as [\"kicker\"]."),
        ("kinds", ["titel"], "'titel' is none of kicker, headline, teaser, "),
        ("risk", ["none"], "'none' is none of high, medium, low, unranked."),
        ("sections", [3], '[3] is no list of words; write one such as ["Politics"].'),
        ("sections", ["x" * 121], f"'{'x' * 20}'… has 121 characters; a value takes at most 120."),
        ("sections", [str(i) for i in range(51)], "There are 51 values; keep at most 50, or make it two rules."),
        ("deadline_within", "soon", "'soon' is no number above 0 and up to 8,760."),
        ("deadline_within", 0, "0 is no number above 0 and up to 8,760."),
        ("reach_from", True, "True is no number above 0 and up to 2,000,000,000."),
        ("reach_from", float("nan"), "nan is no number above 0 and up to 2,000,000,000."),
    ],
)
def test_a_bad_value_is_refused_with_what_may_stand_there(key, value, problem):
    with pytest.raises(ValueError, match=f"^{re.escape(problem)}"):
        BY_KEY[key].parse(value)


def test_a_finding_that_no_check_has_any_more_does_no_harm():
    assert BY_KEY["findings"].parse(["gone", " gone ", "numbers"]) == ("gone", "numbers")


@pytest.mark.parametrize(
    ("risk", "ranked", "band"),
    [
        (None, True, None),
        (HIGH, False, "high"),
        (HIGH - 0.001, True, "medium"),
        (MEDIUM, False, "medium"),
        (MEDIUM - 0.001, True, "low"),
        # that nothing was found is no claim where there was nothing to compare with
        (MEDIUM - 0.001, False, "unranked"),
    ],
)
def test_bands_of_risk(risk, ranked, band):
    assert SegmentFacts(kind="body", risk=risk, ranked=ranked).band == band
    assert band is None or band in BANDS


@pytest.mark.parametrize(
    ("severity", "band"), [("critical", "high"), ("major", "high"), ("minor", "medium"), (None, "low")]
)
def test_a_finding_decides_the_band_of_a_plain_text(severity, band):
    findings = (OpenFinding("numbers.value", severity, "accuracy/omission"),) if severity else ()
    agrees = EngineFeatures(others=2, consensus=0, content=0, length=0, sentences=0, numbers=0, neighbours=0)
    known = segment_risk(Features(kind="body", findings=findings, engines=agrees))
    assert SegmentFacts(kind="body", risk=known.score, ranked=known.ranked).band == band
