"""A real bin/start of a test's own, and waiting for what real processes take their time for."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bin.conftest import BIN, environment

#: When a start counts as hanging; bin/start itself ends, and says why, when a part of it does not answer.
STARTING_SECONDS = 240


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


class Running:
    """A bin/start of the test's own, on a folder of its own and on a free port unless one is given."""

    def __init__(self, data: Path, port: int = 0) -> None:
        self.data = data
        self.output = data.with_name("output")
        with self.output.open("wb") as out:
            self.process = subprocess.Popen(
                [BIN / "start", "--port", str(port)],
                env=environment(WORKBENCH_DATA=str(data)),
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + STARTING_SECONDS
        while "Ctrl-C stops it" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, f"not ready within {STARTING_SECONDS} s: {self.said()}"
            time.sleep(0.05)

    def said(self) -> str:
        return self.output.read_text()

    def log_ins(self) -> list[str]:
        """The lines between the URL and the way to stop it: name, password and role of the demo people."""
        return self.said().partition("The workbench runs at")[2].partition("Ctrl-C")[0].strip().splitlines()[2:]

    def note(self) -> dict[str, object]:
        return json.loads((self.data / "run.json").read_text())

    def groups(self) -> dict[str, int]:
        return {child["name"]: child["pid"] for child in self.note()["children"]}

    def status_of(self, path: str) -> int:
        connection = http.client.HTTPConnection(str(self.note()["url"]).split("/")[2], timeout=20)
        with contextlib.closing(connection):
            connection.request("GET", path)
            return connection.getresponse().status

    def kill_everything(self) -> None:
        """For a test that failed half-way."""
        with contextlib.suppress(OSError, ValueError):
            for pid in self.groups().values():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def started(data: Path, port: int = 0) -> Iterator[Running]:
    running = Running(data, port)
    try:
        running.wait_until_ready()
        yield running
    finally:
        if running.process.poll() is None:
            running.kill_everything()
