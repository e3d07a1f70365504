"""What a rule of a routing policy may ask of a text.

Each condition reads one fact. CONDITIONS lists them in the order in which pages and reasons name them; a new one is one
more entry, and a fact if it reads something new.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from reviews.checks.registry import CHECKS
from reviews.values import SEGMENT_KINDS, gettext_noop

from .risk_weights import WEIGHTS

#: What a value of a condition must look like, for whoever types it.
LONGEST_VALUE = 120
MOST_VALUES = 50
MOST_HOURS = 8760
MOST_READERS = 2_000_000_000

#: As much as a major finding makes of a text that is damaging in no other way, and as much as a minor one does.
HIGH: Final = WEIGHTS.doubt.base + WEIGHTS.doubt.major
MEDIUM: Final = WEIGHTS.doubt.base + WEIGHTS.doubt.minor

BANDS: Final[Mapping[str, str]] = {
    "high": gettext_noop("high: at least as much as a major finding"),
    "medium": gettext_noop("medium: at least as much as a minor finding"),
    "low": gettext_noop("low, beside three engines or more"),
    "unranked": gettext_noop("nothing known: too few engines to tell"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFacts:
    """What conditions know of one segment and its article; None where it is not known, which no condition takes.

    `risk` is the score of the text an editor starts from and `ranked` whether three engines stand behind it;
    `findings` are the groups of checks and the MQM paths of what stands open; `systems` the names by which its engine
    may be called; `hours_to_deadline` goes from the article's arrival to its deadline, so that no rule changes its
    mind by the clock.
    """

    kind: str
    section: str = ""
    risk: float | None = None
    ranked: bool = False
    findings: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()
    hours_to_deadline: float | None = None
    reach: int | None = None

    @property
    def band(self) -> str | None:
        """The band of its risk; None for a text that was not weighed yet.

        Low is a claim, that nothing speaks against the text: it takes engines to compare with.
        """
        if self.risk is None:
            return None
        if self.risk >= HIGH:
            return "high"
        if self.risk >= MEDIUM:
            return "medium"
        return "low" if self.ranked else "unranked"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Holds where the text has one of the values. `choices` are the known ones with their words.

    Only with `closed` must a value be one of them: a policy outlives checks and engines, and a value that nothing has
    any more does no harm.
    """

    key: str
    label: str
    hint: str
    fact: Callable[[SegmentFacts], Collection[str]]
    said: Callable[[str], str]
    choices: Mapping[str, str] = field(default_factory=dict)
    closed: bool = False

    def parse(self, value: object) -> tuple[str, ...]:
        """The values in the order given, each once. Raises ValueError."""
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ValueError(f"{value!r} is no list of words; write one such as {self._example()}.")
        values = list(dict.fromkeys(tidied for each in value if (tidied := _tidy(each))))
        if len(values) > MOST_VALUES:
            raise ValueError(f"There are {len(values)} values; keep at most {MOST_VALUES}, or make it two rules.")
        for each in values:
            if self.closed and each not in self.choices:
                raise ValueError(f"{each!r} is none of {', '.join(self.choices)}.")
            if len(each) > LONGEST_VALUE:
                raise ValueError(f"{each[:20]!r}… has {len(each)} characters; a value takes at most {LONGEST_VALUE}.")
        return tuple(values)

    def holds(self, value: Any, facts: SegmentFacts) -> bool:
        return bool(self._shared(value, facts))

    def because(self, value: Any, facts: SegmentFacts) -> str:
        """What of the text met the condition."""
        return self.said(self._shared(value, facts)[0])

    def in_words(self, value: Any) -> str:
        return f"{self.label}: {_or(self.choices.get(each, each).split(':')[0] for each in value)}"

    def to_json(self, value: Any) -> list[str]:
        return list(value)

    def _shared(self, value: Iterable[str], facts: SegmentFacts) -> list[str]:
        has = {each.casefold() for each in self.fact(facts)}
        return [each for each in value if each.casefold() in has]

    def _example(self) -> str:
        return f"[{next(iter(self.choices), 'Politics')!r}]".replace("'", '"')


