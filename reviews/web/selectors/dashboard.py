"""A project at a glance: where articles stand, what waits, how the engines do, what went wrong. No person's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Sum
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from reviews.models import (
    Document,
    DocumentState,
    ImportBatch,
    Project,
    SegmentState,
    Step,
    TaskRun,
    WorkItem,
    WorkState,
)
from reviews.models.states import COUNTED_STATES, column
from reviews.models.work import LIVE_WORK_STATES, USUAL_STEPS
from reviews.reports.comparison import Comparison, CorpusScore
from reviews.web.timing import Due, due, span

LINES = 10


@dataclass(frozen=True, slots=True)
class StateCount:
    state: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a bar that is 100 wide."""

    count: StateCount
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One corpus score for a table: rounded to read, exact beside it."""

    metric: str
    shown: str
    exact: str
    n: int
    of: int
    left_out: str


@dataclass(frozen=True, slots=True)
class EngineLine:
    name: str
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Backlog:
    """Live work of one step by state, and the one that has waited longest to be taken."""

    step: Step
    open: int
    taken: int
    waiting: int
    oldest: WorkItem | None

    @property
    def oldest_age(self) -> str:
        return span(timezone.now() - self.oldest.created_at) if self.oldest else ""


@dataclass(frozen=True, slots=True)
class DueDocument:
    document: Document
    due: Due | None


def documents_by_state(project: Project) -> list[StateCount]:
    found = dict(Document.objects.filter(project=project).values_list("state").annotate(Count("id")).order_by())
    return [StateCount(state.value, str(state.label), found.get(state.value, 0)) for state in DocumentState]


def segments_by_state(project: Project) -> list[StateCount]:
    """Summed from the documents' counters."""
    sums = Document.objects.filter(project=project).aggregate(
        **{state.value: Sum(column(state)) for state in COUNTED_STATES}
    )
    return [StateCount(state.value, str(SegmentState(state).label), sums[state.value] or 0) for state in COUNTED_STATES]


def backlog(project: Project) -> list[Backlog]:
    rows = WorkItem.objects.filter(project=project, state__in=LIVE_WORK_STATES)
    counted: dict[str, dict[str, int]] = {step.value: {} for step in Step}
    for step, state, number in rows.values_list("step", "state").annotate(Count("id")).order_by():
        counted[step][state] = number
    oldest: dict[str, WorkItem] = {}
    waiting = rows.filter(state=WorkState.OPEN)
    first = waiting.values("step").annotate(first=Min("id")).values("first").order_by()
    for item in WorkItem.objects.filter(pk__in=first).select_related("document"):
        oldest[item.step] = item
    return [
        Backlog(
            step,
            counted[step.value].get(WorkState.OPEN, 0),
            counted[step.value].get(WorkState.LEASED, 0),
            counted[step.value].get(WorkState.WAITING, 0),
            oldest.get(step.value),
        )
        for step in Step
        if counted[step.value] or step in USUAL_STEPS
    ]


def due_soon(project: Project) -> list[DueDocument]:
    """Unfinished documents with a deadline, the nearest first."""
    finished = (DocumentState.APPROVED, DocumentState.PUBLISHED)
    rows = Document.objects.filter(project=project, deadline_at__isnull=False).exclude(state__in=finished)
    return [DueDocument(document, due(document.deadline_at)) for document in rows.order_by("deadline_at", "pk")[:LINES]]


def failed_runs(project: Project) -> Sequence[TaskRun]:
    rows = TaskRun.objects.filter(project=project, state=TaskRun.State.FAILED)
    return list(rows.select_related("document").order_by("-updated_at")[:LINES])


def last_import(project: Project) -> ImportBatch | None:
    """The last one that began to write, or failed before; what waits for its check or for a word is none yet."""
    state = ImportBatch.State
    begun = ImportBatch.objects.filter(project=project, state__in=[state.RUNNING, state.DONE, state.FAILED])
    return begun.order_by("-pk").first()


IMPORT_OUTCOMES = {
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "same": gettext_lazy("same"),
    "rejected": gettext_lazy("rejected"),
}
#: In this order: PostgreSQL keeps the keys of a JSON column in one of its own.
IMPORTED = {
    "documents": gettext_lazy("documents"),
    "segments": gettext_lazy("segments"),
    "hypotheses": gettext_lazy("hypotheses"),
    "references": gettext_lazy("references"),
}


def import_table(counts: Mapping[str, Any]) -> tuple[list[str], list[tuple[str, list[int]]]]:
    """The counts of an import as columns and rows: new, changed, same, rejected × documents, segments, …"""
    rows = [
        (str(words), [counts[what].get(name, 0) for name in IMPORT_OUTCOMES])
        for what, words in IMPORTED.items()
        if what in counts
    ]
    return [str(words) for words in IMPORT_OUTCOMES.values()] if rows else [], rows


def shares(counts: Sequence[StateCount]) -> list[Share]:
    """The counts as parts of one bar, in order; empty when there is nothing to count."""
    total = sum(count.number for count in counts)
    found = []
    x = 0.0
    for count in counts:
        if count.number:
            width = 100 * count.number / total
            found.append(Share(count, round(x, 3), round(width, 3)))
            x += width
    return found


def engine_lines(comparison: Comparison) -> list[EngineLine]:
    return [
        EngineLine(name, [_cell(metric, score) for metric, score in scores.items()])
        for name, scores in comparison.systems.items()
    ]


def _cell(metric: str, score: CorpusScore) -> Cell:
    return Cell(
        metric=metric,
        shown="–" if score.score is None else f"{score.score:.1f}",
        exact="" if score.score is None else repr(score.score),
        n=score.n,
        of=score.of,
        left_out=", ".join(f"{number} {gettext(reason)}" for reason, number in score.left_out.items()),
    )
