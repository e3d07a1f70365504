"""Scores every hypothesis that holds now: the one place where metrics meet tables.

Texts are compared on the smallest run of segments both cover completely. The run's score belongs to the
hypothesis it starts at, so that every hypothesis has one row per target and metric, and "n of N" adds up:
what has no number says why.

Everything is computed outside of transactions and written in short ones. A row whose texts are unchanged is
neither computed nor written again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from django.db import transaction

from reviews.models import (
    Document,
    MetricConfig,
    Placement,
    ReferenceSet,
    Revision,
    Score,
    ScoreTarget,
    SegmentState,
    TargetKind,
)
from reviews.models.hypothesis import Hypothesis, Reference
from reviews.models.in_force import Outside, Texts, cut, target_runs, texts_in, texts_outside
from reviews.models.layout import smallest_common_runs
from reviews.models.scores import STATISTICS_COLUMNS
from reviews.values import CodedText, SegmentScore, in_batches, join_texts, run_hash

from .base import NO_REFERENCE, Batch, Languages, Metric, ReferenceMetric, SourceSignal
from .consensus import MIN_ENGINES, NEEDS_ENGINES, Consensus
from .registry import CONSENSUS, METRICS, REFERENCE_METRICS, SOURCE_SIGNALS

#: The score of this hypothesis's text is part of the run an earlier one starts.
WITH_PREVIOUS = "scored with previous"
#: The hypothesis has no place in the source.
UNALIGNED = "unaligned"
#: Of the run that other engines' texts serve together, the hypothesis's engine has only a part.
PARTIAL = "covers only part of the run"

#: What `compute` answers for, and what `score_post_edits` does.
KINDS = (TargetKind.SOURCE, TargetKind.REFERENCE, TargetKind.CONSENSUS)
POST_EDIT_KINDS = (TargetKind.POST_EDIT,)
OWN_METRICS = frozenset(metric.id for metric in METRICS)

#: Rows written in one transaction: editors' saves wait for it on SQLite.
ROWS_PER_TRANSACTION = 500


class Aligned(Protocol):
    """A text for `covers` consecutive segments."""

    @property
    def covers(self) -> int: ...
    @property
    def content(self) -> CodedText: ...
    @property
    def content_hash(self) -> str: ...


Row = TypeVar("Row", bound=Aligned)
#: Called first in every transaction; False means that the work is no longer wanted, and nothing is written.
Guard = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a hypothesis is to be compared with, or why it cannot be.

    The hashes name the rows both texts are made of, so that an equal text on another run is another text.
    `against` is the source's text, the references' in the order of their set, the approved one, or the other
    engines'; empty where there is a reason.
    """

    hypothesis: int
    hypothesis_hash: str
    target_hash: str = ""
    text: str = ""
    against: tuple[str, ...] = ()
    reason: str = ""


@dataclass(slots=True)
class Changes:
    """What scoring a stretch comes to: rows to write, rows to delete, and what then stands there."""

    rows: list[Score] = field(default_factory=list)
    obsolete: list[int] = field(default_factory=list)
    done: int = 0
    null: Counter[str] = field(default_factory=Counter)

    def add(self, row: Score) -> None:
        self.rows.append(row)
        self.count(row.reason)

    def count(self, reason: str) -> None:
        if reason:
            self.null[reason] += 1
        else:
            self.done += 1

    def counts(self) -> dict[str, Any]:
        """How many rows there then are with a value, and without one by reason."""
        return {"done": self.done, "null": dict(self.null)}


def score_document(document_id: int) -> Changes:
    """Bring all scores of a document up to date, in this process; what was done, in all."""
    return _score_stretches(document_id, compute, lambda: True)


def score_post_edits(document_id: int, guard: Guard = lambda: True) -> Changes:
    """Score a document's hypotheses against what was approved of it; doing so again changes nothing.

    Scores against a text that is approved no longer, or was changed since, go. Called after an approval and after
    whatever may end one: a decision, a revision, a new source.
    """
    return _score_stretches(document_id, compute_post_edits, guard)


def _score_stretches(document_id: int, compute_stretch: Callable[[Texts], Changes], guard: Guard) -> Changes:
    document = Document.objects.select_related("project").get(pk=document_id)
    total = Changes()
    for stretch in cut(document):
        changes = compute_stretch(texts_in(document, stretch))
        if not write(changes, guard):
            break
        total.rows += changes.rows
        total.obsolete += changes.obsolete
        total.done += changes.done
        total.null += changes.null
    return total


