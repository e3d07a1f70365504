"""The whole matrix: the path back is sacrebleu's wherever its band lets every path be."""

import random

import pytest

from reviews.metrics.ter.band import safe_distance
from reviews.metrics.ter.encoding import EncodedReference
from reviews.metrics.ter.limits import Limits
from reviews.metrics.ter.shifts import move
from reviews.metrics.ter.whole import WholeRows
from tests.metrics.ter.matrix import alignment_of, distance_of, non_empty, sacrebleu_matrix
from tests.metrics.ter.pairs import limit_sacrebleu


def traced(hypothesis: list[str], reference: list[str]):
    encoded = EncodedReference(reference)
    words = encoded.encode(hypothesis)
    rows = WholeRows(encoded)
    rows.fill(words, 0)
    return rows.trace(words)


@pytest.mark.parametrize(
    ("hypothesis", "reference"),
    [
        ("a", "a"),
        ("a", "b"),
        ("a b", "a a b"),  # the beginning is common, and the path leaves it all the same
        ("a a b", "a b"),
        ("a b c d", "a b x c d"),
        ("a b x c d", "a b c d"),
        ("a b", "a b a b"),  # beginning and end would overlap
        ("a b a b", "a b"),
        ("a a a", "a a a a a"),
        ("c a b", "a b c"),
        ("x x", "a b c"),
    ],
)
def test_the_path_back_is_sacrebleus(hypothesis, reference):
    one, other = hypothesis.split(), reference.split()
    assert traced(one, other) == alignment_of(sacrebleu_matrix(one, other)[1], len(other))


def test_random_pairs_of_up_to_thirty_words_have_sacrebleus_path(monkeypatch):
    limit_sacrebleu(monkeypatch, Limits(beam=40))
    for one, other in non_empty(random.Random(5), 1000):
        assert traced(one, other) == alignment_of(sacrebleu_matrix(one, other)[1], len(other)), (one, other)


def test_at_most_the_safe_distance_the_band_does_not_change_the_path(monkeypatch):
    """Why the band may be ignored there: not only the distance, the path is the same too."""
    compared = 0
    for beam in (2, 3, 5):
        limits = Limits(beam=beam)
        limit_sacrebleu(monkeypatch, limits)
        for one, other in non_empty(random.Random(beam), 300):
            trace = sacrebleu_matrix(one, other)[1]
            if distance_of(trace) <= safe_distance(len(one), len(other), limits):
                compared += 1
                assert traced(one, other) == alignment_of(trace, len(other))
    assert compared > 200


def test_after_a_shift_the_rows_are_those_of_a_fresh_start():
    """Whatever it changes of the common beginning and end, and whatever rows are kept."""
    rng = random.Random(6)
    for one, other in non_empty(rng, 400):
        reference = EncodedReference(other)
        words = reference.encode(one)
        rows = WholeRows(reference)
        rows.fill(words, 0)
        for _ in range(4):
            start = rng.randrange(len(words))
            length = rng.randint(1, len(words) - start)
            target = rng.randint(0, len(words))
            words = move(words, (-length, start, target))
            rows.fill(words, min(start, target))
            fresh = WholeRows(reference)
            fresh.fill(words, 0)
            assert rows.trace(words) == fresh.trace(words)
