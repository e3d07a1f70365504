"""The commands find a Python that is new enough, or say what to install."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bin.conftest import BIN, assert_refused


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with what the wrappers need and no Python: the whole PATH of these tests."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("bash", "dirname"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def add_python(tools: Path, name: str, *, works: bool) -> None:
    program = tools / name
    program.write_text(f"#!{shutil.which('bash')}\n" + (f'exec "{sys.executable}" "$@"\n' if works else "exit 1\n"))
    program.chmod(0o755)


def chosen(tools: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-euc", f'source "{BIN}/_python.sh"; echo "$python"'],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", ["python3", "python3.13", "python3.12", "python3.11"])
def test_it_takes_the_one_that_is_new_enough(tools: Path, name: str) -> None:
    add_python(tools, "python3", works=False)  # as an old one, or a version manager's empty shim
    add_python(tools, name, works=True)
    assert chosen(tools).stdout == name + "\n"


def test_without_one_it_says_what_to_install(tools: Path) -> None:
    add_python(tools, "python3", works=False)
    assert_refused(
        chosen(tools),
        "No Python 3.11 or newer found (tried python3, python3.13, python3.12, python3.11): install one, on Debian "
        "and Ubuntu with 'apt-get install python3 python3-venv'.",
    )
