"""What can be said of the production files without running them."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def services() -> dict[str, str]:
    """Name → text of each service; the file's own layout, two spaces a level, is part of what is tested."""
    (block,) = re.findall(r"(?ms)^services:\n(.*?)(?=^\S|\Z)", COMPOSE)
    parts = re.split(r"(?m)^  ([a-z]+):\n", block)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def test_web_worker_scheduler_database_and_broker_are_there() -> None:
    assert {"web", "worker", "scheduler", "database", "broker"} <= set(services())
    assert 'command: ["celery", "--app", "workbench", "worker"' in services()["worker"]
    assert 'command: ["celery", "--app", "workbench", "beat"' in services()["scheduler"]
    assert "--beat" not in services()["worker"]


@pytest.mark.parametrize("name", ["SECRET_KEY", "POSTGRES_PASSWORD"])
def test_no_secret_is_in_the_file_and_a_missing_one_stops_with_a_message(name: str) -> None:
    given = re.findall(rf"^ +{name}: (.*)$", COMPOSE, re.MULTILINE)
    assert given
    assert all(re.fullmatch(rf"\$\{{{name}:\?[^}}]+\}}", value) for value in given)


def test_no_address_holds_a_password() -> None:
    for credentials in re.findall(r"://([^/\s]*)@", COMPOSE):
        password = credentials.partition(":")[2]
        assert not password or re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", password)


def test_every_image_is_pinned() -> None:
    images = re.findall(r"^ +image: (\S+:\S+)$", COMPOSE, re.MULTILINE) + re.findall(r"(?m)^FROM (\S+)", DOCKERFILE)
    assert len(images) == 3
    for image in images:
        assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+", image), image


def test_only_the_web_server_has_a_port_and_only_on_this_machine() -> None:
    assert re.findall(r'- "([^"]*:\d+:\d+)"', COMPOSE) == ["127.0.0.1:8000:8000"]
    assert "ports:" in services()["web"]


def test_every_role_of_the_image_gets_the_same_environment() -> None:
    for name in ("setup", "web", "worker", "scheduler"):
        assert "<<: *workbench" in services()[name]
        assert "environment:" not in services()[name]


def test_the_image_installs_the_pinned_packages_and_runs_as_nobody_special() -> None:
    assert "pip install --require-hashes --requirement requirements.txt" in DOCKERFILE
    commands = re.findall(r"^([A-Z]+) (.*)$", DOCKERFILE, re.MULTILINE)
    user = commands.index(("USER", "workbench"))
    assert not [command for command, _ in commands[user:] if command in ("RUN", "COPY", "ADD")]


def test_the_image_takes_only_what_is_named() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = re.findall(r"^COPY (\S+) ", DOCKERFILE, re.MULTILINE)
    assert lines[0] == "*"
    assert {line[1:] for line in lines if line.startswith("!")} == set(copied)
    assert all((ROOT / name).exists() for name in copied)
