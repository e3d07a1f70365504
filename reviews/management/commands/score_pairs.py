"""Pairs of hypothesis and reference into scores."""

from collections.abc import Mapping
from typing import Any

from django.core.management.base import CommandParser

from reviews.importing.formats.rows import RowError
from reviews.importing.formats.text import shown
from reviews.management.base import UsageError
from reviews.management.filters import Converter, FilterCommand, text_in
from reviews.metrics.base import Batch, ReferenceMetric
from reviews.metrics.registry import REFERENCE_METRICS, UnknownMetricError, reference_metric
from reviews.values import normalise

DEFAULT = ",".join(metric.id for metric in REFERENCE_METRICS)


class Command(FilterCommand):
    help = (
        "Scores of each pair, with the counts corpus scores are made of and the signatures of both. "
        "A reference may be a list of several. A score that cannot be given is null, and `reasons` says why. "
        "docs/metrics.md names the statistics."
    )
    example = """score_pairs --metrics bleu,chrf++,ter pairs.jsonl
  echo '{"id": 7, "hypothesis": "Berlin wins", "reference": "Berlin won"}' | bin/manage score_pairs"""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--metrics", default=DEFAULT, metavar="NAME,…", help="Which, of " + DEFAULT + " (all).")

    def converter(self, **options: Any) -> Converter:
        metrics = _metrics(options["metrics"])
        return lambda record: _scores(record, metrics)


def _metrics(listed: str) -> list[ReferenceMetric]:
    try:
        return [reference_metric(name) for name in dict.fromkeys(listed.split(","))]
    except UnknownMetricError as error:
        raise UsageError(f"{error}.") from None


def _scores(record: Mapping[str, Any], metrics: list[ReferenceMetric]) -> dict[str, Any]:
    """Texts are scored as an import keeps them: two ways of writing one letter are the same letter."""
    references = _references(record)
    batch = Batch([normalise(text_in(record, "hypothesis"))], [references])
    scores = {metric.id: metric.scores(batch)[0] for metric in metrics}
    answer: dict[str, Any] = {
        "scores": {name: score.value for name, score in scores.items()},
        "statistics": {name: list(score.statistics) or None for name, score in scores.items()},
        "signatures": {metric.id: metric.signature(len(references) or 1) for metric in metrics},
    }
    reasons = {name: score.reason for name, score in scores.items() if score.reason}
    return {**answer, "reasons": reasons} if reasons else answer


def _references(record: Mapping[str, Any]) -> tuple[str, ...]:
    value = record.get("reference")
    if not isinstance(value, list):
        return (normalise(text_in(record, "reference")),)
    for text in value:
        if not isinstance(text, str):
            raise RowError(f"has {shown(text)} in its list of references. Write text in quotation marks.")
    return tuple(normalise(text) for text in value)
