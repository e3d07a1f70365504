import math
from itertools import product

import pytest
from sacrebleu.metrics import lib_ter

from reviews.metrics.ter.band import Band, safe_distance
from reviews.metrics.ter.limits import SACREBLEU, Limits
from tests.metrics.ter.pairs import limit_sacrebleu

SIZES = [*product(range(1, 13), range(13)), (1, 80), (80, 1), (3, 60), (40, 7)]


def filled_by_sacrebleu(n_h: int, n_r: int) -> list[list[int]]:
    """Columns of rows 1 to n_h that hold a number."""
    infinite = lib_ter._INT_INFINITY
    distance = lib_ter.BeamEditDistance(["r"] * n_r)
    _, rows, _ = distance._edit_distance(["h"] * n_h, 0, [distance._initial_row])
    return [[j for j, (value, _) in enumerate(row) if value < infinite] for row in rows]


@pytest.mark.parametrize("beam", [1, 2, 4, 25])
def test_the_band_is_the_cells_sacrebleu_fills(beam, monkeypatch):
    limits = Limits(beam=beam)
    limit_sacrebleu(monkeypatch, limits)
    for n_h, n_r in SIZES:
        band = Band.of_sacrebleu(n_h, n_r, limits)
        columns = [list(range(first, end)) for first, end in zip(band.first[1:], band.end[1:], strict=True)]
        assert columns == filled_by_sacrebleu(n_h, n_r), (n_h, n_r)


@pytest.mark.parametrize("beam", [1, 2, 4])
def test_no_path_of_at_most_the_safe_distance_leaves_the_band(beam):
    """Through cell (i, j) a path costs at least |i - j| before and |(n_h - i) - (n_r - j)| after it."""
    for n_h, n_r in SIZES:
        band = Band.of_sacrebleu(n_h, n_r, Limits(beam=beam))
        outside = [
            abs(i - j) + abs((n_h - i) - (n_r - j))
            for i in range(1, n_h + 1)
            for j in range(n_r + 1)
            if not band.first[i] <= j < band.end[i]
        ]
        safe = safe_distance(n_h, n_r, Limits(beam=beam))
        assert all(safe < cost for cost in outside), (n_h, n_r)
        assert (safe == math.inf) == (not outside), (n_h, n_r)


def test_the_safe_distance_is_infinite_when_nothing_lies_outside():
    assert safe_distance(24, 24, SACREBLEU) == math.inf
    assert safe_distance(40, 40, SACREBLEU) == 49


def test_a_band_turned_twice_is_itself():
    for n_h, n_r in SIZES:
        band = Band.of_sacrebleu(n_h, n_r, Limits(beam=2))
        assert band.turned().turned() == band
