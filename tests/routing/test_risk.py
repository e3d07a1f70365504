"""The first risk model: what comes first, and what it says."""

from __future__ import annotations

import itertools
import json
import math

import pytest

from reviews.checks.registry import CHECKS
from reviews.routing.risk import (
    KINDS,
    WEIGHTS,
    OpenFinding,
    disagreement,
    rank,
    segment_risk,
    usual_log_ratio,
)
from reviews.values import SEGMENT_KINDS, SEVERITIES, CodedText, Risk, SegmentText
from tests.shared import shared_path

CHANGED = OpenFinding("numbers.value", "critical", "accuracy/mistranslation")
MISSING = OpenFinding("numbers.value", "major", "accuracy/omission")
NOTATION = OpenFinding("numbers.value", "minor", "locale-conventions/number-format")
UNTRANSLATED = OpenFinding("untranslated.text", "major", "accuracy/untranslated")

SOURCE = "Die Stadt baut ein neues Rathaus am Fluss."
TARGET = "The city is building a new town hall by the river."


def risk(**changes) -> Risk:
    return segment_risk(**({"kind": "body", "source": SOURCE, "target": TARGET} | changes))


def test_a_segment_without_any_signal_has_no_risk_and_no_reason():
    assert risk() == Risk(0.0)


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"findings": [CHANGED]}, ("number changed",)),
        ({"findings": [MISSING]}, ("number missing",)),
        ({"findings": [OpenFinding("numbers.value", "major", "accuracy/addition")]}, ("number added",)),
        ({"findings": [NOTATION]}, ("number in German notation",)),
        ({"findings": [UNTRANSLATED]}, ("untranslated text",)),
        ({"findings": [OpenFinding("length.empty_target", "critical", "accuracy/omission")]}, ("empty translation",)),
        ({"findings": [OpenFinding("gone.check", "minor", "style/awkward")]}, ("gone.check",)),
        ({"findings": [NOTATION, NOTATION]}, ("number in German notation",)),
        ({"language": 0.0}, ("not in the target language",)),
        ({"language": 1.0}, ()),
        ({"language": None}, ()),
        ({"length_ratio": 2.5}, ("unusually long",)),
        ({"length_ratio": 0.3}, ("unusually short",)),
        ({"length_ratio": 1.05}, ()),
        ({"length_ratio": 0.0}, ()),
        ({"length_ratio": 2.5, "usual_log_ratio": math.log(2.5)}, ()),
        ({"other_targets": [TARGET]}, ()),
        ({"other_targets": ["A municipality erects its next seat at water level."]}, ("engines disagree",)),
        ({"kind": "headline"}, ("headline",)),
        ({"kind": "meta_description"}, ("meta description",)),
        ({"source": "„Wir bauen“, sagt sie."}, ("has a quotation",)),
        ({"source": "Die Stadt baut 3 Brücken."}, ("has numbers",)),
    ],
)
def test_each_signal_says_why(changes, reasons):
    assert risk(**changes).reasons == reasons


def test_the_weightiest_reason_comes_first():
    both = risk(findings=[NOTATION, CHANGED], other_targets=["A municipality erects its next seat."], kind="headline")
    assert both.reasons == ("number changed", "engines disagree", "headline", "number in German notation")


def test_one_critical_finding_outranks_everything_else_together():
    everything_else = risk(
        kind="headline",
        source="„Wir bauen 3 Brücken“, sagt sie.",
        target="wholly other words",
        findings=[MISSING, NOTATION] * 50,
        length_ratio=30.0,
        language=0.0,
        other_targets=["nothing shared here"],
    )
    assert risk(findings=[CHANGED]).score > everything_else.score


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_second_finding_adds_half_and_many_never_reach_double(severity):
    finding = OpenFinding("numbers.value", severity, "accuracy/omission")
    weight = WEIGHTS[f"finding.{severity}"]
    assert risk(findings=[finding]).score == pytest.approx(weight)
    assert risk(findings=[finding] * 2).score == pytest.approx(1.5 * weight)
    assert weight * 1.9 < risk(findings=[finding] * 100).score <= 2 * weight


