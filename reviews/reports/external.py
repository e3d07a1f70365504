"""Metrics that came in score files, for the comparison of engines: means of segment scores, and said to be that.

Such a metric has no statistics that could be summed, so a larger part of a project has the mean of its segments'
scores, which is what these metrics' own tools report for a system.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from reviews.metrics.external import ExternalMetric, external_metric
from reviews.models import MetricConfig, Score, TargetKind

from .systems import Against, Part

#: How the figure of a larger part is made, for whoever prints it.
AGGREGATE = "mean of segment scores"


@dataclass(frozen=True, slots=True)
class ExternalMean:
    """One engine under one metric: the mean over the segments that all compared engines have a score for."""

    mean: float
    n: int
    left_out: int

    def to_json(self) -> dict[str, Any]:
        return {"score": self.mean, "n": self.n, "left_out": self.left_out, "aggregate": AGGREGATE}


@dataclass(frozen=True, slots=True)
class ExternalComparison:
    """One metric of a score file that every compared engine has; means by the engines' labels."""

    metric: ExternalMetric
    means: Mapping[str, ExternalMean]

    def to_json(self) -> dict[str, Any]:
        return {
            "metric": self.metric.id,
            "signature": self.metric.signature,
            "systems": {name: mean.to_json() for name, mean in self.means.items()},
        }


def external_means(within: Part, against: Against, labels: Mapping[int, str]) -> list[ExternalComparison]:
    """The score files' metrics that all these engines (ids with labels) have, each on the segments they share.

    Those against the source, and those against the one reference of `against`. Two queries, one where the
    installation has no such metric at all; no intervals, because nobody resamples what another tool computed.
    """
    configs = list(MetricConfig.objects.filter(signature__startswith="external|").values_list("pk", flat=True))
    if not configs or not labels:
        return []
    target = Q(target__kind=TargetKind.SOURCE, target__project=within.project)
    if against.target is not None and not against.is_post_edit:
        target |= Q(target=against.target)
    rows = Score.objects.filter(
        target,
        within.of("hypothesis__"),
        config__in=configs,
        hypothesis__system__in=list(labels),
    ).order_by("config__metric", "config", "hypothesis__system__position", "hypothesis__system", "hypothesis")
    columns: defaultdict[tuple[str, str], dict[tuple[str, int], float]] = defaultdict(dict)
    for name, signature, system, segment, value in rows.values_list(
        "config__metric", "config__signature", "hypothesis__system", "hypothesis__segment", "value"
    ):
        if segment is not None and value is not None:
            # A later run of an engine takes the place of the one before: rows come as they were written.
            columns[name, signature][labels[system], segment] = value
    found = []
    for (name, signature), values in columns.items():
        metric = external_metric(name, signature)
        having = Counter(segment for _, segment in values)
        shared = {segment for segment, count in having.items() if count == len(labels)}
        if metric is not None and shared:
            found.append(ExternalComparison(metric, _means(values, shared)))
    return found


def _means(values: Mapping[tuple[str, int], float], shared: set[int]) -> dict[str, ExternalMean]:
    of_system: defaultdict[str, list[float]] = defaultdict(list)
    others: Counter[str] = Counter()
    for (system, segment), value in values.items():
        if segment in shared:
            of_system[system].append(value)
        else:
            others[system] += 1
    return {
        system: ExternalMean(math.fsum(numbers) / len(numbers), len(numbers), others[system])
        for system, numbers in of_system.items()
    }
