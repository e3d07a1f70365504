"""How the engines of a project compare: exact corpus scores of any part of it.

A corpus score is never a mean: the statistics kept with every score are summed in the database and put through
the metric's own formula. Engines are compared on the texts all of them have; what is left out is counted by reason.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from reviews.metrics.base import NO_REFERENCE, Languages, ReferenceMetric
from reviews.metrics.registry import REFERENCE_METRICS, SOURCE_SIGNALS, reference_metric
from reviews.models import (
    Document,
    Hypothesis,
    MetricConfig,
    Project,
    Reference,
    ReferenceSet,
    Score,
    ScoreTarget,
    System,
    TargetKind,
    TaskRun,
)
from reviews.models.scores import STATISTICS_COLUMNS

#: Reasons of this report, beside those that stand on the scores.
NOT_SHARED = "not translated by every engine compared"
NOT_SCORED = "not scored yet"


class NoReferenceError(ValueError):
    """The reference to compare against is missing or not named; the message says what to do."""


@dataclass(frozen=True, slots=True)
class CorpusScore:
    """One engine's score under one metric; None when there is no text to score.

    `n` texts are in it (a text is a run of segments, nearly always one), the others are left out by reason.
    """

    score: float | None
    n: int
    left_out: Mapping[str, int]

    @property
    def of(self) -> int:
        """All texts of the engine in this part of the project."""
        return self.n + sum(self.left_out.values())

    def to_json(self) -> dict[str, Any]:
        return {"score": self.score, "low": None, "high": None, "n": self.n, "left_out": dict(self.left_out)}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Corpus scores by engine and metric, on the texts the engines share.

    `segments` counts those texts and `documents` the articles they stand in; `unfinished` counts articles whose
    scoring still runs or failed, so that the figures may change.
    """

    project: str
    reference: str
    segments: int
    documents: int
    unfinished: int
    signatures: Mapping[str, str]
    systems: Mapping[str, Mapping[str, CorpusScore]]

    def to_json(self) -> dict[str, Any]:
        """The value of `compare_systems --json`, scores unrounded."""
        return {
            "project": self.project,
            "reference": self.reference,
            "segments": self.segments,
            "documents": self.documents,
            "unfinished": self.unfinished,
            "signatures": dict(self.signatures),
            "systems": {
                name: {metric: score.to_json() for metric, score in scores.items()}
                for name, scores in self.systems.items()
            },
            "paired": [],
        }


def reference_labels(project: Project) -> list[str]:
    """The references the project's texts were scored against, single ones first: A, B, A+B."""
    sets = ReferenceSet.objects.filter(project=project)
    return [entry.label for entry in sorted(sets, key=lambda entry: (len(entry.names), entry.label))]


def choose_reference(project: Project, label: str | None = None) -> ReferenceSet:
    """The reference set of that label; without a label the only one. Raises NoReferenceError."""
    labels = reference_labels(project)
    if label == TargetKind.POST_EDIT.label and label not in labels:
        raise NoReferenceError(
            "Scores against the post-edit are not kept yet: name a reference "
            f"({', '.join(labels) or f'{project.slug} has none'})."
        )
    if not labels:
        if Reference.objects.filter(document__project=project).exists():
            raise NoReferenceError(
                f"Nothing in {project.slug} was scored against its references yet: "
                f"run `bin/manage score --project {project.slug} --wait`."
            )
        raise NoReferenceError(
            f"{project.slug} has no reference to compare with: import one with `bulk_import --reference NAME=FILE`."
        )
    listed = ", ".join(labels)
    if label is None:
        if len(labels) > 1:
            raise NoReferenceError(f"{project.slug} has several references. Name one with --reference: {listed}.")
        label = labels[0]
    if label not in labels:
        # A+B and B+A are the same set; a name may hold a plus sign of its own.
        label = "+".join(sorted(label.split("+")))
    if label not in labels:
        raise NoReferenceError(f"{project.slug} has no reference {label!r}. References: {listed}.")
    return ReferenceSet.objects.get(project=project, label=label)


def corpus_scores(
    project: Project,
    reference: str | None = None,
    *,
    metrics: Sequence[str] | None = None,
    section: str | None = None,
    since: date | None = None,
) -> Comparison:
    """Compare the project's engines against one reference (`A`) or several at once (`A+B`).

    `section` and `since` (published, else imported, on that day or later) take a part of the project. Engines
    without a single scored text there are listed without a score and do not narrow what the others share.
    A fixed number of queries. Raises NoReferenceError and metrics.registry.UnknownMetricError.
    """
    chosen = [reference_metric(name) for name in metrics] if metrics else list(REFERENCE_METRICS)
    reference_set = choose_reference(project, reference)
    size = len(reference_set.names)
    signatures = {metric.id: metric.signature(size) for metric in chosen}
    documents = _documents(project, section, since)
    counted = _Counts(project, reference_set, documents, signatures)
    sums = _shared_sums(counted, documents)
    systems = {
        system.label: {
            metric.id: _score(metric, size, counted, sums.get((metric.id, system.pk)), system) for metric in chosen
        }
        for system in System.objects.filter(project=project).order_by("position")
        if system.pk in counted.texts
    }
    largest = max(sums.values(), key=lambda row: row.n, default=_Sums(0, 0, ()))
    return Comparison(
        project=project.slug,
        reference=reference_set.label,
        segments=largest.n,
        documents=largest.documents,
        unfinished=_unfinished(documents),
        signatures=signatures,
        systems=systems,
    )


