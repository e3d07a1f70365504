"""Deadlines and ages in the words an editor would use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reviews.models import Document, DocumentState


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as a screen shows it."""

    at: datetime
    words: str
    urgency: Literal["overdue", "soon", "later"]


#: A deadline this close deserves to stand out.
SOON = timedelta(hours=2)


def due_of(document: Document) -> Due | None:
    """An article's deadline, as long as there is something to do for it."""
    return None if document.state in (DocumentState.APPROVED, DocumentState.PUBLISHED) else due(document.deadline_at)


def due(deadline: datetime | None, now: datetime | None = None) -> Due | None:
    """The deadline in words: "due in 42 min", "due today 18:00", "overdue by 2 h"; None without one."""
    if deadline is None:
        return None
    now = now or timezone.now()
    left = deadline - now
    if left < timedelta(0):
        return Due(deadline, _("overdue by %(time)s") % {"time": span(-left)}, "overdue")
    if left < SOON:
        return Due(deadline, _("due in %(time)s") % {"time": span(left)}, "soon")
    local, today = timezone.localtime(deadline), timezone.localtime(now).date()
    days = (local.date() - today).days
    day = _("today") if days == 0 else _("tomorrow") if days == 1 else date_format(local, _("D j M"))
    return Due(deadline, _("due %(day)s %(time)s") % {"day": day, "time": f"{local:%H:%M}"}, "later")


def span(length: timedelta) -> str:
    """A length of time in its one or two leading units: "5 min", "3 h 10 min", "4 d"."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return _("less than a minute")
    if minutes < 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        words = _("%(hours)d h %(minutes)d min") if rest else _("%(hours)d h")
        return words % {"hours": hours, "minutes": rest}
    return _("%(days)d d") % {"days": hours // 24}
