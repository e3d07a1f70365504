"""Who wrote what a divided or joined text was made of: the words moved, and four eyes go with them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reviews.values import in_batches

from .review import Decision, DecisionKind, Lane, Origin, Revision

#: Origins of texts that have words of another segment.
MOVED = (Origin.DIVIDED, Origin.JOINED)

#: By revision the people who have a share in it for another reason than having written it.
Shares = Mapping[int, Collection[int]]


def people_behind(segment_ids: Sequence[int], shares_of: Callable[[Sequence[int]], Shares]) -> dict[int, set[int]]:
    """By divided or joined revision of these segments the people who had a part in the texts it was made of.

    Of each of those texts that is whoever wrote in its segment since it was last approved. `shares_of` names, for
    segments, who else has a share in their revisions. One query where nothing was ever divided.
    """
    asked: list[int] = []
    for part in in_batches(segment_ids):
        rows = Revision.objects.filter(segment_id__in=part, lane=Lane.MAIN, origin__in=MOVED)
        asked += rows.values_list("segment_id", flat=True)
    if not asked:
        return {}
    family = _family(set(asked))
    within = set(segment_ids)
    behind = {text.pk: family.behind(text, shares_of) for text in family.texts.values() if text.segment in within}
    return {pk: people for pk, people in behind.items() if people}


@dataclass(frozen=True, slots=True)
class _Text:
    pk: int
    segment: int
    number: int
    author: int
    made_of: tuple[int, ...]


@dataclass(slots=True)
class _Family:
    """Segments that words moved between, with all their texts and approvals."""

    texts: dict[int, _Text] = field(default_factory=dict)
    #: By segment the numbers of the texts that were approved.
    approved: dict[int, set[int]] = field(default_factory=dict)
    _shares: Shares | None = None
    _known: dict[int, set[int]] = field(default_factory=dict)

    @property
    def segments(self) -> set[int]:
        return {text.segment for text in self.texts.values()}

    def behind(self, text: _Text, shares_of: Callable[[Sequence[int]], Shares]) -> set[int]:
        """A text is made of earlier ones only, so this comes to an end."""
        if self._shares is None:
            self._shares = shares_of(sorted(self.segments))
        if text.pk not in self._known:
            found: set[int] = set()
            for origin in (self.texts[pk] for pk in text.made_of):
                for each in self._since_approval(origin):
                    found |= {each.author, *self._shares.get(each.pk, ()), *self.behind(each, shares_of)}
            self._known[text.pk] = found
        return self._known[text.pk]

    def _since_approval(self, text: _Text) -> list[_Text]:
        """The texts of its segment that it goes back to, itself included; none where it was approved."""
        before = [number for number in self.approved.get(text.segment, ()) if number <= text.number]
        since = max(before, default=0)
        return [
            each for each in self.texts.values() if each.segment == text.segment and since < each.number <= text.number
        ]


def _family(segments: set[int]) -> _Family:
    """These segments and all that their texts were made of; two queries a generation, and one for approvals."""
    family = _Family()
    while segments:
        for row in _texts(segments):
            family.texts[row.pk] = row
        missing = {pk for text in family.texts.values() for pk in text.made_of} - family.texts.keys()
        segments = (
            set(Revision.objects.filter(pk__in=missing).values_list("segment_id", flat=True)) if missing else set()
        )
    approvals = Decision.objects.filter(
        segment_id__in=family.segments, lane=Lane.MAIN, kind=DecisionKind.APPROVED
    ).values_list("segment_id", "revision__number")
    for segment, number in approvals:
        family.approved.setdefault(segment, set()).add(number)
    return family


def _texts(segments: Iterable[int]) -> list[_Text]:
    rows = Revision.objects.filter(segment_id__in=list(segments), lane=Lane.MAIN)
    columns = rows.values_list("pk", "segment_id", "number", "author_id", "derived_from")
    return [
        _Text(pk, segment, number, author, tuple(made_of(derived))) for pk, segment, number, author, derived in columns
    ]


def made_of(derived_from: Iterable[Mapping[str, object]]) -> list[int]:
    """The revisions of other segments that a text has words of."""
    return [int(str(entry["revision"])) for entry in derived_from if entry.get("revision") is not None]


def divided_from(segment_ids: Sequence[int]) -> dict[int, int]:
    """By segment that was given a text of its own by dividing a run, the segment that run began with."""
    found: dict[int, int] = {}
    for part in in_batches(segment_ids):
        rows = Revision.objects.filter(segment_id__in=part, lane=Lane.MAIN, origin=Origin.DIVIDED).order_by("number")
        for segment, derived in rows.values_list("segment_id", "derived_from"):
            for entry in derived:
                if "segment" in entry:
                    found[segment] = int(entry["segment"])
    return found