# --- what is to be compared --------------------------------------------------------------------------


class Target(Protocol):
    """A ScoreTarget and how texts are scored against it; metrics go by the id of their MetricConfig."""

    @property
    def id(self) -> int: ...
    @property
    def configs(self) -> Collection[int]: ...
    def wanted(self, texts: Texts) -> Iterator[Wanted]:
        """Every hypothesis that holds, with what it is compared with."""

    def scores(self, entries: Sequence[Wanted], configs: Iterable[int]) -> Iterator[tuple[int, list[SegmentScore]]]:
        """For each of these configurations one score an entry."""


@dataclass(frozen=True, slots=True)
class SourceTarget:
    """The source texts, which need no reference."""

    id: int
    signals: Mapping[int, SourceSignal]
    languages: Languages

    @property
    def configs(self) -> Collection[int]:
        return self.signals.keys()

    def wanted(self, texts: Texts) -> Iterator[Wanted]:
        position = {segment: i for i, segment in enumerate(texts.order)}
        for rows in texts.hypotheses.values():
            for segment, row in rows.items():
                sources = texts.sources(position[segment], row.covers)
                yield Wanted(
                    hypothesis=row.pk,
                    hypothesis_hash=row.content_hash,
                    target_hash=run_hash([placement.source.content_hash for placement in sources]),
                    text=row.text,
                    against=(join_texts([placement.source.content for placement in sources]).text,),
                )

    def scores(self, entries: Sequence[Wanted], configs: Iterable[int]) -> Iterator[tuple[int, list[SegmentScore]]]:
        hypotheses = [entry.text for entry in entries]
        sources = [entry.against[0] for entry in entries]
        for config in configs:
            yield config, self.signals[config].scores(hypotheses, sources, self.languages)


@dataclass(frozen=True, slots=True)
class SetTarget:
    """A set of references: a run is scored where the hypothesis and every reference cover it."""

    id: int
    names: tuple[str, ...]
    metrics: Mapping[int, ReferenceMetric]

    @property
    def configs(self) -> Collection[int]:
        return self.metrics.keys()

    def wanted(self, texts: Texts) -> Iterator[Wanted]:
        references = [texts.references.get(name, {}) for name in self.names]
        for hypotheses in texts.hypotheses.values():
            yield from _on_common_runs(texts.order, hypotheses, references)

    def scores(self, entries: Sequence[Wanted], configs: Iterable[int]) -> Iterator[tuple[int, list[SegmentScore]]]:
        yield from _against_references(self.metrics, entries, configs)


@dataclass(frozen=True, slots=True)
class PostEditTarget:
    """What was approved: a run is scored where the hypothesis and approved texts cover it; others get no row."""

    id: int
    metrics: Mapping[int, ReferenceMetric]

    @property
    def configs(self) -> Collection[int]:
        return self.metrics.keys()

    def wanted(self, texts: Texts) -> Iterator[Wanted]:
        approved = _approved(texts.placements)
        for hypotheses in texts.hypotheses.values():
            for entry in _on_common_runs(texts.order, hypotheses, [approved]):
                if entry.reason != NO_REFERENCE:
                    yield entry

    def scores(self, entries: Sequence[Wanted], configs: Iterable[int]) -> Iterator[tuple[int, list[SegmentScore]]]:
        yield from _against_references(self.metrics, entries, configs)


@dataclass(frozen=True, slots=True)
class ConsensusTarget:
    """The other engines' texts, on the smallest runs that no text of any engine reaches out of."""

    id: int
    metrics: Mapping[int, Consensus]

    @property
    def configs(self) -> Collection[int]:
        return self.metrics.keys()

    def wanted(self, texts: Texts) -> Iterator[Wanted]:
        for run in engine_runs(texts):
            if run.others is None:
                yield from (Wanted(row.pk, row.content_hash, reason=PARTIAL) for row in run.rows)
            else:
                yield from _against_others(run.rows, run.others)

    def scores(self, entries: Sequence[Wanted], configs: Iterable[int]) -> Iterator[tuple[int, list[SegmentScore]]]:
        hypotheses, others = [entry.text for entry in entries], [entry.against for entry in entries]
        for config in configs:
            yield config, self.metrics[config].scores(hypotheses, others)


def _against_references(
    metrics: Mapping[int, ReferenceMetric], entries: Sequence[Wanted], configs: Iterable[int]
) -> Iterator[tuple[int, list[SegmentScore]]]:
    batch = Batch([entry.text for entry in entries], [entry.against for entry in entries])
    for config in configs:
        yield config, metrics[config].scores(batch)


