"""`score`: queued, followed, or done in the command's own process."""

import json
import time

import pytest
from django.core.management import CommandError, call_command

from reviews import pipeline
from reviews.management import waiting
from reviews.metrics import runner as metrics
from reviews.models import Finding, Score, TaskRun, WorkItem
from tests.factories import make_document, make_project
from tests.workers import publishing_to, running_broker, running_worker

pytestmark = pytest.mark.django_db

SOURCES = ["Es kamen 120 Gäste.", "Der Zug hält heute in Kiel."]
ENGINE = ["There were 210 guests.", "The train stops in Kiel today."]


@pytest.fixture
def document():
    return make_document(make_project(), SOURCES, {"engine-a": ENGINE}, {"A": ENGINE}, external_id="nx-1")


def score(*arguments):
    """The exit code."""
    try:
        call_command("score", "--project", "desk", *arguments)
    except SystemExit as end:
        return end.code
    return 0


def test_it_does_the_work_in_its_own_process(document, capsys):
    assert score("--inline", "--json") == 0
    captured = capsys.readouterr()
    done = Score.objects.filter(value__isnull=False).count()
    assert json.loads(captured.out) == {
        "documents": 1,
        "scores": {"done": done, "null": {"needs three engines": 2}},
        "problems": [],
    }
    assert "1 of 1 documents done" in captured.err
    assert done == 14
    assert Finding.objects.count() == 1
    assert WorkItem.objects.count() == 2


def test_done_again_it_finds_everything_as_it_was(document, capsys):
    score("--inline", "--json")
    first = capsys.readouterr().out
    before = list(Score.objects.order_by("pk").values())
    assert score("--inline", "--json") == 0
    assert capsys.readouterr().out == first
    assert list(Score.objects.order_by("pk").values()) == before


def test_it_takes_single_documents(document):
    other = make_document(document.project, SOURCES, {"engine-a": ENGINE}, external_id="nx-2")
    score("--document", "nx-2", "--inline")
    assert set(Score.objects.values_list("hypothesis__document", flat=True)) == {other.pk}


def test_what_failed_is_named_with_exit_code_1_and_the_rest_is_done(document, capsys, monkeypatch):
    make_document(document.project, SOURCES, {"engine-a": ENGINE}, external_id="nx-2")
    compute = metrics.compute

    def fail_on_the_first(texts):
        if texts.document == document:
            raise ValueError("a metric broke")
        return compute(texts)

    monkeypatch.setattr(metrics, "compute", fail_on_the_first)
    assert score("--inline", "--json") == 1
    captured = capsys.readouterr()
    problem = "nx-1: chunk 0: ValueError: a metric broke"
    assert json.loads(captured.out)["problems"] == [problem]
    assert problem in captured.err
    assert Score.objects.filter(hypothesis__document__external_id="nx-2").exists()


def test_without_waiting_it_only_queues(document, capsys, django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr(pipeline._broker, "send", lambda name, calls, priority: sent.append(name) or True)
    with django_capture_on_commit_callbacks(execute=True):
        assert score("--json") == 0
    assert sent == ["reviews.score_chunk"]
    assert json.loads(capsys.readouterr().out) == {"documents": 1}
    assert TaskRun.objects.get().state == TaskRun.State.RUNNING


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--project", "none"], "There is no project 'none'"),
        (["--project", "desk", "--document", "nx-9"], "has no document 'nx-9'"),
    ],
)
def test_what_is_not_there_is_refused_with_exit_code_2(document, arguments, words):
    with pytest.raises(CommandError, match=words) as caught:
        call_command("score", *arguments, "--inline")
    assert caught.value.returncode == 2
    assert not TaskRun.objects.exists()


def test_waiting_and_doing_it_here_exclude_each_other(document):
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("score", "--project", "desk", "--wait", "--inline")


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_the_workers_and_counts_along(document, capsys, monkeypatch):
    # The worker only starts now, which takes long where much else runs.
    monkeypatch.setattr(waiting, "NO_WORKER_AFTER", 60.0)
    with running_broker() as broker, running_worker(broker):
        assert score("--wait", "--json") == 0
    captured = capsys.readouterr()
    assert json.loads(captured.out)["scores"]["done"] == Score.objects.filter(value__isnull=False).count() == 14
    assert "0 of 1 documents done, 1 pieces of work left" in captured.err
    assert "1 of 1 documents done, 0 pieces of work left" in captured.err


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broker_runs", [True, False])
def test_it_does_not_wait_for_a_worker_that_is_not_there(document, capsys, monkeypatch, broker_runs):
    monkeypatch.setattr(waiting, "NO_WORKER_AFTER", 3.0)
    start = time.monotonic()
    if broker_runs:
        with running_broker():
            assert score("--wait", "--json") == 1
    else:
        with publishing_to("redis+socket:///nowhere/broker.sock?virtual_host=0"):
            assert score("--wait", "--json") == 1
    assert time.monotonic() - start < 12
    captured = capsys.readouterr()
    sentence = "No worker answered within 3 seconds. The work stays listed and is done once one runs"
    assert json.loads(captured.out)["problems"][0].startswith(sentence)
    assert TaskRun.objects.get().state == TaskRun.State.RUNNING
