"""What a panel of the desk head's page is: a table of plain values, which the page, its drawing and a file all show.

A panel says what it counts and from where; how a value is written, and where a click leads, is the screen's. It reads
counters and indexes only, so that it costs the same for a hundred articles and for thirty thousand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal, Protocol

from django.utils import timezone
from django.utils.functional import Promise

from reviews.models import Project

#: How a value is written: as it is, as a number, as a length of time (timedelta), as an instant (datetime), as a share
#: of one, as a day (date), as an article (its title; the cell says which).
Kind = Literal["text", "number", "span", "instant", "share", "day", "article", "score"]

Value = str | int | float | timedelta | datetime | date | None

#: What a click on a value asks the list of articles for: names and values of its filters.
Which = Mapping[str, str]

#: The period a page shows that asks for none.
USUAL_PERIOD: Final = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is asked for: one of a project's sections or all (None), and days from `since` to `until`, both included.

    `counts` are what `tally.tallies` says of it, by section: most panels read them, and the page reads them once.
    """

    project: Project
    section: str | None
    since: date
    until: date
    now: datetime
    counts: Mapping[str, Mapping[str, int]]

    def counted(self, measure: str) -> int:
        """How many there are of a measure in all of its sections."""
        return sum(counts.get(measure, 0) for counts in self.counts.values())

    @property
    def begin(self) -> datetime:
        return midnight(self.since)

    @property
    def end(self) -> datetime:
        """The first moment after the period."""
        return midnight(self.until + timedelta(days=1))


def midnight(day: date) -> datetime:
    """The first moment of a day, where the desk is."""
    return timezone.make_aware(datetime.combine(day, time.min))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its key in the file, its heading, and how its values are written."""

    key: str
    label: str | Promise
    kind: Kind = "number"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, and what of it a click shows: articles of the list, or one article (its id)."""

    value: Value
    which: Which | None = None
    document: int | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """How the table is drawn: a line for each series over the values of column `x`.

    `low` and `high` name the ends of an interval around each value, where there are any. `series` are either columns,
    or with `by` the one column whose rows belong to the series that column `by` names.
    """

    x: str
    series: Sequence[str]
    by: str = ""
    low: str = ""
    high: str = ""
    unit: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of a panel. `note` is what a reader has to know of them, `empty` why there are none.

    `total` is a row about all of them together.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    note: str = ""
    empty: str | Promise = ""
    drawing: Drawing | None = None


class Panel(Protocol):
    """One subject of the page. `key` stands in addresses and names of files."""

    @property
    def key(self) -> str: ...

    @property
    def title(self) -> str | Promise: ...

    @property
    def words(self) -> str | Promise:
        """What it counts, in a sentence."""

    @property
    def dated(self) -> bool:
        """Whether the period of the page narrows it; the others show how things stand now."""

    @property
    def wide(self) -> bool:
        """Whether its table needs the whole width of a page."""

    def table(self, scope: Scope) -> Table: ...


def narrowed(scope: Scope, **more: str) -> Which:
    """The articles of the scope's section, if it has one, of which `more` is true."""
    return more if scope.section is None else {"section": scope.section, **more}
