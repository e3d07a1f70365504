"""The whole search against sacrebleu's, pair by pair."""

import random

import pytest
from sacrebleu.metrics import lib_ter

from reviews.metrics.ter.encoding import EncodedReference
from reviews.metrics.ter.limits import SACREBLEU, Limits
from reviews.metrics.ter.search import count_edits
from tests.metrics.ter.pairs import limit_sacrebleu, random_limits, random_pairs, random_words


def edits(hypothesis: list[str], reference: list[str], limits: Limits = SACREBLEU) -> int:
    return count_edits(hypothesis, EncodedReference(reference), limits)


def sacrebleu_edits(hypothesis: list[str], reference: list[str]) -> int:
    return lib_ter.translation_edit_rate(hypothesis, reference)[0]


@pytest.mark.parametrize(
    ("hypothesis", "reference", "expected"),
    [
        ("", "", 0),
        ("", "a b c", 3),
        ("a b", "", 2),
        ("a b c", "a b c", 0),
        ("a x c", "a b c", 1),
        ("a c", "a b c", 1),
        ("a b b c", "a b c", 1),
        ("c a b", "a b c", 1),
        ("d e f a b c", "a b c d e f", 1),
        ("x y", "a b c", 3),
        # one more than words missing: no shift can end lower, though one would save an edit
        ("b a", "a b", 1),
        ("b a x", "a b y", 2),
        # the example of Snover et al. 2006: one shift, two substitutions, one insertion
        (
            "this week the saudis denied information published in the new york times",
            "saudi arabia denied this week information published in the american new york times",
            4,
        ),
    ],
)
def test_it_counts_edits(hypothesis, reference, expected):
    assert edits(hypothesis.split(), reference.split()) == expected
    assert sacrebleu_edits(hypothesis.split(), reference.split()) == expected


def test_random_pairs_have_sacrebleus_edits():
    assert_equal(random.Random(11), 1500, longest=12)
    assert_equal(random.Random(12), 60, longest=40)


def test_random_pairs_have_sacrebleus_edits_under_small_limits(monkeypatch):
    """Where bands cut paths off and searches end in the middle of a round."""
    assert_equal_under_small_limits(monkeypatch, random.Random(13), 1500, longest=16)


def test_very_unequal_lengths_have_sacrebleus_edits():
    rng = random.Random(14)
    for n_h, n_r in [(1, 80), (80, 1), (2, 150), (3, 400), (150, 4), (30, 90)]:
        hypothesis, reference = random_words(rng, n_h, 10), random_words(rng, n_r, 10)
        assert edits(hypothesis, reference) == sacrebleu_edits(hypothesis, reference), (n_h, n_r)


def test_a_round_that_reaches_the_last_candidate_is_thrown_away(monkeypatch):
    """The first round looks at three candidates. At a limit of three it is lost, and with it the one shift."""
    hypothesis, reference = list("cdeab"), list("abcde")
    for candidates, expected in ((3, 4), (4, 1)):
        limits = Limits(candidates=candidates)
        limit_sacrebleu(monkeypatch, limits)
        assert edits(hypothesis, reference, limits) == sacrebleu_edits(hypothesis, reference) == expected


@pytest.mark.long
def test_fifty_thousand_random_pairs_have_sacrebleus_edits(monkeypatch):
    rng = random.Random(2026)
    assert_equal(rng, 9_600, longest=12)
    assert_equal(rng, 360, longest=40)
    assert_equal(rng, 40, longest=120)
    assert_equal_under_small_limits(monkeypatch, rng, 40_000, longest=20)


def assert_equal(rng: random.Random, number: int, longest: int) -> None:
    for hypothesis, reference in random_pairs(rng, number, longest):
        assert edits(hypothesis, reference) == sacrebleu_edits(hypothesis, reference), (hypothesis, reference)


def assert_equal_under_small_limits(patch: pytest.MonkeyPatch, rng: random.Random, number: int, longest: int) -> None:
    for hypothesis, reference in random_pairs(rng, number, longest):
        limits = random_limits(rng)
        limit_sacrebleu(patch, limits)
        expected = sacrebleu_edits(hypothesis, reference)
        assert edits(hypothesis, reference, limits) == expected, (hypothesis, reference, limits)
