"""Claimable work."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .document import Document
from .project import Project


class Step(models.TextChoices):
    EDIT = "edit", "Edit"
    APPROVE = "approve", "Approve"


class WorkState(models.TextChoices):
    WAITING = "waiting", "Waiting for an earlier step"
    OPEN = "open", "Open"
    LEASED = "leased", "Taken"
    DONE = "done", "Done"
    CANCELLED = "cancelled", "Cancelled"


#: States of which a document has at most one item per step.
LIVE_WORK_STATES = (WorkState.WAITING, WorkState.OPEN, WorkState.LEASED)


class WorkItem(models.Model):
    """One claimable piece of work: a document and a step. A lease orders work; it never refuses a save."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="work_items")
    step = models.CharField(max_length=20, choices=Step.choices)
    sort_key = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=20, choices=WorkState.choices, default=WorkState.OPEN)
    lease_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="leases"
    )
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="work_item_live_once", fields=["document", "step"], condition=Q(state__in=LIVE_WORK_STATES)
            ),
            models.CheckConstraint(
                name="work_item_lease_whole",
                condition=Q(
                    state="leased", lease_owner__isnull=False, lease_until__isnull=False, lease_token__isnull=False
                )
                | (
                    ~Q(state="leased") & Q(lease_owner__isnull=True, lease_until__isnull=True, lease_token__isnull=True)
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="work_item_open", fields=["project", "step", "sort_key", "id"], condition=Q(state="open")
            ),
            models.Index(name="work_item_leased", fields=["lease_until"], condition=Q(state="leased")),
        ]
