"""Scores and what they were measured against."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .hypothesis import Hypothesis, ReferenceSet
from .project import Project

#: chrF++ has the most sufficient statistics: 8 orders × 3 counts.
STATISTICS_WIDTH = 24
STATISTICS_COLUMNS = tuple(f"s{i}" for i in range(1, STATISTICS_WIDTH + 1))


class MetricConfig(models.Model):
    """A metric and its signature. Numbers with different signatures never meet."""

    metric = models.CharField(max_length=40)
    signature = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(name="metric_config_once", fields=["metric", "signature"])]

    def __str__(self) -> str:
        return f"{self.metric} {self.signature}"


class TargetKind(models.TextChoices):
    REFERENCE = "reference", "reference"
    SOURCE = "source", "source text"
    POST_EDIT = "post_edit", "post-edit"
    CONSENSUS = "consensus", "other engines"


class ScoreTarget(models.Model):
    """What a project's hypotheses are scored against: a reference set, or one of the built-in kinds."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="score_targets", db_index=False)
    kind = models.CharField(max_length=20, choices=TargetKind.choices)
    reference_set = models.ForeignKey(
        ReferenceSet, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="score_target_kind_once", fields=["project", "kind"], condition=Q(reference_set__isnull=True)
            ),
            models.UniqueConstraint(
                name="score_target_set_once", fields=["reference_set"], condition=Q(reference_set__isnull=False)
            ),
            models.CheckConstraint(
                name="score_target_set_given",
                condition=Q(kind="reference", reference_set__isnull=False)
                | (~Q(kind="reference") & Q(reference_set__isnull=True)),
            ),
        ]


class Score(models.Model):
    """One metric of the run of segments that starts at a hypothesis, with its sufficient statistics.

    Value or reason, never both. A score is fresh while both hashes are current; a changed text replaces the row.
    The integer columns are summed in SQL, so that any slice has its exact corpus score.
    """

    hypothesis = models.ForeignKey(Hypothesis, on_delete=models.CASCADE, related_name="scores", db_index=False)
    target = models.ForeignKey(ScoreTarget, on_delete=models.PROTECT, related_name="+", db_index=False)
    config = models.ForeignKey(MetricConfig, on_delete=models.PROTECT, related_name="+", db_index=False)
    value = models.FloatField(null=True)
    reason = models.CharField(max_length=60, blank=True)
    hypothesis_hash = models.CharField(max_length=64)
    target_hash = models.CharField(max_length=64)
    updated_at = models.DateTimeField(auto_now=True)

    s1 = models.IntegerField(null=True)
    s2 = models.IntegerField(null=True)
    s3 = models.IntegerField(null=True)
    s4 = models.IntegerField(null=True)
    s5 = models.IntegerField(null=True)
    s6 = models.IntegerField(null=True)
    s7 = models.IntegerField(null=True)
    s8 = models.IntegerField(null=True)
    s9 = models.IntegerField(null=True)
    s10 = models.IntegerField(null=True)
    s11 = models.IntegerField(null=True)
    s12 = models.IntegerField(null=True)
    s13 = models.IntegerField(null=True)
    s14 = models.IntegerField(null=True)
    s15 = models.IntegerField(null=True)
    s16 = models.IntegerField(null=True)
    s17 = models.IntegerField(null=True)
    s18 = models.IntegerField(null=True)
    s19 = models.IntegerField(null=True)
    s20 = models.IntegerField(null=True)
    s21 = models.IntegerField(null=True)
    s22 = models.IntegerField(null=True)
    s23 = models.IntegerField(null=True)
    s24 = models.IntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="score_once", fields=["hypothesis", "target", "config"]),
            models.CheckConstraint(
                name="score_value_or_reason",
                condition=(Q(value__isnull=False) & Q(reason="")) | (Q(value__isnull=True) & ~Q(reason="")),
            ),
        ]
        indexes = [models.Index(name="score_target_config", fields=["target", "config"])]
