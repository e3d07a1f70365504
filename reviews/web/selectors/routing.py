"""A project's routing policy as its page shows it: the rules being edited, field by field, and who set those in force.

What is edited lives in the form alone. Every button sends all of it and gets it back, so that nothing is in force
before it is saved, and no script is needed to move a rule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from reviews.models import AuditEvent, Person, Project, Skill
from reviews.models.audit import stream_of
from reviews.routing.conditions import CONDITIONS, AnyOf, Condition
from reviews.routing.policy import DEPTHS, DUE_FROM, MOST_RULES, Policy, PolicyError, Problem, Rule, parse_policy

_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?", re.ASCII)
_ACT = re.compile(r"(up|down|remove)-([0-9]{1,3})", re.ASCII)

RawRule = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One condition of a rule as the form has it: choices to tick, or what was typed."""

    key: str
    label: str
    hint: str
    error: str
    choices: tuple[Choice, ...] = ()
    typed: str = ""
    number: bool = False


@dataclass(frozen=True, slots=True)
class RuleFields:
    """One rule of the form, and what it says where it can be understood."""

    place: int
    name: str
    conditions: tuple[Field, ...]
    depths: tuple[Choice, ...]
    specialist: str
    second_review: bool
    section: str
    due_hours: str
    due_from: tuple[Choice, ...]
    errors: Mapping[str, str]
    first: bool
    last: bool
    open: bool
    focus: str
    understood: Rule | None

    @property
    def number(self) -> int:
        return self.place + 1


@dataclass(frozen=True, slots=True)
class Draft:
    """The rules in the form as plain JSON, understood or not; `touched` is the rule just added or moved, `focus` its
    button."""

    rules: tuple[RawRule, ...]
    touched: int | None = None
    focus: str = ""

    def policy(self) -> Policy:
        """Raises PolicyError."""
        return parse_policy({"rules": list(self.rules)} if self.rules else {})

    def changed(self, act: str) -> Draft:
        """After a button: a rule added, moved or removed; the same for any other."""
        rules = list(self.rules)
        if act == "add" and len(rules) < MOST_RULES:
            return Draft((*rules, {"name": "", "when": {}, "then": {}}), len(rules), "name")
        match = _ACT.fullmatch(act)
        place = int(match[2]) if match else -1
        if match is None or place >= len(rules):
            return self
        rule = rules.pop(place)
        if match[1] == "remove":
            return Draft(tuple(rules), min(place, len(rules) - 1) if rules else None, "remove")
        place = max(0, place - 1) if match[1] == "up" else min(len(rules), place + 1)
        rules.insert(place, rule)
        at_the_end = place == 0 if match[1] == "up" else place == len(rules) - 1
        return Draft(tuple(rules), place, {"up": "down", "down": "up"}[match[1]] if at_the_end else match[1])


def draft_of(policy: Policy) -> Draft:
    return Draft(tuple(rule.to_json() for rule in policy.rules))


def draft_from(post: QueryDict, count: int) -> Draft:
    """The rules a form holds. What cannot be understood stays as it was typed, for the policy's reader to say so."""
    return Draft(tuple(_raw_rule(post, f"r{place}-") for place in range(count)))


def _raw_rule(post: QueryDict, prefix: str) -> RawRule:
    when = {c.key: value for c in CONDITIONS if (value := _raw_condition(post, prefix, c)) not in ([], "")}
    then: dict[str, Any] = {"depth": post.get(f"{prefix}depth", "full")}
    then |= {key: words for key in ("specialist", "section") if (words := post.get(f"{prefix}{key}", "").strip())}
    if post.get(f"{prefix}second_review"):
        then["second_review"] = True
    if hours := post.get(f"{prefix}due_hours", "").strip():
        then["due"] = {"hours": _number(hours), "from": post.get(f"{prefix}due_from", "before_deadline")}
    return {"name": post.get(f"{prefix}name", ""), "when": when, "then": then}


