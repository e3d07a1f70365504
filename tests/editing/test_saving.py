"""Saving texts: nothing is written over, nothing typed is lost."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviews.editing.deciding import DecisionError, Seen, decide
from reviews.editing.drafts import (
    FORGOTTEN_AFTER,
    DraftError,
    discard_draft,
    discard_text,
    drop_forgotten,
    keep_text,
    save_draft,
)
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import Saved, Stale, accept, save_revision
from reviews.editing.tabs import UNNAMED, Tab
from reviews.editing.texts import TextError
from reviews.models import (
    AuditEvent,
    Decision,
    DecisionKind,
    DivisionDraft,
    Draft,
    DraftKind,
    Origin,
    Revision,
    SegmentState,
)
from reviews.models.states import verify
from reviews.values import CodedText, InlineCode, MarkError
from tests.factories import make_document, segments_of
from tests.shared import shared_path

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(project):
    return make_document(project, ["Guten Morgen.", "Es regnet."], {"engine-a": ["Good morning.", "It rains."]})


@pytest.fixture
def segment(document):
    return segments_of(document)[0]


def texts(segment):
    return list(Revision.objects.filter(segment=segment).order_by("number").values_list("text", flat=True))


def test_a_save_makes_one_revision_with_its_provenance(document, segment, cast):
    outcome = save_revision(segment_id=segment.pk, person=cast["anna"], typed="Good day.", base=0)
    assert isinstance(outcome, Saved)
    revision = outcome.revision
    assert outcome.created
    assert (revision.number, revision.origin, revision.covers) == (1, Origin.TYPED, 1)
    assert revision.started_from == segment.chosen
    assert revision.derived_from == [{"system": "engine-a", "kept": 0.6667}]
    segment.refresh_from_db()
    document.refresh_from_db()
    assert (segment.state, segment.latest_revision) == (SegmentState.IN_REVIEW, revision)
    assert segment.opened_at is not None
    assert (document.state, document.segments_in_review, document.segments_new) == ("in_review", 1, 1)
    event = AuditEvent.objects.get(stream=f"document:{document.pk}")
    assert event.action == "revision.saved"
    assert json.loads(event.body)["data"]["target_hash"] == revision.content_hash
    assert verify(document) == []


def test_the_lost_edit_case(segment, cast):
    """The steps of the shared case conc-lost-edit, answer by answer."""
    case = json.loads(shared_path("cases/conc-lost-edit/input.json").read_text())
    expected = json.loads(shared_path("cases/conc-lost-edit/expected.json").read_text())
    people = {"A": cast["anna"], "B": cast["ben"]}
    for number in range(case["segment"]["version"]):
        save_revision(segment_id=segment.pk, person=cast["dora"], typed=f"Old {number}.", base=number)
    answers = []
    for step in case["steps"]:
        if step["do"] == "save":
            outcome = save_revision(
                segment_id=segment.pk, person=people[step["user"]], typed=step["target"], base=step["based_on"]
            )
            answers.append((step["t"], outcome))
    for (t, outcome), wanted in zip(answers, expected["responses"], strict=True):
        assert t == wanted["t"]
        if wanted["ok"]:
            assert isinstance(outcome, Saved)
            assert outcome.revision.number == wanted["version"]
        else:
            assert isinstance(outcome, Stale)
            assert [outcome.latest.text, outcome.refused.text] == wanted["shows"]
    assert texts(segment)[-2:] == expected["history"][-2:]
    assert texts(segment)[-1] == expected["final"]
    assert Draft.objects.get(person=cast["ben"]).kind == DraftKind.REFUSED


def test_a_stale_save_keeps_both_texts(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Text by Anna.", base=0)
    outcome = save_revision(segment_id=segment.pk, person=cast["ben"], typed="Text by Ben.", base=0)
    assert isinstance(outcome, Stale)
    assert texts(segment) == ["Text by Anna."]
    assert (outcome.latest.text, outcome.refused.text) == ("Text by Anna.", "Text by Ben.")
    kept = keep_text(draft_id=outcome.refused.pk, person=cast["ben"], base=1)
    assert isinstance(kept, Saved)
    assert texts(segment) == ["Text by Anna.", "Text by Ben."]
    assert not Draft.objects.exists()


def test_one_persons_two_sessions_do_not_overwrite_each_other(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="From the desk.", base=0)
    outcome = save_revision(segment_id=segment.pk, person=cast["anna"], typed="From the phone.", base=0)
    assert isinstance(outcome, Stale)
    assert texts(segment) == ["From the desk."]


def test_keeping_a_refused_text_that_is_stale_again_keeps_it(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0)
    refused = save_revision(segment_id=segment.pk, person=cast["ben"], typed="Mine.", base=0).refused
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Two.", base=1)
    outcome = keep_text(draft_id=refused.pk, person=cast["ben"], base=1)
    assert isinstance(outcome, Stale)
    assert [d.text for d in Draft.objects.filter(kind=DraftKind.REFUSED)] == ["Mine."]


def test_a_refused_text_is_its_owners_to_discard(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0)
    refused = save_revision(segment_id=segment.pk, person=cast["ben"], typed="Mine.", base=0).refused
    with pytest.raises(DraftError):
        discard_text(draft_id=refused.pk, person=cast["anna"])
    discard_text(draft_id=refused.pk, person=cast["ben"])
    assert not Draft.objects.exists()


def test_the_same_refused_save_twice_is_kept_once(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0)
    for _ in range(2):
        save_revision(segment_id=segment.pk, person=cast["ben"], typed="Mine.", base=0)
    assert Draft.objects.filter(kind=DraftKind.REFUSED).count() == 1


def test_a_repeated_request_makes_no_second_revision(segment, cast):
    first = save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0, save_key="k1")
    again = save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0, save_key="k1")
    assert isinstance(again, Saved)
    assert again.revision == first.revision
    assert not again.created


def test_a_text_equal_to_the_latest_makes_no_revision(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0)
    again = save_revision(segment_id=segment.pk, person=cast["ben"], typed="One.", base=0)
    assert isinstance(again, Saved)
    assert not again.created
    assert texts(segment) == ["One."]


def test_accepting_writes_the_machines_text_and_a_decision(segment, cast):
    outcome = accept(segment_id=segment.pk, person=cast["anna"], base=0)
    assert outcome.revision.text == "Good morning."
    assert outcome.revision.origin == Origin.ACCEPTED
    assert Decision.objects.get().kind == "reviewed"
    segment.refresh_from_db()
    assert segment.state == SegmentState.REVIEWED


def test_a_text_the_person_has_not_seen_is_not_accepted(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0)
    with pytest.raises(DecisionError, match="Another text came in"):
        accept(segment_id=segment.pk, person=cast["ben"], base=0)
    assert not Decision.objects.exists()
    assert accept(segment_id=segment.pk, person=cast["ben"], base=1).revision.text == "One."


def test_another_machine_text_than_the_one_seen_is_not_accepted(segment, cast):
    with pytest.raises(DecisionError, match="Another text came in"):
        accept(segment_id=segment.pk, person=cast["anna"], base=0, seen_hash="0" * 64)
    assert texts(segment) == []
    assert accept(segment_id=segment.pk, person=cast["anna"], base=0, seen_hash=segment.chosen.content_hash).created


def test_a_repeated_acceptance_takes_no_approval_away(segment, cast):
    for _ in range(2):
        revision = accept(segment_id=segment.pk, person=cast["anna"], base=0, save_key="k1").revision
    seen = Seen(revision.pk, revision.source_hash)
    decide(segment_id=segment.pk, person=cast["ben"], kind=DecisionKind.APPROVED, seen=seen)
    accept(segment_id=segment.pk, person=cast["anna"], base=1, save_key="k2")
    segment.refresh_from_db()
    assert segment.state == SegmentState.APPROVED
    assert list(Decision.objects.order_by("pk").values_list("kind", flat=True)) == ["reviewed", "approved"]


@pytest.mark.parametrize(
    ("typed", "error", "words"),
    [
        ("", TextError, "omit it"),
        ("  \n ", TextError, "omit it"),
        ("a\x00b", TextError, "U+0000"),
        ("a\x0bb", TextError, "at character 2"),
    ],
)
def test_a_text_that_cannot_be_kept_is_refused_with_a_remedy(segment, cast, typed, error, words):
    with pytest.raises(error, match=words.replace("+", r"\+")):
        save_revision(segment_id=segment.pk, person=cast["anna"], typed=typed, base=0)
    assert texts(segment) == []
    assert not AuditEvent.objects.exists()


def test_line_ends_and_soft_hyphens_do_not_get_in(segment, cast):
    outcome = save_revision(segment_id=segment.pk, person=cast["anna"], typed=" Cafe\u0301\r\n au\u00adlait ", base=0)
    assert outcome.revision.text == "Caf\u00e9 aulait"


@pytest.mark.parametrize("name", ["rolf", "carla"])
def test_outsiders_and_researchers_may_not_save(segment, cast, name):
    with pytest.raises(NotAllowedError, match="may not edit texts"):
        save_revision(segment_id=segment.pk, person=cast[name], typed="One.", base=0)
    assert save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0).created


def test_a_disabled_person_may_not_save(segment, cast):
    cast["anna"].is_active = False
    with pytest.raises(NotAllowedError):
        save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0)


def test_a_base_that_never_existed_is_refused(segment, cast):
    with pytest.raises(TextError, match="does not exist"):
        save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=3)


LINK = (
    InlineCode("1", "link", "open", 4, '<a href="https://example.org/">'),
    InlineCode("1", "link", "close", 8, "</a>"),
)


def test_codes_come_back_from_marks(project, cast):
    document = make_document(project, [CodedText("Hier lesen", LINK)], {"engine-a": [CodedText("Read here", LINK)]})
    segment = segments_of(document)[0]
    saved = save_revision(segment_id=segment.pk, person=cast["anna"], typed="Do ⟦1⟧read⟦/1⟧ it", base=0)
    assert saved.revision.text == "Do read it"
    assert [(c["part"], c["pos"], c["raw"]) for c in saved.revision.codes] == [
        ("open", 3, '<a href="https://example.org/">'),
        ("close", 7, "</a>"),
    ]
    with pytest.raises(MarkError, match="not closed"):
        save_revision(segment_id=segment.pk, person=cast["anna"], typed="Do ⟦1⟧read it", base=1)


def test_a_run_takes_one_text_for_all_its_segments(project, cast):
    document = make_document(project, ["Eins.", "Zwei.", "Drei."], {"engine-a": [("One. Two.", 2), "", "Three."]})
    first, second, _ = segments_of(document)
    assert second.covered_by_id == first.pk
    saved = save_revision(segment_id=first.pk, person=cast["anna"], typed="One and two.", base=0, reviewed=True)
    assert saved.revision.covers == 2
    states = [s.state for s in segments_of(document)]
    assert states == [SegmentState.REVIEWED, SegmentState.REVIEWED, SegmentState.NEW]
    with pytest.raises(TextError, match="together with the one before it"):
        save_revision(segment_id=second.pk, person=cast["anna"], typed="Two.", base=0)
    document.refresh_from_db()
    assert verify(document) == []


def test_a_late_draft_never_replaces_a_newer_one(segment, cast):
    assert save_draft(segment_id=segment.pk, person=cast["anna"], typed="abc", base=0, sequence=20)
    assert not save_draft(segment_id=segment.pk, person=cast["anna"], typed="ab", base=0, sequence=10)
    assert Draft.objects.get().text == "abc"
    assert save_draft(segment_id=segment.pk, person=cast["anna"], typed="abcd", base=0, sequence=30)
    assert Draft.objects.get().text == "abcd"


def test_drafts_of_two_people_stand_side_by_side(segment, cast):
    save_draft(segment_id=segment.pk, person=cast["anna"], typed="a", base=0, sequence=1)
    save_draft(segment_id=segment.pk, person=cast["ben"], typed="b", base=0, sequence=1)
    assert set(Draft.objects.values_list("text", flat=True)) == {"a", "b"}


def test_saving_ends_the_draft_and_a_straggler_does_not_bring_it_back(segment, cast):
    save_draft(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0, sequence=1)
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0)
    assert not Draft.objects.exists()
    assert not save_draft(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0, sequence=2)
    assert not Draft.objects.exists()


def test_a_straggler_with_codes_does_not_come_back_either(project, cast):
    document = make_document(project, [CodedText("Hier lesen", LINK)], {"engine-a": [CodedText("Read here", LINK)]})
    segment = segments_of(document)[0]
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Do ⟦1⟧read⟦/1⟧ it", base=0)
    assert not save_draft(segment_id=segment.pk, person=cast["anna"], typed="Do ⟦1⟧read⟦/1⟧ it", base=0, sequence=2)
    assert not Draft.objects.exists()


def test_a_draft_that_is_too_long_is_refused_in_words(segment, cast):
    with pytest.raises(DraftError, match="200,000"):
        save_draft(segment_id=segment.pk, person=cast["anna"], typed="x" * 200_001, base=0, sequence=1)


def test_a_save_costs_the_same_whatever_the_size_of_the_article(project, cast):
    counts = []
    for size in (3, 60):
        document = make_document(project, [f"Satz {i}." for i in range(size)])
        segment = segments_of(document)[1]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            save_revision(segment_id=segment.pk, person=cast["anna"], typed="New.", base=0, reviewed=True)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_keeping_a_refused_text_leaves_what_its_owner_types_meanwhile(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0)
    late = save_revision(segment_id=segment.pk, person=cast["ben"], typed="Two.", base=0)
    assert isinstance(late, Stale)
    save_draft(segment_id=segment.pk, person=cast["ben"], typed="Thr", base=1, sequence=9)
    assert isinstance(keep_text(draft_id=late.refused.pk, person=cast["ben"], base=1), Saved)
    assert [draft.text for draft in Draft.objects.all()] == ["Thr"]


@pytest.mark.parametrize(("typed", "kept"), [("Another te", True), ("One.", False)])
def test_accepting_leaves_what_was_typed_in_another_tab(segment, cast, typed, kept):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="One.", base=0)
    save_draft(segment_id=segment.pk, person=cast["ben"], typed=typed, base=1, sequence=9)
    accept(segment_id=segment.pk, person=cast["ben"], base=1)
    assert Draft.objects.exists() == kept


def draft(segment, person, typed, *, tab=UNNAMED, sequence=1):
    return save_draft(segment_id=segment.pk, person=person, typed=typed, base=0, sequence=sequence, tab=tab)


def drafts() -> dict[str, str]:
    return dict(Draft.objects.filter(kind=DraftKind.TYPING).values_list("tab", "text"))


def test_what_is_typed_in_two_tabs_is_two_texts_and_a_save_ends_its_own(segment, cast):
    draft(segment, cast["anna"], "He", tab=Tab("here"))
    draft(segment, cast["anna"], "The", tab=Tab("there"))
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Here.", base=0, tab=Tab("here"))
    assert drafts() == {"there": "The"}
    late = save_revision(segment_id=segment.pk, person=cast["anna"], typed="There.", base=0, tab=Tab("there"))
    assert late.refused.text == "There."
    assert drafts() == {}


def test_a_save_ends_the_same_text_typed_elsewhere(segment, cast):
    draft(segment, cast["anna"], "Same.", tab=Tab("there"))
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Same.", base=0, tab=Tab("here"))
    assert drafts() == {}


@pytest.mark.parametrize(("typed_on", "left"), [(False, {}), (True, {"old": "One two"})])
def test_a_tab_takes_a_draft_over_as_it_read_it(segment, cast, typed_on, left):
    draft(segment, cast["anna"], "One", tab=Tab("old"), sequence=5)
    if typed_on:
        draft(segment, cast["anna"], "One two", tab=Tab("old"), sequence=6)
    heir = Tab("new", took="old", took_sequence=5)
    draft(segment, cast["anna"], "One three", tab=heir, sequence=7)
    assert drafts() == left | {"new": "One three"}
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="One three.", base=0, tab=heir)
    assert drafts() == left


@pytest.mark.parametrize("end", ["save", "discard"])
def test_an_heir_that_never_kept_anything_ends_what_it_took_over(segment, cast, end):
    draft(segment, cast["anna"], "One", tab=Tab("old"), sequence=5)
    heir = Tab("new", took="old", took_sequence=5)
    if end == "save":
        save_revision(segment_id=segment.pk, person=cast["anna"], typed="One!", base=0, tab=heir)
    else:
        discard_draft(segment_id=segment.pk, person=cast["anna"], tab=heir)
    assert drafts() == {}


def test_typing_nobody_touched_for_thirty_days_is_forgotten_and_a_refused_text_never(segment, cast):
    draft(segment, cast["anna"], "Old", tab=Tab("old"))
    draft(segment, cast["anna"], "New", tab=Tab("new"))
    save_revision(segment_id=segment.pk, person=cast["ben"], typed="One.", base=0)
    late = save_revision(segment_id=segment.pk, person=cast["anna"], typed="Two.", base=0, tab=None)
    now = timezone.now()
    for person in (cast["anna"], cast["ben"]):
        DivisionDraft.objects.create(segment=segment, person=person, texts=[[segment.pk, "Begun"]])
    long_ago = {"updated_at": now - FORGOTTEN_AFTER - timedelta(seconds=1)}
    Draft.objects.exclude(tab="new").update(**long_ago)
    DivisionDraft.objects.filter(person=cast["ben"]).update(**long_ago)
    assert drop_forgotten(now) == 2
    assert DivisionDraft.objects.get().person == cast["anna"]
    assert drafts() == {"new": "New"}
    assert Draft.objects.filter(pk=late.refused.pk).exists()
