"""Bit rows against sacrebleu's matrix, cell by cell and step by step."""

import random

import pytest
from sacrebleu.metrics import lib_ter

from reviews.metrics.ter.band import Band, safe_distance
from reviews.metrics.ter.encoding import EncodedReference
from reviews.metrics.ter.limits import Limits
from reviews.metrics.ter.rows import Alignment, Rows
from tests.metrics.ter.pairs import Pair, limit_sacrebleu, random_pairs


def sacrebleu_matrix(hypothesis: list[str], reference: list[str]) -> tuple[list[list[int]], str]:
    """Distances of all rows, and the operations of the path from the start."""
    distance = lib_ter.BeamEditDistance(reference)
    _, rows, trace = distance._edit_distance(hypothesis, 0, [distance._initial_row])
    return [[value for value, _ in row] for row in [distance._initial_row, *rows]], trace


def alignment_of(trace: str, n_h: int, n_r: int) -> Alignment:
    """sacrebleu's alignment and error lists in our terms."""
    align, reference_errors, hypothesis_errors = lib_ter.trace_to_alignment(lib_ter._flip_trace(trace))
    none = n_h + n_r + 1
    return Alignment(
        distance=len(trace) - trace.count(" "),
        rows=[0, *(align[j] + 1 for j in range(n_r))],
        hypothesis_errors=next_errors(hypothesis_errors, none),
        reference_errors=next_errors(reference_errors, none),
    )


def next_errors(errors: list[int], none: int) -> list[int]:
    return [next((k for k in range(start, len(errors)) if errors[k]), none) for start in range(len(errors))]


@pytest.mark.parametrize("beam", [1, 2, 3, 5, 25])
def test_every_cell_and_the_path_back_are_sacrebleus(beam, monkeypatch):
    limits = Limits(beam=beam)
    limit_sacrebleu(monkeypatch, limits)
    for hypothesis, reference in non_empty(random.Random(beam), 150):
        encoded = EncodedReference(reference)
        band = Band.of_sacrebleu(len(hypothesis), len(reference), limits)
        rows = Rows(encoded.text, band)
        rows.fill(encoded.encode(hypothesis), 0)
        matrix, trace = sacrebleu_matrix(hypothesis, reference)
        for i in range(len(hypothesis) + 1):
            assert rows.values(i, rows[i]) == matrix[i][band.first[i] : band.end[i]]
        assert rows.trace(encoded.encode(hypothesis)) == alignment_of(trace, len(hypothesis), len(reference))


def test_at_most_the_safe_distance_the_whole_matrix_gives_the_same_path(monkeypatch):
    """Why the band may be ignored there: not only the distance, the path is the same too."""
    compared = 0
    for beam in (2, 3, 5):
        limits = Limits(beam=beam)
        limit_sacrebleu(monkeypatch, limits)
        for hypothesis, reference in non_empty(random.Random(beam), 300):
            n_h, n_r = len(hypothesis), len(reference)
            encoded = EncodedReference(reference)
            rows = Rows(encoded.text, Band.whole(n_h, n_r))
            rows.fill(encoded.encode(hypothesis), 0)
            alignment = rows.trace(encoded.encode(hypothesis))
            if alignment.distance <= safe_distance(n_h, n_r, limits):
                compared += 1
                assert alignment == alignment_of(sacrebleu_matrix(hypothesis, reference)[1], n_h, n_r)
    assert compared > 200


def test_rows_before_a_change_are_kept():
    reference = EncodedReference(list("abcde"))
    band = Band.whole(5, 5)
    before, after = reference.encode(list("acbde")), reference.encode(list("acdeb"))
    rows, fresh = Rows(reference.text, band), Rows(reference.text, band)
    rows.fill(before, 0)
    kept = rows[2]
    rows.fill(after, 2)
    fresh.fill(after, 0)
    assert rows[2] is kept
    assert rows.trace(after) == fresh.trace(after)


def test_the_same_cells_filled_backwards_give_what_remains():
    """The cheapest path through row i costs what leads there and what leads on from there."""
    limits = Limits(beam=2)
    for hypothesis, reference in non_empty(random.Random(7), 100):
        n_h = len(hypothesis)
        encoded = EncodedReference(reference)
        words = encoded.encode(hypothesis)
        band = Band.of_sacrebleu(n_h, len(reference), limits)
        ahead, back = Rows(encoded.text, band), Rows(encoded.text[::-1], band.turned())
        ahead.fill(words, 0)
        back.fill(words[::-1], 0)
        for i in range(1, n_h + 1):
            remaining = back.values(n_h - i, back[n_h - i])[::-1]
            through = [a + b for a, b in zip(ahead.values(i, ahead[i]), remaining, strict=True)]
            assert min(through) == ahead.trace(words).distance


def non_empty(rng: random.Random, number: int) -> list[Pair]:
    return [pair for pair in random_pairs(rng, number, longest=30) if all(pair)]
