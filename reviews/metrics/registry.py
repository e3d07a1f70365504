"""All metrics in the order in which screens and commands show them. A new one is a line here."""

from __future__ import annotations

from typing import Literal, TypeVar

from .base import Metric, ReferenceMetric, SourceSignal
from .bleu import Bleu
from .chrf import ChrF, ChrFPlusPlus
from .consensus import Consensus
from .edit_rate import EditRate
from .external import ExternalMetric, MetricNameError, external_metric
from .language import Language
from .length_ratio import LengthRatio
from .ter.metric import Ter

M = TypeVar("M", bound=Metric)

CONSENSUS = Consensus()

METRICS: tuple[ReferenceMetric | SourceSignal | Consensus, ...] = (
    Bleu(),
    ChrF(),
    ChrFPlusPlus(),
    Ter(),
    EditRate(),
    LengthRatio(),
    Language(),
    CONSENSUS,
)

REFERENCE_METRICS: tuple[ReferenceMetric, ...] = tuple(m for m in METRICS if isinstance(m, ReferenceMetric))
SOURCE_SIGNALS: tuple[SourceSignal, ...] = tuple(m for m in METRICS if isinstance(m, SourceSignal))


class UnknownMetricError(ValueError):
    """No metric has this id; the message lists those there are."""


def metric(metric_id: str) -> ReferenceMetric | SourceSignal | Consensus:
    """The metric with this id. Raises UnknownMetricError."""
    return _find(metric_id, METRICS)


def reference_metric(metric_id: str) -> ReferenceMetric:
    """The metric with this id, which must be one against references. Raises UnknownMetricError."""
    return _find(metric_id, REFERENCE_METRICS)


def described(metric_id: str, signature: str) -> Metric | ExternalMetric:
    """What the metric of a stored score is, whether it is ours or came in a score file. Raises UnknownMetricError."""
    return external_metric(metric_id, signature) or metric(metric_id)


def new_external(metric_id: str, *, higher_is_better: bool, against: Literal["reference", "source"]) -> ExternalMetric:
    """A metric for a score file. Raises MetricNameError, also for the name of a metric that is computed here."""
    if metric_id.lower() in {known.id for known in METRICS}:
        raise MetricNameError(
            f"{metric_id} is computed here. Give the file's scores another name, such as wmt-{metric_id}."
        )
    return ExternalMetric(metric_id, higher_is_better, against)


def _find(metric_id: str, among: tuple[M, ...]) -> M:
    for candidate in among:
        if candidate.id == metric_id:
            return candidate
    known = ", ".join(candidate.id for candidate in among)
    raise UnknownMetricError(f"unknown metric {metric_id!r}: choose from {known}")
