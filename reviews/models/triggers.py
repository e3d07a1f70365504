"""Database triggers that make the append-only tables append-only, and those that count (`tally`), on both databases.

Installed from one list after every migrate, because SQLite drops a table's triggers when a migration remakes
it; a system check counts them at start. Only the tests' flush lifts those that guard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import UniqueConstraint

from . import tally

#: Tables in which a row, once written, stays as it is.
APPEND_ONLY = (
    "SourceRevision",
    "SegmentSource",
    "Hypothesis",
    "Reference",
    "Revision",
    "Decision",
    "Dismissal",
    "DismissalUndo",
    "QuoteProvenance",
    "Rating",
    "ErrorAnnotation",
    "AuditEvent",
    "Publication",
)


def append_only_models() -> list[type[models.Model]]:
    return [apps.get_model("reviews", name) for name in APPEND_ONLY]


def _unique_column_sets(model: type[models.Model]) -> Iterator[tuple[str, ...]]:
    """Every set of columns by which REPLACE could hit an existing row."""
    meta = model._meta
    yield (str(meta.pk.column),)
    for field in meta.local_fields:
        if field.unique and not field.primary_key:
            yield (str(field.column),)
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            if constraint.condition is not None:
                raise ImproperlyConfigured(
                    f"{constraint.name}: an append-only table takes plain unique constraints only, because its "
                    "REPLACE trigger compares columns; use NULL for rows that may repeat"
                )
            yield tuple(str(meta.get_field(name).column) for name in constraint.fields)  # type: ignore[union-attr]


def _sqlite_triggers(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    table = model._meta.db_table
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
    for event in ("update", "delete"):
        name = f"{table}_no_{event}"
        yield name, f'CREATE TRIGGER "{name}" BEFORE {event.upper()} ON "{table}" BEGIN {refuse}; END'
    # REPLACE deletes the old row without firing a delete trigger; it is caught where the new row comes in. An
    # ordinary insert that breaks a constraint is refused here too, which the constraint would do as well.
    clashes = " OR ".join(
        f'EXISTS (SELECT 1 FROM "{table}" WHERE ' + " AND ".join(f'"{c}" = NEW."{c}"' for c in columns) + ")"  # noqa: S608  (names of our own tables)
        for columns in _unique_column_sets(model)
    )
    name = f"{table}_no_replace"
    yield name, f'CREATE TRIGGER "{name}" BEFORE INSERT ON "{table}" WHEN {clashes} BEGIN {refuse}; END'


def _postgresql_triggers(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    table = model._meta.db_table
    for event, each in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
        name = f"{table}_no_{event}"
        yield (
            name,
            f'CREATE TRIGGER "{name}" BEFORE {event.upper()} ON "{table}" '
            f"FOR EACH {each} EXECUTE FUNCTION reviews_append_only()",
        )


def _wanted(connection: BaseDatabaseWrapper) -> list[tuple[str, str, tuple[str, ...]]]:
    """(trigger, table, statements) for every trigger this database must have."""
    make = {"sqlite": _sqlite_triggers, "postgresql": _postgresql_triggers}[connection.vendor]
    guards = [(name, m._meta.db_table, (sql,)) for m in append_only_models() for name, sql in make(m)]
    return [*guards, *tally.triggers_for(connection.vendor)]


def installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of our triggers that are in the database now and switched on."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {row[0] for row in cursor.fetchall()}
    return present & {name for name, _, _ in _wanted(connection)}


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    present = installed(connection)
    return [name for name, _, _ in _wanted(connection) if name not in present]


def lift(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers. For the tests' flush only: nothing in the product calls this but `install`."""
    _drop(connection, [(name, table) for name, table, _ in _wanted(connection)])


def lift_counting(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers that count: SQLite remakes no table that a trigger of another one reads.

    `install` puts them back after the migration, and counts afresh.
    """
    tables = set(connection.introspection.table_names())
    counting = tally.triggers_for(connection.vendor)
    _drop(connection, [(name, table) for name, table, _ in counting if table in tables])


def _drop(connection: BaseDatabaseWrapper, names: Iterable[tuple[str, str]]) -> None:
    with connection.cursor() as cursor:
        for name, table in names:
            on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
            cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


def install(connection: BaseDatabaseWrapper) -> None:
    """Install every trigger afresh, so that a changed list or table never leaves an old one behind.

    Where one that counts was missing, everything is counted anew in the same transaction.
    """
    tables = set(connection.introspection.table_names())
    wanted = _wanted(connection)
    if not {tally.Tally._meta.db_table, *(table for _, table, _ in wanted)} <= tables:
        return
    counting = {name for name, _, _ in tally.triggers_for(connection.vendor)}
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION reviews_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
                "USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
        uncounted = not counting <= installed(connection)
        lift(connection)
        for _, _, statements in wanted:
            for statement in statements:
                cursor.execute(statement)
        if uncounted:
            tally.recount(connection.alias)


def install_after_migrate(*, using: str, **kwargs: Any) -> None:
    """The post_migrate receiver."""
    install(connections[using])


def lift_before_migrate(*, using: str, plan: Sequence[object] = (), **kwargs: Any) -> None:
    """The pre_migrate receiver; where there is nothing to migrate, all stays as it is."""
    if plan:
        lift_counting(connections[using])
