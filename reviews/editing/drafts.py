"""Unsaved typing, kept on the server within seconds, and what becomes of texts that are kept beside a saved one."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.models import DivisionDraft, Draft, DraftKind, Lane, Person, Revision, Segment
from reviews.values import to_marked

from .permissions import EDIT, require
from .saving import Saved, Stale, save_revision
from .tabs import UNNAMED, Tab, typing_of

#: A draft is one segment's text; anything longer than this is not one.
MAX_DRAFT_LENGTH = 200_000

#: Typing that nobody touched for so long is forgotten; refused saves wait for their owner however long it takes.
FORGOTTEN_AFTER = timedelta(days=30)


class DraftError(Exception):
    """The draft cannot be kept; the message says why and what to do."""


def save_draft(
    *,
    segment_id: int,
    person: Person,
    typed: str,
    base: int,
    sequence: int,
    lane: Lane = Lane.MAIN,
    tab: Tab = UNNAMED,
) -> bool:
    """Keep what a person has typed so far in a lane and a tab; True if it is now the tab's draft.

    `sequence` grows with every request of one browser (milliseconds since 1970), so that one that was held up
    never replaces a newer text: then nothing happens and False comes back. The draft that the tab took over goes,
    unless it has changed since. A draft is only the owner's; it takes no lock and waits for nobody.
    """
    if len(typed) > MAX_DRAFT_LENGTH:
        raise DraftError(
            _("The text has %(number)s characters; a segment takes at most %(most)s.")
            % {"number": f"{len(typed):,}", "most": f"{MAX_DRAFT_LENGTH:,}"}
        )
    typed = typed.replace("\x00", "")
    segment = Segment.objects.select_related("document__project").get(pk=segment_id)
    require(segment.document.project, person, EDIT, _("edit texts"))
    latest = Revision.objects.filter(segment=segment, lane=lane).order_by("-number").first()
    if (
        latest is not None
        and base < latest.number
        and latest.author_id == person.pk
        and to_marked(latest.content) == typed.strip()
    ):
        return False
    now = timezone.now()
    table = connection.ops.quote_name(Draft._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (segment_id, person_id, lane, kind, tab, text, base, sequence, updated_at) "  # noqa: S608
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) "
            "ON CONFLICT (segment_id, person_id, lane, tab) WHERE kind = 'typing' DO UPDATE SET "
            "text = excluded.text, base = excluded.base, sequence = excluded.sequence, "
            f"updated_at = excluded.updated_at WHERE {table}.sequence < excluded.sequence",
            [
                segment_id,
                person.pk,
                lane.value,
                DraftKind.TYPING.value,
                tab.key,
                typed,
                base,
                sequence,
                connection.ops.adapt_datetimefield_value(now),
            ],
        )
        kept = bool(cursor.rowcount)
        if kept and tab.took_sequence and tab.took != tab.key:
            typing_of(segment, person, lane).filter(tab.inherits).delete()
        Segment.objects.filter(pk=segment_id, opened_at=None).update(opened_at=now)
    return kept


def discard_draft(*, segment_id: int, person: Person, lane: Lane = Lane.MAIN, tab: Tab = UNNAMED) -> None:
    """Drop the owner's own typing in a tab, and what that took over, at the owner's wish."""
    typing_of(segment_id, person, lane).filter(tab.owns).delete()


def drop_forgotten(now: datetime) -> int:
    """Drop typing and begun divisions that nobody touched for `FORGOTTEN_AFTER`; how many that were."""
    typing, divisions = forgotten(now)
    dropped: int = typing.delete()[0] + divisions.delete()[0]
    return dropped


def forgotten(now: datetime) -> tuple[QuerySet[Draft], QuerySet[DivisionDraft]]:
    """What `drop_forgotten` drops. A text that could not be saved is no typing: it stays until its owner decides."""
    old = now - FORGOTTEN_AFTER
    return (
        Draft.objects.filter(kind=DraftKind.TYPING, updated_at__lt=old),
        DivisionDraft.objects.filter(updated_at__lt=old),
    )


@transaction.atomic
def keep_text(
    *, draft_id: int, person: Person, base: int, sequence: int = 0, text: str | None = None, via: str = "web"
) -> Saved | Stale:
    """Save a kept text after all, in its lane, on top of the revision its owner has now seen (`base`).

    `sequence` is the state of it that they saw: unsaved typing may have gone on. With `text` that is saved instead,
    made of the kept one and of what was saved since.
    """
    draft = _own(draft_id, person, sequence)
    outcome = save_revision(
        segment_id=draft.segment_id,
        person=person,
        typed=draft.text if text is None else text,
        base=base,
        lane=Lane(draft.lane),
        tab=None,
        via=via,
    )
    if isinstance(outcome, Saved) or (text is None and outcome.refused.pk != draft.pk):
        _drop(draft)
    return outcome


def discard_text(*, draft_id: int, person: Person, sequence: int = 0) -> None:
    """Drop a kept text, in the state its owner saw, at their wish."""
    _drop(_own(draft_id, person, sequence))


def _own(draft_id: int, person: Person, sequence: int) -> Draft:
    draft = Draft.objects.filter(pk=draft_id, person=person).first()
    if draft is None:
        raise DraftError(_("This kept text is gone: it was saved or discarded already."))
    if draft.sequence != sequence:
        raise DraftError(_("You typed on in this text meanwhile. Read it again."))
    return draft


def _drop(draft: Draft) -> None:
    """Drop it unless it is typed on in this moment."""
    Draft.objects.filter(pk=draft.pk, sequence=draft.sequence).delete()
