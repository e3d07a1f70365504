"""How the installation is: failed runs, imports, storage, the last sweep. For operators; no text and no person.

All of it comes from indexes and from single questions to the database and the file system: nothing walks a folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Min, QuerySet

from reviews.models import Heartbeat, ImportBatch, TaskRun

#: Listed of each; more are counted, up to COUNTED.
LISTED: Final = 25
COUNTED: Final = 999

#: Failed imports are listed for so long.
RECENT: Final = timedelta(days=7)

#: Sweeps are due every minute: after so long without one the scheduler, or every worker, is down.
SILENT: Final = timedelta(minutes=5)

UNFINISHED: Final = ("uploaded", "checking", "confirmed", "running")


@dataclass(frozen=True, slots=True)
class Runs:
    """Failed runs, the newest first; and how many runs are under way, since when the one that waits longest."""

    failed: Sequence[TaskRun]
    failed_number: int
    running: int
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class Storage:
    """In bytes: the database, and what is free of the disk the data folder is on."""

    database: int
    free: int
    total: int


def runs() -> Runs:
    """Four queries, each by an index of failed or of running ones."""
    failed = TaskRun.objects.filter(state=TaskRun.State.FAILED)
    running = TaskRun.objects.filter(state=TaskRun.State.RUNNING)
    return Runs(
        list(failed.select_related("document", "project").order_by("-updated_at")[:LISTED]),
        _up_to(failed),
        _up_to(running),
        running.aggregate(first=Min("updated_at"))["first"],
    )


def _up_to(rows: QuerySet[TaskRun]) -> int:
    return len(rows.order_by().values_list("pk")[: COUNTED + 1])


def imports(now: datetime) -> list[ImportBatch]:
    """Imports under way, and those that failed lately; the newest first."""
    under_way = ImportBatch.objects.filter(state__in=UNFINISHED)
    failed = ImportBatch.objects.filter(state=ImportBatch.State.FAILED, created_at__gt=now - RECENT)
    return list((under_way | failed).select_related("project").order_by("-pk")[:LISTED])


def last_sweep() -> datetime | None:
    """When a sweep came to its end last; None before the first one."""
    return Heartbeat.objects.filter(name=Heartbeat.SWEEP).values_list("at", flat=True).first()


def storage() -> Storage:
    disk = shutil.disk_usage(settings.WORKBENCH_DATA)
    return Storage(_database_size(), disk.free, disk.total)


def _database_size() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    name = Path(str(connection.settings_dict["NAME"]))
    files = (name, name.with_name(f"{name.name}-wal"))
    return sum(file.stat().st_size for file in files if file.is_file())


def error_class(run: TaskRun) -> str:
    """What kind of error a run failed with. The rest of its words may hold texts of the article."""
    # "chunk 0: ValueError: …", as the pipeline writes it.
    parts = run.error.split(": ", 2)
    return parts[1] if len(parts) > 1 and parts[0].startswith("chunk") else parts[0][:80]
