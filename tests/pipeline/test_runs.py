"""The life of a background run: chunks once each, one next step, errors seen, nothing old written over new."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from reviews import pipeline
from reviews.editing.claims import take_next
from reviews.editing.saving import save_revision
from reviews.metrics import runner as metrics
from reviews.metrics.registry import METRICS
from reviews.models import CheckedPair, ImportBatch, Score, Step, TaskRun, WorkItem, WorkState
from reviews.models.in_force import cut
from tests.factories import add_hypothesis, make_cast, make_document, make_project, segments_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db

SOURCES = ["Es kamen 120 Gäste.", "Der Zug hält heute in Kiel.", "Morgen scheint die Sonne."]
ENGINE = ["There were 210 guests.", "The train stops in Kiel today.", "Tomorrow the sun shines."]
REFERENCE = ["120 guests came.", "The train stops in Kiel today.", "The sun will shine tomorrow."]
DONE, FAILED, RUNNING = TaskRun.State.DONE, TaskRun.State.FAILED, TaskRun.State.RUNNING


@pytest.fixture
def document(project):
    return make_document(project, SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})


@pytest.fixture
def in_chunks(monkeypatch):
    """Every segment is a chunk of its own."""
    monkeypatch.setattr(pipeline, "cut", lambda document: cut(document, size=1))


def begin(document, batch=None):
    with transaction.atomic():
        return pipeline.after_import(document, batch, publish=False)


def run_all(run):
    for chunk in list(run.todo):
        pipeline.run_chunk(run.pk, run.generation, chunk)
    run.refresh_from_db()
    return run


def next_step(monkeypatch, step):
    """What follows the last chunk of a scoring run, for one test."""
    kind = TaskRun.Kind.SCORE
    monkeypatch.setitem(pipeline._COURSES, kind, replace(pipeline._COURSES[kind], then=step))


def next_steps(monkeypatch):
    """The documents whose next step was taken, as it is taken."""
    taken = []
    next_step(monkeypatch, lambda pk: taken.append(pk) or pipeline.after_scored(pk))
    return taken


# --- from import to work --------------------------------------------------------------------------------


def test_an_import_ends_with_scores_findings_risk_and_work(document, in_chunks):
    run = begin(document)
    assert (run.todo, run.state) == ([0, 1, 2], RUNNING)
    run_all(run)
    assert (run.todo, run.state, run.error) == ([], DONE, "")
    assert Score.objects.filter(hypothesis__document=document).count() == 3 * len(METRICS)
    assert CheckedPair.objects.count() == 5  # three hypotheses, three references, one of them the same text
    assert segments_of(document)[0].risk_reasons[0] == "number changed"
    assert list(WorkItem.objects.values_list("step", "state")) == [("edit", "open"), ("approve", "waiting")]


def test_each_chunk_tells_what_it_came_to(document, in_chunks):
    add_hypothesis(document, "engine-a", 2, "Sun.", number=2)
    run = run_all(begin(document))
    assert pipeline.scores_of([run]) == {
        "done": Score.objects.filter(value__isnull=False).count(),
        "null": {"needs three engines": 3, "too short to tell": 1},
    }
    # The number that changed, and the sentence cut down to a word.
    assert sum(counts["checks"]["findings"] for counts in run.counts.values()) == 2


def test_an_article_without_any_translation_gets_work_all_the_same(project):
    document = make_document(project, SOURCES, {})
    run = run_all(begin(document))
    assert run.state == DONE
    assert WorkItem.objects.filter(document=document, step="edit", state="open").exists()


def test_the_batch_is_told_once_its_last_run_is_done(project):
    batch = ImportBatch.objects.create(project=project, counts={"documents": {"new": 2}})
    runs = [begin(make_document(project, SOURCES, {"engine-a": ENGINE}), batch) for _ in range(2)]
    run_all(runs[0])
    batch.refresh_from_db()
    assert "scores" not in batch.counts
    run_all(runs[1])
    batch.refresh_from_db()
    assert batch.counts == {"documents": {"new": 2}, "scores": pipeline.scores_of(runs)}
    assert batch.counts["scores"]["done"] > 0


# --- once ---------------------------------------------------------------------------------------------------


def test_a_chunk_delivered_twice_counts_once_and_the_next_step_is_taken_once(document, in_chunks, monkeypatch):
    taken = next_steps(monkeypatch)
    run = begin(document)
    for _ in range(2):
        for chunk in (2, 0, 1, 0, 2):
            pipeline.run_chunk(run.pk, run.generation, chunk)
    run.refresh_from_db()
    assert taken == [document.pk]
    assert (run.state, run.attempts) == (DONE, 0)
    assert pipeline.scores_of([run])["done"] == Score.objects.filter(value__isnull=False).count()


def test_only_one_caller_is_told_that_it_took_the_last_chunk(document, in_chunks):
    run = begin(document)
    told = [pipeline.finish_chunk(run.pk, run.generation, chunk, {}) for chunk in (0, 1, 1, 2, 2, 0)]
    assert told == [False, False, False, True, False, False]


@pytest.mark.django_db(transaction=True)
def test_many_workers_with_the_same_messages_take_the_next_step_once(monkeypatch):
    document = make_document(make_project(), SOURCES, {"engine-a": ENGINE}, {"A": REFERENCE})
    monkeypatch.setattr(pipeline, "cut", lambda document: cut(document, size=1))
    monkeypatch.setattr(pipeline, "MAX_STARTS", 99)
    taken = next_steps(monkeypatch)
    run = begin(document)

    def work(_: int) -> None:
        for chunk in (0, 1, 2):
            pipeline.run_chunk(run.pk, run.generation, chunk)

    at_once(work, 4)
    run.refresh_from_db()
    assert (taken, run.state, Score.objects.count()) == ([document.pk], DONE, 3 * len(METRICS))


def test_a_task_for_a_run_that_is_gone_returns_quietly():
    pipeline.run_chunk(4711, 1, 0)
    pipeline.work_through(4711)


# --- newer work ---------------------------------------------------------------------------------------------


def test_a_second_import_starts_the_unfinished_run_afresh(document, in_chunks):
    first = begin(document)
    pipeline.run_chunk(first.pk, first.generation, 0)
    second = begin(document)
    assert (second.pk, second.generation, second.todo, second.counts) == (first.pk, 2, [0, 1, 2], {})
    assert pipeline.finish_chunk(first.pk, 1, 1, {}) is False
    pipeline.run_chunk(first.pk, 1, 2)
    second.refresh_from_db()
    assert second.todo == [0, 1, 2]
    assert run_all(second).state == DONE


def test_a_finished_run_stays_as_it_is_and_a_new_one_begins(document):
    first = run_all(begin(document))
    second = begin(document)
    assert second.pk != first.pk
    assert list(TaskRun.objects.order_by("pk").values_list("state", flat=True)) == [DONE, RUNNING]


def test_what_was_read_before_newer_work_began_is_not_written(document, monkeypatch):
    """A worker has computed its chunk; before it writes, an import brings the engine's next run."""
    run = begin(document)
    compute = metrics.compute

    def compute_then_import(texts):
        changes = compute(texts)
        monkeypatch.setattr(metrics, "compute", compute)
        for place, text in enumerate(REFERENCE):
            add_hypothesis(document, "engine-a", place, text, number=2)
        begin(document)
        return changes

    monkeypatch.setattr(metrics, "compute", compute_then_import)
    pipeline.run_chunk(run.pk, 1, 0)
    assert not Score.objects.exists()
    run.refresh_from_db()
    assert (run.generation, run.todo) == (2, [0])
    run_all(run)
    assert set(Score.objects.values_list("hypothesis__number", flat=True)) == {2}


