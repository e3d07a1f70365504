"""How much of the engines' texts a desk changed in a month that is over, by engine and section, never by person.

Counted once (`reviews.reports.effort_months`) and never again: what a month's figures say must not move with what
happens later (docs/decisions/0021-tables-that-cannot-be-subtracted.md). What may not be shown is not kept either.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .hypothesis import System
from .project import Project


class EffortMonth(models.Model):
    """A month (its first day) of a project that was counted, and when."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="effort_month_once", fields=["project", "month"])]


class EffortFigure(models.Model):
    """Figures of one engine (null: all) in one section (null: all).

    `texts` were first reviewed in the month, `unchanged` of them just as the engine wrote them; `median` and `most` are
    the edit rate (edits per 100 words) that half of the texts and nine in ten do not exceed. Without figures it is one
    that may not be shown.
    """

    of = models.ForeignKey(EffortMonth, on_delete=models.CASCADE, related_name="figures")
    system = models.ForeignKey(System, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    section = models.CharField(max_length=120, null=True)  # noqa: DJ001  (null = all sections, "" = without one)
    texts = models.PositiveIntegerField(null=True)
    unchanged = models.PositiveIntegerField(null=True)
    median = models.FloatField(null=True)
    most = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="effort_figure_whole_or_hidden",
                condition=Q(texts__isnull=True, unchanged__isnull=True, median__isnull=True, most__isnull=True)
                | Q(texts__isnull=False, unchanged__isnull=False, median__isnull=False, most__isnull=False),
            ),
        ]
