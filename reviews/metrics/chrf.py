"""chrF and chrF++ (Popović 2015, 2017) exactly as sacrebleu gives them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import sacrebleu.metrics.chrf

from reviews.values import SegmentScore, gettext_noop

from . import sacrebleu_api
from .base import Batch, ReferenceMetric
from .ngrams import Integers, Units, characters, matches, totals, words

CHARACTER_ORDERS = 6
WORD_ORDERS = 2
COUNTS_PER_ORDER = 3

Statistics = tuple[int, ...]

_PLUS_PLUS = sacrebleu.metrics.chrf.CHRF(word_order=WORD_ORDERS)


class ChrF(ReferenceMetric):
    """F-score (recall twice as important) over character 1- to 6-grams, 0 to 100.

    Statistics: for each order the n-grams of the hypothesis, those of the reference, and the matches. Of several
    references the one with the best F-score counts.

    chrF's orders are the first six of chrF++: both metrics read the same counts, which a batch makes once.
    """

    id = "chrf"
    name = "chrF"
    description = gettext_noop("How many short runs of letters the translation shares with the reference.")
    unit = gettext_noop("points from 0 to 100")
    higher_is_better = True
    word_orders = 0

    def __init__(self) -> None:
        units = [f"character {order}-grams" for order in range(1, CHARACTER_ORDERS + 1)]
        units += [f"word {order}-grams" for order in range(1, self.word_orders + 1)]
        self.statistic_names = tuple(
            name
            for unit in units
            for name in (f"{unit} of the hypothesis", f"{unit} of the reference", f"{unit} that match")
        )
        self._sacrebleu = sacrebleu.metrics.chrf.CHRF(word_order=self.word_orders)

    def signature(self, n_references: int) -> str:
        return sacrebleu_api.signature(self._sacrebleu, n_references)

    def corpus(self, statistics: Sequence[int], n_references: int) -> float:
        self.require_width(statistics)
        return sacrebleu_api.score(self._sacrebleu, statistics)

    def score_pairs(self, batch: Batch) -> list[SegmentScore]:
        return [SegmentScore(*self._best(rows)) for rows in batch.once(_count)]

    def _best(self, rows: Sequence[Statistics]) -> tuple[float, Statistics]:
        """Value and statistics against the best reference, the first of equals.

        chrF and chrF++ may choose different references, so that the choice cannot be shared as the counts are.
        """
        own = [row[: self.width] for row in rows]
        return max([(sacrebleu_api.score(self._sacrebleu, row), row) for row in own], key=itemgetter(0))


class ChrFPlusPlus(ChrF):
    """chrF with word 1- and 2-grams as two more orders."""

    id = "chrf++"
    name = "chrF++"
    description = gettext_noop("As chrF, and also how many words and pairs of words they share.")
    word_orders = WORD_ORDERS


class _Texts(NamedTuple):
    """Texts as chrF counts them: characters without white space, words with punctuation apart."""

    characters: Units
    words: Units


class _Reader:
    """Makes units of texts, of each different text once."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict(count().__next__)
        self._known: dict[str, tuple[str, list[str]]] = {}

    def read(self, texts: Sequence[str]) -> _Texts:
        parts = [self._parts(text) for text in texts]
        return _Texts(characters([dense for dense, _ in parts]), words([found for _, found in parts], self._numbers))

    def _parts(self, text: str) -> tuple[str, list[str]]:
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = "".join(text.split()), _PLUS_PLUS._remove_punctuation(text)
        return found


def _count(batch: Batch) -> list[tuple[Statistics, ...]]:
    """chrF++'s statistics of each of `batch.pairs` against each of its references."""
    reader = _Reader()
    hypotheses = reader.read([hypothesis for hypothesis, _ in batch.pairs])
    return list(
        zip(
            *(
                _statistics(hypotheses, reader.read([references[place] for _, references in batch.pairs]))
                for place in range(batch.n_references)
            ),
            strict=True,
        )
    )


def _statistics(hypotheses: _Texts, references: _Texts) -> list[Statistics]:
    counts = [
        count_orders(one, other, orders)
        for one, other, orders in zip(hypotheses, references, (CHARACTER_ORDERS, WORD_ORDERS), strict=True)
    ]
    return as_statistics(np.concatenate(counts, axis=1))


def count_orders(texts: Units, others: Units, orders: int) -> Integers:
    """For each pair and order three numbers: n-grams of the text, of the other, and matches."""
    return np.stack(
        [totals(texts.lengths, orders), totals(others.lengths, orders), matches(texts, [others], orders)], axis=2
    )


def as_statistics(counts: Integers) -> list[Statistics]:
    """What `count_orders` gives as sacrebleu's statistics, the text taken as hypothesis.

    sacrebleu counts an order of the hypothesis only where the reference has it too.
    """
    counts = counts.copy()
    counts[:, :, 0][counts[:, :, 1] == 0] = 0
    return [tuple(row) for row in counts.reshape(len(counts), counts.shape[1] * COUNTS_PER_ORDER).tolist()]
