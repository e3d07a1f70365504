"""A project's glossary: how the desk says things."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .project import Project


class Use(models.TextChoices):
    """What a glossary says of a translation."""

    PREFERRED = "preferred", _("preferred")
    AVOID = "avoid", _("do not use")


class TermQuerySet(models.QuerySet["Term"]):
    def in_force(self) -> TermQuerySet:
        return self.filter(retired_at=None)


class Term(models.Model):
    """A translation of a term, preferred or not to be used. What it says is never edited: a change is a new row.

    `source` and `target` are as the desk writes them. `words` are those of the source as terms are compared; by them
    and the target a term stands once. `key` is that of its first word, by which texts look terms up, and `forms` what
    each word may look like (`reviews.glossary.words`).
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="terms", db_index=False)
    source = models.CharField(max_length=200)
    target = models.CharField(max_length=200)
    use = models.CharField(max_length=20, choices=Use.choices, default=Use.PREFERRED)
    note = models.CharField(max_length=500, blank=True)
    words = models.CharField(max_length=400)
    key = models.CharField(max_length=400)
    forms = models.JSONField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="term_once", fields=["project", "words", "target"], condition=Q(retired_at=None)
            ),
            models.CheckConstraint(name="term_use_known", condition=Q(use__in=Use.values)),
            models.CheckConstraint(name="term_whole", condition=~Q(source="") & ~Q(target="") & ~Q(words="")),
            models.CheckConstraint(
                name="term_retired_by_somebody",
                condition=Q(retired_at=None, retired_by=None) | Q(retired_at__isnull=False, retired_by__isnull=False),
            ),
        ]
        indexes = [models.Index(name="term_key", fields=["project", "key"], condition=Q(retired_at=None))]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"
