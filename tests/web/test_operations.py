"""How the installation is, for operators: true when all is well, true when nothing answers, and no text in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from reviews import broker as broker_says
from reviews import pipeline
from reviews.models import AuditEvent, Heartbeat, ImportBatch, Person, Project, TaskRun
from reviews.reports.operations import COUNTED, last_sweep, runs, storage
from tests.factories import make_document, make_person
from tests.threads import at_once
from tests.workers import publishing_to, running_broker, running_worker, wait_until

from .conftest import browser_of
from .pages import page_of, text_of

pytestmark = pytest.mark.django_db


NOWHERE = "redis+socket:///nowhere/broker.sock"


@pytest.fixture(autouse=True)
def nothing_answers() -> Iterator[None]:
    with publishing_to(NOWHERE):
        yield


@pytest.fixture
def operator(db: None) -> Person:
    return make_person("olga", is_staff=True)


@pytest.fixture
def failed(project: Project) -> TaskRun:
    document = make_document(project, ["Geheim ist der Satz."], external_id="nx-1", title="Geheimer Titel")
    return TaskRun.objects.create(
        document=document,
        project=project,
        kind="check",
        state="failed",
        chunks=[{}],
        error="chunk 0: ValueError: no place for 'Geheim ist der Satz.'",
    )


def signs(person: Person) -> tuple[dict[str, str], Any]:
    """How each thing is, and the page."""
    response = browser_of(person).get(reverse("reviews:operations"))
    assert response.status_code == 200
    page = page_of(response)
    rows = page.xpath("//section[@aria-labelledby='signs-title']//tbody/tr")
    return {text_of(row[0]): text_of(row[1]) for row in rows}, page


def test_with_nothing_running_it_says_so(operator: Person, failed: TaskRun) -> None:
    found, page = signs(operator)
    assert found["Broker"] == "does not answer"
    assert found["Workers"] == "not known: the broker does not answer"
    assert found["Scheduler"] == "has not swept yet"
    assert found["Background runs"].startswith("1 failed, 0 under way")
    assert "nx-1" in text_of(page)
    assert "ValueError" in text_of(page)


def test_no_text_and_no_title_of_an_article_stands_there(operator: Person, failed: TaskRun) -> None:
    _, page = signs(operator)
    assert "Geheim" not in text_of(page)


def test_with_a_broker_and_a_worker_it_counts_what_waits(operator: Person, failed: TaskRun) -> None:
    pipeline.sweep()
    with running_broker() as broker:
        assert broker_says.queue() == broker_says.Queue(0, 0)
        for priority in (0, 3, 7, 9):
            assert pipeline._broker.send("reviews.note_heads", [()], priority=priority)
        found, _ = signs(operator)
        assert found["Broker"] == "4 tasks wait, 0 are taken"
        assert found["Workers"] == "none answers"
        assert found["Scheduler"] == "last swept less than a minute ago"
        with running_worker(broker):
            wait_until(lambda: broker_says.workers())
            wait_until(lambda: broker_says.queue() == broker_says.Queue(0, 0))
            found, _ = signs(operator)
            assert "@" in found["Workers"]


def test_a_scheduler_that_fell_silent_is_told(operator: Person) -> None:
    Heartbeat.objects.create(name=Heartbeat.SWEEP, at=timezone.now() - timedelta(minutes=17))
    found, page = signs(operator)
    assert found["Scheduler"] == "last swept 17 min ago"
    assert "Start the scheduler" in text_of(page)
    pipeline.sweep()
    assert last_sweep() > timezone.now() - timedelta(minutes=1)
    assert "Start the scheduler" not in text_of(signs(operator)[1])


def test_a_failed_run_is_done_anew_once(operator: Person, failed: TaskRun) -> None:
    client = browser_of(operator)
    address = reverse("reviews:operations-retry", args=[failed.pk])
    assert "It is under way again." in text_of(page_of(client.post(address, follow=True)))
    assert "has not failed, or not any more" in text_of(page_of(client.post(address, follow=True)))
    failed.refresh_from_db()
    assert (failed.state, failed.generation, failed.error) == ("running", 2, "")
    event = json.loads(AuditEvent.objects.get(action="run.retried").body)
    assert event["person"]["id"] == str(operator.public_id)
    assert event["data"] == {"run": failed.pk, "kind": "check"}
    pipeline.work_through(failed.pk)
    failed.refresh_from_db()
    assert failed.state == "done"
    assert not pipeline.retry(failed.pk, operator)
    assert not pipeline.retry(4711, operator)


@pytest.mark.django_db(transaction=True)
def test_two_operators_at_once_have_it_done_once(operator: Person, failed: TaskRun) -> None:
    assert sorted(at_once(lambda _: pipeline.retry(failed.pk, operator), 3)) == [False, False, True]
    assert AuditEvent.objects.filter(action="run.retried").count() == 1


def test_scoring_is_begun_anew_on_the_text_as_it_is_now(project: Project, operator: Person) -> None:
    document = make_document(project, ["Ein Satz.", "Noch einer."])
    run = TaskRun.objects.create(
        document=document, project=project, kind="score", state="failed", chunks=[{"first": 9, "last": 9}], todo=[0]
    )
    assert pipeline.retry(run.pk, operator)
    run.refresh_from_db()
    assert run.chunks == [stretch.to_json() for stretch in pipeline.cut(document)]


def test_imports_under_way_and_failed_ones_are_listed(operator: Person, project: Project) -> None:
    for state in ImportBatch.State:
        ImportBatch.objects.create(project=project, state=state)
    old = ImportBatch.objects.create(project=project, state="failed")
    ImportBatch.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    _, page = signs(operator)
    rows = page.xpath("//section[@aria-labelledby='imports-title']//tbody/tr")
    assert {text_of(row[3]) for row in rows} == {
        "Waiting to be checked",
        "Being checked",
        "Waiting to be imported",
        "Running",
        "Failed",
    }
    assert len(rows) == 5


def test_many_failed_runs_are_counted_up_to_a_bound(project: Project) -> None:
    document = make_document(project)
    TaskRun.objects.bulk_create(
        TaskRun(document=document, project=project, kind="score", state="failed") for _ in range(COUNTED + 5)
    )
    found = runs()
    assert found.failed_number == COUNTED + 1
    assert len(found.failed) < COUNTED


def test_storage_is_that_of_this_database(project: Project) -> None:
    found = storage()
    assert found.total >= found.free > 0
    assert found.database > 100_000


def status(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    try:
        call_command("status", *arguments)
    except SystemExit as left:
        return int(str(left.code)), capsys.readouterr().out
    return 0, capsys.readouterr().out


def test_the_command_ends_with_1_where_somebody_has_to_look(
    failed: TaskRun, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out = status(capsys, "--json")
    assert code == 1
    assert json.loads(out)["problems"] == [
        "the broker does not answer",
        "the scheduler has not swept lately",
        "1 background runs failed",
    ]
    TaskRun.objects.update(state="done")
    pipeline.sweep()
    with running_broker() as broker, running_worker(broker):
        wait_until(lambda: broker_says.workers())
        code, out = status(capsys, "--json")
    assert code == 0
    assert json.loads(out)["problems"] == []
    assert json.loads(out)["runs"] == {"running": 0, "failed": 0}
