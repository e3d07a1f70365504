"""BLEU of segments: sacrebleu's `sentence_bleu`, digit for digit."""

import pytest
import sacrebleu

from reviews.metrics.base import Batch
from reviews.metrics.bleu import Bleu

PAIRS = [
    ("the cat sat on the mat", ("the cat sat on the mat",)),
    ("the cat sat", ("the cat sat on the mat",)),
    ("mat the on sat cat the", ("the cat sat on the mat",)),
    ("Berlin", ("Berlin",)),
    ("Berlin wins", ("Berlin wins",)),
    ("Berlin", ("Hamburg",)),
    ("", ("Berlin",)),
    (" \t ", ("Berlin",)),
    ("3,5 % of “all”, &quot;said&quot; she – or 1.5-fold?", ('3.5 % of "all", said she - or 1,5-fold!',)),
    ("the cat is on the mat", ("there is a cat on the mat", "the cat sits on the mat")),
    ("line one\nline two", ("line one line two",)),
    ("😀 emoji 😀", ("emoji 😀",)),
    ("<skipped>", ("<skipped>",)),
]


@pytest.mark.parametrize(("hypothesis", "references"), PAIRS)
def test_a_segment_has_the_value_sacrebleu_gives(hypothesis, references):
    [score] = Bleu().scores(Batch([hypothesis], [references]))
    assert score.value == sacrebleu.sentence_bleu(hypothesis, references).score


def test_perfect_headlines_are_not_the_worst_of_all():
    scores = Bleu().scores(Batch(["Berlin", "Berlin wins"], [("Berlin",), ("Berlin wins",)]))
    assert [score.value for score in scores] == pytest.approx([100, 100])


def test_a_corpus_counts_all_orders_as_sacrebleus_corpus_score_does():
    """A corpus without a single 4-gram is 0, as everywhere; only a segment's own value leaves orders out."""
    [score] = Bleu().scores(Batch(["Berlin wins"], [("Berlin wins",)]))
    assert Bleu().corpus(score.statistics, 1) == sacrebleu.corpus_bleu(["Berlin wins"], [["Berlin wins"]]).score == 0


def test_statistics_are_lengths_then_matches_then_totals():
    [score] = Bleu().scores(Batch(["a b c d x"], [("a b c d e f",)]))
    assert score.statistics == (5, 6, 4, 3, 2, 1, 5, 4, 3, 2)


def test_the_closest_reference_gives_the_length_and_all_of_them_the_matches():
    [score] = Bleu().scores(Batch(["a b c"], [("a x", "b c y z z")]))
    assert score.statistics[:2] == (3, 2)
    assert score.statistics[2] == 3
