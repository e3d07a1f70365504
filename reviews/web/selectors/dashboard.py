"""What went wrong in a project, and what came in last. No person's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from reviews.models import ImportBatch, Project, TaskRun

LINES = 10


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
