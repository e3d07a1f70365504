"""Where articles and texts stand."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from reviews.models import DocumentState, SegmentState
from reviews.models.states import COUNTED_STATES
from reviews.models.tally import documents_measure, texts_measure

from .base import Cell, Column, Scope, Table, narrowed


class ArticlesByState:
    key = "articles"
    title = _("Articles by state")
    words = _("All articles of the project.")
    dated = False
    wide = False

    columns = (
        Column("state", _("State"), "text"),
        Column("articles", _("Articles")),
    )

    def table(self, scope: Scope) -> Table:
        rows = []
        for state in DocumentState:
            number = scope.counted(documents_measure(state))
            rows.append((Cell(str(state.label)), Cell(number, narrowed(scope, state=state.value) if number else None)))
        return Table(self.columns, rows)


class TextsByState:
    key = "texts"
    title = _("Texts by state")
    words = _("The texts of all articles of the project.")
    dated = False
    wide = False

    columns = (
        Column("state", _("State"), "text"),
        Column("texts", _("Texts")),
    )

    def table(self, scope: Scope) -> Table:
        return Table(
            self.columns,
            [
                (
                    Cell(str(SegmentState(state).label)),
                    Cell(scope.counted(texts_measure(state))),
                )
                for state in COUNTED_STATES
            ],
        )
