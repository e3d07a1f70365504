"""What findings do in a project: which keep a text from being approved, which an article from being published.

The project's `check_policy` column holds a Policy as JSON; {} is the default. Severities set the rule, a check may
have its own. An effect stops its one act and no other: whatever keeps an article from being published lets its
texts be approved, and the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar, cast

from reviews.values import SEVERITIES, Severity, gettext_noop

Effect = Literal["off", "inform", "approval", "publishing"]

EFFECTS: Final[Mapping[Effect, str]] = {
    "off": gettext_noop("muted"),
    "inform": gettext_noop("only informs"),
    "approval": gettext_noop("blocks approval"),
    "publishing": gettext_noop("blocks publishing"),
}

#: A whole severity is never muted: what is critical must not vanish with one choice.
SEVERITY_EFFECTS: Final[tuple[Effect, ...]] = ("inform", "approval", "publishing")

DEFAULT_SEVERITIES: Final[Mapping[Severity, Effect]] = {"critical": "publishing", "major": "inform", "minor": "inform"}

Key = TypeVar("Key", bound=str)


class PolicyError(ValueError):
    """A policy that cannot be understood; the message names the value and what may stand there."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The effect of findings by severity, and of all findings of a check where it has its own."""

    severities: Mapping[Severity, Effect] = field(default_factory=lambda: dict(DEFAULT_SEVERITIES))
    checks: Mapping[str, Effect] = field(default_factory=dict)

    def effect(self, check: str, severity: str) -> Effect:
        """What a finding of this check and severity does."""
        return self.checks.get(check) or self.severities[cast(Severity, severity)]

    @property
    def blocks_approval(self) -> bool:
        """Whether any finding could keep a text from being approved."""
        return "approval" in {*self.severities.values(), *self.checks.values()}

    def to_json(self) -> dict[str, Any]:
        """What is kept; what equals the default is left out, so that a later default applies."""
        changed = {s: e for s, e in self.severities.items() if e != DEFAULT_SEVERITIES[s]}
        parts = {"severities": changed, "checks": dict(self.checks)}
        return {name: part for name, part in parts.items() if part}


def parse_policy(value: object) -> Policy:
    """A project's policy from its JSON value. Raises PolicyError.

    A check the registry does not know (any more) keeps its line and does nothing.
    """
    parts = _object(value, "The policy")
    _refuse_unknown(parts, ("severities", "checks"), "The policy")
    severities = _object(parts.get("severities", {}), "'severities'")
    _refuse_unknown(severities, SEVERITIES, "'severities'")
    checks = _object(parts.get("checks", {}), "'checks'")
    return Policy(
        severities={**DEFAULT_SEVERITIES, **_effects(cast(dict[Severity, Any], severities), SEVERITY_EFFECTS)},
        checks=_effects(checks, tuple(EFFECTS)),
    )


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PolicyError(f"{name} is {value!r}; it must be an object such as {{}}.")
    return value


def _refuse_unknown(parts: Mapping[str, Any], known: tuple[str, ...], name: str) -> None:
    for key in parts:
        if key not in known:
            raise PolicyError(f"{name} holds {key!r}, which is none of {', '.join(known)}.")


def _effects(parts: Mapping[Key, Any], allowed: tuple[Effect, ...]) -> dict[Key, Effect]:
    for key, effect in parts.items():
        if effect not in allowed:
            raise PolicyError(f"The effect of {key!r} is {effect!r}, which is none of {', '.join(allowed)}.")
    return dict(parts)
