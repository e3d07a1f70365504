"""Reviews in a lane of their own, and the settling of two of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .document import Segment
from .review import Lane
from .work import WorkItem


class ReviewPass(models.Model):
    """One person's go at a segment in a lane other than the main one.

    Its texts and decisions are rows of that lane. While it is open they are readable by its person only; closed,
    by whoever settles the two.
    """

    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="passes")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="passes", db_index=False)
    lane = models.CharField(max_length=20, choices=Lane.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    source_hash = models.CharField(max_length=64, help_text="The source the pass was made for.")
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
        ]
