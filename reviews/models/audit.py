"""The audit chain: who did what, in an order that cannot be changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from reviews.values import canonical_json, sha256_hex

from .document import Document
from .people import Person
from .project import Project

#: The hash the first event of a stream follows.
GENESIS = "0" * 64


#: The number of the lists of columns below. An event says by which its rows were hashed: a column that a later
#: version adds must not make the hashes of older rows wrong.
ROW_LAYOUT = 1

_CODED = ("text", "codes", "content_hash")

#: By table the columns an event vouches for. Persons stand by public id; a publication's body by its `content_hash`.
BOUND_COLUMNS: dict[str, tuple[str, ...]] = {
    "sourcerevision": (
        "id",
        "document_id",
        "number",
        "content_hash",
        "raw_hash",
        "raw_name",
        "reader",
        "batch_id",
        "created_at",
    ),
    "segmentsource": ("id", "segment_id", *_CODED, "created_at"),
    "hypothesis": (
        "id",
        "document_id",
        "segment_id",
        "system_id",
        "number",
        "ordinal",
        "covers",
        "block",
        "reason",
        "confidence",
        "source_hash",
        *_CODED,
        "batch_id",
        "created_at",
    ),
    "revision": (
        "id",
        "document_id",
        "segment_id",
        "lane",
        "number",
        "covers",
        "author",
        "origin",
        "started_from_id",
        "derived_from",
        "source_hash",
        *_CODED,
        "save_key",
        "created_at",
    ),
    "decision": (
        "id",
        "document_id",
        "segment_id",
        "revision_id",
        "lane",
        "kind",
        "person",
        "reason",
        "source_hash",
        "target_hash",
        "four_eyes",
        "created_at",
    ),
    "publication": (
        "id",
        "document_id",
        "number",
        "source_revision_id",
        "content_hash",
        "state_hash",
        "disclosure",
        "note_kind",
        "note",
        "published_by",
        "via",
        "created_at",
    ),
}


def row_json(row: models.Model) -> dict[str, Any]:
    """A row as events hash it and review records show it: the columns of its table in ROW_LAYOUT."""
    columns: dict[str, Any] = {}
    for name in BOUND_COLUMNS[str(row._meta.model_name)]:
        value = getattr(row, name)
        if isinstance(value, Person):
            value = str(value.public_id)
        elif isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat()
        columns[name] = value
    return columns


def row_hashes(rows: Iterable[models.Model]) -> dict[str, str]:
    """`{"revision:12": SHA-256 of its columns}`."""
    return {f"{row._meta.model_name}:{row.pk}": sha256_hex(canonical_json(row_json(row))) for row in rows}


class AuditEvent(models.Model):
    """One event of one stream (a document, else its project). Append-only.

    `body` is the exact canonical JSON text that `hash` was made of; it names the hash of the event before it.
    """

    stream = models.CharField(max_length=40)
    number = models.PositiveBigIntegerField()
    action = models.CharField(max_length=60)
    body = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="audit_event_numbered_once", fields=["stream", "number"]),
            models.UniqueConstraint(name="audit_event_follows_once", fields=["stream", "previous"]),
        ]


def stream_of(owner: Document | Project) -> str:
    return f"document:{owner.pk}" if isinstance(owner, Document) else f"project:{owner.pk}"


def lock_stream(owner: Document | Project) -> int:
    """Take the next number of the owner's stream.

    The UPDATE holds the owner's row until the transaction ends: it is the lock every write to a document takes
    first, so writers of one document queue up and writers of different ones do not meet.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an audit event is written in the transaction of what it tells of")
    table = connection.ops.quote_name(type(owner)._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET audit_number = audit_number + 1 WHERE id = %s RETURNING audit_number",  # noqa: S608
            [owner.pk],
        )
        row = cursor.fetchone()
    if row is None:
        raise type(owner).DoesNotExist(f"{type(owner).__name__} {owner.pk} is gone")
    return int(row[0])


def append_event(
    owner: Document | Project,
    *,
    action: str,
    person: Person | None,
    data: dict[str, Any],
    via: str = "web",
    rows: Iterable[models.Model] = (),
) -> AuditEvent:
    """Append one event to the owner's stream, inside the transaction of the act it records.

    `rows` are what the act wrote and what it rests on, tables of BOUND_COLUMNS: the event holds the hash of each, so
    that no column of theirs can be changed afterwards without the chain telling.
    """
    stream = stream_of(owner)
    number = lock_stream(owner)
    previous = GENESIS
    if number > 1:
        previous = AuditEvent.objects.values_list("hash", flat=True).get(stream=stream, number=number - 1)
    at = timezone.now()
    value: dict[str, Any] = {
        "action": action,
        "at": at.isoformat(),
        "data": data,
        "number": number,
        "person": {"id": str(person.public_id), "name": person.name_hash()} if person else None,
        "previous": previous,
        "stream": stream,
        "via": via,
    }
    if hashes := row_hashes(rows):
        value["rows"] = {"layout": ROW_LAYOUT, "hashes": hashes}
    body = canonical_json(value)
    return AuditEvent.objects.create(
        stream=stream,
        number=number,
        action=action,
        body=body,
        previous=previous,
        hash=sha256_hex(body),
        created_at=at,
    )


def verify_stream(stream: str) -> list[str]:
    """Problems of one stream in words; empty when every event follows the one before it and hashes to its hash."""
    problems = []
    previous = GENESIS
    expected = 1
    for event in AuditEvent.objects.filter(stream=stream).order_by("number").iterator():
        if event.number != expected:
            problems.append(f"{stream}: event {expected} is missing before {event.number}")
        if event.previous != previous:
            problems.append(f"{stream}: event {event.number} does not follow event {event.number - 1}")
        if sha256_hex(event.body) != event.hash:
            problems.append(f"{stream}: event {event.number} was changed after it was written")
        previous, expected = event.hash, event.number + 1
    return problems
