"""Which segment of the stored source each piece of a newly imported source is: pure rules."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from reviews.values import PlacedSource

#: A new wording that shares less than this with the old one (0 to 100) is another sentence.
EDITED_SIMILARITY = 50.0

#: Gaps with more pairs than this are matched by position instead of pair by pair.
LARGEST_GAP = 10_000


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A placed segment as it stands in the database, in article order."""

    id: int
    external_id: str
    kind: str
    text: str
    content_hash: str


def match_segments(old: Sequence[StoredSegment], new: Sequence[PlacedSource]) -> list[int | None]:
    """Per new piece the id of the segment it continues, or None for a new one; no segment is used twice.

    Pieces with an id of their file keep it. Others keep the segment with exactly their text, wherever it moved;
    what is left between two kept neighbours is an edited sentence when it is of the same kind and similar enough.
    """
    found: dict[int, int] = {}
    for match in (_by_external_id, _in_place, _moved, _edited):
        found.update(match(old, new, found))
    return [old[found[i]].id if i in found else None for i in range(len(new))]


def moved_pieces(places: Sequence[int | None]) -> set[int]:
    """The pieces that stand in another order than before; `places` has each one's old place, None for a new one.

    They are the fewest whose removal leaves the others in the old order.
    """
    ends: list[int] = []
    last: list[int] = []
    before: dict[int, int | None] = {}
    for i, place in enumerate(places):
        if place is None:
            continue
        length = bisect_left(ends, place)
        before[i] = last[length - 1] if length else None
        ends[length : length + 1] = [place]
        last[length : length + 1] = [i]
    in_order: set[int] = set()
    at = last[-1] if last else None
    while at is not None:
        in_order.add(at)
        at = before[at]
    return {i for i in before if i not in in_order}


def _free(old: Sequence[StoredSegment], found: dict[int, int]) -> set[int]:
    return set(range(len(old))) - set(found.values())


def _by_external_id(old: Sequence[StoredSegment], new: Sequence[PlacedSource], found: dict[int, int]) -> dict[int, int]:
    places = {segment.external_id: i for i, segment in enumerate(old) if segment.external_id}
    return {i: places[piece.external_id] for i, piece in enumerate(new) if piece.external_id in places}


def _in_place(old: Sequence[StoredSegment], new: Sequence[PlacedSource], found: dict[int, int]) -> dict[int, int]:
    """Equal texts in equal order; pieces that carry an id of their own match by that only."""
    free = _free(old, found)
    matcher = SequenceMatcher(
        None, [s.content_hash for s in old], [p.content.content_hash for p in new], autojunk=False
    )
    return {
        block.b + k: block.a + k
        for block in matcher.get_matching_blocks()
        for k in range(block.size)
        if block.a + k in free and block.b + k not in found and not new[block.b + k].external_id
    }


def _moved(old: Sequence[StoredSegment], new: Sequence[PlacedSource], found: dict[int, int]) -> dict[int, int]:
    places: dict[str, list[int]] = {}
    for i in sorted(_free(old, found), reverse=True):
        places.setdefault(old[i].content_hash, []).append(i)
    moved: dict[int, int] = {}
    for i, piece in enumerate(new):
        if i not in found and not piece.external_id and places.get(piece.content.content_hash):
            moved[i] = places[piece.content.content_hash].pop()
    return moved


def _edited(old: Sequence[StoredSegment], new: Sequence[PlacedSource], found: dict[int, int]) -> dict[int, int]:
    edited: dict[int, int] = {}
    for new_gap, old_gap in _gaps(old, new, found):
        for similarity, i, j in sorted(_similar(old, new, new_gap, old_gap), key=lambda pair: -pair[0]):
            if similarity >= EDITED_SIMILARITY and i not in edited and j not in edited.values():
                edited[i] = j
    return edited


def _gaps(
    old: Sequence[StoredSegment], new: Sequence[PlacedSource], found: dict[int, int]
) -> Iterator[tuple[list[int], list[int]]]:
    """Unmatched new pieces and the unmatched old segments that stood between the same matched neighbours."""
    free = _free(old, found)
    new_gap: list[int] = []
    after = -1
    for i in range(len(new) + 1):
        if i < len(new) and i not in found:
            if not new[i].external_id:
                new_gap.append(i)
            continue
        if new_gap:
            before = found[i] if i < len(new) else len(old)
            if before > after:
                yield new_gap, [j for j in range(after + 1, before) if j in free]
            new_gap = []
        if i < len(new):
            after = found[i]


def _similar(
    old: Sequence[StoredSegment], new: Sequence[PlacedSource], new_gap: list[int], old_gap: list[int]
) -> Iterator[tuple[float, int, int]]:
    """(similarity, new, old) of the pairs of one kind in a gap; of a huge gap only those at the same position."""
    if len(new_gap) * len(old_gap) > LARGEST_GAP:
        pairs = list(zip(new_gap, old_gap, strict=False))
    else:
        pairs = [(i, j) for i in new_gap for j in old_gap]
    for i, j in pairs:
        if new[i].kind == old[j].kind:
            yield fuzz.ratio(old[j].text, new[i].content.text), i, j
