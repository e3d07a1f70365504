"""Turns what is known of texts into risk, and risk into claimable work: where routing meets tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reviews.checks.runner import PlacedPair, pairs_in, reported
from reviews.models import (
    Document,
    Finding,
    Hypothesis,
    Placement,
    Project,
    Revision,
    Score,
    Segment,
    SegmentState,
    Step,
    TargetKind,
    WorkItem,
    WorkState,
)
from reviews.models.in_force import Texts, cut, target_runs, texts_in
from reviews.models.work import LIVE_WORK_STATES
from reviews.values import Risk, Severity, in_batches

from .risk import OpenFinding, rank, segment_risk, usual_log_ratio
from .rules import DocumentFacts, StepDecision, decide

#: What is usual in a project is read off as many of its newest texts.
USUAL_FROM = 400
SEGMENTS_PER_TRANSACTION = 500


# --- risk ---------------------------------------------------------------------------------------------


def assess(document_id: int) -> None:
    """Write the risk of every segment of a document, with reasons, and its rank there (1 is the riskiest).

    It is the risk of the text an editor starts from: the latest human one, else the chosen hypothesis. Segments
    that share a text share its risk. Computed outside of transactions; what did not change is not written.
    """
    document = Document.objects.select_related("project").get(pk=document_id)
    usual = _usual(document.project)
    segments: list[Segment] = []
    risks: list[Risk] = []
    for stretch in cut(document):
        texts = texts_in(document, stretch)
        signals = _Signals(texts, usual)
        by_leader = {run[0].segment_id: signals.of_target(target, run) for target, run in target_runs(texts.placements)}
        for placement in texts.placements:
            leader = placement.segment.covered_by_id or placement.segment_id
            segments.append(placement.segment)
            risks.append(by_leader.get(leader) or signals.of_target(None, [placement]))
    changed = []
    for segment, risk, place in zip(segments, risks, rank(risks), strict=True):
        wanted = {"risk_score": risk.score, "risk_rank": place, "risk_reasons": list(risk.reasons)}
        if any(getattr(segment, column) != value for column, value in wanted.items()):
            changed.append((segment.pk, wanted))
    for rows in in_batches(changed, SEGMENTS_PER_TRANSACTION):
        with transaction.atomic():
            for pk, columns in rows:
                Segment.objects.filter(pk=pk).update(**columns)


def hypothesis_risks(document: Document) -> dict[int, Risk]:
    """The risk of every machine translation that holds in a document, by the hypothesis's id."""
    usual = _usual(document.project)
    risks: dict[int, Risk] = {}
    for stretch in cut(document):
        texts = texts_in(document, stretch)
        signals = _Signals(texts, usual)
        for row, run in _hypotheses(texts):
            risks[row.pk] = signals.of_hypothesis(row, run)
    return risks


def _usual(project: Project) -> float:
    ratios = Score.objects.filter(
        target__project=project, target__kind=TargetKind.SOURCE, config__metric="length_ratio", value__isnull=False
    )
    newest = ratios.order_by("-pk").values_list("value", flat=True)[:USUAL_FROM]
    return usual_log_ratio([ratio for ratio in newest if ratio is not None])


def _hypotheses(texts: Texts) -> Iterator[tuple[Hypothesis, Sequence[Placement]]]:
    position = {segment: i for i, segment in enumerate(texts.order)}
    for rows in texts.hypotheses.values():
        for segment, row in rows.items():
            yield row, texts.sources(position[segment], row.covers)


class _Signals:
    """All that is known of the texts of one stretch, read at once."""

    def __init__(self, texts: Texts, usual: float) -> None:
        self._texts = texts
        self._usual = usual
        self._pairs = pairs_in(texts)
        self._findings = reported(texts.document, list(self._pairs.all()))
        self._scores: dict[tuple[int, str], float] = {}
        scores = Score.objects.filter(
            hypothesis__segment__placements__source_revision_id=texts.document.current_source_id,
            hypothesis__segment__placements__rank__range=(texts.stretch.first, texts.stretch.last),
            target__kind=TargetKind.SOURCE,
        )
        for hypothesis, metric, value in scores.values_list("hypothesis_id", "config__metric", "value"):
            if value is not None:
                self._scores[hypothesis, metric] = value

    def of_target(self, row: Hypothesis | Revision | None, run: Sequence[Placement]) -> Risk:
        """The risk of what would be published for a run of segments; None where there is no text yet."""
        return self._of(row, run, self._pairs.targets.get(run[0].segment_id))

    def of_hypothesis(self, row: Hypothesis, run: Sequence[Placement]) -> Risk:
        """The risk of an engine's text among its other texts."""
        return self._of(row, run, self._pairs.hypotheses.get(row.pk))

    def _of(self, row: Hypothesis | Revision | None, run: Sequence[Placement], pair: PlacedPair | None) -> Risk:
        hypothesis = row.pk if isinstance(row, Hypothesis) else 0
        entries = self._findings.get(pair.key, ()) if pair is not None else ()
        return segment_risk(
            kind=run[0].kind,
            source=_joined(placement.source.text for placement in run),
            target=row.text if row is not None else "",
            findings=[_open(entry.finding) for entry in entries if entry.open],
            length_ratio=self._scores.get((hypothesis, "length_ratio")),
            usual_log_ratio=self._usual,
            language=self._scores.get((hypothesis, "language")),
            other_targets=list(self._others(row, run)) if isinstance(row, Hypothesis) else (),
        )

    def _others(self, row: Hypothesis, run: Sequence[Placement]) -> Iterator[str]:
        """What the other engines made of exactly this run."""
        for system, rows in self._texts.hypotheses.items():
            own = [rows[placement.segment_id] for placement in run if placement.segment_id in rows]
            starts_here = run[0].segment_id in rows
            if system != row.system_id and starts_here and sum(other.covers for other in own) == len(run):
                yield _joined(other.text for other in own)


