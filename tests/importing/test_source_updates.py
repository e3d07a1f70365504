"""The German changes after the review: what reopens, and what keeps its approval."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.utils import timezone

from reviews.editing.saving import accept
from reviews.importing.formats.base import ReadOptions
from reviews.importing.formats.registry import BY_NAME
from reviews.importing.importer import Importer
from reviews.models import (
    AuditEvent,
    Decision,
    DecisionKind,
    Document,
    Hypothesis,
    ImportBatch,
    Placement,
    Reference,
    Revision,
    Segment,
    SegmentSource,
    SourceRevision,
)
from reviews.models.in_force import texts_in, whole
from reviews.models.states import placed, verify
from reviews.publishing.handover import hand_over
from tests.factories import make_project, segments_of
from tests.publishing.desk import approve, save, take
from tests.shared import shared_path
from tests.threads import at_once

pytestmark = pytest.mark.django_db

CHANGED = (
    "Betroffen sind rund 1,1 Millionen Einwohner.",
    "Als Beleg veröffentlichte sie am Sonntagabend 37 Dokumente.",
    "Update 06.04., 9:10 Uhr: Einwohnerzahl korrigiert, Veröffentlichung von Dokumenten ergänzt.",
)
WERE = (
    "Betroffen sind rund 1,3 Millionen Einwohner.",
    "Belege dafür legte sie bislang nicht vor.",
    "Update 05.04., 14:20 Uhr: Angabe zur Zahl der Kommunen korrigiert.",
)
COSTS = "Die Kosten schätzt der Betreiber auf 4,8 bis 6,5 Millionen Euro."
RESTART = "Der Wiederanlauf werde voraussichtlich drei bis vier Wochen dauern, heißt es in einer Mitteilung."
SEATS = "Bis dahin sollen Notarbeitsplätze in zwölf Rathäusern aushelfen."


def article(name: str = ""):
    return shared_path(f"articles/ransomware-kommunen/{name}".rstrip("/"))


def import_into(project, path, **options):
    """What an import of a folder or page came to."""
    read_options = ReadOptions(project.source_lang, project.target_lang, timezone.get_default_timezone(), **options)
    batch = ImportBatch.objects.create(project=project)
    importer = Importer(project, batch, after_document=lambda document, batch: None, say=lambda line: None)
    importer.take_file(BY_NAME["html"], path, read_options)
    importer.finish()
    assert importer.tally.rejected == []
    return importer.tally


@pytest.fixture
def approved(project, cast) -> Document:
    """The article with both engines and the reference, reviewed by Anna and approved by Ben."""
    import_into(project, article())
    document = Document.objects.get()
    for segment in segments_of(document):
        accept(segment_id=segment.pk, person=cast["anna"], base=0)
        approve(segment, cast["ben"])
    assert states(document) == {"approved": [p.source.text for p in placed(document)]}
    return document


def states(document: Document) -> dict[str, list[str]]:
    """The German by state, in article order."""
    document.refresh_from_db()
    assert verify(document) == []
    found: dict[str, list[str]] = {}
    for placement in placed(document):
        found.setdefault(placement.segment.state, []).append(placement.source.text)
    return found


def human(document: Document) -> list[tuple[object, ...]]:
    """Everything people wrote and decided."""
    revisions = Revision.objects.filter(document=document).order_by("pk")
    decisions = Decision.objects.filter(document=document).order_by("pk")
    return [
        *revisions.values_list("segment", "number", "content_hash", "source_hash", "author", "started_from"),
        *decisions.values_list("segment", "kind", "person", "revision", "source_hash", "target_hash"),
    ]


def rows() -> dict[str, int]:
    models = (
        Document, SourceRevision, Segment, SegmentSource, Placement, Hypothesis, Reference, Revision, Decision,
        AuditEvent,
    )  # fmt: skip
    return {model.__name__: model.objects.count() for model in models}


# --- the changed article of the shared data ---------------------------------------------------------


def test_exactly_the_changed_sentences_reopen(project, approved):
    before, ids = human(approved), [segment.pk for segment in segments_of(approved)]
    tally = import_into(project, article("source.v2.de.html"), role="source")
    after = states(approved)
    assert after.pop("source_changed") == list(CHANGED)
    assert after.keys() == {"approved"}
    assert len(after["approved"]) == len(ids) - len(CHANGED)
    assert [segment.pk for segment in segments_of(approved)] == ids
    assert human(approved) == before
    (report,) = tally.reports
    assert report.to_json()["segments"] == {"new": 0, "changed": 3, "moved": 0, "same": 23, "removed": 0}
    assert tally.counts()["segments"] == {"new": 0, "changed": 3, "same": 23, "rejected": 0}


def test_the_changed_article_twice_changes_nothing(project, approved):
    import_into(project, article("source.v2.de.html"), role="source")
    before, found = rows(), states(approved)
    tally = import_into(project, article("source.v2.de.html"), role="source")
    assert +tally.documents == {"same": 1}
    assert rows() == before
    assert states(approved) == found


def test_a_return_to_the_first_article_is_one_more_change_and_its_approvals_hold_again(project, approved):
    """The decisions were made on exactly these two texts; nothing was written or decided since."""
    first = SourceRevision.objects.get()
    import_into(project, article("source.v2.de.html"), role="source")
    wordings = SegmentSource.objects.count()
    tally = import_into(project, article("source.de.html"), role="source")
    assert (+tally.documents, tally.segments["changed"]) == ({"changed": 1}, 3)
    third = SourceRevision.objects.get(number=3)
    assert third.content_hash == first.content_hash
    assert SegmentSource.objects.count() == wordings
    assert states(approved).keys() == {"approved"}
    events = AuditEvent.objects.filter(stream=f"document:{approved.pk}", action="document.imported")
    assert events.count() == 3


def test_what_was_written_or_decided_meanwhile_is_not_undone_by_a_return(project, cast, approved):
    import_into(project, article("source.v2.de.html"), role="source")
    new, confirmed, _ = (p.segment for p in placed(approved) if p.segment.state == "source_changed")
    save(new, cast["anna"], "Around 1.1 million residents are affected.")
    take(confirmed, cast["anna"], DecisionKind.REVIEWED)
    take(confirmed, cast["ben"], DecisionKind.APPROVED)
    assert states(approved)["source_changed"] == [CHANGED[2]]
    import_into(project, article("source.de.html"), role="source")
    after = states(approved)
    assert after["source_changed"] == [WERE[0]]  # its text was written for the other German
    assert after["in_review"] == [WERE[1]]  # its latest decision was taken on the other German
    assert WERE[2] in after["approved"]


def test_a_changed_sentence_is_approved_again_like_any_other(project, cast, approved):
    import_into(project, article("source.v2.de.html"), role="source")
    for segment in [p.segment for p in placed(approved) if p.segment.state == "source_changed"]:
        save(segment, cast["anna"], f"New text of {segment.pk}.")
        take(segment, cast["ben"], DecisionKind.APPROVED)
    assert states(approved).keys() == {"approved"}


# --- other changes ------------------------------------------------------------------------------------


def edited(change) -> str:
    page = article("source.de.html").read_text(encoding="utf-8")
    changed = change(page)
    assert changed != page
    return changed


def paragraph(page: str, words: str) -> str:
    return next(p for p in re.findall(r"<p>.*?</p>\n", page, re.DOTALL) if words in p)


def moved(page: str) -> str:
    """The paragraph about costs comes first."""
    costs = paragraph(page, COSTS)
    first = paragraph(page, "Eine Ransomware-Attacke")
    return page.replace(costs, "").replace(first, costs + first)


def split(page: str) -> str:
    return page.replace(f"{RESTART} {SEATS}", f"{RESTART}</p>\n<p>{SEATS}")


def sentence_elsewhere(page: str) -> str:
    end = "eingehalten hat. Demnach"
    return page.replace(f" {SEATS}", "").replace(end, f"eingehalten hat. {SEATS} Demnach")


def doubled(page: str) -> str:
    return page.replace(f"{COSTS} ", f"{COSTS} {COSTS} ")


def heading(page: str) -> str:
    quote = '<blockquote class="pullquote">„Wir zahlen kein Lösegeld, und wir verhandeln auch nicht.“</blockquote>'
    return page.replace(quote, quote.replace('blockquote class="pullquote"', "h2").replace("blockquote", "h2"))


def rewritten_seats(page: str) -> str:
    return page.replace("in zwölf Rathäusern", "in dreizehn Rathäusern")


def moved_and_edited(page: str) -> str:
    return rewritten_seats(moved(page))


def moved_and_edited_elsewhere(page: str) -> str:
    return moved(page).replace("binnen 72 Stunden", "binnen drei Tagen")


def sentence_edited_and_moved(page: str) -> str:
    return sentence_elsewhere(page).replace("in zwölf Rathäusern", "in dreizehn Rathäusern")


@pytest.mark.parametrize(
    ("change", "source_changed", "new", "moved", "removed"),
    [
        pytest.param(moved, [], [], 3, 0, id="a paragraph moved"),
        pytest.param(moved_and_edited, [SEATS], [], 2, 0, id="a paragraph moved and was edited"),
        pytest.param(moved_and_edited_elsewhere, ["Demnach müssen"], [], 3, 0, id="moved, and edited elsewhere"),
        pytest.param(doubled, [], [COSTS], 0, 0, id="a sentence was doubled"),
        pytest.param(split, [], [], 0, 0, id="a paragraph was split in two"),
        pytest.param(sentence_elsewhere, [], [], 1, 0, id="a sentence moved to another paragraph"),
        pytest.param(sentence_edited_and_moved, [SEATS], [], 0, 0, id="a sentence moved and was edited"),
        pytest.param(heading, [], [], 0, 0, id="a quote became a heading"),
        pytest.param(lambda page: page.replace(f" {SEATS}", ""), [], [], 0, 1, id="a sentence went"),
    ],
)
def test_what_did_not_change_keeps_its_approval(
    project, approved, tmp_path, change, source_changed, new, moved, removed
):
    path = tmp_path / "page.html"
    path.write_text(edited(change), encoding="utf-8")
    before = human(approved)
    tally = import_into(project, path, role="source")
    after = states(approved)
    assert [text[:12] for text in after.get("source_changed", [])] == [text[:12] for text in source_changed]
    assert after.get("new", []) == new
    assert len(after["approved"]) == 26 - len(source_changed) - removed
    assert human(approved) == before
    segments = tally.reports[0].segments
    assert (segments["moved"], segments["removed"]) == (moved, removed)
    again = rows()
    assert import_into(project, path, role="source").documents["same"] == 1
    assert rows() == again


# --- machine translations of an older wording -------------------------------------------------------------


def of_changed(document: Document) -> list[Placement]:
    return [p for p in placed(document) if p.source.text in CHANGED]


def test_a_translation_of_the_old_german_stays_the_start_and_is_compared_with_nothing(project):
    import_into(project, article())
    document = Document.objects.get()
    starts = {segment.pk: segment.chosen_id for segment in segments_of(document)}
    import_into(project, article("source.v2.de.html"), role="source")
    document.refresh_from_db()
    assert {segment.pk: segment.chosen_id for segment in segments_of(document)} == starts
    texts = texts_in(document, whole(document))
    for placement in of_changed(document):
        assert placement.segment_id not in texts.references["reference"]
        assert all(placement.segment_id not in rows for rows in texts.hypotheses.values())
    assert {len(rows) for rows in texts.hypotheses.values()} == {26 - len(CHANGED)}
    pieces = hand_over(document, state="any", with_page=False).article.pieces
    assert [piece.source.text for piece in pieces if not piece.hypotheses and not piece.references] == list(CHANGED)


def rerun(project, tmp_path, change):
    """Import a new run of engine-a, given its last page."""
    path = tmp_path / "engine-a.en.html"
    page = article("engine-a.en.html").read_text(encoding="utf-8")
    changed = change(page)
    assert changed != page
    path.write_text(changed, encoding="utf-8")
    return import_into(project, path, role="hypothesis", system="engine-a")


def test_a_new_run_of_the_engine_translates_todays_german_and_becomes_the_start(project, tmp_path):
    import_into(project, article())
    document = Document.objects.get()
    import_into(project, article("source.v2.de.html"), role="source")
    tally = rerun(project, tmp_path, lambda page: page.replace("1.3 million", "1.1 million"))
    # Of the two that were translated as before there are new rows too: they were made for another German.
    assert tally.hypotheses == {"same": 23, "changed": 3}
    document.refresh_from_db()
    texts = texts_in(document, whole(document))
    engine_a = next(rows for rows in texts.hypotheses.values() if len(rows) == 26)
    for placement in of_changed(document):
        assert placement.segment.chosen_id == engine_a[placement.segment_id].pk
    assert "1.1 million" in of_changed(document)[0].segment.chosen.text
    assert verify(document) == []


def test_a_new_run_touches_neither_human_text_nor_who_reviewed_it(project, approved, tmp_path):
    before, found = human(approved), states(approved)
    starts = [segment.chosen_id for segment in segments_of(approved)]
    tally = rerun(project, tmp_path, lambda page: page.replace("million", "billion").replace("attack", "assault"))
    assert tally.hypotheses["changed"] > 1
    assert human(approved) == before
    assert states(approved) == found
    assert [segment.chosen_id for segment in segments_of(approved)] == starts
    again = rows()
    rerun(project, tmp_path, lambda page: page.replace("million", "billion").replace("attack", "assault"))
    assert rows() == again


# --- at once ------------------------------------------------------------------------------------------------


def import_at_once(project) -> list[Counter[str]]:
    """Both states of the page, the folder and an engine's page, several times each in threads of their own."""
    kinds = (
        lambda: import_into(project, article("source.v2.de.html"), role="source"),
        lambda: import_into(project, article("engine-b.en.html"), role="hypothesis", system="engine-c"),
        lambda: import_into(project, article("source.de.html"), role="source"),
    )
    return [+tally.documents for tally in at_once(lambda i: kinds[i % 3](), 6)]


