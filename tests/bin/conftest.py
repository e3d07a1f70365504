"""The programs in bin/ are no package: their folder is put on the path, as Python does when it runs one of them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

BIN = Path(__file__).resolve().parents[2] / "bin"
sys.path.insert(0, str(BIN))

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def environment(**variables: str) -> dict[str, str]:
    """What a shell would pass on, without the tests' own settings and with the environment the tests run in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"WORKBENCH_VENV": sys.prefix} | variables


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command of bin/ to its end, from another folder than the checkout."""

    def run(name: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BIN / name, *arguments],
            env=environment(WORKBENCH_DATA=str(tmp_path / "data")) | variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def assert_refused(done: subprocess.CompletedProcess[str], sentence: str) -> None:
    """Exit code 2, nothing on stdout, and this one sentence on stderr."""
    assert (done.returncode, done.stdout, done.stderr) == (2, "", sentence + "\n")
