"""How long an exact corpus score of one engine in one section takes among a million scored pairs in PostgreSQL.

A PostgreSQL started for this run gets WMT22 de-en, all nine systems against reference A with their real statistics,
and as many copies of it as make the pairs asked for; every copy has its own documents, segments, hypotheses and scores.
Then BLEU, chrF++ and TER of one system in one section are asked for as a user does (`compare`), cold and warm, and
once more of all nine with intervals and paired tests.

Beside it stands sacrebleu over the same texts. It reads one copy of the section and its seconds are multiplied by the
copies: its work is linear in the segments, and a real repetition would find the lines in its tokenizer's cache. The
scores must be equal to the last digit; a difference ends the run with exit code 1. Ratios are of processor seconds, on
our side those of this process and of PostgreSQL's without parallel workers, so that other work on the machine does not
count. Output: times, ratios, bytes, and PostgreSQL's own account of the query.

    python -m benchmarks.slices
    python -m benchmarks.slices --pairs 100000 --section news
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

from reviews.metrics.base import Batch, Languages
from reviews.metrics.registry import SOURCE_SIGNALS, reference_metric
from reviews.values import CodedText, in_batches

from .installation import ROOT, install

WMT22 = ROOT.parent / "shared" / "data" / "wmt22-de-en"
METRICS = ("bleu", "chrf++", "ter")
SACREBLEU: Mapping[str, Callable[[], Any]] = {"bleu": BLEU, "chrf++": lambda: CHRF(word_order=2), "ter": TER}
SLUG = "slices"
WARM = 5

Result = TypeVar("Result")


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    with ExitStack() as stack:
        install(stack, "postgres")
        corpus = Corpus()
        copies = -(-options.pairs // (len(corpus.sources) * len(corpus.systems)))
        fill(corpus, copies)
        return measure(corpus, copies, options.section, options.system)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.slices", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=1_000_000, help="at least so many (default 1000000)")
    parser.add_argument("--section", default="news", help="a domain of WMT22 (default news)")
    parser.add_argument("--system", default="Online-B", help="a system of WMT22 (default Online-B)")
    return parser.parse_args(arguments)


# --- a million pairs -----------------------------------------------------------------------------------


class Corpus:
    """WMT22 de-en: texts, and the article and the domain of each line."""

    def __init__(self) -> None:
        self.sources = _lines(WMT22 / "source.de")
        self.references = _lines(WMT22 / "ref.A.en")
        self.systems = {path.stem: _lines(path) for path in sorted((WMT22 / "systems").glob("*.en"))}
        rows = [row.split("\t") for row in _lines(WMT22 / "docs.tsv")[1:]]
        self.documents = [row[1] for row in rows]
        self.sections = [row[2] for row in rows]


def _lines(path: Path) -> list[str]:
    return path.read_text("utf-8").split("\n")[:-1]


def fill(corpus: Corpus, copies: int) -> None:
    from django.db import connection

    started = time.perf_counter()
    write_once(corpus)
    with connection.cursor() as cursor:
        # Neither foreign keys nor append-only triggers look at rows that are copies of rows they have seen.
        cursor.execute("SET session_replication_role = replica")
        multiply(cursor, copies)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")
    print(f"{copies} copies of WMT22 written in {time.perf_counter() - started:.0f} s")


def write_once(corpus: Corpus, names: Sequence[str] = METRICS) -> None:
    """One copy: rows as an import and a scoring leave them, with the statistics of the metrics named."""
    from reviews.models import (
        Document,
        Hypothesis,
        MetricConfig,
        Placement,
        Project,
        Reference,
        ReferenceSet,
        Score,
        ScoreTarget,
        Segment,
        SegmentSource,
        SourceRevision,
        System,
    )
    from reviews.models.document import content_columns
    from reviews.models.scores import STATISTICS_COLUMNS

    project = Project.objects.create(slug=SLUG, name=SLUG, source_lang="de", target_lang="en")
    documents: list[Document] = []
    places: list[tuple[Document, int]] = []
    for name, group in groupby(range(len(corpus.sources)), key=lambda i: corpus.documents[i]):
        lines = list(group)
        document = Document.objects.create(project=project, external_id=name, section=corpus.sections[lines[0]])
        document.current_source = SourceRevision.objects.create(
            document=document, number=1, content_hash="0" * 64, reader="benchmark"
        )
        documents.append(document)
        places += [(document, place) for place in range(len(lines))]
    Document.objects.bulk_update(documents, ["current_source"])
    sources = [CodedText(text) for text in corpus.sources]
    segments = Segment.objects.bulk_create(Segment(document=document) for document, _ in places)
    wordings = SegmentSource.objects.bulk_create(
        SegmentSource(segment=segment, **content_columns(source))
        for segment, source in zip(segments, sources, strict=True)
    )
    Placement.objects.bulk_create(
        Placement(
            source_revision=document.current_source,
            segment=segment,
            source=wording,
            rank=(place + 1) * 1024,
            block=place,
            sentence=0,
            kind="headline" if place == 0 else "body",
        )
        for (document, place), segment, wording in zip(places, segments, wordings, strict=True)
    )
    references = [CodedText(text) for text in corpus.references]
    Reference.objects.bulk_create(
        Reference(
            document=document,
            segment=segment,
            name="A",
            number=1,
            ordinal=place,
            source_hash=source.content_hash,
            **content_columns(text),
        )
        for (document, place), segment, source, text in zip(places, segments, sources, references, strict=True)
    )
    target = ScoreTarget.objects.create(
        project=project,
        kind="reference",
        reference_set=ReferenceSet.objects.create(project=project, label="A", names=["A"]),
    )
    source_target = ScoreTarget.objects.create(project=project, kind="source")
    metrics = [reference_metric(name) for name in names]
    configs = [MetricConfig.objects.create(metric=metric.id, signature=metric.signature(1)) for metric in metrics]
    signal, languages = SOURCE_SIGNALS[0], Languages("de", "en")
    signal_config = MetricConfig.objects.create(metric=signal.id, signature=signal.signature(languages))
    for position, (name, texts) in enumerate(corpus.systems.items()):
        system = System.objects.create(project=project, name=name, position=position)
        contents = [CodedText(text) for text in texts]
        hypotheses = Hypothesis.objects.bulk_create(
            Hypothesis(
                document=document,
                segment=segment,
                system=system,
                number=1,
                ordinal=place,
                source_hash=source.content_hash,
                **content_columns(content),
            )
            for (document, place), segment, source, content in zip(places, segments, sources, contents, strict=True)
        )
        batch = Batch(texts, [(reference,) for reference in corpus.references])
        columns = [(target, config, metric.scores(batch)) for config, metric in zip(configs, metrics, strict=True)]
        columns.append((source_target, signal_config, signal.scores(texts, corpus.sources, languages)))
        rows = (
            Score(
                hypothesis=hypothesis,
                target=against,
                config=config,
                value=score.value,
                reason=score.reason,
                hypothesis_hash=hypothesis.content_hash,
                target_hash=reference.content_hash,
                **dict(zip(STATISTICS_COLUMNS, score.statistics, strict=False)),
            )
            for against, config, scores in columns
            for hypothesis, reference, score in zip(hypotheses, references, scores, strict=True)
        )
        for part in in_batches(rows, 2000):
            Score.objects.bulk_create(part)


def multiply(cursor: Any, copies: int) -> None:
    """Copies of every row of the articles, with ids and the ids they point to moved on by the size of a copy."""
    from reviews import models

    tables = ("Document", "SourceRevision", "Segment", "SegmentSource", "Placement", "Reference", "Hypothesis", "Score")
    chosen = [getattr(models, name) for name in tables]
    strides = {model: model.objects.order_by("-pk").values_list("pk", flat=True)[0] for model in chosen}
    for model in chosen:
        columns, values = [], []
        for field in model._meta.concrete_fields:
            points_to = model if field.primary_key else field.related_model
            columns.append(field.column)
            if points_to in strides:
                values.append(f"{field.column} + copy * {strides[points_to]}")
            elif field.name == "external_id" and model is models.Document:
                values.append(f"{field.column} || '-' || copy")
            else:
                values.append(field.column)
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(values)} "
            f"FROM {model._meta.db_table}, generate_series(1, {copies - 1}) AS copy"
        )


# --- measuring -----------------------------------------------------------------------------------------


def measure(corpus: Corpus, copies: int, section: str, system: str) -> int:
    from django.db import connection

    from reviews.models import Project, Score
    from reviews.reports.comparison import Comparison, Slice, compare

    project = Project.objects.get(slug=SLUG)
    part = Slice(section=section)

    def ask(systems: Sequence[str] | None, metrics: Sequence[str], samples: int) -> Comparison:
        return compare(project, "A", metrics=metrics, systems=systems, part=part, samples=samples)

    with connection.cursor() as cursor:
        table = Score._meta.db_table
        cursor.execute(f"SELECT pg_total_relation_size('{table}'), COUNT(*) FROM {table}")
        size, rows = cursor.fetchone()
    pairs = copies * len(corpus.sources) * len(corpus.systems)
    print(f"{pairs:,} scored pairs, {rows:,} score rows: {size / rows:.0f} bytes a row with its indexes,")
    print(f"{size / rows * len(METRICS):.0f} bytes a pair for {', '.join(METRICS)}")
    cold, found = timed(lambda: ask([system], METRICS, 0))
    warm = statistics.median(timed(lambda: ask([system], METRICS, 0))[0] for _ in range(WARM))
    print(f"{system} in {section}: {found.segments:,} of the pairs, {found.documents:,} articles")
    print(f"first answer {cold:.2f} s, then {warm:.2f} s (median of {WARM})")
    equal = True
    theirs: dict[str, float] = {}
    for metric in METRICS:
        theirs[metric], score = by_sacrebleu(corpus, metric, copies, section, system)
        ours = found.systems[system][metric].score
        equal &= ours == score
        print(f"  {metric:<7} ours {ours!r}, sacrebleu {score!r} in {theirs[metric]:.1f} s: {ours == score}")
    for metrics in (METRICS, tuple(metric for metric in METRICS if metric != "ter")):
        worked = processor_seconds(lambda chosen=metrics: ask([system], chosen, 0))
        ratio = sum(theirs[metric] for metric in metrics) / worked
        print(f"{', '.join(metrics)}: {worked:.2f} processor seconds, sacrebleu takes {ratio:,.0f} times as many")
    for samples in (0, 1000):
        seconds = statistics.median(timed(lambda n=samples: ask(None, METRICS, n))[0] for _ in range(3))
        print(f"all {len(corpus.systems)} systems in {section}, {samples} samples by article: {seconds:.2f} s")
    print("\nEXPLAIN of the sums of one system and metric:")
    for line in explained(lambda: ask([system], METRICS[:1], 0)):
        print("  " + line)
    return 0 if equal else 1


def timed(call: Callable[[], Result]) -> tuple[float, Result]:
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def processor_seconds(call: Callable[[], object]) -> float:
    """What a call takes of processors, here and in the database's process for this connection; the least of a few."""
    from django.db import connection

    def used() -> float:
        # User and system time, the 14th and 15th field; the name in the second may hold spaces.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    with connection.cursor() as cursor:
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
        least = float("inf")
        for _ in range(WARM):
            started = used()
            call()
            least = min(least, used() - started)
        cursor.execute("RESET max_parallel_workers_per_gather")
    return least


def by_sacrebleu(corpus: Corpus, name: str, copies: int, section: str, system: str) -> tuple[float, float]:
    """Processor seconds and score of all copies: those of one, its statistics and seconds taken so many times."""
    chosen = [i for i, domain in enumerate(corpus.sections) if domain == section]
    hypotheses = [corpus.systems[system][i] for i in chosen]
    references = [[corpus.references[i] for i in chosen]]
    metric = SACREBLEU[name]()
    started = time.process_time()
    rows = metric._extract_corpus_statistics(hypotheses, references)
    seconds = time.process_time() - started
    return seconds * copies, metric._aggregate_and_compute(rows * copies).score


def explained(call: Callable[[], object]) -> Iterator[str]:
    """PostgreSQL's account of the statement that sums, run once more."""
    from django.db import connection

    statements: list[tuple[str, Any]] = []

    def record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "SUM(s1)" in sql:
            statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        call()
    [(sql, params)] = statements
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", params)
        for (line,) in cursor.fetchall():
            yield line if len(line) < 200 else line[:197] + "…"


if __name__ == "__main__":
    sys.exit(main())
