"""What automatic checks found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from reviews.values import SEVERITIES

from .project import Project


class Finding(models.Model):
    """One result of an automatic check, keyed by what was read, not by where it stood."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    check_name = models.CharField(max_length=60)
    check_version = models.PositiveIntegerField()
    source_hash = models.CharField(max_length=64)
    target_hash = models.CharField(max_length=64)
    context_hash = models.CharField(max_length=64, blank=True)
    ordinal = models.PositiveIntegerField()
    severity = models.CharField(max_length=10, choices=[(s, s) for s in SEVERITIES])
    category = models.CharField(max_length=60)
    message = models.CharField(max_length=500)
    source_spans = models.JSONField(default=list)
    target_spans = models.JSONField(default=list)
    suggestion = models.TextField(null=True)  # noqa: DJ001  (null = no suggestion, "" = delete the span)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="finding_once",
                fields=[
                    "project",
                    "source_hash",
                    "target_hash",
                    "check_name",
                    "check_version",
                    "context_hash",
                    "ordinal",
                ],
            ),
            models.CheckConstraint(name="finding_severity_known", condition=Q(severity__in=SEVERITIES)),
        ]


class CheckedPair(models.Model):
    """Says that these checks ran on this pair in this context; without it the pair counts as unchecked."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    source_hash = models.CharField(max_length=64)
    target_hash = models.CharField(max_length=64)
    context_hash = models.CharField(max_length=64, blank=True)
    checks = models.CharField(max_length=64, help_text="Digest of the check ids and versions that ran.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="checked_pair_once",
                fields=["project", "source_hash", "target_hash", "context_hash", "checks"],
            ),
        ]
