"""TER as the other rooms see it."""

from __future__ import annotations

from collections.abc import Sequence

import sacrebleu.metrics.ter

from reviews.metrics import sacrebleu_api
from reviews.metrics.base import Batch, ReferenceMetric, References
from reviews.metrics.edits import per_hundred_words
from reviews.values import SegmentScore

from .encoding import EncodedReference, split_words
from .search import count_edits

#: The search for shifts is worse than quadratic in the worst case; a text beyond this is left out, not approximated.
MAX_WORDS = 1000
TOO_LONG = f"too long for TER (more than {MAX_WORDS:,} words)"

Statistics = tuple[int, int]

_SACREBLEU = sacrebleu.metrics.ter.TER()


class Ter(ReferenceMetric):
    """Edits (insertions, deletions, substitutions, shifts of blocks) per 100 reference words; can exceed 100.

    Statistics: the fewest edits to any reference, and the **sum** of the references' lengths in words. sacrebleu
    divides by their mean; the sum is an integer, and `corpus` makes the mean of it. For one and two references
    that is sacrebleu's float exactly, for more it equals it to 1e-9, as sacrebleu then sums rounded thirds.

    Where either side has more than MAX_WORDS words the score is None.
    """

    id = "ter"
    name = "TER"
    description = "How much of the translation would have to be changed or moved to become the reference."
    unit = "edits per 100 reference words"
    higher_is_better = False
    statistic_names = ("edits", "words of the references")

    def signature(self, n_references: int) -> str:
        return sacrebleu_api.signature(_SACREBLEU, n_references)

    def corpus(self, statistics: Sequence[int], n_references: int) -> float:
        self.require_width(statistics)
        if n_references < 1:
            raise ValueError(f"TER needs the number of references its lengths were summed over, got {n_references}")
        edits, lengths = statistics
        return sacrebleu_api.score(_SACREBLEU, (edits, lengths / n_references))

    def score_pairs(self, batch: Batch) -> list[SegmentScore]:
        n = batch.n_references
        return [
            SegmentScore(per_hundred_words(counted[0], counted[1] / n), counted)
            if counted
            else SegmentScore(None, reason=TOO_LONG)
            for counted in batch.once(_count)
        ]


def _count(batch: Batch) -> list[Statistics | None]:
    """The statistics of each of `batch.pairs`, None where it is too long."""
    prepared: dict[References, list[EncodedReference]] = {}
    counted: list[Statistics | None] = []
    for hypothesis, references in batch.pairs:
        encoded = prepared.get(references)
        if encoded is None:
            encoded = prepared[references] = [EncodedReference(split_words(text)) for text in references]
        counted.append(_count_pair(split_words(hypothesis), encoded))
    return counted


def _count_pair(words: Sequence[str], references: Sequence[EncodedReference]) -> Statistics | None:
    lengths = [len(reference.words) for reference in references]
    if len(words) > MAX_WORDS or max(lengths) > MAX_WORDS:
        return None
    return min([count_edits(words, reference) for reference in references]), sum(lengths)