def assert_whole(document: Document) -> None:
    document.refresh_from_db()
    assert verify(document) == []
    revisions = list(SourceRevision.objects.filter(document=document).order_by("number"))
    assert [revision.number for revision in revisions] == list(range(1, len(revisions) + 1))
    for revision in revisions:
        assert Placement.objects.filter(source_revision=revision).count() == 26
    assert AuditEvent.objects.filter(stream=f"document:{document.pk}").count() == document.audit_number
    # Whatever came first: each translation was aligned to the source it says it was.
    hashes = {p.source.content_hash for p in Placement.objects.select_related("source")}
    assert (
        set(Hypothesis.objects.filter(segment__isnull=False, covers=1).values_list("source_hash", flat=True)) <= hashes
    )


@pytest.mark.django_db(transaction=True)
def test_imports_of_one_document_at_once_are_written_one_after_the_other():
    project = make_project()
    import_into(project, article())
    outcomes = import_at_once(project)
    assert all(sum(counts.values()) == 1 for counts in outcomes)
    assert_whole(Document.objects.get())


@pytest.mark.django_db(transaction=True)
def test_of_first_imports_at_once_one_makes_the_document():
    project = make_project()
    outcomes = at_once(lambda i: +import_into(project, article()).documents, 4)
    assert sorted(outcomes, key=str) == [{"new": 1}, {"same": 1}, {"same": 1}, {"same": 1}]
    assert SourceRevision.objects.count() == 1
    assert_whole(Document.objects.get())


def test_a_translation_aligned_to_a_source_that_moved_on_is_aligned_anew(project, monkeypatch):
    import_into(project, article())
    from reviews.importing import importer

    align, calls = importer.align_article, []

    def align_while_the_source_changes(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            import_into(project, article("source.v2.de.html"), role="source")
        return align(*arguments)

    monkeypatch.setattr(importer, "align_article", align_while_the_source_changes)
    import_into(project, article("engine-b.en.html"), role="hypothesis", system="late")
    assert len(calls) == 2
    document = Document.objects.get()
    texts = texts_in(document, whole(document))
    late = [row for rows in texts.hypotheses.values() for row in rows.values() if row.system.name == "late"]
    assert sum(row.covers for row in late) == 26
