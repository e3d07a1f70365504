"""TER as the other rooms see it."""

import random
import time

import pytest
import sacrebleu

from reviews.metrics.base import Batch
from reviews.metrics.ter.metric import MAX_WORDS, TOO_LONG, Ter
from tests.metrics.ter.pairs import random_words


@pytest.mark.parametrize(
    ("hypothesis", "references"),
    [
        ("the cat sat on the mat", ("the cat sat on the mat",)),
        ("THE CAT", ("the cat",)),
        ("on the mat the cat sat", ("the cat sat on the mat",)),
        ("", ("the cat",)),
        ("  ", ("the cat",)),
        ("a b c d e f", ("x",)),
        ("the cat is on the mat", ("there is a cat on the mat", "the cat sits on the mat")),
        ("a", ("a b c", "a b", "a b c d e")),
    ],
)
def test_a_segment_has_the_value_sacrebleu_gives(hypothesis, references):
    [score] = Ter().scores(Batch([hypothesis], [references]))
    assert score.value == sacrebleu.sentence_ter(hypothesis, references).score


def test_statistics_are_the_fewest_edits_and_the_sum_of_the_lengths():
    [score] = Ter().scores(Batch(["a b c"], [("a b c d e", "a b x")]))
    assert score.statistics == (1, 8)
    assert score.value == 100 * 1 / 4


def test_an_empty_hypothesis_is_all_edits():
    [score] = Ter().scores(Batch([""], [("a b c",)]))
    assert (score.value, score.statistics) == (100.0, (3, 3))


def words(number: int) -> str:
    return " ".join(f"w{i}" for i in range(number))


@pytest.mark.parametrize(
    ("hypothesis", "references"),
    [
        (words(MAX_WORDS + 1), ("a",)),
        ("a", (words(MAX_WORDS + 1),)),
        ("a", ("a", words(MAX_WORDS + 1))),
        (words(MAX_WORDS + 1), (words(MAX_WORDS + 1),)),
    ],
)
def test_a_text_beyond_the_limit_has_no_score_and_says_why(hypothesis, references):
    [score] = Ter().scores(Batch([hypothesis], [references]))
    assert (score.value, score.statistics, score.reason) == (None, (), TOO_LONG)
    assert f"{MAX_WORDS:,} words" in TOO_LONG


def test_a_text_at_the_limit_is_scored():
    hypothesis = " ".join([f"w{MAX_WORDS - 1}", *words(MAX_WORDS - 1).split()])
    moved = Ter().scores(Batch([hypothesis], [(words(MAX_WORDS),)]))
    changed = Ter().scores(Batch([words(MAX_WORDS) + "x"], [(words(MAX_WORDS),)]))
    assert moved[0].statistics == (2, MAX_WORDS)  # the last word first: too far for a shift
    assert changed[0].statistics == (1, MAX_WORDS)


def test_a_hard_text_at_the_limit_does_not_keep_a_worker_busy():
    """Moved blocks and a lost beginning: each of hundreds of candidates needs its own distance in the band."""
    rng = random.Random(367)
    reference = random_words(rng, MAX_WORDS, vocabulary=1000)
    hypothesis = list(reference)
    for _ in range(60):
        start = rng.randrange(MAX_WORDS - 12)
        block = hypothesis[start : start + rng.randint(1, 12)]
        del hypothesis[start : start + len(block)]
        target = max(0, start + rng.randint(-60, 60))
        hypothesis[target:target] = block
    started = time.process_time()
    [score] = Ter().scores(Batch([" ".join(hypothesis[420:])], [(" ".join(reference),)]))
    assert time.process_time() - started < 5
    assert score.statistics[1] == MAX_WORDS
    assert score.statistics[0] > 420


def test_three_hundred_words_in_any_order_take_less_than_fifty_milliseconds():
    """sacrebleu takes some ten seconds; `benchmarks/ter.py --full` compares the two."""
    reference = [f"w{number}" for number in range(300)]
    hypothesis = random.Random(300).sample(reference, 300)
    took = []
    for _ in range(3):
        started = time.process_time()
        [score] = Ter().scores(Batch([" ".join(hypothesis)], [(" ".join(reference),)]))
        took.append(time.process_time() - started)
    assert min(took) < 0.05
    assert score.statistics[1] == 300


def test_it_refuses_a_corpus_without_references():
    with pytest.raises(ValueError, match="the number of references its lengths were summed over, got 0"):
        Ter().corpus((1, 2), 0)
