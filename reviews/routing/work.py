"""Turns the rules' decisions into claimable work: where routing meets the tables of work."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from reviews.models import (
    Decision,
    DecisionKind,
    Document,
    Lane,
    Person,
    Placement,
    Project,
    ReviewPass,
    Segment,
    SegmentState,
    Skill,
    Step,
    WorkItem,
    WorkItemSegment,
    WorkState,
)
from reviews.models.document import EDITED_STATES, DocumentState
from reviews.models.lanes import reviewed_twice, to_settle
from reviews.models.passes import PassOutcome
from reviews.models.review import DONE_KINDS
from reviews.models.work import LIVE_WORK_STATES, NO_LEASE

from .conditions import SegmentFacts
from .policy import Policy, parse_policy
from .rules import DocumentFacts, Held, Route, StepDecision, decide, route

#: Steps before an approval that are about single texts.
_TEXT_STEPS = (Step.SPECIALIST, Step.BLIND, Step.ADJUDICATE)

#: Decisions by which a person vouches for a text as it stands.
_VOUCHED = (*DONE_KINDS, DecisionKind.APPROVED)

_HOUR = timedelta(hours=1)
ROWS_AT_ONCE = 500


# --- what the policy makes of texts -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RoutedText:
    """A text, the segments it serves (the first leads), what is known of each, and what was kept of its route.

    `held` is the rule that decided before somebody worked on the text; `approved` says that it asks for nothing more.
    """

    segments: tuple[int, ...]
    facts: tuple[SegmentFacts, ...]
    kept: tuple[Mapping[str, Any], ...]
    approved: bool
    held: Held | None = None

    @property
    def leader(self) -> int:
        return self.segments[0]

    def route(self, policy: Policy) -> Route:
        return route(self.facts, policy, self.held)


_TEXT_COLUMNS = (
    "source_revision__document_id",
    "segment_id",
    "segment__covered_by_id",
    "kind",
    "segment__risk_score",
    "segment__risk_rank",
    "segment__risk_ranked",
    "segment__open_findings",
    "segment__route",
    "segment__state",
    "segment__latest_revision_id",
    "segment__chosen__system__name",
    "segment__chosen__system__version",
)


def texts_of(documents: Sequence[Document]) -> dict[int, list[RoutedText]]:
    """The texts of documents in article order, by document, with what rules ask of them; two queries for all."""
    by_id = {document.pk: document for document in documents}
    second = set(
        ReviewPass.objects.filter(item__document__in=by_id, lane=Lane.BLIND)
        .exclude(outcome__in=(PassOutcome.GIVEN_UP, PassOutcome.REOPENED))
        .values_list("segment_id", flat=True)
    )
    rows = Placement.objects.sourced().filter(source_revision__in=[d.current_source_id for d in documents])
    runs: dict[int, dict[int, list[dict[str, Any]]]] = {pk: {} for pk in by_id}
    for row in rows.order_by("rank").values(*_TEXT_COLUMNS):
        leader = row["segment__covered_by_id"] or row["segment_id"]
        runs[row["source_revision__document_id"]].setdefault(leader, []).append(row)
    return {pk: [_text(by_id[pk], run, second) for run in of_document.values()] for pk, of_document in runs.items()}


def _text(document: Document, run: Sequence[Mapping[str, Any]], second: Collection[int]) -> RoutedText:
    first = run[0]
    kept = first["segment__route"]
    worked_on = first["segment__latest_revision_id"] and first["segment__state"] != SegmentState.SOURCE_CHANGED
    holds = kept and (worked_on or first["segment_id"] in second)
    return RoutedText(
        segments=tuple(row["segment_id"] for row in run),
        facts=tuple(_facts(document, row) for row in run),
        kept=tuple(row["segment__route"] for row in run),
        approved=first["segment__state"] == SegmentState.APPROVED,
        held=Held(kept["digest"], kept["reason"]) if holds else None,
    )


def _facts(document: Document, row: Mapping[str, Any]) -> SegmentFacts:
    name, version = row["segment__chosen__system__name"], row["segment__chosen__system__version"]
    left = None if document.deadline_at is None else (document.deadline_at - document.created_at) / _HOUR
    return SegmentFacts(
        kind=row["kind"],
        section=document.section,
        risk=None if row["segment__risk_rank"] is None else row["segment__risk_score"],
        ranked=row["segment__risk_ranked"],
        findings=frozenset(row["segment__open_findings"]),
        systems=frozenset({name, f"{name}@{version}"} if version else {name}) if name else frozenset(),
        hours_to_deadline=left,
        reach=document.reach,
    )


# --- what an article needs ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step a document needs and where it stands: done, to be taken, or waiting for another."""

    decision: StepDecision
    state: WorkState


