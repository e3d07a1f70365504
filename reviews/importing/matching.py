"""Which segment of the stored source each piece of a newly imported source is: pure rules.

By content, never by time stamps, and near-linear in the length of the article: texts that did not change are found
as in Paul Heckel, "A technique for isolating differences between files" (CACM 21(4), 1978), which follows moved
passages too; what is left is compared with its neighbours and with texts that share a rare word.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from reviews.values import PlacedSource

#: From this similarity on a text is an edit of the one that stood between the same neighbours. Of neighbouring
#: sentences of WMT22 news, which are different ones, 0.9 % reach it; of sentences with up to half of their words
#: replaced, added or dropped, 99.8 %.
EDITED = 0.4

#: The same for a text that moved as well: it must not take the place of a third one.
MOVED_AND_EDITED = 0.7

#: What standing between the same neighbours counts for, where two old texts are to be had.
_NEIGHBOURS = 0.2

#: By how much the likeness of characters exceeds that of words for sentences that have nothing in common.
_CHARACTERS = 0.15

#: Gaps with more pairs than this are searched by place and by rare words instead of pair by pair.
_PAIRS_IN_GAP = 400

#: A word in more texts than this is not rare; of the texts that share rare words so many are compared.
_RARE, _COMPARED = 16, 8

_WORD = re.compile(r"\w+")
_STEM = 5


@dataclass(frozen=True, slots=True)
class StoredSegment:
    """A placed segment as it stands in the database, in article order."""

    external_id: str
    kind: str
    text: str
    content_hash: str


def match_segments(old: Sequence[StoredSegment], new: Sequence[PlacedSource]) -> list[int | None]:
    """Per new piece the index of the segment it continues, or None for a new one; no segment is used twice.

    Pieces with an id of their file keep it, whatever they say. Others keep the segment with exactly their text,
    wherever it moved. What is left is an edited sentence if it is of the same kind and alike enough: to the one
    between the same neighbours, or, more so, to one elsewhere. A sentence that stands alone between its neighbours,
    as one did before, is edited too when they share a word of some length, however much was rewritten.
    """
    found = _by_external_id(old, new)
    _find_unchanged(old, new, found, lambda kind, text: (kind, text))
    _find_unchanged(old, new, found, lambda _, text: text)
    _find_edited(old, new, found)
    return [found.get(i) for i in range(len(new))]


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


def _by_external_id(old: Sequence[StoredSegment], new: Sequence[PlacedSource]) -> dict[int, int]:
    places = {segment.external_id: j for j, segment in enumerate(old) if segment.external_id}
    return {i: places[piece.external_id] for i, piece in enumerate(new) if piece.external_id in places}


# --- unchanged --------------------------------------------------------------------------------------

Key = tuple[str, str] | str


def _find_unchanged(
    old: Sequence[StoredSegment],
    new: Sequence[PlacedSource],
    found: dict[int, int],
    key: Callable[[str, str], Key],
) -> None:
    """Texts with equal keys: those that occur once, then their equal neighbours, then the others in order.

    So of a sentence that occurs twice each keeps the one that stood beside the same text.
    """
    taken = set(found.values())
    old_keys = {j: key(s.kind, s.content_hash) for j, s in enumerate(old) if j not in taken}
    new_keys = {
        i: key(piece.kind, piece.content.content_hash)
        for i, piece in enumerate(new)
        if i not in found and not piece.external_id
    }

    def take(i: int, j: int) -> None:
        found[i] = j
        del new_keys[i], old_keys[j]

    old_places, new_places = _places(old_keys), _places(new_keys)
    for name, places in new_places.items():
        if len(places) == len(old_places.get(name, ())) == 1:
            take(places[0], old_places[name][0])
    # The ends of the article are neighbours as well, but a text beside one knows less than beside an equal one.
    for ends in (False, True):
        for step, i, j in ((1, -1, -1), (-1, len(new), len(old))):
            beside = j if ends else None
            while 0 <= i + step < len(new):
                i += step
                if beside is not None and i in new_keys and new_keys[i] == old_keys.get(beside + step):
                    take(i, beside + step)
                beside = found.get(i)
    old_places = {name: places[::-1] for name, places in _places(old_keys).items()}
    for i, name in sorted(new_keys.items()):
        if old_places.get(name):
            take(i, old_places[name].pop())


def _places(keys: dict[int, Key]) -> dict[Key, list[int]]:
    places: dict[Key, list[int]] = {}
    for place, name in keys.items():
        places.setdefault(name, []).append(place)
    return places


# --- edited -----------------------------------------------------------------------------------------


def _find_edited(old: Sequence[StoredSegment], new: Sequence[PlacedSource], found: dict[int, int]) -> None:
    """What is left over on both sides, the likest pairs first."""
    taken = set(found.values())
    left_new = [i for i, piece in enumerate(new) if i not in found and not piece.external_id]
    left_old = [j for j in range(len(old)) if j not in taken]
    if not left_new or not left_old:
        return
    texts = _Texts(old, new)
    ranked: dict[tuple[int, int], float] = {}
    for new_gap, old_gap in _gaps(old, new, found):
        for i, j in _pairs(new_gap, old_gap):
            likeness = texts.likeness(i, j)
            if likeness >= EDITED or (len(new_gap) == len(old_gap) and texts.share_a_word(i, j, new_gap, old_gap)):
                ranked[i, j] = likeness + _NEIGHBOURS
    for i, j in _sharing_rare_words(texts, left_new, left_old):
        if (i, j) not in ranked and (likeness := texts.likeness(i, j)) >= MOVED_AND_EDITED:
            ranked[i, j] = likeness
    for (i, j), _ in sorted(ranked.items(), key=lambda item: (-item[1], abs(item[0][0] - item[0][1]), item[0])):
        if i not in found and j not in taken:
            found[i] = j
            taken.add(j)


class _Texts:
    """The texts of both sides as their words, and how alike two of one kind are."""

    def __init__(self, old: Sequence[StoredSegment], new: Sequence[PlacedSource]) -> None:
        self._old = old
        self._new = new
        self._old_stems: dict[int, tuple[str, ...]] = {}
        self._new_stems: dict[int, tuple[str, ...]] = {}

    def old_stems(self, j: int) -> tuple[str, ...]:
        if j not in self._old_stems:
            self._old_stems[j] = _stems(self._old[j].text)
        return self._old_stems[j]

    def new_stems(self, i: int) -> tuple[str, ...]:
        if i not in self._new_stems:
            self._new_stems[i] = _stems(self._new[i].content.text)
        return self._new_stems[i]

    def likeness(self, i: int, j: int) -> float:
        """From 0 to 1: the longest common subsequence of words, or of characters where that says more."""
        if self._new[i].kind != self._old[j].kind:
            return 0.0
        words = Indel.normalized_similarity(self.new_stems(i), self.old_stems(j))
        return max(words, fuzz.ratio(self._new[i].content.text, self._old[j].text) / 100 - _CHARACTERS)

    def share_a_word(self, i: int, j: int, new_gap: Sequence[int], old_gap: Sequence[int]) -> bool:
        """Whether two texts at the same place of gaps of one size share a word of some length."""
        return (
            i - new_gap[0] == j - old_gap[0]
            and self._new[i].kind == self._old[j].kind
            and any(len(stem) == _STEM for stem in set(self.new_stems(i)) & set(self.old_stems(j)))
        )


def _stems(text: str) -> tuple[str, ...]:
    """The words of a text without case and endings."""
    return tuple(word.casefold()[:_STEM] for word in _WORD.findall(text))


def _gaps(
    old: Sequence[StoredSegment], new: Sequence[PlacedSource], found: dict[int, int]
) -> Iterator[tuple[list[int], list[int]]]:
    """Stretches of pieces without a segment, each with the free segments that follow or precede the same neighbour.

    A neighbour may have moved: then what stood beside it at its old place counts, once for each side.
    """
    taken = set(found.values())

    def free(start: int, step: int) -> list[int]:
        run = []
        while 0 <= start < len(old) and start not in taken:
            run.append(start)
            start += step
        return run if step > 0 else run[::-1]

    i = 0
    while i < len(new):
        if i in found or new[i].external_id:
            i += 1
            continue
        end = i
        while end < len(new) and end not in found and not new[end].external_id:
            end += 1
        gap = list(range(i, end))
        before, after = found.get(i - 1, -1 if i == 0 else None), found.get(end, len(old) if end == len(new) else None)
        behind = free(before + 1, 1) if before is not None else []
        ahead = free(after - 1, -1) if after is not None else []
        if behind:
            yield gap, behind
        if ahead and ahead != behind:
            yield gap, ahead
        i = end


def _pairs(new_gap: Sequence[int], old_gap: Sequence[int]) -> Iterable[tuple[int, int]]:
    """The pairs of a gap; of a large one those at the same distance from its beginning or its end."""
    if len(new_gap) * len(old_gap) <= _PAIRS_IN_GAP:
        return ((i, j) for i in new_gap for j in old_gap)
    from_start = zip(new_gap, old_gap, strict=False)
    from_end = zip(reversed(new_gap), reversed(old_gap), strict=False)
    return dict.fromkeys((*from_start, *from_end))


def _sharing_rare_words(texts: _Texts, left_new: Sequence[int], left_old: Sequence[int]) -> Iterator[tuple[int, int]]:
    """For each piece the few free segments that share most of its rare words with it."""
    places: dict[str, list[int]] = {}
    for j in left_old:
        for stem in set(texts.old_stems(j)):
            places.setdefault(stem, []).append(j)
    for i in left_new:
        shared: Counter[int] = Counter()
        for stem in set(texts.new_stems(i)):
            if len(places.get(stem, ())) <= _RARE:
                shared.update(places.get(stem, ()))
        for j in nlargest(_COMPARED, shared, key=lambda j: (shared[j], -abs(i - j))):
            yield i, j
