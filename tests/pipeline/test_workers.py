"""Scoring by real worker processes over a real broker: complete, once, and whatever is killed meanwhile."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from django.db import transaction

from reviews import pipeline
from reviews.editing import jobs
from reviews.metrics.registry import METRICS
from reviews.models import (
    AuditEvent,
    BulkJob,
    Decision,
    DecisionKind,
    Document,
    Finding,
    Hypothesis,
    ImportBatch,
    Project,
    Score,
    Segment,
    TaskRun,
    WorkItem,
)
from reviews.models.audit import verify_stream
from reviews.models.scores import STATISTICS_COLUMNS
from reviews.models.states import verify
from reviews.routing.service import assess
from tests.editing.lanes import write
from tests.factories import make_document, segments_of
from tests.wmt import import_wmt22
from tests.workers import running_broker, running_worker, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

#: Of WMT 2022's first ones: some 150 segments, which keep a worker busy for a few seconds.
DOCUMENTS = 20


def import_some(folder: Path, slug: str, *options: str) -> Project:
    return import_wmt22(*options, slug=slug, documents=DOCUMENTS, folder=folder)


def scores(project: Project) -> list[tuple[object, ...]]:
    """All scores but for ids and times, in an order of their own."""
    key = ["hypothesis__document__external_id", "hypothesis__ordinal", "target__reference_set__label", "config"]
    rest = ["value", "reason", "hypothesis_hash", "target_hash", *STATISTICS_COLUMNS]
    return list(Score.objects.filter(target__project=project).order_by(*key).values_list(*key, *rest))


def findings(project: Project) -> list[tuple[object, ...]]:
    columns = ["source_hash", "target_hash", "check_name", "context_hash", "ordinal", "message"]
    return list(Finding.objects.filter(project=project).order_by(*columns).values_list(*columns))


def risks(project: Project) -> list[tuple[object, ...]]:
    rows = Segment.objects.filter(document__project=project).order_by("document__external_id", "risk_rank")
    return list(rows.values_list("document__external_id", "risk_rank", "risk_score"))


def all_done(project: Project) -> bool:
    return not TaskRun.objects.filter(project=project).exclude(state=TaskRun.State.DONE).exists()


def require_complete(project: Project) -> None:
    """Every run is done without an error, and what they and the batch count is what stands in the tables."""
    runs = list(TaskRun.objects.filter(project=project))
    assert [(run.todo, run.error, run.generation) for run in runs] == [([], "", 1)] * DOCUMENTS
    rows = Score.objects.filter(target__project=project)
    reasons = rows.exclude(reason="").values_list("reason", flat=True)
    counted = {"done": rows.filter(value__isnull=False).count(), "null": dict(Counter(reasons))}
    assert pipeline.scores_of(runs) == counted
    assert ImportBatch.objects.get(project=project).counts["scores"] == counted
    assert rows.count() == len(METRICS) * Hypothesis.objects.filter(document__project=project).count()
    items = WorkItem.objects.filter(project=project).order_by("document", "pk").values_list("document", "step", "state")
    documents = Document.objects.filter(project=project).order_by("pk").values_list("pk", flat=True)
    assert list(items) == [(pk, *item) for pk in documents for item in (("edit", "open"), ("approve", "waiting"))]


def test_a_worker_killed_while_it_scores_loses_and_doubles_nothing(tmp_path):
    alone = import_some(tmp_path, "alone", "--inline")
    expected = scores(alone)
    with running_broker() as broker:
        project = import_some(tmp_path, "killed")
        with running_worker(broker, visibility_timeout=2) as worker:
            wait_until(lambda: len(scores(project)) > len(expected) / 10)
            worker.kill()
        assert 0 < len(scores(project)) < len(expected)
        assert not all_done(project)
        with running_worker(broker, visibility_timeout=2):
            wait_until(lambda: all_done(project))
    assert scores(project) == expected
    assert findings(project) == findings(alone)
    require_complete(project)


@pytest.mark.services
def test_a_saved_text_is_not_checked_behind_a_whole_import(tmp_path):
    with running_broker() as broker:
        project = import_some(tmp_path, "busy")
        document = Document.objects.filter(project=project).last()
        pipeline.after_revision(document.pk)
        check = TaskRun.objects.get(kind=TaskRun.Kind.CHECK)
        with running_worker(broker):
            wait_until(lambda: TaskRun.objects.get(pk=check.pk).state == TaskRun.State.DONE)
            done = TaskRun.objects.filter(kind=TaskRun.Kind.SCORE, state=TaskRun.State.DONE).count()
    assert done < DOCUMENTS / 2


@pytest.mark.services
def test_messages_that_are_all_delivered_three_times_to_two_workers_count_once(tmp_path):
    alone = import_some(tmp_path, "alone", "--inline")
    with running_broker() as broker:
        project = import_some(tmp_path, "thrice")
        for run in [*TaskRun.objects.filter(project=project)] * 2:
            pipeline._send(run.pk, run.generation)
        with running_worker(broker), running_worker(broker):
            wait_until(lambda: all_done(project))
    assert scores(project) == scores(alone)
    assert findings(project) == findings(alone)
    require_complete(project)
    # What is usual in a project was read off while it grew; read off again at the end, both have the same risks.
    for pk in Document.objects.values_list("pk", flat=True):
        assess(pk)
    assert risks(project) == risks(alone)


@pytest.mark.services
def test_a_worker_killed_in_the_middle_of_a_bulk_job_approves_each_text_once(project, cast):
    """The job of the next worker goes on with the article that was begun; the broker delivers the message again."""
    documents = [make_document(project) for _ in range(30)]
    for document in documents:
        for segment in segments_of(document):
            write(segment, cast["anna"], "Anna’s.")
        document.refresh_from_db()
    seen = {document.pk: document.audit_number for document in documents}
    approvals = Decision.objects.filter(kind=DecisionKind.APPROVED)
    with running_broker() as broker:
        with transaction.atomic():
            job = jobs.start_job(project_id=project.pk, person=cast["ben"], act=BulkJob.Act.APPROVE, seen=seen)
            pipeline.after_job(job)
        with running_worker(broker, visibility_timeout=2) as worker:
            wait_until(lambda: approvals.count() > 4)
            worker.kill()
        done = approvals.count()
        job.refresh_from_db()
        assert 4 < done < 60
        assert job.state == BulkJob.State.RUNNING
        with running_worker(broker, visibility_timeout=2):
            wait_until(lambda: BulkJob.objects.get(pk=job.pk).state == BulkJob.State.DONE)
    job.refresh_from_db()
    assert sorted(line["document"] for line in job.report) == sorted(seen)
    assert {(line["done"], *line["refused"]) for line in job.report} == {(2,)}
    assert approvals.count() == len(set(approvals.values_list("revision", flat=True))) == 60
    assert AuditEvent.objects.filter(action="decision.approved").count() == 60
    for document in documents:
        document.refresh_from_db()
        assert verify(document) == []
        assert verify_stream(f"document:{document.pk}") == []
