"""An article as its screen shows it: rows in order, each with everything an editor decides on.

A long article comes in windows. In a window the rows near where the person works are whole; those farther off are
light: they have what is read and what keys need to know, and become whole one by one when somebody gets there. The
number of queries depends neither on the length of the article nor on that of a window.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

from django.db.models import Max, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from reviews.checks.base import Check
from reviews.checks.policy import EFFECTS, Effect
from reviews.checks.registry import CHECKS
from reviews.checks.runner import MARGIN, PlacedPair, Reported, reported, target_pairs_among
from reviews.editing.deciding import UNSETTLED, lacks_specialist
from reviews.models import (
    Decision,
    DecisionKind,
    Dismissal,
    Document,
    Lane,
    Origin,
    Placement,
    Project,
    Revision,
    Scope,
    Segment,
    SegmentState,
)
from reviews.models.document import EDITED_STATES, TAKES_MORE, runs_of
from reviews.models.in_force import placements_of
from reviews.models.lanes import second_reviews, shares_in
from reviews.models.states import run_around
from reviews.publishing.languages import name_on_page
from reviews.routing.rules import shown_route
from reviews.routing.work import skills_of, unseen_by_specialists
from reviews.values import CodedText, InlineCode, in_batches, join_texts, run_hash, to_marked
from reviews.web.access import Viewer
from reviews.web.check_groups import group_of
from reviews.web.diffs import DiffPiece, word_diff
from reviews.web.rendering import Highlight, describe, field_highlights, to_html

from .division_tools import DividingTools, dividing_tools
from .engines import EngineText, EngineTexts
from .kept import Field, KeptText, unsaved
from .naming import EngineNames
from .quotes import QuoteShown, quotes_of
from .terms import TermShown, terms_in
from .windows import MOST, Window
from .wordings import SourceChange, source_changes

#: Seconds a row waits before it asks again whether its checks ran; after the last one it stops asking.
CHECK_DELAYS = (1, 1, 2, 3, 5, 8, 13, 20, 30, 30)

#: So many rows of an article are pointed out as its riskiest.
RISKIEST = 5

#: As far around whole rows as their engines' runs are looked for; a run is a few sentences long.
ENGINES_MARGIN = 40

#: So many rows on either side of the one somebody works on are whole in a page.
NEAR = 3


@dataclass(frozen=True, slots=True)
class FindingShown:
    """An open finding; `scopes` are the ways in which the viewer may dismiss it, none if they may not."""

    id: int
    severity: str
    check_id: str
    message: str
    source_words: tuple[str, ...]
    target_words: tuple[str, ...]
    effect: Effect
    scopes: Sequence[tuple[str, str]] = ()
    #: Where its words stand in the text field (UTF-16), and what the check would put there: "" takes them out.
    field_spans: Sequence[tuple[int, int]] = ()
    suggestion: str | None = None

    @property
    def check(self) -> str:
        return group_of(self.check_id)

    @property
    def data(self) -> SafeString:
        """What the script wants to know of it, as attributes."""
        spans = json.dumps(self.field_spans, separators=(",", ":"))
        offer = format_html(' data-suggestion="{}"', self.suggestion) if self.has_suggestion else ""
        return format_html(' data-finding="{}" data-spans="{}"{}', self.id, spans, offer)

    @property
    def has_suggestion(self) -> bool:
        """Whether what is suggested can be put in: there is one place for it."""
        return self.suggestion is not None and len(self.field_spans) == 1

    @property
    def blocks_publishing(self) -> bool:
        return self.effect == "publishing"

    @property
    def effect_words(self) -> str:
        """What it keeps from happening; nothing where it only informs."""
        return gettext(EFFECTS[self.effect]) if self.effect in ("approval", "publishing") else ""


@dataclass(frozen=True, slots=True)
class DismissedShown:
    """A dismissal in the row's history: who, when and why, and what became of it."""

    id: int
    check_id: str
    message: str
    by: str
    at: datetime
    scope: str
    reason: str
    standing: bool
    undone_by: str = ""
    undone_at: datetime | None = None
    may_undo: bool = False

    @property
    def check(self) -> str:
        return group_of(self.check_id)


