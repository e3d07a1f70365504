"""A text that serves several sentences is divided and joined again, and nothing is lost or counted that should not."""

import json

import pytest

from reviews.editing.deciding import DecisionError
from reviews.editing.dividing import divide, join
from reviews.editing.drafts import save_draft
from reviews.editing.lanes import LaneError
from reviews.editing.passes import take
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import Stale, save_revision
from reviews.editing.texts import TextError, run_sources, sources_hash
from reviews.models import (
    AuditEvent,
    DecisionKind,
    Document,
    Draft,
    DraftKind,
    Lane,
    Origin,
    Revision,
    SegmentState,
    Step,
)
from reviews.models.audit import verify_stream
from reviews.models.states import verify
from reviews.values import CodedText, InlineCode, MarkError
from tests.editing.lanes import decide_on, more_people, now, source_of, work_on, write
from tests.factories import make_document, segments_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db

APPROVED, REVIEWED = DecisionKind.APPROVED, DecisionKind.REVIEWED
BOLD = (InlineCode("1", "bold", "open", 0, "<b>"), InlineCode("1", "bold", "close", 4, "</b>"))


@pytest.fixture
def document(project):
    """One text for three sentences, and one after them."""
    return make_document(
        project,
        ["Kiel liegt am Meer.", "Es regnet.", "Alle warten.", "Ende."],
        {
            "engine-b": [(CodedText("Kiel is by the sea, it rains and all wait.", BOLD), 3), "", "", "The end."],
            "engine-a": ["Kiel.", "Rain.", "Waiting.", "End."],
        },
    )


@pytest.fixture
def segments(document):
    return segments_of(document)


def parts(segments, *texts):
    return {segment.pk: text for segment, text in zip(segments, texts, strict=True)}


def divide_run(segments, person, *texts, base=0, **options):
    run = segments[: len(texts)]
    options.setdefault("source_hash", source_of(run[0]))
    return divide(segment_id=run[0].pk, person=person, texts=parts(run, *texts), base=base, **options)


def join_to_first(segments, person, place=1, **options):
    numbers = {"base": now(segments[place]).latest_revision.number}
    numbers["base_before"] = now(segments[0]).latest_revision.number
    return join(segment_id=segments[place].pk, person=person, **(numbers | options))


def problems(document):
    return verify(Document.objects.get(pk=document.pk))


def test_each_part_is_a_text_of_its_own(document, segments, cast):
    done = divide_run(segments, cast["anna"], "⟦1⟧Kiel⟦/1⟧ is by the sea.", "It rains and all wait.", "")
    first, second = done.revisions
    assert (first.text, first.covers, first.origin) == ("Kiel is by the sea.", 1, Origin.DIVIDED)
    assert (second.text, second.covers, second.segment_id) == ("It rains and all wait.", 2, segments[1].pk)
    assert first.codes
    assert second.derived_from[0]["system"] == "engine-b"
    assert [segment.covered_by_id for segment in segments_of(document)] == [None, None, segments[1].pk, None]
    assert {segment.state for segment in segments_of(document)[:3]} == {SegmentState.IN_REVIEW}
    assert problems(document) == []


def test_it_is_one_event(document, segments, cast):
    divide_run(segments, cast["anna"], "Kiel is by the sea.", "It rains.", "All wait.")
    event = AuditEvent.objects.get(stream=f"document:{document.pk}")
    data = json.loads(event.body)["data"]
    assert event.action == "revision.divided"
    assert data["segments"] == [segment.pk for segment in segments[:3]]
    assert data["made_of"] == [segments[0].chosen.content_hash]
    hashes = Revision.objects.order_by("pk").values_list("content_hash", flat=True)
    assert [text["target_hash"] for text in data["texts"]] == list(hashes)
    assert verify_stream(event.stream) == []


