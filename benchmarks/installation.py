"""An empty installation of its own for a benchmark that needs tables: a folder, a migrated database, Django set up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def install(stack: ExitStack, database: str) -> Path:
    """Set Django up on an empty `sqlite` file or a `postgres` server started for this run; the folder of both.

    Nothing of the caller's environment gets in; all of it goes when `stack` ends.
    """
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workbench-bench-")))
    os.environ.update(
        DJANGO_SETTINGS_MODULE="workbench.settings", WORKBENCH_DATA=str(folder / "data"), SECRET_KEY="bench-" * 8
    )
    os.environ.pop("DATABASE_URL", None)
    if database == "postgres":
        sys.path.insert(0, str(ROOT / "bin"))
        import _tiers

        folder.chmod(0o755)  # PostgreSQL runs as another user when this one is root
        os.environ["DATABASE_URL"] = stack.enter_context(_tiers.postgresql(folder / "postgresql"))
    (folder / "data").mkdir()
    subprocess.run([sys.executable, ROOT / "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
    import django

    django.setup()
    return folder


def as_in_tests() -> Any:
    """The page is asked for by Django's test client, and no static files were collected."""
    from django.conf import settings
    from django.test import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    return override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=settings.STORAGES | {"staticfiles": plain})


def beside(name: str) -> Any:
    """A connection to a copy of the migrated, empty database."""
    from django.db import connection

    settings = dict(connection.settings_dict)
    if connection.vendor == "postgresql":
        empty = settings["NAME"]
        connection.close()
        with _maintenance(settings).cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE {connection.ops.quote_name(empty)}")
        settings["NAME"] = name
    else:
        connection.close()
        copy = Path(settings["NAME"]).with_name(f"{name}.sqlite3")
        shutil.copy(settings["NAME"], copy)
        settings["NAME"] = str(copy)
    return _wrapper(settings)


def _wrapper(settings: dict[str, Any]) -> Any:
    from django.db import connections

    return type(connections["default"])(settings, alias="default")


def _maintenance(settings: dict[str, Any]) -> Any:
    return _wrapper(settings | {"NAME": "template1"})


@contextmanager
def using(database: Any) -> Iterator[None]:
    """Whatever is asked meanwhile is asked of this database."""
    from django.db import connections

    before = connections["default"]
    connections["default"] = database
    try:
        yield
    finally:
        connections["default"] = before