@dataclass(frozen=True, slots=True)
class Mark:
    """A code mark the field may hold, and what it stands for."""

    opening: str
    closing: str
    meaning: str


class RunRow:
    """What a row shows of the run of segments it stands for and of the one text that serves them."""

    __slots__ = ()

    placements: Sequence[Placement]
    position: int

    @property
    def segment(self) -> Segment:
        return self.placements[0].segment

    @property
    def id(self) -> int:
        return self.segment.pk

    @property
    def kind(self) -> str:
        return self.placements[0].kind

    @property
    def kind_label(self) -> str:
        """What the block is, said once at its beginning."""
        first = self.placements[0]
        return "" if self.kind == "body" or first.sentence else first.get_kind_display()

    @property
    def block(self) -> int:
        return self.placements[0].block

    @property
    def number(self) -> str:
        """The place in the article: "7", or "7–8" for a run."""
        last = self.position + len(self.placements) - 1
        return str(self.position) if last == self.position else f"{self.position}–{last}"


RowT = TypeVar("RowT", bound=RunRow)


@dataclass(slots=True)
class Row(RunRow):
    """One row: the sources of a run and the one English text that serves them."""

    viewer: Viewer
    placements: Sequence[Placement]
    position: int
    source_html: Sequence[SafeString]
    source_hash: str
    target: CodedText | None
    target_html: SafeString
    highlights: Sequence[Sequence[int | str]]
    findings: Sequence[FindingShown] | None
    engines: Sequence[EngineText]
    names: EngineNames
    marks: Sequence[Mark]
    kept: Sequence[KeptText] = ()
    #: Findings of the text that are dismissed, and dismissals that held for earlier texts or were taken back.
    dismissed: Sequence[DismissedShown] = ()
    dismissed_before: Sequence[DismissedShown] = ()
    approval_barred: str = ""
    #: The skill somebody must have who still has to review the text, and whether the viewer has it.
    specialist: str = ""
    asks_viewer: bool = False
    #: Whether a finished second review holds: a desk head may ask for another.
    reviewed_twice: bool = False
    source_change: SourceChange | None = None
    dividing: DividingTools | None = None
    quote: QuoteShown | None = None
    #: What the glossary says of its source; of a light row nothing.
    terms: Sequence[TermShown] = ()
    field: Field | None = None
    #: Whether the row is the one being worked on, what its view has to say, and how often it has asked for checks.
    current: bool = False
    error: str = ""
    check_attempt: int = 0
    #: Whether engines, dismissals and tools were left out: the page asks for the whole row when somebody gets there.
    light: bool = False

    @property
    def state(self) -> SegmentState:
        return SegmentState(self.segment.state)

    @property
    def revision(self) -> Revision | None:
        return self.segment.latest_revision

    @property
    def base(self) -> int:
        return self.revision.number if self.revision else 0

    @property
    def target_hash(self) -> str:
        return self.target.content_hash if self.target is not None else ""

    @property
    def marked(self) -> str:
        return to_marked(self.target) if self.target is not None else ""

    @property
    def started_from(self) -> int | None:
        return self.chosen if self.revision is None else None

    @property
    def chosen(self) -> int | None:
        """By what number forms know the machine's text that the row began with."""
        return self.names.id_of(self.segment.chosen_id)

    @property
    def risk_reasons(self) -> Sequence[str]:
        """Why the machine's text wants a look; nothing once a person has written."""
        return self.segment.risk_reasons if self.revision is None else ()

    @property
    def shows_risk(self) -> bool:
        """Whether it is among the few that want a look first."""
        rank = self.segment.risk_rank
        return rank is not None and rank <= RISKIEST and bool(self.risk_reasons)

    @property
    def risk_label(self) -> str:
        """Its place in the order; "risk" only where the order claims to say which texts are worse."""
        rank = self.segment.risk_rank
        words = gettext("risk no. %(rank)d") if self.segment.risk_ranked else gettext("no. %(rank)d to look at")
        return words % {"rank": rank}

    @property
    def route(self) -> Mapping[str, Any] | None:
        """What the project's policy makes of it; None where no rule is about it, or the rule is about an engine that
        has no name here.
        """
        shown = shown_route(self.segment.route) if self.segment.route else None
        return shown if shown is None or self.names.may_say(*map(str, shown.values())) else None

    @property
    def finished(self) -> bool:
        """Whether the editor is done with it."""
        return self.state in EDITED_STATES

    @property
    def approved(self) -> bool:
        return self.state == SegmentState.APPROVED

    @property
    def may_edit(self) -> bool:
        return self.viewer.may_edit

    @property
    def may_accept(self) -> bool:
        open_to_viewer = not self.finished or self.waits_for_viewer
        return self.may_edit and open_to_viewer and self.target is not None and bool(self.target.text)

    @property
    def engines_compared(self) -> list[tuple[EngineText, Sequence[DiffPiece]]]:
        """What every engine made of it, with the way there from the text as it stands."""
        return [(engine, word_diff(self.marked, engine.marked) if engine.marked else ()) for engine in self.engines]

    @property
    def waits_for_viewer(self) -> bool:
        """Whether an editor is done with it, and it waits for the word of a specialist, which the viewer is."""
        return self.may_edit and self.asks_viewer and self.state == SegmentState.REVIEWED

    @property
    def left_out(self) -> bool:
        """Whether somebody took the text out: no other text is saved empty."""
        return self.revision is not None and not self.revision.text

    @property
    def may_omit(self) -> bool:
        return self.may_edit and not self.finished

    @property
    def added(self) -> bool:
        """Whether an editor added it: no text of the source stands behind it."""
        return self.placements[0].added

    @property
    def may_add(self) -> bool:
        """Whether a sentence may be added behind it."""
        return self.may_edit and self.placements[-1].kind in TAKES_MORE

    @property
    def may_copy(self) -> bool:
        return self.may_omit and any(placement.source.text for placement in self.placements)

    @property
    def may_approve(self) -> bool:
        return self.viewer.may_approve and self.state == SegmentState.REVIEWED and not self.approval_barred

    @property
    def may_send_back(self) -> bool:
        return self.viewer.may_approve and self.finished

    @property
    def may_reopen(self) -> bool:
        return self.may_edit and self.finished

    @property
    def awaits_viewer(self) -> bool:
        """Whether the row is open for this person."""
        return self.may_approve or self.waits_for_viewer or (self.may_edit and not self.finished)

    @property
    def primary(self) -> str:
        """What the one key does here."""
        return "approve" if self.may_approve else "accept" if self.awaits_viewer else ""

    @property
    def highlights_json(self) -> str:
        return json.dumps(self.highlights, separators=(",", ":"))

    @property
    def history_line(self) -> str:
        """Who did what last, in words."""
        decision, revision = self.segment.latest_decision, self.revision
        if revision is None:
            return ""
        if decision is not None and decision.revision_id == revision.pk:
            return gettext("%(done)s by %(who)s") % {
                "done": decision.get_kind_display(),
                "who": self.viewer.name_of(decision.person),
            }
        return gettext("%(origin)s, by %(who)s") % {
            "origin": revision.get_origin_display(),
            "who": self.viewer.name_of(revision.author),
        }

    @property
    def history_at(self) -> datetime | None:
        decision, revision = self.segment.latest_decision, self.revision
        if decision is not None and revision is not None and decision.revision_id == revision.pk:
            return decision.created_at
        return revision.created_at if revision else None

    @property
    def saved_by(self) -> str:
        return self.viewer.name_of(self.revision.author) if self.revision else ""

    @property
    def decision_reason(self) -> str:
        """Why it was sent back, reopened or omitted, while that is how it stands."""
        decision, revision = self.segment.latest_decision, self.revision
        if decision is None or revision is None or decision.revision_id != revision.pk:
            return ""
        return decision.reason

    @property
    def unchecked(self) -> bool:
        return self.findings is None and self.target is not None

    @property
    def check_delay(self) -> int | None:
        """Seconds until the row asks for its checks again; None when it does not."""
        asking = self.unchecked and 1 <= self.check_attempt <= len(CHECK_DELAYS)
        return CHECK_DELAYS[self.check_attempt - 1] if asking else None

    @property
    def save_key(self) -> str:
        """Makes a form that is sent twice count once."""
        return uuid.uuid4().hex

    @property
    def save_address(self) -> str:
        """Where the field of the row is sent to."""
        return reverse("reviews:segment-save", args=[self.id])

    @property
    def discard_address(self) -> str:
        """Where its unsaved typing is dropped."""
        return reverse("reviews:segment-draft-discard", args=[self.id])

    def open_field(self, adopt: int | None = None) -> None:
        """Put the text field in place of the text, with the text of an engine if one is named."""
        self.current = True
        if not self.may_edit or (self.field is not None and adopt is None):
            return
        self.field = Field(self.marked, self.base, self.started_from)
        for engine in self.engines:
            if adopt is not None and engine.hypothesis == adopt:
                self.field = Field(engine.marked, self.base, adopt, Origin.ADOPTED)


