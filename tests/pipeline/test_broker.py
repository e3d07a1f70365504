"""Saves and imports never depend on the broker: it may be down, hang, or be started again."""

from __future__ import annotations

import logging
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis
from django.db import transaction

from reviews import pipeline
from reviews.broker import workers_answer
from reviews.editing.saving import save_revision
from reviews.models import CheckedPair, Revision, TaskRun
from tests.factories import make_cast, make_document, make_project, segments_of
from tests.workers import publishing_to, running_broker, running_worker, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

DONE, RUNNING = TaskRun.State.DONE, TaskRun.State.RUNNING


@pytest.fixture
def document():
    return make_document(make_project(), ["Es kamen 120 Gäste.", "Es regnet."], {"engine-a": ["210 guests.", "Rain."]})


def save(document, text, person):
    """As the screens save: text and run in one transaction. Seconds it took."""
    segment = segments_of(document)[0]
    base = segment.latest_revision.number if segment.latest_revision else 0
    start = time.monotonic()
    with transaction.atomic():
        save_revision(segment_id=segment.pk, person=person, typed=text, base=base)
        pipeline.after_revision(document.pk)
    return time.monotonic() - start


@contextmanager
def dead_socket() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="wb-") as folder:
        yield f"redis+socket://{Path(folder) / 'nobody.sock'}?virtual_host=0"


@contextmanager
def hanging_server() -> Iterator[str]:
    """A broker that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.mark.parametrize("broker", [dead_socket, hanging_server])
def test_a_save_stands_and_does_not_hang_when_the_broker_does_not_answer(document, broker, caplog):
    anna = make_cast(document.project)["anna"]
    with broker() as url, publishing_to(url), caplog.at_level(logging.WARNING):
        assert save(document, "120 guests came.", anna) < 8
        assert save(document, "120 guests came today.", anna) < 1
    assert Revision.objects.count() == 2
    run = TaskRun.objects.get()
    assert (run.state, run.todo, run.error) == (RUNNING, [0], pipeline.NOT_QUEUED)
    assert [record.message.split("(")[0] for record in caplog.records] == ["The broker takes no tasks "]


def test_a_save_stands_when_the_broker_is_full(document, caplog):
    anna = make_cast(document.project)["anna"]
    with running_broker() as broker:
        redis.Redis.from_url(broker.address.client).config_set("maxmemory", 1)
        save(document, "120 guests came.", anna)
        assert TaskRun.objects.get().error == pipeline.NOT_QUEUED
    assert "used memory > 'maxmemory'" in caplog.text


def test_what_could_not_be_queued_is_queued_by_the_next_sweep_and_done(document):
    anna = make_cast(document.project)["anna"]
    with dead_socket() as url, publishing_to(url):
        save(document, "120 guests came.", anna)
    assert TaskRun.objects.get().error == pipeline.NOT_QUEUED
    with running_broker() as broker:
        assert pipeline.sweep().runs == 1
        run = TaskRun.objects.get()
        assert (run.state, run.error) == (RUNNING, "")
        assert pipeline.sweep().runs == 0
        with running_worker(broker):
            wait_until(lambda: TaskRun.objects.get().state == DONE)
    assert CheckedPair.objects.exists()


def test_a_sweep_without_a_broker_can_do_the_work_itself(document):
    anna = make_cast(document.project)["anna"]
    with dead_socket() as url, publishing_to(url):
        save(document, "120 guests came.", anna)
        pipeline.sweep(inline=True)
    assert TaskRun.objects.get().state == DONE


def test_a_broker_that_was_started_again_is_used_at_once(document, caplog):
    anna = make_cast(document.project)["anna"]
    with running_broker() as broker, caplog.at_level(logging.WARNING):
        save(document, "120 guests came.", anna)
        broker.stop()
        broker.start()
        save(document, "120 guests came today.", anna)
        assert TaskRun.objects.get().error == ""
        with running_worker(broker):
            wait_until(lambda: TaskRun.objects.get().state == DONE)
    assert not caplog.records


def test_nothing_is_queued_for_a_save_that_is_rolled_back(document, monkeypatch):
    sent = []
    monkeypatch.setattr(pipeline._broker, "send", lambda name, calls, priority: sent.append(calls))
    with transaction.atomic():
        pipeline.after_revision(document.pk)
        transaction.set_rollback(True)
    assert (sent, TaskRun.objects.count()) == ([], 0)


def test_it_can_tell_whether_a_worker_answers():
    with dead_socket() as url, publishing_to(url):
        assert not workers_answer()
    with running_broker() as broker:
        assert not workers_answer()
        with running_worker(broker):
            wait_until(workers_answer, 30)


def test_a_save_stands_whatever_goes_wrong_with_its_message(document, monkeypatch, caplog):
    def fail(*args: object) -> None:
        raise OSError("the database went away")

    monkeypatch.setattr(pipeline, "_send", fail)
    save(document, "210 guests came.", make_cast(document.project)["anna"])
    assert Revision.objects.get().text == "210 guests came."
    assert "the database went away" in caplog.text
