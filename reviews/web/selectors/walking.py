"""The way through an article, also to rows that an open page has not loaded: the next open, risky or flagged text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from django.db.models import Q, QuerySet
from django.utils.safestring import SafeString

from reviews.models import Document, Placement, SegmentState
from reviews.models.document import EDITED_STATES, runs_of
from reviews.models.states import with_covered
from reviews.routing.work import skills_of
from reviews.values import in_batches
from reviews.web.access import Viewer

from .article import Row, bar, placements_to_show
from .naming import EngineNames

#: What to look for: a text that is open for the person, the riskiest of these, or one with an open finding.
Aim = Literal["open", "risky", "finding"]
AIMS: tuple[Aim, ...] = ("open", "risky", "finding")

#: Candidates looked at in one go. Nearly always the first one is it.
AT_ONCE = 50


def next_row(document: Document, viewer: Viewer, aim: Aim = "open", after: int | None = None) -> Row | None:
    """The first row of the kind after the one that leads with segment `after`, around the end of the article.

    Riskiest texts follow each other by risk. That row itself is looked at last, and not for "open". A bounded number
    of queries for every fifty candidates, which are narrowed down by what the tables say.
    """
    for leaders in in_batches(_candidates(document, viewer, aim, after), AT_ONCE):
        for row in _bare_rows(document, viewer, leaders):
            if aim == "finding" or row.awaits_viewer:
                return row
    return None


def _candidates(document: Document, viewer: Viewer, aim: Aim, after: int | None) -> Iterator[int]:
    """Leading segments in the order they are looked at; one query, and one more past the end of the article."""
    placements = Placement.objects.filter(source_revision_id=document.current_source_id, segment__covered_by=None)
    key = "segment__risk_rank" if aim == "risky" else "rank"
    here = placements.filter(segment=after).values_list(key, flat=True).first() if after is not None else None
    rows = placements.filter(_wanted(document, viewer, aim)).order_by(key, "rank")
    if here is None:
        yield from _ids(rows)
        return
    yield from _ids(rows.filter(**{f"{key}__gt": here}))
    yield from _ids(rows.filter(**{f"{key}__lt" if aim == "open" else f"{key}__lte": here}))


def _ids(rows: QuerySet[Placement]) -> Iterator[int]:
    """The segments, read a few at a time: hardly ever is more than the first one wanted."""
    start = 0
    while part := list(rows.values_list("segment_id", flat=True)[start : start + AT_ONCE]):
        yield from part
        start += AT_ONCE


def _wanted(document: Document, viewer: Viewer, aim: Aim) -> Q:
    """What the tables can say of the rows that are looked for; the rest is for the rows themselves to say."""
    if aim == "finding":
        return ~Q(segment__open_findings=[])
    unfinished = ~Q(segment__state__in=EDITED_STATES) if viewer.may_edit else Q(pk__in=())
    reviewed = Q(segment__state=SegmentState.REVIEWED)
    to_approve = reviewed if viewer.may_approve else Q(pk__in=())
    if document.project.four_eyes:
        own = Q(segment__latest_decision__person=viewer.person) | Q(segment__latest_revision__author=viewer.person)
        to_approve &= ~own
    skills = skills_of(document, viewer.person) if viewer.may_edit else set()
    as_specialist = reviewed & Q(segment__route__specialist__in=sorted(skills)) if skills else Q(pk__in=())
    wanted = unfinished | to_approve | as_specialist
    return wanted & Q(segment__risk_rank__isnull=False) if aim == "risky" else wanted


def _bare_rows(document: Document, viewer: Viewer, leaders: Sequence[int]) -> list[Row]:
    """The rows of these leading segments, in their order, with no more than what makes them open for the viewer."""
    placements = placements_to_show(document).filter(segment__in=with_covered(leaders))
    names = EngineNames(document)
    rows = {
        run[0].segment_id: Row(
            viewer=viewer,
            placements=run,
            position=0,
            source_html=(),
            source_hash="",
            target=None,
            target_html=SafeString(""),
            highlights=(),
            findings=None,
            engines=(),
            names=names,
            marks=(),
        )
        for run in runs_of(placements)
    }
    bar(document, viewer, list(rows.values()))
    return [rows[leader] for leader in leaders if leader in rows]