def _raw_condition(post: QueryDict, prefix: str, condition: Condition) -> Any:
    name = f"{prefix}{condition.key}"
    if not isinstance(condition, AnyOf):
        return _number(post.get(name, "").strip())
    if condition.choices:
        return post.getlist(name)
    return [words for part in post.get(name, "").split(",") if (words := part.strip())]


def _number(typed: str) -> float | int | str:
    if not _NUMBER.fullmatch(typed):
        return typed
    return float(typed) if "." in typed else int(typed)


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """What is wrong: the number of the rule as the page counts, 0 for the list itself."""

    place: int
    message: str


def problem_lines(problems: Sequence[Problem]) -> list[ProblemLine]:
    return [ProblemLine(0 if each.rule is None else each.rule + 1, each.message) for each in problems]


def rule_fields(draft: Draft, problems: Sequence[Problem] = ()) -> list[RuleFields]:
    """The form's rules, each with what is wrong with it at its field."""
    by_rule: dict[int, dict[str, str]] = {}
    for problem in problems:
        if problem.rule is not None:
            by_rule.setdefault(problem.rule, {}).setdefault(problem.field, problem.message)
    return [_fields(draft, place, by_rule.get(place, {})) for place in range(len(draft.rules))]


def _fields(draft: Draft, place: int, errors: Mapping[str, str]) -> RuleFields:
    raw = draft.rules[place]
    when, then = raw["when"], raw["then"]
    due = then.get("due", {})
    return RuleFields(
        place=place,
        name=raw["name"],
        conditions=tuple(_field(condition, when.get(condition.key), errors) for condition in CONDITIONS),
        depths=tuple(Choice(key, gettext(words), key == then.get("depth", "full")) for key, words in DEPTHS.items()),
        specialist=then.get("specialist", ""),
        second_review=then.get("second_review", False),
        section=then.get("section", ""),
        due_hours=_shown(due.get("hours")),
        due_from=tuple(Choice(key, gettext(words), key == due.get("from")) for key, words in DUE_FROM.items()),
        errors=errors,
        first=place == 0,
        last=place == len(draft.rules) - 1,
        open=bool(errors) or not raw["name"].strip(),
        focus=draft.focus if draft.touched == place else "",
        understood=_understood(raw),
    )


def _understood(raw: RawRule) -> Rule | None:
    try:
        return parse_policy({"rules": [raw]}).rules[0]
    except PolicyError:
        return None


def _field(condition: Condition, value: Any, errors: Mapping[str, str]) -> Field:
    about = condition.key, gettext(condition.label), gettext(condition.hint), errors.get(condition.key, "")
    if not isinstance(condition, AnyOf):
        return Field(*about, typed=_shown(value), number=True)
    given = value or []
    if not condition.choices:
        return Field(*about, typed=", ".join(given))
    # What no check reports any more stays ticked until somebody takes it out.
    known = {
        **{each: gettext(words) for each, words in condition.choices.items()},
        **{each: each for each in given if each not in condition.choices},
    }
    choices = tuple(Choice(each, words, each in given) for each, words in known.items())
    return Field(*about, choices)


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.15g}" if isinstance(value, float) else str(value)


# --- around the rules ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Setting:
    """Who put the policy in force, and when."""

    person: Person | None
    at: datetime


def last_setting(project: Project) -> Setting | None:
    """Of the policy in force, read from the project's record; None where nobody ever changed it."""
    event = AuditEvent.objects.filter(stream=stream_of(project), action="routing.policy").order_by("-number").first()
    if event is None:
        return None
    by = json.loads(event.body)["person"]["id"]
    return Setting(Person.objects.filter(public_id=by).first(), event.created_at)


def skills_known(project: Project) -> list[str]:
    """Skills somebody in the project has."""
    return sorted(set(Skill.objects.filter(project=project).values_list("name", flat=True)))
