"""Resampling: sacrebleu's draws and numbers on single texts, honest intervals and p-values on articles."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pytest
import sacrebleu
import sacrebleu.significance
from sacrebleu.metrics import BLEU, CHRF

from benchmarks.comparison import SixtyFourBits
from reviews.metrics.base import Batch
from reviews.metrics.registry import reference_metric
from reviews.reports import statistics
from reviews.reports.formulas import corpus_scores_of
from reviews.reports.statistics import holm, interval, resample
from tests.wmt import SYSTEMS, lines


def units_of(metric, systems, numbers):
    """Statistics by system, text and column."""
    references = lines("ref.A.en")
    rows = []
    for name in systems:
        texts = lines(f"systems/{name}.en")
        batch = Batch([texts[i] for i in numbers], [(references[i],) for i in numbers])
        rows.append([score.statistics for score in metric.scores(batch)])
    return np.array(rows, dtype=np.int64)


def by_document(units, numbers):
    documents = [row.split("\t")[1] for row in lines("docs.tsv")[1:]]
    places = [list(group) for _, group in groupby(range(len(numbers)), key=lambda i: documents[numbers[i]])]
    return np.stack([units[:, place].sum(axis=1) for place in places], axis=1)


# --- as sacrebleu does it ------------------------------------------------------------------------------


@dataclass
class Theirs:
    """What sacrebleu's paired test printed, by system and metric."""

    results: dict[str, dict[str, sacrebleu.significance.Result]]

    @classmethod
    def of(cls, kind, systems, numbers, samples):
        references = [[lines("ref.A.en")[i] for i in numbers]]
        metrics = {"bleu": BLEU(references=references), "chrf++": CHRF(word_order=2, references=references)}
        named = [(name, [lines(f"systems/{name}.en")[i] for i in numbers]) for name in systems]
        test = sacrebleu.significance.PairedTest(named, metrics, None, test_type=kind, n_samples=samples)
        _, table = test()
        found = {name: {} for name in systems}
        for column, key in (("BLEU", "bleu"), ("chrF2++", "chrf++")):
            for name, result in zip(systems, table[column], strict=True):
                found[name][key] = result
        return cls(found)


def numbers_of(kind, systems, numbers, samples):
    theirs = Theirs.of(kind, systems, numbers, samples).results
    for key in ("bleu", "chrf++"):
        metric = reference_metric(key)
        ours = resample(units_of(metric, systems, numbers), corpus_scores_of(metric, 1), baseline=0, samples=samples)
        for place, name in enumerate(systems):
            yield f"{name} {key}", theirs[name][key], ours.intervals[place], ours.differences[place]


def holds_to_the_digit(systems, numbers, samples, monkeypatch):
    monkeypatch.setattr(sacrebleu.significance, "np", SixtyFourBits())
    for what, theirs, ours, difference in numbers_of("bs", systems, numbers, samples):
        assert theirs.mean == ours.mean, what
        assert theirs.ci == 0.5 * (ours.high - ours.low), what
        if difference is not None:
            assert theirs.p_value == difference.p_bootstrap, what


def holds_as_released(systems, numbers, samples):
    """sacrebleu as it is: 32-bit sums are exact, but scores are computed in 32 bits."""
    for what, theirs, ours, difference in numbers_of("bs", systems, numbers, samples):
        assert theirs.mean == pytest.approx(ours.mean, rel=1e-6), what
        assert theirs.ci == pytest.approx(0.5 * (ours.high - ours.low), abs=1e-4), what
        if difference is not None:
            assert theirs.p_value == pytest.approx(difference.p_bootstrap, abs=1e-12), what


def holds_for_randomization(systems, numbers, samples):
    for what, theirs, _, difference in numbers_of("ar", systems, numbers, samples):
        if difference is not None:
            assert theirs.p_value == difference.p_randomization, what


SOME = sorted(random.Random(3).sample(range(1984), 250))


def test_resampling_texts_gives_sacrebleus_paired_bootstrap_to_the_digit(monkeypatch):
    holds_to_the_digit(SYSTEMS[:3], SOME, 200, monkeypatch)


def test_what_differs_from_sacrebleu_as_released_is_its_32_bit_arithmetic():
    holds_as_released(SYSTEMS[:3], SOME, 200)


def test_exchanging_texts_gives_sacrebleus_approximate_randomization():
    holds_for_randomization(SYSTEMS[:3], SOME, 200)


@pytest.mark.long
def test_all_nine_systems_of_wmt22_get_sacrebleus_paired_bootstrap(monkeypatch):
    holds_as_released(SYSTEMS, range(1984), 1000)
    holds_to_the_digit(SYSTEMS, range(1984), 1000, monkeypatch)


@pytest.mark.long
def test_all_nine_systems_of_wmt22_get_sacrebleus_approximate_randomization():
    holds_for_randomization(SYSTEMS, range(1984), 1000)


