"""How the installation is, for operators and their monitoring."""

from typing import Any

from django.utils import timezone

from reviews import broker
from reviews.management.base import REJECTED, WorkbenchCommand
from reviews.reports import operations


class Command(WorkbenchCommand):
    help = "Say whether broker, workers and scheduler are alive, and what failed; exit 1 where somebody has to look."
    example = "status --json"

    def run(self, **options: Any) -> int:
        now = timezone.now()
        queue, workers, swept = broker.queue(), broker.workers(), operations.last_sweep()
        runs, storage = operations.runs(), operations.storage()
        problems = []
        if queue is None:
            problems.append("the broker does not answer")
        elif not workers:
            problems.append("no worker answers")
        if swept is None or now - swept > operations.SILENT:
            problems.append("the scheduler has not swept lately")
        if runs.failed_number:
            problems.append(f"{runs.failed_number} background runs failed")
        if options["json"]:
            self.emit(
                {
                    "queue": {"waiting": queue.waiting, "taken": queue.taken} if queue else None,
                    "workers": workers,
                    "swept_at": swept.isoformat() if swept else None,
                    "runs": {"running": runs.running, "failed": runs.failed_number},
                    "storage": {"database": storage.database, "free": storage.free, "total": storage.total},
                    "problems": problems,
                }
            )
        for problem in problems:
            self.say(problem)
        if not problems:
            self.say(f"{len(workers or ())} workers answer; nothing failed.")
        return REJECTED if problems else 0
