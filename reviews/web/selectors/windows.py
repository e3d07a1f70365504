"""The windows a long article is shown in: consecutive paragraphs, some sixty texts at a time.

An article of ordinary length is one window. Where windows begin follows from the source alone, so that an open page and
the server cut the article alike whatever is written meanwhile; a text that serves sentences on both sides of a cut
belongs to the window it starts in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import BigIntegerField, Count, Min

from reviews.models import Document, Placement

#: About how many texts a window holds: whole paragraphs, so a few more.
SIZE = 60

#: Up to so many texts an article is shown as a whole.
LONGEST_WHOLE = 150

#: No request is answered with more than so many: a paragraph is never that long.
MOST = 500


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive segments of an article: `count` of them from the one at place `position` (from 1) on.

    They are those with ranks from `first` to `last`, which leave no gap between two windows. `leader` is the id of
    the first one: by it an address names the window.
    """

    position: int
    count: int
    first: int
    last: int
    leader: int

    @property
    def end(self) -> int:
        """The place of its last segment."""
        return self.position + self.count - 1

    @property
    def is_all(self) -> bool:
        """Whether it is the whole article."""
        return self.first == 0 and self.last == BigIntegerField.MAX_BIGINT


def windows_of(document: Document) -> list[Window]:
    """The document's windows in order, at least one; two queries, none for an article of ordinary length."""
    if document.segments_total <= LONGEST_WHOLE:
        return [Window(1, document.segments_total, 0, BigIntegerField.MAX_BIGINT, 0)]
    placements = Placement.objects.filter(source_revision_id=document.current_source_id)
    blocks = placements.order_by().values("block").annotate(first=Min("rank"), count=Count("id")).order_by("first")
    starts = list(_starts(blocks.values_list("first", "count")))
    ranks = [first for first, _, _ in starts]
    leaders = dict(placements.filter(rank__in=ranks).values_list("rank", "segment_id"))
    ends = [rank - 1 for rank in ranks[1:]] + [BigIntegerField.MAX_BIGINT]
    return [
        Window(position, count, first if position > 1 else 0, last, leaders[first])
        for (first, position, count), last in zip(starts, ends, strict=True)
    ]


def _starts(blocks: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """(rank, place, count) of windows, given the first rank and the number of segments of each block."""
    start, position, count = 0, 1, 0
    for first, segments in blocks:
        if count >= SIZE:
            yield start, position, count
            position, count = position + count, 0
        if not count:
            start = first
        count += segments
    if count:
        yield start, position, count


def rank_of(document: Document, segment_id: int) -> int | None:
    """Where a segment stands in the document's current source; None where it left it. One query."""
    rows = Placement.objects.filter(source_revision_id=document.current_source_id, segment_id=segment_id)
    return rows.values_list("rank", flat=True).first()


def window_at(document: Document, first: int, last: int) -> Window | None:
    """The window an open page asks for by its ranks; None where nothing stands there. Two queries.

    However wide it asks, the window is none of more than MOST segments.
    """
    placements = Placement.objects.filter(source_revision_id=document.current_source_id)
    here = list(placements.filter(rank__range=(first, last)).order_by("rank").values_list("rank", "segment_id")[:MOST])
    if not here:
        return None
    before = placements.filter(rank__lt=first).count()
    return Window(before + 1, len(here), first, last if len(here) < MOST else here[-1][0], here[0][1])
