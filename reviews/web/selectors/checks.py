"""The checks of a project as their page shows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from reviews.checks.policy import EFFECTS, Policy
from reviews.reports.precision import CheckFigures


def percent(share: float) -> str:
    return f"{share * 100:.0f}\N{NO-BREAK SPACE}%"


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check: its figures in words, and what its findings do in the project."""

    figures: CheckFigures
    policy: Policy

    @property
    def effect(self) -> str:
        """The effect of its own; "" where its findings go by their severity."""
        return self.policy.checks.get(self.figures.check.id, "")

    @property
    def effect_words(self) -> str:
        return gettext(EFFECTS[self.policy.checks[self.figures.check.id]]) if self.effect else gettext("by severity")

    @property
    def proposed(self) -> bool:
        """Whether the page proposes to mute it."""
        return self.figures.proposed and self.effect != "off"

    @property
    def useful(self) -> str:
        precision = self.figures.precision
        return "" if precision is None else percent(precision)

    @property
    def interval(self) -> str:
        ends = self.figures.interval
        return "" if ends is None else f"{ends[0] * 100:.0f}\N{EN DASH}{percent(ends[1])}"
