"""What a metric is, and the batch of texts it scores.

A *reference metric* compares a hypothesis with human translations and keeps **sufficient statistics**: integer counts
whose sum over any slice of segments gives that slice's exact corpus score. A *source signal* looks at hypothesis and
source only, needs no reference and keeps no statistics. Only reference metrics rank systems.

Metrics hold no state and are shared by all threads; what may be counted once for several of them lives in the batch.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, TypeVar, cast

from reviews.values import SegmentScore

NO_REFERENCE = "no reference"
EMPTY_REFERENCE = "empty reference"
EMPTY_SOURCE = "empty source"

References = tuple[str, ...]
Counts = TypeVar("Counts")


class Languages(NamedTuple):
    """The language pair of a project as BCP 47 codes, such as `Languages("de", "en-GB")`."""

    source: str
    target: str


class Metric(ABC):
    """What every metric says of itself; screens, commands and docs read it from here.

    `id` is the name on the command line and in MetricConfig, `unit` completes "the value is in …".
    `higher_is_better` is None where neither end is. `ranks_systems` is False for what may order segments only.
    """

    id: str
    name: str
    description: str
    unit: str
    higher_is_better: bool | None
    ranks_systems: bool
    against: ClassVar[Literal["reference", "source", "engines"]]


class ReferenceMetric(Metric):
    """A metric of hypothesis against reference, with integer statistics for each segment (at most 24).

    `statistic_names` says what each of them counts, in their order.
    """

    against = "reference"
    ranks_systems = True
    statistic_names: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many statistics a segment has."""
        return len(self.statistic_names)

    @abstractmethod
    def signature(self, n_references: int) -> str:
        """The settings behind the numbers; scores with different signatures never meet.

        Raises ValueError when `n_references` is not positive.
        """

    @abstractmethod
    def corpus(self, statistics: Sequence[int], n_references: int) -> float:
        """The corpus score of any set of segments, from the sums of their statistics.

        It is the reference implementation's score for these segments, not a mean of their values.
        Raises ValueError when there are not `width` statistics.
        """

    @abstractmethod
    def score_pairs(self, batch: Batch) -> list[SegmentScore]:
        """One score for each of `batch.pairs`; called by `scores`."""

    def scores(self, batch: Batch) -> list[SegmentScore]:
        """One score for each segment of the batch, in its order; None with a reason where nothing can be compared.

        An empty hypothesis is a translation, the worst one, and is scored.
        """
        scored = iter(self.score_pairs(batch))
        return [SegmentScore(None, reason=reason) if reason else next(scored) for reason in batch.reasons]

    def require_width(self, statistics: Sequence[int]) -> None:
        if len(statistics) != self.width:
            raise ValueError(f"{self.id} has {self.width} statistics, got {len(statistics)}: sum its own columns only")


class SourceSignal(Metric):
    """A metric of hypothesis against source, for segments without any reference; no statistics, no corpus score."""

    against = "source"
    ranks_systems = False

    @abstractmethod
    def signature(self, languages: Languages) -> str:
        """The settings behind the numbers; scores with different signatures never meet."""

    @abstractmethod
    def scores(self, hypotheses: Sequence[str], sources: Sequence[str], languages: Languages) -> list[SegmentScore]:
        """One score for each pair, in order; None with a reason where the signal says nothing.

        Raises ValueError when the two lists differ in length.
        """


class Batch:
    """Hypotheses and the references of each, checked, with every count made once for all metrics that share it.

    `references` holds one tuple a segment: its reference texts, as many for every segment, or none at all where there
    is none. One batch is one set of references; several systems' hypotheses may stand in it: what a metric makes of a
    text or of a tuple of references it makes once for all of them.

    `reasons` says for each segment why it cannot be scored ("" where it can), `pairs` are those that can.
    A set with an empty reference cannot be scored: the signature promises n references, so none is left out silently.
    Raises ValueError for lists of different length or segments with different numbers of references, TypeError for
    a bare text in place of a tuple.
    """

    def __init__(self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> None:
        require_same_length(hypotheses, references, "sets of references")
        sets = [_as_tuple(entry, number) for number, entry in enumerate(references)]
        self.n_references = _common_size(sets)
        self.reasons = tuple(_why_not(entry) for entry in sets)
        self.pairs = tuple(
            (hypothesis, entry)
            for hypothesis, entry, reason in zip(hypotheses, sets, self.reasons, strict=True)
            if not reason
        )
        self._computed: dict[Any, Any] = {}

    def once(self, compute: Callable[[Batch], Counts]) -> Counts:
        """`compute(self)`, computed once for all metrics that ask with the same function."""
        if compute not in self._computed:
            self._computed[compute] = compute(self)
        return cast(Counts, self._computed[compute])


def is_blank(text: str) -> bool:
    """Nothing but white space: to every metric the same as empty."""
    return not text.strip()


def require_same_length(hypotheses: Sequence[str], others: Sequence[object], what: str) -> None:
    """Raises ValueError rather than shifting texts onto their neighbours."""
    if len(hypotheses) != len(others):
        raise ValueError(f"{len(hypotheses)} hypotheses but {len(others)} {what}: give one for each hypothesis")


def _as_tuple(entry: Sequence[str], number: int) -> References:
    if isinstance(entry, str):
        raise TypeError(f"the references of segment {number} are a bare text: give a tuple of texts, even of one")
    return tuple(entry)


def _common_size(sets: Sequence[References]) -> int:
    """How many references every segment that has any has; 0 when none has."""
    size = 0
    for number, entry in enumerate(sets):
        if not entry:
            continue
        if size and len(entry) != size:
            raise ValueError(
                f"segment {number} has {len(entry)} references where others have {size}: score one set at a time"
            )
        size = len(entry)
    return size


def _why_not(references: References) -> str:
    if not references:
        return NO_REFERENCE
    if any(is_blank(text) for text in references):
        return EMPTY_REFERENCE
    return ""
