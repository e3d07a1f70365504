"""An installation made ready: data folder, secret key, database, static files, demo project.

Runs in the virtual environment. `bin/manage` uses its parts; `bin/start` runs the whole as a process of its own,
whose stdout is the list of demo log-ins.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from workbench import embedded, env  # noqa: E402


class PrepareError(Exception):
    """What stands in the way, in one sentence with the remedy."""


def say(message: str) -> None:
    """On stderr: stdout belongs to what the command prints."""
    print(message, file=sys.stderr, flush=True)


def data_folder() -> Path:
    """The data folder, made with its secret key where missing; children find it by the environment."""
    data = env.folder("WORKBENCH_DATA", ROOT / "var")
    os.environ["WORKBENCH_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workbench.settings")
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        make_secret_key(embedded.secret_key_file(data))
    except OSError as error:
        raise PrepareError(
            f"Cannot write to the data folder {data} ({error.strerror or error}): see that it is writable and "
            "its disk not full, or set WORKBENCH_DATA to another folder."
        ) from None
    return data


def make_secret_key(file: Path) -> None:
    """A key of its own for this installation. It appears whole or not at all, whoever else makes one meanwhile."""
    if file.exists():
        return
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(partial, file)
    except FileExistsError:
        pass
    finally:
        partial.unlink()


# --- the database ----------------------------------------------------------------------------------


def migrate_if_needed(data: Path) -> None:
    """Bring the database up to date; costs a few hundredths of a second when it is."""
    import django
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    django.setup()
    try:
        if not _pending_migrations():
            return
        with _one_at_a_time(data):
            if _pending_migrations():
                say("Bringing the database up to date …")
                call_command("migrate", interactive=False, verbosity=0, stdout=sys.stderr)
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        raise PrepareError(
            f"The database cannot be used ({reason}): see that its server runs and that DATABASE_URL is right, or "
            f"that {data} is writable and its disk not full."
        ) from None
    finally:
        connection.close()


def _pending_migrations() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _one_at_a_time(data: Path) -> Iterator[None]:
    with (data / "migrate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- static files and the demo project ---------------------------------------------------------------


def collect_static_if_needed(data: Path) -> None:
    """Copy, hash and compress the static files when any of them changed since the last time."""
    from django.conf import settings
    from django.core.management import call_command

    stamp = data / "static.stamp"
    wanted = _static_fingerprint()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted and Path(settings.STATIC_ROOT).is_dir():
        return
    say("Collecting the static files …")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, stdout=sys.stderr)
    stamp.write_text(wanted, encoding="utf-8")


def _static_fingerprint() -> str:
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    found = ((path, storage) for finder in get_finders() for path, storage in finder.list(None))
    for path, storage in sorted(found, key=lambda pair: pair[1].path(pair[0])):
        status = os.stat(storage.path(path))
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def load_demo() -> None:
    """The demo project, for an installation that has no project yet; the log-ins to it go to stdout."""
    from django.core.management import call_command

    call_command("load_demo")


def main() -> None:
    try:
        data = data_folder()
        migrate_if_needed(data)
        collect_static_if_needed(data)
        load_demo()
    except (PrepareError, env.EnvError) as error:
        say(str(error))
        sys.exit(2)


if __name__ == "__main__":
    main()
