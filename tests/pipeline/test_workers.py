"""Scoring by real worker processes over a real broker: complete, once, and whatever is killed meanwhile."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction

from reviews import pipeline
from reviews.checks.runner import check_document
from reviews.metrics.runner import score_document
from reviews.models import CheckedPair, Document, Finding, ImportBatch, Project, Score, Segment, TaskRun, WorkItem
from reviews.models.scores import STATISTICS_COLUMNS
from reviews.routing.service import assess
from tests.wmt import make_wmt22
from tests.workers import running_broker, running_worker, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

#: Of WMT 2022's first ones: some 150 segments, which keep a worker busy for a few seconds.
DOCUMENTS = 20


def begin(project: Project) -> ImportBatch:
    """What an import does: a run for each document, in the document's transaction."""
    batch = ImportBatch.objects.create(project=project)
    for document in Document.objects.filter(project=project):
        with transaction.atomic():
            pipeline.after_import(document, batch)
    return batch


def all_done() -> bool:
    return not TaskRun.objects.exclude(state=TaskRun.State.DONE).exists()


def scores() -> list[tuple[object, ...]]:
    columns = ["hypothesis", "target__reference_set__label", "config__metric", "config__signature"]
    rest = ["value", "reason", "hypothesis_hash", "target_hash", *STATISTICS_COLUMNS]
    return list(Score.objects.order_by(*columns).values_list(*columns, *rest))


def findings() -> list[tuple[object, ...]]:
    columns = ["source_hash", "target_hash", "check_name", "context_hash", "ordinal", "message"]
    return list(Finding.objects.order_by(*columns).values_list(*columns))


def undisturbed() -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """Scores and findings as one process alone makes them; nothing of them stays."""
    for pk in Document.objects.values_list("pk", flat=True):
        score_document(pk)
        check_document(pk)
    made = scores(), findings()
    for model in (Score, Finding, CheckedPair):
        model.objects.all().delete()
    return made


def require_complete(batch: ImportBatch) -> None:
    """Every run is done without an error, and what they and the batch count is what stands in the tables."""
    runs = list(TaskRun.objects.all())
    assert [(run.todo, run.error, run.generation) for run in runs] == [([], "", 1)] * DOCUMENTS
    reasons = Score.objects.exclude(reason="").values_list("reason", flat=True)
    counted = {"done": Score.objects.filter(value__isnull=False).count(), "null": dict(Counter(reasons))}
    assert pipeline.scores_of(runs) == counted
    batch.refresh_from_db()
    assert batch.counts["scores"] == counted
    assert not Segment.objects.filter(risk_rank=None).exists()
    items = WorkItem.objects.order_by("document", "pk").values_list("document", "step", "state")
    documents = Document.objects.order_by("pk").values_list("pk", flat=True)
    assert list(items) == [(pk, *item) for pk in documents for item in (("edit", "open"), ("approve", "waiting"))]


def test_a_worker_killed_while_it_scores_loses_and_doubles_nothing():
    project = make_wmt22(documents=DOCUMENTS)
    expected = undisturbed()
    with running_broker() as broker:
        batch = begin(project)
        with running_worker(broker, visibility_timeout=2) as worker:
            wait_until(lambda: Score.objects.count() > len(expected[0]) / 10)
            worker.kill()
        assert 0 < Score.objects.count() < len(expected[0])
        assert not all_done()
        with running_worker(broker, visibility_timeout=2):
            wait_until(all_done)
    assert (scores(), findings()) == expected
    assert all(row is not None for row in expected)
    require_complete(batch)


def test_messages_that_are_all_delivered_three_times_to_two_workers_count_once():
    project = make_wmt22(documents=DOCUMENTS)
    expected = undisturbed()
    with running_broker() as broker:
        batch = begin(project)
        for _ in range(2):
            for run in TaskRun.objects.all():
                pipeline._send(run.pk, run.generation)
        with running_worker(broker), running_worker(broker):
            wait_until(all_done)
    assert (scores(), findings()) == expected
    require_complete(batch)
    ranks = dict(Segment.objects.values_list("pk", "risk_rank"))
    for pk in Document.objects.values_list("pk", flat=True):
        assess(pk)
    assert dict(Segment.objects.values_list("pk", "risk_rank")) == ranks
