"""Set-up: a virtual environment with exactly the pinned packages, then the command inside it.

Runs on the system's Python, standard library only. A stamp in the environment remembers which requirement files it
holds, so that a second start costs nothing; a lock keeps two commands from installing at once.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"  # holds every pin of the other, which a test checks

#: command → (requirement file it needs, what runs in the environment)
COMMANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "start": (RUNTIME, ("bin/_start.py",)),
    "manage": (RUNTIME, ("bin/_manage.py",)),
    "test": (DEVELOPMENT, ("bin/_tiers.py",)),
    "python": (DEVELOPMENT, ()),  # any program of the development environment, for .ci/run
}


class SetupError(Exception):
    """What stands in the way, in one sentence with the remedy."""


def say(message: str) -> None:
    """On stderr: stdout belongs to the command that follows."""
    print(message, file=sys.stderr, flush=True)


def venv_folder(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("WORKBENCH_VENV") or ROOT / ".venv").expanduser().absolute()


def venv_python(venv: Path) -> Path:
    return venv / "bin" / "python"


# --- the stamp -------------------------------------------------------------------------------------


def fingerprint(requirements: Path) -> str:
    return hashlib.sha256(requirements.read_bytes()).hexdigest()


def read_stamp(venv: Path) -> dict[str, str]:
    """Requirement file → fingerprint of the content that is installed; a broken stamp counts as none."""
    try:
        lines = (venv / "workbench-stamp").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    return dict(parts for line in lines if len(parts := line.split(" ", 1)) == 2)


def write_stamp(venv: Path, stamp: Mapping[str, str]) -> None:
    partial = venv / "workbench-stamp.partial"
    partial.write_text("".join(f"{name} {digest}\n" for name, digest in stamp.items()), encoding="utf-8")
    partial.replace(venv / "workbench-stamp")


def is_current(venv: Path, name: str) -> bool:
    """Whether the environment holds this requirement file, on the Python it was made with."""
    stamp = read_stamp(venv)
    return stamp.get("python") == real_python(venv) and stamp.get(name) == fingerprint(ROOT / name)


def real_python(venv: Path) -> str:
    """The file behind the environment's Python, which an upgrade of the system replaces; empty when it is gone."""
    try:
        return str(venv_python(venv).resolve(strict=True))
    except (OSError, RuntimeError):
        return ""


# --- making it so ----------------------------------------------------------------------------------


def ensure(venv: Path, name: str) -> None:
    """The environment with the packages of one requirement file; raises SetupError."""
    if is_current(venv, name):
        return
    make_folder(venv)
    with locked(venv):
        if is_current(venv, name):
            return
        if not runs(venv_python(venv)):
            create(venv)
        install(venv, name)


def make_folder(venv: Path) -> None:
    try:
        venv.mkdir(parents=True, exist_ok=True)
        probe = venv / f"writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise cannot_write(venv, error) from None
    if any(venv.iterdir()) and not (venv / "pyvenv.cfg").is_file():
        raise SetupError(
            f"{venv} holds other things than a virtual environment: set WORKBENCH_VENV to an empty or a new folder."
        )


def cannot_write(venv: Path, error: OSError) -> SetupError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SetupError(f"Cannot write to {venv} because the disk is full: free about 1 GB and run this again.")
    return SetupError(
        f"Cannot write to {venv} ({error.strerror or error}): make it writable, or set WORKBENCH_VENV to a folder "
        "that is."
    )


@contextmanager
def locked(venv: Path) -> Iterator[None]:
    """One set-up at a time. The lock is on the folder itself, which clearing the environment leaves in place."""
    handle = os.open(venv, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is setting up; waiting for it …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def runs(python: Path) -> bool:
    """Whether this Python starts and has pip: a half-made environment, or one whose Python was removed, does not."""
    try:
        done = subprocess.run([python, "-c", "import pip"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def create(venv: Path) -> None:
    missing = [module for module in ("venv", "ensurepip") if importlib.util.find_spec(module) is None]
    if missing:
        raise SetupError(
            f"This Python ({sys.executable}) has no {missing[0]} module: install it, on Debian and Ubuntu with "
            "'apt-get install python3-venv'."
        )
    say(f"Making the virtual environment {venv} …")
    run_logged(venv, [sys.executable, "-m", "venv", "--clear", str(venv)], "Making the virtual environment")


def install(venv: Path, name: str) -> None:
    say(f"Installing the pinned packages of {name}; the first time takes a minute or two …")
    pip = [str(venv_python(venv)), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    run_logged(venv, [*pip, "--require-hashes", "-r", str(ROOT / name)], f"Installing the packages of {name}")
    held = {RUNTIME, DEVELOPMENT} if name == DEVELOPMENT else {name}
    try:
        write_stamp(venv, {"python": real_python(venv)} | {each: fingerprint(ROOT / each) for each in sorted(held)})
    except OSError as error:
        raise cannot_write(venv, error) from None


def run_logged(venv: Path, command: Sequence[str], doing: str) -> None:
    """Run a step of the set-up; its output is shown only where it tells why the step failed."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise SetupError(explain(doing, done.stdout, keep_log(venv, done.stdout)))


def keep_log(venv: Path, output: str) -> Path | None:
    log = venv / "workbench-setup.log"
    try:
        log.write_text(output, encoding="utf-8")
    except OSError:
        return None
    return log


def explain(doing: str, output: str, log: Path | None) -> str:
    """One sentence for a failed step: its own last error, or what a full disk needs."""
    if "No space left on device" in output:
        return f"{doing} failed because the disk is full: free about 1 GB and run this again."
    errors = re.findall(r"(?m)^(?:ERROR|Error): *(.+)$", output)
    reason = (errors or output.strip().splitlines() or ["no output"])[-1].strip().rstrip(".")
    where = f"; its whole output is in {log}" if log else ""
    return f"{doing} failed ({reason}){where}: put that right and run this again."


def main(arguments: Sequence[str]) -> None:
    name, *rest = arguments
    requirements, program = COMMANDS[name]
    venv = venv_folder(os.environ)
    try:
        ensure(venv, requirements)
    except SetupError as error:
        say(str(error))
        sys.exit(2)
    except KeyboardInterrupt:
        say("Stopped; the next start goes on with the set-up.")
        sys.exit(130)
    python = str(venv_python(venv))
    os.execv(python, [python, *(str(ROOT / part) for part in program), *rest])


if __name__ == "__main__":
    main(sys.argv[1:])
