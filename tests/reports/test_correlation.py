"""Correlations against hand-worked values, counting one by one, and what the WMT metrics task of 2023 published."""

import math
import random
from itertools import combinations

import numpy as np
import pytest

from reviews.importing.scorefiles.places import read_places
from reviews.importing.scorefiles.segscore import read_judgements
from reviews.reports.correlation import kendall_tau_b, order_agreement, pairwise_accuracy, pearson, worst_auc
from tests.shared import shared_path

WMT23 = "data/wmt23-en-de"


def scores(relative, left_out=("refA",)):
    places = read_places(shared_path(f"{WMT23}/docs.txt"))
    rows = read_judgements(shared_path(f"{WMT23}/{relative}.seg.score"), places)
    return {(row.system, row.document, row.segment): row.value for row in rows if row.system not in left_out}


def test_pearson_is_the_textbook_s():
    """Hand-worked: deviations (-2, -1, 0, 1, 2) and (-2, 1, -1, 0, 2), so 7 / sqrt(10 · 10)."""
    assert pearson([1, 2, 3, 4, 5], [1, 4, 2, 3, 5]) == pytest.approx(0.7)
    assert pearson([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)


def test_tau_b_is_the_textbook_s():
    """Hand-worked: of 6 pairs 5 are concordant and one is tied on the first side; then 5 concordant, 1 discordant."""
    assert kendall_tau_b([1, 2, 2, 3], [1, 3, 2, 4]) == pytest.approx(5 / math.sqrt(5 * 6))
    assert kendall_tau_b([1, 2, 3, 4], [1, 2, 4, 3]) == pytest.approx(4 / 6)
    assert kendall_tau_b([1, 2, 3], [3, 2, 1]) == -1


def counted_tau_b(x, y):
    signs = [(np.sign(x[i] - x[j]), np.sign(y[i] - y[j])) for i, j in combinations(range(len(x)), 2)]
    untied = math.sqrt(sum(a != 0 for a, _ in signs) * sum(b != 0 for _, b in signs))
    return sum(a * b for a, b in signs) / untied if untied else None


def test_tau_b_is_what_counting_every_pair_gives():
    numbers = random.Random(3)
    for _ in range(300):
        x, y = ([numbers.randint(0, 5) for _ in range(size)] for size in [numbers.randint(2, 12)] * 2)
        expected = counted_tau_b(x, y)
        assert kendall_tau_b(x, y) == (expected if expected is None else pytest.approx(expected))


def counted_accuracy(groups, epsilon):
    shares = []
    for group in groups:
        right = [
            np.sign(h1 - h2) == (0 if abs(m1 - m2) <= epsilon else np.sign(m1 - m2))
            for (h1, m1), (h2, m2) in combinations(group, 2)
        ]
        if right:
            shares.append(sum(right) / len(right))
    return sum(shares) / len(shares)


def test_pairwise_accuracy_is_the_best_that_any_epsilon_gives():
    numbers = random.Random(4)
    for _ in range(100):
        groups = [
            [(numbers.randint(0, 3), numbers.randint(0, 20)) for _ in range(numbers.randint(1, 5))] for _ in range(4)
        ]
        found = pairwise_accuracy(groups)
        if all(len(group) < 2 for group in groups):
            assert found is None
            continue
        assert found.accuracy == pytest.approx(max(counted_accuracy(groups, epsilon) for epsilon in range(21)))
        assert counted_accuracy(groups, found.epsilon) == pytest.approx(found.accuracy)


def test_people_s_ties_are_met_by_small_differences():
    found = pairwise_accuracy([[(0, 1.0), (0, 1.2), (5, 9.0)]])
    assert (found.accuracy, found.pairs, found.groups) == (1.0, 3, 1)
    assert found.epsilon == pytest.approx(0.2)


#: Accuracy with tie calibration and Pearson's correlation over single texts, English-German, in the results of the WMT
#: 2023 metrics task (Freitag et al. 2023).
PUBLISHED = [
    ("XCOMET-Ensemble-refA", 0.604, 0.695),
    ("MetricX-23-QE-src", 0.596, 0.626),
    ("XCOMET-QE-Ensemble-src", 0.588, 0.679),
    ("COMET-refA", 0.574, 0.432),
    ("BLEURT-20-refA", 0.572, 0.484),
    ("GEMBA-MQM-src", 0.572, 0.502),
    ("CometKiwi-src", 0.569, 0.475),
    ("BLEU-refA", 0.520, 0.192),
    ("chrF-refA", 0.519, 0.232),
]


@pytest.mark.parametrize(("name", "accuracy", "linear"), PUBLISHED)
def test_the_published_figures_of_wmt23_come_out(name, accuracy, linear):
    human, metric = scores("human/mqm"), scores(f"metric-scores/{name}")
    groups = {}
    for (system, *segment), value in human.items():
        groups.setdefault(tuple(segment), []).append((value, metric[system, *segment]))
    by_people, by_metric = zip(*(pair for group in groups.values() for pair in group), strict=True)
    assert (len(by_people), len(groups)) == (5520, 460)
    assert pairwise_accuracy(groups.values()).accuracy == pytest.approx(accuracy, abs=0.0005)
    assert pearson(by_people, by_metric) == pytest.approx(linear, abs=0.0005)


def test_the_second_annotator_agrees_with_the_first_as_measured():
    """With the human reference among the engines tau-b and Pearson; without it how well the worst tenth is found."""
    first, second = (scores(f"human/esa-campaign/ESA-{number}", left_out=()) for number in (1, 2))
    assert len(first) == 2691
    assert kendall_tau_b(list(first.values()), [second[key] for key in first]) == pytest.approx(0.275, abs=0.0005)
    assert pearson(list(first.values()), [second[key] for key in first]) == pytest.approx(0.48, abs=0.005)
    engines = [key for key in first if key[0] != "refA"]
    found = worst_auc([first[key] for key in engines], [second[key] for key in engines])
    assert found == pytest.approx(0.807, abs=0.0005)


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("chrF-refA", 0.814),
        ("CometKiwi-src", 0.868),
        ("CometKiwi-XXL-src", 0.859),
        ("GEMBA-MQM-src", 0.821),
        ("COMET-refA", 0.827),
        ("MetricX-23-QE-src", 0.728),
        ("XCOMET-QE-Ensemble-src", 0.710),
        ("BLEU-refA", 0.773),
    ],
)
def test_the_worst_tenth_by_esa_is_found_as_well_as_measured(metric, expected):
    first, second = scores("human/esa-campaign/ESA-1"), scores("human/esa-campaign/ESA-2")
    found = scores(f"metric-scores/{metric}")
    human = [(first[key] + second[key]) / 2 for key in first]
    assert worst_auc(human, [found[key] for key in first]) == pytest.approx(expected, abs=0.0005)


