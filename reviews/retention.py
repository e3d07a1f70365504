"""What goes after its time: typing nobody came back to, notices that were read, files no source is made of.

Nothing append-only, nothing anybody decided, no text that could not be saved. The limits stand with what they are
about; sweeps keep to them all the time, and a daily run looks through the raw files, too. `bin/manage retention
--dry-run` says what is due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from reviews.editing import drafts
from reviews.importing import raw, uploads
from reviews.models import SourceRevision
from reviews.notices import service as notices
from reviews.values import in_batches

#: An import keeps a raw file before it commits the source that names it; none takes as long.
RAW_AFTER: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rule:
    """One sort of thing that goes: how long it stays and why, how many are due, and how they are removed."""

    key: str
    limit: timedelta
    words: str
    due: Callable[[datetime], int]
    remove: Callable[[datetime], int]


def _due_drafts(now: datetime) -> int:
    return sum(rows.count() for rows in drafts.forgotten(now))


def _due_notices(now: datetime) -> int:
    return notices.old_notices(now).count()


def _remove_notices(now: datetime) -> int:
    removed = 0
    while some := notices.forget_old(now):
        removed += some
    return removed


def _due_uploads(now: datetime) -> int:
    return uploads.unconfirmed(now).count() + len(uploads.leftovers(now))


def _remove_uploads(now: datetime) -> int:
    due = _due_uploads(now)
    uploads.tidy_up()
    return due


def _left_raw(now: datetime) -> Iterator[Path]:
    """Raw files nobody touched lately and no source revision names."""
    for part in in_batches(raw.left_raw(now - RAW_AFTER)):
        names = [path.name for path in part]
        named = set(SourceRevision.objects.filter(raw_hash__in=names).values_list("raw_hash", flat=True))
        yield from (path for path in part if path.name not in named)


def _due_raw(now: datetime) -> int:
    return sum(1 for _ in _left_raw(now))


def _remove_raw(now: datetime) -> int:
    return sum(raw.remove_raw(path, now - RAW_AFTER) for path in _left_raw(now))


RULES: Final = (
    Rule(
        "drafts",
        drafts.FORGOTTEN_AFTER,
        "typing and begun divisions that nobody touched; a text that could not be saved stays until its owner decides",
        _due_drafts,
        drafts.drop_forgotten,
    ),
    Rule("notices", notices.KEPT, "notices that were read", _due_notices, _remove_notices),
    Rule(
        "uploads",
        uploads.UNCONFIRMED,
        "uploads that nobody confirmed, and the files of those that are over",
        _due_uploads,
        _remove_uploads,
    ),
    Rule("raw", RAW_AFTER, "kept files that no source is made of", _due_raw, _remove_raw),
)


def due(now: datetime) -> dict[str, int]:
    """How many things each rule would remove now; nothing is written."""
    return {rule.key: rule.due(now) for rule in RULES}


def retain(now: datetime) -> dict[str, int]:
    """Remove what is due, and say how many of each; any number of runs may go on at once, beside imports and saves."""
    return {rule.key: rule.remove(now) for rule in RULES}
