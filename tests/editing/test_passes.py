"""Second reviews apart from the first, and the settling of the two."""

from __future__ import annotations

import pytest
from django.db import transaction

from reviews.checks.runner import check_targets
from reviews.editing import passes
from reviews.editing.claims import ClaimError
from reviews.editing.deciding import DecisionError, Seen, approve_all, decide
from reviews.editing.drafts import keep_text, save_draft
from reviews.editing.lanes import LaneError
from reviews.editing.leaving_out import leave_out
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import Saved, Stale, accept, save_revision
from reviews.editing.texts import TextError
from reviews.models import (
    AuditEvent,
    Decision,
    DecisionKind,
    Draft,
    DraftKind,
    Lane,
    Origin,
    ReviewPass,
    Revision,
    SegmentState,
    Step,
    WorkItem,
    WorkState,
)
from reviews.models.audit import verify_stream
from reviews.models.lanes import reviewed_twice, second_reviews, to_settle
from reviews.models.passes import PassOutcome
from reviews.models.states import verify
from reviews.publishing.gate import gate
from reviews.publishing.service import GateClosedError, publish
from tests.editing.lanes import TwoReviews, both, decide_on, end_work, now, source_of, work_on, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(project, cast):
    return TwoReviews(project, cast)


@pytest.fixture
def one(project, cast):
    return TwoReviews(project, cast, texts=1)


def standing(two, place=0):
    review = second_reviews(two.document).get(two.segments[place].pk)
    return review.standing if review else None


def assert_sound(two):
    two.document.refresh_from_db()
    assert verify(two.document) == []
    assert verify_stream(f"document:{two.document.pk}") == []


# --- the lane -------------------------------------------------------------------------------------------


def test_a_second_review_leaves_the_first_alone(two):
    two.review()
    passes.take(item_id=two.item.pk, person=two.people["emil"])
    saved = write(two.first, two.people["emil"], "Emil’s.", lane=Lane.BLIND)
    assert (saved.lane, saved.number, saved.started_from) == (Lane.BLIND, 1, two.first.chosen)
    assert two.first.latest_revision.text == "Anna’s."
    assert two.first.state == SegmentState.REVIEWED
    assert_sound(two)


def test_a_pass_ends_when_all_of_its_texts_are_done(two):
    passes.take(item_id=two.item.pk, person=two.people["emil"])
    emil, (first, second) = two.people["emil"], two.segments
    write(first, emil, "One.", lane=Lane.BLIND)
    write(first, emil, "One, again.", lane=Lane.BLIND)
    write(second, emil, "Two.", lane=Lane.BLIND, reviewed=False)
    assert not ReviewPass.objects.exclude(closed_at=None).exists()
    assert reviewed_twice(two.document) == set()
    accept(segment_id=second.pk, person=emil, base=1, lane=Lane.BLIND)
    ended = ReviewPass.objects.order_by("segment_id")
    assert [(each.outcome, each.decision.revision.text) for each in ended] == [
        ("done", "One, again."),
        ("done", "Two."),
    ]
    assert reviewed_twice(two.document) == {first.pk, second.pk}
    assert standing(two) == "waiting"
    assert_sound(two)


def test_omitting_and_copying_are_decisions_of_the_lane(two):
    emil, (first, second) = two.people["emil"], two.segments
    passes.take(item_id=two.item.pk, person=emil)
    for segment, kind in ((first, DecisionKind.OMITTED), (second, DecisionKind.COPIED)):
        seen = Seen(0, source_of(segment))
        leave_out(segment_id=segment.pk, person=emil, kind=kind, seen=seen, reason="Local.", lane=Lane.BLIND)
    assert set(Decision.objects.values_list("lane", "kind")) == {("blind", "omitted"), ("blind", "copied")}
    assert {now(segment).state for segment in two.segments} == {SegmentState.NEW}
    assert reviewed_twice(two.document) == {first.pk, second.pk}


def test_the_same_request_again_after_the_pass_ended_gives_the_same_text(one):
    passes.take(item_id=one.item.pk, person=one.people["emil"])
    request = {"segment_id": one.first.pk, "person": one.people["emil"], "base": 0, "save_key": "k", "lane": Lane.BLIND}
    saved = save_revision(typed="Once.", reviewed=True, **request)
    again = save_revision(typed="Once.", reviewed=True, **request)
    assert again == Saved(saved.revision, created=False)
    assert accept(**request) == again
    assert Revision.objects.count() == 1


