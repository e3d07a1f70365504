"""English that no text of the source stands behind: added, reviewed, published, and kept when the source changes."""

import json

import pytest
from django.db import transaction
from lxml import html

from reviews.checks import runner
from reviews.editing.adding import add_text
from reviews.editing.deciding import Seen, approve_all, decide
from reviews.editing.leaving_out import leave_out
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import accept, save_revision
from reviews.editing.texts import TextError, run_sources, sources_hash
from reviews.importing.service import PreparedDocument, import_document
from reviews.models import AuditEvent, DecisionKind, Document, Finding, Placement, Revision, Score, Segment
from reviews.models.states import verify
from reviews.publishing.export.html import HtmlPages
from reviews.publishing.export.jsonl import JsonLines
from reviews.publishing.gate import gate
from reviews.publishing.handover import hand_over
from reviews.publishing.service import publish
from reviews.reports.segments import segment_rows
from reviews.values import AlignedText, CodedText, DocumentMeta, PlacedSource
from tests.factories import make_cast, make_document, make_project, segments_of
from tests.importing.formats.reading import notices, read, rejected, rows
from tests.publishing.desk import AT_ONCE

pytestmark = pytest.mark.django_db

GERMAN = ["Neue Lücke", "Das BSI warnt.", "Das Update ist da.", "Es regnet."]
ENGLISH = ["New gap", "The BSI warns.", "The update is there.", "It rains."]
KINDS = ["headline", "body", "body", "body"]
NOTE = "The BSI is Germany's federal cyber security agency with 1,700 staff."


@pytest.fixture
def project():
    return make_project()


@pytest.fixture
def cast(project):
    return make_cast(project)


@pytest.fixture
def document(project):
    return make_document(project, GERMAN, {"engine-a": ENGLISH, "engine-b": ENGLISH}, kinds=KINDS)


def placed(document):
    document.refresh_from_db()
    return list(Placement.objects.filter(source_revision=document.current_source).order_by("rank"))


def texts(document):
    """The article as it stands, with what was added in brackets."""
    rows = [(placement.added, Segment.objects.get(pk=placement.segment_id).target()) for placement in placed(document)]
    return [f"[{target.text}]" if added else target.text if target else "" for added, target in rows]


def add(document, place, person, typed=NOTE, key=None):
    return add_text(segment_id=segments_of(document)[place].pk, person=person, typed=typed, save_key=key)


def seen(segment):
    segment.refresh_from_db()
    return Seen(segment.latest_revision_id or 0, sources_hash(run_sources(segment)))


def imported(project, german):
    """The article comes in again, with these sentences."""
    pieces = [
        PlacedSource(CodedText(text), "headline" if i == 0 else "body", i, 0, "", "") for i, text in enumerate(german)
    ]
    prepared = PreparedDocument(
        Document.objects.get(project=project).external_id, DocumentMeta(), pieces, hypotheses={}, references={}
    )
    return import_document(project, prepared, None)


def test_it_stands_behind_the_text_it_was_added_to_and_counts(document, cast):
    saved = add(document, 1, cast["anna"])
    assert texts(document) == ["New gap", "The BSI warns.", f"[{NOTE}]", "The update is there.", "It rains."]
    assert (document.segments_total, document.segments_in_review) == (5, 1)
    here, before = placed(document)[2], placed(document)[1]
    assert (here.block, here.kind) == (before.block, before.kind)
    assert saved.revision.started_from is None
    event = AuditEvent.objects.get(action="segment.added")
    assert json.loads(event.body)["data"]["behind"] == before.segment_id
    assert verify(document) == []


def test_two_that_are_added_at_one_place_both_stand(document, cast):
    add(document, 1, cast["anna"], "First.")
    add(document, 1, cast["ben"], "Second.")
    add(document, 2, cast["ben"], "Behind the second.")
    assert texts(document)[1:5] == ["The BSI warns.", "[Second.]", "[Behind the second.]", "[First.]"]
    assert verify(document) == []


