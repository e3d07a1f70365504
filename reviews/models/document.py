"""Articles: their source as imported, the lasting segments and where each stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reviews.values import SEGMENT_KINDS, CodedText

from .project import Project

if TYPE_CHECKING:
    from .hypothesis import Hypothesis
    from .review import Revision

#: The kinds of segments with their names, as SEGMENT_KINDS lists them.
KIND_CHOICES = [
    ("kicker", _("kicker")),
    ("headline", _("headline")),
    ("teaser", _("teaser")),
    ("heading", _("heading")),
    ("body", _("body")),
    ("list_item", _("list item")),
    ("quote", _("quote")),
    ("caption", _("caption")),
    ("alt", _("alt")),
    ("table_cell", _("table cell")),
    ("update", _("update")),
    ("seo_title", _("seo title")),
    ("meta_description", _("meta description")),
    ("slug", _("slug")),
    ("credit", _("credit")),
    ("byline", _("byline")),
    ("related_link", _("related link")),
    ("disclosure", _("disclosure")),
    ("other", _("other")),
]


class SegmentState(models.TextChoices):
    NEW = "new", _("New")
    IN_REVIEW = "in_review", _("In review")
    REVIEWED = "reviewed", _("Reviewed")
    APPROVED = "approved", _("Approved")
    SENT_BACK = "sent_back", _("Sent back")
    SOURCE_CHANGED = "source_changed", _("German changed")
    RETIRED = "retired", _("Retired")


class DocumentState(models.TextChoices):
    NEW = "new", _("New")
    IN_REVIEW = "in_review", _("In review")
    REVIEWED = "reviewed", _("Reviewed")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("Published")


#: States of articles that somebody still has to do something for before they can be published.
UNFINISHED = (DocumentState.NEW, DocumentState.IN_REVIEW, DocumentState.REVIEWED)

#: Kinds of running text, which a sentence may be added to; a headline or a quotation takes none.
TAKES_MORE = frozenset({"teaser", "body", "list_item", "caption", "table_cell", "update", "other"})

#: States that count as finished by the editor.
EDITED_STATES = (SegmentState.REVIEWED, SegmentState.APPROVED)


class CodedTextModel(models.Model):
    """Text with inline codes and the hash of both; never changed once written."""

    text = models.TextField(blank=True)
    codes = models.JSONField(default=list, blank=True)
    content_hash = models.CharField(max_length=64)

    class Meta:
        abstract = True

    @property
    def content(self) -> CodedText:
        return CodedText.from_json(self.text, self.codes)


def content_columns(content: CodedText) -> dict[str, object]:
    """The three columns of a CodedTextModel for a text."""
    return {"text": content.text, "codes": content.codes_json(), "content_hash": content.content_hash}


class Document(models.Model):
    """One article. State and counters are caches that only `models.states` writes."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="documents")
    external_id = models.CharField(max_length=200)
    title = models.CharField(max_length=500, blank=True)
    section = models.CharField(max_length=120, blank=True)
    url = models.CharField(max_length=2000, blank=True)
    author = models.CharField(max_length=300, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    reach = models.PositiveIntegerField(null=True, blank=True)
    current_source = models.ForeignKey(
        "SourceRevision", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    audit_number = models.PositiveBigIntegerField(default=0, editable=False)

    state = models.CharField(max_length=20, choices=DocumentState.choices, default=DocumentState.NEW)
    segments_total = models.PositiveIntegerField(default=0)
    segments_new = models.PositiveIntegerField(default=0)
    segments_in_review = models.PositiveIntegerField(default=0)
    segments_reviewed = models.PositiveIntegerField(default=0)
    segments_approved = models.PositiveIntegerField(default=0)
    segments_sent_back = models.PositiveIntegerField(default=0)
    segments_source_changed = models.PositiveIntegerField(default=0)
    latest_publication = models.ForeignKey(
        "Publication", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outdated = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether readers have a translation of an original that changed since.",
    )
    critical_texts = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="Texts with a critical finding that stands open, as of the last check of each.",
    )
    first_published_at = models.DateTimeField(null=True, blank=True)
    lag_seconds = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="From the publication of the original, as its file says, or else from its import, to the first of "
        "the translation.",
    )
    slug = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="The address, since it was first published."
    )
    searchable = models.BooleanField(
        default=False, db_default=False, help_text="Whether the words of all its texts are listed for search."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(name="document_external_id_once", fields=["project", "external_id"]),
            models.CheckConstraint(name="document_external_id_given", condition=~Q(external_id="")),
            models.CheckConstraint(
                name="document_counters_add_up",
                condition=Q(
                    segments_total=F("segments_new")
                    + F("segments_in_review")
                    + F("segments_reviewed")
                    + F("segments_approved")
                    + F("segments_sent_back")
                    + F("segments_source_changed")
                ),
            ),
        ]
        indexes = [
            models.Index(name="document_desk", fields=["project", "section", "deadline_at"]),
            models.Index(name="document_state", fields=["project", "state", "created_at"]),
            models.Index(name="document_deadline", fields=["deadline_at"], condition=Q(deadline_at__isnull=False)),
            models.Index(name="document_unsearchable", fields=["project"], condition=Q(searchable=False)),
            # Whole: SQLite takes a partial index only where the question repeats its condition in so many words.
            models.Index(name="document_waiting", fields=["project", "section", "state", "created_at"]),
            models.Index(
                name="document_due",
                fields=["project", "deadline_at"],
                condition=Q(state__in=UNFINISHED, deadline_at__isnull=False),
            ),
            models.Index(name="document_outdated", fields=["project", "id"], condition=Q(outdated=True)),
            models.Index(name="document_critical", fields=["project", "id"], condition=Q(critical_texts__gt=0)),
            models.Index(
                name="document_lag",
                fields=["project", "first_published_at", "section", "lag_seconds"],
                condition=Q(first_published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.external_id

    @property
    def segments_edited(self) -> int:
        return self.segments_reviewed + self.segments_approved


class SourceRevision(models.Model):
    """The source as imported at one time. Append-only; its raw file lies once per hash in the data folder."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="source_revisions")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    raw_hash = models.CharField(max_length=64, blank=True)
    raw_name = models.CharField(max_length=500, blank=True)
    reader = models.CharField(max_length=40)
    batch = models.ForeignKey("ImportBatch", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="source_revision_numbered_once", fields=["document", "number"]),
        ]


class Segment(models.Model):
    """A lasting identity for one piece of an article.

    `state`, `covered_by`, `latest_revision` and `latest_decision` are caches that only `models.states` writes.
    `covered_by` names the earlier segment whose target serves this one too. `risk_ranked` says whether the risk rests
    on enough engines to say which texts are worse; without it `risk_rank` is only an order to read in. `open_findings`
    names the findings that stood open when the text was last checked (`risk_rank` is null before that) by the groups
    of their checks and their MQM paths, `open_criticals` counts the critical ones; segments that share a text repeat
    what its first one says. `route` is what the project's routing policy makes of the segment, as
    `reviews.routing.rules.Route` writes it ({} where no rule is about it).
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="segments")
    external_id = models.CharField(max_length=200, blank=True)
    chosen = models.ForeignKey(
        "Hypothesis", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    state = models.CharField(max_length=20, choices=SegmentState.choices, default=SegmentState.NEW)
    covered_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="covered", db_index=False
    )
    latest_revision = models.ForeignKey(
        "Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    latest_decision = models.ForeignKey(
        "Decision", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    risk_score = models.FloatField(default=0.0)
    risk_rank = models.PositiveIntegerField(null=True, blank=True)
    risk_reasons = models.JSONField(default=list, blank=True)
    risk_ranked = models.BooleanField(default=False)
    open_findings = models.JSONField(default=list, db_default=models.Value([], models.JSONField()), blank=True)
    open_criticals = models.PositiveSmallIntegerField(default=0, db_default=0)
    route = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="segment_state_known", condition=Q(state__in=SegmentState.values)),
        ]
        indexes = [
            models.Index(name="segment_covered", fields=["covered_by"], condition=Q(covered_by__isnull=False)),
            models.Index(name="segment_critical", fields=["document"], condition=Q(open_criticals__gt=0)),
        ]

    def target(self) -> Hypothesis | Revision | None:
        """What would be published now: the latest main-lane revision, else the chosen hypothesis."""
        return self.latest_revision or self.chosen


class SegmentSource(CodedTextModel):
    """One wording of a segment in the source language. Append-only."""

    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="sources", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="segment_source_once", fields=["segment", "content_hash"]),
        ]


