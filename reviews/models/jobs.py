"""Acts on many articles at once, done in the background."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .project import Project


class BulkJob(models.Model):
    """One act a person asked for on many articles. `todo` is what is left; `report` what became of the rest.

    Each article goes through the same door as by hand, in a transaction of its own, in the person's name.
    """

    class Act(models.TextChoices):
        ASSIGN = "assign", _("Give to a person")
        UNASSIGN = "unassign", _("Take back")
        APPROVE = "approve", _("Approve what is reviewed")
        SEND_BACK = "send_back", _("Send back")
        REOPEN = "reopen", _("Reopen")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="jobs")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(max_length=20, choices=Act.choices)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=State.choices, default=State.RUNNING)
    todo = models.JSONField(default=list, help_text="Articles that are left, each with what the person saw of it.")
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=list, help_text="What became of each article, in words where it was refused.")
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(name="bulk_job_running", fields=["updated_at"], condition=Q(state="running")),
        ]