def test_a_decision_on_the_whole_counts_for_no_part(document, segments, cast):
    write(segments[0], cast["anna"], "Kiel is by the sea. It rains. All wait.")
    decide_on(segments[0], cast["ben"], APPROVED)
    divide_run(segments, cast["dora"], "Kiel is by the sea.", "It rains.", "All wait.", base=1)
    document.refresh_from_db()
    assert (document.segments_approved, document.segments_in_review) == (0, 3)
    assert problems(document) == []


@pytest.mark.parametrize(
    ("texts", "error"),
    [
        pytest.param(("Kiel.", "", ""), TextError, id="not divided"),
        pytest.param(("", "Kiel.", "Rain."), TextError, id="nothing for the first"),
        pytest.param(("Kiel.", "Ra\x00in.", ""), TextError, id="a character no text may hold"),
        pytest.param(("⟦1⟧Kiel.", "Rain.⟦/1⟧", ""), MarkError, id="a pair of marks torn apart"),
    ],
)
def test_what_is_no_division_is_refused(document, segments, cast, texts, error):
    with pytest.raises(error):
        divide_run(segments, cast["anna"], *texts)
    assert not Revision.objects.exists()


def test_a_text_of_one_sentence_a_covered_one_and_other_sources_are_refused(document, segments, cast):
    with pytest.raises(DecisionError, match="changed"):
        divide_run(segments[3:], cast["anna"], "The", source_hash="0" * 64)
    with pytest.raises(TextError, match="not divided"):
        divide_run(segments[3:], cast["anna"], "The end.")
    with pytest.raises(TextError, match="together with the one before"):
        divide_run(segments[1:], cast["anna"], "It rains.", "All wait.")
    with pytest.raises(DecisionError, match="changed"):
        divide(
            segment_id=segments[0].pk,
            person=cast["anna"],
            texts=parts([segments[0], segments[1], segments[3]], "a", "b", "c"),
            base=0,
            source_hash=source_of(segments[0]),
        )


@pytest.mark.parametrize("name", ["rolf", "carla"])
def test_who_may_not_edit_divides_and_joins_nothing(document, segments, cast, name):
    with pytest.raises(NotAllowedError):
        divide_run(segments, cast[name], "Kiel.", "It rains.", "All wait.")
    divide_run(segments, cast["anna"], "Kiel.", "It rains.", "All wait.")
    with pytest.raises(NotAllowedError):
        join_to_first(segments, cast[name])


def test_the_same_request_again_changes_nothing(document, segments, cast):
    first = divide_run(segments, cast["anna"], "Kiel.", "It rains.", "", save_key="k")
    again = divide_run(segments, cast["anna"], "Kiel.", "It rains.", "", save_key="k", source_hash="0" * 64)
    assert (again.created, again.revisions) == (False, first.revisions)
    joined = join_to_first(segments, cast["anna"], save_key="j")
    assert join_to_first(segments, cast["anna"], base=9, save_key="j").revisions == joined.revisions
    assert Revision.objects.count() == 4


def test_parts_that_came_after_another_save_stand_beside_it_as_one(document, segments, cast):
    write(segments[0], cast["anna"], "Kiel by the sea in the rain.")
    late = divide_run(segments, cast["ben"], "Kiel.", "It rains.", "All wait.")
    assert isinstance(late, Stale)
    draft = Draft.objects.get()
    assert (draft.kind, draft.segment_id, draft.text) == (
        DraftKind.REFUSED,
        segments[0].pk,
        "Kiel. It rains. All wait.",
    )
    assert Revision.objects.count() == 1


def test_parts_that_came_after_another_division_stand_beside_its_parts(document, segments, cast):
    divide_run(segments, cast["anna"], "Kiel.", "It rains, all wait.", "")
    late = divide_run(segments, cast["ben"], "Kiel lies.", "Rain.", "Waiting.")
    assert isinstance(late, Stale)
    drafts = Draft.objects.order_by("segment").values_list("segment", "text", "kind")
    assert list(drafts) == [
        (segments[0].pk, "Kiel lies.", DraftKind.REFUSED),
        (segments[1].pk, "Rain. Waiting.", DraftKind.REFUSED),
    ]