def test_a_run_that_starts_afresh_while_its_risk_is_assessed_stays_open(document, monkeypatch):
    run = begin(document)
    kind = TaskRun.Kind.SCORE
    again = replace(pipeline._COURSES[kind], prepare=lambda pk: begin(document))
    monkeypatch.setitem(pipeline._COURSES, kind, again)
    pipeline.run_chunk(run.pk, 1, 0)
    run.refresh_from_db()
    assert (run.state, run.generation, run.todo) == (RUNNING, 2, [0])
    assert not WorkItem.objects.exists()


# --- errors -------------------------------------------------------------------------------------------------


def failing(monkeypatch, *errors):
    """Scoring raises these errors, one a time, then works."""
    compute, left = metrics.compute, list(errors)

    def fail_first(texts):
        if left:
            raise left.pop(0)
        return compute(texts)

    monkeypatch.setattr(metrics, "compute", fail_first)


def test_an_error_that_will_not_pass_fails_the_run_where_all_can_see_it(document, in_chunks, monkeypatch):
    failing(monkeypatch, ValueError("a metric broke"))
    run = begin(document)
    with pytest.raises(ValueError, match="a metric broke"):
        pipeline.run_chunk(run.pk, 1, 0)
    run.refresh_from_db()
    assert (run.state, run.error, run.attempts) == (FAILED, "chunk 0: ValueError: a metric broke", 1)
    pipeline.run_chunk(run.pk, 1, 1)
    run.refresh_from_db()
    assert (run.state, run.todo) == (FAILED, [0, 2])


