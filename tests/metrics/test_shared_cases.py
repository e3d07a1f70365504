"""Symptoms others reported of metrics, as the shared cases tell them."""

import json
import math
import time
from typing import Any

import pytest

from reviews.metrics.base import EMPTY_REFERENCE, Batch, Languages
from reviews.metrics.language import identify
from reviews.metrics.registry import REFERENCE_METRICS, metric, reference_metric
from tests.shared import shared_path


def read(case: str) -> tuple[dict[str, dict[str, str]], dict[str, Any]]:
    """The rows of a case by id, and what it expects."""
    text = shared_path(f"cases/{case}/input.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    return {row["id"]: row for row in rows}, json.loads(shared_path(f"cases/{case}/expected.json").read_bytes())


def test_empty_sides_neither_vanish_nor_count_as_perfect():
    rows, expected = read("metric-empty-sides")
    batch = Batch([row["hypothesis"] for row in rows.values()], [(row["reference"],) for row in rows.values()])
    for metric_id in ("bleu", "chrf", "ter"):
        scores = dict(zip(rows, reference_metric(metric_id).scores(batch), strict=True))
        first, last = (expected["sentence"][number][metric_id] for number in "15")
        assert scores["1"].value == scores["4"].value == first
        assert scores["5"].value == pytest.approx(last)
        assert [scores[number].reason for number in "23"] == [EMPTY_REFERENCE] * 2
        values = [score.value for score in scores.values() if score.value is not None]
        assert len(values) == expected["corpus"]["segments_scored"]
        assert len(scores) - len(values) == expected["corpus"]["left_out"]
        assert not any(math.isnan(value) for value in values)


def test_a_perfect_headline_does_not_have_the_worst_bleu():
    rows, expected = read("metric-short-segments-bleu")
    batch = Batch([row["hypothesis"] for row in rows.values()], [(row["reference"],) for row in rows.values()])
    for metric_id in ("bleu", "chrf"):
        values = dict(zip(rows, (score.value for score in reference_metric(metric_id).scores(batch)), strict=True))
        assert values == pytest.approx(expected[f"sentence_{metric_id}"], abs=expected["tolerance"])


def test_a_very_long_line_does_not_block_ter():
    rows, expected = read("metric-ter-long-line")
    batch = Batch([row["hypothesis"] for row in rows.values()], [(row["reference"],) for row in rows.values()])
    started = time.perf_counter()
    scores = reference_metric("ter").scores(batch)
    assert time.perf_counter() - started < expected["seconds_at_most"]
    assert [(score.value, score.reason) for score in scores] == [(None, "too long for TER (more than 1,000 words)")]
    for other in REFERENCE_METRICS:
        if other.id != "ter":
            assert all(score.value is not None for score in other.scores(batch))


def test_short_texts_get_no_language_and_long_ones_always_the_same():
    rows, expected = read("lang-short-segments")
    allowed = {"und": {None}, "no alarm": {"de", None}}
    for number, row in rows.items():
        found = {identify(row["text"], ("de", "en")) for _ in range(expected["repeat_runs_equal"])}
        assert len(found) == 1
        assert found <= allowed.get(expected["results"][number], {expected["results"][number]})


def test_short_texts_have_no_language_score():
    rows, expected = read("lang-short-segments")
    texts = [row["text"] for row in rows.values()]
    scores = dict(zip(rows, metric("language").scores(texts, texts, Languages("en", "de")), strict=True))
    undetermined = {number for number, result in expected["results"].items() if result in ("und", "no alarm")}
    assert {number for number, score in scores.items() if score.value is None} == undetermined
    assert (scores["8"].value, scores["9"].value) == (1.0, 0.0)
