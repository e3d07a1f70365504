"""docs/metrics.md says what the registry says."""

import re
from pathlib import Path

import pytest

from reviews.metrics import base, consensus, language
from reviews.metrics.base import Languages, ReferenceMetric, SourceSignal
from reviews.metrics.registry import METRICS
from reviews.metrics.runner import PARTIAL, UNALIGNED, WITH_PREVIOUS
from reviews.metrics.ter.metric import TOO_LONG

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8").replace("\\|", "|")
BETTER = {True: "higher", False: "lower", None: "neither"}
AGAINST = {"reference": "references", "source": "source", "engines": "other engines"}
REASONS = [
    base.NO_REFERENCE,
    base.EMPTY_REFERENCE,
    base.EMPTY_SOURCE,
    UNALIGNED,
    WITH_PREVIOUS,
    PARTIAL,
    TOO_LONG,
    consensus.NEEDS_ENGINES,
    language.TOO_SHORT,
    language.UNDETERMINED,
    language.NO_PROFILE,
    language.SAME_LANGUAGE,
]


def signature(metric):
    if isinstance(metric, ReferenceMetric):
        return metric.signature(1)
    return metric.signature(Languages("de", "en")) if isinstance(metric, SourceSignal) else metric.signature()


def test_the_table_holds_every_metric_in_the_order_of_the_registry():
    rows = re.findall(r"^\| `([^`]+)` \| (.+?) \| (.+?) \| (.+?) \| (higher|lower|neither) \| (yes|no) \|$", PAGE, re.M)
    assert rows == [
        (m.id, m.name, AGAINST[m.against], m.unit, BETTER[m.higher_is_better], "yes" if m.ranks_systems else "no")
        for m in METRICS
    ]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.id)
def test_every_signature_stands_there(metric):
    assert f"`{signature(metric)}`" in PAGE


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_for_no_score_stands_there(reason):
    assert f"`{reason}`" in PAGE


def test_statistics_stand_there_as_the_metrics_name_them():
    counted = {metric.id: metric.width for metric in METRICS if isinstance(metric, ReferenceMetric)}
    for metric_id in ("bleu", "chrf", "chrf++"):
        assert re.search(rf"^\| `{re.escape(metric_id)}` \|[^\n]*\| {counted[metric_id]}: ", PAGE, re.M)
    names = {metric.id: metric.statistic_names for metric in METRICS if isinstance(metric, ReferenceMetric)}
    assert names["bleu"][:3] == ("words of the hypothesis", "words of the closest reference", "1-grams that match")
    assert names["bleu"][6] == "1-grams of the hypothesis"
    assert names["chrf++"][:3] == tuple(
        f"character 1-grams {side}" for side in ("of the hypothesis", "of the reference", "that match")
    )
    assert names["chrf++"][-1] == "word 2-grams that match"
    assert names["ter"] == names["edit_rate"] == ("edits", "words of the references")