#: The element a block is in the page readers get; any other is a paragraph.
@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, headline, caption …: rows that belong together on the page."""

    kind: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Languages:
    """The project's languages by name."""

    source: str
    target: str

    @classmethod
    def of(cls, project: Project) -> Languages:
        return cls(name_on_page(project.source_lang), name_on_page(project.target_lang))


def window_rows(document: Document, viewer: Viewer, window: Window, near: int | None = None) -> list[Row]:
    """The rows whose texts start in the window: whole around the segment `near` (or the first one), else light.

    What it costs does not grow with the article.
    """
    before, here, after = _around(document, window)
    runs = runs_of(here)
    leaders = [run[0].segment_id for run in runs]
    pairs = target_pairs_among(document.project, [*before, *here, *after], set(leaders)) if runs else {}
    place = next((i for i, run in enumerate(runs) if any(each.segment_id == near for each in run)), 0)
    whole = leaders[max(place - NEAR, 0) : place + NEAR + 1]
    reaching_in = sum(placement.rank >= window.first for placement in before)
    first = window.position + reaching_in
    return _with_terms(
        document, _rows(document, viewer, runs, [*before, *here, *after], pairs, first=first, whole=whole)
    )


def article_row(segment: Segment, viewer: Viewer) -> Row | None:
    """The row that shows this segment, whole; None when the segment left the article.

    What it costs does not grow with the article.
    """
    document = segment.document
    ids = run_around(segment)
    run = list(placements_to_show(document).filter(segment_id__in=ids))
    if not run:
        return None
    earlier = placements_of(document).filter(rank__lt=run[0].rank)
    before = list(earlier.order_by("-rank")[:MARGIN])[::-1]
    after = list(placements_of(document).filter(rank__gt=run[-1].rank)[:MARGIN])
    around = [*before, *run, *after]
    pairs = target_pairs_among(document.project, around, {run[0].segment_id})
    return _with_terms(document, _rows(document, viewer, [run], around, pairs, first=earlier.count() + 1))[0]