def test_a_stale_save_in_the_lane_is_kept_there(one):
    emil = one.people["emil"]
    passes.take(item_id=one.item.pk, person=emil)
    write(one.first, emil, "One tab.", lane=Lane.BLIND, reviewed=False)
    late = save_revision(segment_id=one.first.pk, person=emil, typed="The other.", base=0, lane=Lane.BLIND)
    assert isinstance(late, Stale)
    assert (late.refused.lane, late.latest.text) == (Lane.BLIND, "One tab.")
    keep_text(draft_id=late.refused.pk, person=emil, base=1)
    assert list(Revision.objects.values_list("lane", "number", "text")) == [
        ("blind", 1, "One tab."),
        ("blind", 2, "The other."),
    ]
    assert not Draft.objects.exists()


def test_drafts_of_the_two_lanes_are_two(one):
    emil = one.people["emil"]
    for lane in (Lane.MAIN, Lane.BLIND):
        save_draft(segment_id=one.first.pk, person=emil, typed=lane.label, base=0, sequence=1, lane=lane)
    passes.take(item_id=one.item.pk, person=emil)
    write(one.first, emil, "Done.", lane=Lane.BLIND)
    assert list(Draft.objects.values_list("lane", "kind", "text")) == [("main", DraftKind.TYPING, "Main")]


def test_nobody_writes_in_a_lane_without_a_pass(two):
    passes.take(item_id=two.item.pk, person=two.people["emil"])
    for name in ("anna", "ben", "dora"):
        with pytest.raises(LaneError, match="not yours"):
            write(two.first, two.people[name], "Mine.", lane=Lane.BLIND)
    end_work(two.item, WorkState.CANCELLED)
    with pytest.raises(LaneError, match="called off"):
        write(two.first, two.people["emil"], "Too late.", lane=Lane.BLIND)
    assert not Revision.objects.exists()


@pytest.mark.parametrize("lane", [Lane.SAMPLE, Lane.ADJUDICATION])
def test_nobody_writes_in_a_lane_that_is_not_for_writing(two, lane):
    passes.take(item_id=two.item.pk, person=two.people["emil"])
    with pytest.raises(LaneError):
        write(two.first, two.people["emil"], "Mine.", lane=lane)


# --- apart ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["wrote", "decided"])
def test_whoever_had_a_part_in_the_first_review_makes_no_second(two, how):
    who = two.people["ben"]
    if how == "wrote":
        write(two.first, who, "Ben’s.", reviewed=False)
    else:
        write(two.first, two.people["anna"], "Anna’s.")
        decide_on(two.first, who, DecisionKind.SENT_BACK)
    with pytest.raises((LaneError, ClaimError)):
        passes.take(item_id=two.item.pk, person=who)
    with pytest.raises(LaneError, match="wrote or decided"):
        passes.require_neutral(two.document, who, Lane.BLIND, [two.first.pk])
    assert not ReviewPass.objects.exists()
    assert WorkItem.objects.get(pk=two.item.pk).state == WorkState.OPEN


def test_a_second_reviewer_does_nothing_in_the_first_review(two):
    two.review()
    passes.take(item_id=two.item.pk, person=two.people["emil"])
    emil, segment = two.people["emil"], two.first
    before = Revision.objects.count(), Decision.objects.count()
    seen = Seen(segment.latest_revision_id, source_of(segment))
    attempts = [
        lambda: write(segment, emil, "Mine."),
        lambda: accept(segment_id=segment.pk, person=emil, base=1),
        lambda: decide(segment_id=segment.pk, person=emil, kind=DecisionKind.REOPENED, seen=seen, reason="why"),
        lambda: leave_out(segment_id=segment.pk, person=emil, kind=DecisionKind.OMITTED, seen=seen, reason="why"),
    ]
    for attempt in attempts:
        with pytest.raises(LaneError, match="second time"):
            attempt()
    for other in two.segments:
        write(other, emil, "Emil’s.", lane=Lane.BLIND)
    for attempt in attempts:
        with pytest.raises(LaneError, match="Somebody else settles it"):
            attempt()
    assert Revision.objects.filter(lane=Lane.MAIN).count() == before[0]
    assert Decision.objects.filter(lane=Lane.MAIN).count() == before[1]


def test_a_second_reviewer_approves_nothing_at_once(two):
    two.review()
    passes.take(item_id=two.item.pk, person=two.people["frieda"])
    seen = {segment.pk: Seen(now(segment).latest_revision_id, source_of(segment)) for segment in two.segments}
    decisions, refusals = approve_all(document_id=two.document.pk, person=two.people["frieda"], seen=seen)
    assert decisions == []
    assert {"second reviewer" in refusal.reason for refusal in refusals} == {True}