def _documents(project: Project, section: str | None, since: date | None) -> QuerySet[Document]:
    documents = Document.objects.filter(project=project)
    if section is not None:
        documents = documents.filter(section=section)
    if since is not None:
        start = timezone.make_aware(datetime.combine(since, time.min))
        documents = documents.annotate(dated=Coalesce("published_at", "created_at")).filter(dated__gte=start)
    return documents


def _unfinished(documents: QuerySet[Document]) -> int:
    runs = TaskRun.objects.filter(document__in=documents.values("pk"), kind=TaskRun.Kind.SCORE)
    return runs.exclude(state=TaskRun.State.DONE).values("document").distinct().count()


class _Counts:
    """How many texts every engine has, how many of them are scored, and why the others are not."""

    def __init__(
        self,
        project: Project,
        reference_set: ReferenceSet,
        documents: QuerySet[Document],
        signatures: Mapping[str, str],
    ) -> None:
        self.target = ScoreTarget.objects.filter(reference_set=reference_set).values_list("pk", flat=True).first()
        self.configs = _config_ids(signatures)
        self.texts, self.with_reference = _texts(project, reference_set, documents)
        self.scored: Counter[tuple[str, int]] = Counter()
        self._null: defaultdict[tuple[str, int], Counter[str]] = defaultdict(Counter)
        rows = Score.objects.filter(
            target=self.target, config__in=self.configs, hypothesis__document__in=documents.values("pk")
        )
        for config, system, reason, n in (
            rows.values_list("config", "hypothesis__system", "reason").annotate(n=Count("id")).order_by()
        ):
            key = self.configs[config], system
            if reason:
                self._null[key][reason] = n
            else:
                self.scored[key] = n

    @property
    def compared(self) -> list[int]:
        """Engines with any scored text."""
        return sorted({system for _, system in self.scored})

    def left_out(self, metric: str, system: int, n: int) -> dict[str, int]:
        key = metric, system
        reasons = Counter(self._null[key])
        reasons[NOT_SHARED] = self.scored[key] - n
        # Articles without this reference at all have no row for it.
        reasons[NO_REFERENCE] += self.texts[system] - self.with_reference[system]
        reasons[NOT_SCORED] = self.with_reference[system] - self.scored[key] - self._null[key].total()
        return {reason: count for reason, count in sorted(reasons.items()) if count > 0}


def _config_ids(signatures: Mapping[str, str]) -> dict[int, str]:
    """The metrics by the ids of their configurations; one that scored nothing yet has none."""
    wanted = Q()
    for metric, signature in signatures.items():
        wanted |= Q(metric=metric, signature=signature)
    return dict(MetricConfig.objects.filter(wanted).values_list("pk", "metric"))


def _texts(
    project: Project, reference_set: ReferenceSet, documents: QuerySet[Document]
) -> tuple[Counter[int], Counter[int]]:
    """Texts of each engine, and those of them in articles that have all of these references.

    Every text that holds has exactly one row of the first signal, which needs no reference.
    """
    signal = SOURCE_SIGNALS[0]
    rows = Score.objects.filter(
        target__project=project,
        target__kind=TargetKind.SOURCE,
        config__metric=signal.id,
        config__signature=signal.signature(Languages(project.source_lang, project.target_lang)),
        hypothesis__document__in=documents.values("pk"),
    )
    every = Q()
    for name in reference_set.names:
        every &= Q(Exists(Reference.objects.filter(document=OuterRef("hypothesis__document"), name=name)))
    return _by_system(rows), _by_system(rows.filter(every))


def _by_system(rows: QuerySet[Score]) -> Counter[int]:
    return Counter(dict(rows.values_list("hypothesis__system").annotate(n=Count("id")).order_by()))


@dataclass(frozen=True, slots=True)
class _Sums:
    n: int
    documents: int
    statistics: tuple[int, ...]


def _shared_sums(counted: _Counts, documents: QuerySet[Document]) -> dict[tuple[str, int], _Sums]:
    """Per metric and engine the summed statistics of the runs that every compared engine has a score for.

    Runs are the same when they start at the same segment and are held against the same texts.
    """
    compared = counted.compared
    if not compared:
        return {}
    quote = connection.ops.quote_name
    score, hypothesis = quote(Score._meta.db_table), quote(Hypothesis._meta.db_table)
    columns = ", ".join(f"s.{column}" for column in STATISTICS_COLUMNS)
    sums = ", ".join(f"SUM({column})" for column in STATISTICS_COLUMNS)
    within, within_params = documents.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT config_id, system_id, COUNT(*), COUNT(DISTINCT document_id), {sums} FROM ("  # noqa: S608
            f"SELECT s.config_id, h.system_id, h.document_id, {columns}, "
            "COUNT(*) OVER (PARTITION BY s.config_id, h.segment_id, s.target_hash) AS sharing "
            f"FROM {score} s JOIN {hypothesis} h ON h.id = s.hypothesis_id "
            f"WHERE s.target_id = %s AND s.config_id IN ({_marks(counted.configs)}) AND s.value IS NOT NULL "
            f"AND h.document_id IN ({within})) shared WHERE sharing = %s GROUP BY config_id, system_id",
            [counted.target, *counted.configs, *within_params, len(compared)],
        )
        return {
            (counted.configs[config], system): _Sums(n, articles, tuple(int(s) for s in statistics if s is not None))
            for config, system, n, articles, *statistics in cursor.fetchall()
        }


def _marks(values: Iterable[object]) -> str:
    return ", ".join("%s" for _ in values)


def _score(metric: ReferenceMetric, size: int, counted: _Counts, sums: _Sums | None, system: System) -> CorpusScore:
    n = sums.n if sums else 0
    return CorpusScore(
        score=metric.corpus(sums.statistics, size) if sums else None,
        n=n,
        left_out=counted.left_out(metric.id, system.pk, n),
    )