def _approved(placements: Sequence[Placement]) -> dict[int, ApprovedText]:
    """The approved texts by the segment they start at."""
    approved: dict[int, ApprovedText] = {}
    for target, run in target_runs(placements):
        if isinstance(target, Revision) and run[0].segment.state == SegmentState.APPROVED:
            approved[run[0].segment_id] = ApprovedText(target, len(run))
    return approved


@dataclass(frozen=True, slots=True)
class ApprovedText:
    """An approved revision and how many segments it serves: fewer than it was written for where a later one has its
    own text."""

    revision: Revision
    covers: int

    @property
    def content(self) -> CodedText:
        return self.revision.content

    @property
    def content_hash(self) -> str:
        return self.revision.content_hash


def _joint_runs(order: Sequence[int], sides: Sequence[Mapping[int, Aligned]]) -> Iterator[tuple[int, ...]]:
    """The smallest runs of consecutive segments that no text of any side reaches into or out of."""
    start = end = 0
    for position, segment in enumerate(order):
        if position == end and position > start:
            yield tuple(order[start:end])
            start = position
        covers = [side[segment].covers for side in sides if segment in side]
        end = min(max(end, position + max(covers, default=1)), len(order))
    if start < end:
        yield tuple(order[start:end])


@dataclass(frozen=True, slots=True)
class EngineRun:
    """An engine's texts for a run of segments, and those of each other engine that serves all of the same run.

    `others` is None where the engine has only a part of the run itself.
    """

    rows: Sequence[Hypothesis]
    others: Sequence[Sequence[Hypothesis]] | None

    @property
    def text(self) -> str:
        return _text_of(self.rows)

    @property
    def against(self) -> tuple[str, ...]:
        return tuple(_text_of(other) for other in self.others or ())


def engine_runs(texts: Texts) -> Iterator[EngineRun]:
    """Every machine translation that holds, on the smallest runs that no text of any engine reaches out of."""
    for run in _joint_runs(texts.order, list(texts.hypotheses.values())):
        rows = {system: _rows_of(run, by_segment) for system, by_segment in texts.hypotheses.items()}
        whole = [system for system, own in rows.items() if sum(row.covers for row in own) == len(run)]
        for system, own in rows.items():
            others = [rows[other] for other in sorted(whole) if other != system] if system in whole else None
            if own:
                yield EngineRun(own, others)


def _against_others(rows: Sequence[Hypothesis], others: Sequence[Sequence[Hypothesis]]) -> Iterator[Wanted]:
    first, *rest = rows
    if len(others) + 1 < MIN_ENGINES:
        yield from (Wanted(row.pk, row.content_hash, reason=NEEDS_ENGINES) for row in rows)
        return
    yield Wanted(
        hypothesis=first.pk,
        hypothesis_hash=_hash_of(rows),
        target_hash=run_hash([_hash_of(other) for other in others]),
        text=_text_of(rows),
        against=tuple(_text_of(other) for other in others),
    )
    yield from (Wanted(row.pk, row.content_hash, reason=WITH_PREVIOUS) for row in rest)


def _on_common_runs(
    order: Sequence[int], hypotheses: Mapping[int, Hypothesis], references: Sequence[Mapping[int, Aligned]]
) -> Iterator[Wanted]:
    compared: set[int] = set()
    for run in _common_runs(order, [hypotheses, *references]):
        rows = _rows_of(run, hypotheses)
        others = [_rows_of(run, by_segment) for by_segment in references]
        yield Wanted(
            hypothesis=rows[0].pk,
            hypothesis_hash=_hash_of(rows),
            target_hash=run_hash([_hash_of(one) for one in others]),
            text=_text_of(rows),
            against=tuple(_text_of(one) for one in others),
        )
        compared.update(row.pk for row in rows)
        for row in rows[1:]:
            yield Wanted(row.pk, row.content_hash, reason=WITH_PREVIOUS)
    for row in hypotheses.values():
        if row.pk not in compared:
            yield Wanted(row.pk, row.content_hash, reason=NO_REFERENCE)


def _common_runs(order: Sequence[int], sides: Sequence[Mapping[int, Aligned]]) -> list[tuple[int, ...]]:
    """The smallest runs of segments that all sides cover completely."""
    covers, *others = ({segment: row.covers for segment, row in side.items()} for side in sides)
    runs: list[tuple[int, ...]] = []
    for other in others:
        runs = list(smallest_common_runs(covers, other, order))
        covers = {run[0]: len(run) for run in runs}
    return runs