def test_severities_weigh_in_their_order():
    weights = [WEIGHTS[f"finding.{severity}"] for severity in SEVERITIES]
    assert weights == sorted(weights, reverse=True)


def test_a_long_segment_of_odd_length_is_odder_than_a_short_one():
    short = risk(source="x" * 20, length_ratio=0.6).score
    long = risk(source="x" * 200, length_ratio=0.6).score
    assert 0 < short < long


def test_half_a_text_missing_counts_as_much_as_twice_the_text():
    assert risk(length_ratio=0.5).score == pytest.approx(risk(length_ratio=2.0).score)


def test_the_kinds_that_weigh_exist():
    assert set(KINDS) <= set(SEGMENT_KINDS)
    assert all(0 < share <= 1 for share in KINDS.values())


@pytest.mark.parametrize("kind", ["teaser", "quote", "headline"])
def test_what_many_read_outranks_a_paragraph(kind):
    assert risk(kind=kind).score > risk(kind="body").score


@pytest.mark.parametrize(
    ("target", "others", "expected"),
    [
        ("a b c d", [], None),
        ("a b c d", ["a b c d"], 0.0),
        ("A b, c d!", ["a B c D"], 0.0),  # case and punctuation are no disagreement
        ("a b c d", ["a b x d"], 0.25),  # one of four words
        ("a b c d", ["a b"], 0.5),  # two of the longer text's four
        ("a b c d", ["a b c d", "a b"], 0.25),  # the mean of both
        ("", ["a b"], 1.0),
        ("", [""], 0.0),
    ],
)
def test_disagreement_is_the_mean_token_edit_rate(target, others, expected):
    assert disagreement(target, others) == expected


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [([], 0.0), ([0.0], 0.0), ([1.0, 4.0, 2.0], math.log(2)), ([0.0, 2.0], math.log(2))],
)
def test_the_usual_length_is_a_median_without_empty_texts(ratios, expected):
    assert usual_log_ratio(ratios) == pytest.approx(expected)


def test_ranks_start_with_the_riskiest_and_ties_go_by_position():
    assert rank([Risk(1.0), Risk(3.0), Risk(1.0), Risk(2.0)]) == [3, 1, 4, 2]
    assert rank([]) == []


def test_the_order_of_the_findings_changes_nothing():
    findings = [CHANGED, MISSING, NOTATION, UNTRANSLATED]
    assert len({risk(findings=list(order)).score for order in itertools.permutations(findings)}) == 1


@pytest.mark.parametrize("engine", ["engine_a", "engine_b"])
@pytest.mark.parametrize(
    "article", ["chipfabrik-foerderung", "handy-sicherheitsluecke", "open-source-verwaltung", "ransomware-kommunen"]
)
def test_critical_number_errors_of_the_demo_articles_rank_in_the_top_third(article, engine):
    rows = json.loads(shared_path(f"articles/{article}/gold_alignment.json").read_text("utf-8"))
    planted = json.loads(shared_path(f"articles/{article}/planted_errors.json").read_text("utf-8"))["errors"]
    worst = {
        error["segment"]
        for error in planted
        if error["engine"] == engine.replace("_", "-")
        and error["severity"] == "critical"
        and any(char.isdigit() for char in error["source_span"])
    }
    ranks = rank([_risk_of(row, engine) for row in rows])
    assert {row["segment"] for row, place in zip(rows, ranks, strict=True) if place <= len(rows) / 3} >= worst


def _risk_of(row, engine) -> Risk:
    kind, target = row["segment"].partition(".")[0], _text(row[engine])
    kind = kind if kind in SEGMENT_KINDS else "body"
    text = SegmentText(CodedText(row["de"]), CodedText(target), "de", "en", kind)
    findings = [OpenFinding(check.id, f.severity, f.category) for check in CHECKS for f in check.run(text)]
    others = [_text(row[name]) for name in ("engine_a", "engine_b") if name != engine]
    return segment_risk(
        kind=kind,
        source=row["de"],
        target=target,
        findings=findings,
        length_ratio=len(target) / len(row["de"]),
        usual_log_ratio=math.log(1.05),
        other_targets=others,
    )


def _text(value) -> str:
    """A dropped sentence is null."""
    return value or ""
