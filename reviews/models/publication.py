"""Frozen releases."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .document import Document, SourceRevision


class Publication(models.Model):
    """A frozen, numbered, hashed release of a document. Append-only.

    `body` is the exact canonical JSON text that `content_hash` was made of: title, blocks, segments with their
    texts, hashes and who reviewed and approved them.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="publications", db_index=False)
    number = models.PositiveIntegerField()
    source_revision = models.ForeignKey(SourceRevision, on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.TextField()
    content_hash = models.CharField(max_length=64)
    state_hash = models.CharField(max_length=64, help_text="Hash over the approved source and target hashes.")
    disclosure = models.CharField(max_length=400)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="publication_numbered_once", fields=["document", "number"]),
        ]
