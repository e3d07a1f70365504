"""What people silenced: findings that are false alarms, or that the desk does not want to hear of."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .document import Document, Segment
from .project import Project


class Scope(models.TextChoices):
    SEGMENT = "segment", "for this text"
    DOCUMENT = "document", "for these words in the article"
    PROJECT = "project", "for these words in the project"


class Dismissal(models.Model):
    """One person's word that a finding is no matter, and how far that reaches. Append-only, never pruned.

    It holds for what was found, wherever it stands and whatever version of the check finds it again. In a segment
    that is the check and its marks in this pair of texts in this context; in an article or a project the check and
    the words it marked. `key` is the hash of exactly that: `number` counts the dismissals of one key, of which the
    last may stand and those before it were taken back.

    The columns from `check_name` to `words` keep the finding as the person saw it, for the history.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="dismissals")
    scope = models.CharField(max_length=20, choices=Scope.choices)
    key = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    check_name = models.CharField(max_length=60)
    check_version = models.PositiveIntegerField()
    source_hash = models.CharField(max_length=64)
    target_hash = models.CharField(max_length=64)
    context_hash = models.CharField(max_length=64, blank=True)
    severity = models.CharField(max_length=10)
    message = models.CharField(max_length=500)
    source_spans = models.JSONField(default=list)
    target_spans = models.JSONField(default=list)
    words = models.JSONField(default=list, help_text="What was marked in the source, and in the target.")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)
    lets_publish = models.BooleanField(
        default=False,
        help_text="Whether it counts at the publish gate: said by somebody who may publish, with a reason.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="dismissal_numbered_once", fields=["project", "key", "number"]),
            models.CheckConstraint(name="dismissal_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="dismissal_scope_known", condition=Q(scope__in=Scope.values)),
            models.CheckConstraint(
                name="dismissal_past_the_gate_says_why", condition=Q(lets_publish=False) | ~Q(reason="")
            ),
        ]
        indexes = [
            models.Index(name="dismissal_pair", fields=["project", "source_hash", "target_hash"]),
            models.Index(name="dismissal_project_wide", fields=["project"], condition=Q(scope="project")),
        ]


class DismissalUndo(models.Model):
    """A dismissal taken back: what it silenced is open again. Append-only."""

    dismissal = models.OneToOneField(Dismissal, on_delete=models.PROTECT, related_name="undo")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
