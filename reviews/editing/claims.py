"""Taking work: a lease says who is on it now and runs out by itself. It never refuses a save."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from reviews.models import Lane, Person, Project, Revision, Role, Step, WorkItem, WorkState

from .permissions import APPROVE, EDIT, NotAllowedError, require

#: How long a lease lasts without a sign of life; an open page renews it every minute.
LEASE = timedelta(minutes=10)

STEP_ROLES: dict[Step, frozenset[Role]] = {
    Step.EDIT: EDIT,
    Step.SPECIALIST: EDIT,
    Step.BLIND: EDIT,
    Step.ADJUDICATE: APPROVE,
    Step.APPROVE: APPROVE,
}


class ClaimError(Exception):
    """The work cannot be taken; the message says who has it or why."""


def return_expired(now: datetime | None = None) -> int:
    """Put work back whose lease ran out; the number of items. Safe to run anywhere, any number of times."""
    return WorkItem.objects.filter(state=WorkState.LEASED, lease_until__lt=now or timezone.now()).update(
        state=WorkState.OPEN, lease_owner=None, lease_until=None, lease_token=None, updated_at=timezone.now()
    )


def take_next(*, person: Person, step: Step, projects: Sequence[Project] | None = None) -> WorkItem | None:
    """Lease the first open item of a step the person may work on; None when there is none.

    One atomic statement: two people never get the same item, and its cost does not grow with the backlog. Work
    to approve leaves out documents the person wrote in, where the project asks for four eyes.
    """
    return_expired()
    mine = _projects_for(person, step, projects)
    if not mine:
        return None
    item = _lease_first(person, step, mine)
    if item is None and connection.vendor == "postgresql":
        # "Nothing" may only mean that others hold row locks this very moment: ask once more.
        item = _lease_first(person, step, mine)
    return item


def _projects_for(person: Person, step: Step, projects: Sequence[Project] | None) -> list[int]:
    allowed = Project.objects.filter(
        memberships__person=person, memberships__role__in=STEP_ROLES[step], archived_at=None
    ).distinct()
    if projects is not None:
        allowed = allowed.filter(pk__in=[project.pk for project in projects])
    return list(allowed.values_list("pk", flat=True))


def _lease_first(person: Person, step: Step, project_ids: Sequence[int]) -> WorkItem | None:
    quote = connection.ops.quote_name
    items, revisions, projects = (quote(model._meta.db_table) for model in (WorkItem, Revision, Project))
    skip = "FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    not_mine = (
        f"AND NOT EXISTS (SELECT 1 FROM {revisions} r WHERE r.document_id = w.document_id "  # noqa: S608
        f"AND r.author_id = %s AND r.lane = %s AND (SELECT p.four_eyes FROM {projects} p WHERE p.id = w.project_id))"
        if step == Step.APPROVE
        else ""
    )
    marks = ", ".join(["%s"] * len(project_ids))
    now = timezone.now()
    token = uuid.uuid4()
    parameters: list[Any] = [
        WorkState.LEASED.value,
        person.pk,
        _adapt(now + LEASE),
        token.hex if connection.vendor == "sqlite" else token,
        _adapt(now),
        step.value,
        *project_ids,
    ]
    if not_mine:
        parameters += [person.pk, Lane.MAIN.value]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {items} SET state = %s, lease_owner_id = %s, lease_until = %s, lease_token = %s, "  # noqa: S608
            f"updated_at = %s WHERE id = (SELECT w.id FROM {items} w WHERE w.state = 'open' AND w.step = %s "
            f"AND w.project_id IN ({marks}) {not_mine} ORDER BY w.sort_key, w.id LIMIT 1 {skip}) RETURNING id",
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

    Raises NotAllowedError, or ClaimError naming whoever has it.
    """
    item = WorkItem.objects.select_related("document__project", "lease_owner").get(pk=item_id)
    require(item.document.project, person, STEP_ROLES[Step(item.step)], "take this work")
    return_expired()
    now = timezone.now()
    taken = WorkItem.objects.filter(pk=item_id, state=WorkState.OPEN).update(
        state=WorkState.LEASED, lease_owner=person, lease_until=now + LEASE, lease_token=uuid.uuid4(), updated_at=now
    )
    if not taken:
        taken = WorkItem.objects.filter(pk=item_id, state=WorkState.LEASED, lease_owner=person).update(
            lease_until=now + LEASE, updated_at=now
        )
    item.refresh_from_db()
    if not taken:
        if item.state == WorkState.LEASED and item.lease_owner is not None:
            until = timezone.localtime(item.lease_until).strftime("%H:%M")
            raise ClaimError(f"{item.lease_owner.shown_name} has this work until {until}.")
        raise ClaimError(f"This work is {item.get_state_display().lower()}.")
    return item


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
        raise NotAllowedError("Only a desk head can give back somebody else's work.")
    return bool(
        WorkItem.objects.filter(pk=item_id, state=WorkState.LEASED).update(
            state=WorkState.OPEN, lease_owner=None, lease_until=None, lease_token=None, updated_at=timezone.now()
        )
    )