def test_an_error_that_may_pass_leaves_the_run_going(document, monkeypatch):
    failing(monkeypatch, OperationalError("database is locked"))
    run = begin(document)
    with pytest.raises(OperationalError):
        pipeline.run_chunk(run.pk, 1, 0)
    run.refresh_from_db()
    assert (run.state, run.attempts) == (RUNNING, 1)
    assert "database is locked" in run.error
    assert (run_all(run).state, run.error, run.attempts) == (DONE, "", 1)


def test_the_third_error_of_a_chunk_fails_the_run(document, monkeypatch):
    failing(monkeypatch, *[OperationalError("database is locked")] * 3)
    run = begin(document)
    for state in (RUNNING, RUNNING, FAILED):
        with pytest.raises(OperationalError):
            pipeline.run_chunk(run.pk, 1, 0)
        run.refresh_from_db()
        assert run.state == state
    assert run.attempts == 3


def test_a_chunk_that_kills_its_worker_each_time_fails_the_run_in_the_end(document):
    run = begin(document)
    for _ in range(pipeline.MAX_STARTS):
        assert pipeline.start_chunk(run.pk, 1, 0) is not None
    assert pipeline.start_chunk(run.pk, 1, 0) is None
    run.refresh_from_db()
    assert (run.state, run.error) == (FAILED, "chunk 0 was begun 3 times and never finished")


def test_a_failed_run_starts_afresh_when_asked_again(document, monkeypatch):
    failing(monkeypatch, ValueError("a metric broke"))
    run = begin(document)
    with pytest.raises(ValueError, match="a metric broke"):
        pipeline.run_chunk(run.pk, 1, 0)
    again = pipeline.rescore(document, publish=False)
    assert (again.pk, again.generation, again.state, again.error, again.attempts) == (run.pk, 2, RUNNING, "", 0)
    assert run_all(again).state == DONE


def test_an_error_in_the_next_step_is_seen_and_leaves_the_run_open(document, monkeypatch):
    def broken(pk):
        pipeline.after_scored(pk)
        raise KeyError("a rule broke")

    next_step(monkeypatch, broken)
    run = begin(document)
    with pytest.raises(KeyError):
        pipeline.run_chunk(run.pk, 1, 0)
    run.refresh_from_db()
    assert (run.state, run.todo) == (FAILED, [0])
    assert "a rule broke" in run.error
    assert not WorkItem.objects.exists()
    next_step(monkeypatch, pipeline.after_scored)
    assert run_all(run).state == DONE


def test_a_worker_that_dies_before_the_next_step_leaves_its_chunk_to_be_delivered_again(document, monkeypatch):
    class Killed(BaseException):
        pass

    def kill(pk):
        raise Killed

    next_step(monkeypatch, kill)
    run = begin(document)
    with pytest.raises(Killed):
        pipeline.run_chunk(run.pk, 1, 0)
    run.refresh_from_db()
    assert (run.state, run.todo, run.attempts) == (RUNNING, [0], 0)
    taken = next_steps(monkeypatch)
    assert run_all(run).state == DONE
    assert taken == [document.pk]


