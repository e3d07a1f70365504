"""bin/test runs every test in one tier, and says what a tier needs."""

import itertools
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import _tiers
import pytest

from tests.bin.conftest import BIN, Run, environment


def selects(run: "_tiers.Run", marks: frozenset[str]) -> bool:
    names = {name: name in marks for name in ("services", "browser", "long", "django_db")}
    return bool(eval(run.marks, {"__builtins__": {}}, names))


#: Every kind of test there may be: no test is marked services and browser, which tests/conftest.py sees to.
KINDS = [
    frozenset(marks)
    for size in range(4)
    for marks in itertools.combinations(_tiers.TIERS, size)
    if not {"services", "browser"} <= set(marks)
]


@pytest.mark.parametrize("marks", KINDS, ids=lambda marks: "+".join(sorted(marks)) or "none")
def test_every_test_runs_once_when_all_tiers_run(marks: frozenset[str]) -> None:
    every = [*_tiers.runs([]), *_tiers.runs(_tiers.TIERS)]
    assert len([run.tier for run in every if selects(run, marks)]) == 1


@pytest.mark.parametrize(
    ("selected", "marks", "tiers"),
    [
        ([], set(), ["core"]),
        ([], {"django_db"}, ["core"]),
        ([], {"long"}, []),
        (["services"], {"services"}, ["services"]),
        (["services"], {"django_db"}, ["services"]),
        (["services"], set(), []),
        (["services"], {"django_db", "long"}, []),
        (["services", "long"], {"django_db", "long"}, ["services", "long"]),
        (["services", "long"], {"services", "long"}, ["services"]),
        (["services"], {"browser", "django_db"}, []),
        (["browser"], {"browser", "django_db"}, ["browser"]),
        (["browser"], {"browser", "long"}, []),
        (["browser", "long"], {"browser", "long"}, ["browser"]),
        (["long"], {"long"}, ["long"]),
        (["long"], {"services", "long"}, []),
    ],
)
def test_a_flag_selects_its_tier(selected: list[str], marks: set[str], tiers: list[str]) -> None:
    assert [run.tier for run in _tiers.runs(selected) if selects(run, frozenset(marks))] == tiers


def test_a_long_test_has_its_time_in_whatever_tier_it_runs() -> None:
    limits = [{run.limit for run in _tiers.runs(tiers)} for tiers in (["services", "browser"], _tiers.TIERS)]
    assert limits == [{_tiers.LIMIT}, {_tiers.LONG_LIMIT}]


def test_a_test_that_hangs_is_ended_and_shows_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "test_hanging.py").write_text("import time\ndef test_it_waits_for_ever(): time.sleep(99)\n")
    run = _tiers.Run("core", "not long", 0, limit=1)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *run.options(), "-p", "no:django", "-p", "no:cacheprovider"],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode not in (0, 5)
    assert "in test_it_waits_for_ever" in done.stderr


def test_flags_are_ours_and_all_else_is_for_pytest() -> None:
    assert _tiers.parse(["--long", "tests/metrics", "-k", "ter", "--services", "-n0"]) == (
        ["services", "long"],
        ["tests/metrics", "-k", "ter", "-n0"],
    )


def test_help_tells_the_tiers(run: Run) -> None:
    done = run("test", "--help")
    assert done.returncode == 0
    for word in ("--services", "--browser", "--long", "WORKBENCH_NO_APT", "TEST_DATABASE_URL"):
        assert word in done.stdout


def test_nothing_is_installed_when_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: pytest.fail("apt-get was called"))
    _tiers.install_packages([])


def test_a_missing_package_is_named_when_installing_is_forbidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_NO_APT", "1")
    with pytest.raises(_tiers.TierError) as error:
        _tiers.install_packages(["chromium", "fonts-dejavu-core"])
    assert str(error.value) == (
        "Debian packages are missing and WORKBENCH_NO_APT forbids to install them: install them with "
        "'apt-get install chromium fonts-dejavu-core'."
    )