def test_a_late_division_keeps_nothing_in_another_article(project, document, segments, cast):
    stranger = segments_of(make_document(project))[0]
    write(segments[0], cast["anna"], "Kiel by the sea in the rain.")
    texts = {segments[0].pk: "Kiel.", stranger.pk: "Rain."}
    divide(segment_id=segments[0].pk, person=cast["ben"], texts=texts, base=0, source_hash="0" * 64)
    assert set(Draft.objects.values_list("segment", flat=True)) == {segments[0].pk}


# --- four eyes ----------------------------------------------------------------------------------------


def test_nobody_approves_words_of_theirs_that_somebody_else_divided(document, segments, cast):
    more = more_people(document.project)
    write(segments[0], cast["ben"], "Kiel is by the sea. It rains. All wait.")
    divide_run(segments, cast["anna"], "Kiel is by the sea.", "It rains.", "All wait.", base=1)
    for segment in segments[:3]:
        decide_on(segment, cast["anna"], REVIEWED)
        with pytest.raises(DecisionError, match="You wrote"):
            decide_on(segment, cast["ben"], APPROVED)
    assert decide_on(segments[2], more["frieda"], APPROVED)
    assert problems(document) == []


def test_what_was_approved_before_is_anybodys_to_approve(document, segments, cast):
    more = more_people(document.project)
    write(segments[0], cast["ben"], "Kiel is by the sea. It rains. All wait.")
    decide_on(segments[0], more["frieda"], APPROVED)
    divide_run(segments, cast["anna"], "Kiel is by the sea.", "It rains.", "All wait.", base=1)
    decide_on(segments[1], cast["anna"], REVIEWED)
    assert decide_on(segments[1], cast["ben"], APPROVED)
    assert problems(document) == []


def test_who_wrote_a_part_does_not_approve_what_it_was_joined_to(document, segments, cast):
    divide_run(segments, cast["anna"], "Kiel is by the sea.", "It rains.", "All wait.")
    write(segments[1], cast["ben"], "It is raining.")
    join_to_first(segments, cast["anna"])
    decide_on(segments[0], cast["anna"], REVIEWED)
    with pytest.raises(DecisionError, match="You wrote"):
        decide_on(segments[0], cast["ben"], APPROVED)
    divide_run(segments, cast["anna"], "Kiel is by the sea.", "It is raining.", base=2)
    decide_on(segments[1], cast["anna"], REVIEWED)
    with pytest.raises(DecisionError, match="You wrote"):
        decide_on(segments[1], cast["ben"], APPROVED)


# --- second reviews -----------------------------------------------------------------------------------


def test_a_text_under_second_review_stays_one_until_that_is_settled(document, segments, cast):
    emil = more_people(document.project)["emil"]
    item = work_on(document, Step.BLIND, [segments[0]])
    write(segments[0], cast["anna"], "Kiel is by the sea. It rains. All wait.")
    take(item_id=item.pk, person=emil)
    with pytest.raises(LaneError):
        divide_run(segments, emil, "Kiel.", "It rains.", "All wait.", base=1)
    with pytest.raises(DecisionError, match="second review"):
        divide_run(segments, cast["anna"], "Kiel.", "It rains.", "All wait.", base=1)
    write(segments[0], emil, "Kiel is at the sea.", lane=Lane.BLIND)
    with pytest.raises(DecisionError, match="second review"):
        divide_run(segments, cast["anna"], "Kiel.", "It rains.", "All wait.", base=1)
    assert Revision.objects.filter(lane=Lane.MAIN).count() == 1


# --- joining ------------------------------------------------------------------------------------------


