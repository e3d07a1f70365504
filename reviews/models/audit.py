"""The audit chain: who did what, in an order that cannot be changed afterwards."""

from __future__ import annotations

from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone

from reviews.values import canonical_json, sha256_hex

from .document import Document
from .people import Person
from .project import Project

#: The hash the first event of a stream follows.
GENESIS = "0" * 64


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
    owner: Document | Project, *, action: str, person: Person | None, data: dict[str, Any], via: str = "web"
) -> AuditEvent:
    """Append one event to the owner's stream, inside the transaction of the act it records."""
    stream = stream_of(owner)
    number = lock_stream(owner)
    previous = GENESIS
    if number > 1:
        previous = AuditEvent.objects.values_list("hash", flat=True).get(stream=stream, number=number - 1)
    at = timezone.now()
    body = canonical_json(
        {
            "action": action,
            "at": at.isoformat(),
            "data": data,
            "number": number,
            "person": {"id": str(person.public_id), "name": person.name_hash()} if person else None,
            "previous": previous,
            "stream": stream,
            "via": via,
        }
    )
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