def test_the_same_request_adds_one(document, cast):
    first = add(document, 1, cast["anna"], key="once")
    again = add(document, 1, cast["anna"], "Something else.", key="once")
    assert first.created
    assert not again.created
    assert again.revision == first.revision
    assert len(placed(document)) == 5


@pytest.mark.parametrize("typed", ["", "   ", "a\x00b"])
def test_what_cannot_be_saved_leaves_nothing_behind(document, cast, typed):
    with pytest.raises(TextError), transaction.atomic():
        add(document, 1, cast["anna"], typed)
    assert len(placed(document)) == 4
    assert Segment.objects.count() == 4


def test_a_headline_takes_none_and_neither_does_one_who_may_not_edit(document, cast):
    with pytest.raises(TextError, match="headline"), transaction.atomic():
        add(document, 0, cast["anna"])
    with pytest.raises(NotAllowedError), transaction.atomic():
        add(document, 1, cast["rolf"])


def test_where_there_is_no_room_it_says_so(document, cast):
    def add_many():
        for number in range(20):
            add(document, 1, cast["anna"], f"Number {number}.")

    with pytest.raises(TextError, match="none fits in"):
        add_many()
    assert 8 <= len(placed(document)) - 4 <= 12
    assert verify(document) == []


def test_a_text_for_two_sentences_keeps_both(project, cast):
    document = make_document(project, GERMAN, {"engine-a": ["New gap", ("The BSI warns. The update.", 2), "", "Rain."]})
    for placement in placed(document):
        Placement.objects.filter(pk=placement.pk).update(kind="body")
    add(document, 1, cast["anna"])
    assert [p.segment.covered_by_id is not None for p in placed(document)] == [False, False, True, False, False]
    assert texts(document)[1:4] == ["The BSI warns. The update.", "", f"[{NOTE}]"]
    with pytest.raises(TextError, match="together with the one before"), transaction.atomic():
        add(document, 2, cast["anna"])
    assert verify(document) == []


def test_an_engine_that_is_run_again_and_joins_the_sentences_around_it_hides_nothing(document, project, cast):
    add(document, 1, cast["anna"])
    rows = [
        AlignedText(0, 1, CodedText("New gap"), None, 0, ""),
        AlignedText(1, 2, CodedText("The BSI warns, the update is there."), None, 1, ""),
        AlignedText(3, 1, CodedText("It rains."), None, 2, ""),
    ]
    prepared = PreparedDocument(
        document.external_id, DocumentMeta(), None, hypotheses={"engine-a": rows}, references={}
    )
    import_document(project, prepared, None)
    assert texts(document) == ["New gap", "The BSI warns, the update is there.", f"[{NOTE}]", "", "It rains."]
    assert verify(document) == []


@pytest.mark.parametrize(
    ("german", "expected"),
    [
        ([*GERMAN[:2], "Ein neuer Satz steht da.", *GERMAN[2:]], 2),
        ([GERMAN[0], GERMAN[2], GERMAN[3], GERMAN[1]], 4),
        ([GERMAN[0], *GERMAN[2:]], 2),
        ([GERMAN[0], GERMAN[1].replace("warnt", "warnte"), *GERMAN[2:]], 2),
    ],
    ids=["new sentence", "moved", "taken out", "edited"],
)
def test_it_stays_when_the_source_changes(document, project, cast, german, expected):
    added = add(document, 1, cast["anna"]).revision.segment
    imported(project, german)
    assert [placement.segment_id for placement in placed(document)].index(added.pk) == expected
    added.refresh_from_db()
    assert added.state == "in_review"
    assert verify(document) == []


def test_it_leaves_the_article_with_the_last_running_text_and_keeps_its_history(document, project, cast):
    added = add(document, 1, cast["anna"]).revision.segment
    imported(project, GERMAN[:1])
    added.refresh_from_db()
    assert added.state == "retired"
    assert added.latest_revision.text == NOTE
    imported(project, GERMAN)
    assert verify(Document.objects.get()) == []


