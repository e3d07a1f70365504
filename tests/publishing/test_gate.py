"""The publish gate names each thing that is missing, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from reviews.checks.registry import CHECKS
from reviews.checks.runner import check_targets
from reviews.editing.quoting import note_provenance
from reviews.models import (
    CheckedPair,
    DecisionKind,
    Document,
    Finding,
    Person,
    Placement,
    Project,
    Segment,
    SegmentSource,
    SourceRevision,
)
from reviews.models.document import content_columns
from reviews.models.states import refresh
from reviews.publishing import pace
from reviews.publishing.gate import GATE_RULES, Missing, gate
from reviews.values import CodedText
from tests.factories import make_cast, make_document, segments_of

from . import desk

pytestmark = pytest.mark.django_db

SOURCES = ("Guten Morgen.", "Das Amt ist seit 14 Tagen zu.", "Es regnet in Kiel.")
ENGLISH = ("Good morning.", "The office has been closed for 14 days.", "It is raining in Kiel.")


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    return make_cast(project)


@pytest.fixture
def document(project: Project, cast: dict[str, Person]) -> Document:
    """An article whose gate is open."""
    made = make_document(project, SOURCES, {"engine-a": ENGLISH})
    return desk.work_through(made, editor=cast["anna"], approver=cast["ben"])


def codes(missing: list[Missing]) -> list[tuple[str, int | None]]:
    return [(item.code, item.position) for item in missing]


def change_source(document: Document, index: int, text: str) -> None:
    """A new source revision in which one segment has another wording."""
    before = list(Placement.objects.filter(source_revision_id=document.current_source_id).order_by("rank"))
    assert document.current_source is not None
    revision = SourceRevision.objects.create(
        document=document, number=document.current_source.number + 1, content_hash="0" * 64, reader="factory"
    )
    for i, placement in enumerate(before):
        source = placement.source
        if i == index:
            source = SegmentSource.objects.create(segment=placement.segment, **content_columns(CodedText(text)))
        Placement.objects.create(
            source_revision=revision,
            segment=placement.segment,
            source=source,
            rank=placement.rank,
            block=placement.block,
            sentence=placement.sentence,
            kind=placement.kind,
        )
    document.current_source = revision
    document.save(update_fields=["current_source"])
    with transaction.atomic():
        refresh(document)


def test_it_is_open_when_all_is_approved_and_checked(document: Document) -> None:
    assert gate(document) == []


def test_a_text_nobody_worked_on_is_missing(project: Project, cast: dict[str, Person]) -> None:
    document = make_document(project, SOURCES, {"engine-a": ENGLISH})
    segments = segments_of(document)
    desk.save(segments[0], cast["anna"], "Morning.")
    desk.approve(segments[0], cast["ben"])
    check_targets(document.pk)
    missing = gate(document)
    assert codes(missing) == [("new", 2), ("new", 3)]
    assert missing[0] == Missing("new", "nobody has worked on it yet", segments[1].pk, 2, ENGLISH[1])


def test_a_text_that_is_saved_but_not_reviewed_is_missing(document: Document, cast: dict[str, Person]) -> None:
    desk.save(segments_of(document)[1], cast["anna"], "It has been closed for 14 days.", reviewed=False)
    check_targets(document.pk)
    assert codes(gate(document)) == [("in_review", 2)]


def test_a_text_that_is_reviewed_but_not_approved_is_missing(document: Document, cast: dict[str, Person]) -> None:
    desk.save(segments_of(document)[1], cast["anna"], "It has been closed for 14 days.")
    check_targets(document.pk)
    missing = gate(document)
    assert codes(missing) == [("reviewed", 2)]
    assert str(missing[0]) == "segment 2: it is reviewed, but not approved: It has been closed for 14 days."


def test_a_text_that_was_sent_back_is_missing(document: Document, cast: dict[str, Person]) -> None:
    desk.take(segments_of(document)[2], cast["ben"], DecisionKind.SENT_BACK, "Kiel am Rhein?")
    assert codes(gate(document)) == [("sent_back", 3)]


def test_a_text_that_was_reopened_is_missing(document: Document, cast: dict[str, Person]) -> None:
    desk.take(segments_of(document)[2], cast["anna"], DecisionKind.REOPENED, "Better wording.")
    assert codes(gate(document)) == [("in_review", 3)]


def test_a_text_whose_source_changed_is_missing(document: Document) -> None:
    change_source(document, 1, "Das Amt ist seit 15 Tagen zu.")
    missing = gate(document)
    assert codes(missing) == [("source_changed", 2)]
    assert missing[0].reason == "the German changed after the text was written"


def test_a_text_that_was_not_checked_is_missing(document: Document) -> None:
    CheckedPair.objects.filter(project=document.project).delete()
    missing = gate(document)
    assert codes(missing) == [("unchecked", 1), ("unchecked", 2), ("unchecked", 3)]
    assert missing[0].reason == "checks have not run yet"


def test_a_text_checked_by_older_checks_only_is_missing(document: Document) -> None:
    CheckedPair.objects.filter(project=document.project).update(checks="0" * 64)
    assert codes(gate(document)) == [("unchecked", 1), ("unchecked", 2), ("unchecked", 3)]


def test_a_critical_finding_is_missing_its_answer(document: Document, cast: dict[str, Person]) -> None:
    segment = segments_of(document)[1]
    desk.save(segment, cast["anna"], "The office has been closed for 41 days.")
    desk.approve(segment, cast["ben"])
    check_targets(document.pk)
    missing = gate(document)
    assert codes(missing) == [("critical_finding", 2)]
    assert "41" in missing[0].reason
    assert "(numbers.value)" in missing[0].reason


def test_a_finding_on_an_engine_s_text_that_is_not_published_does_not_matter(
    project: Project, cast: dict[str, Person]
) -> None:
    document = make_document(project, SOURCES, {"engine-b": ("Good morning.", "Closed for 41 days.", "Rain in Kiel.")})
    check_targets(document.pk)
    assert codes(gate(document)) == [("new", 1), ("new", 2), ("critical_finding", 2), ("new", 3)]
    desk.save(segments_of(document)[1], cast["anna"], ENGLISH[1])
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    assert gate(document) == []


def test_a_minor_finding_does_not_close_it(document: Document, cast: dict[str, Person]) -> None:
    segment = segments_of(document)[1]
    desk.save(segment, cast["anna"], "The office has been closed for a while.")
    desk.approve(segment, cast["ben"])
    check_targets(document.pk)
    assert set(Finding.objects.values_list("severity", flat=True)) == {"major"}
    assert gate(document) == []


def test_a_passage_left_out_with_a_reason_and_approved_needs_no_text(
    document: Document, cast: dict[str, Person]
) -> None:
    segment = segments_of(document)[2]
    with transaction.atomic():
        desk.leave_out(segment, cast["anna"], DecisionKind.OMITTED, "Only of local interest.")
    assert codes(gate(document)) == [("reviewed", 3)]
    desk.approve(segment, cast["ben"])
    assert gate(document) == []


def test_a_passage_left_in_german_on_purpose_is_not_held_to_be_forgotten(
    project: Project, cast: dict[str, Person]
) -> None:
    german = "Das Konto ist gesperrt."
    document = make_document(project, [german], {"engine-a": ["The account is blocked."]})
    segment = segments_of(document)[0]
    desk.save(segment, cast["anna"], german)
    desk.approve(segment, cast["ben"])
    check_targets(document.pk)
    assert codes(gate(document)) == [("critical_finding", 1)]
    with transaction.atomic():
        desk.take(segment, cast["anna"], DecisionKind.REOPENED, "It is a title.")
        desk.leave_out(segment, cast["anna"], DecisionKind.COPIED)
    desk.approve(segment, cast["ben"])
    assert gate(document) == []


def test_a_text_for_several_segments_is_named_once_and_checked_as_a_whole(
    project: Project, cast: dict[str, Person]
) -> None:
    document = make_document(project, SOURCES, {"engine-b": [("Morning. Closed for 14 days.", 2), "", "Rain in Kiel."]})
    check_targets(document.pk)
    assert codes(gate(document)) == [("new", 1), ("new", 3)]
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    assert gate(document) == []


def test_an_article_without_a_source_cannot_be_published(project: Project) -> None:
    document = Document.objects.create(project=project, external_id="empty")
    missing = gate(document)
    assert codes(missing) == [("no_source", None)]
    assert "Import its page first." in str(missing[0])


def test_an_article_without_any_text_cannot_be_published(project: Project) -> None:
    assert codes(gate(make_document(project, [], {}))) == [("no_segments", None)]


def test_it_does_not_believe_the_cached_states(document: Document, cast: dict[str, Person]) -> None:
    desk.save(segments_of(document)[0], cast["anna"], "Morning, all.", reviewed=False)
    Segment.objects.filter(document=document).update(state="approved")
    check_targets(document.pk)
    assert codes(gate(document)) == [("in_review", 1)]


def test_a_long_text_is_quoted_in_short(project: Project) -> None:
    document = make_document(project, ["Lang."], {"engine-a": ["word " * 100]})
    (missing,) = gate(document)
    assert len(missing.text) <= 80
    assert missing.text.endswith("word…")


def test_it_asks_the_database_as_often_for_a_long_article_as_for_a_short_one(
    project: Project,
    cast: dict[str, Person],
    django_assert_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # However slow the machine is, nobody reads at this pace.
    monkeypatch.setattr(pace, "WORDS_PER_SECOND", 0.001)

    def article(length: int) -> Document:
        made = make_document(
            project, [f"Satz {i}." for i in range(length)], {"engine-a": [f"Line {i}." for i in range(length)]}
        )
        return desk.work_through(made, editor=cast["anna"], approver=cast["ben"])

    short, long = (Document.objects.select_related("project").get(pk=article(n).pk) for n in (2, 12))
    with CaptureQueriesContext(connection) as queries:
        assert gate(short) == []
    with django_assert_num_queries(len(queries)):
        assert codes(gate(long)) == [("quick_review", None), ("quick_approval", None)]
    assert len(queries) <= 13


def test_what_is_missing_can_be_read_by_a_script(project: Project) -> None:
    document = make_document(project, ["Eins."], {"engine-a": ["One."]})
    (missing,) = gate(document)
    expected: dict[str, Any] = {
        "code": "new",
        "reason": "nobody has worked on it yet",
        "segment": segments_of(document)[0].pk,
        "position": 1,
        "text": "One.",
        "check": "",
    }
    assert missing.to_json() == expected


# --- quotations ------------------------------------------------------------------------------------


def with_quote(project: Project, cast: dict[str, Person]) -> tuple[Document, Segment]:
    """An article with a quotation of its own, worked through."""
    made = make_document(project, SOURCES, {"engine-a": ENGLISH}, kinds=["headline", "quote", "body"])
    desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
    return made, segments_of(made)[1]


def note(segment: Segment, person: Person, base: int = 0, **columns: str) -> None:
    note_provenance(segment_id=segment.pk, person=person, base=base, **columns)


def test_a_quotation_needs_to_say_where_its_words_come_from(project: Project, cast: dict[str, Person]) -> None:
    document, quote = with_quote(project, cast)
    (missing,) = gate(document)
    assert missing == Missing(
        "quote", "nobody noted where the quoted words come from", quote.pk, 2, ENGLISH[1], "quotes.provenance"
    )
    note(quote, cast["anna"], language="de", wording="translated")
    assert gate(document) == []
    note(quote, cast["anna"], base=1)
    assert codes(gate(document)) == [("quote", 2)]


def test_a_quotation_whose_german_changed_is_asked_about_again(project: Project, cast: dict[str, Person]) -> None:
    document, quote = with_quote(project, cast)
    note(quote, cast["anna"], language="de", wording="translated")
    change_source(document, 1, "Das Amt ist seit 15 Tagen zu.")
    desk.save(quote, cast["anna"], "The office has been closed for 15 days.")
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    (missing,) = gate(document)
    assert (missing.code, missing.check) == ("quote", "quotes.provenance")
    assert missing.reason == "the German changed after it was noted where the quoted words come from"


def test_a_quotation_that_was_left_out_needs_no_origin(project: Project, cast: dict[str, Person]) -> None:
    document, quote = with_quote(project, cast)
    desk.leave_out(quote, cast["anna"], DecisionKind.OMITTED, "Not ours to print.")
    desk.work_through(document, editor=cast["anna"], approver=cast["ben"])
    assert gate(document) == []


def test_the_rules_of_the_gate_are_no_checks() -> None:
    assert not set(GATE_RULES) & {check.id for check in CHECKS}
