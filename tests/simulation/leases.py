"""Every taking and ending of work, written down by the database itself, and time that runs faster for leases.

A watcher that polls could miss what comes and goes between two looks; a trigger misses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils import timezone

from reviews.models import WorkItem, WorkState

_TABLE = "simulation_leases"
_COLUMNS = "item, document, step, old_state, new_state, old_owner, new_owner, old_token, new_token, old_until"
_VALUES = (
    "NEW.id, NEW.document_id, NEW.step, OLD.state, NEW.state, OLD.lease_owner_id, NEW.lease_owner_id, "
    "OLD.lease_token, NEW.lease_token, OLD.lease_until"
)
_INSTALL = {
    "sqlite": [
        f"CREATE TABLE {_TABLE} (id integer PRIMARY KEY AUTOINCREMENT, "
        f"at text DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')), {_COLUMNS})",
        f"CREATE TRIGGER {_TABLE}_note AFTER UPDATE ON reviews_workitem "
        "WHEN OLD.state <> NEW.state OR OLD.lease_token IS NOT NEW.lease_token "
        f"BEGIN INSERT INTO {_TABLE} ({_COLUMNS}) VALUES ({_VALUES}); END",
    ],
    "postgresql": [
        f"CREATE TABLE {_TABLE} (id bigserial PRIMARY KEY, at timestamptz DEFAULT clock_timestamp(), item bigint, "
        "document bigint, step text, old_state text, new_state text, old_owner bigint, new_owner bigint, "
        "old_token uuid, new_token uuid, old_until timestamptz)",
        f"CREATE FUNCTION {_TABLE}_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"INSERT INTO {_TABLE} ({_COLUMNS}) VALUES ({_VALUES}); RETURN NULL; END $$",
        f"CREATE TRIGGER {_TABLE}_note AFTER UPDATE ON reviews_workitem FOR EACH ROW "
        "WHEN (OLD.state <> NEW.state OR OLD.lease_token IS DISTINCT FROM NEW.lease_token) "
        f"EXECUTE FUNCTION {_TABLE}_note()",
    ],
}
_REMOVE = {
    "sqlite": [f"DROP TRIGGER {_TABLE}_note", f"DROP TABLE {_TABLE}"],
    "postgresql": [
        f"DROP TRIGGER {_TABLE}_note ON reviews_workitem",
        f"DROP FUNCTION {_TABLE}_note()",
        f"DROP TABLE {_TABLE}",
    ],
}


@dataclass(frozen=True, slots=True)
class Change:
    """A work item as it was and as it then was."""

    at: datetime
    item: int
    document: int
    step: str
    old_state: str
    new_state: str
    old_owner: int | None
    new_owner: int | None
    old_token: str | None
    new_token: str | None
    old_until: datetime | None


@contextmanager
def noting_leases() -> Iterator[None]:
    """Have the database note each change of a work item's state or lease, until the block ends."""
    with connection.cursor() as cursor:
        for statement in _INSTALL[connection.vendor]:
            cursor.execute(statement)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for statement in _REMOVE[connection.vendor]:
                cursor.execute(statement)


def changes() -> list[Change]:
    """What was noted, item by item in the order it happened."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT at, {_COLUMNS} FROM {_TABLE} ORDER BY id")
        rows = cursor.fetchall()
    return [Change(_moment(row[0]), *row[1:10], _moment(row[10]) if row[10] else None) for row in rows]


def _moment(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def age(lifetime: float) -> int:
    """Let each lease run out that had no sign of life for so many seconds, as it would by itself after ten minutes."""
    quiet = timezone.now() - timedelta(seconds=lifetime)
    old = WorkItem.objects.filter(state=WorkState.LEASED, updated_at__lt=quiet, lease_until__gt=timezone.now())
    return old.update(lease_until=timezone.now() - timedelta(milliseconds=1))


def problems(noted: list[Change], released: dict[int, set[int]]) -> list[str]:
    """Leases that were taken from somebody before they ran out, were given to two, or live side by side.

    `released` gives by person the items they, or a desk head, asked to give back.
    """
    found = []
    holders: dict[int, str | None] = {}
    beside: dict[tuple[int, str], set[int]] = {}
    given_back = set().union(*released.values())
    for change in noted:
        name = f"{change.at:%H:%M:%S.%f} item {change.item} ({change.step} of document {change.document})"
        if holders.get(change.item) != change.old_token:
            found.append(f"{name}: somebody else had it than the change before said")
        if change.old_token is not None and change.new_token not in (None, change.old_token):
            found.append(f"{name}: went from person {change.old_owner} straight to {change.new_owner}")
        ended = change.old_token is not None and change.new_state == WorkState.OPEN
        if ended and change.old_until and change.old_until > change.at and change.item not in given_back:
            found.append(f"{name}: was taken from person {change.old_owner} before the lease ran out")
        holders[change.item] = change.new_token
        leased = beside.setdefault((change.document, change.step), set())
        leased.discard(change.item)
        if change.new_token is not None:
            leased.add(change.item)
        if len(leased) > 1:
            found.append(f"{name}: leased beside item {sorted(leased)}")
    return found


def expired(noted: list[Change]) -> int:
    """How many leases ran out."""
    return sum(
        change.old_token is not None
        and change.new_state == WorkState.OPEN
        and change.old_until is not None
        and change.old_until <= change.at
        for change in noted
    )
