"""The work that lies ready, step by step."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from reviews.models import Step, WorkItem, WorkState
from reviews.models.tally import work_measure
from reviews.models.work import USUAL_STEPS

from .base import Cell, Column, Scope, Table


class WorkBySteps:
    key = "steps"
    title = _("Waiting work")
    words = _("Pieces of work that are not done: an article, or part of one, for one step.")
    dated = False
    wide = True

    columns = (
        Column("step", _("Step"), "text"),
        Column("open", _("Open")),
        Column("taken", _("Taken")),
        Column("waiting", _("Waiting")),
        Column("oldest", _("Oldest open"), "article"),
        Column("age", _("Waits for"), "span"),
    )

    def table(self, scope: Scope) -> Table:
        rows = []
        for step in Step:
            number = {
                state: scope.counted(work_measure(step, state))
                for state in (WorkState.OPEN, WorkState.LEASED, WorkState.WAITING)
            }
            if not any(number.values()) and step not in USUAL_STEPS:
                continue
            oldest = self._open(scope, step).first() if number[WorkState.OPEN] else None
            rows.append(
                (
                    Cell(str(step.label)),
                    *(Cell(count) for count in number.values()),
                    Cell(str(oldest.document), document=oldest.document_id) if oldest else Cell(None),
                    Cell(scope.now - oldest.created_at if oldest else None),
                )
            )
        return Table(self.columns, rows)

    @staticmethod
    def _open(scope: Scope, step: Step) -> QuerySet[WorkItem]:
        rows = WorkItem.objects.filter(project=scope.project, step=step, state=WorkState.OPEN)
        if scope.section is not None:
            rows = rows.filter(section=scope.section)
        return rows.select_related("document").order_by("pk")
