"""The order in which writes to a document queue up."""

from __future__ import annotations

from reviews.models import Document, Segment


def lock_document(document_id: int) -> Document:
    """The document, locked until the transaction ends.

    Every write to a document's texts, decisions and caches takes this lock first, so that what it read stays
    true while it writes. SQLite has one writer at a time anyway.
    """
    return Document.objects.select_for_update(of=("self",)).select_related("project").get(pk=document_id)


def lock_segment(segment_id: int) -> tuple[Document, Segment]:
    """The segment under its document's lock; `covered_by` and the latest revision are current."""
    document_id = Segment.objects.values_list("document_id", flat=True).get(pk=segment_id)
    document = lock_document(document_id)
    segment = Segment.objects.select_related("latest_revision", "latest_decision", "chosen__system").get(pk=segment_id)
    segment.document = document
    return document, segment