def test_working_through_a_run_tries_again_what_may_pass_and_goes_on_after_what_does_not(
    document, in_chunks, monkeypatch
):
    monkeypatch.setattr(pipeline.time, "sleep", lambda seconds: None)
    failing(monkeypatch, OperationalError("database is locked"), ValueError("a metric broke"))
    run = begin(document)
    pipeline.work_through(run.pk)
    run.refresh_from_db()
    assert (run.state, run.todo, run.attempts) == (FAILED, [0], 2)
    assert "a metric broke" in run.error


# --- human texts --------------------------------------------------------------------------------------------


def test_a_saved_text_is_checked_in_the_background(document, project):
    with transaction.atomic():
        save_revision(
            segment_id=segments_of(document)[0].pk,
            person=make_cast(project)["anna"],
            typed="There were 7 guests.",
            base=0,
        )
        pipeline.after_revision(document.pk)
    run = TaskRun.objects.get()
    assert (run.kind, run.state) == (TaskRun.Kind.CHECK, RUNNING)
    assert run_all(run).state == DONE
    assert run.counts == {"0": {"checks": {"pairs": 3, "new": 3, "findings": 1}}}


def test_the_saves_of_a_document_share_one_run(document):
    for generation in (1, 2, 3):
        pipeline.after_revision(document.pk)
        run = TaskRun.objects.get()
        assert (run.generation, run.state) == (generation, RUNNING)
        if generation == 2:
            run_all(run)


def test_a_decision_moves_the_work_on(document, project):
    anna = make_cast(project)["anna"]
    for segment in segments_of(document):
        save_revision(segment_id=segment.pk, person=anna, typed="A text.", base=0, reviewed=True)
    pipeline.after_decision(document.pk)
    assert list(WorkItem.objects.values_list("step", "state")) == [("approve", "open")]


# --- sweeping -----------------------------------------------------------------------------------------------


def age(run, minutes=60):
    TaskRun.objects.filter(pk=run.pk).update(updated_at=timezone.now() - timedelta(minutes=minutes))


@pytest.fixture
def sent(monkeypatch):
    """What the pipeline would have queued."""
    messages = []
    monkeypatch.setattr(
        pipeline._broker, "send", lambda name, calls, priority: messages.extend((name, *c) for c in calls) or True
    )
    return messages


def test_a_sweep_queues_what_was_left_behind_and_only_that(document, project, sent):
    left, fresh = begin(document), begin(make_document(project, SOURCES))
    age(left)
    assert pipeline.sweep().runs == 1
    assert sent == [("reviews.score_chunk", left.pk, 1, 0)]
    assert pipeline.sweep().runs == 0
    assert fresh.todo == [0]


def test_a_sweep_leaves_finished_and_failed_runs_alone(document, sent):
    run = run_all(begin(document))
    age(run)
    assert pipeline.sweep().runs == 0
    TaskRun.objects.update(state=FAILED)
    age(run)
    assert pipeline.sweep().runs == 0


def test_a_sweep_may_do_the_work_itself(document, sent):
    run = begin(document)
    age(run)
    pipeline.sweep(inline=True)
    run.refresh_from_db()
    assert (run.state, sent) == (DONE, [])
    assert Score.objects.exists()


def test_a_sweep_gives_back_expired_leases(document, project, sent):
    cast = make_cast(project)
    run_all(begin(document))
    item = take_next(person=cast["anna"], step=Step.EDIT)
    assert pipeline.sweep().leases == 0
    WorkItem.objects.filter(pk=item.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert pipeline.sweep().leases == 1
    item.refresh_from_db()
    assert item.state == WorkState.OPEN


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_the_same_time_share_the_work(sent):
    project = make_project()
    runs = [begin(make_document(project, SOURCES)) for _ in range(6)]
    for run in runs:
        age(run)
    at_once(lambda _: pipeline.sweep(), 3)
    assert sorted(sent) == [("reviews.score_chunk", run.pk, 1, 0) for run in runs]
