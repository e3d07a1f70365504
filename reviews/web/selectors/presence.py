"""Who is on an article now, and what changed in it since a page was drawn."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from reviews.editing.claims import unfit
from reviews.editing.permissions import LEAD, STEP_ROLES
from reviews.models import Assignment, AuditEvent, Document, Lane, Person, Step, WorkItem, WorkState
from reviews.models.audit import stream_of
from reviews.models.work import LIVE_WORK_STATES
from reviews.web.access import Viewer

#: Acts after which the article has other rows.
OTHER_ROWS = ("revision.divided", "revision.joined")

#: More changes than this between two questions of a page, and it is told to reload.
MANY = 100


#: What somebody who has a step is doing.
DOING: dict[Step, Promise] = {
    Step.EDIT: gettext_lazy("editing"),
    Step.SPECIALIST: gettext_lazy("reviewing it as a specialist"),
    Step.BLIND: gettext_lazy("reviewing it a second time"),
    Step.ADJUDICATE: gettext_lazy("settling two reviews"),
    Step.APPROVE: gettext_lazy("approving"),
}
#: Steps that are worked on apart: who does so is not for those before the article to know.
APART = (Step.BLIND, Step.ADJUDICATE)


@dataclass(frozen=True, slots=True)
class Presence:
    """One step of an article: who has it or was given it, until when and why, and what the viewer may do about it."""

    item: int
    words: str
    mine: bool
    may_take: bool
    may_give_back: bool
    may_pass_on: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows an open page has to fetch again; `reload` when that would not do."""

    segments: Sequence[int]
    reload: bool


def live_items(document: Document) -> list[WorkItem]:
    rows = WorkItem.objects.filter(document=document, state__in=LIVE_WORK_STATES)
    rows = rows.select_related("lease_owner", "assignee", "document__project")
    return sorted(rows, key=lambda item: list(Step).index(Step(item.step)))


def presence_of(items: Iterable[WorkItem], viewer: Viewer) -> list[Presence]:
    """What is taken, and what is open to this viewer. A lease that ran out counts as open."""
    lines = []
    now = timezone.now()
    items = list(items)
    given = _given(items)
    for item in items:
        taken = item.state == WorkState.LEASED and item.lease_until is not None and item.lease_until > now
        mine = taken and item.lease_owner_id == viewer.person.pk
        if not taken and item.state == WorkState.WAITING:
            continue
        covers = bool(viewer.roles & STEP_ROLES[Step(item.step)])
        has_it = covers and viewer.person.pk in (item.assignee_id, item.lease_owner_id if taken else None)
        kept = item.assignee_id not in (None, viewer.person.pk)
        lines.append(
            Presence(
                item=item.pk,
                words=_words(item, given.get(item.pk), viewer, taken=taken, mine=mine),
                mine=mine,
                may_take=not taken and not kept and covers and not unfit(item, viewer.person),
                may_give_back=mine or (taken and viewer.may_publish),
                may_pass_on=has_it or bool(viewer.roles & LEAD),
            )
        )
    return lines


def _given(items: Iterable[WorkItem]) -> dict[int, Assignment]:
    kept = [item.pk for item in items if item.assignee_id is not None]
    return {row.item_id: row for row in Assignment.objects.filter(item__in=kept, ended_at=None)} if kept else {}


def _words(item: WorkItem, given: Assignment | None, viewer: Viewer, *, taken: bool, mine: bool) -> str:
    doing = str(DOING[Step(item.step)])
    if item.skill:
        doing = gettext("%(doing)s for %(skill)s") % {"doing": doing, "skill": item.skill}
    apart = item.step in APART
    if mine:
        return gettext("You are %(doing)s") % {"doing": doing}
    if taken:
        who = gettext("Somebody") if apart else capfirst(viewer.name_of(item.lease_owner))
        until = f"{timezone.localtime(item.lease_until):%H:%M}"
        return gettext("%(who)s is %(doing)s (until %(until)s)") % {"who": who, "doing": doing, "until": until}
    if given is None:
        return gettext("Nobody is %(doing)s") % {"doing": doing}
    who = gettext("somebody") if apart and item.assignee_id != viewer.person.pk else viewer.name_of(item.assignee)
    words = gettext("Nobody is %(doing)s; given to %(who)s") % {"doing": doing, "who": who}
    if given.until:
        until = date_format(timezone.localtime(given.until), gettext("D j M, H:i"))
        words = gettext("%(words)s, until %(until)s") % {"words": words, "until": until}
    return f"{words} ({given.reason})" if viewer.sees_names else words


def changes_since(document: Document, number: int, person: Person) -> Changes:
    """What the document's events after this number touched, for a page of this person.

    Texts divided or joined make other rows; the page on which that was done has them already.
    """
    rows = AuditEvent.objects.filter(stream=stream_of(document), number__gt=number).order_by("number")
    bodies = [json.loads(body) for body in rows.values_list("body", flat=True)[: MANY + 1]]
    events = [body for body in bodies if not _apart(body["data"])]
    segments = sorted({segment for event in events for segment in _touched(event["data"])})
    came_anew = any(
        event["action"].startswith("document.")
        or (event["action"] in OTHER_ROWS and event["person"]["id"] != str(person.public_id))
        for event in events
    )
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
