"""Taking work: a lease says who is on it now and runs out by itself. It never refuses a save.

Leases are no acts of record: who works when is nobody's business afterwards. Who was *given* what is, see
`reviews.editing.assignments`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.models import Assignment, Person, Project, Role, Skill, Step, WorkItem, WorkState
from reviews.models.work import NO_LEASE
from reviews.values import in_batches

from .eligibility import has_a_hand, places_of
from .permissions import STEP_ROLES, NotAllowedError, require
from .queues import PARTS, Queue, given_queues, heads, open_queues

#: How long a lease lasts without a sign of life; an open page renews it every minute.
LEASE = timedelta(minutes=10)

#: So many are read from the head of each queue: others may be taking some of them this very moment.
HEADS = 8

#: What somebody with a hand in the article is told of the steps of which they could do nothing at all.
_NEEDS_OTHERS = {
    Step.BLIND: gettext_lazy("This work is for somebody else: you worked on this article already."),
    Step.ADJUDICATE: gettext_lazy("This work is for somebody else: you worked on one of the texts to be settled."),
}


class ClaimError(Exception):
    """The work cannot be taken; the message says who has it or why, and the way out."""


def return_expired(now: datetime | None = None) -> int:
    """Put work back whose lease ran out; the number of items. Safe to run anywhere, any number of times."""
    return WorkItem.objects.filter(state=WorkState.LEASED, lease_until__lt=now or timezone.now()).update(
        state=WorkState.OPEN, updated_at=timezone.now(), **NO_LEASE
    )


def take_next(
    *, person: Person, step: Step, projects: Sequence[Project] | None = None, skill: str | None = None
) -> WorkItem | None:
    """Lease the first open item of a step the person may work on; None when there is none.

    What was given to them comes first, then the queues of their projects and skills (with `skill` that queue alone),
    by sort key. Left out is what was given to somebody else, and what is somebody else's because of what the person
    did in the article (`eligibility.hands_in`).

    One atomic statement: two people never get the same item. It reads the heads of the person's queues, so its cost
    does not grow with the backlog; it does with the number of items at a head that the person has a hand in.
    """
    return_expired()
    places = [place for place in places_of(person) if place.covers(step)]
    if projects is not None:
        wanted = {project.pk for project in projects}
        places = [place for place in places if place.project.pk in wanted]
    queues = given_queues(person, places, step) if skill is None else []
    queues += open_queues(person, places, step, skill)
    for part in in_batches(queues, PARTS):
        item = _lease_first(person, part)
        if item is None and connection.vendor == "postgresql":
            # "Nothing" may only mean that others hold row locks this very moment: wait for them once.
            item = _lease_first(person, part, waiting=True)
        if item is not None:
            return item
    return None


def _lease_first(person: Person, queues: Sequence[Queue], *, waiting: bool = False) -> WorkItem | None:
    items = connection.ops.quote_name(WorkItem._meta.db_table)
    lock = ""
    if connection.vendor == "postgresql":
        lock = "FOR UPDATE OF w" if waiting else "FOR UPDATE OF w SKIP LOCKED"
    candidates, candidate_parameters = heads(queues, HEADS)
    now = timezone.now()
    token = uuid.uuid4()
    parameters: list[Any] = [
        WorkState.LEASED.value,
        person.pk,
        _adapt(now + LEASE),
        token.hex if connection.vendor == "sqlite" else token,
        _adapt(now),
        *candidate_parameters,
        person.pk,
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        # Said again beside the lock, as a row may change between being read and being locked: open, and not given away.
        cursor.execute(
            f"UPDATE {items} SET state = %s, lease_owner_id = %s, lease_until = %s, lease_token = %s, "  # noqa: S608
            f"updated_at = %s WHERE id = (SELECT w.id FROM ({candidates}) c JOIN {items} w ON w.id = c.id "
            f"WHERE w.state = 'open' AND (w.assignee_id IS NULL OR w.assignee_id = %s) "
            f"ORDER BY w.assignee_id IS NULL, w.sort_key, w.id LIMIT 1 {lock}) RETURNING id",
            parameters,
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return WorkItem.objects.select_related("document__project").get(pk=row[0])


def _adapt(moment: datetime) -> object:
    return connection.ops.adapt_datetimefield_value(moment)


def claim(*, item_id: int, person: Person) -> WorkItem:
    """Lease one certain item; one's own lease is renewed.

    Raises NotAllowedError, or ClaimError naming whoever has it or was given it.
    """
    item = WorkItem.objects.select_related("document__project").get(pk=item_id)
    require(item.document.project, person, STEP_ROLES[Step(item.step)], _("take this work"))
    if refusal := unfit(item, person):
        raise ClaimError(refusal)
    return_expired()
    now = timezone.now()
    lease = {"state": WorkState.LEASED, "lease_owner": person, "lease_until": now + LEASE, "updated_at": now}
    mine = WorkItem.objects.filter(Q(assignee=None) | Q(assignee=person), pk=item_id, state=WorkState.OPEN)
    taken = mine.update(lease_token=uuid.uuid4(), **lease)
    if not taken:
        taken = WorkItem.objects.filter(pk=item_id, state=WorkState.LEASED, lease_owner=person).update(
            lease_until=now + LEASE, updated_at=now
        )
    item = WorkItem.objects.select_related("document__project", "lease_owner", "assignee").get(pk=item_id)
    if not taken:
        raise ClaimError(_who_has(item))
    return item


def unfit(item: WorkItem, person: Person) -> str:
    """Why the work could not be done by the person, whoever has it; "" if it could. Roles are asked for elsewhere."""
    if item.skill and not Skill.objects.filter(project=item.project_id, person=person, name=item.skill).exists():
        return _("This work is for somebody who knows %(skill)s. What you know stands under “My availability”.") % {
            "skill": item.skill
        }
    step = Step(item.step)
    if step in _NEEDS_OTHERS and has_a_hand(person, item):
        return str(_NEEDS_OTHERS[step])
    return ""


def _who_has(item: WorkItem) -> str:
    if item.state == WorkState.LEASED and item.lease_owner is not None:
        until = timezone.localtime(item.lease_until).strftime("%H:%M")
        return _("%(person)s has this work until %(until)s.") % {
            "person": item.lease_owner.shown_name,
            "until": until,
        }
    if item.state == WorkState.OPEN and item.assignee is not None:
        given = Assignment.objects.filter(item=item, ended_at=None).first()
        why = f": {given.reason}" if given else ""
        return _(
            "This work was given to %(person)s%(why)s. They can pass it on, and a desk head can give it to somebody "
            "else."
        ) % {"person": item.assignee.shown_name, "why": why}
    return _("This work is %(state)s.") % {"state": item.get_state_display().lower()}


def heartbeat(*, item_id: int, person: Person) -> bool:
    """Renew one's own lease while the page is open; False when it ran out or the work is done."""
    now = timezone.now()
    return bool(
        WorkItem.objects.filter(pk=item_id, state=WorkState.LEASED, lease_owner=person).update(
            lease_until=now + LEASE, updated_at=now
        )
    )


def release(*, item_id: int, person: Person) -> bool:
    """Give one's own work back; a desk head may give back anybody's. False when there was nothing to give back."""
    item = WorkItem.objects.select_related("document__project").get(pk=item_id)
    if item.state != WorkState.LEASED:
        return False
    if item.lease_owner_id != person.pk and Role.DESK_HEAD not in item.document.project.roles_of(person):
        raise NotAllowedError(_("Only a desk head can give back somebody else's work."))
    return bool(
        WorkItem.objects.filter(pk=item_id, state=WorkState.LEASED).update(
            state=WorkState.OPEN, updated_at=timezone.now(), **NO_LEASE
        )
    )
