"""The queues a person takes work from, each read from the head of its own index.

A list of projects and skills in one condition would have the database sort the whole backlog to find the first of it;
so statements here are made of a part for each queue, and each part reads a few rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from reviews.models import Person, Step, WorkItem, WorkState
from reviews.values import in_batches

from .eligibility import Place, not_for

#: Parts of one statement: SQLite joins no more than 500. Hardly anybody has so many queues.
PARTS = 200


@dataclass(frozen=True, slots=True)
class Queue:
    """Open work of a step in one project that the person may take, in order.

    It asks for `skill` ("" for none); or it is what was `given` to the person, whatever it asks for.
    """

    person: Person
    place: Place
    step: Step
    skill: str = ""
    given: bool = False

    @property
    def rows(self) -> QuerySet[WorkItem]:
        project = self.place.project
        rows = WorkItem.objects.filter(state=WorkState.OPEN, project=project, step=self.step)
        rows = rows.exclude(not_for(self.person, self.step, project))
        if self.given:
            rows = rows.filter(assignee=self.person)
        else:
            rows = rows.filter(assignee=None, skill=self.skill)
        return rows.order_by("sort_key", "id")


def given_queues(person: Person, places: Iterable[Place], step: Step) -> list[Queue]:
    """What was given to the person, project by project."""
    return [Queue(person, place, step, given=True) for place in places if place.covers(step)]


def open_queues(person: Person, places: Iterable[Place], step: Step, skill: str | None = None) -> list[Queue]:
    """Everybody's queues of a step that the person takes work from; with `skill` those that ask for it."""
    return [
        Queue(person, place, step, name)
        for place in places
        if place.covers(step)
        for name in ("", *place.skills)
        if skill in (None, name)
    ]


def heads(queues: Sequence[Queue], at_most: int) -> tuple[str, list[Any]]:
    """The first items of each queue as one table expression, with its parameters.

    Columns: `queue`, its place in the list from 0, and the item's `id`. No order: each part has its own.
    """
    parts: list[str] = []
    parameters: list[Any] = []
    for number, queue in enumerate(queues):
        sql, own = queue.rows.values_list("id")[:at_most].query.sql_with_params()
        parts.append(f"SELECT {number} AS queue, q{number}.id FROM ({sql}) AS q{number}")  # noqa: S608
        parameters += own
    return " UNION ALL ".join(parts), parameters


def first_items(queues: Sequence[Queue], at_most: int) -> list[list[int]]:
    """The ids of the first items of each queue."""
    found: list[list[int]] = [[] for _ in queues]
    for start, rows in _asked(queues, "SELECT h.queue, h.id FROM ({heads}) h", at_most):
        for queue, ids in groupby(rows, key=lambda row: row[0]):
            found[start + queue] += [row[1] for row in ids]
    return found


def lengths(queues: Sequence[Queue], at_most: int) -> list[int]:
    """How long each queue is, counted no further than `at_most`."""
    found = [0] * len(queues)
    statement = "SELECT h.queue, COUNT(*) FROM ({heads}) h GROUP BY h.queue"
    for start, rows in _asked(queues, statement, at_most):
        for queue, length in rows:
            found[start + queue] = length
    return found


def _asked(queues: Sequence[Queue], statement: str, at_most: int) -> Iterator[tuple[int, list[Any]]]:
    for number, batch in enumerate(in_batches(queues, PARTS)):
        sql, parameters = heads(batch, at_most)
        with connection.cursor() as cursor:
            cursor.execute(statement.format(heads=sql), parameters)
            yield number * PARTS, cursor.fetchall()
