"""The review record of a publication: everything that shows that its text was reviewed, to be verified by anybody."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from reviews.models import (
    AuditEvent,
    Decision,
    Document,
    Hypothesis,
    Person,
    Publication,
    Revision,
    SegmentSource,
    SourceRevision,
)
from reviews.models.audit import row_json, stream_of
from reviews.values import in_batches

from .offline import verify_record as offline

SCHEMA = Path(__file__).parent / "schemas" / "review-record-1.schema.json"


@transaction.atomic
def review_record(publication: Publication) -> dict[str, Any]:
    """The record as `schemas/review-record-1.schema.json` describes it.

    It holds the frozen body and all events of the article as the very texts that were hashed, and the rows those
    speak of. People stand there by public id, with name and salt for as long as the workbench keeps them. Nothing is
    judged here: what was tampered with is shown as it is, for `offline.verify_record` to find; only `items`, the
    summary, is None where the frozen body cannot be read.

    Read under the article's lock, which every write to its history takes: events and rows are of one moment.
    """
    document = (
        Document.objects.select_for_update(of=("self",)).select_related("project").get(pk=publication.document_id)
    )
    rows = _rows(document)
    record: dict[str, Any] = {
        "format": offline.FORMAT,
        "made_at": timezone.now().isoformat(),
        "document": {
            "project": document.project.slug,
            "id": document.external_id,
            "title": document.title,
            "stream": stream_of(document),
            "events": document.audit_number,
        },
        "publication": {"number": publication.number, "body": publication.body},
        "events": _events(document),
        "rows": {table: [row_json(row) for row in found] for table, found in rows.items()},
        "people": {},
        "items": None,
    }
    record["people"] = _people(record)
    try:
        record["items"] = offline.items_of(record)
    except (KeyError, TypeError, ValueError, AttributeError):
        # Verification says what is wrong with the body or the rows; a summary of them would say nothing.
        record["items"] = None
    return record


def _events(document: Document) -> list[dict[str, Any]]:
    rows = AuditEvent.objects.filter(stream=stream_of(document)).order_by("number")
    return [
        {
            "stream": event.stream,
            "number": event.number,
            "previous": event.previous,
            "hash": event.hash,
            "action": event.action,
            "at": event.created_at.isoformat(),
            "body": event.body,
        }
        for event in rows.iterator()
    ]


def _rows(document: Document) -> dict[str, Sequence[models.Model]]:
    """Per table the rows of the article's history. Of engines' texts those that people began with."""
    revisions = list(Revision.objects.filter(document=document).select_related("author").order_by("pk"))
    used = sorted({revision.started_from_id for revision in revisions if revision.started_from_id is not None})
    return {
        "sourcerevision": list(SourceRevision.objects.filter(document=document).order_by("pk")),
        "segmentsource": list(SegmentSource.objects.filter(segment__document=document).order_by("pk")),
        "hypothesis": _in_order(Hypothesis.objects.all(), used),
        "revision": revisions,
        "decision": list(Decision.objects.filter(document=document).select_related("person").order_by("pk")),
        "publication": list(
            Publication.objects.filter(document=document).select_related("published_by").order_by("number")
        ),
    }


def _in_order(rows: models.QuerySet[Hypothesis], keys: Iterable[int]) -> list[models.Model]:
    return [row for part in in_batches(keys) for row in rows.filter(pk__in=part).order_by("pk")]


def _people(record: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Everybody whom events, rows or the frozen body name, as the workbench knows them now."""
    named = {row[column] for table, column in _NAMED for row in record["rows"][table]}
    for event in record["events"]:
        person = _parsed(event["body"]).get("person")
        if isinstance(person, dict):
            named.add(str(person.get("id")))
    people = _parsed(record["publication"]["body"]).get("people")
    named |= set(people) if isinstance(people, dict) else set()
    known = {str(person.public_id): person for part in in_batches(sorted(named)) for person in _by_public_id(part)}
    return {public_id: _person_json(person) for public_id, person in sorted(known.items())}


_NAMED = (("revision", "author"), ("decision", "person"), ("publication", "published_by"))


def _by_public_id(keys: Sequence[str]) -> Iterable[Person]:
    return Person.objects.filter(public_id__in=[key for key in keys if _is_public_id(key)])


def _is_public_id(key: str) -> bool:
    return len(key) == 36 and not set(key) - set("0123456789abcdef-")


def _parsed(text: str) -> dict[str, Any]:
    """A hashed text as an object; {} where somebody broke it, which verification says."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _person_json(person: Person) -> dict[str, Any]:
    """Name and salt, by which the hashes in events can be checked; without both once the name was removed."""
    if not person.salt:
        at = person.name_removed_at
        return {"name": None, "salt": None, "removed": True, "removed_at": at.isoformat() if at else None}
    return {"name": person.shown_name, "salt": person.salt, "removed": False, "removed_at": None}
