"""Symptoms others reported of metrics, as the shared cases tell them."""

import json
import math
import time
from typing import Any

import pytest
import sacrebleu

from reviews.metrics.base import EMPTY_REFERENCE, Batch, Languages
from reviews.metrics.language import identify
from reviews.metrics.registry import REFERENCE_METRICS, metric, reference_metric
from reviews.metrics.runner import score_document
from reviews.models import Score
from tests.factories import make_document, make_project
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


@pytest.mark.django_db
def test_empty_sides_stay_with_their_segments_in_the_tables_and_in_the_corpus_score():
    rows, expected = read("metric-empty-sides")
    hypotheses, references = ([row[side] for row in rows.values()] for side in ("hypothesis", "reference"))
    sources = [f"Satz {number}." for number in rows]
    document = make_document(make_project(), sources, {"engine-a": hypotheses}, {"A": references})
    score_document(document.pk)
    for metric_id, corpus_score in (("bleu", sacrebleu.corpus_bleu), ("ter", sacrebleu.corpus_ter)):
        stored = Score.objects.filter(config__metric=metric_id).order_by("hypothesis__segment")
        scored = [(row.hypothesis.segment.external_id, row.value) for row in stored if row.value is not None]
        kept = [(hypotheses[int(number) - 1], references[int(number) - 1]) for number, _ in scored]
        assert [number for number, _ in scored] == ["1", "4", "5"]
        assert len(scored) == expected["corpus"]["segments_scored"]
        assert [row.reason for row in stored if row.value is None] == [EMPTY_REFERENCE] * expected["corpus"]["left_out"]
        one = reference_metric(metric_id)
        sums = [sum(getattr(row, f"s{i}") or 0 for row in stored) for i in range(1, one.width + 1)]
        assert one.corpus(sums, 1) == corpus_score([h for h, _ in kept], [[r for _, r in kept]]).score


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
