"""What people who judge translations said of them: scores, and the errors they marked.

A mark is a person's and is never mixed with a Finding, which an automatic check made.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from .hypothesis import Hypothesis
from .project import Project
from .protocols import Protocol

MARK_SIDES = ("target", "source")
MARK_SEVERITIES = ("neutral", "minor", "major", "critical", "undecided")


class Campaign(models.Model):
    """One round of human judgement in a project. Scores of different campaigns never meet.

    `own` are the judgements made on the project's screens, a campaign for each protocol; the others came as files.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="campaigns", db_index=False)
    name = models.CharField(max_length=100)
    protocol = models.CharField(max_length=10, choices=Protocol.choices)
    own = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="campaign_once", fields=["project", "name"]),
            models.UniqueConstraint(name="campaign_own_once", fields=["project", "protocol"], condition=Q(own=True)),
            models.CheckConstraint(name="campaign_named", condition=~Q(name="")),
            models.CheckConstraint(name="campaign_protocol_known", condition=Q(protocol__in=Protocol.values)),
        ]

    def __str__(self) -> str:
        return self.name


class RatingQuerySet(models.QuerySet["Rating"]):
    def in_force(self) -> RatingQuerySet:
        """Judgements that count: each annotator's last of a text, if it is finished."""
        later = Rating.objects.filter(
            campaign=OuterRef("campaign"),
            hypothesis=OuterRef("hypothesis"),
            annotator=OuterRef("annotator"),
            number__gt=OuterRef("number"),
        )
        return self.filter(~Exists(later), complete=True)


class Rating(models.Model):
    """One annotator's judgement of one machine translation. Append-only.

    `value` is the annotator's own number, higher is better; null where the campaign asks for marks only and the
    number follows from them by weights. `annotator` is the name the file uses, "" for a number that was averaged
    before it came to us; in a campaign of the project's own it is the person's public id. Somebody who judged again
    has a further row: of one annotator's rows for a text the one with the highest `number` holds.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="ratings", db_index=False)
    hypothesis = models.ForeignKey(Hypothesis, on_delete=models.PROTECT, related_name="ratings")
    annotator = models.CharField(max_length=100, blank=True)
    number = models.PositiveIntegerField()
    value = models.FloatField(null=True)
    complete = models.BooleanField(
        default=True,
        db_default=True,
        help_text="Whether it is a judgement yet: a text that is still being marked counts in no figure.",
    )
    content_hash = models.CharField(max_length=64, help_text="Of the value and the marks: equal when both are equal.")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="rating_numbered_once", fields=["campaign", "hypothesis", "annotator", "number"]
            ),
            models.CheckConstraint(name="rating_number_from_one", condition=Q(number__gte=1)),
        ]


class ErrorAnnotation(models.Model):
    """One error a person marked: span, category, severity; the annotator is the rating's. Append-only.

    A span is in code points of the plain text of its side; without one the error stands nowhere in it, as an
    omission does. A span may be empty: something is missing there.
    """

    rating = models.ForeignKey(Rating, on_delete=models.PROTECT, related_name="marks", db_index=False)
    ordinal = models.PositiveIntegerField()
    side = models.CharField(max_length=10, choices=[(side, side) for side in MARK_SIDES])
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    category = models.CharField(max_length=120, blank=True, help_text="As the annotator's scheme names it.")
    severity = models.CharField(max_length=10, choices=[(severity, severity) for severity in MARK_SEVERITIES])
    comment = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="error_annotation_once", fields=["rating", "ordinal"]),
            models.CheckConstraint(name="error_annotation_side_known", condition=Q(side__in=MARK_SIDES)),
            models.CheckConstraint(name="error_annotation_severity_known", condition=Q(severity__in=MARK_SEVERITIES)),
            models.CheckConstraint(
                name="error_annotation_span_whole",
                condition=Q(start__isnull=True, end__isnull=True) | Q(start__isnull=False, end__gte=F("start")),
            ),
        ]
