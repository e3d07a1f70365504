"""Counts the engines' scores week by week: the one place that writes `QualitySum`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, Count, F, Max, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce, Mod
from django.utils import timezone

from reviews.models import (
    Document,
    Project,
    QualityMark,
    QualitySum,
    QualityWeek,
    Score,
    Segment,
    SegmentState,
    TargetKind,
)
from reviews.models.quality import GROUPS
from reviews.models.scores import STATISTICS_COLUMNS

from .registry import REFERENCE_METRICS
from .runner import WITH_PREVIOUS

#: What is counted: engines held against references, and against what the desk made of their texts.
KINDS: Final = (TargetKind.REFERENCE, TargetKind.POST_EDIT)

#: A week is counted anew at most so often: in the present one something changes all the time.
EVERY: Final = timedelta(minutes=5)

#: Weeks counted in one sweep.
AT_ONCE: Final = 20

#: What rows of sums are kept by.
_KEY: Final = ("target_id", "config_id", "system_id", "section", "group")
_COUNTS: Final = ("texts", "left_out", *STATISTICS_COLUMNS)


def recount_marked(now: datetime, *, limit: int = AT_ONCE) -> int:
    """Count anew the weeks that were marked, those marked first before others; how many.

    Any number may run at once: a week that is counted twice has the same sums. A mark that comes in while its week is
    read stays for the next time.
    """
    counted = 0
    marked = QualityMark.objects.values_list("project_id", "week").annotate(last=Max("pk")).order_by("last")
    for project_id, week, last in list(marked[: limit * 4]):
        recent = QualityWeek.objects.filter(project=project_id, week=week, counted_at__gt=now - EVERY)
        if counted >= limit or recent.exists():
            continue
        count_week(Project.objects.get(pk=project_id), week, now)
        QualityMark.objects.filter(project=project_id, week=week, pk__lte=last).delete()
        counted += 1
    return counted


def count_week(project: Project, week: date, now: datetime) -> None:
    """Put the sums of a week in the place of those that were there; read outside of the transaction that writes."""
    sums, editors = sums_of_week(project, week), editors_of_week(project, week)
    with transaction.atomic():
        # Whoever counts the same week waits here, and puts the same sums in the place of these.
        counted, _ = QualityWeek.objects.select_for_update().get_or_create(
            project=project, week=week, defaults={"counted_at": now}
        )
        counted.counted_at, counted.editors = now, editors
        counted.save(update_fields=["counted_at", "editors"])
        QualitySum.objects.filter(counted=counted).delete()
        QualitySum.objects.bulk_create(
            (
                QualitySum(counted=counted, week=week, **dict(zip(_KEY, key, strict=True)), **counts)
                for key, counts in sums.items()
            ),
            batch_size=500,
        )


def _documents(project: Project, week: date) -> QuerySet[Document]:
    begin = timezone.make_aware(datetime.combine(week, time.min))
    end = timezone.make_aware(datetime.combine(week + timedelta(days=7), time.min))
    dated = Document.objects.annotate(dated=Coalesce("published_at", "created_at"))
    return dated.filter(project=project, dated__gte=begin, dated__lt=end)


def editors_of_week(project: Project, week: date) -> int:
    """How many people wrote what is approved of the articles of a week; only their number is kept."""
    approved = Segment.objects.filter(
        document__in=_documents(project, week).values("pk"), state=SegmentState.APPROVED, covered_by=None
    )
    return approved.order_by().values("latest_revision__author").distinct().count()


def sums_of_week(project: Project, week: date) -> dict[tuple[Any, ...], dict[str, int]]:
    """The sums of the articles of a week by target, configuration, engine, section (None: all) and group."""
    rows = (
        Score.objects.filter(
            hypothesis__document__in=_documents(project, week).values("pk"),
            target__kind__in=KINDS,
            config__metric__in=[metric.id for metric in REFERENCE_METRICS],
        )
        .exclude(reason=WITH_PREVIOUS)
        .annotate(
            system_id=F("hypothesis__system_id"),
            section=F("hypothesis__document__section"),
            group=Mod(F("hypothesis__document_id"), GROUPS),
        )
        .order_by()
        .values(*_KEY)
        .annotate(
            texts=Count(Case(When(value__isnull=False, then=1))),
            left_out=Count(Case(When(value__isnull=True, then=1))),
            **{f"sum_{column}": Sum(column, filter=Q(value__isnull=False)) for column in STATISTICS_COLUMNS},
        )
    )
    found: dict[tuple[Any, ...], dict[str, int]] = {}
    for row in rows:
        counts = {"texts": row["texts"], "left_out": row["left_out"]}
        counts |= {column: int(row[f"sum_{column}"] or 0) for column in STATISTICS_COLUMNS}
        key = tuple(int(row[name]) if name == "group" else row[name] for name in _KEY)
        found[key] = counts
        _add(found, (*key[:3], None, key[4]), counts)
    return found


def _add(found: dict[tuple[Any, ...], dict[str, int]], key: tuple[Any, ...], counts: Mapping[str, int]) -> None:
    before = found.setdefault(key, dict.fromkeys(_COUNTS, 0))
    for name in _COUNTS:
        before[name] += counts[name]


def verify_weeks(project: Project) -> list[str]:
    """Weeks that are counted otherwise than their scores add up to, and nobody marked; in words."""
    marked = set(QualityMark.objects.filter(project=project).values_list("week", flat=True))
    problems = []
    for counted in QualityWeek.objects.filter(project=project).exclude(week__in=marked).order_by("week"):
        kept = {
            tuple(getattr(row, name) for name in _KEY): {name: getattr(row, name) for name in _COUNTS}
            for row in _sums(counted)
        }
        editors = editors_of_week(project, counted.week)
        if kept != sums_of_week(project, counted.week) or counted.editors != editors:
            problems.append(f"project {project.slug}: the scores of the week of {counted.week} are counted otherwise")
    return problems


def _sums(counted: QualityWeek) -> Iterable[QualitySum]:
    return QualitySum.objects.filter(counted=counted)
