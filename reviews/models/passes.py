"""Reviews in a lane of their own, and the settling of two of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .document import Segment
from .review import Decision, Lane
from .work import WorkItem


class PassOutcome(models.TextChoices):
    DONE = "done", _("done")
    GIVEN_UP = "given_up", _("given up")
    REOPENED = "reopened", _("asked for anew")


class ReviewPass(models.Model):
    """One person's go at a segment in a lane other than the main one.

    Its texts and decisions are rows of that lane: those of the person with a number above `after`, the lane's last
    one when the pass began. While it is open they are readable by its person only; closed, by whoever settles the
    two. `decision` is the one it ended with; a pass that ended without one counts for nothing.
    """

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="passes")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="passes", db_index=False)
    lane = models.CharField(max_length=20, choices=Lane.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    after = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=20, choices=PassOutcome.choices, blank=True)
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="review_pass_open_once", fields=["segment", "lane"], condition=Q(closed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="review_pass_beside_main", condition=Q(lane__in=["blind", "sample", "adjudication"])
            ),
            models.CheckConstraint(
                name="review_pass_open_or_closed",
                condition=Q(closed_at__isnull=True, outcome="", decision__isnull=True)
                | Q(closed_at__isnull=False, outcome="given_up", decision__isnull=True)
                | Q(closed_at__isnull=False, outcome__in=["done", "reopened"], decision__isnull=False),
            ),
        ]
