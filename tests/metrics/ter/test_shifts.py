import random
from itertools import product

import pytest
from sacrebleu.metrics import lib_ter

from reviews.metrics.ter.band import Band
from reviews.metrics.ter.banded import BandedRows
from reviews.metrics.ter.encoding import EncodedReference
from reviews.metrics.ter.limits import Limits
from reviews.metrics.ter.shifts import Candidates, Shift, changed_window, find_shifts, move
from tests.metrics.ter.pairs import limit_sacrebleu, random_limits, random_pairs

WORDS = "abcdefg"
ALL_SHIFTS = [
    (-length, start, target)
    for start, target in product(range(len(WORDS)), range(len(WORDS) + 1))
    for length in range(1, len(WORDS) - start + 1)
]


def test_a_block_moves_where_sacrebleu_moves_it():
    for shift in ALL_SHIFTS:
        minus_length, start, target = shift
        expected = lib_ter._perform_shift(list(WORDS), start, -minus_length, target)
        assert move(WORDS, shift) == "".join(expected), shift


def test_nothing_changes_outside_the_window():
    for shift in ALL_SHIFTS:
        start, end = changed_window(shift, len(WORDS))
        moved = move(WORDS, shift)
        assert moved[:start] == WORDS[:start], shift
        assert moved[end:] == WORDS[end:], shift


def test_a_target_at_the_start_of_the_block_moves_nothing():
    assert all(move(WORDS, shift) == WORDS for shift in ALL_SHIFTS if shift[2] == shift[1])


def tried_by_sacrebleu(patch: pytest.MonkeyPatch, hypothesis: list[str], reference: list[str]) -> list[Shift]:
    """What one round of its search performs."""
    tried: list[Shift] = []
    perform = lib_ter._perform_shift

    def record(words: list[str], start: int, length: int, target: int) -> list[str]:
        tried.append((-length, start, target))
        return perform(words, start, length, target)

    with patch.context() as inner:
        inner.setattr(lib_ter, "_perform_shift", record)
        lib_ter._shift(hypothesis, reference, lib_ter.BeamEditDistance(reference), 0)
    return tried


def candidates(hypothesis: list[str], reference: list[str], limits: Limits) -> Candidates:
    encoded = EncodedReference(reference)
    words = encoded.encode(hypothesis)
    rows = BandedRows(encoded.text, encoded.columns, Band.of_sacrebleu(len(words), len(reference), limits))
    rows.fill(words, 0)
    return find_shifts(words, encoded, rows.trace(words), limits, limits.candidates)


def test_the_candidates_are_those_sacrebleu_tries(monkeypatch):
    rng = random.Random(3)
    found = 0
    for hypothesis, reference in random_pairs(rng, 500, longest=25):
        if not hypothesis or not reference:
            continue
        limits = random_limits(rng)
        limit_sacrebleu(monkeypatch, limits)
        tried = tried_by_sacrebleu(monkeypatch, hypothesis, reference)
        ours = candidates(hypothesis, reference, limits)
        if len(tried) >= limits.candidates:
            assert ours.looked_at >= limits.candidates
        else:
            assert ours.looked_at == len(tried)
            assert ours.shifts == {shift for shift in tried if shift[2] != shift[1]}
            found += len(ours.shifts)
    assert found > 1000


def test_it_finds_the_block_that_moved():
    """The aligned words in the middle are right where they are and may not move."""
    found = candidates(list("cdeab"), list("abcde"), Limits())
    assert min(found.shifts) == (-2, 3, 0)
    assert {start for _, start, _ in found.shifts} == {3, 4}
