"""Which text needs which work in a project: an ordered list of rules, of which the first that fits a text decides.

The project's `routing_policy` column holds a Policy as JSON; {} has no rules. Behind the last rule stands one that
fits every text and asks for a full post-edit, so that no text is without a rule. What rules differ in is how thorough
the work is and whose: none can say that a text needs no look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar, cast

from reviews.values import canonical_json, gettext_noop, sha256_hex

from .conditions import CONDITIONS, SegmentFacts, number

Depth = Literal["light", "full"]
DueFrom = Literal["before_deadline", "after_arrival"]

DEPTHS: Final[Mapping[Depth, str]] = {"light": gettext_noop("light look"), "full": gettext_noop("full post-edit")}
DUE_FROM: Final[Mapping[DueFrom, str]] = {
    "before_deadline": gettext_noop("before the deadline"),
    "after_arrival": gettext_noop("after the article came in"),
}

#: More would be read by nobody; and a form takes about a thousand fields.
MOST_RULES = 30
LONGEST_NAME = 80
#: As long as the columns of work items take.
LONGEST_SKILL = 60
LONGEST_SECTION = 120
MOST_DUE_HOURS = 720

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a policy, and where: the rule's place in the list (from 0; None: the list) and the field."""

    rule: int | None
    field: str
    message: str

    def __str__(self) -> str:
        where = f"Rule {self.rule + 1}, {self.field}: " if self.rule is not None else ""
        return f"{where}{self.message}"


class PolicyError(ValueError):
    """A policy that cannot be understood; each problem names the value, its place and what may stand there."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(map(str, problems)))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Due:
    """When work has to be done: so many hours before the deadline, or after the article came in."""

    hours: float
    since: DueFrom

    @property
    def in_words(self) -> str:
        return f"{self.hours:g} {'hour' if self.hours == 1 else 'hours'} {DUE_FROM[self.since]}"

    def to_json(self) -> dict[str, Any]:
        return {"hours": float(self.hours) if self.hours % 1 else int(self.hours), "from": self.since}


SECOND_REVIEW: Final = gettext_noop("blind second review")


def by_specialist(skill: str) -> str:
    """How a specialist is named whom a rule asks for."""
    return f"specialist: {skill}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be done with a text: how thoroughly, by whom beside the editor, in which queue, until when.

    `specialist` is a skill somebody must have who reads the text, "" for none; `section` the queue's, "" for the
    article's own.
    """

    depth: Depth = "full"
    specialist: str = ""
    second_review: bool = False
    section: str = ""
    due: Due | None = None

    @property
    def steps_in_words(self) -> tuple[str, ...]:
        """What is done with the text: its depth first."""
        parts = (
            DEPTHS[self.depth],
            by_specialist(self.specialist) if self.specialist else "",
            SECOND_REVIEW if self.second_review else "",
        )
        return tuple(part for part in parts if part)

    @property
    def in_words(self) -> tuple[str, ...]:
        parts = (
            f"queue {self.section}" if self.section else "",
            f"due {self.due.in_words}" if self.due else "",
        )
        return (*self.steps_in_words, *(part for part in parts if part))

    def to_json(self) -> dict[str, Any]:
        parts = {
            "depth": self.depth,
            "specialist": self.specialist,
            "second_review": self.second_review,
            "section": self.section,
            "due": self.due.to_json() if self.due else None,
        }
        return {name: part for name, part in parts.items() if part}


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions, all of which have to hold, and what follows. `when` has a value by the key of each condition."""

    name: str
    when: Mapping[str, Any] = field(default_factory=dict)
    then: Outcome = field(default_factory=Outcome)

    def fits(self, facts: SegmentFacts) -> bool:
        return all(c.holds(self.when[c.key], facts) for c in CONDITIONS if c.key in self.when)

    def because(self, facts: SegmentFacts) -> str:
        """What of a text that it fits made it fit, in words."""
        parts = [c.because(self.when[c.key], facts) for c in CONDITIONS if c.key in self.when]
        return ", ".join(parts) or "every text"

    @property
    def in_words(self) -> tuple[str, ...]:
        return tuple(c.in_words(self.when[c.key]) for c in CONDITIONS if c.key in self.when)

    @property
    def digest(self) -> str:
        """Names the rule as long as it is about the same texts."""
        return sha256_hex(canonical_json([self.name, self.to_json()["when"]]))[:16]

    def to_json(self) -> dict[str, Any]:
        when = {c.key: c.to_json(self.when[c.key]) for c in CONDITIONS if c.key in self.when}
        return {"name": self.name, "when": when, "then": self.then.to_json()}


#: Stands behind the last rule of every policy.
EVERYTHING_ELSE: Final = Rule("Everything else")


@dataclass(frozen=True, slots=True)
class Policy:
    """A project's rules in their order."""

    rules: tuple[Rule, ...] = ()

    @property
    def all_rules(self) -> tuple[Rule, ...]:
        """The rules and the one behind them that fits every text."""
        return (*self.rules, EVERYTHING_ELSE)

    @property
    def skills(self) -> tuple[str, ...]:
        """The skills that are asked for, each once."""
        return tuple(dict.fromkeys(rule.then.specialist for rule in self.rules if rule.then.specialist))

    def to_json(self) -> dict[str, Any]:
        return {"rules": [rule.to_json() for rule in self.rules]} if self.rules else {}