# --- what the numbers mean -----------------------------------------------------------------------------


def mean_of(sums):
    """A metric with two statistics, points and texts: easy to reckon with."""
    return 100 * sums[:, 0] / sums[:, 1]


def drawn(systems=2, units=50, seed=0, better=0):
    """Units of ten texts with some points; the last system has `better` more in each."""
    points = np.random.default_rng(seed).integers(0, 9, size=(systems, units))
    points[-1] += better
    return np.stack([points, np.full_like(points, 10)], axis=2)


def test_an_interval_is_the_middle_95_percent():
    assert interval(np.arange(1000.0)[::-1]) == statistics.Interval(mean=499.5, low=25.0, high=974.0)
    assert interval(np.arange(40.0)) == statistics.Interval(mean=19.5, low=1.0, high=38.0)


def test_an_interval_of_articles_has_the_width_that_theory_gives():
    units = drawn(units=400, seed=5)
    found = resample(units, mean_of, baseline=0).intervals[0]
    error = np.std(10 * units[0, :, 0]) / 20
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.06)


def test_a_clear_difference_is_clear_in_every_figure():
    units = drawn(better=3)
    found = resample(units, mean_of, baseline=0).differences
    assert found[0] is None
    assert found[1].value == pytest.approx(10 * (units[1] - units[0])[:, 0].mean())
    assert 0 < found[1].interval.low < found[1].value < found[1].interval.high
    assert found[1].p_randomization == found[1].p_bootstrap == 1 / 1001


def test_two_engines_with_the_same_texts_do_not_differ():
    units = drawn()
    units[1] = units[0]
    [_, found] = resample(units, mean_of, baseline=0).differences
    assert (found.value, found.interval.low, found.interval.high) == (0, 0, 0)
    assert found.p_randomization == found.p_bootstrap == 1


def test_engines_that_differ_by_chance_alone_are_called_different_as_rarely_as_promised():
    p_values = [resample(drawn(seed=seed), mean_of, baseline=0, samples=400).differences[1] for seed in range(200)]
    wrong = sum(found.p_randomization < statistics.SIGNIFICANCE for found in p_values)
    assert 2 <= wrong <= 20


def test_the_randomization_test_gives_the_p_that_counting_all_exchanges_gives():
    units = drawn(units=8, seed=4, better=1)
    exchanges = np.array(list(np.ndindex(*[2] * 8)), dtype=bool)
    exact = [
        abs(np.where(flip, units[1, :, 0], units[0, :, 0]).sum() - np.where(flip, units[0, :, 0], units[1, :, 0]).sum())
        for flip in exchanges
    ]
    observed = abs((units[1] - units[0])[:, 0].sum())
    [_, found] = resample(units, mean_of, baseline=0, samples=20_000).differences
    assert found.p_randomization == pytest.approx(np.mean(np.array(exact) >= observed), abs=0.01)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others():
    units = drawn(better=1)
    once, again, other = (resample(units, mean_of, baseline=0, seed=seed) for seed in (1, 1, 2))
    assert once == again
    assert once != other


def test_blocks_are_for_memory_and_change_nothing(monkeypatch):
    units = drawn(systems=3, better=1)
    whole = resample(units, mean_of, baseline=1)
    monkeypatch.setattr(statistics, "BLOCK_CELLS", 70)
    assert resample(units, mean_of, baseline=1) == whole


def test_articles_vary_more_than_their_texts_do():
    """Texts of one article resemble each other: resampling articles gives a wider interval than resampling texts."""
    numbers = range(600, 1000)
    metric = reference_metric("chrf")
    texts = units_of(metric, ["Online-B"], numbers)
    articles = by_document(texts, numbers)
    assert articles.sum() == texts.sum()
    widths = [
        found.high - found.low
        for units in (texts, articles)
        for found in resample(units, corpus_scores_of(metric, 1), baseline=0).intervals
    ]
    assert widths[1] > widths[0]


@pytest.mark.parametrize(
    ("units", "samples", "words"),
    [
        (np.zeros((2, 0, 2), dtype=np.int64), 1000, "there is no unit"),
        (drawn(), 39, "39 samples cannot show 95 % of anything: take at least 40"),
    ],
)
def test_what_cannot_be_resampled_is_refused(units, samples, words):
    with pytest.raises(ValueError, match=words):
        resample(units, mean_of, baseline=0, samples=samples)


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ([], []),
        ([0.03], [0.03]),
        ([0.01, 0.04, 0.03], [0.03, 0.06, 0.06]),  # p.adjust(c(.01, .04, .03), "holm") in R
        ([0.5, 0.9], [1.0, 1.0]),
        ([0.02, 0.001, 0.02, 0.3], [0.06, 0.004, 0.06, 0.3]),
    ],
)
def test_holm_makes_several_comparisons_as_strict_as_one(p_values, adjusted):
    assert holm(p_values) == pytest.approx(adjusted)