def _with_terms(document: Document, rows: list[Row]) -> list[Row]:
    """The rows, the whole ones with what the glossary says of them."""
    found = terms_in(document.project, [row for row in rows if not row.light])
    for row in rows:
        row.terms = found.get(row.id, ())
    return rows


def _around(document: Document, window: Window) -> tuple[list[Placement], list[Placement], list[Placement]]:
    """What stands in a window, and MARGIN on either side: a text belongs to the window it starts in."""
    if window.is_all:
        return [], list(placements_to_show(document)), []
    # Ids first, by the index of ranks: asked for all at once, PostgreSQL would read tables whole for a long article.
    placements = Placement.objects.filter(source_revision_id=document.current_source_id).order_by("rank")
    parts = (
        placements.filter(rank__lt=window.first).order_by("-rank")[:MARGIN],
        placements.filter(rank__range=(window.first, window.last))[: window.count + MARGIN],
        placements.filter(rank__gt=window.last)[:MARGIN],
    )
    ids = [list(part.values_list("pk", flat=True)) for part in parts]
    found = placements_to_show(document).in_bulk([pk for part in ids for pk in part])
    before, here, after = ([found[pk] for pk in part if pk in found] for part in ids)
    before.reverse()
    while here and here[0].segment.covered_by_id is not None and before:
        before.append(here.pop(0))
    while here and after and after[0].segment.covered_by_id is not None:
        here.append(after.pop(0))
    return before, here, after


