"""The one place that calls what sacrebleu keeps private.

Statistics of single segments, and scores from sums of them, are not part of sacrebleu's public interface. The version
is pinned and `tests/metrics/test_sacrebleu_contract.py` holds the numbers it must give, so that an upgrade that
changes anything fails there.
"""

from __future__ import annotations

from collections.abc import Sequence

from sacrebleu.metrics.base import Metric as SacrebleuMetric


def signature(metric: SacrebleuMetric, n_references: int) -> str:
    """sacrebleu's own signature of `metric` for n references, which it otherwise gives only after scoring."""
    if n_references < 1:
        raise ValueError(f"a signature needs at least one reference, got {n_references}")
    return str(metric._SIGNATURE_TYPE({**vars(metric), "num_refs": n_references}))


def score(metric: SacrebleuMetric, statistics: Sequence[float]) -> float:
    """sacrebleu's score from (sums of) statistics, unrounded."""
    return float(metric._compute_score_from_stats(list(statistics)).score)
