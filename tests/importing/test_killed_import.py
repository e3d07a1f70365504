"""An import that is killed half-way and run again leaves what an undisturbed one does.

Real processes on a database of their own, ended with SIGKILL at a random point.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
ARTICLE = CHECKOUT / "fixtures" / "articles"
DOCUMENTS = 80
SEGMENTS = 6

#: What differs from import to import by its nature: times, and the batch itself; and the insides of the index of words.
LEFT_OUT_TABLES = ("reviews_importbatch", "reviews_searchwords")
LEFT_OUT_COLUMNS = {"id", "batch_id", "created_at", "updated_at", "hash", "previous"}

#: A killed process cannot say that its message did not go out.
LEFT_OUT_OF_RUNS = {"error", "attempts"}


class Installation:
    """A data folder with a SQLite database of its own."""

    def __init__(self, folder: Path, like: Installation | None = None) -> None:
        self.folder = folder
        if like is not None:
            shutil.copytree(like.folder, folder)
        else:
            folder.mkdir()
            subprocess.run(self._command("migrate", "-v0"), env=self._environment(), cwd=CHECKOUT, check=True)

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        return kept | {
            "DJANGO_SETTINGS_MODULE": "workbench.settings",
            "WORKBENCH_DATA": str(self.folder),
            "SECRET_KEY": "only-for-tests-" * 4,
        }

    def _command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, str(CHECKOUT / "manage.py"), *map(str, arguments)]

    def begin_import(self, paths: list[Path]) -> subprocess.Popen[bytes]:
        command = self._command("bulk_import", *paths, "--project", "desk", "--create-project", "de-en", "--json")
        return subprocess.Popen(
            command, env=self._environment(), cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def import_whole(self, paths: list[Path]) -> dict[str, Any]:
        process = self.begin_import(paths)
        out, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        return dict(json.loads(out))

    def import_killed(self, paths: list[Path], chance: random.Random) -> int:
        """Kill an import some way into it; how many documents were whole by then."""
        wanted = self.documents() + chance.randint(1, DOCUMENTS // 4)
        process = self.begin_import(paths)
        while self.documents() < wanted:
            assert process.poll() is None, "the import ended before it was killed"
            time.sleep(0.002)
        time.sleep(chance.random() * 0.05)
        process.kill()
        process.communicate()
        return self.documents()

    def connect(self) -> closing[sqlite3.Connection]:
        (database,) = self.folder.glob("*.sqlite3")
        return closing(sqlite3.connect(database, timeout=20))

    def documents(self) -> int:
        with self.connect() as connection:
            (count,) = connection.execute("SELECT count(*) FROM reviews_document").fetchone()
        return int(count)

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """All rows of all tables in the order they were made, with ids as places in that order."""
        with self.connect() as connection:
            connection.row_factory = sqlite3.Row
            tables = [
                row["name"]
                for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
                if row["name"].startswith("reviews_") and not row["name"].startswith(LEFT_OUT_TABLES)
            ]
            # The first column of every table is its primary key.
            found = {table: connection.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall() for table in tables}
            places = {table: {row[0]: place for place, row in enumerate(rows)} for table, rows in found.items()}
            dump = {}
            for table, rows in found.items():
                keys = {key["from"]: key["table"] for key in connection.execute(f'PRAGMA foreign_key_list("{table}")')}
                dump[table] = [_normal(table, dict(row), keys, places) for row in rows]
        return dump

    def raw_files(self) -> set[str]:
        """Kept sources; a killed import may leave a half-written temporary file, which has a dot in front."""
        return {path.name for path in (self.folder / "raw").rglob("*") if path.is_file() and path.name[0] != "."}


def _normal(table: str, row: dict[str, Any], keys: dict[str, str], places: dict[str, dict[int, int]]) -> dict[str, Any]:
    left_out = LEFT_OUT_COLUMNS | (LEFT_OUT_OF_RUNS if table == "reviews_taskrun" else set())
    if table == "reviews_auditevent":
        body = json.loads(row["body"])
        body = {name: value for name, value in body.items() if name not in ("at", "previous", "stream")}
        body["data"].pop("batch")
        owner, _, number = row["stream"].partition(":")
        row |= {"body": body, "stream": (owner, places[f"reviews_{owner}"][int(number)])}
    return {
        column: places[keys[column]][value] if column in keys and value is not None else value
        for column, value in row.items()
        if column not in left_out
    }


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Installation:
    return Installation(tmp_path_factory.mktemp("killed") / "empty")


@pytest.fixture(scope="module")
def paths(tmp_path_factory) -> list[Path]:
    """Articles of pages, and a file of rows with two engines and a reference."""
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for line in _rows():
            file.write(json.dumps(line) + "\n")
    folders = sorted(folder for folder in ARTICLE.iterdir() if folder.is_dir())
    return [folders[0], path, *folders[1:]]


def _rows() -> Iterator[dict[str, Any]]:
    for document in range(DOCUMENTS):
        for number in range(SEGMENTS):
            text = f"Satz {number} von Artikel {document}"
            yield {
                "document": f"rows-{document}",
                "id": str(number),
                "source": f"{text}.",
                "hypotheses": {"engine-a": f"A: {text}.", "engine-b": f"B: {text}."},
                "reference": f"R: {text}.",
            }


@pytest.fixture(scope="module")
def undisturbed(empty, paths, tmp_path_factory) -> Installation:
    installation = Installation(tmp_path_factory.mktemp("undisturbed") / "data", like=empty)
    installation.import_whole(paths)
    return installation


def assert_same(installation: Installation, undisturbed: Installation) -> None:
    mine, theirs = installation.rows(), undisturbed.rows()
    assert mine.keys() == theirs.keys()
    for table, rows in theirs.items():
        assert mine[table] == rows, table
    assert installation.raw_files() == undisturbed.raw_files()


def test_an_import_killed_half_way_and_run_again_leaves_what_an_undisturbed_one_does(
    empty, undisturbed, paths, tmp_path
):
    installation = Installation(tmp_path / "data", like=empty)
    whole = undisturbed.documents()
    there = installation.import_killed(paths, random.Random())
    assert 0 < there < whole
    result = installation.import_whole(paths)
    assert result["documents"] == {"new": whole - there, "changed": 0, "same": there, "rejected": 0}
    assert_same(installation, undisturbed)
    with installation.connect() as connection:  # the comparison sees a single letter
        connection.execute("UPDATE reviews_document SET section = 'x' WHERE id = 2")
        connection.commit()
    with pytest.raises(AssertionError, match="reviews_document"):
        assert_same(installation, undisturbed)


@pytest.mark.long
def test_twenty_kills_at_random_points_leave_what_an_undisturbed_import_does(empty, undisturbed, paths, tmp_path):
    """Each time from the beginning, killed once or twice."""
    for seed in range(20):
        chance = random.Random(seed)
        installation = Installation(tmp_path / str(seed), like=empty)
        for _ in range(1 + seed % 2):
            installation.import_killed(paths, chance)
        installation.import_whole(paths)
        assert_same(installation, undisturbed)