@dataclass(frozen=True, slots=True)
class Plan:
    """What a document's policy and its texts ask for: the route of each text, and the steps with their states."""

    document: Document
    texts: Sequence[RoutedText] = ()
    routes: Mapping[int, Route] = field(default_factory=dict)
    wanted: Sequence[Wanted] = ()


def plan(document: Document) -> Plan:
    """The plan of a document as it is now; no steps for an empty one or an archived project. Writes nothing.

    A bounded number of queries, which without any rule read no text.
    """
    project = document.project
    if not document.segments_total or project.archived_at is not None:
        return Plan(document)
    policy = parse_policy(project.routing_policy)
    texts = texts_of([document])[document.pk] if policy.rules else []
    routes = {text.leader: text.route(policy) for text in texts}
    progress = _Progress(document)
    facts = _document_facts(document, texts, routes, progress.differing)
    return Plan(document, texts, routes, tuple(_standing(decide(facts), progress)))


def _document_facts(
    document: Document, texts: Iterable[RoutedText], routes: Mapping[int, Route], disputed: Collection[int]
) -> DocumentFacts:
    riskiest = document.segments.exclude(state=SegmentState.RETIRED).order_by("risk_rank").first()
    return DocumentFacts(
        four_eyes=document.project.four_eyes,
        deadline=document.deadline_at,
        published=document.published_at,
        risk=riskiest.risk_score if riskiest else 0.0,
        risk_reasons=tuple(riskiest.risk_reasons) if riskiest else (),
        arrived=document.created_at,
        section=document.section,
        routes=routes,
        approved=frozenset(text.leader for text in texts if text.approved),
        disputed=tuple(disputed),
    )


def _standing(decisions: Iterable[StepDecision], progress: _Progress) -> Iterator[Wanted]:
    """Each step with its state. What waits opens once all the steps before it are done."""
    all_done = True
    for decision in decisions:
        if progress.finished(Step(decision.step), decision.skill, decision.segments):
            yield Wanted(decision, WorkState.DONE)
            continue
        yield Wanted(decision, WorkState.WAITING if decision.waits and not all_done else WorkState.OPEN)
        all_done = False


# --- how far it is ------------------------------------------------------------------------------------


