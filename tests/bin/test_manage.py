"""bin/manage sets up and migrates first, and leaves stdout to the command."""

import stat
from pathlib import Path

import _manage
import pytest

from tests.bin.conftest import Run, assert_refused

PRINT = ("shell", "--no-imports", "-c", "print('{}')")


def test_the_first_command_migrates_and_the_second_has_nothing_to_do(run: Run, tmp_path: Path) -> None:
    first = run("manage", *PRINT)
    assert (first.returncode, first.stdout) == (0, "{}\n")
    assert first.stderr == "Bringing the database up to date …\n"
    second = run("manage", *PRINT)
    assert (second.returncode, second.stdout, second.stderr) == (0, "{}\n", "")
    key = tmp_path / "data" / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(key.read_text().strip()) >= 32
    assert [file.name for file in key.parent.glob("secret_key.*")] == []


def test_a_relative_data_folder_counts_from_where_the_command_is_called(run: Run, tmp_path: Path) -> None:
    assert run("manage", "version", WORKBENCH_DATA="here").returncode == 0
    assert (tmp_path / "here" / "secret_key").is_file()


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (["segments", "--project", "demo"], True),
        (["export", "--", "--help"], True),
        (["segments", "--help"], False),
        (["segments", "-h"], False),
        (["--help"], False),
        (["help", "segments"], False),
        (["makemigrations", "--check"], False),
        (["migrate"], False),
        ([], False),
    ],
)
def test_a_question_about_a_command_needs_no_database(arguments: list[str], needed: bool) -> None:
    assert _manage.needs_database(arguments) is needed


def test_a_data_folder_that_cannot_be_made_gets_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert_refused(
        run("manage", *PRINT, WORKBENCH_DATA=str(tmp_path / "file" / "data")),
        f"Cannot write to the data folder {tmp_path}/file/data (Not a directory): see that it is writable and its disk "
        "not full, or set WORKBENCH_DATA to another folder.",
    )


def test_a_setting_that_cannot_be_understood_gets_one_sentence(run: Run) -> None:
    assert_refused(
        run("manage", *PRINT, TIME_ZONE="Mars/Olympus"),
        "TIME_ZONE is 'Mars/Olympus', which this machine does not know: set it to a name such as Europe/Berlin, or "
        "install the time zone data (Debian package tzdata).",
    )


def test_a_database_that_does_not_answer_gets_one_sentence(run: Run, tmp_path: Path) -> None:
    done = run("manage", *PRINT, DATABASE_URL=f"postgresql://desk@{str(tmp_path).replace('/', '%2F')}/review")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("The database cannot be used (connection")
    assert done.stderr.count("\n") == 1
