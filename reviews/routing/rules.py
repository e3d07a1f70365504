"""Which steps of work a document gets, in which order, and why.

Each rule is a function of plain facts that answers with one step, or None where it does not apply. The tuple at the
end lists them in the order the steps are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

#: Sorts behind every real time, and has the same shape, so that any collation of a database orders it alike.
_NO_TIME = "9999-12-31T23:59:59+00:00"
_HIGHEST_RISK = 9_999_999
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What the rules know of a document: the policy of its project, its times and its risk.

    `risk` is the score of the document, from 0 upwards, and `risk_reasons` says why, the weightiest first. Times
    must carry their zone. Raises ValueError for a time without one and for a risk that is no such number.
    """

    four_eyes: bool
    deadline: datetime | None = None
    published: datetime | None = None
    risk: float = 0.0
    risk_reasons: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, moment in (("deadline", self.deadline), ("published", self.published)):
            if moment is not None and moment.utcoffset() is None:
                raise ValueError(f"{name} {moment.isoformat()} has no time zone; give it one before routing")
        if not 0 <= self.risk < float("inf"):
            raise ValueError(f"risk {self.risk} is no number from 0 upwards")


@dataclass(frozen=True, slots=True)
class StepDecision:
    """One step a document needs; `waits_for` is the step that has to be done before, None for the first.

    `sort_key` orders the work of a step as text: the smaller, the sooner.
    """

    step: str
    sort_key: str
    reason: str
    waits_for: str | None = None


Rule = Callable[[DocumentFacts], StepDecision | None]


def edit_every_document(facts: DocumentFacts) -> StepDecision | None:
    """Nothing is published unread, whatever the risk says."""
    return StepDecision("edit", sort_key(facts), _reason("to be read against the original", facts))


def approve_every_document(facts: DocumentFacts) -> StepDecision | None:
    """Nothing is published unapproved; where the project asks for four eyes, somebody else has to do it."""
    why = "to be approved by somebody who did not write it" if facts.four_eyes else "to be approved"
    return StepDecision("approve", sort_key(facts), _reason(why, facts), waits_for="edit")


#: In the order the steps are taken. A new rule is one more function and one more line.
RULES: tuple[Rule, ...] = (edit_every_document, approve_every_document)


def decide(facts: DocumentFacts) -> tuple[StepDecision, ...]:
    """The steps the rules give a document, in the order they are taken."""
    decisions = (rule(facts) for rule in RULES)
    return tuple(decision for decision in decisions if decision is not None)


def sort_key(facts: DocumentFacts) -> str:
    """Earliest deadline first, then highest risk, then whichever was published first; without a time comes last."""
    left_to_highest = _HIGHEST_RISK - min(round(facts.risk * 1000), _HIGHEST_RISK)
    return f"{_utc(facts.deadline)} {left_to_highest:07d} {_utc(facts.published)}"


def _utc(moment: datetime | None) -> str:
    return _NO_TIME if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _reason(why: str, facts: DocumentFacts) -> str:
    """Why the step is there and what is risky; the deadline stands beside it wherever it is shown."""
    reason = " · ".join([why, *facts.risk_reasons[:3]])
    return reason if len(reason) <= _LONGEST_REASON else reason[: _LONGEST_REASON - 1] + "…"