class _Progress:
    """How far the work of a document is; what is not asked for is not read."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def finished(self, step: Step, skill: str, segments: Iterable[int]) -> bool:
        """Whether a step is done: of the whole document, or of all these texts."""
        document = self._document
        if step == Step.EDIT:
            return document.segments_edited == document.segments_total
        if step == Step.APPROVE:
            return document.segments_approved == document.segments_total
        left = set(segments) - self._approved
        return not left or left <= self._done[step](skill)

    @cached_property
    def differing(self) -> tuple[int, ...]:
        """Texts whose two reviews are done and differ. One query where there never was a second review."""
        return tuple(to_settle(self._document))

    @cached_property
    def _approved(self) -> set[int]:
        rows = Segment.objects.filter(document=self._document, state=SegmentState.APPROVED)
        return set(rows.values_list("pk", flat=True))

    @property
    def _done(self) -> Mapping[Step, Callable[[str], set[int]]]:
        """By step the texts it is done of. A new step is one more line."""
        return {
            Step.SPECIALIST: lambda skill: self._by_skill.get(skill, set()),
            Step.BLIND: lambda _: self._twice,
            Step.ADJUDICATE: lambda _: self._agreed,
        }

    @cached_property
    def _by_skill(self) -> dict[str, set[int]]:
        return vouched_for(self._document)

    @cached_property
    def _twice(self) -> set[int]:
        return reviewed_twice(self._document)

    @cached_property
    def _agreed(self) -> set[int]:
        """Texts reviewed twice whose two reviews no longer differ."""
        return self._twice - set(self.differing)


def vouched_for(document: Document) -> dict[str, set[int]]:
    """By skill the texts that somebody who has it vouched for as they stand; one query.

    A decision counts for today's source and today's text, and while the text is reviewed or approved: of two people
    who reviewed the same text, it does not matter who came last.
    """
    rows = Decision.objects.filter(
        document=document,
        lane=Lane.MAIN,
        kind__in=_VOUCHED,
        segment__state__in=EDITED_STATES,
        segment__latest_revision=F("revision"),
        segment__latest_decision__source_hash=F("source_hash"),
        person__skills__project=document.project_id,
    )
    found: dict[str, set[int]] = {}
    for skill, segment in rows.values_list("person__skills__name", "segment_id").distinct():
        found.setdefault(skill, set()).add(segment)
    return found


# --- the work that follows ----------------------------------------------------------------------------


@transaction.atomic
def sync_work(document_id: int) -> None:
    """Route the document's texts, and make its work items what that and the state of its texts ask for.

    Creates what is missing, opens what may begin, closes what is finished, cancels what nobody wants any more, and
    moves texts between items. A text that falls back makes new work; a lease on work that stays is kept. Any number
    of calls, at any time.
    """
    document = Document.objects.select_for_update(of=("self",)).select_related("project").get(pk=document_id)
    planned = plan(document)
    _keep_routes(planned)
    wanted = {(Step(entry.decision.step), entry.decision.skill): entry for entry in planned.wanted}
    items = list(WorkItem.objects.filter(document=document, state__in=LIVE_WORK_STATES))
    live = {(Step(item.step), item.skill): item for item in items}
    standing = _open_segments(items)
    targets: dict[int, set[int]] = {}
    for key, item in live.items():
        entry = wanted.get(key)
        if entry is None or entry.state == WorkState.DONE:
            _end(item, WorkState.DONE if entry or _came_to_an_end(item, standing[item.pk]) else WorkState.CANCELLED)
            targets[item.pk] = set()
        else:
            _update(item, entry)
            targets[item.pk] = set(entry.decision.segments)
    for key, entry in wanted.items():
        if key not in live and entry.state != WorkState.DONE:
            targets[_create(document, entry).pk] = set(entry.decision.segments)
    _move_segments(standing, targets)


def _keep_routes(planned: Plan) -> None:
    """Write what the policy makes of each segment, where that changed."""
    if not planned.texts:
        Segment.objects.filter(document=planned.document).exclude(route={}).update(route={})
        return
    changed = []
    for text in planned.texts:
        kept = planned.routes[text.leader].to_json()
        changed += [Segment(pk=pk, route=kept) for pk, was in zip(text.segments, text.kept, strict=True) if was != kept]
    Segment.objects.bulk_update(changed, ["route"], batch_size=ROWS_AT_ONCE)


def _open_segments(items: Iterable[WorkItem]) -> dict[int, set[int]]:
    """By item the segments it is about."""
    found: dict[int, set[int]] = {item.pk: set() for item in items}
    rows = WorkItemSegment.objects.filter(item__in=found, open=True)
    for item, segment in rows.values_list("item_id", "segment_id"):
        found[item].add(segment)
    return found


def _came_to_an_end(item: WorkItem, segments: set[int]) -> bool:
    """Whether work on texts that nobody asks for any more was done, not dropped."""
    return bool(segments) and _Progress(item.document).finished(Step(item.step), item.skill, segments)


def _end(item: WorkItem, state: WorkState) -> None:
    WorkItem.objects.filter(pk=item.pk).update(state=state, updated_at=timezone.now(), **NO_LEASE)


def _columns(decision: StepDecision) -> dict[str, Any]:
    return {
        "sort_key": decision.sort_key,
        "reason": decision.reason,
        "section": decision.section,
        "due_at": decision.due,
    }


def _create(document: Document, entry: Wanted) -> WorkItem:
    return WorkItem.objects.create(
        project_id=document.project_id,
        document=document,
        step=entry.decision.step,
        skill=entry.decision.skill,
        state=entry.state,
        **_columns(entry.decision),
    )


def _update(item: WorkItem, entry: Wanted) -> None:
    rows = WorkItem.objects.filter(pk=item.pk)
    now = timezone.now()
    columns = _columns(entry.decision)
    if any(getattr(item, name) != value for name, value in columns.items()):
        rows.update(updated_at=now, **columns)
    # Somebody may take the item this very moment: a lease stays, whatever was read above.
    rows.exclude(state__in=(WorkState.LEASED, entry.state)).update(state=entry.state, updated_at=now)


def _move_segments(standing: Mapping[int, set[int]], targets: Mapping[int, set[int]]) -> None:
    """Make each item's segments those it is about now.

    All leave before any arrives: at no time is a segment in two items of a step.
    """
    for item, segments in targets.items():
        if left := standing.get(item, set()) - segments:
            WorkItemSegment.objects.filter(item=item, segment__in=left, open=True).update(open=False)
    for item, segments in targets.items():
        if not (new := segments - standing.get(item, set())):
            continue
        back = WorkItemSegment.objects.filter(item=item, segment__in=new)
        returned = set(back.values_list("segment_id", flat=True))
        back.update(open=True)
        step = WorkItem.objects.values_list("step", flat=True).get(pk=item)
        WorkItemSegment.objects.bulk_create(
            (WorkItemSegment(item_id=item, segment_id=pk, step=step) for pk in sorted(new - returned)),
            batch_size=ROWS_AT_ONCE,
        )


def unapproved(project: Project) -> list[int]:
    """The ids of the project's articles that are not approved as a whole: those a changed policy is about."""
    rows = Document.objects.filter(project=project, segments_approved__lt=F("segments_total")).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def unpublished(project: Project) -> list[int]:
    """The ids of the project's articles that are not out as they stand."""
    rows = Document.objects.filter(project=project).exclude(state=DocumentState.PUBLISHED).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def out_of_step() -> list[int]:
    """Documents whose approval is open to everybody although others have to see them first.

    So it is when a lease on the approval ran out after a text was sent back.
    """
    before = WorkItem.objects.filter(document=OuterRef("document"), step__in=_TEXT_STEPS, state__in=LIVE_WORK_STATES)
    early = WorkItem.objects.filter(step=Step.APPROVE, state=WorkState.OPEN).filter(
        ~Q(document__segments_total=F("document__segments_reviewed") + F("document__segments_approved"))
        | Exists(before)
    )
    return list(early.values_list("document_id", flat=True))


