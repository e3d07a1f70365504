"""Which rows of an article can be divided or joined, and what the viewer began to divide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reviews.models import DivisionDraft, Document, Placement
from reviews.models.lineage import divided_from
from reviews.web.access import Viewer


@dataclass(frozen=True, slots=True)
class DividingTools:
    """What may be done to a row: divide its text, go on with that, or join it with the one before."""

    may_divide: bool = False
    begun: bool = False
    may_join: bool = False


def dividing_tools(viewer: Viewer, runs: Sequence[Sequence[Placement]]) -> dict[int, DividingTools]:
    """By leading segment, for rows of which anything can be said; two queries, whatever the number of rows."""
    if not viewer.may_edit:
        return {}
    leaders = [run[0].segment_id for run in runs]
    begun = set(
        DivisionDraft.objects.filter(segment__in=leaders, person=viewer.person).values_list("segment_id", flat=True)
    )
    parts = divided_from(leaders)
    found = {
        run[0].segment_id: DividingTools(len(run) > 1, run[0].segment_id in begun, run[0].segment_id in parts)
        for run in runs
    }
    return {leader: tools for leader, tools in found.items() if tools != DividingTools()}


@dataclass(frozen=True, slots=True)
class BegunDivision:
    """A division the viewer began in an article and did not save."""

    segment: int
    at: datetime


def begun_divisions(document: Document, viewer: Viewer) -> list[BegunDivision]:
    """One query, for people who edit."""
    if not viewer.may_edit:
        return []
    rows = DivisionDraft.objects.filter(segment__document=document, person=viewer.person).order_by("segment")
    return [BegunDivision(row.segment_id, row.updated_at) for row in rows]