def test_work_given_back_keeps_what_is_finished(two):
    emil, frieda, (first, second) = two.people["emil"], two.people["frieda"], two.segments
    passes.take(item_id=two.item.pk, person=emil)
    write(first, emil, "Emil’s.", lane=Lane.BLIND)
    write(second, emil, "Begun.", lane=Lane.BLIND, reviewed=False)
    passes.give_back(item_id=two.item.pk, person=emil)
    assert WorkItem.objects.get(pk=two.item.pk).state == WorkState.OPEN
    outcomes = dict(ReviewPass.objects.values_list("segment_id", "outcome"))
    assert outcomes == {first.pk: PassOutcome.DONE, second.pk: PassOutcome.GIVEN_UP}
    (opened,) = passes.take(item_id=two.item.pk, person=frieda)
    assert (opened.segment_id, opened.after) == (second.pk, 1)
    written = write(second, frieda, "Frieda’s.", lane=Lane.BLIND)
    assert written.number == 2
    assert reviewed_twice(two.document) == {first.pk, second.pk}
    assert_sound(two)


def test_work_whose_lease_ran_out_passes_on_in_the_same_way(two):
    emil, frieda = two.people["emil"], two.people["frieda"]
    passes.take(item_id=two.item.pk, person=emil)
    write(two.first, emil, "Emil’s.", lane=Lane.BLIND)
    WorkItem.objects.update(state=WorkState.OPEN, lease_owner=None, lease_until=None, lease_token=None)
    # A lease orders work: as long as nobody took it, a save is a save.
    write(two.segments[1], emil, "Begun.", lane=Lane.BLIND, reviewed=False)
    opened = passes.take(item_id=two.item.pk, person=frieda)
    assert [each.segment_id for each in opened] == [two.segments[1].pk]
    with pytest.raises(LaneError):
        write(two.segments[1], emil, "Too late.", lane=Lane.BLIND)
    assert_sound(two)


def test_taking_it_again_changes_nothing(two):
    first = passes.take(item_id=two.item.pk, person=two.people["emil"])
    assert passes.take(item_id=two.item.pk, person=two.people["emil"]) == first
    with pytest.raises(ClaimError, match="Emil has this work"):
        passes.take(item_id=two.item.pk, person=two.people["frieda"])


# --- settling -------------------------------------------------------------------------------------------


def test_equal_texts_are_settled_by_themselves(two):
    two.review("The same.")
    two.review_again("The same.")
    assert standing(two) == "settled"
    assert to_settle(two.document) == []
    events = AuditEvent.objects.filter(action="second_review.settled")
    assert len(events) == 2
    assert all('"person":null' in event.body for event in events)
    assert_sound(two)


def test_equal_texts_are_settled_also_when_the_first_review_is_the_later_one(one):
    one.review_again("The same.")
    one.review("The same.")
    assert standing(one) == "settled"
    assert AuditEvent.objects.filter(action="second_review.settled").count() == 1


@pytest.mark.parametrize("name", ["anna", "emil", "rolf", "carla"])
def test_neither_side_settles_nor_anybody_without_the_role(one, name):
    one.review()
    one.review_again()
    for lane_role in ("anna", "emil"):
        one.people[lane_role].memberships.update(role="approver")
    item = work_on(one.document, Step.ADJUDICATE)
    with pytest.raises((LaneError, ClaimError, NotAllowedError)):
        passes.take(item_id=item.pk, person=one.people[name])
    with pytest.raises(NotAllowedError):
        passes.settle(
            segment_id=one.first.pk,
            person=one.people[name],
            seen=both(one.first),
            chosen=one.first.latest_revision.content_hash,
        )
    assert standing(one) == "differing"


def test_the_first_text_may_win(one):
    one.review()
    one.review_again()
    assert to_settle(one.document) == [one.first.pk]
    one.settling(one.people["frieda"])
    text = one.first.latest_revision
    outcome = passes.settle(
        segment_id=one.first.pk,
        person=one.people["frieda"],
        seen=both(one.first),
        chosen=text.content_hash,
        reason="Closer.",
    )
    assert outcome == text
    assert Revision.objects.filter(lane=Lane.MAIN).count() == 1
    assert one.first.state == SegmentState.REVIEWED
    assert standing(one) == "settled"
    with pytest.raises(DecisionError, match="You wrote"):
        decide_on(one.first, one.people["frieda"], DecisionKind.APPROVED)
    decide_on(one.first, one.people["guel"], DecisionKind.APPROVED)
    assert_sound(one)


