"""How fast the bulk import is, and how much memory it takes, beside a bare write of the same rows.

Imports generated JSON Lines (articles of 25 segments, two engines) into an empty database of its own: a SQLite file,
or a PostgreSQL started for this run. Then the rows that came of it are written once more into bare tables without
indexes, keys or triggers, by COPY on PostgreSQL and executemany on SQLite, each in one transaction: the fastest way
this database takes them. Scores are not part of it: the runs are written, nobody works through them.

    python -m benchmarks.import_bench
    python -m benchmarks.import_bench --segments 5000 --database postgres --profile
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import accumulate
from pathlib import Path
from typing import Any

from .installation import install

SEGMENTS_PER_DOCUMENT = 25
SYSTEMS = ("engine-a", "engine-b")
VOCABULARY = 20_000
SENTENCE = (4, 32)


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    with ExitStack() as stack:
        folder = install(stack, options.database)
        path = folder / "articles.jsonl"
        write_articles(path, options.segments)
        measure(path, options)
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.import_bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--segments", type=positive, default=50_000, help="how many (default 50000)")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--profile", action="store_true", help="say where the time goes (which makes it slower)")
    return parser.parse_args(arguments)


def positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 10 * SEGMENTS_PER_DOCUMENT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {10 * SEGMENTS_PER_DOCUMENT} on")
    return int(text)


# --- what is imported ----------------------------------------------------------------------------------


def write_articles(path: Path, segments: int) -> None:
    """JSON Lines of so many segments; the words occur as often as words do (Zipf's law)."""
    chance = random.Random(7)
    german, english = (_sentences(chance) for _ in range(2))
    with path.open("w", encoding="utf-8") as file:
        for number in range(segments):
            document, place = divmod(number, SEGMENTS_PER_DOCUMENT)
            row = {
                "document": f"bench-{document}",
                "id": str(place + 1),
                "kind": "headline" if place == 0 else "body",
                "source": next(german),
                "hypotheses": {system: next(english) for system in SYSTEMS},
                "section": f"section {document % 7}",
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _sentences(chance: random.Random) -> Iterator[str]:
    letters = "eeeennnniiisssrrraaatttdddhhuullccggmmoobwfkzpvüäöß"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 12))) for _ in range(VOCABULARY)]
    weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
    while True:
        yield " ".join(chance.choices(words, cum_weights=weights, k=chance.randint(*SENTENCE))).capitalize() + "."


# --- measuring -----------------------------------------------------------------------------------------


def measure(path: Path, options: argparse.Namespace) -> None:
    before = peak_memory()
    ends, seconds, cpu = import_all(path, profile=options.profile)
    after = peak_memory()
    bare, rows = bare_write()
    tenth = max(len(ends) // 10, 1)
    first = tenth * SEGMENTS_PER_DOCUMENT / (ends[tenth] - ends[0])
    last = tenth * SEGMENTS_PER_DOCUMENT / (ends[-1] - ends[-1 - tenth])
    print(f"{options.database}: {options.segments} segments × {len(SYSTEMS)} systems in {len(ends)} documents")
    print(f"import      {seconds:8.1f} s   {options.segments / seconds:8.0f} segments/s   (processor {cpu:.1f} s)")
    print(f"bare write  {bare:8.1f} s   {rows} rows; the import takes {seconds / bare:.1f} times as long")
    print(f"first tenth {first:8.0f} segments/s, last tenth {last:.0f}: {last / first:.2f} of it")
    print(f"memory      {after / 1024:8.0f} MiB at most, {before / 1024:.0f} of it before the import")


def peak_memory() -> int:
    """The most memory this process has held so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def import_all(path: Path, *, profile: bool) -> tuple[list[float], float, float]:
    """When each document was done, and the seconds and processor seconds of the whole import."""
    from django.utils import timezone

    from reviews import pipeline
    from reviews.importing.formats.base import ReadOptions
    from reviews.importing.formats.registry import BY_NAME
    from reviews.importing.importer import Importer
    from reviews.models import Document, ImportBatch, Project

    project = Project.objects.create(slug="bench", name="Bench", source_lang="de", target_lang="en")
    batch = ImportBatch.objects.create(project=project)
    ends: list[float] = []

    def after_document(document: Document, batch: ImportBatch) -> None:
        pipeline.after_import(document, batch, publish=False)
        ends.append(time.perf_counter())

    importer = Importer(project, batch, after_document=after_document, say=lambda _: None)
    read_options = ReadOptions("de", "en", timezone.get_default_timezone())
    profiler = cProfile.Profile() if profile else None
    started, cpu = time.perf_counter(), time.process_time()
    if profiler:
        profiler.enable()
    importer.take_file(BY_NAME["jsonl"], path, read_options)
    importer.finish()
    if profiler:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    if importer.tally.documents["new"] != len(ends) or importer.tally.rejected:
        raise SystemExit(f"The import did not take everything: {importer.tally.counts()}")
    return ends, seconds, cpu


def bare_write() -> tuple[float, int]:
    """Seconds to write the imported rows once more into bare tables, and how many there are."""
    from django.db import connection

    from reviews.models import Hypothesis, Placement, Segment, SegmentSource

    seconds = 0.0
    total = 0
    for model in (Segment, SegmentSource, Placement, Hypothesis):
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = cursor.fetchall()
            cursor.execute(f'CREATE TABLE "bare_{table}" AS SELECT * FROM "{table}" WHERE 1 = 0')
        connection.close()
        started = time.perf_counter()
        _copy(f"bare_{table}", rows) if connection.vendor == "postgresql" else _insert(f"bare_{table}", rows)
        seconds += time.perf_counter() - started
        total += len(rows)
    return seconds, total


def _copy(table: str, rows: list[tuple[Any, ...]]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


def _insert(table: str, rows: list[tuple[Any, ...]]) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(rows[0]))
        cursor.executemany(f'INSERT INTO "{table}" VALUES ({places})', rows)


if __name__ == "__main__":
    sys.exit(main())