def _rows_of(run: Sequence[int], rows: Mapping[int, Row]) -> list[Row]:
    return [rows[segment] for segment in run if segment in rows]


def _text_of(rows: Sequence[Aligned]) -> str:
    return join_texts([row.content for row in rows]).text


def _hash_of(rows: Sequence[Aligned]) -> str:
    return run_hash([row.content_hash for row in rows])


def targets_of(document: Document) -> list[Target]:
    """What the texts of a document are scored against: the source, each other, and sets of its references.

    The sets are every single reference, all of them together, and whatever other set of the project the document
    has all references of. So the scores of a document do not depend on what was imported before it. What the
    project lacks of these is made.
    """
    project = document.project
    languages = Languages(project.source_lang, project.target_lang)
    source, _ = ScoreTarget.objects.get_or_create(project=project, kind=TargetKind.SOURCE, reference_set=None)
    signals = _configs([(signal, signal.signature(languages)) for signal in SOURCE_SIGNALS])
    engines, _ = ScoreTarget.objects.get_or_create(project=project, kind=TargetKind.CONSENSUS, reference_set=None)
    consensus = _configs([(CONSENSUS, CONSENSUS.signature())])
    targets: list[Target] = [
        SourceTarget(source.pk, signals, languages),
        ConsensusTarget(engines.pk, consensus),
    ]
    for reference_set in _reference_sets(document):
        target, _ = ScoreTarget.objects.get_or_create(
            reference_set=reference_set, defaults={"project": project, "kind": TargetKind.REFERENCE}
        )
        names = tuple(reference_set.names)
        metrics = _configs([(metric, metric.signature(len(names))) for metric in REFERENCE_METRICS])
        targets.append(SetTarget(target.pk, names, metrics))
    return targets


def _reference_sets(document: Document) -> list[ReferenceSet]:
    rows = Reference.objects.filter(document=document).order_by("name")
    names = list(rows.values_list("name", flat=True).distinct())
    needed = {name: [name] for name in names}
    if len(names) > 1:
        needed["+".join(names)] = names
    known = {entry.label: entry for entry in ReferenceSet.objects.filter(project=document.project)}
    for label, members in needed.items():
        if label not in known:
            known[label], _ = ReferenceSet.objects.get_or_create(
                project=document.project, label=label, defaults={"names": members}
            )
    return [entry for _, entry in sorted(known.items()) if set(entry.names) <= set(names)]


AnyMetric = TypeVar("AnyMetric", bound=Metric)


def _configs(metrics: Sequence[tuple[AnyMetric, str]]) -> dict[int, AnyMetric]:
    """The metrics by the ids of their configurations, which are made where they are missing."""
    known = {
        (row.metric, row.signature): row.pk
        for row in MetricConfig.objects.filter(signature__in=[signature for _, signature in metrics])
    }
    return {
        known.get((metric.id, signature))
        or MetricConfig.objects.get_or_create(metric=metric.id, signature=signature)[0].pk: metric
        for metric, signature in metrics
    }


# --- what of it is new -------------------------------------------------------------------------------


def compute(texts: Texts) -> Changes:
    """What has to change so that the scores of a stretch are those of its texts as they are now.

    Writes nothing but the project's missing reference sets, targets and metric configurations.
    """
    outside = texts_outside(texts.document) if texts.stretch.outside else Outside((), ())
    unaligned = [Wanted(row.pk, row.content_hash, reason=UNALIGNED) for row in outside.unaligned]
    in_force = {row.pk for rows in texts.hypotheses.values() for row in rows.values()}
    in_force.update(entry.hypothesis for entry in unaligned)
    stored = _Stored([*texts.all_hypotheses, *(e.hypothesis for e in unaligned), *outside.superseded], in_force)
    changes = Changes()
    for target in targets_of(texts.document):
        _score(target, [*target.wanted(texts), *unaligned], stored, changes)
    changes.obsolete = stored.left_over(KINDS)
    return changes


def compute_post_edits(texts: Texts) -> Changes:
    """What has to change so that the scores of a stretch against what is approved of it are right.

    Writes nothing but the project's missing target and metric configurations.
    """
    in_force = {row.pk for rows in texts.hypotheses.values() for row in rows.values()}
    stored = _Stored(texts.all_hypotheses, in_force)
    changes = Changes()
    target, _ = ScoreTarget.objects.get_or_create(
        project=texts.document.project, kind=TargetKind.POST_EDIT, reference_set=None
    )
    metrics = _configs([(metric, metric.signature(1)) for metric in REFERENCE_METRICS])
    post_edit = PostEditTarget(target.pk, metrics)
    _score(post_edit, post_edit.wanted(texts), stored, changes)
    changes.obsolete = stored.left_over(POST_EDIT_KINDS)
    return changes


