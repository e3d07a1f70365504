"""The heads of audit chains in a file outside of the database, so that a rewritten database is found out.

One line a head, only ever appended: `{"at", "hash", "number", "previous", "stream", "why"}`, in which `previous` is the
SHA-256 of the line before it. Whoever can write to the database cannot make the two agree again unless they can write
to this file and to every copy of it; docs/record.md says where to keep copies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from reviews.models import AuditEvent
from reviews.values import canonical_json, sha256_hex

from .offline.verify_record import GENESIS, RELEASED, Verdict, lines_of, read_heads

#: Events may be committed later than their time says; a run looks this far behind the one before it.
OVERLAP = timedelta(days=1)


def heads_file() -> Path:
    return Path(settings.CHAIN_HEADS_FILE)


def head_lines() -> list[str]:
    """The lines of the file without their ends; none before the first."""
    try:
        return lines_of(heads_file().read_bytes())
    except FileNotFoundError:
        return []


def note_release(event: AuditEvent) -> None:
    """Note the head of a stream right after a publication. Several processes may note at once."""
    _append([event], why="publication")


def note_changed_streams() -> int:
    """Note each stream that moved on since the last run, and releases whose line is missing; how many lines came.

    The line of a release is missing when the process died between its commit and its line.
    """
    verdict = Verdict()
    heads = [head for _, head in read_heads(head_lines(), verdict)]
    noted = {(head["stream"], head["number"]) for head in heads}
    daily = [head["at"] for head in heads if head["why"] == "daily"]
    since = datetime.fromisoformat(daily[-1]) - OVERLAP if daily else datetime.min.replace(tzinfo=timezone.now().tzinfo)
    moved = AuditEvent.objects.filter(created_at__gte=since)
    releases = moved.filter(action=RELEASED).order_by("pk")
    late = [event for event in releases if (event.stream, event.number) not in noted]
    _append(late, why="publication")
    noted |= {(event.stream, event.number) for event in late}
    latest = moved.values("stream").annotate(last=Max("number")).order_by("stream").values_list("stream", "last")
    new = [AuditEvent.objects.get(stream=stream, number=last) for stream, last in latest if (stream, last) not in noted]
    _append(new, why="daily")
    return len(late) + len(new)


def _append(events: Sequence[AuditEvent], *, why: str) -> None:
    """Write one line an event, durably, one process at a time."""
    if not events:
        return
    with _opened() as file:
        lines = lines_of(_read(file))
        previous = sha256_hex(lines[-1]) if lines else GENESIS
        text = "" if _ends_whole(file) else "\n"
        for line in _lines(events, why, previous):
            text += line + "\n"
        data = text.encode()
        while data:
            data = data[os.write(file, data) :]
        os.fsync(file)


def _lines(events: Iterable[AuditEvent], why: str, previous: str) -> Iterator[str]:
    for event in events:
        line = canonical_json(
            {
                "at": timezone.now().isoformat(),
                "hash": event.hash,
                "number": event.number,
                "previous": previous,
                "stream": event.stream,
                "why": why,
            }
        )
        yield line
        previous = sha256_hex(line)


@contextmanager
def _opened() -> Iterator[int]:
    """The file, locked until the end; closing it gives the lock back."""
    path = heads_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _read(file: int) -> bytes:
    return os.pread(file, os.fstat(file).st_size, 0)


def _ends_whole(file: int) -> bool:
    """Whether the last line has its end; a crash while writing leaves one that has none, which stays as it is."""
    size = os.fstat(file).st_size
    return size == 0 or os.pread(file, 1, size - 1) == b"\n"