def test_joined_again_it_is_one_text_with_its_history(document, segments, cast):
    divide_run(segments, cast["anna"], "⟦1⟧Kiel⟦/1⟧ is by the sea.", "It rains.", "All wait.")
    joined, given_up = join_to_first(segments, cast["anna"], place=1).revisions
    assert (joined.text, joined.covers, joined.number) == ("Kiel is by the sea. It rains.", 2, 2)
    assert joined.codes
    assert (given_up.text, given_up.covers, given_up.number) == ("", 0, 2)
    assert [segment.covered_by_id for segment in segments_of(document)] == [None, segments[0].pk, None, None]
    assert Revision.objects.filter(segment=segments[1], text="It rains.").exists()
    assert problems(document) == []


def test_joined_and_divided_again(document, segments, cast):
    divide_run(segments, cast["anna"], "Kiel.", "It rains.", "All wait.")
    join_to_first(segments, cast["anna"], place=1)
    join_to_first(segments, cast["anna"], place=2)
    assert [segment.covered_by_id for segment in segments_of(document)] == [None, *[segments[0].pk] * 2, None]
    divide_run(segments, cast["ben"], "Kiel.", "", "It rains. All wait.", base=3)
    assert [segment.covered_by_id for segment in segments_of(document)] == [None, segments[0].pk, None, None]
    assert problems(document) == []


def test_texts_that_were_never_one_are_not_joined(document, segments, cast):
    divide_run(segments, cast["anna"], "Kiel.", "It rains.", "All wait.")
    write(segments[3], cast["anna"], "The end.")
    with pytest.raises(DecisionError, match="never one"):
        join_to_first(segments, cast["anna"], place=3)
    with pytest.raises(DecisionError, match="never one"):
        join(segment_id=segments[0].pk, person=cast["anna"], base=1, base_before=0)


@pytest.mark.parametrize("moved", [0, 1])
def test_a_text_saved_meanwhile_is_not_joined_unread(document, segments, cast, moved):
    divide_run(segments, cast["anna"], "Kiel.", "It rains.", "All wait.")
    write(segments[moved], cast["ben"], "Meanwhile.")
    with pytest.raises(DecisionError, match="meanwhile"):
        join(segment_id=segments[1].pk, person=cast["anna"], base=1, base_before=1)


def test_what_others_were_typing_in_a_part_stands_beside_the_joined_text(document, segments, cast):
    divide_run(segments, cast["anna"], "Kiel.", "It rains.", "All wait.")
    save_draft(segment_id=segments[1].pk, person=cast["ben"], typed="It is pou", base=1, sequence=1)
    save_draft(segment_id=segments[1].pk, person=cast["dora"], typed="It rains. ", base=1, sequence=1)
    join_to_first(segments, cast["anna"])
    draft = Draft.objects.get()
    assert (draft.segment_id, draft.person, draft.kind, draft.text) == (
        segments[0].pk,
        cast["ben"],
        DraftKind.REFUSED,
        "It is pou",
    )


def test_a_joined_part_is_written_where_its_text_is(document, segments, cast):
    divide_run(segments, cast["anna"], "Kiel.", "It rains.", "All wait.")
    join_to_first(segments, cast["anna"])
    with pytest.raises(TextError, match="together with the one before"):
        save_revision(segment_id=segments[1].pk, person=cast["anna"], typed="x", base=2)


# --- at once ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_divide_at_once_one_is_kept_beside_the_other(document, segments, cast):
    people = [cast["anna"], cast["ben"]]
    source_hash = sources_hash(run_sources(now(segments[0])))

    def work(number):
        texts = parts(segments[:3], f"Kiel {number}.", f"Rain {number}.", "")
        return divide(segment_id=segments[0].pk, person=people[number], texts=texts, base=0, source_hash=source_hash)

    outcomes = at_once(work, 2)
    assert sorted(isinstance(outcome, Stale) for outcome in outcomes) == [False, True]
    assert Revision.objects.count() == 2
    assert Draft.objects.filter(kind=DraftKind.REFUSED).count() == 2
    assert problems(document) == []
