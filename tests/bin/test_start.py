"""bin/start runs real processes, says what stands in its way, and leaves nothing running."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import _start
import pytest
from _children import end_with_parent

from tests.bin.conftest import BIN, Run, assert_refused
from tests.bin.running import started, wait_until

#: When a stop counts as hanging. How long one may take at most follows from GENTLE_SECONDS, not from a busy machine.
HANGING_SECONDS = 60

#: A ping that is sent before the worker listens reaches nobody, so it is repeated until one is answered.
PING = """
from workbench import celery_app as app
while not (answers := app.control.ping(timeout=5, limit=1)):
    pass
print(len(answers))
"""


def group_exists(pid: int) -> bool:
    """Whether any process of this group runs; one that has ended and waits to be noticed does not."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = status.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[2]) == pid and fields[0] != "Z":
                return True
    return False


# --- the whole, for real -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the starts of this file; whichever test comes first makes it, in any order and process."""
    return tmp_path_factory.mktemp("installation") / "data"


def test_it_serves_refuses_a_second_start_and_stops_everything(run: Run, data: Path) -> None:
    with started(data) as running:
        groups = running.groups()
        assert set(groups) == {"broker", "web server", "Celery worker", "scheduler"}
        url = str(running.note()["url"])
        assert url in running.said()
        assert len(running.log_ins()) == 3
        assert running.status_of("/") in (200, 302)
        assert running.status_of("/admin/login/") == 200

        assert_refused(
            run("start", WORKBENCH_DATA=str(data)),
            f"The workbench already runs on {data} at {url}: use that one, stop it with Ctrl-C, or set "
            "WORKBENCH_DATA to another folder.",
        )

        answer = run("manage", "shell", "--no-imports", "-c", PING, WORKBENCH_DATA=str(data))
        assert answer.stdout == "1\n", "a command on the same folder reaches the worker"

        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(timeout=HANGING_SECONDS) == 0, running.said()
        assert running.said().endswith("Stopped.\n")
        wait_until(lambda: not any(group_exists(pid) for pid in groups.values()), HANGING_SECONDS, "the processes end")
        assert not (data / "run.json").exists()


def test_killed_outright_it_takes_its_processes_along_and_the_next_start_works(data: Path) -> None:
    with started(data) as running:
        groups, log_ins = running.groups(), running.log_ins()
        running.process.kill()
        running.process.wait()
        wait_until(lambda: not any(group_exists(pid) for pid in groups.values()), HANGING_SECONDS, "the processes end")
    with started(data) as again:
        assert again.log_ins() == log_ins, "the demo project is loaded once"
        assert again.status_of("/admin/login/") == 200
        os.kill(again.groups()["Celery worker"], signal.SIGKILL)
        assert again.process.wait(timeout=HANGING_SECONDS) == 1
        log = data / "logs" / "worker.log"
        assert again.said().endswith(
            f"The Celery worker ended (signal SIGKILL), so everything was stopped; its log is {log}.\n"
        )
        assert log.is_file()


# --- what stands in the way --------------------------------------------------------------------------


