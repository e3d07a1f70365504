"""Which text stands for which segment: pure rules on rows in article order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from reviews.values import run_hash


class _Aligned(Protocol):
    @property
    def segment_id(self) -> int | None: ...
    @property
    def covers(self) -> int: ...
    @property
    def number(self) -> int: ...


AlignedRow = TypeVar("AlignedRow", bound=_Aligned)


def newest_runs(rows: Iterable[AlignedRow], order: Sequence[int]) -> dict[int, AlignedRow]:
    """The rows of one system (or reference) that hold now, by the segment they start at.

    `order` lists the segment ids of the source revision. Rows of several runs may cover the same segment; the
    newest run wins, and what it covers even in part is gone.
    """
    index = {segment: i for i, segment in enumerate(order)}
    taken: set[int] = set()
    kept: dict[int, AlignedRow] = {}
    for row in sorted(rows, key=lambda r: -r.number):
        if row.segment_id is None or row.segment_id not in index:
            continue
        start = index[row.segment_id]
        covered = range(start, min(start + row.covers, len(order)))
        if taken.isdisjoint(covered):
            taken.update(covered)
            kept[row.segment_id] = row
    return kept


class _Bound(_Aligned, Protocol):
    @property
    def source_hash(self) -> str: ...


BoundRow = TypeVar("BoundRow", bound=_Bound)


def current_runs(rows: Iterable[BoundRow], order: Sequence[int], hashes: Sequence[str]) -> dict[int, BoundRow]:
    """The rows of one system (or reference) that translate the source as it is now, by the segment they start at.

    `hashes` are those of the wordings of `order`. A row made for another wording, or for another run of segments,
    translates something else until its system is run again: it is passed over, and where an earlier row has exactly
    today's wording, that one holds.
    """
    index = {segment: i for i, segment in enumerate(order)}

    def is_current(row: BoundRow) -> bool:
        start = index.get(row.segment_id) if row.segment_id is not None else None
        return start is not None and row.source_hash == run_hash(hashes[start : start + row.covers])

    return newest_runs((row for row in rows if is_current(row)), order)


class _Text(Protocol):
    @property
    def block(self) -> int: ...
    @property
    def ordinal(self) -> int: ...


PlacedText = TypeVar("PlacedText", bound=_Text)


def beside(texts: Iterable[PlacedText], unaligned: Iterable[PlacedText]) -> list[tuple[PlacedText, PlacedText]]:
    """Each text without a source after the one it stands behind in its translation; in front of all: before the first.

    None where there is no other text. Texts of several runs go by the blocks of their pages.
    """

    def place(text: _Text) -> tuple[int, int]:
        return text.block, text.ordinal

    in_order = sorted(texts, key=place)
    places = [place(text) for text in in_order]
    behind = [(max(bisect_right(places, place(text)) - 1, 0), text) for text in sorted(unaligned, key=place)]
    return [(in_order[i], text) for i, text in behind] if in_order else []


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A segment in article order with what it would take its own target from.

    `covers` is 0 for one whose text was joined with the one before.
    """

    segment: int
    covers: int
    has_revision: bool

    @property
    def stands_alone(self) -> bool:
        """Whether people gave it a text of its own."""
        return self.has_revision and self.covers > 0


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive segments that one target serves; `leader` is the first of them."""

    leader: int
    segments: tuple[int, ...]


def lay_out(rows: Sequence[TargetRow]) -> list[Run]:
    """Cut an article (or a stretch of it that starts at a leader) into runs.

    A run takes as many segments as its leader's target covers, but ends before a segment that has a human text
    of its own: human text is never hidden behind another one. One whose text was joined with another, and which
    that does not reach any more, stands by itself, without a text.
    """
    runs: list[Run] = []
    i = 0
    while i < len(rows):
        end = i + 1
        while end < len(rows) and end < i + rows[i].covers and not rows[end].stands_alone:
            end += 1
        runs.append(Run(rows[i].segment, tuple(row.segment for row in rows[i:end])))
        i = end
    return runs


def smallest_common_runs(
    covers_a: Mapping[int, int], covers_b: Mapping[int, int], order: Sequence[int]
) -> Iterator[tuple[int, ...]]:
    """The smallest runs of consecutive segments that two sets of texts both cover completely.

    `covers_x` says per segment how many segments the text that starts there covers. A segment that one side
    does not cover at all ends the run before it and belongs to none.
    """
    size = len(order)
    ends = [_reach(covers, order) for covers in (covers_a, covers_b)]
    i = 0
    while i < size:
        end = i
        run_end = i + 1
        complete = True
        while end < run_end:
            for reach in ends:
                if reach[end] is None:
                    complete = False
                else:
                    run_end = max(run_end, reach[end] or 0)
            end += 1
        if complete:
            yield tuple(order[i:run_end])
        i = run_end


def _reach(covers: Mapping[int, int], order: Sequence[int]) -> list[int | None]:
    """Per position: one past the last position of the text that covers it, None where no text does."""
    reach: list[int | None] = [None] * len(order)
    for i, segment in enumerate(order):
        n = covers.get(segment)
        if n:
            end = min(i + n, len(order))
            for j in range(i, end):
                reach[j] = max(reach[j] or 0, end)
    return reach
