"""An empty installation of its own for a benchmark that needs tables: a folder, a migrated database, Django set up."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

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
