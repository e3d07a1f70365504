"""When notices are mailed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from reviews.models import MailChoice

#: Notices at once are collected for so long, so that one act on many texts is one e-mail.
BATCH = timedelta(minutes=1)


def mail_time(choice: MailChoice, now: datetime) -> datetime | None:
    """When a notice of now goes out by e-mail; None when it does not."""
    match choice:
        case MailChoice.AT_ONCE:
            return now + BATCH
        case MailChoice.DIGEST:
            return next_digest(now)
        case MailChoice.NONE:
            return None


def next_digest(now: datetime) -> datetime:
    """The next time the installation sends digests, in UTC: once on every day of its calendar.

    On a day without that time (clocks go forward) it is as much later, on one that has it twice the first of both.
    """
    zone = timezone.get_default_timezone()
    today = timezone.localtime(now, zone).date()
    for day in (today, today + timedelta(days=1)):
        # In UTC, because times of one zone are compared by the clock, which goes back once a year.
        moment = datetime.combine(day, settings.NOTICES_DIGEST_AT, zone).astimezone(UTC)
        if moment > now:
            return moment
    raise AssertionError("tomorrow's digest is later than now")
