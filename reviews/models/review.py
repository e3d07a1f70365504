"""What people write and decide."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .document import CodedTextModel, Document, Segment
from .hypothesis import Hypothesis


class Lane(models.TextChoices):
    MAIN = "main", _("Main")
    BLIND = "blind", _("Blind second review")
    SAMPLE = "sample", _("Sample")
    ADJUDICATION = "adjudication", _("Adjudication")


class Origin(models.TextChoices):
    TYPED = "typed", _("typed")
    ACCEPTED = "accepted", _("accepted unchanged")
    ADOPTED = "adopted", _("adopted from an engine")
    PART = "part", _("part adopted")
    REPLACED = "replaced", _("search and replace")
    MEMORY = "memory", _("translation memory")
    IMPORTED = "imported", _("imported")
    RESTORED = "restored", _("earlier text restored")
    DIVIDED = "divided", _("divided from the text of several sentences")
    JOINED = "joined", _("joined from the texts of several sentences")


class Revision(CodedTextModel):
    """One saved human text of `covers` consecutive segments. Append-only.

    One that covers none is empty and says that the segment is served by the text before it: the two were joined.

    (segment, lane, number) is unique: a save that started from a text which is no longer the latest cannot be
    written. `source_hash` is the hash of the sources it was written for; `save_key` makes a repeated request
    give the same revision again.
    """

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="revisions", db_index=False)
    lane = models.CharField(max_length=20, choices=Lane.choices, default=Lane.MAIN)
    number = models.PositiveIntegerField()
    covers = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=20, choices=Origin.choices)
    started_from = models.ForeignKey(Hypothesis, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    derived_from = models.JSONField(default=list)
    source_hash = models.CharField(max_length=64)
    save_key = models.CharField(max_length=64, null=True)  # noqa: DJ001  (null never clashes)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="revision_numbered_once", fields=["segment", "lane", "number"]),
            models.UniqueConstraint(name="revision_saved_once", fields=["segment", "author", "save_key"]),
            models.CheckConstraint(name="revision_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="revision_covers_some", condition=Q(covers__gte=1) | Q(covers=0, origin="joined", text="")
            ),
            models.CheckConstraint(name="revision_lane_known", condition=Q(lane__in=Lane.values)),
            models.CheckConstraint(name="revision_origin_known", condition=Q(origin__in=Origin.values)),
        ]
        indexes = [models.Index(name="revision_document", fields=["document", "author"])]


class DecisionKind(models.TextChoices):
    REVIEWED = "reviewed", _("reviewed")
    APPROVED = "approved", _("approved")
    SENT_BACK = "sent_back", _("sent back")
    OMITTED = "omitted", _("omitted")
    COPIED = "copied", _("copied")
    REOPENED = "reopened", _("reopened")


#: Kinds by which a person says that a text is done.
DONE_KINDS = (DecisionKind.REVIEWED, DecisionKind.OMITTED, DecisionKind.COPIED)

#: Kinds that say nothing without a reason.
REASON_REQUIRED = (DecisionKind.SENT_BACK, DecisionKind.OMITTED, DecisionKind.REOPENED)


class Decision(models.Model):
    """A person's act on one revision, bound to the hashes of source and target. Append-only."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+", db_index=False)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="decisions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="decisions")
    lane = models.CharField(max_length=20, choices=Lane.choices, default=Lane.MAIN)
    kind = models.CharField(max_length=20, choices=DecisionKind.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)
    source_hash = models.CharField(max_length=64)
    target_hash = models.CharField(max_length=64)
    four_eyes = models.BooleanField(default=False, help_text="Whether a second person was asked for at the time.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="decision_kind_known", condition=Q(kind__in=DecisionKind.values)),
            models.CheckConstraint(name="decision_says_why", condition=~Q(kind__in=REASON_REQUIRED) | ~Q(reason="")),
        ]
        indexes = [models.Index(name="decision_document", fields=["document", "person"])]


class DraftKind(models.TextChoices):
    TYPING = "typing", _("being typed")
    REFUSED = "refused", _("refused save")


class Draft(models.Model):
    """Unsaved typing of one person on one segment, as the text field holds it (codes as marks).

    A refused save stays until its owner keeps or discards it. Typing is kept by `tab`, one open page of a browser: what
    is typed in two of them is two texts. `sequence` grows with every keystroke the browser sends, so that a late
    request never writes over a newer text.
    """

    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="drafts", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    lane = models.CharField(max_length=20, choices=Lane.choices, default=Lane.MAIN)
    kind = models.CharField(max_length=20, choices=DraftKind.choices, default=DraftKind.TYPING)
    tab = models.CharField(max_length=32, blank=True, default="", db_default="")
    text = models.TextField(blank=True)
    base = models.PositiveIntegerField(default=0)
    sequence = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="draft_typing_once", fields=["segment", "person", "lane", "tab"], condition=Q(kind="typing")
            ),
        ]
        indexes = [
            models.Index(name="draft_segment", fields=["segment", "kind"]),
            models.Index(name="draft_typing_age", fields=["updated_at"], condition=Q(kind="typing")),
        ]