def test_a_taken_port_gets_one_sentence_with_a_free_one(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("start", "--port", str(port))
    assert (done.returncode, done.stdout) == (2, "")
    start = f"Port {port} on 127.0.0.1 is taken by another program: choose another, such as --port "
    assert done.stderr.startswith(start)
    other = int(done.stderr.removeprefix(start).removesuffix(".\n"))
    with socket.create_server(("127.0.0.1", other)):
        pass


def test_an_address_of_another_machine_gets_one_sentence(run: Run) -> None:
    sentence = "--host 192.0.2.1 is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all."
    assert_refused(run("start", "--port", "0", "--host", "192.0.2.1"), sentence)


def test_a_port_that_is_none_is_wrong_usage(run: Run) -> None:
    done = run("start", "--port", "70000")
    assert done.returncode == 2
    assert "--port 70000: a port is a number from 0 to 65535" in done.stderr


def test_a_data_folder_that_cannot_be_made_gets_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert_refused(
        run("start", WORKBENCH_DATA=str(tmp_path / "file" / "data")),
        f"Cannot write to the data folder {tmp_path}/file/data (Not a directory): see that it is writable and its disk "
        "not full, or set WORKBENCH_DATA to another folder.",
    )


def test_a_broken_setting_stops_everything_with_its_sentence(run: Run) -> None:
    done = run("start", "--port", "0", DEBUG="ture")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "DEBUG is 'ture': set it to true or false (or 1/0, yes/no, on/off)."


def test_help_has_an_example(run: Run) -> None:
    assert "Example: bin/start --port 8010" in run("start", "--help").stdout


# --- the parts ---------------------------------------------------------------------------------------

#: A child that ignores SIGTERM and has a child of its own that does too.
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    print("up", flush=True)
time.sleep(99)
"""


@pytest.fixture
def supervisor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[_start.Supervisor]:
    monkeypatch.setattr(_start, "GENTLE_SECONDS", 0.3)
    (tmp_path / "logs").mkdir()
    supervisor = _start.Supervisor(tmp_path)
    yield supervisor
    supervisor.stop()


def launch(supervisor: _start.Supervisor, code: str, name: str = "clock") -> _start.Child:
    return supervisor.launch(name, [sys.executable, "-c", code], log=f"{name}.log", environ=dict(os.environ))


def test_a_child_that_ignores_the_signal_is_killed_with_its_own_children(supervisor: _start.Supervisor) -> None:
    child = launch(supervisor, STUBBORN)
    wait_until(lambda: "up" in child.log.read_text(), 20, "the grandchild is up")
    supervisor.stop()
    wait_until(lambda: not group_exists(child.process.pid), 2, "the group is gone")
    assert child.process.returncode == -signal.SIGKILL


def test_the_broker_is_stopped_after_the_others(supervisor: _start.Supervisor) -> None:
    note = "import signal, sys, time; signal.signal(15, lambda *a: sys.exit(print(time.monotonic()))); "
    note += "print('up', flush=True); time.sleep(99)"
    children = [launch(supervisor, note, name) for name in (_start.BROKER, "web server")]
    for child in children:
        wait_until(lambda child=child: "up" in child.log.read_text(), 20, "it is up")
    supervisor.stop()
    broker, web = (float(child.log.read_text().split()[1]) for child in children)
    assert web < broker


def test_a_child_that_ends_is_named_with_its_log(supervisor: _start.Supervisor) -> None:
    child = launch(supervisor, "raise SystemExit(3)")
    wait_until(child.ended, 20, "it ends")
    with pytest.raises(_start.RunError) as error:
        supervisor.check()
    assert str(error.value) == f"The clock ended (exit code 3), so everything was stopped; its log is {child.log}."


def test_a_second_signal_makes_it_hurry(supervisor: _start.Supervisor) -> None:
    with pytest.raises(_start.Stopped):
        supervisor.on_signal(signal.SIGINT, None)
    assert not supervisor.hurry
    supervisor.on_signal(signal.SIGINT, None)
    assert supervisor.hurry


def test_a_child_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    code = f"""
import subprocess, sys, time
sys.path.insert(0, {str(BIN)!r})
from _children import end_with_parent
import signal
print(subprocess.Popen(["sleep", "99"], preexec_fn=end_with_parent(signal.SIGTERM)).pid, flush=True)
time.sleep(99)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert _start.started(child)
        parent.kill()
    wait_until(lambda: _start.started(child) is None, 5, "the child ends")


def test_a_child_that_is_too_late_to_be_told_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = end_with_parent(signal.SIGTERM)
    assert prepare
    monkeypatch.setattr(os, "getppid", lambda: 1)
    with subprocess.Popen(["sleep", "99"], preexec_fn=prepare) as late:
        assert late.wait(timeout=5) == 1


def leave_behind(tmp_path: Path, boot: str) -> "subprocess.Popen[bytes]":
    """A process as a killed bin/start would leave it, noted in run.json."""
    process = subprocess.Popen(["sleep", "99"], start_new_session=True)
    noted = {"name": "broker", "pid": process.pid, "started": _start.started(process.pid)}
    (tmp_path / "run.json").write_text(json.dumps({"boot": boot, "children": [noted]}))
    return process


def test_what_a_killed_start_left_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_start, "GENTLE_SECONDS", 0.2)
    with leave_behind(tmp_path, _start.boot()) as process:
        _start.clear_leftovers(tmp_path)
        assert process.wait(timeout=5) == -signal.SIGKILL
    assert not (tmp_path / "run.json").exists()


def test_a_process_of_another_boot_or_with_a_used_number_is_left_alone(tmp_path: Path) -> None:
    with leave_behind(tmp_path, "another boot") as process:
        _start.clear_leftovers(tmp_path)
        assert process.poll() is None
        assert _start.is_left_over(process.pid, _start.started(process.pid))
        assert not _start.is_left_over(process.pid, "12345")
        process.kill()
    assert not _start.is_left_over(process.pid, "12345")


@pytest.mark.parametrize("content", ["", "[]", "{", "\x00"])
def test_a_broken_note_of_an_earlier_start_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    assert _start.read_run(tmp_path) == {}
    _start.clear_leftovers(tmp_path)


def test_only_one_start_has_a_data_folder(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"url": "http://127.0.0.1:8000/"}')
    with (
        _start.claim(tmp_path),
        pytest.raises(_start.StartError, match=r"already runs on .* at http://127.0.0.1:8000/:"),
    ):
        _start.claim(tmp_path)
    _start.claim(tmp_path).close()


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:{}/"), ("0.0.0.0", "http://127.0.0.1:{}/"), ("localhost", "http://127.0.0.1:{}/")],
)
def test_the_url_is_one_for_this_machine(host: str, url: str) -> None:
    with _start.listen(host, 0) as listener:
        assert _start.shown_url(listener) == url.format(listener.getsockname()[1])


def test_the_web_server_answers_to_the_names_it_is_reached_by() -> None:
    assert _start.allowed_hosts("127.0.0.1") == "localhost,127.0.0.1,[::1]"
    assert _start.allowed_hosts("10.0.0.5") == "localhost,127.0.0.1,[::1],10.0.0.5"
    assert socket.gethostname() in _start.allowed_hosts("0.0.0.0").split(",")


def test_a_relative_database_file_is_the_same_for_the_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", "sqlite:///my%20desk.sqlite3")
    environ = _start.child_environment(tmp_path, "127.0.0.1", "http://127.0.0.1:8000/")
    assert environ["DATABASE_URL"] == f"sqlite:///{tmp_path}/my%20desk.sqlite3"
    assert environ["REDIS_URL"] == f"unix://{tmp_path}/broker/broker.sock?db=0"
    assert environ["SITE_URL"] == "http://127.0.0.1:8000/"


def test_a_broker_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _start.make_private(tmp_path / "broker")
    assert (tmp_path / "broker").stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    with pytest.raises(_start.StartError, match="belongs to another user"):
        _start.make_private(tmp_path / "broker")


def test_a_long_log_is_set_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_start, "LONGEST_LOG", 10)
    log = tmp_path / "web.log"
    for line in (b"a short\n", b"and more\n", b"new\n"):
        with _start.open_log(log) as out:
            out.write(line)
    assert log.read_bytes() == b"new\n"
    assert log.with_name("web.log.1").read_bytes() == b"a short\nand more\n"
