"""Which steps a document gets, in which order, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from reviews.routing.rules import RULES, DocumentFacts, StepDecision, decide, sort_key

NOON = datetime(2026, 4, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BERLIN = timezone(2 * HOUR)


def test_every_document_is_edited_and_then_approved():
    edit, approve = decide(DocumentFacts(four_eyes=True))
    assert edit == StepDecision(
        "edit", "9999-12-31T23:59:59+00:00 9999999 9999-12-31T23:59:59+00:00", "to be read against the original"
    )
    assert (approve.step, approve.waits_for) == ("approve", "edit")
    assert approve.reason == "to be approved by somebody who did not write it"
    assert approve.sort_key == edit.sort_key


def test_without_four_eyes_anybody_with_the_role_approves():
    assert decide(DocumentFacts(four_eyes=False))[1].reason == "to be approved"


def test_every_rule_explains_itself_and_says_what_it_is_for():
    facts = DocumentFacts(four_eyes=True, deadline=NOON)
    for rule in RULES:
        decision = rule(facts)
        assert decision is not None
        assert decision.reason
        assert rule.__doc__


def test_the_reason_names_the_weightiest_risks():
    facts = DocumentFacts(
        four_eyes=False,
        deadline=NOON.astimezone(BERLIN),
        risk=30.4,
        risk_reasons=("number changed", "differs from the other engines", "headline", "has numbers"),
    )
    assert decide(facts)[0].reason == (
        "to be read against the original · number changed · differs from the other engines · headline"
    )


def test_a_reason_never_outgrows_its_column():
    facts = DocumentFacts(four_eyes=False, risk_reasons=("x" * 200,) * 3)
    reason = decide(facts)[0].reason
    assert len(reason) == 300
    assert reason.endswith("…")


@pytest.mark.parametrize(
    ("sooner", "later"),
    [
        # the deadline before everything else, however risky the other
        (DocumentFacts(False, deadline=NOON), DocumentFacts(False, deadline=NOON + HOUR, risk=99.0)),
        (DocumentFacts(False, deadline=NOON), DocumentFacts(False, risk=99.0, published=NOON - HOUR)),
        # the same moment in two zones is the same deadline: then risk decides
        (
            DocumentFacts(False, deadline=NOON.astimezone(BERLIN), risk=2.0),
            DocumentFacts(False, deadline=NOON, risk=1.0),
        ),
        # then risk, at the finest difference kept and at the top of the scale
        (DocumentFacts(False, risk=10.0), DocumentFacts(False, risk=9.0)),
        (DocumentFacts(False, risk=0.002), DocumentFacts(False, risk=0.001)),
        (DocumentFacts(False, risk=9999.0), DocumentFacts(False, risk=10.0)),
        # then whichever was published first; one without a date comes last
        (DocumentFacts(False, published=NOON), DocumentFacts(False, published=NOON + HOUR)),
        (DocumentFacts(False, published=NOON + HOUR), DocumentFacts(False)),
        # a year of fewer digits sorts as a year
        (DocumentFacts(False, deadline=datetime(999, 1, 1, tzinfo=UTC)), DocumentFacts(False, deadline=NOON)),
    ],
)
def test_sort_keys_order_work_as_text(sooner, later):
    assert sort_key(sooner) < sort_key(later)


def test_sort_keys_all_have_one_shape_so_that_every_collation_agrees():
    keys = {
        sort_key(DocumentFacts(False, deadline=deadline, risk=risk, published=published))
        for deadline in (None, NOON)
        for risk in (0.0, 12.5, 1e12)
        for published in (None, NOON.astimezone(BERLIN))
    }
    shapes = {"".join("0" if char.isdigit() else char for char in key) for key in keys}
    assert len(shapes) == 1
    assert all(len(key) <= 120 for key in keys)


def test_microseconds_do_not_change_the_shape():
    assert sort_key(DocumentFacts(False, deadline=NOON.replace(microsecond=7))) == sort_key(
        DocumentFacts(False, deadline=NOON)
    )


@pytest.mark.parametrize("name", ["deadline", "published"])
def test_a_time_without_a_zone_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} 2026-04-05T12:00:00 has no time zone; give it one before routing"):
        DocumentFacts(False, **{name: datetime(2026, 4, 5, 12)})


@pytest.mark.parametrize("risk", [-1.0, float("nan"), float("inf")])
def test_a_risk_that_is_no_number_from_zero_upwards_is_refused(risk):
    with pytest.raises(ValueError, match=f"risk {risk} is no number from 0 upwards"):
        DocumentFacts(False, risk=risk)
