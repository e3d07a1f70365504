"""The few numbers a desk head sees first: what is late, due, wrong or outdated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from reviews.models.tally import CRITICAL_DOCUMENTS, CRITICAL_TEXTS, OUTDATED

from .base import Scope
from .due import SOON, late


@dataclass(frozen=True, slots=True)
class Alarms:
    """Unfinished articles past their deadline, and due within SOON; texts with a critical finding that is open, the
    articles these stand in; articles that are out and whose original changed since.

    The first two are exact up to `due.COUNTED`, and one more for anything beyond.
    """

    overdue: int
    soon: int
    critical_texts: int
    critical_articles: int
    outdated: int

    @classmethod
    def of(cls, scope: Scope) -> Self:
        """Two queries, whatever the number of articles."""
        overdue = late(scope, scope.now)
        return cls(
            overdue=overdue,
            soon=late(scope, scope.now + SOON) - overdue,
            critical_texts=scope.counted(CRITICAL_TEXTS),
            critical_articles=scope.counted(CRITICAL_DOCUMENTS),
            outdated=scope.counted(OUTDATED),
        )
