"""Claimable work: what is to be done, who was asked to do it, who can do what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .document import Document, Segment
from .project import Project


class Step(models.TextChoices):
    """Kinds of work, in the order they are taken."""

    EDIT = "edit", _("Edit")
    SPECIALIST = "specialist", _("Specialist")
    BLIND = "blind", _("Second review")
    ADJUDICATE = "adjudicate", _("Settle")
    APPROVE = "approve", _("Approve")


#: Steps every document has. Screens name the others where there is work of them.
USUAL_STEPS = (Step.EDIT, Step.APPROVE)


class WorkState(models.TextChoices):
    WAITING = "waiting", _("Waiting for an earlier step")
    OPEN = "open", _("Open")
    LEASED = "leased", _("Taken")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")


#: The columns of an item that nobody has taken.
NO_LEASE: Mapping[str, None] = {"lease_owner": None, "lease_until": None, "lease_token": None}

#: States of which a document has at most one item per step.
LIVE_WORK_STATES = (WorkState.WAITING, WorkState.OPEN, WorkState.LEASED)


class WorkItem(models.Model):
    """One claimable piece of work: a document and a step. A lease orders work; it never refuses a save.

    Without rows in WorkItemSegment it is the whole document. `skill` and `section` are its queue. `assignee` caches
    the standing Assignment: while it stands, `take next` offers the item to nobody else.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="work_items")
    step = models.CharField(max_length=20, choices=Step.choices)
    sort_key = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    skill = models.CharField(max_length=60, blank=True, db_default="", help_text="What whoever does it has to know.")
    section = models.CharField(max_length=120, blank=True, db_default="")
    due_at = models.DateTimeField(null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
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
                name="work_item_live_once",
                fields=["document", "step", "skill"],
                condition=Q(state__in=LIVE_WORK_STATES),
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
                name="work_item_queue",
                fields=["project", "step", "skill", "sort_key", "id"],
                condition=Q(state="open", assignee=None),
            ),
            models.Index(
                name="work_item_assigned",
                fields=["assignee", "step", "sort_key", "id"],
                condition=Q(state="open", assignee__isnull=False),
            ),
            models.Index(name="work_item_leased", fields=["lease_until"], condition=Q(state="leased")),
            models.Index(
                name="work_item_due",
                fields=["due_at"],
                condition=Q(state__in=["open", "leased"], due_at__isnull=False),
            ),
        ]


class WorkItemSegment(models.Model):
    """A segment of a work item that is not the whole document. `open` while the item lives."""

    item = models.ForeignKey(WorkItem, on_delete=models.CASCADE, related_name="segments")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+", db_index=False)
    step = models.CharField(max_length=20, choices=Step.choices)
    open = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="work_item_segment_once", fields=["item", "segment"]),
            models.UniqueConstraint(
                name="work_item_segment_open_once", fields=["segment", "step"], condition=Q(open=True)
            ),
        ]


class Assignment(models.Model):
    """The decision to give a work item to a person, until when, with the reason in words; ended, never removed.

    `by` is None where a rule decided it.
    """

    class End(models.TextChoices):
        """How an assignment ended. Only one that ended as UNFIT lets the rule choose again."""

        DONE = "done", _("The work is done or no longer wanted")
        PASSED_ON = "passed_on", _("Given to somebody else")
        GIVEN_BACK = "given_back", _("Given back to everybody")
        RAN_OUT = "ran_out", _("Its time ran out")
        UNFIT = "unfit", _("The person is away, left, or may not do it any more")

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300)
    until = models.DateTimeField(null=True, blank=True, help_text="From then on everybody may take it.")
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_as = models.CharField(max_length=20, choices=End.choices, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="assignment_stands_once", fields=["item"], condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(name="assignment_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="assignment_ended_somehow",
                condition=Q(ended_at__isnull=True, ended_as="") | (Q(ended_at__isnull=False) & ~Q(ended_as="")),
            ),
        ]
        indexes = [
            models.Index(name="assignment_runs_out", fields=["until"], condition=Q(ended_at__isnull=True)),
        ]


class Skill(models.Model):
    """Something a person knows, as the queues of a project name it ("law", "medicine")."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="skills")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="skills")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="skill_once", fields=["project", "person", "name"]),
            models.CheckConstraint(name="skill_named", condition=~Q(name="")),
        ]


class Availability(models.Model):
    """What a person says of their time: away until when, how much they take on, which sections they know.

    Declared by the person or a desk head; never measured. With one of the two times only, the person is away until
    then, or from then on.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="availability")
    away_from = models.DateTimeField(null=True, blank=True)
    away_until = models.DateTimeField(null=True, blank=True)
    most_open = models.PositiveSmallIntegerField(default=5, help_text="Articles assigned at one time.")
    sections = models.JSONField(default=list, blank=True, help_text="Sections taken on first.")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="availability_back_after_leaving",
                condition=Q(away_from__isnull=True)
                | Q(away_until__isnull=True)
                | Q(away_until__gt=models.F("away_from")),
            ),
        ]

    def is_away(self, now: datetime) -> bool:
        if self.away_from is None and self.away_until is None:
            return False
        return (self.away_from is None or self.away_from <= now) and (self.away_until is None or self.away_until > now)


def away(now: datetime, prefix: str = "") -> Q:
    """What `Availability.is_away` says, as a condition; `prefix` leads to the Availability."""
    gone = Q(**{f"{prefix}away_from__isnull": True}) | Q(**{f"{prefix}away_from__lte": now})
    still = Q(**{f"{prefix}away_until__isnull": True}) | Q(**{f"{prefix}away_until__gt": now})
    said = Q(**{f"{prefix}away_from__isnull": False}) | Q(**{f"{prefix}away_until__isnull": False})
    return said & gone & still
