"""A second review as its reviewer sees it, and two reviews as whoever settles them does.

The reviewer sees the source, what the machine made of it and their own texts; whoever settles sees the source and both
texts. Nothing else of the article is read here, and no name.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from reviews.editing.lanes import second_state
from reviews.editing.passes import SeenTwo
from reviews.models import (
    Decision,
    Document,
    Lane,
    Placement,
    ReviewPass,
    Revision,
    Segment,
    SegmentState,
    WorkItem,
    WorkState,
)
from reviews.models.document import EDITED_STATES, runs_of
from reviews.models.lanes import open_passes, second_reviews
from reviews.models.work import LIVE_WORK_STATES
from reviews.values import CodedText, join_texts, run_hash, sha256_hex, to_marked
from reviews.web.access import Viewer
from reviews.web.diffs import DiffPiece, word_diff
from reviews.web.rendering import to_html

from .article import Mark, RunRow, marks_of
from .kept import Field, KeptText, unsaved
from .naming import EngineNames


@dataclass(slots=True)
class SecondRow(RunRow):
    """One row of a second review: the source and the reviewer's text, at first the machine's.

    Without a pass it is only there to be read: the article around the texts in question.
    """

    viewer: Viewer
    placements: Sequence[Placement]
    position: int
    source_html: Sequence[SafeString]
    source_hash: str
    review_pass: ReviewPass | None
    revision: Revision | None
    decision: Decision | None
    is_open: bool
    names: EngineNames
    marks: Sequence[Mark] = ()
    kept: Sequence[KeptText] = ()
    field: Field | None = None
    current: bool = False
    error: str = ""

    @property
    def target(self) -> CodedText | None:
        text = self.revision or self.segment.chosen
        return text.content if text is not None else None

    @property
    def target_html(self) -> SafeString:
        return to_html(self.target) if self.target is not None else SafeString("")

    @property
    def target_hash(self) -> str:
        return self.target.content_hash if self.target is not None else ""

    @property
    def marked(self) -> str:
        return to_marked(self.target) if self.target is not None else ""

    @property
    def base(self) -> int:
        return self.revision.number if self.revision else 0

    @property
    def started_from(self) -> int | None:
        return self.names.id_of(self.segment.chosen_id) if self.revision is None else None

    @property
    def state(self) -> SegmentState | None:
        """Where the reviewer's own text stands; None for a row that is not theirs."""
        return second_state(self.source_hash, self.revision, self.decision) if self.review_pass else None

    @property
    def finished(self) -> bool:
        return self.state in EDITED_STATES

    @property
    def awaits_viewer(self) -> bool:
        return self.is_open and not self.finished

    @property
    def may_accept(self) -> bool:
        return self.awaits_viewer and bool(self.target and self.target.text)

    @property
    def may_copy(self) -> bool:
        return self.awaits_viewer and any(placement.source.text for placement in self.placements)

    @property
    def left_out(self) -> bool:
        return self.revision is not None and not self.revision.text

    @property
    def reason(self) -> str:
        """Why it was omitted, while it is."""
        same = self.decision is not None and self.revision is not None and self.decision.revision_id == self.revision.pk
        return self.decision.reason if self.decision is not None and same else ""

    @property
    def save_key(self) -> str:
        return uuid.uuid4().hex

    @property
    def save_address(self) -> str:
        return reverse("reviews:second-segment-save", args=[self.id])

    @property
    def discard_address(self) -> str:
        return reverse("reviews:second-segment-draft-discard", args=[self.id])

    def open_field(self) -> None:
        self.current = True
        if self.is_open and self.field is None:
            self.field = Field(self.marked, self.base, self.started_from)