@dataclass(frozen=True, slots=True)
class Limit:
    """Holds where a number of the text is known and at most (or at least) the value."""

    key: str
    label: str
    hint: str
    fact: Callable[[SegmentFacts], float | None]
    said: Callable[[float], str]
    words: str
    highest: int
    at_most: bool

    def parse(self, value: object) -> float:
        """Raises ValueError."""
        return number(value, highest=self.highest)

    def holds(self, value: Any, facts: SegmentFacts) -> bool:
        known = self.fact(facts)
        return known is not None and (known <= value if self.at_most else known >= value)

    def because(self, value: Any, facts: SegmentFacts) -> str:
        """What of the text met the condition."""
        known = self.fact(facts)
        assert known is not None, "only what is known meets a limit"
        return self.said(known)

    def in_words(self, value: Any) -> str:
        return self.words.format(f"{value:,g}")

    def to_json(self, value: Any) -> float:
        return float(value) if value % 1 else int(value)


Condition = AnyOf | Limit


def number(value: object, *, highest: int) -> float:
    """A number above 0 and up to `highest`. Raises ValueError with the remedy."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= highest:
        raise ValueError(f"{value!r} is no number above 0 and up to {highest:,}.")
    return float(value)


def _tidy(value: str) -> str:
    return " ".join(value.split())


def _or(values: Iterable[str]) -> str:
    *most, last = values
    return f"{', '.join(most)} or {last}" if most else last


def _with_parents(paths: Iterable[str]) -> set[str]:
    """MQM paths and what they are kinds of: `accuracy/omission` is an `accuracy` too."""
    parts = [path.split("/") for path in paths]
    return {"/".join(path[: depth + 1]) for path in parts for depth in range(len(path))}


def _finding_names() -> list[str]:
    """Groups of checks, then MQM categories, as a rule may name them."""
    groups = dict.fromkeys(check.id.split(".")[0] for check in CHECKS)
    return [*groups, *sorted(_with_parents(check.category for check in CHECKS))]


def _section(facts: SegmentFacts) -> tuple[str, ...]:
    return (facts.section,) if facts.section else ()


def _band(facts: SegmentFacts) -> tuple[str, ...]:
    return (facts.band,) if facts.band else ()


def _hours(value: float) -> str:
    shown = f"{round(value, 1):g}"
    return f"{shown} hour" if shown == "1" else f"{shown} hours"


CONDITIONS: Final[tuple[Condition, ...]] = (
    AnyOf(
        "kinds",
        gettext_noop("Kind of text"),
        gettext_noop("None chosen: any kind."),
        lambda facts: (facts.kind,),
        lambda kind: kind.replace("_", " "),
        {kind: kind.replace("_", " ") for kind in SEGMENT_KINDS},
        closed=True,
    ),
    AnyOf(
        "sections",
        gettext_noop("Section"),
        gettext_noop("As the articles name them, separated by commas."),
        _section,
        lambda section: f"section {section}",
    ),
    AnyOf(
        "risk",
        gettext_noop("Risk"),
        gettext_noop("None chosen: any risk, also of a text that was not weighed yet."),
        _band,
        lambda band: "nothing known of its risk" if band == "unranked" else f"{band} risk",
        BANDS,
        closed=True,
    ),
    AnyOf(
        "findings",
        gettext_noop("Finding"),
        gettext_noop("An open finding of these checks or categories."),
        lambda facts: _with_parents(facts.findings),
        lambda name: f"finding: {name}",
        {name: name for name in _finding_names()},
    ),
    AnyOf(
        "systems",
        gettext_noop("MT engine"),
        gettext_noop(
            "Whose text the editor starts from: a name, or name@version for one version; separated by commas."
        ),
        lambda facts: facts.systems,
        lambda system: f"text of {system}",
    ),
    Limit(
        "deadline_within",
        gettext_noop("Deadline at most … hours after arrival"),
        gettext_noop("Articles without a deadline do not count."),
        lambda facts: facts.hours_to_deadline,
        lambda hours: f"deadline {_hours(hours)} after arrival",
        gettext_noop("Deadline: at most {} hours after arrival"),
        MOST_HOURS,
        at_most=True,
    ),
    Limit(
        "reach_from",
        gettext_noop("Expected readers, at least"),
        gettext_noop("Articles without a number do not count."),
        lambda facts: facts.reach,
        lambda reach: f"{reach:,.0f} readers expected",
        gettext_noop("Expected readers: at least {}"),
        MOST_READERS,
        at_most=False,
    ),
)