def test_the_second_text_may_win_and_its_author_does_not_approve_it(one):
    one.people["emil"].memberships.update(role="approver")
    one.review()
    one.review_again()
    one.settling(one.people["frieda"])
    second = Revision.objects.get(lane=Lane.BLIND)
    outcome = passes.settle(
        segment_id=one.first.pk, person=one.people["frieda"], seen=both(one.first), chosen=second.content_hash
    )
    assert (outcome.text, outcome.origin, outcome.author, outcome.lane) == (
        "Emil’s.",
        Origin.ADOPTED,
        one.people["frieda"],
        Lane.MAIN,
    )
    made = ReviewPass.objects.get(lane=Lane.BLIND)
    assert {"pass": made.pk, "kept": 1.0} in outcome.derived_from
    assert one.first.state == SegmentState.REVIEWED
    for name in ("frieda", "emil"):
        with pytest.raises(DecisionError, match="Somebody else has to approve it"):
            decide_on(one.first, one.people[name], DecisionKind.APPROVED)
    decide_on(one.first, one.people["guel"], DecisionKind.APPROVED)
    assert_sound(one)


def test_whoever_lost_may_approve_what_won(one):
    """They did not write it, and they read it with fresh eyes."""
    one.people["emil"].memberships.update(role="approver")
    one.review()
    one.review_again()
    one.settling(one.people["frieda"])
    chosen = one.first.latest_revision.content_hash
    passes.settle(segment_id=one.first.pk, person=one.people["frieda"], seen=both(one.first), chosen=chosen)
    decide_on(one.first, one.people["emil"], DecisionKind.APPROVED)
    assert_sound(one)


def test_equal_texts_are_the_second_reviewers_too(one):
    one.people["emil"].memberships.update(role="approver")
    one.review("The same.")
    one.review_again("The same.")
    with pytest.raises(DecisionError, match="You wrote"):
        decide_on(one.first, one.people["emil"], DecisionKind.APPROVED)


def test_a_third_text_may_be_written(one):
    one.review()
    one.review_again()
    one.settling(one.people["frieda"])
    with pytest.raises(TextError, match="empty"):
        passes.settle(segment_id=one.first.pk, person=one.people["frieda"], seen=both(one.first), typed=" ")
    with pytest.raises(TextError, match="one of the two"):
        passes.settle(segment_id=one.first.pk, person=one.people["frieda"], seen=both(one.first), typed="Emil’s.")
    outcome = passes.settle(segment_id=one.first.pk, person=one.people["frieda"], seen=both(one.first), typed="Better.")
    assert (outcome.text, outcome.origin, outcome.number) == ("Better.", Origin.TYPED, 2)
    assert {"pass", "revision"} <= {key for entry in outcome.derived_from for key in entry}
    assert one.first.state == SegmentState.REVIEWED
    assert standing(one) == "settled"
    assert_sound(one)


def test_an_omission_may_win(one):
    one.review()
    emil = one.people["emil"]
    passes.take(item_id=one.item.pk, person=emil)
    leave_out(
        segment_id=one.first.pk,
        person=emil,
        kind=DecisionKind.OMITTED,
        seen=Seen(0, source_of(one.first)),
        reason="Only of local interest.",
        lane=Lane.BLIND,
    )
    end_work(one.item)
    one.settling(one.people["frieda"])
    empty = Revision.objects.get(lane=Lane.BLIND).content_hash
    passes.settle(segment_id=one.first.pk, person=one.people["frieda"], seen=both(one.first), chosen=empty)
    decision = Decision.objects.filter(lane=Lane.MAIN).latest("pk")
    assert (decision.kind, decision.reason) == (DecisionKind.OMITTED, "Only of local interest.")
    assert standing(one) == "settled"


def test_what_moved_on_is_not_settled(one):
    one.review()
    one.review_again()
    one.settling(one.people["frieda"])
    seen = both(one.first)
    write(one.first, one.people["anna"], "Anna’s, later.")
    with pytest.raises(DecisionError, match="changed meanwhile"):
        passes.settle(segment_id=one.first.pk, person=one.people["frieda"], seen=seen, typed="Better.")
    write(one.first, one.people["anna"], "Not done.", reviewed=False)
    with pytest.raises(DecisionError, match="nothing to settle"):
        passes.settle(segment_id=one.first.pk, person=one.people["frieda"], seen=both(one.first), typed="Better.")


