"""Omitting a passage and copying its source: a text of its own, then a decision on it, in one step."""

import pytest

from reviews.editing.deciding import DecisionError, Seen, decide
from reviews.editing.drafts import save_draft
from reviews.editing.leaving_out import leave_out
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import save_revision
from reviews.editing.texts import TextError, run_sources, sources_hash
from reviews.models import Decision, DecisionKind, Draft, Revision, Segment, SegmentState
from reviews.models.audit import AuditEvent
from reviews.models.states import verify
from reviews.values import CodedText, InlineCode
from tests.factories import make_document, segments_of

pytestmark = pytest.mark.django_db

APPROVED, COPIED, OMITTED, REOPENED, REVIEWED, SENT_BACK = (
    DecisionKind.APPROVED,
    DecisionKind.COPIED,
    DecisionKind.OMITTED,
    DecisionKind.REOPENED,
    DecisionKind.REVIEWED,
    DecisionKind.SENT_BACK,
)
LINK = (InlineCode("1", "link", "open", 0, '<a href="/x">'), InlineCode("1", "link", "close", 4, "</a>"))


@pytest.fixture
def document(project):
    return make_document(
        project,
        ["Guten Morgen.", CodedText("Kiel liegt am Meer.", LINK), "Es regnet.", ""],
        {"engine-a": ["Good morning.", ("Kiel is by the sea. It rains.", 2), "", ""]},
    )


@pytest.fixture
def segment(document):
    return segments_of(document)[0]


def seen(segment):
    now = Segment.objects.select_related("document").get(pk=segment.pk)
    return Seen(now.latest_revision_id or 0, sources_hash(run_sources(now)))


def leave(segment, person, kind, reason="Local only.", **options):
    options.setdefault("seen", seen(segment))
    return leave_out(segment_id=segment.pk, person=person, kind=kind, reason=reason, **options)


def state(segment):
    return Segment.objects.values_list("state", flat=True).get(pk=segment.pk)


def test_an_omission_is_an_empty_text_and_its_decision(segment, cast, document):
    saved = leave(segment, cast["anna"], OMITTED)
    decision = Decision.objects.get()
    assert (saved.created, saved.revision.text, saved.revision.number) == (True, "", 1)
    assert (decision.kind, decision.reason, decision.revision_id) == (OMITTED, "Local only.", saved.revision.pk)
    assert state(segment) == SegmentState.REVIEWED
    actions = AuditEvent.objects.order_by("number").values_list("action", flat=True)
    assert list(actions) == ["revision.saved", "decision.omitted"]
    document.refresh_from_db()
    assert verify(document) == []


def test_an_omission_remembers_what_the_text_had_started_from(segment, cast):
    assert leave(segment, cast["anna"], OMITTED).revision.started_from_id == segment.chosen_id


def test_a_copy_is_the_source_with_its_codes_for_the_whole_run(document, cast):
    leader, covered = segments_of(document)[1:3]
    revision = leave(leader, cast["anna"], COPIED, reason="").revision
    assert revision.content == CodedText("Kiel liegt am Meer. Es regnet.", LINK)
    assert (revision.covers, revision.started_from, revision.derived_from) == (2, None, [])
    assert [state(leader), state(covered)] == [SegmentState.REVIEWED] * 2


def test_one_cannot_leave_out_what_is_translated_elsewhere(document, cast):
    with pytest.raises(TextError, match="together with the one before"):
        leave(segments_of(document)[2], cast["anna"], OMITTED)


def test_an_empty_source_has_nothing_to_copy(document, cast):
    with pytest.raises(DecisionError, match="nothing to copy"):
        leave(segments_of(document)[3], cast["anna"], COPIED)


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_omission_says_why(segment, cast, reason):
    with pytest.raises(DecisionError, match="why the text is omitted"):
        leave(segment, cast["anna"], OMITTED, reason)
    assert not Revision.objects.exists()


@pytest.mark.parametrize("name", ["rolf", "carla"])
@pytest.mark.parametrize("kind", [OMITTED, COPIED])
def test_only_people_who_edit_leave_out(segment, cast, name, kind):
    with pytest.raises(NotAllowedError):
        leave(segment, cast[name], kind)


def test_it_is_for_the_texts_that_were_seen(segment, cast):
    there = seen(segment)
    save_revision(segment_id=segment.pk, person=cast["ben"], typed="Morning.", base=0)
    with pytest.raises(DecisionError, match="another text"):
        leave(segment, cast["anna"], OMITTED, seen=there)
    with pytest.raises(DecisionError, match="German changed"):
        leave(segment, cast["anna"], OMITTED, seen=Seen(seen(segment).revision, "0" * 64))
    assert [row.text for row in Revision.objects.all()] == ["Morning."]


def test_the_same_request_again_changes_nothing(segment, cast):
    there = seen(segment)
    first = leave(segment, cast["anna"], OMITTED, seen=there, save_key="k")
    again = leave(segment, cast["anna"], OMITTED, seen=there, save_key="k")
    assert (again.created, again.revision) == (False, first.revision)
    assert (Revision.objects.count(), Decision.objects.count()) == (1, 1)


def test_what_is_approved_is_reopened_first(segment, cast):
    leave(segment, cast["anna"], OMITTED)
    decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(segment))
    with pytest.raises(DecisionError, match="Reopen it first"):
        leave(segment, cast["anna"], COPIED)
    decide(segment_id=segment.pk, person=cast["anna"], kind=REOPENED, seen=seen(segment), reason="Back in.")
    assert leave(segment, cast["anna"], COPIED).revision.text == "Guten Morgen."


def test_who_omitted_a_text_does_not_approve_that(segment, cast):
    leave(segment, cast["ben"], OMITTED)
    with pytest.raises(DecisionError, match="Somebody else"):
        decide(segment_id=segment.pk, person=cast["ben"], kind=APPROVED, seen=seen(segment))
    decide(segment_id=segment.pk, person=cast["dora"], kind=APPROVED, seen=seen(segment))
    assert state(segment) == SegmentState.APPROVED


def test_an_omission_sent_back_can_be_said_again_without_another_text(segment, cast):
    leave(segment, cast["anna"], OMITTED)
    decide(segment_id=segment.pk, person=cast["ben"], kind=SENT_BACK, seen=seen(segment), reason="Why?")
    assert state(segment) == SegmentState.SENT_BACK
    assert not leave(segment, cast["anna"], OMITTED, "Reads on in the next one.").created
    assert state(segment) == SegmentState.REVIEWED


def test_what_was_being_typed_stays_a_draft(segment, cast):
    save_draft(segment_id=segment.pk, person=cast["anna"], typed="Good mor", base=0, sequence=1)
    leave(segment, cast["anna"], OMITTED)
    assert Draft.objects.get().text == "Good mor"


@pytest.mark.parametrize(
    ("kind", "words"),
    [(OMITTED, "There is a text here"), (COPIED, "not the source's own")],
)
def test_a_text_that_stands_there_cannot_be_called_omitted_or_copied(segment, cast, kind, words):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Morning.", base=0)
    with pytest.raises(DecisionError, match=words):
        decide(segment_id=segment.pk, person=cast["anna"], kind=kind, seen=seen(segment), reason="Because.")


def test_an_empty_text_is_not_done_by_saying_so(segment, cast):
    leave(segment, cast["anna"], OMITTED)
    decide(segment_id=segment.pk, person=cast["ben"], kind=SENT_BACK, seen=seen(segment), reason="Needed.")
    with pytest.raises(DecisionError, match="no text here"):
        decide(segment_id=segment.pk, person=cast["anna"], kind=REVIEWED, seen=seen(segment))
