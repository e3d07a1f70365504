"""The web server as bin/start runs it, on the tests' database; one of its workers can be killed."""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.workers import CHECKOUT, Broker, environment_on, wait_until

WORKERS = 2
THREADS = 4
#: An answer that no page should ever get, and what a database says of writers that met badly.
_FAILURE = re.compile(
    r'^.*" 5\d\d .*$|^Traceback.*\n(?:[ \t].*\n)*.*$'
    r"|^.*(?:deadlock detected|could not serialize|database is locked).*$",
    re.MULTILINE,
)


class WebServer:
    """gunicorn in a process group of its own."""

    def __init__(self, broker: Broker) -> None:
        self._log = broker.socket.with_name("web.log")
        with socket.create_server(("127.0.0.1", 0)) as listener, self._log.open("ab") as log:
            self.port: int = listener.getsockname()[1]
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gunicorn", "workbench.wsgi:application"),
                    *("--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread"),
                    *("--workers", str(WORKERS), "--threads", str(THREADS)),
                    *("--access-logfile", "-", "--no-control-socket"),
                ],
                cwd=CHECKOUT,
                env=environment_on(broker) | {"DJANGO_SETTINGS_MODULE": "tests.simulation.served_settings"},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[listener.fileno()],
            )

    def log(self) -> str:
        return self._log.read_text("utf-8", "replace")

    def failures(self) -> list[str]:
        """What the log tells of errors of the server's own."""
        return failures_in(self.log())

    def answers(self) -> bool:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)) as connection:
            try:
                connection.request("GET", "/log-in/")
                return connection.getresponse().status == 200
            except OSError:
                return False

    def kill_a_worker(self, chance: random.Random) -> None:
        """End one of the processes that answer with SIGKILL, in the middle of whatever it does."""
        master = self._process.pid
        workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        os.kill(int(chance.choice(workers)), signal.SIGKILL)

    def stop(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(20)
            finally:
                if self._process.poll() is None:
                    os.killpg(self._process.pid, signal.SIGKILL)
                    self._process.wait(20)


def failures_in(log: str) -> list[str]:
    return _FAILURE.findall(log)


@contextmanager
def running_web_server(broker: Broker) -> Iterator[WebServer]:
    server = WebServer(broker)
    try:
        wait_until(server.answers, 60)
        yield server
    except BaseException:
        print(server.log()[-4_000:])
        raise
    finally:
        server.stop()
