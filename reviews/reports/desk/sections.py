"""What waits, section by section: what a desk head looks at first."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from reviews.models import Document, Project, SegmentState, Tally
from reviews.models.document import UNFINISHED
from reviews.models.tally import CRITICAL_DOCUMENTS, CRITICAL_TEXTS, OUTDATED, documents_measure, texts_measure

from .base import Cell, Column, Scope, Table

#: States of texts that an editor still has to do something for.
TO_EDIT = (SegmentState.NEW, SegmentState.IN_REVIEW, SegmentState.SENT_BACK, SegmentState.SOURCE_CHANGED)


def total(counts: Mapping[str, int], measures: list[str]) -> int:
    return sum(counts.get(measure, 0) for measure in measures)


def oldest_waiting(project: Project, sections: list[str]) -> dict[str, Document]:
    """By section the unfinished article that came in first.

    Two queries, the first of which looks at the first row of an index for each section and state.
    """
    here = Document.objects.filter(project=project, section=OuterRef("section")).order_by("created_at", "pk")
    first = {state: Subquery(here.filter(state=state).values("pk")[:1]) for state in UNFINISHED}
    rows = Tally.objects.filter(project=project, section__in=sections).order_by().values("section").distinct()
    ids = {pk for row in rows.annotate(**first).values_list(*UNFINISHED) for pk in row if pk is not None}
    found: dict[str, Document] = {}
    for document in Document.objects.filter(pk__in=ids).order_by("created_at", "pk"):
        found.setdefault(document.section, document)
    return found


class WaitingBySection:
    key = "sections"
    title = _("What waits, by section")
    words = _("Articles that are not approved yet, the texts in them that nobody has reviewed, and what burns.")
    dated = False
    wide = True

    columns = (
        Column("section", _("Section"), "text"),
        Column("articles", _("Articles waiting")),
        Column("texts", _("Texts to edit")),
        Column("to_approve", _("Texts to approve")),
        Column("critical_texts", _("Texts with a critical finding")),
        Column("outdated", _("Outdated publications")),
        Column("oldest", _("Oldest waiting"), "article"),
        Column("age", _("Waits for"), "span"),
    )

    def table(self, scope: Scope) -> Table:
        oldest = oldest_waiting(scope.project, list(scope.counts))
        rows = []
        for section, counts in scope.counts.items():
            articles = total(counts, [documents_measure(state) for state in UNFINISHED])
            burning = total(counts, [CRITICAL_TEXTS, OUTDATED])
            if not articles and not burning:
                continue
            first = oldest.get(section)
            rows.append(
                (
                    Cell(section),
                    Cell(articles, {"section": section, "needs": "waiting"}),
                    Cell(total(counts, [texts_measure(state) for state in TO_EDIT])),
                    Cell(counts.get(texts_measure(SegmentState.REVIEWED), 0)),
                    Cell(
                        counts.get(CRITICAL_TEXTS, 0),
                        {"section": section, "needs": "critical"} if counts.get(CRITICAL_DOCUMENTS) else None,
                    ),
                    Cell(
                        counts.get(OUTDATED, 0),
                        {"section": section, "needs": "outdated"} if counts.get(OUTDATED) else None,
                    ),
                    Cell(str(first), document=first.pk) if first else Cell(None),
                    Cell(scope.now - first.created_at if first else None),
                )
            )
        return Table(self.columns, rows, empty=_("Nothing waits."))
