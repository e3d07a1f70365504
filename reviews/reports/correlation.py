"""How well numbers of one kind follow numbers of another: metrics against human scores.

Pure functions. Higher is better on both sides: turn a metric round before it comes here. A figure that the numbers do
not allow (too few, all the same) is None, never 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

Pairs = Sequence[tuple[float, float]]


def pearson(human: Sequence[float], metric: Sequence[float]) -> float | None:
    """Pearson's correlation, from -1 to 1; None for fewer than two pairs or a side that never changes.

    Raises ValueError for lists of different length.
    """
    x, y = _both(human, metric)
    if len(x) < 2:
        return None
    x, y = x - x.mean(), y - y.mean()
    spread = math.sqrt(float(x @ x)) * math.sqrt(float(y @ y))
    return float(x @ y) / spread if spread else None


def kendall_tau_b(human: Sequence[float], metric: Sequence[float]) -> float | None:
    """Kendall's tau with ties on either side (Kendall 1945), from -1 to 1, over all pairs of texts.

    Counted as Knight (1966) does, in the time of sorting. None where one side is all ties. Raises ValueError for lists
    of different length.
    """
    x, y = _both(human, metric)
    order = np.lexsort((y, x))
    x, y = x[order], y[order]
    pairs = len(x) * (len(x) - 1) // 2
    tied_x, tied_y = _tied([x]), _tied([y])
    if pairs in (tied_x, tied_y):
        return None
    # Sorted by x, then by y: what stands in the wrong order by y is discordant, ties aside on either side.
    discordant = _inversions(y)
    concordant = pairs - tied_x - tied_y + _tied([x, y]) - discordant
    return (concordant - discordant) / math.sqrt((pairs - tied_x) * (pairs - tied_y))


def _both(human: Sequence[float], metric: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    if len(human) != len(metric):
        raise ValueError(f"{len(human)} human scores but {len(metric)} of the metric: give one for each")
    return np.asarray(human, dtype=np.float64), np.asarray(metric, dtype=np.float64)


def _tied(columns: Sequence[np.ndarray]) -> int:
    """Pairs that are equal in all these columns."""
    _, counts = np.unique(np.stack(columns), axis=1, return_counts=True)
    return int((counts * (counts - 1) // 2).sum())


def _inversions(values: np.ndarray) -> int:
    """Pairs of which the earlier one is the larger, by a Fenwick tree over the ranks."""
    ranks = np.unique(values, return_inverse=True)[1]
    size = int(ranks.max(initial=0)) + 1
    tree = [0] * (size + 1)
    found = 0
    for seen, rank in enumerate(ranks.tolist()):
        not_larger, at = 0, rank + 1
        while at:
            not_larger += tree[at]
            at &= at - 1
        found += seen - not_larger
        at = rank + 1
        while at <= size:
            tree[at] += 1
            at += at & -at
    return found


@dataclass(frozen=True, slots=True)
class PairwiseAccuracy:
    """The share of pairs that both sides order alike, averaged over the groups.

    The metric's differences up to `epsilon` count as ties, chosen so that the accuracy is largest.
    """

    accuracy: float
    epsilon: float
    groups: int
    pairs: int


def pairwise_accuracy(groups: Iterable[Pairs]) -> PairwiseAccuracy | None:
    """Accuracy over pairs of one group, such as one segment's translations, as (human, metric); ties count.

    acc_eq with tie calibration of Deutsch, Foster and Freitag (2023, "Ties Matter"): a pair is right when both sides
    order it alike or both tie it. People tie often and metrics nearly never, so the metric's small differences are
    ties up to an epsilon, searched over all its differences. The mean is over groups with at least one pair, as in
    the WMT metrics tasks since 2023. None without any pair.
    """
    differences, gains, strict, number, pairs = [], [], 0.0, 0, 0
    for group in groups:
        if len(group) < 2:
            continue
        human, metric = np.asarray(group, dtype=np.float64).T
        first, second = np.triu_indices(len(group), 1)
        by_people = np.sign(human[first] - human[second])
        by_metric = metric[first] - metric[second]
        right = (np.sign(by_metric) == by_people) & (by_people != 0)
        strict += float(right.mean())
        # What becomes a tie is right if people tied it, and no longer right if it was in order.
        differences.append(np.abs(by_metric))
        gains.append(((by_people == 0).astype(np.float64) - right) / len(first))
        number += 1
        pairs += len(first)
    if not number:
        return None
    gap, gain = np.concatenate(differences), np.concatenate(gains)
    order = np.argsort(gap, kind="stable")
    gap, total = gap[order], np.cumsum(gain[order])
    # Equal differences become ties together; without new ties the metric's own ties are ties.
    ends = np.append(gap[1:] != gap[:-1], True)
    epsilons, totals = gap[ends], total[ends]
    if epsilons[0] > 0:
        epsilons, totals = np.append(0.0, epsilons), np.append(0.0, totals)
    best = int(np.argmax(totals))
    return PairwiseAccuracy((strict + float(totals[best])) / number, float(epsilons[best]), number, pairs)


def order_agreement(human: Sequence[float], metric: Sequence[float]) -> float | None:
    """The share of pairs of engines that the metric orders as people do, of those that people order.

    Kocmi et al. (2021, "To Ship or Not to Ship"). None where people order no pair.
    """
    x, y = _both(human, metric)
    first, second = np.triu_indices(len(x), 1)
    by_people, by_metric = np.sign(x[first] - x[second]), np.sign(y[first] - y[second])
    ordered = by_people != 0
    return float((by_people == by_metric)[ordered].mean()) if ordered.any() else None


def worst_auc(human: Sequence[float], metric: Sequence[float], share: float = 0.1) -> float | None:
    """How well the metric finds the worst texts: the area under the ROC curve, 0.5 being chance.

    The probability that a text of the worst `share` by human score has a lower metric score than one of the others, a
    tie counting half (Hanley and McNeil 1982). All texts as bad as the last of the share are among the worst. None
    where nothing is on one of the sides.
    """
    x, y = _both(human, metric)
    if not len(x):
        return None
    bad = x <= np.sort(x)[max(0, round(share * len(x)) - 1)]
    worst, others = y[bad], np.sort(y[~bad])
    if not len(worst) or not len(others):
        return None
    above = len(others) - np.searchsorted(others, worst, "right")
    tied = len(others) - above - np.searchsorted(others, worst, "left")
    return float((above + tied / 2).sum()) / (len(worst) * len(others))
