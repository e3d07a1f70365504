"""Edit rate: Levenshtein distance on words, as a table and against the textbook's recursion."""

import random
from functools import cache

import pytest

from reviews.metrics.base import Batch
from reviews.metrics.edit_rate import EditRate
from tests.metrics.ter.pairs import random_pairs


@pytest.mark.parametrize(
    ("hypothesis", "references", "statistics", "value"),
    [
        ("The cat sat.", ("The cat sat.",), (0, 4), 0),
        ("the cat sat.", ("The cat sat.",), (1, 4), 25),
        ("The cat sat", ("The cat sat.",), (1, 4), 25),
        ("", ("The cat sat.",), (4, 4), 100),
        (" \t", ("The cat sat.",), (4, 4), 100),
        ("a b c d e f", ("x",), (6, 1), 600),
        ("c a b", ("a b c",), (2, 3), 100 * (2 / 3)),  # TER moves one word
        ("Berlin", ("Berlin",), (0, 1), 0),
        ("a b c", ("a b c d e", "a b x"), (1, 8), 25),
        ("a", ("<skipped>",), (1, 0), 100),  # of which the tokenizer leaves nothing
        ("", ("<skipped>",), (0, 0), 0),
    ],
)
def test_edits_and_reference_words(hypothesis, references, statistics, value):
    [score] = EditRate().scores(Batch([hypothesis], [references]))
    assert (score.statistics, score.value) == (statistics, value)


def test_random_pairs_have_the_distance_of_the_definition():
    for hypothesis, reference in random_pairs(random.Random(8), 200, longest=12):
        if not reference:
            continue

        @cache
        def distance(i: int, j: int, one=tuple(hypothesis), other=tuple(reference)) -> int:
            if not i or not j:
                return i + j
            return min(
                distance(i - 1, j) + 1, distance(i, j - 1) + 1, distance(i - 1, j - 1) + (one[i - 1] != other[j - 1])
            )

        [score] = EditRate().scores(Batch([" ".join(hypothesis)], [(" ".join(reference),)]))
        assert score.statistics == (distance(len(hypothesis), len(reference)), len(reference))


def test_a_corpus_is_the_sum_of_its_segments():
    scores = EditRate().scores(Batch(["a b", "c"], [("a x",), ("c d e",)]))
    sums = [sum(column) for column in zip(*(score.statistics for score in scores), strict=True)]
    assert EditRate().corpus(sums, 1) == 100 * (3 / 5)


def test_a_very_long_line_has_an_edit_rate():
    words = " ".join(f"w{number}" for number in range(5000))
    [score] = EditRate().scores(Batch([words[::-1]], [(words,)]))
    assert score.statistics[1] == 5000


def test_it_refuses_a_corpus_without_references():
    with pytest.raises(ValueError, match="the number of references its lengths were summed over: 0"):
        EditRate().corpus((1, 2), 0)
