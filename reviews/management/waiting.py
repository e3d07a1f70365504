"""How commands see background runs through: by following the workers, or by doing the work themselves."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.management.base import CommandParser

from reviews import broker, pipeline
from reviews.models import TaskRun
from reviews.values import in_batches

#: How long `--wait` goes without any sign of a worker, and after how long without progress it asks for one.
NO_WORKER_AFTER = 10.0
ASK_AFTER = 1.0
POLL = 0.25
#: Seconds between two lines of progress.
SAY_EVERY = 1.0

NO_WORKER = (
    "No worker answered within {seconds:.0f} seconds. The work stays listed and is done once one runs: start it with "
    "bin/start, or do the work here with --inline."
)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """How the runs ended: what they came to, and in words what is not done and why."""

    scores: dict[str, Any]
    problems: tuple[str, ...] = field(default=())

    @property
    def complete(self) -> bool:
        return not self.problems


def add_waiting_arguments(parser: CommandParser) -> None:
    """--wait and --inline; without either the work is left to the workers."""
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--wait", action="store_true", help="Follow the workers until everything is scored and checked.")
    way.add_argument("--inline", action="store_true", help="Do the work in this process; needs no worker.")


def wait_for_runs(run_ids: Collection[int], say: Say) -> Summary:
    """Follow the workers until they are done with these runs, counting along.

    Ends early, and says so, when for NO_WORKER_AFTER seconds neither a run moves nor a worker answers.
    """
    sign_of_life = said_at = time.monotonic()
    last: tuple[int, int] | None = None
    while True:
        runs = _runs(run_ids)
        progress = _progress(runs)
        now = time.monotonic()
        over = progress[1] == len(runs)
        if progress != last and (over or last is None or now - said_at >= SAY_EVERY):
            say(f"{progress[1]} of {len(runs)} documents done, {progress[0]} pieces of work left")
            said_at = now
        if progress != last:
            last, sign_of_life = progress, now
        if over:
            return _summary(runs)
        if now - sign_of_life > ASK_AFTER and broker.workers_answer():
            sign_of_life = time.monotonic()
        if time.monotonic() - sign_of_life > NO_WORKER_AFTER:
            return _summary(runs, NO_WORKER.format(seconds=NO_WORKER_AFTER))
        time.sleep(POLL)


def do_runs_inline(run_ids: Sequence[int], say: Say) -> Summary:
    """Work through the runs in this process, counting along."""
    said_at = time.monotonic()
    for done, run_id in enumerate(run_ids, 1):
        pipeline.work_through(run_id)
        if done == len(run_ids) or time.monotonic() - said_at >= SAY_EVERY:
            say(f"{done} of {len(run_ids)} documents done")
            said_at = time.monotonic()
    return _summary(_runs(run_ids))


def _runs(run_ids: Collection[int]) -> list[TaskRun]:
    found: list[TaskRun] = []
    for ids in in_batches(sorted(run_ids)):
        found += TaskRun.objects.filter(pk__in=ids).select_related("document").order_by("pk")
    return found


def _progress(runs: Sequence[TaskRun]) -> tuple[int, int]:
    """(chunks left, runs ended)"""
    return sum(len(run.todo) for run in runs), sum(run.state != TaskRun.State.RUNNING for run in runs)


def _summary(runs: Sequence[TaskRun], *problems: str) -> Summary:
    failed = (f"{run.document.external_id}: {run.error}" for run in runs if run.state == TaskRun.State.FAILED)
    return Summary(pipeline.scores_of(runs), (*problems, *failed))
