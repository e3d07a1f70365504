"""Frozen releases."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .document import Document, SourceRevision


class NoteKind(models.TextChoices):
    """Why an article is published again."""

    CORRECTION = "correction", _("Correction")
    UPDATE = "update", _("Update")


class Publication(models.Model):
    """A frozen, numbered, hashed release of a document. Append-only.

    `body` is the exact canonical JSON text that `content_hash` was made of: title, blocks, segments with their
    texts, hashes and who reviewed and approved them. `note` tells readers what is otherwise than in the publication
    before; the first has none.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="publications", db_index=False)
    number = models.PositiveIntegerField()
    source_revision = models.ForeignKey(SourceRevision, on_delete=models.PROTECT, related_name="+", db_index=False)
    body = models.TextField()
    content_hash = models.CharField(max_length=64)
    state_hash = models.CharField(max_length=64, help_text="Hash over the approved source and target hashes.")
    disclosure = models.CharField(max_length=1000)
    note_kind = models.CharField(max_length=20, choices=NoteKind.choices, blank=True, default="", db_default="")
    note = models.CharField(max_length=1000, blank=True, default="", db_default="")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    via = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="publication_numbered_once", fields=["document", "number"]),
            models.CheckConstraint(
                name="publication_note_has_a_kind",
                condition=Q(note="", note_kind="") | (~Q(note="") & Q(note_kind__in=NoteKind.values, number__gt=1)),
            ),
        ]
