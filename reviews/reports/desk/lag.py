"""How long after the German the English is out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Case, Count, F, OrderBy, Q, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from reviews.models import Document
from reviews.models.quality import monday_of

from .base import Cell, Column, Drawing, Scope, Table, midnight

Number = TypeVar("Number", int, float)


@dataclass(frozen=True, slots=True)
class Figure:
    """How many articles there are, and the seconds within which half of them, and nine of ten, were out.

    The smallest of their times that so many do not exceed (Hyndman and Fan 1996, type 1): always one of them, so that
    a figure of few articles is not between any two.
    """

    articles: int
    median: int
    most: int


def _weeks(scope: Scope) -> list[date]:
    """The Mondays of the weeks that the period touches."""
    first, last = monday_of(scope.since), monday_of(scope.until)
    return [first + timedelta(weeks=i) for i in range((last - first).days // 7 + 1)]


def _figures(scope: Scope, weeks: Sequence[date]) -> tuple[dict[int, Figure], Figure | None]:
    """By the number of a week its figures, and those of the whole period.

    Ranked by the database, of which only the rows at the wanted ranks come here.
    """
    rows = Document.objects.filter(
        project=scope.project,
        first_published_at__gte=scope.begin,
        first_published_at__lt=scope.end,
        lag_seconds__isnull=False,
    )
    if scope.section is not None:
        rows = rows.filter(section=scope.section)
    in_order = OrderBy(F("lag_seconds"))
    week = Case(
        *(When(first_published_at__gte=midnight(week), then=i) for i, week in reversed(list(enumerate(weeks)))),
        default=0,
    )
    ranked = rows.annotate(week=week).annotate(
        rank=Window(RowNumber(), partition_by="week", order_by=in_order),
        of=Window(Count("pk"), partition_by="week"),
        rank_of_all=Window(RowNumber(), order_by=in_order),
        all=Window(Count("pk")),
    )
    # Half of them, and nine of ten, rounded up.
    half, most = (F("of") + 1) / 2, (F("of") * 9 + 9) / 10
    half_of_all, most_of_all = (F("all") + 1) / 2, (F("all") * 9 + 9) / 10
    wanted = ranked.filter(
        Q(rank=half) | Q(rank=most) | Q(rank_of_all=half_of_all) | Q(rank_of_all=most_of_all)
    ).order_by()
    lags: dict[int, dict[int, int]] = {}
    numbers: dict[int, int] = {}
    lags_of_all: dict[int, int] = {}
    all_of_them = 0
    for i, lag, rank, of, rank_of_all, number in wanted.values_list(
        "week", "lag_seconds", "rank", "of", "rank_of_all", "all"
    ):
        # Never null: those are left out above.
        lags.setdefault(i, {})[rank] = lags_of_all[rank_of_all] = int(lag or 0)
        numbers[i], all_of_them = of, number
    by_week = {i: _figure(number, lags[i]) for i, number in numbers.items()}
    return by_week, _figure(all_of_them, lags_of_all) if by_week else None


def _figure(number: int, by_rank: Mapping[int, int]) -> Figure:
    return Figure(number, by_rank[(number + 1) // 2], by_rank[(number * 9 + 9) // 10])


class Lag:
    key = "lag"
    title = _("From the original to the translation")
    words = _(
        "Time from the publication of the original, or from its import where its file does not say, to the first "
        "publication of the translation: half of the articles, and nine of ten, were out by then."
    )
    dated = True
    wide = True

    columns = (
        Column("week", _("Week from"), "day"),
        Column("articles", _("Articles")),
        Column("median", _("Half within"), "span"),
        Column("most", _("9 of 10 within"), "span"),
    )

    def table(self, scope: Scope) -> Table:
        weeks = _weeks(scope)
        figures, every = _figures(scope, weeks)
        return Table(
            self.columns,
            [self._row(weeks[i], figure) for i, figure in sorted(figures.items())],
            total=self._row(None, every) if every is not None and len(figures) > 1 else None,
            empty=_("No article was published for the first time in these days."),
            drawing=Drawing("week", ("median", "most")),
        )

    @staticmethod
    def _row(week: date | None, figure: Figure) -> tuple[Cell, ...]:
        return (
            Cell(week),
            Cell(figure.articles),
            Cell(timedelta(seconds=figure.median)),
            Cell(timedelta(seconds=figure.most)),
        )
