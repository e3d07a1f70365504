"""Where quoted words come from: who said them in which language, and whose English they are."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reviews.values import in_batches

from .document import Document, Segment


class Wording(models.TextChoices):
    """Whose English a quotation is."""

    TRANSLATED = "translated", _("translated by us")
    ORIGINAL = "original", _("the original wording")
    PUBLISHED = "published", _("a published translation")


class QuoteProvenance(models.Model):
    """What a person noted of the quotation in a segment. Append-only: the one with the highest number holds.

    `language` is that in which the words were said or written (BCP 47), `link` leads to where that can be read.
    `source_hash` is the wording of the segment it was noted of. With no language the note before it is withdrawn.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="provenance", db_index=False)
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=35, blank=True)
    wording = models.CharField(max_length=20, choices=Wording.choices, blank=True)
    link = models.CharField(max_length=2000, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    source_hash = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "provenance of quotations"
        constraints = [
            models.UniqueConstraint(name="quote_provenance_numbered_once", fields=["segment", "number"]),
            models.CheckConstraint(name="quote_provenance_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="quote_provenance_whole",
                condition=(~Q(language="") & Q(wording__in=Wording.values)) | Q(language="", wording="", link=""),
            ),
        ]


def standing_provenance(segment_ids: Iterable[int]) -> dict[int, QuoteProvenance]:
    """By segment what is noted of its quotation now; without those that were withdrawn. One query per 500."""
    found: dict[int, QuoteProvenance] = {}
    for part in in_batches(segment_ids):
        rows = QuoteProvenance.objects.filter(segment_id__in=part).select_related("person")
        found.update({row.segment_id: row for row in rows.order_by("number")})
    return {segment: row for segment, row in found.items() if row.language}


def provenance_json(row: QuoteProvenance) -> dict[str, str | int]:
    """What is noted, for files and publications; the person by public id."""
    return {
        "number": row.number,
        "language": row.language,
        "wording": row.wording,
        "link": row.link,
        "note": row.note,
        "source_hash": row.source_hash,
        "by": str(row.person.public_id),
        "at": row.created_at.isoformat(),
    }
