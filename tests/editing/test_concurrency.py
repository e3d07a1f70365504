"""Several people at once, in threads with connections of their own."""

from collections import Counter
from contextlib import suppress

import pytest

from reviews.editing.claims import take_next
from reviews.editing.deciding import DecisionError, Seen, decide
from reviews.editing.drafts import save_draft
from reviews.editing.saving import Saved, Stale, accept, save_revision
from reviews.editing.tabs import Tab
from reviews.models import AuditEvent, Decision, DecisionKind, Draft, Revision, Step, WorkItem, WorkState
from reviews.models.audit import verify_stream
from reviews.models.states import verify
from tests.factories import make_document, segments_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 6


@pytest.fixture
def document(cast):
    from reviews.models import Project

    return make_document(Project.objects.get(), [f"Satz {i}." for i in range(8)])


def test_of_six_saves_on_one_segment_one_wins_and_five_are_kept(document, cast):
    segment = segments_of(document)[0]
    people = [cast["anna"], cast["ben"], cast["dora"]]
    outcomes = at_once(
        lambda i: save_revision(segment_id=segment.pk, person=people[i % 3], typed=f"Text {i}.", base=0), WRITERS
    )
    assert Counter(type(outcome) for outcome in outcomes) == {Saved: 1, Stale: WRITERS - 1}
    texts = {*Revision.objects.values_list("text", flat=True), *Draft.objects.values_list("text", flat=True)}
    assert texts == {f"Text {i}." for i in range(WRITERS)}
    assert Revision.objects.get().number == 1


def test_the_chain_verifies_after_six_concurrent_writers(document, cast):
    segments = segments_of(document)

    def write(writer: int) -> None:
        for turn in range(5):
            segment = segments[(writer + turn) % len(segments)]
            latest = Revision.objects.filter(segment=segment).order_by("-number").first()
            save_revision(
                segment_id=segment.pk,
                person=cast["anna" if writer % 2 else "ben"],
                typed=f"Writer {writer}, turn {turn}.",
                base=latest.number if latest else 0,
                reviewed=bool(turn % 2),
            )

    at_once(write, WRITERS)
    document.refresh_from_db()
    assert verify_stream(f"document:{document.pk}") == []
    assert verify(document) == []
    events = AuditEvent.objects.filter(stream=f"document:{document.pk}")
    kept = Revision.objects.count() + Draft.objects.count()
    assert kept == WRITERS * 5
    assert events.exclude(action__startswith="decision").count() == kept
    assert document.audit_number == events.count()


def test_an_approval_and_a_save_at_once_never_approve_the_unseen_text(document, cast):
    for segment in segments_of(document):
        revision = accept(segment_id=segment.pk, person=cast["anna"], base=0).revision

        def act(number: int, segment=segment, revision=revision) -> None:
            if number:
                save_revision(segment_id=segment.pk, person=cast["anna"], typed="Other.", base=1, reviewed=True)
            else:
                seen = Seen(revision.pk, revision.source_hash)
                with suppress(DecisionError):  # the save came first
                    decide(segment_id=segment.pk, person=cast["ben"], kind=DecisionKind.APPROVED, seen=seen)

        at_once(act, 2)
        segment.refresh_from_db()
        assert segment.state == "reviewed"
    for decision in Decision.objects.filter(kind=DecisionKind.APPROVED).select_related("revision"):
        assert decision.target_hash == decision.revision.content_hash
        assert decision.revision.text != "Other."
    document.refresh_from_db()
    assert verify(document) == []


def test_no_item_is_taken_twice(document, cast):
    count = 40
    WorkItem.objects.bulk_create(
        WorkItem(project=document.project, document=make_document(document.project, ["a"]), step=Step.EDIT)
        for _ in range(count)
    )
    people = list(cast.values())[:3]

    def drain(number: int) -> list[int]:
        taken = []
        while item := take_next(person=people[number % 3], step=Step.EDIT):
            taken.append(item.pk)
        return taken

    taken = [pk for pks in at_once(drain, WRITERS) for pk in pks]
    assert len(taken) == len(set(taken)) == count
    assert not WorkItem.objects.exclude(state=WorkState.LEASED).exists()


def test_drafts_at_once_keep_the_newest(document, cast):
    segment = segments_of(document)[0]
    at_once(
        lambda i: save_draft(
            segment_id=segment.pk, person=cast["anna"], typed=f"draft {i}", base=0, sequence=(i * 7) % WRITERS
        ),
        WRITERS,
    )
    newest = max(range(WRITERS), key=lambda i: (i * 7) % WRITERS)
    assert Draft.objects.get().text == f"draft {newest}"


def test_typing_that_goes_on_in_the_old_tab_outlives_the_save_of_its_heir(document, cast):
    segment, anna = segments_of(document)[0], cast["anna"]
    old, heir = Tab("old"), Tab("new", took="old", took_sequence=1)

    def type_on_or_save(i):
        if i:
            return save_draft(
                segment_id=segment.pk, person=anna, typed=f"typed on {i}", base=0, sequence=i + 1, tab=old
            )
        return save_revision(segment_id=segment.pk, person=anna, typed="Saved.", base=0, tab=heir)

    save_draft(segment_id=segment.pk, person=anna, typed="begun", base=0, sequence=1, tab=old)
    at_once(type_on_or_save, WRITERS)
    assert Draft.objects.get(tab="old").text == f"typed on {WRITERS - 1}"
    assert Revision.objects.get(segment=segment).text == "Saved."
