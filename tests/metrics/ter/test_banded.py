"""Banded rows against sacrebleu's matrix, cell by cell and step by step."""

import random

import pytest

from reviews.metrics.ter.band import Band
from reviews.metrics.ter.banded import BandedRows
from reviews.metrics.ter.encoding import EncodedReference, columns_of
from reviews.metrics.ter.limits import Limits
from tests.metrics.ter.matrix import alignment_of, distance_of, non_empty, sacrebleu_matrix
from tests.metrics.ter.pairs import limit_sacrebleu


def banded(text: str, band: Band) -> BandedRows:
    return BandedRows(text, columns_of(text), band)


@pytest.mark.parametrize("beam", [1, 2, 3, 5, 25])
def test_every_cell_and_the_path_back_are_sacrebleus(beam, monkeypatch):
    limits = Limits(beam=beam)
    limit_sacrebleu(monkeypatch, limits)
    for hypothesis, reference in non_empty(random.Random(beam), 150):
        encoded = EncodedReference(reference)
        words = encoded.encode(hypothesis)
        band = Band.of_sacrebleu(len(hypothesis), len(reference), limits)
        rows = banded(encoded.text, band)
        rows.fill(words, 0)
        matrix, trace = sacrebleu_matrix(hypothesis, reference)
        for i in range(len(hypothesis) + 1):
            assert rows.values(i) == matrix[i][band.first[i] : band.end[i]]
        assert rows.trace(words) == alignment_of(trace, len(reference))


def test_rows_before_a_change_are_kept():
    reference = EncodedReference(list("abcde"))
    band = Band.of_sacrebleu(5, 5, Limits(beam=2))
    before, after = reference.encode(list("acbde")), reference.encode(list("acdeb"))
    rows, fresh = banded(reference.text, band), banded(reference.text, band)
    rows.fill(before, 0)
    kept = rows._rows[2]
    rows.fill(after, 2)
    fresh.fill(after, 0)
    assert rows._rows[2] is kept
    assert rows._rows == fresh._rows
    assert rows.trace(after) == fresh.trace(after)


def test_words_may_be_tried_after_a_row_without_being_kept():
    reference = EncodedReference(list("abcde"))
    rows = banded(reference.text, Band.of_sacrebleu(5, 5, Limits(beam=2)))
    rows.fill(reference.encode(list("acbde")), 0)
    before = list(rows._rows)
    tried = rows.values_after(reference.encode(list("bc")), 1)
    assert rows._rows == before
    rows.fill(reference.encode(list("abcde")), 1)
    assert tried == rows.values(3)


def test_the_same_cells_filled_backwards_give_what_remains(monkeypatch):
    """The cheapest path through row i costs what leads there and what leads on from there."""
    limits = Limits(beam=2)
    limit_sacrebleu(monkeypatch, limits)
    for hypothesis, reference in non_empty(random.Random(7), 100):
        n_h = len(hypothesis)
        encoded = EncodedReference(reference)
        words = encoded.encode(hypothesis)
        band = Band.of_sacrebleu(n_h, len(reference), limits)
        ahead, back = banded(encoded.text, band), banded(encoded.text[::-1], band.turned())
        ahead.fill(words, 0)
        back.fill(words[::-1], 0)
        for i in range(1, n_h + 1):
            through = [a + b for a, b in zip(ahead.values(i), back.values(n_h - i)[::-1], strict=True)]
            assert min(through) == distance_of(sacrebleu_matrix(hypothesis, reference)[1])
