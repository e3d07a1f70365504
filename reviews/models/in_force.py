"""Which texts hold now in a stretch of an article: sources, hypotheses, references and human texts.

Background work goes through an article stretch by stretch. The cuts between them lie where no text reaches
across, so what holds in a stretch, and every run of segments in it, is the same as in the whole article.

Of machine translations and references only those hold that were made for today's wording: once the German of a
sentence changed, the old ones are neither compared nor counted until the engine is run again. As the text an editor
starts from a stale one stays, and is checked and weighed against today's German like any other target.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import BigIntegerField, Max, QuerySet

from reviews.values import CodedText, join_texts, run_hash

from .document import CodedTextModel, Document, Placement, Segment, runs_of
from .hypothesis import AlignedTextModel, Hypothesis, Reference, System
from .layout import BoundRow, beside, current_runs
from .review import Revision

#: About how many machine translations a stretch holds.
STRETCH_SIZE = 500

#: An article that would be one stretch with so many engines, as nearly all would, is one without a look at its rows.
MANY_SYSTEMS = 10

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Placements of the current source with these ranks, both ends included.

    `outside` marks the one stretch of a document that also answers for texts that stand nowhere in the article:
    translations without a source and those of segments that left it. `entire` says that there is no other stretch,
    as in nearly all articles: nobody has to ask what stands before and after it.
    """

    first: int
    last: int
    outside: bool = False
    entire: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"first": self.first, "last": self.last, "outside": self.outside, "entire": self.entire}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Stretch:
        """Stretches written by an earlier version do not say whether they are entire."""
        return cls(
            int(value["first"]), int(value["last"]), bool(value["outside"]), entire=bool(value.get("entire", False))
        )


@dataclass(frozen=True, slots=True)
class Texts:
    """What holds in one stretch. Hypotheses (by system) and references (by name) go by the segment they start at.

    `placements` are those with a text of the source, `added` what editors put between them.
    """

    document: Document
    stretch: Stretch
    placements: tuple[Placement, ...]
    hypotheses: Mapping[int, Mapping[int, Hypothesis]]
    references: Mapping[str, Mapping[int, Reference]]
    all_hypotheses: tuple[int, ...]
    #: As `unaligned_of` has it; None for a stretch that is not the entire article, where it is not read along.
    unaligned: Mapping[int, Sequence[Hypothesis]] | None = None
    added: tuple[Placement, ...] = ()

    @property
    def order(self) -> list[int]:
        """The segments' ids in article order."""
        return [placement.segment_id for placement in self.placements]

    def sources(self, start: int, covers: int) -> Sequence[Placement]:
        """The placements of a run of `covers` segments that starts at position `start`."""
        return self.placements[start : start + covers]


