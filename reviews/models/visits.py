"""When somebody last had an article before them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .document import Document


class Visit(models.Model):
    """Up to which event of an article a person has seen it. For telling them what is new, and shown to nobody else.

    `since_number` is how far they had seen it before they sat down to it: what came after is marked as new as long as
    they are there. One row, overwritten: nothing counts visits or says how long one took.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+", db_index=False)
    seen_number = models.PositiveBigIntegerField()
    since_number = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="visit_once", fields=["person", "document"])]
