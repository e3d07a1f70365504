"""Counts how much was changed in months that are over: the one place that writes `EffortFigure`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from reviews.metrics.base import Batch, is_blank
from reviews.metrics.edit_rate import EditRate
from reviews.models import Decision, DecisionKind, EffortFigure, EffortMonth, Lane, Project
from reviews.values import in_batches

from .effort import EditedText, efforts

#: A month is counted when it is over for so long that no transaction of it goes on.
OVER: Final = timedelta(days=1)

#: Months that are looked for: those that nobody counted for longer stay uncounted.
BACK: Final = 3

#: By which a text is done for the first time.
_DONE: Final = (DecisionKind.REVIEWED, DecisionKind.APPROVED)


def count_months(now: datetime) -> int:
    """Count the months that are over and were not counted yet; how many. Any number may run at once."""
    return sum(count_month(project, month, now) for project in Project.objects.order_by("pk") for month in _over(now))


def _over(now: datetime) -> list[date]:
    """The months (their first days) that were over last, the newest first."""
    months = []
    first = timezone.localdate(now - OVER).replace(day=1)
    for _ in range(BACK):
        first = (first - timedelta(days=1)).replace(day=1)
        months.append(first)
    return months


def count_month(project: Project, month: date, now: datetime) -> bool:
    """Count a month of a project that is over; False where that was done before."""
    counted = EffortMonth.objects.filter(project=project, month=month)
    if counted.exists():
        return False
    found = efforts(_edited_in(project, month))
    with transaction.atomic():
        # Whoever counts the same month waits here, and leaves it to this one.
        row, created = EffortMonth.objects.get_or_create(project=project, month=month, defaults={"counted_at": now})
        if created:
            EffortFigure.objects.bulk_create(
                EffortFigure(of=row, system_id=system, section=section, **(asdict(effort) if effort else {}))
                for (system, section), effort in found.items()
            )
        return created


def _edited_in(project: Project, month: date) -> Iterator[EditedText]:
    """Texts that were done for the first time in the month, against the engine's text of the same sentences.

    Decisions, revisions and hypotheses never change, so that a month that is over stays as it was.
    """
    done = Decision.objects.filter(lane=Lane.MAIN, kind__in=_DONE)
    rows = (
        done.filter(
            document__project=project,
            created_at__gte=_midnight(month),
            created_at__lt=_midnight((month + timedelta(days=31)).replace(day=1)),
            revision__started_from__segment=F("segment"),
            revision__started_from__covers=F("revision__covers"),
        )
        .exclude(Exists(done.filter(segment=OuterRef("segment"), pk__lt=OuterRef("pk"))))
        .order_by("pk")
        .values(
            text=F("revision__text"),
            text_hash=F("revision__content_hash"),
            editor=F("revision__author"),
            engine_text=F("revision__started_from__text"),
            engine_hash=F("revision__started_from__content_hash"),
            system=F("revision__started_from__system"),
            section=F("document__section"),
        )
    )
    for part in in_batches(rows.iterator(chunk_size=500)):
        yield from _edited(part)


def _edited(rows: Iterable[Mapping[str, Any]]) -> Iterator[EditedText]:
    written = [row for row in rows if not is_blank(row["text"])]
    scores = EditRate().score_pairs(Batch([row["engine_text"] for row in written], [(row["text"],) for row in written]))
    for row, score in zip(written, scores, strict=True):
        assert score.value is not None
        yield EditedText(
            row["system"], row["section"], row["editor"], score.value, row["text_hash"] == row["engine_hash"]
        )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
