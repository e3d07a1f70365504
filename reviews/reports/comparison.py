"""Which engine is better in this part of the project, and are we sure?

Exact corpus scores with intervals, and for every engine its difference to a baseline with an interval, p-values and a
verdict in words. Resampling takes **articles** as units, as texts of one article are not independent.

Sources: Koehn (2004), *Statistical Significance Tests for Machine Translation Evaluation*, for the bootstrap;
Riezler and Maxwell (2005), *On Some Pitfalls in Automatic Evaluation and Significance Testing for MT*, for approximate
randomization; Holm (1979) for several comparisons at once. `docs/comparison.md` says how to read the figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from reviews.models import Project

from .statistics import SAMPLES, SEED

Unit = Literal["document", "segment"]
UNITS: tuple[Unit, ...] = ("document", "segment")

#: Words of the German, both ends included (None: no end).
LENGTHS: Mapping[str, tuple[int, int | None]] = {"short": (0, 10), "medium": (11, 20), "long": (21, None)}

Verdict = Literal["better", "worse", "no difference shown", "too few articles", "too few segments"]


class ComparisonError(ValueError):
    """A comparison that cannot be made as asked; the message says why and what to do.

    `field` names the argument at fault: reference, metrics, systems, baseline, by, samples, seed, kind, length, since,
    until, documents.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a project. `since` and `until` are days, both included, of publication (else of import).

    `kind` and `length` are those of the segment a text starts at. Raises ComparisonError for values there are none of.
    """

    section: str | None = None
    kind: str | None = None
    length: str | None = None
    since: date | None = None
    until: date | None = None
    documents: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class CorpusScore:
    """One engine's score under one metric; None when there is no text to score.

    `n` texts are in it (a text is a run of segments, nearly always one), the others are left out by reason.
    `low` and `high` hold the 95 % interval; both are None where `no_interval` says why.
    """

    score: float | None
    n: int
    left_out: Mapping[str, int]
    low: float | None = None
    high: float | None = None
    no_interval: str = ""

    @property
    def of(self) -> int:
        """All texts of the engine in this part of the project."""
        return self.n + sum(self.left_out.values())

    def to_json(self) -> dict[str, Any]:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """An engine's score minus the baseline's on the texts both have; positive is better only where higher is.

    Everything but `difference` and the counts is None where the verdict is "too few …"; `reason` then says how many
    there are of how many ("too few articles: 12 of at least 20"). The verdict goes by `p_adjusted`: the p of the
    approximate randomization, made stricter for the number of engines compared (Holm). `wins`, `ties` and `losses`
    count single texts on which this engine's score is better than, equal to, worse than the baseline's.
    """

    system: str
    baseline: str
    metric: str
    difference: float
    low: float | None
    high: float | None
    p_bootstrap: float | None
    p_randomization: float | None
    p_adjusted: float | None
    verdict: Verdict
    reason: str
    units: int
    wins: int
    ties: int
    losses: int


@dataclass(frozen=True, slots=True)
class Origins:
    """From which engine's texts the approved texts of this part were made.

    `texts` started from the engine and kept some of its words; `kept` is the mean share of their words from it, 0 to 1.
    """

    texts: int
    kept: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Corpus scores by engine and metric on the texts the engines share, and how the others differ from `baseline`.

    `segments` counts those texts and `documents` the articles they stand in; `unfinished` counts articles whose
    scoring still runs or failed, so that the figures may change. `derived_from` is filled for the reference
    `post-edit` only: engines whose own texts the post-edits (`post_edits` of them) were made from are favoured by it.
    """

    project: str
    reference: str
    part: Slice
    by: Unit
    samples: int
    seed: int
    baseline: str | None
    segments: int
    documents: int
    unfinished: int
    signatures: Mapping[str, str]
    systems: Mapping[str, Mapping[str, CorpusScore]]
    paired: Sequence[PairedDifference] = ()
    post_edits: int = 0
    derived_from: Mapping[str, Origins] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The value of `compare_systems --json`, scores unrounded."""
        raise NotImplementedError

    def rows(self) -> list[dict[str, Any]]:
        """The same as a flat table, one row an engine and metric: what `compare_systems --csv` writes."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class SegmentDifference:
    """One text on which two engines differ, with both translations; `difference` is the system's minus the baseline's.

    `document` and `segment` are ids of rows; `covers` counts the segments the text of `system` stands for.
    """

    document: int
    external_id: str
    segment: int
    kind: str
    source: str
    system_text: str
    baseline_text: str
    system_value: float
    baseline_value: float
    better: bool

    @property
    def difference(self) -> float:
        return self.system_value - self.baseline_value


def reference_choices(project: Project) -> list[str]:
    """What engines can be compared against: A, B, A+B, and `post-edit` where anything was scored against it."""
    raise NotImplementedError


def compare(
    project: Project,
    reference: str | None = None,
    *,
    metrics: Sequence[str] | None = None,
    systems: Sequence[str] | None = None,
    baseline: str | None = None,
    part: Slice = Slice(),  # noqa: B008  (frozen)
    by: Unit = "document",
    samples: int = SAMPLES,
    seed: int = SEED,
) -> Comparison:
    """Compare engines of a project in one part of it; a fixed number of queries.

    `systems` (labels, default all with a scored text there) are held against each other on the texts all of them
    have; `baseline` defaults to the project's first of them. With `samples=0` nothing is resampled: scores only.
    Raises ComparisonError.
    """
    raise NotImplementedError


def segments_that_differ(
    project: Project,
    reference: str | None = None,
    *,
    metric: str,
    system: str,
    baseline: str,
    part: Slice = Slice(),  # noqa: B008  (frozen)
    limit: int = 20,
    direction: Literal["both", "better", "worse"] = "both",
) -> list[SegmentDifference]:
    """The texts of the comparison on which the system differs most from the baseline, the largest difference first.

    Compared are the texts these two share. Raises ComparisonError.
    """
    raise NotImplementedError