def blocks(rows: Iterable[Row]) -> list[Block]:
    """Rows grouped into the blocks of the page."""
    return [Block(kind, group) for kind, group in by_block(rows)]


def by_block(rows: Iterable[RowT]) -> list[tuple[str, list[RowT]]]:
    """Rows in order by the blocks of the page, each with its kind."""
    return [(group[0].kind, group) for _, grouped in groupby(rows, key=lambda row: row.block) if (group := [*grouped])]


@dataclass(frozen=True, slots=True)
class OpenFindings:
    """The open findings of one check in an article that the viewer may dismiss, for doing so at once."""

    check: Check
    ids: Sequence[int]
    texts: int
    needs_reason: bool


def open_findings(rows: Iterable[Row]) -> list[OpenFindings]:
    """What may be dismissed check by check, in the order of the registry; checks with a single finding are left out."""
    found: dict[str, list[tuple[int, FindingShown]]] = {}
    for row in rows:
        for finding in row.findings or ():
            if finding.scopes:
                found.setdefault(finding.check_id, []).append((row.id, finding))
    return [
        OpenFindings(
            check=check,
            ids=sorted({finding.id for _, finding in here}),
            texts=len({row for row, _ in here}),
            needs_reason=any(finding.blocks_publishing for _, finding in here),
        )
        for check in CHECKS
        if len(here := found.get(check.id, [])) > 1
    ]


def is_unranked(rows: Iterable[Row]) -> bool:
    """Whether rows are pointed out, and none because it is likely to be worse than others."""
    pointed_out = [row for row in rows if row.shows_risk]
    return bool(pointed_out) and not any(row.segment.risk_ranked for row in pointed_out)


def placements_to_show(document: Document) -> QuerySet[Placement]:
    """The current source in article order, with all that a row reads of its segments."""
    return (
        Placement.objects.filter(source_revision_id=document.current_source_id)
        .select_related(
            "source",
            "segment__chosen",
            "segment__latest_revision__author",
            "segment__latest_decision__person",
        )
        .order_by("rank")
    )


def _rows(
    document: Document,
    viewer: Viewer,
    runs: Sequence[Sequence[Placement]],
    around: Sequence[Placement],
    pairs: Mapping[int, PlacedPair],
    first: int,
    whole: Collection[int] | None = None,
) -> list[Row]:
    """Rows of consecutive runs, of which the first one starts at place `first`.

    `around` are the placements of the runs and some that stand before and after them, `pairs` what would be published
    of these. With `whole` the rows of other leading segments are light.
    """
    leaders = [run[0].segment for run in runs]
    full = [leader for leader in leaders if whole is None or leader.pk in whole]
    found = reported(document, [pairs[leader.pk] for leader in leaders if leader.pk in pairs])
    past = _dismissals(full)
    kept = unsaved(viewer, leaders)
    engines = EngineTexts(document, _engines_order(around, {leader.pk for leader in full}))
    changes = source_changes(document, runs)
    tools = dividing_tools(viewer, runs)
    quotes = quotes_of(viewer, runs, document.project.target_lang)
    rows = []
    position = first
    for leader, run in zip(leaders, runs, strict=True):
        pair = pairs.get(leader.pk)
        entries = found.get(pair.key) if pair is not None else None
        row = _row(viewer, run, position, entries, engines.names)
        if whole is None or leader.pk in whole:
            if not row.added:
                row.engines = engines.of_row(
                    [p.segment_id for p in run], [p.source.content_hash for p in run], _codes(run, row.target)
                )
            row.dismissed = _dismissed(viewer, entries or ())
            standing = {shown.id for shown in row.dismissed}
            row.dismissed_before = [_past(viewer, each) for each in past.get(leader.pk, ()) if each.pk not in standing]
        else:
            row.light = True
        row.field = kept.field_of(row)
        row.kept = kept.kept_of(row)
        row.source_change = changes.get(leader.pk)
        row.dividing = tools.get(leader.pk)
        row.quote = quotes.get(leader.pk)
        rows.append(row)
        position += len(run)
    bar(document, viewer, rows)
    return rows


