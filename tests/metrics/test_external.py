"""Metrics of score files keep their orientation in their signature."""

import pytest

from reviews.metrics.external import ExternalMetric, MetricNameError, external_metric
from reviews.metrics.registry import METRICS, UnknownMetricError, described, metric, new_external


@pytest.mark.parametrize("higher", [True, False])
@pytest.mark.parametrize("against", ["reference", "source"])
def test_a_signature_reads_back_as_the_metric(higher, against):
    made = new_external("CometKiwi@22", higher_is_better=higher, against=against)
    assert external_metric(made.id, made.signature) == made
    assert described(made.id, made.signature) == made


def test_a_signature_of_ours_is_no_score_file_s():
    bleu = metric("bleu")
    assert external_metric("bleu", bleu.signature(1)) is None
    assert described("bleu", bleu.signature(1)) is bleu
    with pytest.raises(UnknownMetricError):
        described("comet", "external|against:moon|better:higher|rules:1")


@pytest.mark.parametrize("name", ["", " comet", "a:b", "x" * 41, "ü", "-comet", "a\nb", "a/b"])
def test_it_refuses_a_name_that_screens_and_keys_cannot_hold(name):
    with pytest.raises(MetricNameError, match="is no name for a metric"):
        ExternalMetric(name, True, "source")


@pytest.mark.parametrize("known", [entry.id for entry in METRICS] + ["BLEU"])
def test_a_metric_that_is_computed_here_cannot_come_from_a_file(known):
    with pytest.raises(MetricNameError, match=r"is computed here\. Give the file's scores another name"):
        new_external(known, higher_is_better=True, against="source")
