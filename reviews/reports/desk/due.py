"""Which unfinished articles are due next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from reviews.models import Document
from reviews.models.document import UNFINISHED

from .base import Cell, Column, Scope, Table

#: So many are listed, the nearest deadline first; the list of articles has them all.
LISTED: Final = 10

#: More than so many late articles are not counted one by one: nobody can act on the difference.
COUNTED: Final = 999

#: What is due within this time is due soon.
SOON: Final = timedelta(hours=24)


def with_deadline(scope: Scope) -> QuerySet[Document]:
    rows = Document.objects.filter(project=scope.project, state__in=UNFINISHED, deadline_at__isnull=False)
    return rows if scope.section is None else rows.filter(section=scope.section)


def late(scope: Scope, until: datetime) -> int:
    """How many unfinished articles are due before `until`; COUNTED + 1 stands for more than COUNTED."""
    return len(with_deadline(scope).filter(deadline_at__lt=until).order_by().values_list("pk")[: COUNTED + 1])


class DueSoon:
    key = "due"
    title = _("Due next")
    words = _("Unfinished articles with a deadline, the nearest first.")
    dated = False
    wide = True

    columns = (
        Column("article", _("Article"), "article"),
        Column("section", _("Section"), "text"),
        Column("state", _("State"), "text"),
        Column("texts", _("Texts to approve yet")),
        Column("deadline", _("Deadline"), "instant"),
    )

    def table(self, scope: Scope) -> Table:
        rows = with_deadline(scope).order_by("deadline_at", "pk")[:LISTED]
        return Table(
            self.columns,
            [
                (
                    Cell(str(row), document=row.pk),
                    Cell(row.section),
                    Cell(str(row.get_state_display())),
                    Cell(row.segments_total - row.segments_approved),
                    Cell(row.deadline_at),
                )
                for row in rows
            ],
            empty=_("No unfinished article has a deadline."),
        )
