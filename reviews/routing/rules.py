"""Which work a text gets by the project's policy, and which steps follow for its article, in which order, and why.

Pure functions of plain facts. `route` finds the first rule of the policy that fits a text. Each rule of RULES then
answers with the steps a document needs by that; the tuple at the end lists them in the order the steps are taken.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .conditions import SegmentFacts
from .policy import DEPTHS, EVERYTHING_ELSE, Due, Policy, Rule

#: Sorts behind every real time, and has the same shape, so that any collation of a database orders it alike.
_NO_TIME = "9999-12-31T23:59:59+00:00"
#: A deadline that is no date at all has nothing before it.
_FIRST_YEAR = 2
_HIGHEST_RISK = 9_999_999
_LONGEST_REASON = 300


# --- a text and the policy ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """The rule that decided about a text before somebody worked on it, by its digest, and why it fitted."""

    digest: str
    reason: str


@dataclass(frozen=True, slots=True)
class Route:
    """What the policy makes of a text: the rule that decided, and in words what of the text made it fit."""

    rule: Rule
    reason: str

    @property
    def in_words(self) -> str:
        """As beside the text: `light look: low-risk body text (body, low risk)`."""
        return f"{DEPTHS[self.rule.then.depth]}: {self.rule.name} ({self.reason})"

    def to_json(self) -> dict[str, Any]:
        """What is kept with a segment; {} where no rule is about it."""
        if self.rule == EVERYTHING_ELSE:
            return {}
        return {
            "rule": self.rule.name,
            "digest": self.rule.digest,
            "depth": self.rule.then.depth,
            "reason": self.reason,
            "specialist": self.rule.then.specialist,
            "second_review": self.rule.then.second_review,
        }


def route(run: Sequence[SegmentFacts], policy: Policy, held: Held | None = None) -> Route:
    """The first rule that fits one of the segments that share a text, or that held before and still stands.

    There always is one: the last fits every text. `held` is for a text that somebody worked on. Its own edits could
    otherwise take away what made a rule fit, and with it the specialist or the second reviewer it was to have; an
    earlier rule may still take it over.
    """
    for rule in policy.all_rules:
        fitting = next((facts for facts in run if rule.fits(facts)), None)
        if fitting is not None:
            return Route(rule, "no other rule is about it" if rule == EVERYTHING_ELSE else rule.because(fitting))
        if held is not None and held.digest == rule.digest:
            return Route(rule, held.reason)
    raise ValueError("a text needs at least one segment to be routed")


def shown_route(stored: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is kept with a segment (`Route.to_json`) as rule, depth and reason in words, also where no rule is about it.

    `specialist` is a skill, or "" for none.
    """
    kept = stored or {
        "rule": EVERYTHING_ELSE.name,
        "depth": EVERYTHING_ELSE.then.depth,
        "reason": "no other rule is about it",
    }
    return {
        "rule": kept["rule"],
        "depth": DEPTHS[kept["depth"]],
        "reason": kept["reason"],
        "specialist": kept.get("specialist", ""),
        "second_review": kept.get("second_review", False),
    }


