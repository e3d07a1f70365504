"""The virtual environment is made once, renewed when the pins change, and refused with one sentence."""

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import _setup
import pytest

from tests.bin.conftest import BIN, Run, assert_refused, environment

#: Runs the set-up on requirement files of the test's own.
PROGRAM = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import _setup
_setup.ROOT = Path(sys.argv[2])
_setup.main(["python", "-c", "print('ready')"])
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkout")
    for name in (_setup.RUNTIME, _setup.DEVELOPMENT):
        (folder / name).write_text("# nothing to install\n")
    return folder


def start_setup(checkout: Path, venv: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(BIN), str(checkout)],
        env=environment(WORKBENCH_VENV=str(venv), PIP_NO_INDEX="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def venv(checkout: Path) -> Path:
    """A real environment, made by two commands that were called at the same time."""
    venv = checkout / "venv"
    both = [start_setup(checkout, venv) for _ in range(2)]
    answers = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], answers
    assert [out for out, _ in answers] == ["ready\n", "ready\n"]
    said = "".join(err for _, err in answers)
    assert said.count("Making the virtual environment") == 1
    assert said.count("Installing the pinned packages") == 1
    return venv


def finish(process: "subprocess.Popen[str]") -> "subprocess.CompletedProcess[str]":
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def test_two_commands_at_once_install_once(venv: Path) -> None:
    assert _setup.runs(_setup.venv_python(venv))


def test_a_second_start_does_nothing(checkout: Path, venv: Path) -> None:
    done = finish(start_setup(checkout, venv))
    assert (done.returncode, done.stdout, done.stderr) == (0, "ready\n", "")


def test_packages_that_cannot_be_installed_give_one_sentence(checkout: Path, venv: Path, tmp_path: Path) -> None:
    (tmp_path / _setup.DEVELOPMENT).write_text(f"./missing-1.0-py3-none-any.whl --hash=sha256:{'0' * 64}\n")
    (tmp_path / _setup.RUNTIME).write_text("")
    done = finish(start_setup(tmp_path, venv))
    assert (done.returncode, done.stdout) == (2, "")
    doing, sentence = done.stderr.splitlines()
    assert doing.startswith("Installing the pinned packages of requirements-dev.txt")
    assert re.fullmatch(
        r"Installing the packages of requirements-dev\.txt failed \(.*missing-1\.0.*\); its whole output is in "
        rf"{re.escape(str(venv))}/workbench-setup\.log: put that right and run this again\.",
        sentence,
    )
    assert "missing-1.0" in (venv / "workbench-setup.log").read_text()


# --- the stamp -------------------------------------------------------------------------------------


@pytest.fixture
def stamped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stamped environment of a checkout with two requirement files."""
    monkeypatch.setattr(_setup, "ROOT", tmp_path)
    for name in (_setup.RUNTIME, _setup.DEVELOPMENT):
        (tmp_path / name).write_text(f"# {name}\n")
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (tmp_path / "python3.11").touch()
    _setup.venv_python(venv).symlink_to(tmp_path / "python3.11")
    held = (_setup.RUNTIME, _setup.DEVELOPMENT)
    _setup.write_stamp(
        venv, {"python": _setup.real_python(venv)} | {name: _setup.fingerprint(tmp_path / name) for name in held}
    )
    return venv


def test_a_stamped_environment_is_current_for_both_requirement_files(stamped: Path) -> None:
    assert _setup.is_current(stamped, _setup.RUNTIME)
    assert _setup.is_current(stamped, _setup.DEVELOPMENT)


def test_a_changed_requirement_file_is_installed_again(stamped: Path) -> None:
    (stamped.parent / _setup.DEVELOPMENT).write_text("# another pin\n")
    assert not _setup.is_current(stamped, _setup.DEVELOPMENT)
    assert _setup.is_current(stamped, _setup.RUNTIME)


def test_an_environment_whose_python_was_replaced_is_made_again(stamped: Path) -> None:
    (stamped.parent / "python3.13").touch()
    _setup.venv_python(stamped).unlink()
    _setup.venv_python(stamped).symlink_to(stamped.parent / "python3.13")
    assert not _setup.is_current(stamped, _setup.RUNTIME)


def test_an_environment_whose_python_was_removed_is_made_again(stamped: Path) -> None:
    (stamped.parent / "python3.11").unlink()
    assert not _setup.is_current(stamped, _setup.RUNTIME)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"requirements.txt", b"requirements.txt  \n\n"])
def test_a_broken_stamp_counts_as_none(stamped: Path, content: bytes) -> None:
    (stamped / "workbench-stamp").write_bytes(content)
    assert not _setup.is_current(stamped, _setup.RUNTIME)


def test_the_development_file_holds_every_pin_of_the_other() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"(?m)^([\w.-]+==\S+)", (BIN.parent / name).read_text()))

    assert pins(_setup.RUNTIME)
    assert pins(_setup.RUNTIME) <= pins(_setup.DEVELOPMENT)


# --- what stands in the way -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["start", "test", "manage"])
def test_a_place_that_cannot_be_written_gets_one_sentence(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    venv = tmp_path / "file" / "venv"  # below a file nobody can make a folder, root neither
    assert_refused(
        run(name, WORKBENCH_VENV=str(venv)),
        f"Cannot write to {venv} (Not a directory): make it writable, or set WORKBENCH_VENV to a folder that is.",
    )


def test_a_full_disk_gets_one_sentence() -> None:
    full = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"
    assert _setup.explain("Installing", full, None) == (
        "Installing failed because the disk is full: free about 1 GB and run this again."
    )
    error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert str(_setup.cannot_write(Path("/srv/venv"), error)) == (
        "Cannot write to /srv/venv because the disk is full: free about 1 GB and run this again."
    )


def test_a_folder_with_other_things_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.txt").write_text("ten years of work")
    assert_refused(
        run("manage", "check", WORKBENCH_VENV=str(tmp_path / "home")),
        f"{tmp_path}/home holds other things than a virtual environment: set WORKBENCH_VENV to an empty or a new "
        "folder.",
    )
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_python_without_venv_is_told_which_package_has_it(tmp_path: Path, module: str) -> None:
    without = (
        f"import runpy, sys; sys.modules[{module!r}] = None; del sys.argv[0]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", without, BIN / "_setup.py", "manage", "check"],
        env=environment(WORKBENCH_VENV=str(tmp_path / "venv")),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert_refused(
        done,
        f"This Python ({sys.executable}) has no {module} module: install it, on Debian and Ubuntu with "
        "'apt-get install python3-venv'.",
    )
