"""Deadlines and ages in the words an editor would use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone

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
        return Due(deadline, f"overdue by {span(-left)}", "overdue")
    if left < SOON:
        return Due(deadline, f"due in {span(left)}", "soon")
    local, today = timezone.localtime(deadline), timezone.localtime(now).date()
    days = (local.date() - today).days
    day = "today" if days == 0 else "tomorrow" if days == 1 else f"{local:%a} {local.day} {local:%b}"
    return Due(deadline, f"due {day} {local:%H:%M}", "later")


def span(length: timedelta) -> str:
    """A length of time in its one or two leading units: "5 min", "3 h 10 min", "4 d"."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    return f"{hours // 24} d"
