"""Writing prepared documents."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews.editing.drafts import save_draft
from reviews.editing.saving import accept, save_revision
from reviews.importing.raw import read_raw
from reviews.importing.service import (
    ImportRefusedError,
    PreparedDocument,
    SourceMovedError,
    import_document,
    system_named,
)
from reviews.models import (
    AuditEvent,
    Document,
    Hypothesis,
    Person,
    Placement,
    Reference,
    Revision,
    Segment,
    SegmentSource,
    SegmentState,
    SourceRevision,
    System,
)
from reviews.models.states import verify
from reviews.values import AlignedText, CodedText, DocumentMeta, PlacedSource
from tests.factories import make_cast, segments_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(project) -> Person:
    return make_cast(project)["anna"]


def source(*texts):
    return tuple(PlacedSource(CodedText(text), "body", i, 0) for i, text in enumerate(texts))


def aligned(*texts):
    """Texts in order; a pair (text, covers) is a run, (None, text) has no source."""
    rows, at = [], 0
    for value in texts:
        if isinstance(value, tuple) and value[0] is None:
            rows.append(AlignedText(None, 1, CodedText(value[1]), reason="unaligned", block=at))
            continue
        text, covers = value if isinstance(value, tuple) else (value, 1)
        rows.append(AlignedText(at, covers, CodedText(text), confidence=0.9))
        at += covers
    return tuple(rows)


def prepared(sources=("Eins.", "Zwei.", "Drei."), engine=("One.", "Two.", "Three."), **more):
    hypotheses = {"engine-a": aligned(*engine)} if engine else {}
    return PreparedDocument(
        external_id="nx-1",
        meta=more.pop("meta", DocumentMeta(section="Security")),
        segments=source(*sources) if sources else None,
        hypotheses=more.pop("hypotheses", hypotheses),
        reader="test",
        **more,
    )


def rows():
    return {
        model.__name__: model.objects.count()
        for model in (Document, SourceRevision, Segment, SegmentSource, Placement, Hypothesis, Reference, AuditEvent)
    }


def test_a_new_document_is_written_whole(project):
    result = import_document(
        project, prepared(references={"A": aligned("One!", "Two!", "Three!")}, raw=b"<p>", raw_name="a.html"), None
    )
    document = result.document
    assert (result.outcome, +result.segments) == ("new", {"new": 3})
    assert {name: +counts for name, counts in result.hypotheses.items()} == {"engine-a": {"new": 3}}
    assert (document.section, document.segments_total, document.state) == ("Security", 3, "new")
    assert [s.chosen.text for s in segments_of(document)] == ["One.", "Two.", "Three."]
    assert read_raw(document.current_source.raw_hash) == b"<p>"
    assert verify(document) == []


def test_the_same_again_writes_nothing(project):
    import_document(project, prepared(), None)
    before = rows()
    result = import_document(project, prepared(), None)
    assert result.outcome == "same"
    assert (result.segments, result.hypotheses) == ({"same": 3}, {"engine-a": {"same": 3}})
    assert rows() == before


def test_a_dry_run_counts_and_writes_nothing(project, settings, tmp_path):
    settings.WORKBENCH_DATA = tmp_path
    before = rows()
    result = import_document(project, prepared(raw=b"x"), None, dry_run=True)
    assert (result.outcome, result.segments["new"]) == ("new", 3)
    assert rows() == before
    assert not list(tmp_path.rglob("*"))


def test_an_edited_sentence_keeps_its_segment_and_the_text_written_for_it(project, anna):
    document = import_document(project, prepared(), None).document
    first, second, third = segments_of(document)
    for segment in (first, second, third):
        accept(segment_id=segment.pk, person=anna, base=0)
    result = import_document(project, prepared(sources=("Eins.", "Zwei!", "Drei."), engine=None), None)
    assert (result.outcome, +result.segments) == ("changed", {"changed": 1, "same": 2})
    after = segments_of(document.__class__.objects.get(pk=document.pk))
    assert [s.pk for s in after] == [first.pk, second.pk, third.pk]
    assert [s.state for s in after] == ["reviewed", "source_changed", "reviewed"]
    assert Revision.objects.get(segment=second).text == "Two."
    assert verify(Document.objects.get(pk=document.pk)) == []


def test_a_removed_sentence_retires_with_its_history(project, anna):
    document = import_document(project, prepared(), None).document
    second = segments_of(document)[1]
    accept(segment_id=second.pk, person=anna, base=0)
    import_document(project, prepared(sources=("Eins.", "Drei."), engine=("One.", "Three.")), None)
    second.refresh_from_db()
    assert second.state == SegmentState.RETIRED
    assert Revision.objects.filter(segment=second).exists()
    document = Document.objects.get(pk=document.pk)
    assert document.segments_total == 2
    assert verify(document) == []


@pytest.mark.parametrize("ids", [(), ("1", "2", "3")])
def test_a_removed_sentence_that_returns_has_its_texts_and_decisions_again(project, anna, ids):
    """A page that came in cut short once must not cost the review of what was missing."""

    def page(*places):
        pieces = source(*(("Eins.", "Zwei.", "Drei.")[place] for place in places))
        named = [replace(piece, external_id=ids[i] if ids else "") for i, piece in zip(places, pieces, strict=True)]
        return PreparedDocument("nx-1", DocumentMeta(), tuple(named), reader="test")

    document = import_document(project, replace(page(0, 1, 2), hypotheses=prepared().hypotheses), None).document
    before = segments_of(document)
    for segment in before:
        accept(segment_id=segment.pk, person=anna, base=0)
    assert import_document(project, page(0), None).segments["removed"] == 2
    assert import_document(project, page(), None).segments["removed"] == 1
    result = import_document(project, page(0, 1, 2), None)
    assert (result.outcome, +result.segments) == ("changed", {"same": 3})
    after = segments_of(Document.objects.get())
    assert [segment.pk for segment in after] == [segment.pk for segment in before]
    assert {segment.state for segment in after} == {"reviewed"}
    assert [segment.chosen.text for segment in after] == ["One.", "Two.", "Three."]
    assert verify(Document.objects.get()) == []


def test_of_two_that_return_each_comes_back_once(project):
    import_document(project, prepared(sources=("Nein.", "Nein.", "Drei."), engine=None), None)
    before = segments_of(Document.objects.get())
    import_document(project, prepared(sources=("Drei.",), engine=None), None)
    result = import_document(project, prepared(sources=("Nein.", "Nein.", "Nein.", "Drei."), engine=None), None)
    assert +result.segments == {"new": 1, "same": 3}
    after = [segment.pk for segment in segments_of(Document.objects.get())]
    assert {segment.pk for segment in before} <= set(after)
    assert len(set(after)) == 4


def test_a_new_run_of_the_engine_writes_only_what_differs(project):
    document = import_document(project, prepared(), None).document
    result = import_document(project, prepared(engine=("One.", "Second.", "Three.")), None)
    assert result.hypotheses == {"engine-a": {"same": 2, "changed": 1}}
    assert Hypothesis.objects.count() == 4
    assert [s.chosen.text for s in segments_of(document)] == ["One.", "Second.", "Three."]


@pytest.mark.parametrize("touch", ["draft", "revision"])
def test_a_new_run_leaves_what_an_editor_has_opened(project, anna, touch):
    document = import_document(project, prepared(), None).document
    segment = segments_of(document)[1]
    if touch == "draft":
        save_draft(segment_id=segment.pk, person=anna, typed="T", base=0, sequence=1)
    else:
        save_revision(segment_id=segment.pk, person=anna, typed="Twice.", base=0)
    import_document(project, prepared(engine=("One.", "Second.", "Three.")), None)
    segment.refresh_from_db()
    assert segment.chosen.text == "Two."


def test_a_joined_text_covers_its_run_and_can_be_divided_by_a_later_run(project):
    document = import_document(project, prepared(engine=("One.", ("Two, three.", 2))), None).document
    first, second, third = segments_of(document)
    assert (first.covered_by_id, second.covered_by_id, third.covered_by_id) == (None, None, second.pk)
    import_document(project, prepared(engine=("One.", "Two.", "")), None)
    third.refresh_from_db()
    assert third.covered_by_id is None
    assert third.chosen.text == ""
    assert verify(Document.objects.get(pk=document.pk)) == []


def test_a_joined_text_of_an_edited_run_stays_the_start_of_the_run(project):
    import_document(project, prepared(engine=("One.", ("Two, three.", 2))), None)
    document = import_document(project, prepared(sources=("Eins.", "Zwei!", "Drei."), engine=None), None).document
    _, second, third = segments_of(document)
    assert (second.chosen.text, third.covered_by_id) == ("Two, three.", second.pk)
    assert verify(Document.objects.get()) == []


def test_a_joined_text_another_sentence_came_into_is_no_start_any_more(project):
    """It would stand for the first and the new one, and the last would have none."""
    import_document(project, prepared(engine=("One.", ("Two, three.", 2))), None)
    changed = prepared(sources=("Eins.", "Zwei.", "Ein ganz anderer Satz.", "Drei."), engine=None)
    document = import_document(project, changed, None).document
    assert [s.chosen.text if s.chosen else None for s in segments_of(document)] == ["One.", None, None, None]
    assert [s.covered_by_id for s in segments_of(document)] == [None] * 4
    assert verify(Document.objects.get()) == []


def test_a_wording_that_returns_has_its_translation_back(project):
    import_document(project, prepared(), None)
    import_document(project, prepared(sources=("Eins.", "Zwei!", "Drei."), engine=("One.", "Two!", "Three.")), None)
    assert [s.chosen.text for s in segments_of(Document.objects.get())] == ["One.", "Two!", "Three."]
    result = import_document(project, prepared(engine=None), None)
    assert (result.outcome, result.segments["changed"]) == ("changed", 1)
    assert [s.chosen.text for s in segments_of(Document.objects.get())] == ["One.", "Two.", "Three."]
    again = import_document(project, prepared(), None)
    assert (again.outcome, again.hypotheses["engine-a"]) == ("same", {"same": 3})


def test_a_run_over_a_changed_sentence_with_the_same_words_is_a_new_one(project):
    import_document(project, prepared(), None)
    import_document(project, prepared(sources=("Eins.", "Zwei!", "Drei."), engine=None), None)
    result = import_document(project, prepared(sources=("Eins.", "Zwei!", "Drei.")), None)
    assert result.hypotheses == {"engine-a": {"same": 2, "changed": 1}}
    document = Document.objects.get()
    chosen = segments_of(document)[1].chosen
    assert (chosen.number, chosen.source_hash) == (2, CodedText("Zwei!").content_hash)


def test_translations_aligned_to_another_source_are_refused(project):
    first = import_document(project, prepared(), None).document.current_source_id
    import_document(project, prepared(sources=("Eins.", "Drei."), engine=None), None)
    with pytest.raises(SourceMovedError, match="import the translation again"):
        import_document(project, prepared(sources=None, aligned_to=first), None)
    assert Hypothesis.objects.count() == 3


def test_text_without_a_source_is_kept_and_named(project):
    import_document(project, prepared(engine=("One.", "Two.", "Three.", (None, "Advertisement"))), None)
    extra = Hypothesis.objects.get(segment=None)
    assert (extra.text, extra.reason) == ("Advertisement", "unaligned")
    before = rows()
    import_document(project, prepared(engine=("One.", "Two.", "Three.", (None, "Advertisement"))), None)
    assert rows() == before


def test_texts_without_a_source_keep_their_place_among_the_others(project):
    import_document(project, prepared(engine=((None, "Ad"), "One.", "Two.", (None, "Share"), "Three.")), None)
    texts = Hypothesis.objects.order_by("ordinal").values_list("text", flat=True)
    assert list(texts) == ["Ad", "One.", "Two.", "Share", "Three."]


def test_a_text_without_a_source_that_is_gone_is_gone_for_good(project):
    import_document(project, prepared(engine=("One.", "Two.", (None, "Share"), "Three.")), None)
    gone = import_document(project, prepared(), None)
    assert (gone.outcome, gone.hypotheses) == ("changed", {"engine-a": {"same": 2, "changed": 1}})
    before = rows()
    again = import_document(project, prepared(), None)
    assert (again.outcome, again.hypotheses) == ("same", {"engine-a": {"same": 3}})
    assert rows() == before


def test_a_text_without_a_source_that_comes_to_stand_elsewhere_is_a_change(project):
    import_document(project, prepared(engine=("One.", (None, "Share"), "Two.", (None, "Ad"), "Three.")), None)
    moved = import_document(project, prepared(engine=("One.", (None, "Ad"), "Two.", (None, "Share"), "Three.")), None)
    assert (moved.outcome, moved.hypotheses) == ("changed", {"engine-a": {"same": 3}})


def test_translations_of_an_unknown_document_are_refused(project):
    with pytest.raises(ImportRefusedError, match="import its source first"):
        import_document(project, prepared(sources=None), None)
    assert not Document.objects.exists()


def test_systems_keep_the_order_they_came_in(project):
    import_document(
        project,
        prepared(hypotheses={"engine-b@2": aligned("a", "b", "c"), "engine-a": aligned("d", "e", "f")}),
        None,
    )
    assert [(s.label, s.position) for s in System.objects.order_by("position")] == [("engine-b@2", 0), ("engine-a", 1)]
    assert segments_of(Document.objects.get())[0].chosen.text == "a"


def test_metadata_alone_is_a_change(project):
    import_document(project, prepared(), None)
    result = import_document(project, prepared(meta=DocumentMeta(section="Politics")), None)
    assert result.outcome == "changed"
    assert Document.objects.get().section == "Politics"


def test_the_number_of_queries_does_not_grow_with_the_article(project):
    system_named(project, "engine-a")
    counts = []
    for size in (3, 60):  # beyond that SQLite takes an insert in several statements
        sources = tuple(f"Satz {size}-{i}." for i in range(size))
        engine = tuple(f"Sentence {i}." for i in range(size))
        document = prepared(sources=sources, engine=engine)
        with CaptureQueriesContext(connection) as queries:
            import_document(
                project,
                PreparedDocument(
                    external_id=f"nx-{size}",
                    meta=document.meta,
                    segments=document.segments,
                    hypotheses=document.hypotheses,
                    reader="test",
                ),
                None,
            )
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 17