def second_rows(item: WorkItem, viewer: Viewer) -> list[SecondRow]:
    """All rows of the article for a second reviewer, in order; the same number of queries whatever its length."""
    document = item.document
    runs = _runs(document)
    leaders = [run[0].segment_id for run in runs]
    passes = _own_passes(item, viewer)
    open_ids = set(open_passes(viewer.person).filter(item=item).values_list("pk", flat=True))
    revisions, decisions = _texts(passes, viewer)
    kept = unsaved(viewer, leaders, Lane.BLIND)
    names = EngineNames(document)
    rows = []
    position = 1
    for run in runs:
        leader = run[0].segment_id
        review_pass = passes.get(leader)
        revision = revisions.get(leader)
        row = SecondRow(
            viewer=viewer,
            placements=run,
            position=position,
            source_html=[to_html(placement.source.content) for placement in run],
            source_hash=run_hash([placement.source.content_hash for placement in run]),
            review_pass=review_pass,
            revision=revision,
            decision=decisions.get(revision.pk) if revision is not None else None,
            is_open=review_pass is not None and review_pass.pk in open_ids,
            names=names,
        )
        if review_pass is not None:
            row.marks = marks_of(
                [*join_texts([p.source.content for p in run]).codes, *(row.target.codes if row.target else ())]
            )
            row.field = kept.field_of(row) if row.is_open else None
            row.kept = kept.kept_of(row)
        rows.append(row)
        position += len(run)
    return rows


def row_of(rows: Iterable[SecondRow], segment: Segment) -> SecondRow | None:
    """The row that shows this segment; None when it left the article."""
    return next((row for row in rows if segment.pk in [placement.segment_id for placement in row.placements]), None)


def first_open(rows: Iterable[SecondRow], after: int | None = None) -> SecondRow | None:
    """The first row that is open, looking from the one with the id `after` on and around."""
    rows = list(rows)
    start = next((i + 1 for i, row in enumerate(rows) if row.id == after), 0)
    return next((row for row in [*rows[start:], *rows[:start]] if row.awaits_viewer and row.id != after), None)


def _runs(document: Document) -> list[list[Placement]]:
    placements = Placement.objects.sourced().filter(source_revision_id=document.current_source_id)
    return runs_of(placements.select_related("source", "segment__chosen").order_by("rank"))


def _own_passes(item: WorkItem, viewer: Viewer) -> dict[int, ReviewPass]:
    """By segment the viewer's latest pass of this work; one that was given up is no longer theirs to read."""
    rows = ReviewPass.objects.filter(item=item, person=viewer.person, lane=Lane.BLIND).order_by("pk")
    latest = {row.segment_id: row for row in rows}
    return {segment: row for segment, row in latest.items() if row.closed_at is None or row.decision_id is not None}


def _texts(passes: dict[int, ReviewPass], viewer: Viewer) -> tuple[dict[int, Revision], dict[int, Decision]]:
    """By segment the latest text of its pass, and by revision the latest decision on it."""
    revisions: dict[int, Revision] = {}
    rows = Revision.objects.filter(segment_id__in=list(passes), lane=Lane.BLIND, author=viewer.person)
    for row in rows.order_by("number"):
        if row.number > passes[row.segment_id].after:
            revisions[row.segment_id] = row
    decisions: dict[int, Decision] = {}
    found = Decision.objects.filter(revision__in=[row.pk for row in revisions.values()], lane=Lane.BLIND)
    for decision in found.order_by("pk"):
        decisions[decision.revision_id] = decision
    return revisions, decisions


# --- settling -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One of two texts to choose from: which review it is from is not to be seen."""

    label: str
    content_hash: str
    html: SafeString
    marked: str
    omitted: bool
    reason: str
    diff: Sequence[DiffPiece]


@dataclass(slots=True)
class Pair:
    """Two texts for one source, in an order that says nothing."""

    placements: Sequence[Placement]
    position: int
    source_html: Sequence[SafeString]
    source_hash: str
    sides: Sequence[Side]
    settled: bool
    typed: str = ""
    reason: str = ""
    error: str = ""

    @property
    def id(self) -> int:
        return self.placements[0].segment_id

    @property
    def seen(self) -> str:
        return ":".join(side.content_hash for side in self.sides)


