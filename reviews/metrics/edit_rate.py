"""Edit rate: what an editor would have to change, word by word."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from reviews.values import SegmentScore, gettext_noop

from . import tokens
from .base import Batch, ReferenceMetric
from .edits import per_hundred_words

Statistics = tuple[int, int]


class EditRate(ReferenceMetric):
    """Words to insert, delete or replace, per 100 reference words; can exceed 100.

    Levenshtein (1966) on the words of BLEU's tokenizer, case and punctuation included, as both are work for an
    editor. Unlike TER it has no shifts: a moved phrase is deleted and inserted. So it is quick at any length.

    Statistics: the fewest edits to any reference, and the **sum** of the references' lengths in words; the rate is
    per 100 words of their mean, as in TER.
    """

    id = "edit_rate"
    name = gettext_noop("Edit rate")
    description = gettext_noop("How many words of the translation would have to be changed to make it the reference.")
    unit = gettext_noop("edits per 100 reference words")
    higher_is_better = False
    statistic_names = ("edits", "words of the references")

    def signature(self, n_references: int) -> str:
        if n_references < 1:
            raise ValueError(f"a signature needs at least one reference, got {n_references}")
        return f"nrefs:{n_references}|case:mixed|tok:{tokens.TOKENIZER}|shifts:no|rules:1"

    def corpus(self, statistics: Sequence[int], n_references: int) -> float:
        self.require_width(statistics)
        if n_references < 1:
            raise ValueError(f"edit_rate needs the number of references its lengths were summed over: {n_references}")
        edits, lengths = statistics
        return per_hundred_words(edits, lengths / n_references)

    def score_pairs(self, batch: Batch) -> list[SegmentScore]:
        return [SegmentScore(self.corpus(counted, batch.n_references), counted) for counted in batch.once(_count)]


def _count(batch: Batch) -> list[Statistics]:
    """The statistics of each of `batch.pairs`."""
    words = batch.once(tokens.tokens_of)
    hypotheses = [words.numbered(text) for text in words.hypotheses]
    references = [[words.numbered(text) for text in texts] for texts in words.references]
    return [
        (min([Levenshtein.distance(hypothesis, other) for other in others]), sum(map(len, others)))
        for hypothesis, *others in zip(hypotheses, *references, strict=True)
    ]