def test_a_missing_package_is_named_when_only_root_could_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WORKBENCH_NO_APT", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(_tiers.TierError, match=r"only root on Debian can install them: .*'apt-get install chromium'"):
        _tiers.install_packages(["chromium"])


@pytest.fixture
def apt_get(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for apt-get that notes how it was called; it fails while the file beside it says so."""
    program = tmp_path / "apt-get"
    program.write_text(f'#!/bin/sh\necho "$DEBIAN_FRONTEND $@" >> {tmp_path}/calls\ntest ! -e {tmp_path}/fail\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.delenv("WORKBENCH_NO_APT", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return program


def test_root_gets_the_missing_packages_installed(apt_get: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _tiers.install_packages(["chromium", "redis-server"])
    assert apt_get.with_name("calls").read_text().splitlines() == [
        "noninteractive --quiet update",
        "noninteractive --quiet install --yes --no-install-recommends chromium redis-server",
    ]
    assert capsys.readouterr().err == (
        "Installing the Debian packages chromium redis-server (WORKBENCH_NO_APT=1 forbids it) …\n"
    )


def test_a_failing_apt_get_stops_with_a_sentence(apt_get: Path) -> None:
    apt_get.with_name("fail").touch()
    with pytest.raises(_tiers.TierError, match=r"^apt-get update failed, see above: install them with"):
        _tiers.install_packages(["chromium"])


def test_only_what_is_missing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        _tiers,
        "NEEDS",
        {"browser": {"there": lambda: True, "missing": lambda: False}, "services": {"too": lambda: False}},
    )
    assert _tiers.missing_packages(["browser", "long"]) == ["missing"]
    assert _tiers.missing_packages([]) == []


def test_the_newest_postgresql_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Path(f"/usr/lib/postgresql/{version}/bin/initdb") for version in ("9.6", "15", "14")]
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(found))
    assert _tiers.postgresql_program("initdb") == found[1]


@pytest.mark.services
def test_the_services_tier_has_a_postgresql_and_a_redis(db: None) -> None:
    import redis
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 150000
    with redis.Redis.from_url(os.environ["TEST_REDIS_URL"] + "/0") as client:
        assert client.ping()


@pytest.mark.services
def test_private_servers_end_with_the_tests() -> None:
    with _tiers.services() as variables:
        port = int(variables["TEST_REDIS_URL"].rpartition(":")[2])
        assert _tiers.answers(socket.AF_INET, ("127.0.0.1", port))
    assert not _tiers.answers(socket.AF_INET, ("127.0.0.1", port))


def test_a_test_that_uses_the_database_bears_its_mark(request: pytest.FixtureRequest, db: None) -> None:
    assert request.node.get_closest_marker("django_db")


# --- the guards of the rooms -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("models/project.py", "import reviews.editing", "A room looks back, never ahead"),
        ("metrics/bleu.py", "import reviews.checks.base", "A room looks back, never ahead"),
        ("newroom.py", "import reviews.values", "A room looks back, never ahead"),
        ("metrics/bleu.py", "import django.db", "know no table, no Django and no"),
        ("checks/base.py", "import reviews.models", "know no table, no Django and no"),
        ("metrics/registry.py", "import reviews.metrics.runner", "do not go round"),
        ("editing/saving.py", "import celery", "Only the pipeline and the tasks know Celery"),
    ],
)
def test_a_deliberate_breach_of_the_rooms_is_found(tmp_path: Path, module: str, line: str, contract: str) -> None:
    root = BIN.parent
    shutil.copytree(root / "reviews", tmp_path / "reviews", ignore=shutil.ignore_patterns("__pycache__", "static"))
    shutil.copy(root / ".importlinter", tmp_path)
    with (tmp_path / "reviews" / module).open("a") as file:
        file.write(f"\n{line}\n")
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as main; main(['--no-cache'])"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    verdict = " ".join(done.stdout.split()).split("BROKEN")[0]
    assert contract in verdict.rpartition("KEPT")[2]