def pairs(item: WorkItem, viewer: Viewer) -> list[Pair]:
    """The texts the viewer settles in this work, in article order; those that are settled without their two sides."""
    document = item.document
    mine = ReviewPass.objects.filter(item=item, person=viewer.person, lane=Lane.ADJUDICATION)
    passes = {row.segment_id: row for row in mine.order_by("pk")}
    reviews = second_reviews(document, list(passes))
    firsts = _firsts(list(passes))
    found = []
    after = 1
    for run in _runs(document):
        leader, position = run[0].segment_id, after
        after += len(run)
        if leader not in passes:
            continue
        review, first = reviews.get(leader), firsts.get(leader)
        review_pass = passes[leader]
        sides: Sequence[Side] = ()
        if (
            review_pass.closed_at is None
            and review is not None
            and review.standing == "differing"
            and first is not None
        ):
            assert review.review_pass is not None
            assert review.review_pass.decision is not None
            sides = _sides(leader, first, review.review_pass.decision)
        if not sides and review_pass.decision_id is None:
            continue
        found.append(
            Pair(
                placements=run,
                position=position,
                source_html=[to_html(placement.source.content) for placement in run],
                source_hash=run_hash([placement.source.content_hash for placement in run]),
                sides=sides,
                settled=not sides,
            )
        )
    return found


def _firsts(segments: Sequence[int]) -> dict[int, tuple[Revision, Decision | None]]:
    """By segment the text of the first review and the decision on it."""
    rows = Segment.objects.filter(pk__in=segments, latest_revision__isnull=False)
    return {
        row.pk: (row.latest_revision, row.latest_decision)
        for row in rows.select_related("latest_revision", "latest_decision")
        if row.latest_revision is not None
    }


def _sides(segment: int, first: tuple[Revision, Decision | None], second: Decision) -> list[Side]:
    """Both texts in an order made of their hashes: whose is whose cannot be told from it."""
    revision, decision = first
    about = decision.reason if decision is not None and decision.revision_id == revision.pk else ""
    texts = [(revision, about), (second.revision, second.reason)]
    texts.sort(key=lambda text: sha256_hex(f"{segment}:{text[0].content_hash}"))
    marked = [to_marked(row.content) for row, _ in texts]
    diff = word_diff(*marked)
    return [
        Side(
            label=gettext("Text %(letter)s") % {"letter": "AB"[i]},
            content_hash=row.content_hash,
            html=to_html(row.content),
            marked=marked[i],
            omitted=not row.text,
            reason=reason,
            diff=[piece for piece in diff if piece.kind in ("same", ("removed", "added")[i])],
        )
        for i, (row, reason) in enumerate(texts)
    ]


def seen_two(hashes: str, source_hash: str) -> SeenTwo:
    return SeenTwo(frozenset(hashes.split(":")), source_hash)


# --- who has it ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hold:
    """Whether the work is the viewer's, until when, and whether it may be taken."""

    mine: bool
    until: datetime | None
    may_take: bool
    words: str


def hold_of(item: WorkItem, viewer: Viewer) -> Hold:
    """Who has the work, as far as the viewer needs to know: somebody else stays nameless."""
    now = timezone.now()
    leased = item.state == WorkState.LEASED and item.lease_until is not None and item.lease_until > now
    mine = leased and item.lease_owner_id == viewer.person.pk
    if mine:
        return Hold(True, item.lease_until, False, "")
    if leased:
        return Hold(False, item.lease_until, False, gettext("Somebody else is at it."))
    if item.state not in LIVE_WORK_STATES:
        return Hold(
            False,
            None,
            False,
            gettext("This work is finished.") if item.state == WorkState.DONE else gettext("This work was called off."),
        )
    if item.state == WorkState.WAITING:
        return Hold(False, None, False, gettext("This work waits for an earlier step."))
    return Hold(False, None, True, gettext("Nobody is at it."))