def _engines_order(around: Sequence[Placement], leaders: Collection[int]) -> list[int]:
    """The segments over which the engines' texts are read for the rows of these leading segments."""
    places = [i for i, placement in enumerate(around) if placement.segment_id in leaders]
    if not places:
        return []
    start, end = max(places[0] - ENGINES_MARGIN, 0), places[-1] + ENGINES_MARGIN + 1
    return [placement.segment_id for placement in around[start:end]]


def bar(document: Document, viewer: Viewer, rows: Sequence[Row]) -> None:
    """Note on rows what keeps the viewer from approving them, and whose word they wait for.

    Only that and their states is what makes a row open for somebody.
    """
    runs = [row.placements for row in rows]
    leaders = [row.segment for row in rows]
    second = second_reviews(document, [leader.pk for leader in leaders])
    barred = _approvals_barred(document, viewer, runs) | {
        leader: str(UNSETTLED) for leader, review in second.items() if not review.settled
    }
    unseen = unseen_by_specialists(document, leaders)
    own_skills = skills_of(document, viewer.person) if unseen else set()
    barred |= {leader: lacks_specialist(skill) for leader, skill in unseen.items() if skill not in own_skills}
    for row in rows:
        row.approval_barred = barred.get(row.id, "") if viewer.may_approve else ""
        row.specialist = unseen.get(row.id, "")
        row.asks_viewer = row.specialist in own_skills
        row.reviewed_twice = row.id in second and second[row.id].review_pass is not None


def _row(
    viewer: Viewer,
    run: Sequence[Placement],
    position: int,
    entries: Sequence[Reported] | None,
    names: EngineNames,
) -> Row:
    target_row = run[0].segment.target()
    target = target_row.content if target_row is not None else None
    findings = [entry.finding for entry in entries or () if entry.open]
    source_marks = [Highlight(s, e, f.severity, f.pk) for f in findings for s, e in f.source_spans]
    target_marks = [Highlight(s, e, f.severity, f.pk) for f in findings for s, e in f.target_spans]
    source = join_texts([placement.source.content for placement in run])
    return Row(
        viewer=viewer,
        placements=run,
        position=position,
        source_html=_sources_html(run, source_marks),
        source_hash=run_hash([placement.source.content_hash for placement in run]),
        target=target,
        target_html=to_html(target, target_marks) if target is not None else SafeString(""),
        highlights=field_highlights(target, target_marks) if target is not None else (),
        findings=None if entries is None else [_shown(viewer, e, source.text, target) for e in entries if e.open],
        engines=(),
        names=names,
        marks=marks_of(_codes(run, target)),
    )


def _codes(run: Sequence[Placement], target: CodedText | None) -> list[InlineCode]:
    """The codes a field may hold: those of the sources and of the text."""
    source = join_texts([placement.source.content for placement in run])
    return [*source.codes, *(target.codes if target is not None else ())]


def _sources_html(run: Sequence[Placement], marks: Sequence[Highlight]) -> list[SafeString]:
    """Each source of a run with its share of the highlights, which count through the joined sources."""
    html = []
    offset = 0
    for placement in run:
        content = placement.source.content
        end = offset + len(content.text)
        here = [
            Highlight(max(m.start - offset, 0), min(m.end, end) - offset, m.severity, m.finding)
            for m in marks
            if m.start < end and m.end > offset
        ]
        html.append(to_html(content, here))
        offset = end + 1 if content.text else end
    return html


def _shown(viewer: Viewer, entry: Reported, source: str, target: CodedText | None) -> FindingShown:
    text = target.text if target is not None else ""
    finding = entry.finding
    scopes: Sequence[tuple[str, str]] = ()
    if viewer.may_publish or (viewer.may_edit and entry.effect != "publishing"):
        has_words = finding.source_spans or finding.target_spans
        scopes = [(scope.value, str(scope.label)) for scope in Scope if has_words or scope == Scope.SEGMENT]
    return FindingShown(
        id=finding.pk,
        severity=finding.severity,
        check_id=finding.check_name,
        message=finding.message,
        source_words=tuple(source[start:end] for start, end in finding.source_spans),
        target_words=tuple(text[start:end] for start, end in finding.target_spans),
        effect=entry.effect,
        scopes=scopes,
        field_spans=_field_spans(target, finding.target_spans),
        suggestion=finding.suggestion,
    )


