"""BLEU (Papineni et al. 2002) exactly as sacrebleu gives it (Post 2018)."""

from __future__ import annotations

from collections.abc import Sequence

import sacrebleu.metrics.bleu

from reviews.values import SegmentScore, gettext_noop

from . import sacrebleu_api
from .base import Batch, ReferenceMetric
from .ngrams import matches, totals, words
from .tokens import tokens_of

# One segment rarely has all four orders of n-grams: `sentence_bleu` counts only those it can have.
# The statistics are the same either way.
_CORPUS = sacrebleu.metrics.bleu.BLEU()
_SENTENCE = sacrebleu.metrics.bleu.BLEU(effective_order=True)

ORDERS = 4

Statistics = tuple[int, ...]


class Bleu(ReferenceMetric):
    """Precision of word 1- to 4-grams with a brevity penalty, 0 to 100.

    Statistics: length of the hypothesis and of the closest reference in tokens, then matches and totals of the four
    orders. A segment's value equals `sacrebleu.sentence_bleu`; the signature is that of the corpus score.
    """

    id = "bleu"
    name = "BLEU"
    description = gettext_noop("How many words and short phrases of the translation also stand in the reference.")
    unit = gettext_noop("points from 0 to 100")
    higher_is_better = True
    statistic_names = (
        "words of the hypothesis",
        "words of the closest reference",
        *(f"{order}-grams that match" for order in range(1, ORDERS + 1)),
        *(f"{order}-grams of the hypothesis" for order in range(1, ORDERS + 1)),
    )

    def signature(self, n_references: int) -> str:
        return sacrebleu_api.signature(_CORPUS, n_references)

    def corpus(self, statistics: Sequence[int], n_references: int) -> float:
        self.require_width(statistics)
        return sacrebleu_api.score(_CORPUS, statistics)

    def score_pairs(self, batch: Batch) -> list[SegmentScore]:
        return [
            SegmentScore(sacrebleu_api.score(_SENTENCE, statistics), statistics) for statistics in batch.once(_count)
        ]


def _count(batch: Batch) -> list[Statistics]:
    """The statistics of each of `batch.pairs`."""
    tokens = batch.once(tokens_of)
    hypotheses = words(tokens.hypotheses, tokens.numbers)
    references = [words(texts, tokens.numbers) for texts in tokens.references]
    lengths = hypotheses.lengths.tolist()
    return [
        (length, _CORPUS._get_closest_ref_len(length, list(others)), *matched, *possible)
        for length, others, matched, possible in zip(
            lengths,
            zip(*(reference.lengths.tolist() for reference in references), strict=True),
            matches(hypotheses, references, ORDERS).tolist(),
            totals(hypotheses.lengths, ORDERS).tolist(),
            strict=True,
        )
    ]
