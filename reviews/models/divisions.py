"""What a person is making of a text that serves several sentences, while they divide it."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .document import Segment


class DivisionDraft(models.Model):
    """An unsaved division: one text for each source sentence of a run, as its fields hold them. Its owner's only.

    `texts` lists `[segment, text]` in article order, an empty text for a sentence that stays with the one before.
    `base` is the number of the revision it started from. `sequence` grows with every request of the browser.
    """

    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="division_drafts", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    texts = models.JSONField(default=list)
    base = models.PositiveIntegerField(default=0)
    sequence = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="division_draft_once", fields=["segment", "person"])]
