"""Errors that were found in an article after it was published, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from reviews.values import SEVERITIES

from .document import Segment
from .project import Project
from .publication import Publication

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class ReportKind(models.TextChoices):
    READER = "reader", _("a reader’s complaint")
    OWN = "own", _("our own finding")


class AnswerKind(models.TextChoices):
    CORRECTED = "corrected", _("corrected")
    NO_ERROR = "no_error", _("no error")
    REOPENED = "reopened", _("open again")


class ReaderReport(models.Model):
    """One error said to stand in a text of a publication. Append-only.

    The text is the frozen one that starts at `segment`; `start` and `end` are code points of it, null for the whole.
    What the figures need is frozen with the report, so that later runs of engines and checks do not change who is to
    blame: `engines` are those the text was made from, `seen` is what the checks had found there before it went out, as
    pairs of a check and what became of its finding (`open`, `dismissed` or `waived`).

    Whose complaint it is stands nowhere: what is kept for good holds no reader's name.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+", db_index=False)
    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="reports", db_index=False)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20, choices=ReportKind.choices)
    category = models.CharField(max_length=120, help_text="The kind of error, as MQM names it.")
    severity = models.CharField(max_length=10, choices=[(severity, severity) for severity in SEVERITIES])
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=2000, blank=True)
    source_hash = models.CharField(max_length=64)
    target_hash = models.CharField(max_length=64)
    engines = models.JSONField(default=list)
    seen = models.JSONField(default=list)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    save_key = models.CharField(max_length=64, help_text="A request that is sent again gives the same report.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reader_report_saved_once", fields=["publication", "person", "save_key"]),
            models.CheckConstraint(name="reader_report_kind_known", condition=Q(kind__in=ReportKind.values)),
            models.CheckConstraint(name="reader_report_severity_known", condition=Q(severity__in=SEVERITIES)),
            models.CheckConstraint(name="reader_report_has_category", condition=~Q(category="")),
            models.CheckConstraint(
                name="reader_report_span_whole",
                condition=Q(start__isnull=True, end__isnull=True) | Q(start__isnull=False, end__gt=F("start")),
            ),
        ]
        indexes = [models.Index(name="reader_report_project", fields=["project", "created_at"])]


class ReaderReportAnswer(models.Model):
    """What became of a report. Append-only: the answer with the highest number holds.

    `correction` is the publication in which the error is gone.
    """

    report = models.ForeignKey(ReaderReport, on_delete=models.PROTECT, related_name="answers", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=AnswerKind.choices)
    correction = models.ForeignKey(Publication, on_delete=models.PROTECT, null=True, related_name="corrects")
    reason = models.CharField(max_length=1000, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="reader_report_answered_once", fields=["report", "number"]),
            models.CheckConstraint(name="reader_report_answer_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="reader_report_answer_whole",
                condition=Q(kind="corrected", correction__isnull=False)
                | (Q(kind__in=["no_error", "reopened"], correction__isnull=True) & ~Q(reason="")),
            ),
        ]


class _WithState(TypedDict):
    state: str


def with_state(rows: models.QuerySet[ReaderReport]) -> models.QuerySet[WithAnnotations[ReaderReport, _WithState]]:
    """Reports with `state`: the kind of the last answer, `reopened` where there is none yet."""
    answers = ReaderReportAnswer.objects.filter(report=OuterRef("pk")).order_by("-number")
    return rows.annotate(state=Coalesce(Subquery(answers.values("kind")[:1]), models.Value(AnswerKind.REOPENED.value)))
