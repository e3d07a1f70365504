"""Corpus scores over whole columns are those of the metric, row by row, to the last digit."""

from __future__ import annotations

import random

import numpy as np
import pytest

from reviews.metrics.base import Batch
from reviews.metrics.registry import REFERENCE_METRICS
from reviews.reports.formulas import corpus_scores_of
from tests.wmt import lines

BY_ID = {metric.id: metric for metric in REFERENCE_METRICS}
#: Columns that cannot be larger than others, as pairs (smaller, larger): matches and totals.
BOUNDS = {
    "bleu": [(2 + order, 6 + order) for order in range(4)],
    "chrf": [(3 * order + 2, 3 * order + side) for order in range(6) for side in (0, 1)],
    "chrf++": [(3 * order + 2, 3 * order + side) for order in range(8) for side in (0, 1)],
}


def expected(metric, sums, n_references):
    return [metric.corpus([int(number) for number in row], n_references) for row in sums]


@pytest.mark.parametrize("metric", REFERENCE_METRICS, ids=lambda metric: metric.id)
@pytest.mark.parametrize("n_references", [1, 2])
def test_sums_of_real_texts_give_the_metrics_own_score(metric, n_references):
    chosen = random.Random(7).sample(range(1984), 60)
    references = [lines(f"ref.{name}.en") for name in ("A", "B")[:n_references]]
    texts = lines("systems/LT22.en")
    batch = Batch([texts[i] for i in chosen], [tuple(stream[i] for stream in references) for i in chosen])
    rows = np.array([score.statistics for score in metric.scores(batch)], dtype=np.int64)
    counts = np.random.default_rng(1).integers(0, 4, size=(400, len(rows)))
    sums = counts @ rows
    assert corpus_scores_of(metric, n_references)(sums).tolist() == expected(metric, sums, n_references)


@pytest.mark.parametrize("metric", REFERENCE_METRICS, ids=lambda metric: metric.id)
@pytest.mark.parametrize("highest", [1, 3, 50, 1_000_000])
def test_any_sums_give_the_metrics_own_score_zeros_too(metric, highest):
    sums = np.random.default_rng(highest).integers(0, highest + 1, size=(500, metric.width))
    for smaller, larger in BOUNDS.get(metric.id, []):
        sums[:, smaller] = np.minimum(sums[:, smaller], sums[:, larger])
    sums[0] = 0
    assert corpus_scores_of(metric, 1)(sums).tolist() == expected(metric, sums, 1)


def test_every_formula_is_held_to_its_metric_here():
    assert set(BOUNDS) <= set(BY_ID)