# --- reading ------------------------------------------------------------------------------------------


def parse_policy(value: object) -> Policy:
    """A project's policy from its JSON value. Raises PolicyError with all that is wrong with it."""
    if not isinstance(value, dict):
        raise PolicyError([Problem(None, "", f"The policy is {value!r}; it must be an object such as {{}}.")])
    unknown = [key for key in value if key != "rules"]
    if unknown:
        raise PolicyError([Problem(None, "", f"The policy holds {unknown[0]!r}; the only key it may have is 'rules'.")])
    listed = value.get("rules", [])
    if not isinstance(listed, list):
        raise PolicyError([Problem(None, "", f"'rules' is {listed!r}; it must be a list of rules.")])
    if len(listed) > MOST_RULES:
        raise PolicyError([Problem(None, "", f"There are {len(listed)} rules; keep at most {MOST_RULES}.")])
    problems: list[Problem] = []
    rules = [_Reader(i, problems).rule(each) for i, each in enumerate(listed)]
    problems += _same_names(rules)
    if problems:
        raise PolicyError(sorted(problems, key=lambda problem: problem.rule or 0))
    return Policy(tuple(rules))


def _same_names(rules: Sequence[Rule]) -> Iterator[Problem]:
    taken = {EVERYTHING_ELSE.name.casefold()}
    for i, rule in enumerate(rules):
        name = rule.name.casefold()
        if name and name in taken:
            yield Problem(i, "name", f"There is another rule {rule.name!r}. Give this one a name of its own.")
        taken.add(name)


class _Reader:
    """Reads one rule and writes down what is wrong with it; what was wrong has its default."""

    def __init__(self, place: int, problems: list[Problem]) -> None:
        self._place = place
        self._problems = problems

    def rule(self, value: object) -> Rule:
        parts = self._object(value, "rule", ("name", "when", "then"))
        return Rule(
            self._words(parts.get("name", ""), "name", LONGEST_NAME, required=True),
            self._when(self._object(parts.get("when", {}), "when", tuple(c.key for c in CONDITIONS))),
            self._then(self._object(parts.get("then", {}), "then", tuple(_OUTCOME_KEYS))),
        )

    def _when(self, parts: Mapping[str, Any]) -> dict[str, Any]:
        read = {c.key: self._try(c.key, c.parse, parts[c.key]) for c in CONDITIONS if c.key in parts}
        return {key: value for key, value in read.items() if value}

    def _then(self, parts: Mapping[str, Any]) -> Outcome:
        depth = self._one_of(parts.get("depth", "full"), "depth", tuple(DEPTHS))
        second = parts.get("second_review", False)
        if not isinstance(second, bool):
            self._wrong("second_review", f"{second!r} is neither true nor false.")
        return Outcome(
            cast(Depth, depth),
            self._words(parts.get("specialist", ""), "specialist", LONGEST_SKILL),
            second is True,
            self._words(parts.get("section", ""), "section", LONGEST_SECTION),
            self._due(parts["due"]) if "due" in parts else None,
        )

    def _due(self, value: object) -> Due | None:
        parts = self._object(value, "due", ("hours", "from"))
        hours = self._try("due", lambda given: number(given, highest=MOST_DUE_HOURS), parts.get("hours"))
        since = self._one_of(parts.get("from", "before_deadline"), "due", tuple(DUE_FROM))
        return Due(hours, cast(DueFrom, since)) if hours else None

    def _object(self, value: object, where: str, keys: Sequence[str]) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._wrong(where, f"{value!r} must be an object such as {{}}.")
            return {}
        for key in value:
            if key not in keys:
                self._wrong(where, f"{key!r} is none of {', '.join(keys)}.")
        return value

    def _words(self, value: object, where: str, longest: int, *, required: bool = False) -> str:
        if not isinstance(value, str):
            self._wrong(where, f"{value!r} must be words.")
            return ""
        words = " ".join(value.split())
        if required and not words:
            self._wrong(where, "Give the rule a name: it stands beside every text the rule decides about.")
        if len(words) > longest:
            self._wrong(where, f"It has {len(words)} characters; keep it to {longest}.")
        return words

    def _one_of(self, value: object, where: str, known: Sequence[str]) -> str:
        if value not in known:
            self._wrong(where, f"{value!r} is none of {', '.join(known)}.")
            return known[0]
        return cast(str, value)

    def _try(self, where: str, parse: Callable[[object], Value], value: object) -> Value | None:
        try:
            return parse(value)
        except ValueError as error:
            self._wrong(where, str(error))
            return None

    def _wrong(self, where: str, message: str) -> None:
        self._problems.append(Problem(self._place, where, message))


_OUTCOME_KEYS: Final = ("depth", "specialist", "second_review", "section", "due")
