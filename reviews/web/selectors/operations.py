"""The state of the installation in words: what is well, and what somebody has to see to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.broker import Queue
from reviews.models import TaskRun
from reviews.reports.operations import SILENT, Runs, Storage
from reviews.web.timing import span

#: Below this share of free disk somebody has to see to it.
SCARCE = 0.1


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing to look at: its name, how it is, and what to do where it is not well."""

    name: str
    words: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        return not self.remedy


@dataclass(frozen=True, slots=True)
class RunLine:
    run: TaskRun
    error: str


def signs(
    queue: Queue | None, workers: Sequence[str] | None, sweep: datetime | None, runs: Runs, now: datetime
) -> list[Sign]:
    return [_broker(queue), _workers(workers), _scheduler(sweep, now), _runs(runs, now)]


def _broker(queue: Queue | None) -> Sign:
    if queue is None:
        return Sign(
            _("Broker"),
            _("does not answer"),
            _("Start Redis, or look at REDIS_URL. Saved work is safe: what it leads to is queued once it answers."),
        )
    waiting = ngettext("%(number)d task waits", "%(number)d tasks wait", queue.waiting) % {"number": queue.waiting}
    taken = ngettext("%(number)d is taken", "%(number)d are taken", queue.taken) % {"number": queue.taken}
    return Sign(_("Broker"), f"{waiting}, {taken}")


def _workers(workers: Sequence[str] | None) -> Sign:
    if workers:
        return Sign(_("Workers"), ", ".join(workers))
    if workers is None:
        return Sign(_("Workers"), _("not known: the broker does not answer"), _("See to the broker first."))
    return Sign(_("Workers"), _("none answers"), _("Start a worker. One whose processes are all busy still answers."))


def _scheduler(sweep: datetime | None, now: datetime) -> Sign:
    remedy = _("Start the scheduler (celery beat), once, and a worker.")
    if sweep is None:
        return Sign(_("Scheduler"), _("has not swept yet"), remedy)
    words = _("last swept %(time)s ago") % {"time": span(now - sweep)}
    return Sign(_("Scheduler"), words, remedy if now - sweep > SILENT else "")


def _runs(runs: Runs, now: datetime) -> Sign:
    words = ngettext("%(number)d under way", "%(number)d under way", runs.running) % {"number": runs.running}
    if runs.waiting_since is not None:
        words += _(", the oldest for %(time)s") % {"time": span(now - runs.waiting_since)}
    if not runs.failed_number:
        return Sign(_("Background runs"), words)
    failed = ngettext("%(number)d failed", "%(number)d failed", runs.failed_number) % {"number": runs.failed_number}
    return Sign(_("Background runs"), f"{failed}, {words}", _("Look at the list below, and have them done anew."))


def storage_lines(storage: Storage) -> list[Sign]:
    free = _("%(free)s of %(total)s") % {
        "free": filesizeformat(storage.free),
        "total": filesizeformat(storage.total),
    }
    scarce = storage.free < SCARCE * storage.total
    return [
        Sign(_("Database"), filesizeformat(storage.database)),
        Sign(
            _("Free on the disk of the data folder"),
            free,
            _("Make room: an import or a publication that finds none is refused.") if scarce else "",
        ),
    ]
