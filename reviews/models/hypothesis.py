"""MT engines and what they produced."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .document import CodedTextModel, Document, Segment
from .project import Project


class System(models.Model):
    """An MT engine and its version; on screens "MT engine". The lowest position is the project's first."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="systems", db_index=False)
    name = models.CharField(max_length=100)
    version = models.CharField(max_length=60, blank=True)
    position = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="system_once", fields=["project", "name", "version"]),
            models.UniqueConstraint(name="system_position_once", fields=["project", "position"]),
            models.CheckConstraint(name="system_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Name and version as commands and screens write them: `engine-a@2026-10`."""
        return f"{self.name}@{self.version}" if self.version else self.name


class AlignedTextModel(CodedTextModel):
    """A translation of `covers` consecutive segments, or one without a source (segment is null).

    `ordinal` is its place among all texts of the same run, aligned or not.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    covers = models.PositiveIntegerField(default=1)
    number = models.PositiveIntegerField()
    ordinal = models.PositiveIntegerField()
    block = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=60, blank=True)
    confidence = models.FloatField(null=True)
    source_hash = models.CharField(max_length=64, blank=True)
    batch = models.ForeignKey(
        "reviews.ImportBatch", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Hypothesis(AlignedTextModel):
    """What a system produced. Append-only; a re-run or a new alignment adds rows with a higher `number`.

    `number` counts the runs of one system over one document; where rows of several runs cover the same segment
    the newest holds (`newest_runs`). `source_hash` is the hash of the sources it was aligned to.
    """

    system = models.ForeignKey(System, on_delete=models.PROTECT, related_name="hypotheses", db_index=False)

    class Meta:
        verbose_name_plural = "hypotheses"
        constraints = [
            models.UniqueConstraint(name="hypothesis_once", fields=["segment", "system", "number"]),
            models.UniqueConstraint(name="hypothesis_ordinal_once", fields=["document", "system", "number", "ordinal"]),
            models.CheckConstraint(name="hypothesis_covers_some", condition=Q(covers__gte=1)),
            models.CheckConstraint(
                name="hypothesis_unaligned_says_why", condition=Q(segment__isnull=False) | ~Q(reason="")
            ),
        ]
        indexes = [
            models.Index(name="hypothesis_system", fields=["system", "document"]),
            # Hardly any text has no source: without it every look for them reads all texts of an article.
            models.Index(name="hypothesis_unaligned", fields=["document"], condition=Q(segment__isnull=True)),
        ]


class Reference(AlignedTextModel):
    """One independent human translation, for scoring only. Append-only."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reference_once", fields=["segment", "name", "number"]),
            models.UniqueConstraint(name="reference_ordinal_once", fields=["document", "name", "number", "ordinal"]),
            models.CheckConstraint(name="reference_covers_some", condition=Q(covers__gte=1)),
            models.CheckConstraint(name="reference_named", condition=~Q(name="")),
        ]


class ReferenceSet(models.Model):
    """An ordered combination of references of a project, such as A, or A+B."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="reference_sets", db_index=False)
    names = models.JSONField()
    label = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(name="reference_set_once", fields=["project", "label"])]

    def __str__(self) -> str:
        return self.label
