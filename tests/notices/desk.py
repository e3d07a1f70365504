"""A desk whose acts are told of: each goes through its door and the pipeline, as the screens do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import transaction

from reviews import pipeline
from reviews.editing.deciding import Seen, decide
from reviews.editing.saving import save_revision
from reviews.importing.service import PreparedDocument, import_document
from reviews.models import DecisionKind, Document, ImportBatch, MailChoice, Notice, NoticeChoice, Person, Segment
from reviews.models.states import placed
from reviews.notices.kinds import KINDS
from reviews.values import CodedText, DocumentMeta, PlacedSource
from tests.factories import segments_of


def write(segment: Segment, person: Person, text: str = "Done.") -> None:
    """Save a text and say that it is done."""
    segment.refresh_from_db()
    base = segment.latest_revision.number if segment.latest_revision else 0
    with transaction.atomic():
        save_revision(segment_id=segment.pk, person=person, typed=text, base=base, reviewed=True)
        pipeline.after_revision(segment.document_id)
        pipeline.after_decision(segment.document_id)


def send_back(person: Person, *segments: Segment) -> None:
    """Send the texts back in one act."""
    with transaction.atomic():
        for segment in segments:
            segment.refresh_from_db()
            revision = segment.latest_revision
            assert revision is not None
            seen = Seen(revision.pk, revision.source_hash)
            decide(
                segment_id=segment.pk,
                person=person,
                kind=DecisionKind.SENT_BACK,
                seen=seen,
                reason="Katja says that the quote is wrong.",
            )
        pipeline.after_decision(segments[0].document_id)


def change_source(document: Document, person: Person | None, changes: Mapping[int, str]) -> None:
    """Import the article again with other sentences at these places."""
    pieces = [
        PlacedSource(p.source.content, p.kind, p.block, p.sentence, p.segment.external_id) for p in placed(document)
    ]
    for place, text in changes.items():
        pieces[place] = replace(pieces[place], content=CodedText(text))
    batch = ImportBatch.objects.create(project=document.project, person=person)
    import_document(
        document.project,
        PreparedDocument(external_id=document.external_id, meta=DocumentMeta(), segments=tuple(pieces)),
        batch,
        then=lambda imported: pipeline.after_import(imported, batch),
    )


def wants(person: Person, mail: MailChoice, email: str = "") -> Person:
    """Have a person choose the same for every kind."""
    person.email = email or f"{person.username}@example.org"
    person.save(update_fields=["email"])
    for kind in KINDS:
        NoticeChoice.objects.update_or_create(person=person, kind=kind.kind, defaults={"mail": mail})
    return person


def told(person: Person) -> list[str]:
    """What the person was told, the oldest first."""
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("text", flat=True))


def nobody_told_but(*people: Person) -> bool:
    return set(Notice.objects.values_list("person", flat=True)) == {person.pk for person in people}


def at(document: Document, place: int) -> Segment:
    return segments_of(document)[place]