def _joined(texts: Iterable[str]) -> str:
    return " ".join(text for text in texts if text)


def _open(finding: Finding) -> OpenFinding:
    return OpenFinding(finding.check_name, cast(Severity, finding.severity), finding.category)


# --- work ---------------------------------------------------------------------------------------------

_NO_LEASE: Mapping[str, None] = {"lease_owner": None, "lease_until": None, "lease_token": None}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A step a document needs and where it stands: done, to be taken, or waiting for another."""

    decision: StepDecision
    state: WorkState


@transaction.atomic
def sync_work(document_id: int) -> None:
    """Make the document's work items what the rules and the state of its segments ask for.

    Creates what is missing, opens what may begin, closes what is finished, cancels what nobody wants any more. A
    text that falls back makes new work; a lease on work that stays is kept. Any number of calls, at any time.
    """
    document = Document.objects.select_for_update(of=("self",)).select_related("project").get(pk=document_id)
    wanted = {entry.decision.step: entry for entry in _wanted(document)}
    live = {item.step: item for item in WorkItem.objects.filter(document=document, state__in=LIVE_WORK_STATES)}
    for step in Step:
        _sync(document, step, wanted.get(step), live.get(step))


def out_of_step() -> list[int]:
    """Documents whose approval is open to everybody although an editor has to see them first.

    So it is when a lease on the approval ran out after a text was sent back.
    """
    early = WorkItem.objects.filter(step=Step.APPROVE, state=WorkState.OPEN).exclude(
        document__segments_total=F("document__segments_reviewed") + F("document__segments_approved")
    )
    return list(early.values_list("document_id", flat=True))


def decisions_for(document: Document) -> tuple[StepDecision, ...]:
    """The steps a document needs, whether they are done or not; none for an empty one or an archived project."""
    if not document.segments_total or document.project.archived_at is not None:
        return ()
    riskiest = document.segments.exclude(state=SegmentState.RETIRED).order_by("risk_rank").first()
    return decide(
        DocumentFacts(
            four_eyes=document.project.four_eyes,
            deadline=document.deadline_at,
            published=document.published_at,
            risk=riskiest.risk_score if riskiest else 0.0,
            risk_reasons=tuple(riskiest.risk_reasons) if riskiest else (),
        )
    )


def _wanted(document: Document) -> Iterable[Wanted]:
    for decision in decisions_for(document):
        if _finished(document, decision.step):
            yield Wanted(decision, WorkState.DONE)
        elif decision.waits_for is not None and not _finished(document, decision.waits_for):
            yield Wanted(decision, WorkState.WAITING)
        else:
            yield Wanted(decision, WorkState.OPEN)


def _finished(document: Document, step: str) -> bool:
    done = document.segments_approved if step == Step.APPROVE else document.segments_edited
    return done == document.segments_total


def _sync(document: Document, step: Step, wanted: Wanted | None, live: WorkItem | None) -> None:
    if live is None:
        if wanted is not None and wanted.state != WorkState.DONE:
            WorkItem.objects.create(
                project_id=document.project_id,
                document=document,
                step=step,
                state=wanted.state,
                sort_key=wanted.decision.sort_key,
                reason=wanted.decision.reason,
            )
        return
    rows = WorkItem.objects.filter(pk=live.pk)
    now = timezone.now()
    if wanted is None or wanted.state == WorkState.DONE:
        state = WorkState.CANCELLED if wanted is None else WorkState.DONE
        rows.update(state=state, updated_at=now, **_NO_LEASE)
        return
    order = {"sort_key": wanted.decision.sort_key, "reason": wanted.decision.reason}
    if (live.sort_key, live.reason) != tuple(order.values()):
        rows.update(updated_at=now, **order)
    # Somebody may take the item this very moment: a lease stays, whatever was read above.
    rows.exclude(state__in=(WorkState.LEASED, wanted.state)).update(state=wanted.state, updated_at=now)
