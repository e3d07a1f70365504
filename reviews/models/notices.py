"""What people are told, in the app and by e-mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .document import Document, Segment
from .work import WorkItem


class NoticeKind(models.TextChoices):
    ASSIGNED = "assigned", _("Work was given to me")
    DEADLINE = "deadline", _("A deadline is near")
    SENT_BACK = "sent_back", _("A text of mine was sent back")
    SOURCE_CHANGED = "source_changed", _("The original of a text of mine changed")
    OUTDATED = "outdated", _("The original of a published article changed")


class MailChoice(models.TextChoices):
    NONE = "none", _("No e-mail")
    AT_ONCE = "at_once", _("At once")
    DIGEST = "digest", _("Once a day")


class Notice(models.Model):
    """One thing a person is told of an article. `key` says what about, so that the same is told once.

    `text` names nobody and quotes nothing: what the person may see stands where the notice leads to, which is
    `segment`, the work `item`, or the article as a whole. `mail_at` is when it is to go out by e-mail; None when it
    is not to, or has gone.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="+")
    segment = models.ForeignKey(
        Segment, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    item = models.ForeignKey(
        WorkItem, on_delete=models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    key = models.CharField(max_length=120)
    text = models.CharField(max_length=500)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    mail_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notice_once", fields=["person", "kind", "key"]),
            models.CheckConstraint(name="notice_kind_known", condition=Q(kind__in=NoticeKind.values)),
            models.CheckConstraint(
                name="notice_mailed_or_to_mail", condition=Q(mail_at__isnull=True) | Q(mailed_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(name="notice_unread", fields=["person", "id"], condition=Q(read_at__isnull=True)),
            models.Index(name="notice_read", fields=["created_at"], condition=Q(read_at__isnull=False)),
            models.Index(name="notice_to_mail", fields=["mail_at", "person"], condition=Q(mail_at__isnull=False)),
        ]


class NoticeChoice(models.Model):
    """How a person wants to hear of one kind of notice; without a row, as `reviews.notices.kinds` has it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    mail = models.CharField(max_length=20, choices=MailChoice.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="notice_choice_once", fields=["person", "kind"]),
            models.CheckConstraint(
                name="notice_choice_known", condition=Q(kind__in=NoticeKind.values, mail__in=MailChoice.values)
            ),
        ]
