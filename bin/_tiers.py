"""bin/test: the tests by tier, with the Debian packages and the servers that a tier needs.

Runs in the development environment, standard library only. Servers are private: their files are in a temporary
folder, PostgreSQL listens on a socket in it, and both end with this process.
"""

from __future__ import annotations

import argparse
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote

from _children import end_with_parent
from _setup import ROOT, say

TIERS = ("services", "browser", "long")
SERVER_VARIABLES = ("TEST_DATABASE_URL", "TEST_REDIS_URL")
SERVER_SECONDS = 30


class TierError(Exception):
    """Why a tier cannot run, in one sentence with the remedy."""


# --- which tests ---------------------------------------------------------------------------------------


LIMIT, LONG_LIMIT = 600, 3600


@dataclass(frozen=True)
class Run:
    """One run of pytest."""

    tier: str
    marks: str  #: pytest's -m expression
    processes: int  #: pytest-xdist's -n; 0 runs in this process
    limit: int = LIMIT  #: seconds after which a test that hangs is ended, with a traceback of where it stands

    def options(self) -> list[str]:
        """What pytest is called with."""
        hanging = (f"faulthandler_timeout={self.limit}", "faulthandler_exit_on_timeout=true")
        spread = ("-n", str(self.processes)) if self.processes else ()
        return ["-m", self.marks, *(part for each in hanging for part in ("-o", each)), *spread]


def runs(selected: Sequence[str]) -> list[Run]:
    """The runs for the selected tiers, or the core tier for none.

    Every test belongs to one tier, except that the services tier also repeats, on PostgreSQL, each test that touches
    the database. A test that is marked long besides another mark needs --long as well.
    """
    if not selected:
        return [Run("core", "not services and not browser and not long", 2)]
    short, limit = ("", LONG_LIMIT) if "long" in selected else (" and not long", LIMIT)
    every = {
        "services": Run("services", f"(services or django_db) and not browser{short}", 2, limit),
        "browser": Run("browser", f"browser{short}", 0, limit),
        "long": Run("long", "long and not services and not browser", 0, LONG_LIMIT),
    }
    return [every[tier] for tier in TIERS if tier in selected]


# --- Debian packages -----------------------------------------------------------------------------------


def postgresql_program(name: str) -> Path | None:
    """The newest installed one: Debian keeps each version's server programs in a folder of its own."""
    found = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    return max(found, key=lambda path: [int(n) for n in path.parts[4].split(".")], default=None)


#: tier → what it needs: Debian package, and whether it is there
NEEDS: dict[str, dict[str, Callable[[], bool]]] = {
    "services": {
        "postgresql": lambda: postgresql_program("initdb") is not None,
        "redis-server": lambda: shutil.which("redis-server") is not None,
    },
    "browser": {
        "chromium": Path("/usr/bin/chromium").exists,
        "chromium-driver": Path("/usr/bin/chromedriver").exists,
        "fonts-dejavu-core": Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists,
    },
}


def missing_packages(tiers: Sequence[str]) -> list[str]:
    return [package for tier in tiers for package, is_there in NEEDS.get(tier, {}).items() if not is_there()]


