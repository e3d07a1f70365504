"""Decisions: who, from which state, bound to what was seen."""

import pytest

from reviews.editing.deciding import DecisionError, Seen, approve_all, decide
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import accept, save_revision
from reviews.models import Decision, DecisionKind, Placement, SegmentSource, SegmentState
from reviews.models.document import content_columns
from reviews.models.states import refresh, verify
from reviews.values import CodedText
from tests.factories import make_document, segments_of

pytestmark = pytest.mark.django_db

APPROVED, SENT_BACK, REOPENED, REVIEWED = (
    DecisionKind.APPROVED,
    DecisionKind.SENT_BACK,
    DecisionKind.REOPENED,
    DecisionKind.REVIEWED,
)


@pytest.fixture
def document(cast):
    from reviews.models import Project

    return make_document(Project.objects.get())


@pytest.fixture
def segment(document):
    return segments_of(document)[0]


def seen(revision):
    return Seen(revision.pk, revision.source_hash)


@pytest.fixture
def reviewed(segment, cast):
    return accept(segment_id=segment.pk, person=cast["anna"], base=0).revision


def state(segment):
    segment.refresh_from_db()
    return segment.state


def test_a_second_person_approves(segment, reviewed, cast, document):
    decision = decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(reviewed))
    assert (decision.source_hash, decision.target_hash) == (reviewed.source_hash, reviewed.content_hash)
    assert decision.four_eyes
    assert state(segment) == SegmentState.APPROVED
    document.refresh_from_db()
    assert document.segments_approved == 1
    assert verify(document) == []


def test_the_author_may_not_approve(segment, cast):
    revision = accept(segment_id=segment.pk, person=cast["ben"], base=0).revision
    with pytest.raises(DecisionError, match="You wrote this text"):
        decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(revision))
    decide(segment_id=segment.pk, person=cast["dora"], kind=APPROVED, seen=seen(revision))
    assert state(segment) == SegmentState.APPROVED


def test_whoever_marked_it_reviewed_may_not_approve(segment, cast):
    revision = save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0).revision
    decide(segment_id=segment.pk, person=cast["ben"], kind=REVIEWED, seen=seen(revision))
    with pytest.raises(DecisionError, match="You marked this text"):
        decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(revision))


def test_the_author_may_approve_where_four_eyes_are_off(segment, cast, document):
    document.project.four_eyes = False
    document.project.save()
    revision = accept(segment_id=segment.pk, person=cast["ben"], base=0).revision
    assert not decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(revision)).four_eyes


def test_an_author_before_the_last_approval_may_approve_what_came_after(segment, reviewed, cast):
    decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(reviewed))
    newer = save_revision(segment_id=segment.pk, person=cast["dora"], typed="New.", base=1, reviewed=True).revision
    assert state(segment) == SegmentState.REVIEWED
    decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(newer))
    assert state(segment) == SegmentState.APPROVED


@pytest.mark.parametrize("name", ["anna", "rolf", "carla"])
def test_only_approvers_approve(segment, reviewed, cast, name):
    with pytest.raises(NotAllowedError, match="approved"):
        decide(segment_id=segment.pk, person=cast[name], kind=APPROVED, seen=seen(reviewed))


def test_an_approval_is_for_the_text_that_was_seen(segment, reviewed, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Newer.", base=1, reviewed=True)
    with pytest.raises(DecisionError, match="another text"):
        decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(reviewed))


def test_an_approval_is_for_the_german_that_was_seen(segment, reviewed, cast):
    with pytest.raises(DecisionError, match="German changed"):
        decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=Seen(reviewed.pk, "0" * 64))


def test_a_text_nobody_reviewed_cannot_be_approved(segment, cast):
    revision = save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0).revision
    with pytest.raises(DecisionError, match="in review"):
        decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(revision))
    other = segment.document.segments.exclude(pk=segment.pk).get()
    with pytest.raises(DecisionError, match="Nobody has worked"):
        decide(segment_id=other.pk, person=cast["ben"], kind=APPROVED, seen=seen(revision))


@pytest.mark.parametrize("kind", [SENT_BACK, REOPENED])
def test_sending_back_and_reopening_take_a_reason(segment, reviewed, cast, kind):
    with pytest.raises(DecisionError, match="Say in a few words"):
        decide(segment_id=segment.pk, person=cast["ben"], kind=kind, seen=seen(reviewed), reason="  ")
    decide(segment_id=segment.pk, person=cast["ben"], kind=kind, seen=seen(reviewed), reason="Name is wrong")
    assert state(segment) == (SegmentState.SENT_BACK if kind == SENT_BACK else SegmentState.IN_REVIEW)


def test_a_new_text_takes_the_approval_away(segment, reviewed, cast):
    decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(reviewed))
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Changed.", base=1)
    assert state(segment) == SegmentState.IN_REVIEW


def change_german(segment, text):
    source = SegmentSource.objects.create(segment=segment, **content_columns(CodedText(text)))
    Placement.objects.filter(segment=segment).update(source=source)
    refresh(segment.document)
    return source