def test_it_is_checked_only_for_what_needs_no_source(document, cast):
    add(document, 1, cast["anna"], "The the agency has 1,700 staff .")
    runner.check_targets(document.pk)
    found = Finding.objects.filter(target_hash=Revision.objects.get(number=1).content_hash)
    assert {row.check_name for row in found} == {"typography.marks"}
    runner.check_document(document.pk)
    assert {row.check_name for row in found.all()} == {"typography.marks"}
    assert not Score.objects.filter(hypothesis__segment__placements__added=True).exists()


def test_what_checks_read_around_a_text_is_the_same_with_and_without_it(document, cast):
    runner.check_document(document.pk)
    add(document, 1, cast["anna"])
    checked = runner.check_document(document.pk)
    assert checked.new == 1


def test_it_goes_through_review_four_eyes_and_the_gate_into_the_publication(document, cast):
    added = add(document, 1, cast["anna"]).revision.segment
    for segment in segments_of(document):
        if segment.pk != added.pk:
            accept(segment_id=segment.pk, person=cast["anna"], base=0)
    runner.check_targets(document.pk)
    assert [item.segment for item in gate(document) if item.code == "in_review"] == [added.pk]
    accept(segment_id=added.pk, person=cast["anna"], base=1)
    segments = segments_of(document)
    approve_all(document_id=document.pk, person=cast["dora"], seen={each.pk: seen(each) for each in segments})
    document.refresh_from_db()
    assert document.segments_approved == 5
    body = json.loads(publish(document_id=document.pk, person=cast["dora"], waivers=AT_ONCE).body)
    rows = body["segments"]
    assert [row.get("added", False) for row in rows] == [False, False, True, False, False]
    assert rows[2]["target"]["text"] == NOTE
    shown = list(segment_rows(document))
    assert [row["position"] for row in shown] == [1, 2, 3, 4, 5]
    assert (shown[2]["added"], shown[2]["source"]) == (True, "")
    assert shown[2]["hypotheses"] == {"engine-a": None, "engine-b": None}


def test_it_can_be_omitted_with_a_reason_and_written_anew(document, cast):
    added = add(document, 1, cast["anna"]).revision.segment
    leave_out(
        segment_id=added.pk, person=cast["ben"], kind=DecisionKind.OMITTED, seen=seen(added), reason="Known to all."
    )
    added.refresh_from_db()
    assert (added.state, added.latest_revision.text) == ("reviewed", "")
    decide(segment_id=added.pk, person=cast["ben"], kind=DecisionKind.REOPENED, seen=seen(added), reason="Not to all.")
    save_revision(segment_id=added.pk, person=cast["ben"], typed="An agency.", base=2)
    assert "[An agency.]" in texts(document)
    assert verify(document) == []


def test_it_goes_out_in_its_paragraph(document, cast):
    add(document, 1, cast["anna"])
    Placement.objects.filter(rank__lt=placed(document)[3].rank, kind="body").update(block=1)
    handed = hand_over(document, state="any", with_page=False).article
    page = html.fromstring(HtmlPages().write(handed))
    assert next(paragraph.text_content() for paragraph in page.iter("p")) == f"The BSI warns. {NOTE}"


def test_its_export_comes_in_again_without_it(document, cast, tmp_path):
    add(document, 1, cast["anna"])
    written = JsonLines().write(hand_over(document, state="any", with_page=False).article)
    assert [json.loads(line).get("added") for line in written.splitlines()] == [None, None, True, None, None]
    (tmp_path / "export.jsonl").write_bytes(written)
    items = read("jsonl", tmp_path / "export.jsonl")
    assert [row.source.text for row in rows(items)] == GERMAN
    assert rejected(items) == []
    assert any("without a source" in message for _, message in notices(items))
