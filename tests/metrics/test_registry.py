from pathlib import Path

import pytest

from reviews.metrics.base import Languages
from reviews.metrics.registry import (
    CONSENSUS,
    METRICS,
    REFERENCE_METRICS,
    SOURCE_SIGNALS,
    UnknownMetricError,
    metric,
    reference_metric,
)


def test_the_metrics_stand_in_the_order_they_are_shown():
    assert [m.id for m in REFERENCE_METRICS] == ["bleu", "chrf", "chrf++", "ter", "edit_rate"]
    assert [m.id for m in SOURCE_SIGNALS] == ["length_ratio", "language"]
    assert list(METRICS) == [*REFERENCE_METRICS, *SOURCE_SIGNALS, CONSENSUS]


def test_only_metrics_against_references_rank_systems():
    assert [m for m in METRICS if m.ranks_systems] == list(REFERENCE_METRICS)


def test_ids_are_unique():
    assert len({m.id for m in METRICS}) == len(METRICS)


@pytest.mark.parametrize("entry", METRICS, ids=lambda entry: entry.id)
def test_every_metric_says_what_it_is(entry):
    assert entry.name
    assert entry.unit
    assert entry.description.endswith(".")
    assert entry.higher_is_better in (True, False, None)
    assert metric(entry.id) is entry


@pytest.mark.parametrize("entry", METRICS, ids=lambda entry: entry.id)
def test_every_metric_has_its_test_file(entry):
    module = Path(*type(entry).__module__.removeprefix("reviews.metrics.").split("."))
    assert (Path(__file__).parent / module.with_name(f"test_{module.name}.py")).is_file()


def test_statistics_fit_the_columns_they_are_stored_in():
    assert [m.width for m in REFERENCE_METRICS] == [10, 18, 24, 2, 2]


def test_signatures_fit_their_column():
    signatures = [m.signature(12) for m in REFERENCE_METRICS]
    signatures += [s.signature(Languages("de-AT", "en-GB")) for s in SOURCE_SIGNALS]
    signatures.append(CONSENSUS.signature())
    assert len(set(signatures)) == len(METRICS)
    assert all(0 < len(signature) <= 200 for signature in signatures)


def test_an_unknown_metric_is_refused_with_the_known_ones():
    with pytest.raises(
        UnknownMetricError,
        match=r"unknown metric 'blue': choose from bleu, chrf, chrf\+\+, ter, edit_rate, length_ratio",
    ):
        metric("blue")


def test_a_signal_is_no_reference_metric():
    with pytest.raises(
        UnknownMetricError, match=r"unknown metric 'language': choose from bleu, chrf, chrf\+\+, ter, edit_rate$"
    ):
        reference_metric("language")
