"""The queues a person takes work from, each read from the head of its own index.

A list of projects and skills in one condition would have the database sort the whole backlog to find the first of it;
so statements here are made of a part for each queue, and each part reads a few rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from django.db import connection
from django.db.models import Q, QuerySet

from reviews.models import Person, Step, WorkItem, WorkState
from reviews.values import in_batches

from .eligibility import Place, without_hand_of

#: Parts of one statement: SQLite joins no more than 500. Hardly anybody has so many queues.
PARTS = 200

#: What stands for the project and the skill in a part that is written once for many queues.
_PROJECT, _SKILL = -(2**31) + 11, "a skill of no project"


@dataclass(frozen=True, slots=True)
class Queue:
    """Open work of a step in one project that the person may take, in order.

    It asks for `skill` ("" for none); or it is what was `given` to the person, whatever it asks for. `within` leaves
    out of it what somebody does not want to see.
    """

    person: Person
    place: Place
    step: Step
    skill: str = ""
    given: bool = False
    within: Q = field(default_factory=Q, compare=False)

    @property
    def everything(self) -> QuerySet[WorkItem]:
        """All that is open in it, whoever may take it, as far as it is wanted."""
        rows = WorkItem.objects.filter(self.within, state=WorkState.OPEN, project=self.place.project, step=self.step)
        return rows.filter(assignee=self.person) if self.given else rows.filter(assignee=None, skill=self.skill)

    @property
    def rows(self) -> QuerySet[WorkItem]:
        """What the person may take."""
        rows = without_hand_of(self.person, self.everything, self.step, self.place.project)
        return rows.order_by("sort_key", "id")

    @property
    def shape(self) -> tuple[Any, ...]:
        """What of a queue decides how it is asked for; of two that are alike only project and skill differ."""
        project = self.place.project
        kinds = tuple(project.four_eyes_kinds)
        return self.person.pk, self.step, self.given, project.four_eyes, kinds, id(self.within) if self.within else 0

    def stand_in(self) -> Queue:
        """The queue with placeholders for its project and its skill."""
        project = copy(self.place.project)
        project.pk = _PROJECT
        return replace(self, place=replace(self.place, project=project), skill=_SKILL)


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
    return _together(queues, "rows", at_most)


def _together(queues: Sequence[Queue], which: Literal["rows", "everything"], at_most: int) -> tuple[str, list[Any]]:
    texts: list[str] = []
    parameters: list[Any] = []
    for number, (sql, own) in enumerate(_parts(queues, which, at_most)):
        texts.append(f"SELECT {number} AS queue, q{number}.id FROM ({sql}) AS q{number}")  # noqa: S608
        parameters += own
    return " UNION ALL ".join(texts), parameters


def _parts(
    queues: Sequence[Queue], which: Literal["rows", "everything"], at_most: int
) -> Iterator[tuple[str, list[Any]]]:
    """The part of each queue with its parameters. Queues of one shape share a text: writing one takes Django longer
    than the database takes to answer it."""
    written: dict[tuple[Any, ...], tuple[str, tuple[Any, ...]]] = {}
    for queue in queues:
        if queue.shape not in written:
            rows: QuerySet[WorkItem] = getattr(queue.stand_in(), which)
            written[queue.shape] = rows.values_list("id")[:at_most].query.sql_with_params()
        sql, parameters = written[queue.shape]
        own = {_PROJECT: queue.place.project.pk, _SKILL: queue.skill}
        yield sql, [own.get(each, each) if isinstance(each, int | str) else each for each in parameters]


def filled(queues: Sequence[Queue]) -> list[Queue]:
    """Those with anything in them: most queues there could be are empty, and asking only that is cheap."""
    found: list[Queue] = []
    for batch in in_batches(queues, PARTS):
        sql, parameters = _together(batch, "everything", 1)
        found += [batch[number] for number in sorted({row[0] for row in _rows(sql, parameters)})]
    return found


def first_items(queues: Sequence[Queue], at_most: int) -> list[int]:
    """The ids of the first items of each queue, queue by queue."""
    found: list[int] = []
    for batch in in_batches(queues, PARTS):
        found += [row[1] for row in _rows(*heads(batch, at_most))]
    return found


def lengths(queues: Sequence[Queue], at_most: int) -> list[int]:
    """How long each queue is, counted no further than `at_most`."""
    found: list[int] = []
    for batch in in_batches(queues, PARTS):
        sql, parameters = heads(batch, at_most)
        counted = dict(_rows(f"SELECT h.queue, COUNT(*) FROM ({sql}) h GROUP BY h.queue", parameters))  # noqa: S608
        found += [counted.get(number, 0) for number in range(len(batch))]
    return found


def _rows(sql: str, parameters: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