class _Stored:
    """The scores some hypotheses have already; what nobody asked for in the end is left over."""

    def __init__(self, hypotheses: Sequence[int], in_force: set[int]) -> None:
        self._in_force = in_force
        self._now: dict[tuple[int, int], tuple[str, str]] = {}
        self._rows: dict[tuple[int, int, int], Score] = {}
        for part in in_batches(hypotheses):
            rows = Score.objects.filter(hypothesis_id__in=part).select_related("config", "target")
            for row in rows.defer(*STATISTICS_COLUMNS):
                self._rows[row.hypothesis_id, row.target_id, row.config_id] = row

    def see(self, wanted: Wanted, target: int) -> None:
        """What a hypothesis is compared with now: a score file's row of anything else is out of date."""
        self._now[wanted.hypothesis, target] = wanted.hypothesis_hash, wanted.target_hash

    def take(self, wanted: Wanted, target: int, config: int) -> Score | None:
        """The row that says what is wanted already, if there is one; no row of this place is left over then."""
        row = self._rows.pop((wanted.hypothesis, target, config), None)
        if row is None or (row.hypothesis_hash, row.target_hash) != (wanted.hypothesis_hash, wanted.target_hash):
            return None
        return row if not wanted.reason or row.reason == wanted.reason else None

    def left_over(self, kinds: Collection[str]) -> list[int]:
        """All rows of texts that hold no longer; of the others those this runner made, under earlier settings, and
        those of score files that compare with a text which has changed."""
        return [
            row.pk
            for row in self._rows.values()
            if row.hypothesis_id not in self._in_force
            or (row.config.metric in OWN_METRICS and row.target.kind in kinds)
            or self._is_stale(row)
        ]

    def _is_stale(self, row: Score) -> bool:
        now = self._now.get((row.hypothesis_id, row.target_id))
        return now is not None and now != (row.hypothesis_hash, row.target_hash)


def _score(target: Target, wanted: Iterable[Wanted], stored: _Stored, changes: Changes) -> None:
    """Score against one target what its rows do not say yet, each pair by the metrics that lack it."""
    lacking: defaultdict[tuple[int, ...], list[Wanted]] = defaultdict(list)
    for entry in wanted:
        stored.see(entry, target.id)
        rows = {config: stored.take(entry, target.id, config) for config in target.configs}
        for row in rows.values():
            if row is not None:
                changes.count(row.reason)
        missing = tuple(config for config, row in rows.items() if row is None)
        if entry.reason:
            for config in missing:
                changes.add(_row(entry, target.id, config, SegmentScore(None, reason=entry.reason)))
        elif missing:
            lacking[missing].append(entry)
    for configs, entries in lacking.items():
        for config, scores in target.scores(entries, configs):
            for entry, score in zip(entries, scores, strict=True):
                changes.add(_row(entry, target.id, config, score))


def _row(wanted: Wanted, target: int, config: int, score: SegmentScore) -> Score:
    return Score(
        hypothesis_id=wanted.hypothesis,
        target_id=target,
        config_id=config,
        value=score.value,
        reason=score.reason,
        hypothesis_hash=wanted.hypothesis_hash,
        target_hash=wanted.target_hash,
        **dict(zip(STATISTICS_COLUMNS, score.statistics, strict=False)),
    )


# --- writing -----------------------------------------------------------------------------------------

_REPLACED = ("value", "reason", "hypothesis_hash", "target_hash", "updated_at", *STATISTICS_COLUMNS)


def write(changes: Changes, guard: Guard = lambda: True) -> bool:
    """Write in short transactions, each asking the guard first; False as soon as that says no.

    Obsolete rows go first, so that no sum ever holds a text twice. Writing the same changes again changes nothing.
    """
    for ids in in_batches(changes.obsolete, ROWS_PER_TRANSACTION):
        with transaction.atomic():
            if not guard():
                return False
            Score.objects.filter(pk__in=ids).delete()
    for rows in in_batches(changes.rows, ROWS_PER_TRANSACTION):
        with transaction.atomic():
            if not guard():
                return False
            Score.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["hypothesis", "target", "config"], update_fields=_REPLACED
            )
    return True
