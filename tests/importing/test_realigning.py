"""Aligning stored translations again: what changes, what stays, and that no human text is touched."""

from __future__ import annotations

import pytest

from reviews.editing.drafts import save_draft
from reviews.editing.saving import accept, save_revision
from reviews.importing import realigning
from reviews.importing.realigning import realign_document
from reviews.importing.service import PreparedDocument, import_document
from reviews.models import AuditEvent, Decision, Document, Draft, Hypothesis, Project, Reference, Revision, System
from reviews.models.in_force import texts_in, whole
from reviews.models.states import verify
from reviews.values import AlignedText, CodedText, DocumentMeta
from tests.factories import make_cast, segments_of
from tests.importing.test_recovering import ENGLISH, SEGMENTS, as_it_came, joined

from .test_source_updates import article, import_into, rows

pytestmark = pytest.mark.django_db

RIGHT = as_it_came(*ENGLISH)
WORSE = joined(RIGHT, 0)
SAME = {"changed": 0, "same": 6}


def stored(
    project: Project,
    engine: list[AlignedText],
    *,
    reader: str = "html",
    references: dict[str, list[AlignedText]] | None = None,
) -> Document:
    """A document as an import wrote it whose aligner gave these texts."""
    prepared = PreparedDocument(
        "nx-1", DocumentMeta(), tuple(SEGMENTS), {"engine-a": engine}, references or {}, reader=reader
    )
    document = import_document(project, prepared, None).document
    assert document is not None
    return document


def in_force(document: Document, system: str = "engine-a") -> list[tuple[str, int, int]]:
    """(text, segments it covers, number of its run) of what holds, in order."""
    document.refresh_from_db()
    texts = texts_in(document, whole(document))
    held = texts.hypotheses[System.objects.get(name=system).pk]
    return [(held[s].text, held[s].covers, held[s].number) for s in texts.order if s in held]


def test_an_imported_article_is_aligned_as_it_is_and_nothing_is_written(project: Project) -> None:
    import_into(project, article())
    document = Document.objects.get()
    before = rows()
    done = realign_document(document)
    assert (done.outcome, rows()) == ("same", before)
    assert done.to_json() == {
        "document": document.external_id,
        "outcome": "same",
        "hypotheses": {name: {"changed": 0, "same": 26} for name in ("engine-a", "engine-b")},
        "references": {"reference": {"changed": 0, "same": 26}},
    }


def test_a_worse_alignment_becomes_a_new_run_and_the_old_texts_no_longer_hold(project: Project) -> None:
    document = stored(project, WORSE)
    assert [covers for _, covers, _ in in_force(document)] == [2, 1, 1, 1, 1]
    done = realign_document(document)
    assert (done.outcome, done.hypotheses) == ("changed", {"engine-a": {"changed": 2, "same": 4}})
    assert in_force(document) == [(text.content.text, 1, 2 if i < 2 else 1) for i, text in enumerate(RIGHT)]
    assert [segment.chosen.text for segment in segments_of(document) if segment.chosen] == [
        text.content.text for text in RIGHT
    ]
    assert verify(document) == []


def test_a_second_time_nothing_is_written(project: Project) -> None:
    document = stored(project, WORSE, references={"A": WORSE})
    queued: list[Document] = []
    realign_document(document, then=queued.append)
    before = rows()
    done = realign_document(document, then=queued.append)
    assert (done.outcome, done.hypotheses, done.references) == (
        "same",
        {"engine-a": SAME},
        {"A": SAME},
    )
    assert (rows(), len(queued)) == (before, 1)


def test_references_are_aligned_again_too(project: Project) -> None:
    document = stored(project, RIGHT, references={"A": joined(RIGHT, 4)})
    done = realign_document(document)
    assert (done.hypotheses, done.references) == ({"engine-a": SAME}, {"A": {"changed": 2, "same": 4}})
    assert Reference.objects.filter(number=2).count() == 2
    assert not Hypothesis.objects.filter(number=2).exists()