def install_packages(packages: Sequence[str]) -> None:
    """Install what is missing when root may; raises TierError otherwise."""
    if not packages:
        return
    names = " ".join(packages)
    by_hand = f"install them with 'apt-get install {names}'"
    if os.environ.get("WORKBENCH_NO_APT", "").strip() not in ("", "0"):
        raise TierError(f"Debian packages are missing and WORKBENCH_NO_APT forbids to install them: {by_hand}.")
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise TierError(f"Debian packages are missing and only root on Debian can install them: {by_hand}.")
    say(f"Installing the Debian packages {names} (WORKBENCH_NO_APT=1 forbids it) …")
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        done = subprocess.run(
            ["apt-get", "--quiet", *step],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode:
            say(done.stdout)
            raise TierError(f"apt-get {step[0]} failed, see above: {by_hand}.")


# --- private servers -----------------------------------------------------------------------------------


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """A PostgreSQL and a Redis for as long as the tests run; gives the variables that tests/settings.py reads."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workbench-services-")))
        folder.chmod(0o755)  # PostgreSQL runs as another user when this one is root
        urls = (
            stack.enter_context(postgresql(folder / "postgresql")),
            stack.enter_context(redis(folder / "redis")),
        )
        yield dict(zip(SERVER_VARIABLES, urls, strict=True))


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL that may lose its data in a crash, which a test database may; gives its DATABASE_URL."""
    initdb, server = postgresql_program("initdb"), postgresql_program("postgres")
    if initdb is None or server is None:
        raise TierError("PostgreSQL's initdb is missing: install the Debian package postgresql.")
    owner = unprivileged_user()
    folder.mkdir()
    if owner:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    made = subprocess.run(
        [
            *(initdb, "--pgdata", folder / "data", "--username", "workbench", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        errors="replace",
        cwd=folder,
        check=False,
        **as_user(owner),
    )
    if made.returncode:
        say(made.stderr)
        raise TierError("PostgreSQL's initdb failed, see above.")
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        # It sees every table empty, as tests write in transactions of their own that never end in a commit, and the
        # planner then loops over thousands of rows it takes for none. Tables never looked at are judged by their size.
        "autovacuum": "off",
    }
    command = [str(server), "-D", str(folder / "data")]
    command += [part for option in options.items() for part in ("-c", "=".join(option))]
    place = folder / ".s.PGSQL.5432"
    with running("PostgreSQL", command, folder, signal.SIGINT, lambda: answers(socket.AF_UNIX, str(place)), owner):
        # The maintenance database: the tests make and drop databases of their own beside it.
        yield f"postgresql://workbench@{quote(str(folder), safe='')}:5432/postgres"


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis without persistence on a free port of this machine; gives its URL without a database number."""
    folder.mkdir()
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    program = shutil.which("redis-server") or "redis-server"
    command = [program, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    ready = lambda: answers(socket.AF_INET, ("127.0.0.1", port))  # noqa: E731
    with running("Redis", command, folder, signal.SIGTERM, ready, None):
        yield f"redis://127.0.0.1:{port}"


@contextmanager
def running(
    name: str,
    command: Sequence[str],
    folder: Path,
    farewell: signal.Signals,
    ready: Callable[[], bool],
    owner: pwd.struct_passwd | None,
) -> Iterator[None]:
    """A server from when it answers until the block ends."""
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the tests first
            preexec_fn=end_with_parent(farewell),
            **as_user(owner),
        )
        try:
            deadline = time.monotonic() + SERVER_SECONDS
            while not ready():
                if server.poll() is not None or time.monotonic() > deadline:
                    log.seek(0)
                    say(log.read().decode("utf-8", "replace"))
                    raise TierError(f"{name} did not start, see above.")
                time.sleep(0.05)
            yield
        finally:
            server.send_signal(farewell)
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with closing(socket.socket(family, socket.SOCK_STREAM)) as client:
        client.settimeout(1)
        return client.connect_ex(address) == 0


def unprivileged_user() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as: itself refuses root. None keeps the user this process has."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise TierError("PostgreSQL refuses to run as root and there is no user postgres or nobody: make one of them.")


def as_user(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if owner else {}


# --- the whole -----------------------------------------------------------------------------------------


def pytest(run: Run, arguments: Sequence[str], servers: Mapping[str, str]) -> int:
    """One run of pytest; its exit code, or 128 and the signal that ended it."""
    environ = {name: value for name, value in os.environ.items() if name not in SERVER_VARIABLES} | dict(servers)
    say(f"\n== {run.tier} tier: pytest -m '{run.marks}'")
    child = subprocess.Popen(
        [sys.executable, "-m", "pytest", *run.options(), *arguments],
        cwd=ROOT,
        env=environ,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )
    while True:
        try:
            code = child.wait()
        except KeyboardInterrupt:
            continue  # pytest got it too, and ends in its own way
        except SystemExit:
            child.terminate()
            child.wait()
            raise
        return code if code >= 0 else 128 - code


def parse(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    parser = argparse.ArgumentParser(
        prog="bin/test",
        usage="bin/test [--services] [--browser] [--long] [pytest arguments]",
        description="Run the tests. Without a flag the core tier runs: every test that has no tier's mark. Each flag "
        "runs its tier instead, one after the other: --services the tests marked services and, on PostgreSQL, every "
        "other short test that touches the database; --browser those marked browser; --long those marked long. A "
        "test marked long besides services or browser needs both flags.",
        epilog="Example: bin/test tests/metrics -k ter. All other arguments go to pytest; -n 0 keeps the core tier in "
        "one process. The servers and the browser a tier needs are installed from Debian packages when they are "
        "missing and this is root; WORKBENCH_NO_APT=1 forbids it. PostgreSQL and Redis are started privately and "
        "passed on as TEST_DATABASE_URL and TEST_REDIS_URL (redis://host:port, without a database number).",
        allow_abbrev=False,
    )
    for tier in TIERS:
        parser.add_argument(f"--{tier}", action="store_true", help=f"run the {tier} tier")
    options, rest = parser.parse_known_args(arguments)
    return [tier for tier in TIERS if getattr(options, tier)], rest


def on_terminate(number: int, frame: object) -> NoReturn:
    """End as after an error, so that servers and folders are cleared away."""
    sys.exit(128 + number)


def main(arguments: Sequence[str]) -> int:
    selected, rest = parse(arguments)
    codes = []
    signal.signal(signal.SIGTERM, on_terminate)
    try:
        install_packages(missing_packages(selected))
        for run in runs(selected):
            servers: AbstractContextManager[dict[str, str]] = services() if run.tier == "services" else nullcontext({})
            with servers as variables:
                codes.append(pytest(run, rest, variables))
    except TierError as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        return 130
    return next((code for code in codes if code), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
