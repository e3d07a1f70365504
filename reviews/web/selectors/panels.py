"""The panels of a desk head's page as the screen shows them: values in words, ways to what is behind them, drawings."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.reports.desk.alarms import Alarms
from reviews.reports.desk.base import Cell, Column, Drawing, Kind, Panel, Scope, Table, Value
from reviews.reports.desk.due import COUNTED
from reviews.values import shielded
from reviews.web.charts import Point
from reviews.web.charts_time import Series, line_chart
from reviews.web.timing import due, span


@dataclass(frozen=True, slots=True)
class Shown:
    """A value of a table: in words, all digits, where it leads, and how it is set."""

    words: str
    exact: str
    address: str
    kind: Kind
    #: An article's title is German.
    foreign: bool = False
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class ShownPanel:
    panel: Panel
    columns: Sequence[Column]
    rows: Sequence[Sequence[Shown]]
    total: Sequence[Shown]
    note: str
    empty: str
    chart: SafeString
    #: The file of the table.
    address: str

    @property
    def key(self) -> str:
        return self.panel.key


def shown(panel: Panel, scope: Scope, query: str) -> ShownPanel:
    """A panel with its figures; `query` is the page's own, for the file."""
    table = panel.table(scope)
    address = reverse("reviews:dashboard-csv", args=[scope.project.slug, panel.key])

    def line(row: Sequence[Cell]) -> list[Shown]:
        return [_shown(cell, column, scope) for cell, column in zip(row, table.columns, strict=True)]

    return ShownPanel(
        panel=panel,
        columns=table.columns,
        rows=[line(row) for row in table.rows],
        total=line(table.total) if table.total else (),
        note=table.note,
        empty=str(table.empty),
        chart=_drawn(panel, table),
        address=f"{address}?{query}" if query else address,
    )


def _shown(cell: Cell, column: Column, scope: Scope) -> Shown:
    value, kind = cell.value, column.kind
    urgency = ""
    if kind == "instant" and isinstance(value, datetime):
        deadline = due(value, scope.now)
        words, urgency = (deadline.words, deadline.urgency) if deadline else ("", "")
    else:
        words = in_words(value, kind)
        if column.key == "section" and value == "":
            words = _("no section")
    return Shown(words, exact(value), _address(cell, scope), kind, cell.document is not None, urgency)


def in_words(value: Value, kind: Kind) -> str:
    """A value as a table shows it: rounded to read; an en dash for none."""
    if value is None:
        return "–"
    if isinstance(value, timedelta):
        return span(value) if value >= timedelta(0) else _("%(time)s before") % {"time": span(-value)}
    if kind == "share" and isinstance(value, float):
        return _("%(number)s %%") % {"number": f"{100 * value:.1f}"}
    if kind == "score" and isinstance(value, float):
        return f"{value:.1f}".replace("-", "−")
    if isinstance(value, datetime):
        return date_format(value, "j M, H:i")
    if isinstance(value, date):
        return date_format(value, "j M Y")
    return str(value)


