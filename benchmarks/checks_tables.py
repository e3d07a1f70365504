"""How fast the checks are with their tables, from the rows of an article to its findings in the database.

Imports WMT22 de-en with Online-B (1,984 pairs in 271 documents) into an empty database of its own, a SQLite file or a
PostgreSQL started for this run, and checks document by document what holds in it, as a worker does: the word lists are
read before, the words of the texts are new to it. Then the same in a second project, when it has met the words, in a
third with checks that say nothing, which leaves the work of the tables, and as one document of all lines.

An article is what the product lives on: 30 segments of consecutive WMT22 lines with two engines' translations, checked
after its import, and once more after one save.

    python -m benchmarks.checks_tables
    python -m benchmarks.checks_tables --database postgres --profile
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from .installation import ROOT, install

SHARED = ROOT.parent / "shared"
ENGINES = ("Online-B", "LT22")
ARTICLE = 30


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds by the clock and of this process, and queries."""

    wall: float
    processor: float
    queries: int


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    with ExitStack() as stack:
        folder = install(stack, options.database)
        from reviews.checks.phrases.lexicon import preload

        preload("de", "en")
        data = options.shared / "data" / "wmt22-de-en"
        print(f"{options.database}; by the clock, processor time of this process, queries")
        print_documents(data, folder, profile=options.profile)
        print_article(data, folder)
    return 0


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.checks_tables",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--shared", type=Path, default=SHARED, help="the folder with the test data")
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--profile", action="store_true", help="say where the time goes (which makes it slower)")
    return parser.parse_args(arguments)


# --- texts -----------------------------------------------------------------------------------------


def rows(data: Path, engines: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The lines of the set as records of an import, each with its document."""
    sources = _lines(data / "source.de")
    documents = [line.split("\t")[1] for line in _lines(data / "docs.tsv")[1:]]
    texts = [_lines(data / "systems" / f"{engine}.en") for engine in engines]
    for number, (document, source, *english) in enumerate(zip(documents, sources, *texts, strict=True)):
        hypotheses = dict(zip(engines, english, strict=True))
        yield {"document": document, "id": str(number), "source": source, "hypotheses": hypotheses}


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def imported(slug: str, records: Sequence[dict[str, Any]], folder: Path) -> list[int]:
    """A new project of these records; the ids of its documents."""
    from django.utils import timezone

    from reviews.importing.formats.base import ReadOptions
    from reviews.importing.formats.registry import BY_NAME
    from reviews.importing.importer import Importer
    from reviews.models import Document, ImportBatch, Project

    path = folder / f"{slug}.jsonl"
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    project = Project.objects.create(slug=slug, name=slug, source_lang="de", target_lang="en")
    batch = ImportBatch.objects.create(project=project)
    importer = Importer(project, batch, after_document=lambda *_: None, say=lambda _: None)
    importer.take_file(BY_NAME["jsonl"], path, ReadOptions("de", "en", timezone.get_default_timezone()))
    importer.finish()
    return list(Document.objects.filter(project=project).order_by("id").values_list("id", flat=True))


# --- measuring -----------------------------------------------------------------------------------------


def spent(work: Callable[[], object]) -> Spent:
    from django.db import connection

    count = 0

    def counted(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    with connection.execute_wrapper(counted):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        return Spent(time.perf_counter() - wall, time.process_time() - processor, count)


@contextmanager
def silent_checks() -> Iterator[None]:
    """Every check answers at once that all is well, and reads nothing around a text."""
    from reviews.checks.registry import CHECKS

    kinds = [type(check) for check in CHECKS]
    kept = [(kind, kind.run, kind.context) for kind in kinds]
    try:
        for kind in kinds:
            kind.run = lambda self, text: []  # type: ignore[method-assign]
            kind.context = lambda self, article, index: ()  # type: ignore[method-assign]
        yield
    finally:
        for kind, run, context in kept:
            kind.run, kind.context = run, context  # type: ignore[method-assign]


def print_documents(data: Path, folder: Path, *, profile: bool) -> None:
    from reviews.checks.runner import check_document

    records = [*rows(data, ENGINES[:1])]
    first, again, tables = (imported(slug, records, folder) for slug in ("first", "again", "tables"))

    def check_all(documents: Sequence[int]) -> None:
        for document in documents:
            check_document(document)

    print(f"\n{len(records):,} pairs in {len(first)} documents, pairs a second")
    print("| what | clock | processor | queries |\n|---|---|---|---|")
    print_rate("words new", len(records), spent(lambda: check_all(first)))
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    figures = spent(lambda: check_all(again))
    profiler.disable()
    print_rate("words met before", len(records), figures)
    with silent_checks():
        print_rate("tables alone", len(records), spent(lambda: check_all(tables)))
    whole = imported("whole", [record | {"document": "one file"} for record in records], folder)
    print_rate("all in one document, words met before", len(records), spent(lambda: check_all(whole)))
    print_rate("everything checked before", len(records), spent(lambda: check_all(again)))
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(60)


def print_rate(what: str, pairs: int, figures: Spent) -> None:
    print(f"| {what} | {pairs / figures.wall:,.0f} | {pairs / figures.processor:,.0f} | {figures.queries:,} |")


def print_article(data: Path, folder: Path) -> None:
    from reviews.checks.runner import check_document, check_targets
    from reviews.editing.saving import save_revision
    from reviews.models import Document, Membership, Person, Role

    records = [
        record | {"document": f"article-{number // ARTICLE}"} for number, record in enumerate(rows(data, ENGINES))
    ]
    articles = imported("articles", records[: len(records) // ARTICLE * ARTICLE], folder)
    project = Document.objects.get(pk=articles[0]).project
    person = Person.objects.create_user(username="bench")
    Membership.objects.create(project=project, person=person, role=Role.EDITOR)
    imports, saves = [], []
    for article in articles:
        imports.append(spent(lambda article=article: check_document(article)))  # type: ignore[misc]
        segment = Document.objects.get(pk=article).segments.order_by("id")[ARTICLE // 2]
        assert segment.chosen is not None
        save_revision(segment_id=segment.pk, person=person, typed=f"{segment.chosen.text} Really.", base=0)
        saves.append(spent(lambda article=article: check_targets(article)))  # type: ignore[misc]
    print(
        f"\none article of {ARTICLE} segments, {len(ENGINES)} engines; median of {len(articles)}\n"
        "| what | ms by the clock | ms of processor | queries |\n|---|---|---|---|"
    )
    for what, each in (("after its import", imports), ("after one save", saves)):
        wall, processor = (1000 * median(getattr(s, kind) for s in each) for kind in ("wall", "processor"))
        print(f"| {what} | {wall:.1f} | {processor:.1f} | {median(s.queries for s in each):.0f} |")


if __name__ == "__main__":
    sys.exit(main())
