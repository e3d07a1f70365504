"""Publishing an article: through the gate, frozen, numbered, hashed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.editing.locking import lock_document
from reviews.editing.permissions import PUBLISH, require
from reviews.models import Document, Person, Publication
from reviews.models.audit import append_event
from reviews.models.publication import NoteKind
from reviews.models.states import is_published_as_it_stands, refresh, state_hash
from reviews.values import canonical_json, sha256_hex

from .body import publication_body
from .disclosure import DisclosureError, disclosure_line, engines_of
from .gate import Missing, Passed, gate_of, in_words
from .heads import note_release
from .slugs import slug_of
from .standing import StandingRun, standing

#: The longest note to readers, in characters.
LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Note:
    """What readers are told of a publication that follows another: a correction or an update (NoteKind), in words."""

    kind: str
    text: str


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


class NoteError(PublishError):
    """What readers are told of a change is missing, or there is nothing to tell; the message says which."""


@transaction.atomic
def publish(
    *,
    document_id: int,
    person: Person,
    waivers: Mapping[str, str] | None = None,
    note: Note | None = None,
    via: str = "web",
) -> Publication:
    """Release the document as it stands, if its gate is open.

    `waivers` are checks whose findings do not hold the article back this time, each with the reason: a false alarm
    must not keep a story from going out. Every finding let through, by that or by a dismissal, stands in the frozen
    body with the reason. `note` tells readers what is otherwise than in the publication before; where the English
    changed it has to.

    The lock on the document makes two desk heads queue up: the second one finds the first one's release.
    Raises NotAllowedError, GateClosedError, AlreadyPublishedError, NoteError, and PublishError for a line under the
    article that cannot be printed; then nothing was written.
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
    # Of earlier ones only the last body is read, and only where there is one.
    earlier = list(Publication.objects.filter(document=document).order_by("number").defer("body"))
    number = earlier[-1].number + 1 if earlier else 1
    note = _checked_note(note, earlier, runs)
    try:
        disclosure = disclosure_line(document.project, engines_of(runs))
    except DisclosureError as error:
        raise PublishError(str(error)) from error
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
            notes=[*(_note_json(each) for each in earlier if each.note), *([_told(number, note, at)] if note else [])],
            first=earlier[0].created_at if earlier else at,
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
        note_kind=note.kind if note else "",
        note=note.text if note else "",
        published_by=person,
        via=via[: Publication._meta.get_field("via").max_length],
    )
    document.slug = document.slug or slug_of(runs)
    Document.objects.filter(pk=document.pk).update(
        latest_publication=publication, slug=document.slug, **({} if earlier else _first_out(document, at))
    )
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


def _first_out(document: Document, at: datetime) -> dict[str, Any]:
    """When the translation was out first, and how long after the original, as figures of the desk read it."""
    since = at - (document.published_at or document.created_at)
    return {"first_published_at": at, "lag_seconds": round(since.total_seconds())}


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


def _checked_note(note: Note | None, earlier: Sequence[Publication], runs: Sequence[StandingRun]) -> Note | None:
    """The note as it is kept. Raises NoteError for one that is missing, empty, too long or of a first publication."""
    text = note.text.strip() if note is not None else ""
    if note is not None and text and not earlier:
        raise NoteError(_("Nothing was published before, so there is nothing to tell readers of. Leave the note out."))
    if note is None or not text:
        if earlier and _english(earlier[-1]) != [_text_hash(run) for run in runs]:
            raise NoteError(
                _(
                    "The English changed since publication number %(number)d. Tell readers in a sentence what is "
                    "otherwise now."
                )
                % {"number": earlier[-1].number}
            )
        return None
    if note.kind not in NoteKind.values:
        raise NoteError(_("Say whether it is a correction or an update."))
    if len(text) > LONGEST_NOTE:
        raise NoteError(_("Keep the note to readers under 1,000 characters."))
    return Note(note.kind, text)


def _english(publication: Publication) -> list[str]:
    """The hashes of the texts that were published, in article order."""
    rows = json.loads(publication.body)["segments"]
    return [row["target"]["hash"] for row in rows if row["target"] is not None]


def _text_hash(run: StandingRun) -> str:
    return run.revision.content_hash if run.revision is not None else ""


def _told(number: int, note: Note, at: datetime) -> dict[str, Any]:
    return {"number": number, "kind": note.kind, "text": note.text, "at": at.isoformat()}


def _note_json(publication: Publication) -> dict[str, Any]:
    note = Note(publication.note_kind, publication.note)
    return _told(publication.number, note, publication.created_at)