def exact(value: Value) -> str:
    """A value as a file has it: every digit, times as ISO 8601 and lengths of time in seconds; "" for none."""
    if value is None:
        return ""
    if isinstance(value, timedelta):
        return str(round(value.total_seconds()))
    if isinstance(value, float):
        return repr(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _address(cell: Cell, scope: Scope) -> str:
    if cell.document is not None:
        return reverse("reviews:document", args=[cell.document])
    # The list has no filter for articles without a section.
    if cell.which is None or cell.which.get("section") == "":
        return ""
    return _list(scope, **cell.which)


def csv_of(panel: Panel, scope: Scope) -> str:
    """The table as CSV with a header line: every digit, and no cell that a spreadsheet takes for a formula."""
    table = panel.table(scope)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    for row in (*table.rows, *([table.total] if table.total else [])):
        writer.writerow([shielded(cell.value) if isinstance(cell.value, str) else exact(cell.value) for cell in row])
    return text.getvalue()


# --- drawings ---------------------------------------------------------------------------------------


def _drawn(panel: Panel, table: Table) -> SafeString:
    drawing = table.drawing
    if drawing is None:
        return SafeString("")
    position = {column.key: i for i, column in enumerate(table.columns)}
    rows = table.rows
    places = list(dict.fromkeys(_place(row[position[drawing.x]].value) for row in rows))
    if len(places) < 2:
        return SafeString("")
    lines = [
        Series(name, [by_place.get(place) for place in places])
        for name, by_place in _lines(drawing, table.columns, position, rows).items()
    ]
    kind = table.columns[position[drawing.series[0]]].kind
    return line_chart(
        places,
        lines,
        key=f"chart-{panel.key}",
        title=str(panel.title),
        description=_("The values stand in the table below."),
        words=_axis(kind),
        from_zero=kind == "span",
    )


def _place(value: Value) -> str:
    return date_format(value, "j M Y") if isinstance(value, date) else str(value)


def _lines(
    drawing: Drawing, columns: Sequence[Column], position: Mapping[str, int], rows: Sequence[Sequence[Cell]]
) -> dict[str, dict[str, Point]]:
    """By the name of a series its points by place."""
    found: dict[str, dict[str, Point]] = {}
    for key in drawing.series:
        column = columns[position[key]]
        for row in rows:
            value = _number(row[position[key]].value)
            name = str(row[position[drawing.by]].value) if drawing.by else str(column.label)
            if value is None:
                continue
            low = _number(row[position[drawing.low]].value) if drawing.low else None
            high = _number(row[position[drawing.high]].value) if drawing.high else None
            place = _place(row[position[drawing.x]].value)
            words = f"{name}, {place}: {in_words(row[position[key]].value, column.kind)}"
            found.setdefault(name, {})[place] = Point(name, value, low, high, "filled", words)
    return found


def _number(value: Value) -> float | None:
    """Lengths of time in hours."""
    if isinstance(value, timedelta):
        return value.total_seconds() / 3600
    return float(value) if isinstance(value, int | float) else None


def _axis(kind: Kind) -> Callable[[float], str]:
    if kind == "span":
        return lambda hours: _("%(number)s h") % {"number": f"{hours:g}"}
    if kind == "share":
        return lambda share: _("%(number)s %%") % {"number": f"{100 * share:g}"}
    return lambda value: f"{value:g}".replace("-", "−")


# --- what burns -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Alarm:
    """One of the few numbers at the top of the page: what it counts, where it leads, whether it burns."""

    number: str
    words: str
    address: str
    burns: bool


def alarms(scope: Scope) -> list[Alarm]:
    """In the order in which they hurt."""
    found = Alarms.of(scope)
    return [
        Alarm(
            _number_up_to(found.overdue),
            ngettext("article is overdue", "articles are overdue", found.overdue),
            _list(scope, due="overdue", needs="waiting"),
            bool(found.overdue),
        ),
        Alarm(
            str(found.critical_texts),
            ngettext("text has an open critical finding", "texts have an open critical finding", found.critical_texts),
            _list(scope, needs="critical"),
            bool(found.critical_texts),
        ),
        Alarm(
            str(found.outdated),
            ngettext(
                "published article is outdated: its original changed",
                "published articles are outdated: their originals changed",
                found.outdated,
            ),
            _list(scope, needs="outdated"),
            bool(found.outdated),
        ),
        Alarm(
            _number_up_to(found.soon),
            ngettext("article is due within 24 hours", "articles are due within 24 hours", found.soon),
            _list(scope, due="day", needs="waiting"),
            False,
        ),
    ]


def _number_up_to(number: int) -> str:
    return _("more than %(number)d") % {"number": COUNTED} if number > COUNTED else str(number)


def _list(scope: Scope, **which: str) -> str:
    """The list of articles; narrowed to the section of the page, but for articles without one."""
    section = {"section": scope.section} if scope.section else {}
    return f"{reverse('reviews:my-work')}?{urlencode({'project': scope.project.slug, **section, **which})}#articles"