def test_a_text_changed_after_settling_is_to_be_settled_anew(one):
    one.review()
    one.review_again()
    item = one.settling(one.people["frieda"])
    passes.settle(segment_id=one.first.pk, person=one.people["frieda"], seen=both(one.first), typed="Better.")
    end_work(item)
    write(one.first, one.people["anna"], "Changed.")
    assert standing(one) == "differing"
    with pytest.raises(DecisionError, match="not settled yet"):
        decide_on(one.first, one.people["guel"], DecisionKind.APPROVED)
    one.settling(one.people["frieda"])  # having settled it once before is no part in it
    chosen = one.first.latest_revision.content_hash
    passes.settle(segment_id=one.first.pk, person=one.people["frieda"], seen=both(one.first), chosen=chosen)
    assert standing(one) == "settled"
    assert_sound(one)


def test_a_second_reviewer_cannot_make_the_first_text_theirs(one):
    """Otherwise one person could write both texts, and nobody would have to settle them."""
    one.review()
    one.review_again()
    one.settling(one.people["frieda"])
    chosen = one.first.latest_revision.content_hash
    passes.settle(segment_id=one.first.pk, person=one.people["frieda"], seen=both(one.first), chosen=chosen)
    write(one.first, one.people["emil"], "Emil’s.")
    assert standing(one) == "differing"


def test_a_desk_head_may_ask_for_it_anew(one):
    one.review()
    one.review_again()
    for name, reason, error in (("anna", "why", NotAllowedError), ("dora", " ", DecisionError)):
        with pytest.raises(error):
            passes.reopen(segment_id=one.first.pk, person=one.people[name], reason=reason)
    passes.reopen(segment_id=one.first.pk, person=one.people["dora"], reason="The reviewer knows the author.")
    assert reviewed_twice(one.document) == set()
    assert "knows the author" in AuditEvent.objects.get(action="second_review.reopened").body
    again = work_on(one.document, Step.BLIND)
    assert standing(one) == "missing"
    passes.take(item_id=again.pk, person=one.people["frieda"])
    write(one.first, one.people["frieda"], "Frieda’s.", lane=Lane.BLIND)
    assert standing(one) == "differing"
    assert_sound(one)


# --- approval and release ---------------------------------------------------------------------------------


def test_an_approval_waits_for_the_second_review(one):
    one.review()
    for _ in range(2):
        with pytest.raises(DecisionError, match="second review of this text is not settled"):
            decide_on(one.first, one.people["guel"], DecisionKind.APPROVED)
        seen = {one.first.pk: Seen(one.first.latest_revision_id, source_of(one.first))}
        decisions, refusals = approve_all(document_id=one.document.pk, person=one.people["guel"], seen=seen)
        assert (decisions, len(refusals)) == ([], 1)
        if standing(one) == "missing":
            one.review_again()
    decide_on(one.first, one.people["guel"], DecisionKind.SENT_BACK)


def test_the_gate_asks_for_it_even_where_everything_was_approved_before(one):
    end_work(one.item, WorkState.CANCELLED)
    one.review()
    decide_on(one.first, one.people["guel"], DecisionKind.APPROVED)
    check_targets(one.document.pk)
    assert gate(one.document) == []
    one.item = work_on(one.document, Step.BLIND)
    assert [(each.code, each.segment) for each in gate(one.document)] == [("second_review", one.first.pk)]
    with pytest.raises(GateClosedError):
        publish(document_id=one.document.pk, person=one.people["dora"])
    one.review_again("Anna’s.")
    assert gate(one.document) == []
    publish(document_id=one.document.pk, person=one.people["dora"])


def test_verify_names_an_approval_that_came_too_early(one):
    one.review()
    one.review_again()
    revision = one.first.latest_revision
    with transaction.atomic():
        Decision.objects.create(
            document=one.document,
            segment=one.first,
            revision=revision,
            kind=DecisionKind.APPROVED,
            person=one.people["guel"],
            source_hash=revision.source_hash,
            target_hash=revision.content_hash,
        )
    assert any("before its two reviews were settled" in problem for problem in verify(one.document))


def test_verify_names_a_text_of_nobodys_pass(one):
    one.review()
    one.review_again()
    second = Revision.objects.get(lane=Lane.BLIND)
    Revision.objects.create(
        document=one.document,
        segment=one.first,
        lane=Lane.BLIND,
        number=2,
        author=one.people["anna"],
        origin=Origin.TYPED,
        source_hash=second.source_hash,
        text="Anna’s.",
        content_hash=one.first.latest_revision.content_hash,
    )
    assert any("nobody's pass" in problem for problem in verify(one.document))