def cut(document: Document, size: int = STRETCH_SIZE) -> list[Stretch]:
    """The document's current source as stretches of about `size` machine translations; never an empty list."""
    if document.segments_total * MANY_SYSTEMS <= size:
        return [whole(document)]
    rows = list(
        Placement.objects.sourced()
        .filter(source_revision_id=document.current_source_id)
        .order_by("rank")
        .values_list("rank", "segment_id", "segment__covered_by_id")
    )
    systems = System.objects.filter(hypotheses__document=document).distinct().count()
    length = max(1, size // max(1, systems))
    inner: set[int] = set()
    if len(rows) > length:
        inner = _inner_positions(document, [segment for _, segment, _ in rows])
        inner.update(i for i, (_, _, covered_by) in enumerate(rows) if covered_by is not None)
    stretches: list[Stretch] = []
    start = 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or (end - start >= length and end not in inner):
            entire = start == 0 and end == len(rows)
            stretches.append(Stretch(rows[start][0], rows[end - 1][0], outside=not stretches, entire=entire))
            start = end
    return stretches or [whole(document)]


def whole(document: Document) -> Stretch:
    """The document's current source in one stretch; no query."""
    return Stretch(0, BigIntegerField.MAX_BIGINT, outside=True, entire=True)


def widened(document: Document, stretch: Stretch, by: int) -> Stretch:
    """The stretch with up to `by` more segments of the article on either side; two small queries at most."""
    if stretch.entire:
        return stretch
    ranks = Placement.objects.sourced().filter(source_revision_id=document.current_source_id)
    before = list(ranks.filter(rank__lt=stretch.first).order_by("-rank").values_list("rank", flat=True)[:by])
    after = list(ranks.filter(rank__gt=stretch.last).order_by("rank").values_list("rank", flat=True)[:by])
    return Stretch(before[-1] if before else stretch.first, after[-1] if after else stretch.last, stretch.outside)


def _inner_positions(document: Document, order: Sequence[int]) -> set[int]:
    """Positions that some text, of whatever run of an engine or a translator, covers from before."""
    index = {segment: i for i, segment in enumerate(order)}
    inner: set[int] = set()
    for model in (Hypothesis, Reference):
        reaching = model.objects.filter(document=document, segment__isnull=False, covers__gt=1)
        for segment, covers in reaching.values_list("segment_id", "covers"):
            if segment in index:
                inner.update(range(index[segment] + 1, index[segment] + covers))
    return inner


def placements_of(document: Document) -> QuerySet[Placement]:
    """The current source in article order, with wordings, segments and what each segment's target may be."""
    placements = Placement.objects.filter(source_revision_id=document.current_source_id)
    return placements.select_related("source", "segment__latest_revision", "segment__chosen").order_by("rank")


def texts_in(document: Document, stretch: Stretch) -> Texts:
    """What holds in the stretch now; three queries, whatever its length, and a fourth where people wrote."""
    everything = list(
        Placement.objects.filter(
            source_revision_id=document.current_source_id, rank__range=(stretch.first, stretch.last)
        )
        .select_related("source", "segment")
        .order_by("rank")
    )
    placements = tuple(placement for placement in everything if not placement.added)
    # The rows of an entire article are found without their placements, which costs the database and Django less.
    within: dict[str, Any] = {"document_id": document.pk}
    if not stretch.entire:
        within["segment__placements__source_revision_id"] = document.current_source_id
        within["segment__placements__rank__range"] = (stretch.first, stretch.last)
    order = [placement.segment_id for placement in placements]
    hashes = [placement.source.content_hash for placement in placements]
    placed = set(order)
    hypotheses = list(Hypothesis.objects.filter(**within))
    _attach_targets([placement.segment for placement in everything], hypotheses)
    return Texts(
        document=document,
        stretch=stretch,
        placements=placements,
        hypotheses=_current(((row.system_id, row) for row in hypotheses), order, hashes),
        references=_current(((row.name, row) for row in Reference.objects.filter(**within)), order, hashes),
        all_hypotheses=tuple(row.pk for row in hypotheses if row.segment_id in placed),
        unaligned=_newest_unaligned(hypotheses) if stretch.entire else None,
        added=tuple(placement for placement in everything if placement.added),
    )


def _attach_targets(segments: Sequence[Segment], hypotheses: Iterable[Hypothesis]) -> None:
    """Give segments what each one's target may be, of rows at hand and of the revisions, where there are any."""
    by_id = {row.pk: row for row in hypotheses}
    revisions = Revision.objects.in_bulk([s.latest_revision_id for s in segments if s.latest_revision_id is not None])
    for segment in segments:
        if segment.chosen_id in by_id:
            segment.chosen = by_id[segment.chosen_id]
        if segment.latest_revision_id in revisions:
            segment.latest_revision = revisions[segment.latest_revision_id]


def _current(
    rows: Iterable[tuple[Key, BoundRow]], order: Sequence[int], hashes: Sequence[str]
) -> dict[Key, dict[int, BoundRow]]:
    groups: defaultdict[Key, list[BoundRow]] = defaultdict(list)
    for key, row in rows:
        groups[key].append(row)
    return {key: current_runs(group, order, hashes) for key, group in groups.items()}


@dataclass(frozen=True, slots=True)
class Outside:
    """Hypotheses that stand nowhere in the article: those without a source that still hold, and all others."""

    unaligned: tuple[Hypothesis, ...]
    superseded: tuple[int, ...]


def texts_outside(document: Document) -> Outside:
    """Of texts without a source, those hold whose run was the system's last or still holds for some segment."""
    placements = list(
        Placement.objects.sourced()
        .filter(source_revision_id=document.current_source_id)
        .order_by("rank")
        .values_list("segment_id", "source__content_hash")
    )
    order = [segment for segment, _ in placements]
    placed = set(order)
    rows = list(Hypothesis.objects.filter(document=document).defer("text", "codes"))
    outside = [row for row in rows if row.segment_id is None or row.segment_id not in placed]
    if not outside:
        return Outside((), ())
    standing = {
        (system, row.number)
        for system, held in _current(
            ((row.system_id, row) for row in rows), order, [digest for _, digest in placements]
        ).items()
        for row in held.values()
    }
    last: dict[int, int] = {}
    for row in rows:
        last[row.system_id] = max(row.number, last.get(row.system_id, 0))
    unaligned = tuple(
        row
        for row in outside
        if row.segment_id is None and ((row.system_id, row.number) in standing or row.number == last[row.system_id])
    )
    kept = {row.pk for row in unaligned}
    return Outside(unaligned, tuple(row.pk for row in outside if row.pk not in kept))


# --- pairs of a source run and a text ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TextPair:
    """One text beside the sources it translates, with the hashes that name both.

    A machine's text has the `confidence` of its alignment, and what stands `unaligned` beside it.
    """

    source: CodedText
    target: CodedText
    source_hash: str
    target_hash: str
    kind: str
    confidence: float | None = None
    unaligned: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        return self.source_hash, self.target_hash


def pair_of(placements: Sequence[Placement], row: CodedTextModel, unaligned: tuple[str, ...] = ()) -> TextPair:
    """A text and the placements of the run it translates."""
    first = placements[0]
    return TextPair(
        source=first.source.content if len(placements) == 1 else join_texts([p.source.content for p in placements]),
        target=row.content,
        source_hash=run_hash([p.source.content_hash for p in placements]),
        target_hash=row.content_hash,
        kind=first.kind,
        confidence=row.confidence if isinstance(row, AlignedTextModel) else None,
        unaligned=unaligned,
    )


def unaligned_of(document_id: int) -> dict[int, list[Hypothesis]]:
    """What each system's newest run of a document wrote without a source, by the system's id.

    One query, and a second where there is any such text.
    """
    rows = list(Hypothesis.objects.filter(document_id=document_id, segment__isnull=True))
    if not rows:
        return {}
    runs = Hypothesis.objects.filter(document_id=document_id, system__in={row.system_id for row in rows})
    newest = dict(runs.order_by().values_list("system").annotate(Max("number")))
    return _of_runs(rows, newest)


def _newest_unaligned(rows: Sequence[Hypothesis]) -> dict[int, list[Hypothesis]]:
    """The same of all rows of a document."""
    newest: dict[int, int] = {}
    for row in rows:
        newest[row.system_id] = max(row.number, newest.get(row.system_id, 0))
    return _of_runs((row for row in rows if row.segment_id is None), newest)


def _of_runs(rows: Iterable[Hypothesis], numbers: Mapping[int, int]) -> dict[int, list[Hypothesis]]:
    """Those rows that come from these runs, by system."""
    found: defaultdict[int, list[Hypothesis]] = defaultdict(list)
    for row in rows:
        if row.number == numbers[row.system_id]:
            found[row.system_id].append(row)
    return dict(found)


def unaligned_beside(
    unaligned: Mapping[int, Sequence[Hypothesis]], rows: Iterable[Hypothesis]
) -> dict[int, tuple[str, ...]]:
    """By the ids of machine translations what stands beside them without a source (`unaligned_of` their document).

    `rows` are texts of one document that follow each other, of any systems. A sentence that was dropped has no place
    in a translation, so nothing stands beside it.
    """
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    texts = [row for row in rows if row.system_id in unaligned and row.text] if unaligned else []
    for system, extra in unaligned.items():
        for text, other in beside([row for row in texts if row.system_id == system], extra):
            found[text.pk] += (other.text,)
    return dict(found)


def target_runs(placements: Iterable[Placement]) -> Iterator[tuple[Hypothesis | Revision, Sequence[Placement]]]:
    """What would be published now, in article order: each target with the placements of the run it serves.

    The placements are those of `placements_of`. A machine's text serves fewer segments than it covers where a later
    one has a human text of its own.
    """
    for run in runs_of(placements):
        target = run[0].segment.target()
        if target is not None:
            yield target, run
