"""How much of the engines' texts the desk changed, in the last month that is over."""

from __future__ import annotations

from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from reviews.models import EffortFigure, EffortMonth

from .base import Cell, Column, Scope, Table


class EditedByEngine:
    """The figures of a month as they were counted. The page's section picks lines of them, and its period nothing: no
    table of this can be subtracted from another (docs/decisions/0021-tables-that-cannot-be-subtracted.md)."""

    key = "effort"
    title = _("How much was edited")
    words = _(
        "Texts that were reviewed for the first time in the last month that is over, against the engine's text they "
        "started from: edits per 100 words that half of the texts, and nine of ten, did not exceed."
    )
    dated = False
    wide = True

    columns = (
        Column("engine", _("Engine"), "text"),
        Column("section", _("Section"), "text"),
        Column("texts", _("Texts")),
        Column("unchanged", _("Unchanged"), "share"),
        Column("median", _("Half up to"), "score"),
        Column("most", _("9 of 10 up to"), "score"),
    )

    def table(self, scope: Scope) -> Table:
        month = EffortMonth.objects.filter(project=scope.project).order_by("-month").first()
        if month is None:
            return Table(self.columns, [], empty=_("No month that is over was counted yet."))
        figures = EffortFigure.objects.filter(of=month).select_related("system")
        if scope.section is not None:
            figures = figures.filter(section=scope.section)
        ordered = figures.order_by(F("system__position").asc(nulls_last=True), F("section").asc(nulls_last=True))
        name = date_format(month.month, "F Y")
        return Table(
            self.columns,
            [_line(figure) for figure in ordered],
            note=gettext(
                "%(month)s. A dash stands where fewer than five people edited, and where a number would tell what "
                "fewer than five did."
            )
            % {"month": name},
            empty=gettext("Nothing was reviewed here in %(month)s.") % {"month": name},
        )


def _line(figure: EffortFigure) -> tuple[Cell, ...]:
    share = figure.unchanged / figure.texts if figure.texts and figure.unchanged is not None else None
    return (
        Cell(figure.system.label if figure.system else gettext("all engines")),
        Cell(gettext("all sections") if figure.section is None else figure.section),
        Cell(figure.texts),
        Cell(share),
        Cell(figure.median),
        Cell(figure.most),
    )