def test_changed_german_takes_the_approval_away_and_still_right_gives_it_back(segment, reviewed, cast):
    decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(reviewed))
    source = change_german(segment, "Guten Abend.")
    assert state(segment) == SegmentState.SOURCE_CHANGED
    now = Seen(reviewed.pk, source.content_hash)
    with pytest.raises(DecisionError, match="german changed"):
        decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=now)
    decide(segment_id=segment.pk, person=cast["anna"], kind=REVIEWED, seen=now)
    assert state(segment) == SegmentState.REVIEWED
    decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=now)
    assert state(segment) == SegmentState.APPROVED
    assert verify(segment.document.__class__.objects.get(pk=segment.document_id)) == []


def test_german_that_changes_back_gives_the_old_approval_back(segment, reviewed, cast):
    decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(reviewed))
    change_german(segment, "Guten Abend.")
    Placement.objects.filter(segment=segment).update(source=segment.sources.order_by("pk").first())
    refresh(segment.document)
    assert state(segment) == SegmentState.APPROVED


def test_approving_everything_names_what_it_left(document, cast):
    first, second = segments_of(document)
    a = accept(segment_id=first.pk, person=cast["anna"], base=0).revision
    b = accept(segment_id=second.pk, person=cast["ben"], base=0).revision
    decisions, refusals = approve_all(
        document_id=document.pk, person=cast["ben"], seen={first.pk: seen(a), second.pk: seen(b)}
    )
    assert [d.segment_id for d in decisions] == [first.pk]
    assert [(r.segment, r.reason) for r in refusals] == [
        (second.pk, "You wrote this text. Somebody else has to approve it.")
    ]
    assert Decision.objects.filter(kind=APPROVED).count() == 1
    document.refresh_from_db()
    assert verify(document) == []


# --- four eyes ------------------------------------------------------------------------------------------


@pytest.fixture
def desk_of_kinds(cast):
    """A desk that asks for a second person for headlines only; a headline, a sentence, and a run of two kinds."""
    from reviews.models import Project

    Project.objects.update(four_eyes=False, four_eyes_kinds=["headline"])
    return make_document(
        Project.objects.get(),
        ["Neue Lücke", "Es regnet.", "Am Meer.", "Die Schlagzeile."],
        {"engine-a": ["New gap", "It rains.", ("By the sea: the headline.", 2), ""]},
        kinds=["headline", "body", "body", "headline"],
    )


@pytest.mark.parametrize(("place", "asked"), [(0, True), (1, False), (2, True)])
def test_four_eyes_can_be_asked_for_by_kind(desk_of_kinds, cast, place, asked):
    segment = segments_of(desk_of_kinds)[place]
    revision = accept(segment_id=segment.pk, person=cast["ben"], base=0).revision
    if asked:
        with pytest.raises(DecisionError, match="You wrote this text"):
            decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(revision))
    approver = cast["dora" if asked else "ben"]
    decision = decide(segment_id=segment.pk, person=approver, kind=APPROVED, seen=seen(revision))
    assert decision.four_eyes == asked
    desk_of_kinds.refresh_from_db()
    assert verify(desk_of_kinds) == []


def test_approving_everything_heeds_the_kinds(desk_of_kinds, cast):
    leaders = segments_of(desk_of_kinds)[:3]
    texts = {each.pk: accept(segment_id=each.pk, person=cast["ben"], base=0).revision for each in leaders}
    decisions, refusals = approve_all(
        document_id=desk_of_kinds.pk, person=cast["ben"], seen={pk: seen(text) for pk, text in texts.items()}
    )
    assert [decision.segment_id for decision in decisions] == [leaders[1].pk]
    assert [refusal.segment for refusal in refusals] == [leaders[0].pk, leaders[2].pk]


def test_an_author_does_not_approve_again_what_somebody_else_once_approved(segment, cast):
    revision = accept(segment_id=segment.pk, person=cast["ben"], base=0).revision
    decide(segment_id=segment.pk, person=cast["dora"], kind=APPROVED, seen=seen(revision))
    decide(segment_id=segment.pk, person=cast["anna"], kind=REOPENED, seen=seen(revision), reason="New facts.")
    decide(segment_id=segment.pk, person=cast["anna"], kind=REVIEWED, seen=seen(revision))
    with pytest.raises(DecisionError, match="You wrote this text"):
        decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(revision))


def test_four_eyes_switched_on_later_hold_for_a_text_its_author_approved(segment, cast, document):
    from reviews.models import Project

    Project.objects.update(four_eyes=False)
    revision = accept(segment_id=segment.pk, person=cast["ben"], base=0).revision
    decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(revision))
    Project.objects.update(four_eyes=True)
    decide(segment_id=segment.pk, person=cast["anna"], kind=REOPENED, seen=seen(revision), reason="Once more.")
    decide(segment_id=segment.pk, person=cast["anna"], kind=REVIEWED, seen=seen(revision))
    with pytest.raises(DecisionError, match="You wrote this text"):
        decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(revision))