class PlacementQuerySet(models.QuerySet["Placement"]):
    def sourced(self) -> PlacementQuerySet:
        """Those with a text of the source: what engines translate, and what translations are aligned to."""
        return self.filter(added=False)


class Placement(models.Model):
    """A segment's place in one source revision: wording, block, kind, order.

    An `added` one is an editor's: its wording is empty, its text English only. It stands behind a text of the source
    and comes along when the source changes; engines, alignment and scores know nothing of it.
    """

    source_revision = models.ForeignKey(
        SourceRevision, on_delete=models.PROTECT, related_name="placements", db_index=False
    )
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="placements")
    source = models.ForeignKey(SegmentSource, on_delete=models.PROTECT, related_name="+", db_index=False)
    rank = models.PositiveBigIntegerField()
    block = models.PositiveIntegerField()
    sentence = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=KIND_CHOICES)
    locator = models.CharField(max_length=500, blank=True)
    added = models.BooleanField(default=False, db_default=False)

    objects = PlacementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="placement_rank_once", fields=["source_revision", "rank"]),
            models.UniqueConstraint(name="placement_segment_once", fields=["source_revision", "segment"]),
            models.CheckConstraint(name="placement_kind_known", condition=Q(kind__in=SEGMENT_KINDS)),
        ]


def runs_of(placements: Iterable[Placement]) -> list[list[Placement]]:
    """Placements in article order, with their segments, by the texts that serve them, as the caches lay them out."""
    runs: list[list[Placement]] = []
    for placement in placements:
        if placement.segment.covered_by_id is None or not runs:
            runs.append([])
        runs[-1].append(placement)
    return runs
