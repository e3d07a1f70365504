"""The risk model: what comes first, and what it says."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest

from reviews.routing.risk import (
    Content,
    Estimate,
    Features,
    OpenFinding,
    content_of,
    engine_difference,
    odd_length,
    per_word,
    rank,
    segment_risk,
    usual_log_ratio,
)
from reviews.routing.risk_engines import EngineFeatures
from reviews.routing.risk_weights import WEIGHTS
from reviews.values import SEGMENT_KINDS, SEVERITIES, Risk

CHANGED = OpenFinding("numbers.value", "critical", "accuracy/mistranslation")
MISSING = OpenFinding("numbers.value", "major", "accuracy/omission")
NOTATION = OpenFinding("numbers.value", "minor", "locale-conventions/number-format")
UNTRANSLATED = OpenFinding("untranslated.text", "major", "accuracy/untranslated")

AGREES = EngineFeatures(others=2, consensus=0, content=0, length=0, sentences=0, numbers=0, neighbours=0)
DIFFERS = EngineFeatures(others=2, consensus=100, content=1, length=50, sentences=5, numbers=20, neighbours=100)
EVERYTHING = Content(quotation=True, numbers=True, negation=True, allegation=True, law=True)


def risk(**changes) -> Risk:
    return segment_risk(Features(**({"kind": "body"} | changes)))


def test_a_text_of_which_nothing_is_known_is_not_free_of_doubt_and_has_no_reason():
    assert risk() == Risk(WEIGHTS.doubt.base)
    assert risk().score > 0


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"findings": (CHANGED,)}, ("number changed",)),
        ({"findings": (MISSING,)}, ("number missing",)),
        ({"findings": (OpenFinding("numbers.value", "major", "accuracy/addition"),)}, ("number added",)),
        ({"findings": (NOTATION,)}, ("number in German notation",)),
        ({"findings": (UNTRANSLATED,)}, ("untranslated text",)),
        ({"findings": (OpenFinding("length.empty_target", "critical", "accuracy/omission"),)}, ("empty translation",)),
        ({"findings": (OpenFinding("gone.check", "minor", "style/awkward"),)}, ("gone.check",)),
        ({"findings": (NOTATION, NOTATION)}, ("number in German notation",)),
        ({"language": 0.0}, ("not in the target language",)),
        ({"language": 0.9}, ()),
        ({"language": 1.0}, ()),
        ({"length": 4.0}, ("unusually long",)),
        ({"length": -4.0}, ("unusually short",)),
        ({"length": 1.9}, ()),
        ({"length": 4.0, "engines": AGREES}, ()),
        ({"length": 4.0, "engines": replace(AGREES, others=1)}, ("unusually long",)),
        ({"alignment": 0.5}, ("unsure alignment",)),
        ({"alignment": 0.7}, ()),
        ({"alignment": 1.0}, ()),
        ({"engines": AGREES}, ()),
        ({"engines": replace(AGREES, consensus=60)}, ("differs from the other engines",)),
        ({"engines": replace(AGREES, content=0.5)}, ("differs from the other engines (lacks some of their words)",)),
        ({"engines": replace(AGREES, length=2)}, ("differs from the other engines (shorter)",)),
        ({"engines": replace(AGREES, length=2, longer=True)}, ("differs from the other engines (longer)",)),
        ({"engines": replace(AGREES, sentences=1)}, ("differs from the other engines (other number of sentences)",)),
        ({"engines": replace(AGREES, numbers=1)}, ("differs from the other engines (other numbers)",)),
        ({"engines": replace(AGREES, neighbours=50)}, ("the texts beside it differ from the other engines",)),
        (
            {"engines": replace(AGREES, consensus=60, numbers=1, neighbours=50)},
            ("differs from the other engines (other numbers, as do the texts beside it)",),
        ),
        ({"engines": replace(AGREES, consensus=35)}, ()),
        ({"engines": replace(AGREES, others=1, consensus=60)}, ("differs from the other engine",)),
        (
            {"engines": replace(AGREES, others=1, content=0.5, length=2)},
            ("differs from the other engine (lacks some of its words, shorter)",),
        ),
        ({"engines": replace(AGREES, others=1, neighbours=50)}, ("the texts beside it differ from the other engine",)),
        ({"estimates": (Estimate("CometKiwi", 0.95),)}, ("scored low by CometKiwi",)),
        ({"estimates": (Estimate("CometKiwi", 0.5),)}, ()),
        ({"kind": "headline"}, ("headline",)),
        ({"kind": "meta_description"}, ("meta description",)),
        ({"content": Content(quotation=True)}, ("has a quotation",)),
        ({"content": Content(numbers=True)}, ("has numbers",)),
        ({"content": Content(negation=True)}, ("has a negation",)),
        ({"content": Content(allegation=True)}, ("speaks of an allegation",)),
        ({"content": Content(law=True)}, ("names law or authority",)),
        ({"reach": 100_000}, ("many readers",)),
        ({"reach": 1_000}, ()),
        ({"reach": 0}, ()),
    ],
)
def test_each_feature_says_why(changes, reasons):
    assert risk(**changes).reasons == reasons


def test_doubts_come_before_damage_and_the_weightiest_of_each_first():
    found = risk(
        findings=(NOTATION, CHANGED),
        engines=replace(AGREES, consensus=60),
        kind="headline",
        content=Content(numbers=True, allegation=True),
    )
    assert found.reasons == (
        "number changed",
        "differs from the other engines",
        "number in German notation",
        "headline",
        "speaks of an allegation",
        "has numbers",
    )


def test_no_difference_between_engines_is_ever_called_wrong():
    assert not {"wrong", "error", "mistake"} & set(" ".join(risk(engines=DIFFERS).reasons).split())


def test_damage_multiplies_doubt():
    doubted, damaging = risk(findings=(MISSING,)), risk(kind="headline")
    both = risk(findings=(MISSING,), kind="headline")
    assert both.score == pytest.approx(doubted.score * damaging.score / risk().score)


def test_without_any_doubt_damage_gives_the_order():
    scores = [
        risk(kind=kind, content=content).score
        for kind, content in (
            ("headline", EVERYTHING),
            ("headline", Content()),
            ("teaser", Content()),
            ("body", Content(numbers=True)),
            ("body", Content()),
        )
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


def test_one_critical_finding_outranks_everything_else_together():
    everything_else = risk(
        kind=max(WEIGHTS.damage.kinds, key=lambda kind: WEIGHTS.damage.kinds[kind]),
        content=EVERYTHING,
        reach=10**12,
        findings=(MISSING, NOTATION) * 50,
        engines=DIFFERS,
        length=99.0,
        language=0.0,
        alignment=0.0,
        estimates=(Estimate("CometKiwi", 1.0),),
    )
    assert risk(findings=(CHANGED,)).score > everything_else.score


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_second_finding_adds_half_and_many_never_reach_double(severity):
    finding = OpenFinding("numbers.value", severity, "accuracy/omission")
    weight = getattr(WEIGHTS.doubt, severity)
    points = [risk(findings=(finding,) * count).score - risk().score for count in (1, 2, 100)]
    assert points[:2] == pytest.approx([weight, 1.5 * weight])
    assert weight * 1.9 < points[2] <= 2 * weight


def test_severities_weigh_in_their_order():
    weights = [getattr(WEIGHTS.doubt, severity) for severity in SEVERITIES]
    assert weights == sorted(weights, reverse=True)


def test_all_differences_from_the_engines_together_weigh_less_than_a_major_finding():
    assert risk(engines=DIFFERS).score < risk(findings=(MISSING,), engines=AGREES).score


def test_the_difference_from_the_engines_goes_from_nothing_to_one():
    assert 0 < engine_difference(AGREES) < 0.15
    assert engine_difference(DIFFERS) == pytest.approx(1.0, abs=0.001)


@pytest.mark.parametrize("feature", ["consensus", "content", "length", "sentences", "numbers", "neighbours"])
def test_more_of_a_difference_is_never_less_risk(feature):
    highest = {"content": 1.0, "sentences": 3.0}.get(feature, 100.0)
    steps = [risk(engines=replace(AGREES, **{feature: highest * i / 200})).score for i in range(201)]
    assert steps == sorted(steps)
    assert steps[0] < steps[-1]


def test_only_a_text_beside_enough_engines_is_ranked():
    assert risk(engines=AGREES).ranked
    assert not risk(engines=replace(AGREES, others=1)).ranked
    assert not risk(findings=(CHANGED,), length=3.0, estimates=(Estimate("CometKiwi", 1.0),)).ranked


def test_estimates_of_several_metrics_weigh_as_much_as_one():
    one = risk(estimates=(Estimate("CometKiwi", 0.6),)).score
    assert risk(estimates=(Estimate("CometKiwi", 0.4), Estimate("GEMBA", 0.8))).score == pytest.approx(one)


def test_reach_counts_by_powers_of_ten_and_stops():
    scores = [risk(reach=reach).score for reach in (None, 999, 10_000, 100_000, 1_000_000, 10**9)]
    assert scores == pytest.approx([1.0, 1.0, 1.1, 1.2, 1.3, 1.3])


@pytest.mark.parametrize("kind", ["teaser", "quote", "headline"])
def test_what_many_read_outranks_a_paragraph(kind):
    assert kind in SEGMENT_KINDS
    assert risk(kind=kind).score > risk(kind="body").score


def test_the_order_of_the_findings_changes_nothing():
    findings = [CHANGED, MISSING, NOTATION, UNTRANSLATED]
    assert len({risk(findings=order).score for order in itertools.permutations(findings)}) == 1


# --- features -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "held"),
    [
        ("Die Stadt baut eine Brücke.", set()),
        ("„Wir bauen“, sagt sie.", {"quotation"}),
        ("Die Stadt baut 3 Brücken.", {"numbers"}),
        ("Die Stadt baut keine Brücke.", {"negation"}),
        ("Niemand baut hier ohne Grund.", {"negation"}),
        ("Die mutmaßlichen Betrüger bauen.", {"allegation"}),
        ("Ihm wird Untreue vorgeworfen.", {"allegation"}),
        ("Das Landgericht urteilt bald.", {"law"}),
        ("Das Bundesverfassungsgericht tagt.", {"law"}),
        ("Die Aufsichtsbehörden prüfen die Datenschutzverordnung.", {"law"}),
        ("Der Raum ist eingerichtet, die Nachrichten laufen.", set()),
        ("NICHTS DAVON SAGT DIE STAATSANWALTSCHAFT.", {"negation", "law"}),
    ],
)
def test_the_source_says_what_an_error_would_cost(source, held):
    found = content_of(source, "de-AT")
    assert {name for name in Content.__dataclass_fields__ if getattr(found, name)} == held


def test_a_source_in_another_language_shows_what_needs_no_words():
    assert content_of("“We do not sue 3 courts”", "en") == Content(quotation=True, numbers=True)


def test_a_long_segment_of_odd_length_is_odder_than_a_short_one():
    short, long = odd_length("x" * 25, 0.6, 0.0), odd_length("x" * 100, 0.6, 0.0)
    assert (short, long) == pytest.approx((5 * math.log(0.6), 10 * math.log(0.6)))


@pytest.mark.parametrize("ratio", [None, 0.0])
def test_an_empty_translation_has_no_length(ratio):
    assert odd_length("x" * 25, ratio, 0.0) is None


def test_what_is_usual_in_a_project_is_not_odd():
    assert odd_length("x" * 25, 2.5, math.log(2.5)) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("ratios", "expected"),
    [([], 0.0), ([0.0], 0.0), ([1.0, 4.0, 2.0], math.log(2)), ([0.0, 2.0], math.log(2))],
)
def test_the_usual_length_is_a_median_without_empty_texts(ratios, expected):
    assert usual_log_ratio(ratios) == pytest.approx(expected)


# --- order --------------------------------------------------------------------------------------------


def test_ranks_start_with_the_riskiest_and_ties_go_by_position():
    assert rank([Risk(1.0), Risk(3.0), Risk(1.0), Risk(2.0)]) == [3, 1, 4, 2]
    assert rank([]) == []


@pytest.mark.parametrize(("text", "expected"), [("One two three.", 2.0), ("One", 6.0), ("", 6.0), ("–", 6.0)])
def test_risk_per_word_counts_what_there_is_to_read(text, expected):
    assert per_word(6.0, text) == expected