def unseen_by_specialists(document: Document, segments: Iterable[Segment]) -> dict[int, str]:
    """Segments whose text waits for somebody with a certain skill, with the skill.

    No query where no rule asks for a specialist.
    """
    asked = {segment.pk: skill for segment in segments if (skill := segment.route.get("specialist"))}
    vouched = vouched_for(document) if asked else {}
    return {pk: skill for pk, skill in asked.items() if pk not in vouched.get(skill, ())}


def skill_missing(document: Document, segments: Iterable[Segment], person: Person) -> dict[int, str]:
    """Segments whose text somebody else has to review before this person approves it, with the skill that takes.

    An approval by somebody who has the skill is such a review.
    """
    unseen = unseen_by_specialists(document, segments)
    own = skills_of(document, person) if unseen else ()
    return {pk: skill for pk, skill in unseen.items() if skill not in own}


def waiting_for_skill_of(document: Document, segments: Iterable[Segment], person: Person) -> dict[int, str]:
    """Segments whose text waits for somebody with a certain skill, which this person has."""
    unseen = unseen_by_specialists(document, segments)
    own = skills_of(document, person) if unseen else ()
    return {pk: skill for pk, skill in unseen.items() if skill in own}


def skills_of(document: Document, person: Person) -> set[str]:
    """What the person knows, as the document's project lists it."""
    return set(Skill.objects.filter(project=document.project_id, person=person).values_list("name", flat=True))
