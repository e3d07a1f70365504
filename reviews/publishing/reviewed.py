"""By which decisions each text of an article came to be approved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviews.models import Decision, DecisionKind, Document, Lane
from reviews.values import in_batches

from .standing import StandingRun

#: Decisions by which an editor says that a passage is done.
REVIEW_KINDS = (DecisionKind.REVIEWED, DecisionKind.OMITTED, DecisionKind.COPIED)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The approval of a run, and the editor's decision it followed where there was one."""

    review: Decision | None
    approval: Decision


def reviewed_of(document: Document, runs: Sequence[StandingRun]) -> dict[int, Reviewed]:
    """Per leading segment of an approved run its approval and the latest review of the same text before it.

    Two queries, one more per 500 runs.
    """
    approvals: dict[int, Decision] = {}
    for part in in_batches(run.decision for run in runs if run.decision is not None):
        approvals.update(Decision.objects.select_related("person").in_bulk(part))
    reviews: dict[int, Decision] = {}
    rows = Decision.objects.filter(document=document, lane=Lane.MAIN, kind__in=REVIEW_KINDS)
    for decision in rows.select_related("person").order_by("pk"):
        reviews[decision.revision_id] = decision
    return {
        run.leader.segment_id: Reviewed(reviews.get(approval.revision_id), approval)
        for run in runs
        if (approval := approvals.get(run.decision or 0)) is not None and approval.kind == DecisionKind.APPROVED
    }