# --- an article and its steps -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """What the rules know of a document: the policy of its project, its times, its risk and where its texts go.

    `risk` is the score of the document, from 0 upwards, and `risk_reasons` says why, the weightiest first. `routes`
    has the route of each text by the segment it starts at, in article order, and none where there is no rule; those
    in `approved` ask for nothing more. `disputed` are the texts whose two reviews differ. Times must carry their
    zone. Raises ValueError for a time without one and for a risk that is no such number.
    """

    four_eyes: bool
    deadline: datetime | None = None
    published: datetime | None = None
    risk: float = 0.0
    risk_reasons: tuple[str, ...] = ()
    arrived: datetime | None = None
    section: str = ""
    routes: Mapping[int, Route] = field(default_factory=dict)
    approved: frozenset[int] = frozenset()
    disputed: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        times = (("deadline", self.deadline), ("published", self.published), ("arrived", self.arrived))
        for name, moment in times:
            if moment is not None and moment.utcoffset() is None:
                raise ValueError(f"{name} {moment.isoformat()} has no time zone; give it one before routing")
        if not 0 <= self.risk < float("inf"):
            raise ValueError(f"risk {self.risk} is no number from 0 upwards")

    @property
    def open_routes(self) -> dict[int, Route]:
        """The routes of texts that are not approved."""
        return {text: route for text, route in self.routes.items() if text not in self.approved}


@dataclass(frozen=True, slots=True)
class StepDecision:
    """One step a document needs, `waits` if all the steps before it have to be done first.

    `sort_key` orders the work of a step as text: the smaller, the sooner. `skill` and `section` name the queue,
    `segments` the texts it is about, by the segments they start at; empty for the whole article.
    """

    step: str
    sort_key: str
    reason: str
    waits: bool = False
    skill: str = ""
    section: str = ""
    due: datetime | None = None
    segments: tuple[int, ...] = ()


StepRule = Callable[[DocumentFacts], Iterable[StepDecision]]


def edit_every_document(facts: DocumentFacts) -> Iterator[StepDecision]:
    """Nothing is published unread, whatever the risk or a policy says."""
    light = sum(route.rule.then.depth == "light" for route in facts.routes.values())
    why = f"to be read against the original, {light} of {len(facts.routes)} with a light look"
    yield _step("edit", why if light else "to be read against the original", facts, facts.routes.values())


def specialists_by_skill(facts: DocumentFacts) -> Iterator[StepDecision]:
    """Texts for which a rule asks for somebody who knows their subject, one piece of work a skill."""
    routes = facts.open_routes
    for skill in sorted({route.rule.then.specialist for route in routes.values()} - {""}):
        own = {text: route for text, route in routes.items() if route.rule.then.specialist == skill}
        why = f"for somebody who knows {skill}: {_texts(own, own.values())}"
        yield _step("specialist", why, facts, own.values(), skill=skill, segments=own)


def second_reviews(facts: DocumentFacts) -> Iterator[StepDecision]:
    """Texts for which a rule asks for a second reviewer who does not see what the first one made of them."""
    own = {text: route for text, route in facts.open_routes.items() if route.rule.then.second_review}
    if own:
        why = f"to be reviewed a second time: {_texts(own, own.values())}"
        yield _step("blind", why, facts, own.values(), segments=own)


def settle_disputes(facts: DocumentFacts) -> Iterator[StepDecision]:
    """Texts that two reviewers left different from each other."""
    if facts.disputed:
        routes = [facts.routes[text] for text in facts.disputed if text in facts.routes]
        why = f"two reviews to be settled: {_texts(facts.disputed, routes)}"
        yield _step("adjudicate", why, facts, routes, segments=facts.disputed)


def approve_every_document(facts: DocumentFacts) -> Iterator[StepDecision]:
    """Nothing is published unapproved; where the project asks for four eyes, somebody else has to do it."""
    why = "to be approved by somebody who did not write it" if facts.four_eyes else "to be approved"
    yield StepDecision(
        "approve",
        sort_key(facts),
        _reason(why, facts),
        waits=True,
        section=_section(facts, facts.routes.values()),
        due=facts.deadline,
    )


#: In the order the steps are taken. A new rule is one more function and one more line.
RULES: tuple[StepRule, ...] = (
    edit_every_document,
    specialists_by_skill,
    second_reviews,
    settle_disputes,
    approve_every_document,
)


def decide(facts: DocumentFacts) -> tuple[StepDecision, ...]:
    """The steps the rules give a document, in the order they are taken."""
    return tuple(decision for rule in RULES for decision in rule(facts))


def _step(
    step: str,
    why: str,
    facts: DocumentFacts,
    routes: Collection[Route],
    *,
    skill: str = "",
    segments: Iterable[int] = (),
) -> StepDecision:
    due = _earliest(facts, routes)
    return StepDecision(
        step,
        sort_key(facts, due),
        _reason(why, facts),
        skill=skill,
        section=_section(facts, routes),
        due=due,
        segments=tuple(segments),
    )


def _texts(texts: Collection[int], routes: Iterable[Route]) -> str:
    """How many texts, and which rules say so."""
    count = "1 text" if len(texts) == 1 else f"{len(texts)} texts"
    rules = ", ".join(dict.fromkeys(route.rule.name for route in routes))
    return f"{count} ({rules})" if rules else count


def _section(facts: DocumentFacts, routes: Iterable[Route]) -> str:
    """The queue that the first text with a queue of its own goes to; else the article's section."""
    return next((route.rule.then.section for route in routes if route.rule.then.section), facts.section)


def _earliest(facts: DocumentFacts, routes: Iterable[Route]) -> datetime | None:
    """When the first of the texts is due; without a rule about that, the deadline."""
    moments = [due_at(route.rule.then.due, facts) if route.rule.then.due else facts.deadline for route in routes]
    known = [moment for moment in (*moments, facts.deadline) if moment is not None]
    return min(known, default=None)


def due_at(due: Due, facts: DocumentFacts) -> datetime | None:
    """The moment a rule means; None where the article has no such time."""
    if due.since == "after_arrival":
        return None if facts.arrived is None else facts.arrived + timedelta(hours=due.hours)
    if facts.deadline is None or facts.deadline.year < _FIRST_YEAR:
        return facts.deadline
    return facts.deadline - timedelta(hours=due.hours)


def sort_key(facts: DocumentFacts, due: datetime | None = None) -> str:
    """What is due first, then highest risk, then whichever was published first; without a time comes last."""
    left_to_highest = _HIGHEST_RISK - min(round(facts.risk * 1000), _HIGHEST_RISK)
    return f"{_utc(due or facts.deadline)} {left_to_highest:07d} {_utc(facts.published)}"


def _utc(moment: datetime | None) -> str:
    return _NO_TIME if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def _reason(why: str, facts: DocumentFacts) -> str:
    """Why the step is there and what is risky; the deadline stands beside it wherever it is shown."""
    reason = " · ".join([why, *facts.risk_reasons[:3]])
    return reason if len(reason) <= _LONGEST_REASON else reason[: _LONGEST_REASON - 1] + "…"
