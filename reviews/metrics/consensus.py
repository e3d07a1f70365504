"""Consensus: does this translation say what the other engines say?"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

import sacrebleu.metrics.chrf

from reviews.values import SegmentScore, gettext_noop

from . import sacrebleu_api
from .base import Metric, require_same_length
from .chrf import CHARACTER_ORDERS, as_statistics, count_orders
from .ngrams import characters

MIN_ENGINES = 3
NEEDS_ENGINES = "needs three engines"

_CHRF = sacrebleu.metrics.chrf.CHRF()


class Consensus(Metric):
    """Mean chrF of a translation against those of the other engines, 0 to 100; from three engines on.

    It finds segments that want a look: where one engine differs from all others, something was often left out or
    garbled. It must not rank engines: the best one is often the most distinctive. With fewer than three engines it
    says little of either (AUC for the worst tenth by human score 0.67 with one other engine, 0.80 with two).

    No statistics and no corpus score. An engine that left a segment out agrees with nobody: 0.
    """

    id = "consensus"
    name = gettext_noop("Consensus")
    description = gettext_noop("How much the translation resembles those of the other engines.")
    unit = gettext_noop("mean chrF from 0 to 100")
    higher_is_better = True
    ranks_systems = False
    against = "engines"

    def signature(self) -> str:
        return f"{sacrebleu_api.signature(_CHRF, 1)}|mean:others|engines:{MIN_ENGINES}|rules:1"

    def scores(self, hypotheses: Sequence[str], others: Sequence[Sequence[str]]) -> list[SegmentScore]:
        """One score for each hypothesis against the other engines' texts for the same run of segments.

        Raises ValueError when the two lists differ in length.
        """
        require_same_length(hypotheses, others, "lists of other engines' texts")
        enough = [len(texts) + 1 >= MIN_ENGINES for texts in others]
        pairs = [
            (hypothesis, text)
            for hypothesis, texts, scored in zip(hypotheses, others, enough, strict=True)
            if scored
            for text in texts
        ]
        values = iter(agreement(pairs))
        return [
            SegmentScore(fsum(next(values) for _ in texts) / len(texts))
            if scored
            else SegmentScore(None, reason=NEEDS_ENGINES)
            for texts, scored in zip(others, enough, strict=True)
        ]


def agreement(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """Sentence chrF, 0 to 100, of each (hypothesis, another engine's text as its reference).

    What two texts share is counted once for both directions.
    """
    unordered = list(dict.fromkeys((min(pair), max(pair)) for pair in pairs))
    first, second = (characters(["".join(pair[side].split()) for pair in unordered]) for side in (0, 1))
    counts = count_orders(first, second, CHARACTER_ORDERS)
    forward, backward = as_statistics(counts), as_statistics(counts[:, :, [1, 0, 2]])
    known = dict(zip(unordered, forward, strict=True))
    known.update({(other, text): row for (text, other), row in zip(unordered, backward, strict=True)})
    return [sacrebleu_api.score(_CHRF, known[pair]) for pair in pairs]
