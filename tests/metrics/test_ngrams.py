"""Shared n-grams against counting them one by one."""

import random
from collections import Counter

import numpy as np
import pytest

from reviews.metrics import ngrams
from reviews.metrics.ngrams import characters, matches, totals, words

ALPHABETS = {"two letters": "ab", "latin": "abcdefghijklmnopqrstuvwxyz ,.“”–€", "emoji": "a😀😁é\ud800\U0010ffff"}


def counted(text, n):
    return Counter(tuple(text[i : i + n]) for i in range(len(text) - n + 1))


def expected(hypotheses, streams, orders):
    rows = []
    for hypothesis, *references in zip(hypotheses, *streams, strict=True):
        best = []
        for n in range(1, orders + 1):
            there = Counter()
            for reference in references:
                there |= counted(reference, n)
            best.append((counted(hypothesis, n) & there).total())
        rows.append(best)
    return rows


def random_texts(rng, alphabet, number, longest):
    return ["".join(rng.choices(alphabet, k=rng.randint(0, longest))) for _ in range(number)]


@pytest.mark.parametrize("n_references", [1, 2, 3])
@pytest.mark.parametrize("alphabet", ALPHABETS.values(), ids=ALPHABETS)
def test_matches_are_those_of_counting_one_by_one(alphabet, n_references):
    rng = random.Random(n_references)
    hypotheses, *streams = (random_texts(rng, alphabet, 60, 40) for _ in range(n_references + 1))
    found = matches(characters(hypotheses), [characters(stream) for stream in streams], 6)
    assert found.tolist() == expected(hypotheses, streams, 6)


def test_blocks_of_any_size_give_the_same(monkeypatch):
    rng = random.Random(9)
    hypotheses, references = (random_texts(rng, "abc ", 50, 30) for _ in range(2))
    for block in (1, 7, 100):
        monkeypatch.setattr(ngrams, "BLOCK", block)
        found = matches(characters(hypotheses), [characters(references)], 6)
        assert found.tolist() == expected(hypotheses, [references], 6)


def test_alphabets_too_long_for_an_integer_are_numbered_anew(monkeypatch):
    """3,000 different characters take 12 bits, six of them 72: more than an integer has."""
    renumbered = []
    original = ngrams._renumbered
    monkeypatch.setattr(ngrams, "_renumbered", lambda grams: renumbered.append(len(grams)) or original(grams))
    rng = random.Random(4)
    alphabet = [chr(0x4E00 + number) for number in range(3000)]
    text = "".join(rng.sample(alphabet, 3000))
    hypotheses, references = [text, text[:1500] + text[1000:]], [text[::-1][:900] + text[:2000], text]
    assert matches(characters(hypotheses), [characters(references)], 6).tolist() == expected(
        hypotheses, [references], 6
    )
    assert len(renumbered) > 1


def test_numbers_far_apart_are_sorted_rather_than_listed(monkeypatch):
    monkeypatch.setattr(ngrams, "BLOCK", 2)
    texts = ["a\U0010ffff😀b", "😀b"]
    found = matches(characters(texts), [characters(texts[::-1])], 3)
    assert found.tolist() == expected(texts, [texts[::-1]], 3)


def test_words_are_counted_by_their_numbers():
    numbers = {"the": 0, "cat": 1, "sat": 2}
    found = matches(words([["the", "cat", "the"]], numbers), [words([["the", "cat", "sat"]], numbers)], 2)
    assert found.tolist() == [[2, 1]]


def test_no_texts_and_empty_texts_share_nothing():
    assert matches(characters([]), [characters([])], 3).shape == (0, 3)
    assert matches(characters(["", "ab", ""]), [characters(["", "", "ab"])], 3).tolist() == [[0, 0, 0]] * 3


def test_totals_are_what_fits_into_each_length():
    assert totals(np.array([0, 1, 3, 9]), 4).tolist() == [[0, 0, 0, 0], [1, 0, 0, 0], [3, 2, 1, 0], [9, 8, 7, 6]]
