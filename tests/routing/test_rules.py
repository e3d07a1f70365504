"""Which steps a document gets, in which order, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.routing.conditions import CONDITIONS, AnyOf, SegmentFacts
from reviews.routing.policy import DEPTHS, EVERYTHING_ELSE, Due, Outcome, Policy, Rule, parse_policy
from reviews.routing.rules import RULES, DocumentFacts, Held, Route, StepDecision, decide, due_at, sort_key
from reviews.routing.rules import route as route_of
from reviews.values import SEGMENT_KINDS

NOON = datetime(2026, 4, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BERLIN = timezone(2 * HOUR)


def test_every_document_is_edited_and_then_approved():
    edit, approve = decide(DocumentFacts(four_eyes=True))
    assert edit == StepDecision(
        "edit", "9999-12-31T23:59:59+00:00 9999999 9999-12-31T23:59:59+00:00", "to be read against the original"
    )
    assert (edit.waits, approve.step, approve.waits) == (False, "approve", True)
    assert approve.reason == "to be approved by somebody who did not write it"
    assert approve.sort_key == edit.sort_key


def test_without_four_eyes_anybody_with_the_role_approves():
    assert decide(DocumentFacts(four_eyes=False))[1].reason == "to be approved"


def test_every_rule_explains_itself_and_says_what_it_is_for():
    thorough = Route(Rule("Courts", {}, Outcome(specialist="law", second_review=True)), "every text")
    facts = DocumentFacts(four_eyes=True, deadline=NOON, routes={1: thorough}, disputed=(1,))
    decisions = [list(rule(facts)) for rule in RULES]
    assert [[each.step for each in made] for made in decisions] == [
        ["edit"],
        ["specialist"],
        ["blind"],
        ["adjudicate"],
        ["approve"],
    ]
    assert all(each.reason for made in decisions for each in made)
    assert all(rule.__doc__ for rule in RULES)


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


# --- texts and the policy -----------------------------------------------------------------------------

LIGHT = Rule("Body", {"kinds": ("body",)}, Outcome("light"))
LAW = Rule(
    "Courts", {"findings": ("negation",)}, Outcome(specialist="law", section="Legal", due=Due(2, "after_arrival"))
)
TWICE = Rule("Front page", {"kinds": ("headline",), "reach_from": 1000.0}, Outcome(second_review=True))
POLICY = Policy((LAW, TWICE, LIGHT))
BODY = SegmentFacts(kind="body", risk=1.0, ranked=True)
ACCUSED = SegmentFacts(kind="body", findings=frozenset({"negation", "accuracy/mistranslation"}))
HEADLINE = SegmentFacts(kind="headline", reach=5000)


@pytest.mark.parametrize(
    ("run", "rule", "reason"),
    [
        ([BODY], LIGHT, "body"),
        ([ACCUSED], LAW, "finding: negation"),
        ([HEADLINE], TWICE, "headline, 5,000 readers expected"),
        ([replace(HEADLINE, reach=10)], EVERYTHING_ELSE, "no other rule is about it"),
        # of segments that share a text, whichever fits the earlier rule decides
        ([BODY, ACCUSED], LAW, "finding: negation"),
        ([BODY, HEADLINE], TWICE, "headline, 5,000 readers expected"),
    ],
)
def test_the_first_rule_that_fits_decides(run, rule, reason):
    assert route_of(run, POLICY) == Route(rule, reason)


@pytest.mark.parametrize(
    ("held", "now", "decides"),
    [
        # the finding that brought the specialist is edited away: the specialist stays
        (LAW, [BODY], LAW),
        # an earlier rule takes over, a later one does not
        (TWICE, [ACCUSED], LAW),
        (TWICE, [BODY], TWICE),
        # a rule that is gone, or is about other texts by now, holds nothing
        (Rule("Courts", {"findings": ("numbers",)}, LAW.then), [BODY], LIGHT),
    ],
)
def test_what_held_before_somebody_worked_on_a_text_still_does(held, now, decides):
    assert route_of(now, POLICY, Held(held.digest, "as before")).rule == decides


def test_a_rule_is_the_same_whatever_follows_from_it():
    """So that a stricter outcome reaches the texts people are at work on."""
    assert replace(LAW, then=Outcome(second_review=True)).digest == LAW.digest


def test_texts_of_a_skill_are_one_piece_of_work_and_approved_ones_ask_for_none():
    law, twice, light = Route(LAW, "x"), Route(TWICE, "x"), Route(LIGHT, "x")
    facts = DocumentFacts(
        four_eyes=True,
        arrived=NOON,
        deadline=NOON + 8 * HOUR,
        section="Politics",
        routes={1: light, 2: law, 3: law, 4: twice, 5: law},
        approved=frozenset({5}),
    )
    edit, specialist, blind, approve = decide(facts)
    assert (edit.segments, edit.section, edit.due) == ((), "Legal", NOON + 2 * HOUR)
    assert edit.reason == "to be read against the original, 1 of 5 with a light look"
    assert (specialist.skill, specialist.segments, specialist.section) == ("law", (2, 3), "Legal")
    assert specialist.reason == "for somebody who knows law: 2 texts (Courts)"
    assert (blind.segments, blind.section, blind.due) == ((4,), "Politics", NOON + 8 * HOUR)
    assert blind.reason == "to be reviewed a second time: 1 text (Front page)"
    assert approve.due == NOON + 8 * HOUR
    assert specialist.sort_key < approve.sort_key


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (Due(2, "before_deadline"), NOON + 6 * HOUR),
        (Due(0.5, "after_arrival"), NOON + HOUR / 2),
    ],
)
def test_a_due_time_is_counted_from_the_deadline_or_from_the_arrival(due, expected):
    assert due_at(due, DocumentFacts(True, deadline=NOON + 8 * HOUR, arrived=NOON)) == expected
    assert due_at(due, DocumentFacts(True)) is None


def test_a_deadline_at_the_beginning_of_time_has_nothing_before_it():
    first = datetime(1, 1, 1, tzinfo=UTC)
    assert due_at(Due(2, "before_deadline"), DocumentFacts(True, deadline=first)) == first


def any_policy() -> st.SearchStrategy[Policy]:
    words = st.sampled_from(["law", "Politics", "engine-a", "numbers", "accuracy/omission"])
    conditions = {
        condition.key: st.lists(st.sampled_from([*condition.choices]) if condition.choices else words, max_size=3)
        if isinstance(condition, AnyOf)
        else st.floats(0.5, condition.highest)
        for condition in CONDITIONS
    }
    due = st.builds(Due, st.floats(0.5, 100), st.sampled_from(["before_deadline", "after_arrival"]))
    outcome = st.builds(
        Outcome, st.sampled_from(["light", "full"]), st.sampled_from(["", "law"]), st.booleans(), words, st.none() | due
    )
    rule = st.builds(
        Rule, st.text("ab", min_size=1, max_size=4), st.fixed_dictionaries({}, optional=conditions), outcome
    )
    return st.lists(rule, max_size=5, unique_by=lambda each: each.name).map(
        lambda rules: parse_policy({"rules": [each.to_json() for each in rules]})
    )


def any_text() -> st.SearchStrategy[list[SegmentFacts]]:
    known = st.builds(
        SegmentFacts,
        kind=st.sampled_from(SEGMENT_KINDS),
        section=st.sampled_from(["", "Politics", "politics"]),
        risk=st.none() | st.floats(0, 200),
        ranked=st.booleans(),
        findings=st.frozensets(st.sampled_from(["numbers", "accuracy/omission"])),
        systems=st.frozensets(st.sampled_from(["engine-a", "engine-a@2"])),
        hours_to_deadline=st.none() | st.floats(-10, 100),
        reach=st.none() | st.integers(0, 10**7),
    )
    return st.lists(known, min_size=1, max_size=3)


@given(policy=any_policy(), texts=st.lists(any_text(), min_size=1, max_size=6), data=st.data())
@settings(max_examples=150, deadline=None)
def test_whatever_is_known_one_rule_decides_and_every_text_is_edited_and_approved(policy, texts, data):
    rules = policy.all_rules
    held = data.draw(st.none() | st.sampled_from(rules).map(lambda rule: Held(rule.digest, "held")))
    routes = {number: route_of(text, policy, held) for number, text in enumerate(texts)}
    for number, text in enumerate(texts):
        first = next(i for i, rule in enumerate(rules) if any(rule.fits(facts) for facts in text))
        decided = rules.index(routes[number].rule)
        assert decided == min([first, *([rules.index(rule) for rule in rules if held and rule.digest == held.digest])])
        assert routes[number].reason
        assert routes[number].rule.then.depth in DEPTHS
    steps = decide(DocumentFacts(True, deadline=NOON, arrived=NOON, routes=routes))
    assert [step.step for step in steps if step.step in ("edit", "approve")] == ["edit", "approve"]
    assert (steps[0].step, steps[0].segments) == ("edit", ())
    assert (steps[-1].step, steps[-1].waits) == ("approve", True)
    for step in steps[1:-1]:
        assert step.segments
        assert not step.waits
