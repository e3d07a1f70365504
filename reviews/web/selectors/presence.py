"""Who is on an article now, and what changed in it since a page was drawn."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from reviews.editing.permissions import STEP_ROLES
from reviews.models import AuditEvent, Document, Lane, Step, WorkItem, WorkState
from reviews.models.audit import stream_of
from reviews.models.work import LIVE_WORK_STATES
from reviews.web.access import Viewer

#: More changes than this between two questions of a page, and it is told to reload.
MANY = 100


@dataclass(frozen=True, slots=True)
class Presence:
    """One step of an article: who has it, in words, and what the viewer may do about it."""

    item: int
    words: str
    mine: bool
    may_take: bool
    may_give_back: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows an open page has to fetch again; `reload` when that would not do."""

    segments: Sequence[int]
    reload: bool


def live_items(document: Document) -> list[WorkItem]:
    rows = WorkItem.objects.filter(document=document, state__in=LIVE_WORK_STATES).select_related("lease_owner")
    return sorted(rows, key=lambda item: list(Step).index(Step(item.step)))


def presence_of(items: Iterable[WorkItem], viewer: Viewer) -> list[Presence]:
    """What is taken, and what is open to this viewer. A lease that ran out counts as open."""
    lines = []
    now = timezone.now()
    for item in items:
        taken = item.state == WorkState.LEASED and item.lease_until is not None and item.lease_until > now
        mine = taken and item.lease_owner_id == viewer.person.pk
        doing = "editing" if item.step == Step.EDIT else "approving"
        if mine:
            words = f"You are {doing}"
        elif taken:
            until = timezone.localtime(item.lease_until).strftime("%H:%M")
            words = f"{viewer.name_of(item.lease_owner).capitalize()} is {doing} (until {until})"
        elif item.state == WorkState.WAITING:
            continue
        else:
            words = f"Nobody is {doing}"
        lines.append(
            Presence(
                item=item.pk,
                words=words,
                mine=mine,
                may_take=not taken and bool(viewer.roles & STEP_ROLES[Step(item.step)]),
                may_give_back=mine or (taken and viewer.may_publish),
            )
        )
    return lines


def changes_since(document: Document, number: int) -> Changes:
    """What the document's events after this number touched."""
    rows = AuditEvent.objects.filter(stream=stream_of(document), number__gt=number).order_by("number")
    bodies = [json.loads(body) for body in rows.values_list("body", flat=True)[: MANY + 1]]
    events = [body for body in bodies if not _apart(body["data"])]
    segments = sorted({segment for event in events for segment in _touched(event["data"])})
    came_anew = any(event["action"].startswith("document.") for event in events)
    return Changes(segments, reload=len(bodies) > MANY or came_anew)


def _touched(data: Mapping[str, Any]) -> Sequence[int]:
    """The rows an event names. An import counts segments under the same word."""
    several, one = data.get("segments"), data.get("segment")
    if isinstance(several, list):
        return several
    return [] if one is None else [one]


def _apart(data: Mapping[str, Any]) -> bool:
    """Whether an event is about a lane beside the main one, of which nobody before the article is to know."""
    return bool(data.get("lane", Lane.MAIN) != Lane.MAIN)