def test_the_area_counts_ties_half_and_takes_all_as_bad_as_the_last():
    assert worst_auc([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) == 1
    assert worst_auc([1, 2, 3, 4], [5, 5, 5, 5], share=0.25) == 0.5
    assert worst_auc([1, 1, 3, 4], [0, 9, 5, 6], share=0.25) == 0.5


def test_engines_are_ordered_pair_by_pair():
    assert order_agreement([1, 2, 3], [10, 30, 20]) == pytest.approx(2 / 3)
    assert order_agreement([1, 1, 2], [5, 6, 7]) == 1
    assert order_agreement([1, 2], [5, 5]) == 0


def test_what_cannot_be_said_is_none_and_not_zero():
    assert pearson([], []) is pearson([1], [1]) is pearson([1, 2], [3, 3]) is None
    assert kendall_tau_b([], []) is kendall_tau_b([1], [1]) is kendall_tau_b([1, 2], [3, 3]) is None
    assert pairwise_accuracy([]) is pairwise_accuracy([[(1, 1)]]) is None
    assert worst_auc([], []) is worst_auc([1, 1], [1, 2]) is None
    assert order_agreement([1], [1]) is order_agreement([1, 1], [1, 2]) is None


@pytest.mark.parametrize("figure", [pearson, kendall_tau_b, order_agreement, worst_auc])
def test_lists_of_different_length_are_refused(figure):
    with pytest.raises(ValueError, match="2 human scores but 1 of the metric"):
        figure([1, 2], [1])
