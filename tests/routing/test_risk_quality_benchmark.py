"""The benchmark of the risk model: its measures, its floors, and where the frozen shares come from."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from benchmarks import risk_quality
from reviews.reports.correlation import worst_auc
from reviews.routing.risk_weights import WEIGHTS

WORST = np.array([True, False, True, False, False])


@pytest.mark.parametrize(
    ("order", "expected"),
    [([5, 3, 4, 2, 1], 1.0), ([1, 3, 2, 4, 5], 0.0), ([1, 1, 1, 1, 1], 0.5), ([5, 4, 3, 2, 1], 5 / 6)],
)
def test_the_area_is_the_chance_that_a_bad_text_comes_first(order, expected):
    assert risk_quality.area(WORST, np.array(order, float)) == pytest.approx(expected)


def test_the_area_is_that_of_the_report_of_human_scores():
    random = np.random.default_rng(7)
    human, metric = random.normal(size=200).round(1), random.normal(size=200).round(1)
    worst = human <= np.sort(human)[19]
    assert risk_quality.area(worst, -metric) == pytest.approx(worst_auc(list(human), list(metric)))


def test_what_is_found_first_is_a_share_of_the_worst():
    assert risk_quality.found_first(WORST, np.array([5.0, 4.0, 3.0, 2.0, 1.0])) == 0.5
    assert risk_quality.found_first(WORST, np.array([1.0, 4.0, 3.0, 2.0, 5.0])) == 0.0


def test_only_texts_that_are_read_in_full_are_found_in_the_words():
    order = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    assert risk_quality.found_in_words(WORST, order, np.array([10.0, 10.0, 10.0, 10.0, 10.0])) == 0.5
    assert risk_quality.found_in_words(WORST, order, np.array([11.0, 10.0, 9.0, 10.0, 10.0])) == 0.0


@pytest.mark.long
@pytest.mark.parametrize("name", list(risk_quality.FLOORS))
def test_the_order_by_risk_reaches_its_floor(queues, name):
    assert not risk_quality.below_floor(name, queues[name])


@pytest.mark.long
def test_with_engines_of_mixed_quality_the_risk_finds_more_than_consensus_alone(queues):
    for name in ("ESA, all systems", "DA+SQM, all systems"):
        queue = queues[name]
        order, base = queue.each(risk_quality.risk), queue.each(risk_quality.consensus)
        _, _, gains = risk_quality.bootstrap(queue, order, base, 100)
        assert np.quantile(gains, 0.025) > 0


@pytest.fixture(scope="module")
def queues():
    return risk_quality.queues()


@pytest.mark.long
def test_the_frozen_shares_are_those_of_the_texts_they_are_said_to_be_of():
    found = risk_quality.frozen_points()
    for entry in fields(WEIGHTS.engines):
        points = getattr(WEIGHTS.engines, entry.name).points
        assert np.array(points) == pytest.approx(np.array(found[entry.name]), abs=0.0011), entry.name