def test_a_text_without_a_source_that_finds_one_is_no_longer_unaligned(project: Project) -> None:
    lost = AlignedText(None, 1, RIGHT[3].content, block=RIGHT[3].block, reason="unaligned")
    dropped = AlignedText(3, 1, CodedText(""))
    document = stored(project, [*RIGHT[:3], lost, dropped, *RIGHT[4:]])
    realign_document(document)
    assert [text for text, _, _ in in_force(document)] == [text.content.text for text in RIGHT]
    assert not Hypothesis.objects.filter(segment=None, number=2).exists()
    assert realign_document(document).outcome == "same"


def test_human_texts_decisions_and_drafts_stay(project: Project) -> None:
    document = stored(project, joined(WORSE, 2))
    cast = make_cast(project)
    anna, ben = cast["anna"], cast["ben"]
    first, _, third, *_ = segments_of(document)
    accept(segment_id=first.pk, person=anna, base=0)
    save_revision(segment_id=third.pk, person=anna, typed="They are planted here.", base=0)
    save_draft(segment_id=third.pk, person=ben, typed="Typing", base=1, sequence=1)

    def human() -> list[object]:
        return [
            *Revision.objects.order_by("pk").values(),
            *Decision.objects.order_by("pk").values(),
            *Draft.objects.order_by("pk").values(),
        ]

    before = human()
    targets = [segment.target() for segment in segments_of(document)]
    starts = [segment.chosen_id for segment in segments_of(document)]
    assert realign_document(document).outcome == "changed"
    assert human() == before
    after = segments_of(document)
    assert [after[i].target() for i in (0, 2)] == [targets[0], targets[2]]
    assert [after[i].chosen_id for i in (0, 2)] == [starts[0], starts[2]]
    document.refresh_from_db()
    assert verify(document) == []
    assert realign_document(document).outcome == "same"


def test_a_dry_run_says_the_same_and_writes_nothing(project: Project) -> None:
    document = stored(project, WORSE)
    before = rows()
    planned = realign_document(document, dry_run=True, then=lambda _: pytest.fail("nothing is to be queued"))
    assert rows() == before
    assert in_force(document)[0][1] == 2
    assert realign_document(document) == planned


def test_the_audit_trail_names_it(project: Project) -> None:
    document = stored(project, WORSE)
    realign_document(document)
    actions = AuditEvent.objects.filter(stream=f"document:{document.pk}").order_by("number")
    assert list(actions.values_list("action", flat=True)) == ["document.imported", "document.realigned"]


@pytest.mark.parametrize(
    ("reader", "reason"), [("csv", "the rows of its file say"), ("jsonl", "the rows of"), ("parallel", "the rows of")]
)
def test_rows_are_aligned_by_their_file(project: Project, reader: str, reason: str) -> None:
    document = stored(project, WORSE, reader=reader, references={"A": WORSE})
    before = rows()
    done = realign_document(document)
    assert (done.outcome, done.hypotheses, done.references, rows()) == ("same", {}, {}, before)
    assert done.hypotheses_left["engine-a"].startswith(reason)
    assert done.to_json()["references"] == {"A": {"left": "the rows of its file say what belongs together"}}


def test_a_translation_of_an_earlier_german_waits_for_its_engine(project: Project) -> None:
    import_into(project, article())
    import_into(project, article("source.v2.de.html"), role="source")
    document = Document.objects.get()
    before = rows()
    done = realign_document(document)
    assert (done.outcome, rows()) == ("same", before)
    assert set(done.hypotheses_left.values()) == {"it was made for another source: run the engine again"}
    assert set(done.hypotheses_left) == {"engine-a", "engine-b"}


def test_what_came_in_meanwhile_is_what_is_aligned(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    document = stored(project, WORSE)
    newer = joined(as_it_came(ENGLISH[0].replace("council", "board"), *ENGLISH[1:]), 0)
    prepare = realigning._prepare

    def prepare_and_be_overtaken(of: Document) -> realigning._Prepared:
        prepared = prepare(of)
        if not Hypothesis.objects.filter(number=2).exists():
            stored(project, newer)
        return prepared

    monkeypatch.setattr(realigning, "_prepare", prepare_and_be_overtaken)
    realign_document(document)
    assert in_force(document)[:2] == [
        ("The board ordered 45 trees on March 3.", 1, 3),
        ("They cost 12,000 euros.", 1, 3),
    ]
