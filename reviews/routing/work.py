"""Turns the rules' decisions into claimable work: where routing meets the tables of work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from reviews.models import Document, SegmentState, Step, WorkItem, WorkState
from reviews.models.work import LIVE_WORK_STATES

from .rules import DocumentFacts, StepDecision, decide

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
