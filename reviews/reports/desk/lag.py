"""How long after the German the English is out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Case, When
from django.utils.translation import gettext_lazy as _

from reviews.models import Document
from reviews.models.quality import monday_of

from .base import Cell, Column, Drawing, Scope, Table, midnight
from .quantiles import MEDIAN, MOST, quantile


def _weeks(scope: Scope) -> list[date]:
    """The Mondays of the weeks that the period touches."""
    first, last = monday_of(scope.since), monday_of(scope.until)
    return [first + timedelta(weeks=i) for i in range((last - first).days // 7 + 1)]


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
        rows = Document.objects.filter(
            project=scope.project,
            first_published_at__gte=scope.begin,
            first_published_at__lt=scope.end,
        )
        if scope.section is not None:
            rows = rows.filter(section=scope.section)
        weeks = _weeks(scope)
        # Counted by the database, in whole numbers: to read a time takes longer than all the rest.
        number = Case(
            *(When(first_published_at__gte=midnight(week), then=i) for i, week in reversed(list(enumerate(weeks)))),
            default=0,
        )
        by_week: dict[date, list[int]] = {}
        for i, lag in rows.annotate(number=number).order_by().values_list("number", "lag_seconds"):
            if lag is not None:
                by_week.setdefault(weeks[i], []).append(lag)
        every = sorted(lag for lags in by_week.values() for lag in lags)
        return Table(
            self.columns,
            [self._row(week, sorted(lags)) for week, lags in sorted(by_week.items())],
            total=self._row(None, every) if len(by_week) > 1 else None,
            empty=_("No article was published for the first time in these days."),
            drawing=Drawing("week", ("median", "most")),
        )

    @staticmethod
    def _row(week: date | None, lags: Sequence[int]) -> tuple[Cell, ...]:
        return (
            Cell(week),
            Cell(len(lags)),
            Cell(timedelta(seconds=quantile(lags, MEDIAN))),
            Cell(timedelta(seconds=quantile(lags, MOST))),
        )
