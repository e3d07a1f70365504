"""Metrics that came in score files, for the comparison of engines: means of segment scores, and said to be that.

Such a metric has no statistics that could be summed, so a larger part of a project has the mean of its segments'
scores, which is what these metrics' own tools report for a system.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from reviews.metrics.external import ExternalMetric, external_metric
from reviews.models import Document, Project, ReferenceSet, Score, TargetKind

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
    """One metric of a score file that every compared engine has; means by the engines' ids."""

    metric: ExternalMetric
    means: dict[int, ExternalMean]


def external_means(
    project: Project,
    systems: Sequence[int],
    documents: QuerySet[Document],
    reference_set: ReferenceSet | None = None,
) -> list[ExternalComparison]:
    """The score files' metrics that all these engines have, each on the segments they share; one query.

    `reference_set` adds metrics against that reference to those against the source.
    """
    target = Q(target__kind=TargetKind.SOURCE)
    if reference_set is not None:
        target |= Q(target__reference_set=reference_set)
    rows = Score.objects.filter(
        target,
        target__project=project,
        config__signature__startswith="external|",
        hypothesis__document__in=documents.values("pk"),
        hypothesis__system__in=systems,
        value__isnull=False,
    ).order_by("config__metric")
    columns: defaultdict[tuple[str, str], dict[tuple[int, int], float]] = defaultdict(dict)
    for name, signature, system, segment, value in rows.values_list(
        "config__metric", "config__signature", "hypothesis__system", "hypothesis__segment", "value"
    ):
        if segment is not None and value is not None:
            columns[name, signature][system, segment] = value
    found = []
    for (name, signature), values in columns.items():
        metric = external_metric(name, signature)
        having = Counter(segment for _, segment in values)
        shared = {segment for segment, count in having.items() if count == len(systems)}
        if metric is not None and shared:
            found.append(ExternalComparison(metric, _means(values, shared)))
    return found


def _means(values: dict[tuple[int, int], float], shared: set[int]) -> dict[int, ExternalMean]:
    of_system: defaultdict[int, list[float]] = defaultdict(list)
    others: Counter[int] = Counter()
    for (system, segment), value in values.items():
        if segment in shared:
            of_system[system].append(value)
        else:
            others[system] += 1
    return {
        system: ExternalMean(sum(numbers) / len(numbers), len(numbers), others[system])
        for system, numbers in of_system.items()
    }
