"""Corpus scores of many sums at once: `metric.corpus` for every row of a table, to the digit.

Resampling asks for tens of thousands of corpus scores. The formulas of BLEU, chrF and TER are written here once more
over whole columns, in sacrebleu's order of operations, so that every float is the one `metric.corpus` gives; tests
hold them to that. Any other metric is asked row by row.
"""

from __future__ import annotations

import math
from functools import partial

import numpy as np

from reviews.metrics.base import ReferenceMetric
from reviews.metrics.bleu import Bleu
from reviews.metrics.chrf import COUNTS_PER_ORDER, ChrF
from reviews.metrics.ter.metric import Ter

from .statistics import Floats, Integers, ScoreRows

BLEU_ORDERS = 4
#: sacrebleu's logarithm of zero.
LOG_ZERO = -9999999999
#: Recall counts twice as much as precision, squared.
CHRF_WEIGHT = 4


def corpus_scores_of(metric: ReferenceMetric, n_references: int) -> ScoreRows:
    """The corpus scores of many sums of the metric's statistics, one row each."""
    if isinstance(metric, Bleu):
        return _bleu
    if isinstance(metric, ChrF):
        return _chrf
    if isinstance(metric, Ter):
        return partial(_ter, n_references=n_references)
    return partial(_row_by_row, metric=metric, n_references=n_references)


def _row_by_row(sums: Integers, metric: ReferenceMetric, n_references: int) -> Floats:
    return np.array([metric.corpus(row, n_references) for row in sums.tolist()], dtype=np.float64)


def _bleu(sums: Integers) -> Floats:
    """Geometric mean of the precisions, each missing order smoothed to half of what came before, times brevity."""
    precisions = np.zeros((len(sums), BLEU_ORDERS))
    smoothing = np.ones(len(sums))
    has_order = np.ones(len(sums), dtype=bool)
    for order in range(BLEU_ORDERS):
        matches, total = sums[:, 2 + order], sums[:, 2 + BLEU_ORDERS + order]
        has_order &= total > 0
        smoothed = has_order & (matches == 0)
        smoothing[smoothed] *= 2
        found = has_order & ~smoothed
        precisions[smoothed, order] = 100.0 / (smoothing[smoothed] * total[smoothed])
        precisions[found, order] = 100.0 * matches[found] / total[found]
    # Logarithm, exponential and sum are Python's own: numpy's may differ in the last digit.
    return np.array(
        [
            _brevity(length, reference) * math.exp(sum([math.log(p) if p else LOG_ZERO for p in row]) / BLEU_ORDERS)
            if any(matches)
            else 0.0
            for (length, reference, *matches), row in zip(
                sums[:, : 2 + BLEU_ORDERS].tolist(), precisions.tolist(), strict=True
            )
        ],
        dtype=np.float64,
    )


def _brevity(length: int, reference: int) -> float:
    if length >= reference:
        return 1.0
    return math.exp(1 - reference / length) if length else 0.0


def _chrf(sums: Integers) -> Floats:
    """F-score of the mean precision and recall over the orders that both sides have."""
    precision, recall = np.zeros(len(sums)), np.zeros(len(sums))
    orders = np.zeros(len(sums))
    for first in range(0, sums.shape[1], COUNTS_PER_ORDER):
        hypothesis, reference, matches = sums[:, first : first + COUNTS_PER_ORDER].T
        both = (hypothesis > 0) & (reference > 0)
        precision[both] += matches[both] / hypothesis[both]
        recall[both] += matches[both] / reference[both]
        orders += both
    some = orders > 0
    precision[some] /= orders[some]
    recall[some] /= orders[some]
    scores = np.zeros(len(sums))
    some = precision + recall > 0
    p, r = precision[some], recall[some]
    scores[some] = 100 * ((1 + CHRF_WEIGHT) * p * r / ((CHRF_WEIGHT * p) + r))
    return scores


def _ter(sums: Integers, n_references: int) -> Floats:
    """Edits for each 100 words of the mean reference; against nothing any edit is all wrong."""
    edits, lengths = sums[:, 0], sums[:, 1] / n_references
    scores = np.where(edits > 0, 1.0, 0.0)
    some = lengths > 0
    scores[some] = edits[some] / lengths[some]
    return 100 * scores
