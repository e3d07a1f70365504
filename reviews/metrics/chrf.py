"""chrF and chrF++ (Popović 2015, 2017) exactly as sacrebleu gives them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from operator import itemgetter

import sacrebleu.metrics.chrf

from reviews.values import SegmentScore

from . import sacrebleu_api
from .base import Batch, ReferenceMetric, References

CHARACTER_ORDERS = 6
WORD_ORDERS = 2
COUNTS_PER_ORDER = 3

Statistics = tuple[int, ...]
#: Of one text, for each order: how often each n-gram occurs. Six orders of characters, then two of words.
NGrams = list[Counter[str]]

_PLUS_PLUS = sacrebleu.metrics.chrf.CHRF(word_order=WORD_ORDERS)


class ChrF(ReferenceMetric):
    """F-score (recall twice as important) over character 1- to 6-grams, 0 to 100.

    Statistics: for each order the n-grams of the hypothesis, those of the reference, and the matches. Of several
    references the one with the best F-score counts.

    chrF's orders are the first six of chrF++: both metrics read the same counts, which a batch makes once.
    """

    id = "chrf"
    name = "chrF"
    description = "How many short runs of letters the translation shares with the reference."
    unit = "points from 0 to 100"
    higher_is_better = True
    word_orders = 0

    def __init__(self) -> None:
        self.width = COUNTS_PER_ORDER * (CHARACTER_ORDERS + self.word_orders)
        self._sacrebleu = sacrebleu.metrics.chrf.CHRF(word_order=self.word_orders)

    def signature(self, n_references: int) -> str:
        return sacrebleu_api.signature(self._sacrebleu, n_references)

    def corpus(self, statistics: Sequence[int], n_references: int) -> float:
        self.require_width(statistics)
        return sacrebleu_api.score(self._sacrebleu, statistics)

    def score_pairs(self, batch: Batch) -> list[SegmentScore]:
        return [SegmentScore(*self._best(rows)) for rows in batch.counts(_prepare, _count)]

    def _best(self, rows: Sequence[Statistics]) -> tuple[float, Statistics]:
        """Value and statistics against the best reference, the first of equals.

        chrF and chrF++ may choose different references, so that the choice cannot be shared as the counts are.
        """
        own = [row[: self.width] for row in rows]
        return max(((sacrebleu_api.score(self._sacrebleu, row), row) for row in own), key=itemgetter(0))


class ChrFPlusPlus(ChrF):
    """chrF with word 1- and 2-grams as two more orders."""

    id = "chrf++"
    name = "chrF++"
    description = "As chrF, and also how many words and pairs of words they share."
    word_orders = WORD_ORDERS


def _prepare(references: References) -> list[NGrams]:
    return [_ngrams(text) for text in references]


def _count(hypothesis: str, prepared: Sequence[NGrams]) -> list[Statistics]:
    """chrF++'s statistics against each reference."""
    own = _ngrams(hypothesis)
    return [
        tuple(
            number
            for hypothesis_order, reference_order in zip(own, reference, strict=True)
            for number in _PLUS_PLUS._get_match_statistics(hypothesis_order, reference_order)
        )
        for reference in prepared
    ]


def _ngrams(text: str) -> NGrams:
    return _PLUS_PLUS._extract_reference_info([_PLUS_PLUS._preprocess_segment(text)])["ref_ngrams"][0]
