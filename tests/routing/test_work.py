"""Work by a project's policy: which texts go to whom, and what moves them."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviews.editing.claims import claim, return_expired, take_next
from reviews.editing.deciding import DecisionError, Seen, decide, decide_all
from reviews.editing.leaving_out import leave_out
from reviews.editing.saving import save_revision
from reviews.models import DecisionKind, Project, Segment, Skill, Step, WorkItem, WorkItemSegment, WorkState
from reviews.models.work import LIVE_WORK_STATES
from reviews.routing.work import out_of_step, plan, sync_work
from tests.factories import add_hypothesis, make_document, segments_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db

KINDS = ["headline", "body", "body", "caption"]
SOURCES = ["Der Titel.", "Ein Satz.", "Noch ein Satz.", "Das Bild."]

LAW = {"name": "Headlines", "when": {"kinds": ["headline"]}, "then": {"specialist": "law"}}
FINDING = {"name": "Negation", "when": {"findings": ["negation"]}, "then": {"specialist": "law", "second_review": True}}
TWICE = {"name": "Captions", "when": {"kinds": ["caption"]}, "then": {"second_review": True}}
LIGHT = {
    "name": "Calm body",
    "when": {"kinds": ["body"], "risk": ["unranked"]},
    "then": {"depth": "light", "section": "Night desk", "due": {"hours": 2, "from": "after_arrival"}},
}


@pytest.fixture
def document(project):
    made = make_document(project, SOURCES, kinds=KINDS, section="Politics")
    weigh(made)
    return made


def weigh(document, **columns):
    """As the risk model leaves a document of which nothing is known."""
    Segment.objects.filter(document=document).update(**{"risk_score": 1.0, "risk_rank": 1} | columns)


def follow(document, *rules):
    Project.objects.filter(pk=document.project_id).update(routing_policy={"rules": list(rules)})
    sync_work(document.pk)


def work(document, *, over=False):
    """Step, skill, state and places of the texts of each item: those that live, or those that are over."""
    place = {segment.pk: i for i, segment in enumerate(segments_of(document))}
    items = WorkItem.objects.filter(document=document).order_by("pk")
    return [
        (
            item.step,
            item.skill,
            item.state,
            sorted(place[row.segment_id] for row in item.segments.filter(open=not over)),
        )
        for item in (items.exclude(state__in=LIVE_WORK_STATES) if over else items.filter(state__in=LIVE_WORK_STATES))
    ]


def routes(document):
    return [(segment.route.get("rule"), segment.route.get("depth")) for segment in segments_of(document)]


def save(document, place, person, text="A text.", *, reviewed=True):
    segment = segments_of(document)[place]
    base = segment.latest_revision.number if segment.latest_revision else 0
    save_revision(segment_id=segment.pk, person=person, typed=text, base=base, reviewed=reviewed)
    sync_work(document.pk)


def decided(document, place, person, kind, reason=""):
    segment = segments_of(document)[place]
    revision = segment.latest_revision
    seen = Seen(revision.pk, revision.source_hash)
    decide(segment_id=segment.pk, person=person, kind=kind, seen=seen, reason=reason)
    sync_work(document.pk)


def left_out(document, person, kind):
    segment = segments_of(document)[0]
    seen = Seen(segment.latest_revision.pk, segment.latest_revision.source_hash)
    leave_out(segment_id=segment.pk, person=person, kind=kind, seen=seen, reason="Said twice.")


def knows(person, *skills):
    project = Project.objects.get(slug="desk")
    Skill.objects.bulk_create(Skill(project=project, person=person, name=name) for name in skills)


EDIT_AND_APPROVE = [("edit", "", "open", []), ("approve", "", "waiting", [])]


def test_texts_go_where_the_first_rule_that_fits_sends_them(document):
    follow(document, LAW, TWICE, LIGHT)
    assert work(document) == [
        ("edit", "", "open", []),
        ("specialist", "law", "open", [0]),
        ("blind", "", "open", [3]),
        ("approve", "", "waiting", []),
    ]
    assert routes(document) == [
        ("Headlines", "full"),
        ("Calm body", "light"),
        ("Calm body", "light"),
        ("Captions", "full"),
    ]
    assert segments_of(document)[1].route["reason"] == "body, nothing known of its risk"
    edit = WorkItem.objects.get(step="edit")
    assert (edit.section, edit.due_at) == ("Night desk", document.created_at + timedelta(hours=2))
    assert WorkItem.objects.get(step="specialist").section == "Politics"
    assert "2 of 4 with a light look" in edit.reason


def test_a_light_look_is_a_look(document, cast):
    follow(document, {**LIGHT, "when": {}})
    assert work(document) == EDIT_AND_APPROVE
    for place in range(3):
        save(document, place, cast["anna"])
    assert work(document) == EDIT_AND_APPROVE
    save(document, 3, cast["anna"])
    assert work(document) == [("approve", "", "open", [])]


def test_without_rules_a_document_has_the_two_usual_steps_and_no_routes(document):
    follow(document, LAW, LIGHT)
    follow(document)
    assert work(document) == EDIT_AND_APPROVE
    assert routes(document) == [(None, None)] * 4
    assert work(document, over=True) == [("specialist", "law", "cancelled", [0])]


def test_a_second_call_changes_nothing(document):
    follow(document, LAW, TWICE, LIGHT)
    before = [list(table.objects.order_by("pk").values()) for table in (WorkItem, WorkItemSegment, Segment)]
    sync_work(document.pk)
    assert [list(table.objects.order_by("pk").values()) for table in (WorkItem, WorkItemSegment, Segment)] == before


@pytest.mark.parametrize(
    "seen",
    [
        lambda document, person: save(document, 0, person),
        lambda document, person: save(document, 0, person, "A better text."),
        lambda document, person: decided(document, 0, person, DecisionKind.REVIEWED),
        lambda document, person: left_out(document, person, DecisionKind.OMITTED),
        lambda document, person: left_out(document, person, DecisionKind.COPIED),
    ],
)
def test_a_specialist_is_done_when_somebody_who_knows_the_subject_vouched_for_the_text(document, cast, seen):
    knows(cast["ben"], "law")
    follow(document, LAW)
    save(document, 0, cast["anna"])
    assert ("specialist", "law", "open", [0]) in work(document)
    seen(document, cast["ben"])
    sync_work(document.pk)
    assert work(document) == EDIT_AND_APPROVE
    assert work(document, over=True) == [("specialist", "law", "done", [0])]


def test_another_skill_or_another_projects_is_none(document, cast):
    other = Project.objects.create(slug="other", name="Other", source_lang="de", target_lang="en")
    Skill.objects.create(project=other, person=cast["ben"], name="law")
    knows(cast["ben"], "medicine")
    follow(document, LAW)
    save(document, 0, cast["ben"])
    assert ("specialist", "law", "open", [0]) in work(document)


def test_a_text_somebody_else_changes_goes_to_the_specialist_again(document, cast):
    knows(cast["ben"], "law")
    follow(document, LAW)
    save(document, 0, cast["ben"], "By Ben.")
    save(document, 0, cast["anna"], "By Anna.")
    assert ("specialist", "law", "open", [0]) in work(document)
    # The same text, reviewed by both, has been seen by the one who knows.
    decided(document, 0, cast["ben"], DecisionKind.REVIEWED)
    decided(document, 0, cast["anna"], DecisionKind.REVIEWED)
    assert work(document) == EDIT_AND_APPROVE


def test_an_approval_waits_for_the_specialist_and_nobody_approves_past_them(document, cast):
    follow(document, LAW)
    for place in range(4):
        save(document, place, cast["anna"])
    assert work(document) == [("specialist", "law", "open", [0]), ("approve", "", "waiting", [])]
    why = "Somebody who knows law has to review this text first."
    with pytest.raises(DecisionError, match=why):
        decided(document, 0, cast["ben"], DecisionKind.APPROVED)
    seen = {s.pk: Seen(s.latest_revision.pk, s.latest_revision.source_hash) for s in segments_of(document)}
    decisions, refusals = decide_all(document_id=document.pk, person=cast["ben"], kind=DecisionKind.APPROVED, seen=seen)
    assert (len(decisions), [refusal.reason for refusal in refusals]) == (3, [why])
    # Whoever knows the subject may approve it: that is a look by somebody who does.
    knows(cast["ben"], "law")
    decided(document, 0, cast["ben"], DecisionKind.APPROVED)
    assert work(document) == []
    assert {item[2] for item in work(document, over=True)} == {"done"}


def test_an_approved_text_gets_no_new_work_by_a_changed_policy(document, cast):
    follow(document)
    for place in range(4):
        save(document, place, cast["anna"])
    decided(document, 0, cast["ben"], DecisionKind.APPROVED)
    follow(document, {**LAW, "when": {}})
    assert ("specialist", "law", "open", [1, 2, 3]) in work(document)
    decided(document, 0, cast["dora"], DecisionKind.REOPENED, "Look again.")
    assert ("specialist", "law", "open", [0, 1, 2, 3]) in work(document)


def test_a_change_of_findings_moves_texts_and_keeps_leases(document, cast):
    knows(cast["ben"], "law")
    knows(cast["dora"], "law")
    follow(document, FINDING, LAW)
    item = claim(item_id=WorkItem.objects.get(step="specialist").pk, person=cast["ben"])
    second = segments_of(document)[1]
    Segment.objects.filter(pk=second.pk).update(open_findings=["negation", "accuracy/mistranslation"])
    sync_work(document.pk)
    assert work(document) == [
        ("edit", "", "open", []),
        ("specialist", "law", "leased", [0, 1]),
        ("approve", "", "waiting", []),
        ("blind", "", "open", [1]),
    ]
    Segment.objects.filter(pk=second.pk).update(open_findings=[])
    sync_work(document.pk)
    item.refresh_from_db()
    assert (item.state, item.lease_owner) == (WorkState.LEASED, cast["ben"])
    assert work(document)[1] == ("specialist", "law", "leased", [0])
    assert work(document, over=True) == [("blind", "", "cancelled", [1])]
    # And back again: the row that was closed opens.
    Segment.objects.filter(pk=second.pk).update(open_findings=["negation"])
    sync_work(document.pk)
    assert work(document)[1] == ("specialist", "law", "leased", [0, 1])


def test_a_text_moves_from_one_specialist_to_another(document):
    follow(document, LAW)
    follow(document, {**LAW, "then": {"specialist": "medicine"}})
    assert ("specialist", "medicine", "open", [0]) in work(document)
    assert work(document, over=True) == [("specialist", "law", "cancelled", [0])]
    assert WorkItemSegment.objects.filter(open=True).count() == 1


def test_edits_do_not_take_a_text_out_of_the_hands_it_was_meant_for(document, cast):
    """An editor who mends the finding does not do away with the specialist."""
    second = segments_of(document)[1]
    Segment.objects.filter(pk=second.pk).update(open_findings=["negation"])
    follow(document, FINDING, LIGHT)
    save(document, 1, cast["anna"])
    Segment.objects.filter(pk=second.pk).update(open_findings=[], risk_score=1.0)
    sync_work(document.pk)
    assert routes(document)[1] == ("Negation", "full")
    assert ("specialist", "law", "open", [1]) in work(document)
    # Unless the desk changes what the rule is about, or takes it out.
    follow(document, {**FINDING, "when": {"findings": ["numbers"]}}, LIGHT)
    assert routes(document)[1] == ("Calm body", "light")


def test_segments_that_share_a_text_share_its_route_and_are_one_piece_of_work(project):
    document = make_document(project, SOURCES[:3], {"engine-a": [("Two in one.", 2), "", "Three."]}, kinds=KINDS[1:])
    weigh(document)
    second = segments_of(document)[1]
    Segment.objects.filter(pk=second.pk).update(open_findings=["negation"])
    follow(document, FINDING)
    assert [rule for rule, _ in routes(document)] == ["Negation", "Negation", None]
    assert ("specialist", "law", "open", [0]) in work(document)


def test_a_rule_may_be_about_the_engine_a_text_starts_from(document):
    rule = {"name": "New engine", "when": {"systems": ["engine-b"]}, "then": {"second_review": True}}
    third = segments_of(document)[2]
    other = add_hypothesis(document, "engine-b", 2, "By another engine.")
    Segment.objects.filter(pk=third.pk).update(chosen=other)
    follow(document, rule)
    assert ("blind", "", "open", [2]) in work(document)


def test_an_archived_project_closes_what_was_open(document):
    follow(document, LAW, TWICE)
    Project.objects.update(archived_at=timezone.now())
    sync_work(document.pk)
    assert work(document) == []
    assert {state for _, _, state, _ in work(document, over=True)} == {"cancelled"}
    assert not WorkItemSegment.objects.filter(open=True).exists()


def test_a_plan_writes_nothing(document):
    Project.objects.update(routing_policy={"rules": [LAW]})
    found = plan(type(document).objects.get(pk=document.pk))
    assert [(entry.decision.step, entry.state) for entry in found.wanted] == [
        ("edit", "open"),
        ("specialist", "open"),
        ("approve", "waiting"),
    ]
    assert not WorkItem.objects.exists()
    assert routes(document)[0] == (None, None)


def test_an_approval_left_open_before_a_specialist_is_out_of_step(document, cast):
    follow(document)
    for place in range(4):
        save(document, place, cast["anna"])
    approval = claim(item_id=WorkItem.objects.get(step="approve").pk, person=cast["ben"])
    follow(document, LAW)
    assert out_of_step() == []
    return_expired(timezone.now() + timedelta(hours=1))
    assert out_of_step() == [document.pk]
    sync_work(document.pk)
    approval.refresh_from_db()
    assert (approval.state, out_of_step()) == (WorkState.WAITING, [])


def test_routing_costs_the_same_number_of_queries_whatever_the_length(project, cast):
    counts = []
    for size in (4, 40):
        document = make_document(project, SOURCES * (size // 4), kinds=KINDS * (size // 4))
        weigh(document)
        follow(document, LAW, TWICE, LIGHT)
        weigh(document, open_findings=["negation"])
        Project.objects.update(routing_policy={"rules": [FINDING, LIGHT]})
        with CaptureQueriesContext(connection) as queries:
            sync_work(document.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("seed", range(6))
def test_any_history_under_changing_policies_leaves_work_that_fits(document, cast, seed):
    """Every text that asks for a step is in its one live item or done with it, and nothing else is."""
    draw = random.Random(seed)
    knows(cast["ben"], "law")
    for _ in range(40):
        act = draw.choice(["save", "save", "approved", "sent_back", "policy", "findings", "claim", "expire"])
        place = draw.randrange(4)
        person = draw.choice([cast["anna"], cast["ben"], cast["dora"]])
        if act == "save":
            save(document, place, person, f"Text {draw.random()}", reviewed=draw.random() < 0.8)
        elif act == "policy":
            follow(document, *draw.sample([LAW, FINDING, LIGHT], draw.randrange(4)))
        elif act == "findings":
            segment = segments_of(document)[place]
            Segment.objects.filter(pk=segment.pk).update(open_findings=draw.choice([[], ["negation"]]))
        elif act == "claim":
            take_next(person=person, step=draw.choice([Step.EDIT, Step.SPECIALIST]))
        elif act == "expire":
            return_expired(timezone.now() + timedelta(hours=1))
        elif segments_of(document)[place].latest_revision is not None:
            with suppress(DecisionError):
                decided(document, place, cast["dora"], DecisionKind(act), "because")
        sync_work(document.pk)
        assert_work_fits(document)


def assert_work_fits(document):
    fresh = type(document).objects.select_related("project").get(pk=document.pk)
    found = plan(fresh)
    wanted = {
        (entry.decision.step, entry.decision.skill): set(entry.decision.segments)
        for entry in found.wanted
        if entry.state != WorkState.DONE
    }
    live = {
        (item.step, item.skill): set(item.segments.filter(open=True).values_list("segment_id", flat=True))
        for item in WorkItem.objects.filter(document=document, state__in=LIVE_WORK_STATES)
    }
    assert live == wanted
    over = WorkItemSegment.objects.filter(open=True).exclude(item__state__in=LIVE_WORK_STATES)
    assert not over.exists()
    asked = {
        text.leader for text in found.texts if found.routes[text.leader].rule.then.specialist and not text.approved
    }
    done = asked - wanted.get(("specialist", "law"), set())
    if "specialist" in {entry.decision.step for entry in found.wanted}:
        assert not done or ("specialist", "law") not in wanted
    approve = WorkItem.objects.filter(document=document, step="approve", state=WorkState.OPEN)
    assert not approve.exists() or not (set(live) - {("approve", "")})


@pytest.mark.django_db(transaction=True)
def test_calls_under_two_policies_at_once_leave_one_item_a_step(cast):
    document = make_document(Project.objects.get(), SOURCES, kinds=KINDS)
    weigh(document)

    def call(number: int) -> None:
        follow(document, *([LAW, TWICE] if number % 2 else [{**TWICE, "when": {}}]))

    at_once(call, 6)
    sync_work(document.pk)
    assert_work_fits(document)


@pytest.mark.django_db(transaction=True)
def test_a_take_and_a_move_at_once_lose_neither_the_lease_nor_the_text(cast):
    document = make_document(Project.objects.get(), SOURCES, kinds=KINDS)
    weigh(document)
    knows(cast["ben"], "law")
    follow(document, FINDING, LAW)
    second = segments_of(document)[1]

    def act(number: int) -> WorkItem | None:
        if number == 0:
            return take_next(person=cast["ben"], step=Step.SPECIALIST)
        Segment.objects.filter(pk=second.pk).update(open_findings=["negation"])
        sync_work(document.pk)
        return None

    taken, *_ = at_once(act, 3)
    assert taken is not None
    taken.refresh_from_db()
    assert (taken.state, taken.lease_owner) == (WorkState.LEASED, cast["ben"])
    assert ("specialist", "law", "leased", [0, 1]) in work(document)