def _field_spans(target: CodedText | None, spans: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
    if target is None:
        return []
    placed = field_highlights(target, [Highlight(start, end, "") for start, end in spans])
    return [(int(start), int(end)) for start, end, *_ in placed]


def _dismissals(leaders: Sequence[Segment]) -> dict[int, list[Dismissal]]:
    """All there ever were in these rows, by the segment they were made at, the last ones first."""
    found: dict[int, list[Dismissal]] = {}
    for part in in_batches(leader.pk for leader in leaders):
        for row in Dismissal.objects.filter(segment__in=part).select_related("person", "undo__person").order_by("-pk"):
            found.setdefault(row.segment_id, []).append(row)
    return found


def _dismissed(viewer: Viewer, entries: Iterable[Reported]) -> list[DismissedShown]:
    """What silences findings of the row now, the last dismissal first."""
    rows = {entry.dismissal.pk: entry.dismissal for entry in entries if entry.dismissal is not None}
    return [_dismissal_shown(viewer, rows[pk], standing=True) for pk in sorted(rows, reverse=True)]


def _past(viewer: Viewer, row: Dismissal) -> DismissedShown:
    return _dismissal_shown(viewer, row, standing=False)


def _dismissal_shown(viewer: Viewer, row: Dismissal, *, standing: bool) -> DismissedShown:
    undo = getattr(row, "undo", None) if not standing else None
    return DismissedShown(
        id=row.pk,
        check_id=row.check_name,
        message=row.message,
        by=viewer.name_of(row.person),
        at=row.created_at,
        scope=row.get_scope_display(),
        reason=row.reason,
        standing=standing,
        undone_by=viewer.name_of(undo.person) if undo is not None else "",
        undone_at=undo.created_at if undo is not None else None,
        may_undo=standing and viewer.may_edit,
    )


def marks_of(codes: Iterable[InlineCode]) -> list[Mark]:
    found: dict[str, Mark] = {}
    for code in codes:
        if code.id in found or code.part == "close":
            continue
        single = code.part == "single"
        found[code.id] = Mark(
            opening=f"⟦{code.id}/⟧" if single else f"⟦{code.id}⟧",
            closing="" if single else f"⟦/{code.id}⟧",
            meaning=describe(code),
        )
    return list(found.values())


def _approvals_barred(document: Document, viewer: Viewer, runs: Sequence[Sequence[Placement]]) -> dict[int, str]:
    """Under four eyes: the rows this approver may not approve, with the reason (the rule of editing.deciding)."""
    leaders = [
        run[0].segment for run in runs if document.project.asks_second_person(placement.kind for placement in run)
    ]
    if not viewer.may_approve or not leaders:
        return {}
    person, ids = viewer.person, [leader.pk for leader in leaders]
    main = Decision.objects.filter(document=document, lane=Lane.MAIN, kind=DecisionKind.APPROVED)
    written = Revision.objects.filter(document=document, author=person, lane=Lane.MAIN)
    if len(ids) <= MOST:
        main, written = main.filter(segment_id__in=ids), written.filter(segment_id__in=ids)
    approved = dict(main.values_list("segment_id").annotate(Max("revision__number")).order_by())
    barred = {
        leader.pk: gettext("You marked this text as reviewed. Somebody else has to approve it.")
        for leader in leaders
        if leader.latest_decision is not None and leader.latest_decision.person_id == person.pk
    }
    latest = {leader.pk: leader.latest_revision.number for leader in leaders if leader.latest_revision is not None}
    theirs = [pk for pk, people in shares_in(ids).items() if person.pk in people]
    if theirs:
        written = written | Revision.objects.filter(document=document, lane=Lane.MAIN, pk__in=theirs)
    for segment_id, number in written.values_list("segment_id", "number"):
        if segment_id in latest and (number > approved.get(segment_id, 0) or number == latest[segment_id]):
            barred[segment_id] = gettext("You wrote this text. Somebody else has to approve it.")
    return barred
