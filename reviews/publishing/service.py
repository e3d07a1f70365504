"""Publishing an article: through the gate, frozen, numbered, hashed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.editing.locking import lock_document
from reviews.editing.permissions import PUBLISH, require
from reviews.models import Document, Person, Publication
from reviews.models.audit import append_event
from reviews.models.states import is_published_as_it_stands, refresh, state_hash
from reviews.values import canonical_json, sha256_hex

from .body import publication_body
from .disclosure import disclosure_line
from .gate import Missing, Passed, gate_of, in_words
from .heads import note_release
from .standing import standing


class PublishError(Exception):
    """The article cannot be published now; the message says why."""


class GateClosedError(PublishError):
    """Something is missing; `missing` lists it."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = tuple(missing)
        words = ngettext(
            "The article cannot be published yet: %(number)d thing is missing.",
            "The article cannot be published yet: %(number)d things are missing.",
            len(missing),
        )
        super().__init__(words % {"number": len(missing)})


class AlreadyPublishedError(PublishError):
    """The article is published exactly as it stands."""

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        super().__init__(
            _("The article is already published as number %(number)d; nothing changed since.")
            % {"number": publication.number}
        )


@transaction.atomic
def publish(
    *, document_id: int, person: Person, waivers: Mapping[str, str] | None = None, via: str = "web"
) -> Publication:
    """Release the document as it stands, if its gate is open.

    `waivers` are checks whose findings do not hold the article back this time, each with the reason: a false alarm
    must not keep a story from going out. Every finding let through, by that or by a dismissal, stands in the frozen
    body with the reason.

    The lock on the document makes two desk heads queue up: the second one finds the first one's release.
    Raises NotAllowedError, GateClosedError and AlreadyPublishedError; then nothing was written.
    """
    document = lock_document(document_id)
    require(document.project, person, PUBLISH, _("publish articles"))
    runs = standing(document)
    source = document.current_source
    reasons = {check: reason.strip() for check, reason in (waivers or {}).items() if reason.strip()}
    report = gate_of(document, runs)
    missing = [item for item in report.missing if not item.check or item.check not in reasons]
    if missing or source is None:
        raise GateClosedError(missing)
    waived = [
        {
            "check": item.check,
            "segment": item.segment,
            "finding": item.on_record or item.reason,
            "reason": reasons[item.check],
        }
        for item in report.missing
    ]
    dismissed = [_dismissed_json(item) for item in report.passed]
    # What the gate saw is the truth; the state hash is made of the caches, so they must say the same.
    refresh(document)
    if document.latest_publication is not None and is_published_as_it_stands(document):
        raise AlreadyPublishedError(document.latest_publication)
    number = _next_number(document)
    disclosure = disclosure_line(document.project)
    at = timezone.now()
    body = canonical_json(
        publication_body(
            document,
            source,
            runs,
            number=number,
            person=person,
            disclosure=disclosure,
            at=at,
            waived=waived,
            dismissed=dismissed,
        )
    )
    publication = Publication.objects.create(
        document=document,
        number=number,
        source_revision=source,
        body=body,
        content_hash=sha256_hex(body),
        state_hash=state_hash(document),
        disclosure=disclosure,
        published_by=person,
        via=via[: Publication._meta.get_field("via").max_length],
    )
    Document.objects.filter(pk=document.pk).update(latest_publication=publication)
    document.latest_publication = publication
    event = append_event(
        document,
        action="publication.released",
        person=person,
        data={
            "publication": publication.pk,
            "number": number,
            "content_hash": publication.content_hash,
            "state_hash": publication.state_hash,
            "waived": waived,
            "dismissed": dismissed,
        },
        via=via,
        rows=[publication, source],
    )
    # A full disk takes nothing back: the daily run notes what is missing, and verification says so until then.
    transaction.on_commit(partial(note_release, event), robust=True)
    refresh(document, [])
    return publication


def _dismissed_json(item: Passed) -> dict[str, Any]:
    """A finding that a desk head had dismissed before, as the record names it: by public id only."""
    finding, dismissal = item.entry.finding, item.entry.dismissal
    assert dismissal is not None
    return {
        "check": finding.check_name,
        "segment": item.segment,
        "finding": in_words(finding),
        "reason": dismissal.reason,
        "dismissal": dismissal.pk,
        "at": dismissal.created_at.isoformat(),
        "by": str(dismissal.person.public_id),
        "name_hash": dismissal.person.name_hash(),
    }


def _next_number(document: Document) -> int:
    last = Publication.objects.filter(document=document).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
