"""Sums of the engines' scores by week, so that a course over months needs no scan of single scores.

Counted from the scores, never changed: whatever may alter a week's scores marks the week, in its own transaction, and a
sweep counts the whole week anew (`reviews.metrics.weekly`). Two that mark never wait for each other.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import models
from django.utils import timezone

from .document import Document
from .hypothesis import System
from .project import Project
from .scores import STATISTICS_COLUMNS, MetricConfig, ScoreTarget

#: The articles of a week go into so many groups, by their ids: intervals come from leaving out one after the other.
GROUPS: Final = 16


class QualityWeek(models.Model):
    """A week (its Monday) of a project whose scores were counted, and when. An article is of the week it came out in.

    That is the original's publication as its file says, else the import, as in every comparison of engines.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    week = models.DateField()
    counted_at = models.DateTimeField()
    editors = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="How many people wrote the approved texts: what may be shown depends on it.",
    )

    class Meta:
        constraints = [models.UniqueConstraint(name="quality_week_once", fields=["project", "week"])]


class QualitySum(models.Model):
    """Sums of the statistics of one metric (`s1 …`, as on Score) over `texts` texts of one engine in one week.

    `section` is null for all sections together: both are kept, as most who look ask for all. `left_out` counts texts
    without a value. `group` is one of GROUPS.
    """

    counted = models.ForeignKey(QualityWeek, on_delete=models.CASCADE, related_name="sums")
    target = models.ForeignKey(ScoreTarget, on_delete=models.CASCADE, related_name="+", db_index=False)
    config = models.ForeignKey(MetricConfig, on_delete=models.CASCADE, related_name="+", db_index=False)
    system = models.ForeignKey(System, on_delete=models.CASCADE, related_name="+", db_index=False)
    week = models.DateField()
    section = models.CharField(max_length=120, null=True)  # noqa: DJ001  (null = all sections, "" = without one)
    group = models.PositiveSmallIntegerField()
    texts = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(name="quality_sum_read", fields=["target", "section", "week"])]


# As on Score, but sums of them, which outgrow its columns.
for _column in STATISTICS_COLUMNS:
    models.BigIntegerField(default=0).contribute_to_class(QualitySum, _column)


class QualityMark(models.Model):
    """Says that something of this week may have changed since it was counted; goes when it is counted anew."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    week = models.DateField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(name="quality_mark_week", fields=["project", "week"])]


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_of(document: Document) -> date:
    """The week an article is of."""
    return monday_of(timezone.localdate(document.published_at or document.created_at))


def mark_week(document: Document) -> None:
    """Have the week of an article counted anew, once this transaction is through."""
    QualityMark.objects.create(project_id=document.project_id, week=week_of(document))
