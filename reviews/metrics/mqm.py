"""MQM: a number from the errors people marked, by weights.

The weights are data, with where they come from. The most specific entry that fits an error holds; categories and
severities are compared without case, since the campaigns of different years write them differently.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviews.importing.scorefiles.base import Mark


@dataclass(frozen=True, slots=True)
class Weight:
    """What an error counts: of any category ("") or one and what is below it, and of any severity ("") or one."""

    category: str
    severity: str
    weight: float
    source: str


_FREITAG = "Freitag et al. 2021, Experts, Errors, and Context, table 2"
_WMT = "WMT 2023 metrics task: what its published segment scores count"
_CORE = "MQM-Core (themqm.org), as Kocmi et al. 2024 used it beside ESA"

#: In order of precedence, first match. An undecided severity is one that the annotator left open.
WEIGHTS: tuple[Weight, ...] = (
    Weight("source issue", "", 0, _WMT),
    Weight("accuracy/creative reinterpretation", "", 0, _WMT),
    Weight("non-translation!", "major", 25, _FREITAG),
    Weight("fluency/punctuation", "minor", 0.1, _FREITAG),
    Weight("linguistic conventions/punctuation", "minor", 0.1, _CORE),
    Weight("", "neutral", 0, _FREITAG),
    Weight("", "undecided", 0, _CORE),
    Weight("", "minor", 1, _FREITAG),
    Weight("", "major", 5, _FREITAG),
    Weight("", "critical", 25, _CORE),
)

#: Goes with every number made by these weights.
SIGNATURE = "mqm|minor:1|major:5|critical:25|minor-punctuation:0.1|non-translation:25|rules:1"


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of error as the campaigns name it ("accuracy/omission"), and the letter it is chosen by."""

    id: str
    key: str

    @property
    def group(self) -> str:
        return self.id.split("/")[0]


#: What an error is marked as here. Freitag et al. 2021, table 1, in the spelling of the published files, with what
#: later campaigns added; names that files bring along besides are kept as they are.
CATEGORIES: tuple[Category, ...] = (
    Category("accuracy/mistranslation", "m"),
    Category("accuracy/omission", "o"),
    Category("accuracy/addition", "a"),
    Category("accuracy/untranslated text", "u"),
    Category("accuracy/creative reinterpretation", "v"),
    Category("accuracy/gender mismatch", "j"),
    Category("fluency/grammar", "g"),
    Category("fluency/spelling", "s"),
    Category("fluency/punctuation", "p"),
    Category("fluency/register", "r"),
    Category("fluency/inconsistency", "i"),
    Category("fluency/character encoding", "h"),
    Category("terminology/inappropriate for context", "t"),
    Category("terminology/inconsistent use", "k"),
    Category("style/awkward", "w"),
    Category("style/bad sentence structure", "b"),
    Category("locale convention/currency format", "c"),
    Category("locale convention/date format", "d"),
    Category("locale convention/time format", "z"),
    Category("locale convention/measurement format", "f"),
    Category("locale convention/name format", "n"),
    Category("audience appropriateness", "q"),
    Category("non-translation!", "y"),
    Category("source issue", "e"),
    Category("other", "x"),
)


class UnknownSeverityError(ValueError):
    """An error has a severity that no weight is for."""


def weight(category: str, severity: str) -> float:
    """What one error counts. Raises UnknownSeverityError."""
    category, severity = category.lower(), severity.lower()
    for entry in WEIGHTS:
        fits = entry.category in ("", category) or category.startswith(f"{entry.category}/")
        if fits and entry.severity in ("", severity):
            return entry.weight
    raise UnknownSeverityError(f"no weight for the severity {severity!r}")


def rating_score(marks: Iterable[Mark]) -> float:
    """One annotator's score of one translation: the weights summed, negative, so that higher is better; 0 at best."""
    return -sum((weight(mark.category, mark.severity) for mark in marks), 0.0)


def segment_score(ratings: Iterable[Iterable[Mark]]) -> float:
    """The mean over the annotators of one translation. Raises ValueError without any."""
    scores = [rating_score(marks) for marks in ratings]
    if not scores:
        raise ValueError("no rating of this translation: that is no score, and not 0")
    return sum(scores) / len(scores)
