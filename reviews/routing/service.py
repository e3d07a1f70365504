"""Turns what is known of texts into risk: where the risk model meets tables."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from django.db import transaction

from reviews.checks.runner import PlacedPair, pairs_in, reported, target_pairs
from reviews.metrics.consensus import agreement
from reviews.metrics.external import ExternalMetric, external_metric
from reviews.metrics.runner import EngineRun, engine_runs
from reviews.models import (
    Document,
    Finding,
    Hypothesis,
    MetricConfig,
    Placement,
    Project,
    Revision,
    Score,
    Segment,
    TargetKind,
)
from reviews.models.in_force import Texts, cut, target_runs, texts_in
from reviews.values import Risk, Severity, in_batches

from .risk import (
    Content,
    Estimate,
    Features,
    OpenFinding,
    content_of,
    odd_length,
    rank,
    segment_risk,
    usual_log_ratio,
)
from .risk_engines import EngineFeatures, Profiles, engine_features, neighbouring

#: What is usual in a project is read off as many of its newest texts.
USUAL_FROM = 400
SEGMENTS_PER_TRANSACTION = 500


def assess(document_id: int) -> None:
    """Write the risk of every segment of a document, with reasons, and its rank there (1 is the riskiest).

    It is the risk of the text an editor starts from: the latest human one, else the chosen hypothesis; with it goes
    which findings of that text stand open, as routing asks for both. Segments that share a text share its risk.
    Computed outside of transactions; what did not change is not written.
    """
    document = Document.objects.select_related("project").get(pk=document_id)
    scored = _Scored(document)
    pairs = target_pairs(document)
    segments: list[Segment] = []
    risks: list[Risk] = []
    findings: list[list[str]] = []
    for stretch in cut(document):
        texts = texts_in(document, stretch)
        own = {segment: pair for segment in texts.order if (pair := pairs.get(segment))}
        signals = _Signals(texts, scored, own.values())
        by_leader = {
            run[0].segment_id: signals.risk(target, run, own.get(run[0].segment_id))
            for target, run in target_runs(texts.placements)
        }
        for placement in texts.placements:
            leader = placement.segment.covered_by_id or placement.segment_id
            segments.append(placement.segment)
            risks.append(by_leader.get(leader) or signals.risk(None, [placement], None))
            findings.append(sorted(_names(signals.open_findings(own.get(leader)))))
    changed = []
    for segment, risk, place, categories in zip(segments, risks, rank(risks), findings, strict=True):
        wanted = {
            "risk_score": risk.score,
            "risk_rank": place,
            "risk_reasons": list(risk.reasons),
            "risk_ranked": risk.ranked,
            "open_findings": categories,
        }
        if any(getattr(segment, column) != value for column, value in wanted.items()):
            changed.append((segment.pk, wanted))
    for rows in in_batches(changed, SEGMENTS_PER_TRANSACTION):
        with transaction.atomic():
            for pk, columns in rows:
                Segment.objects.filter(pk=pk).update(**columns)


def hypothesis_risks(document: Document) -> dict[int, Risk]:
    """The risk of every machine translation that holds in a document, by the hypothesis's id."""
    scored = _Scored(document)
    risks: dict[int, Risk] = {}
    for stretch in cut(document):
        texts = texts_in(document, stretch)
        pairs = pairs_in(texts).hypotheses
        signals = _Signals(texts, scored, pairs.values())
        for row, run in _hypotheses(texts):
            risks[row.pk] = signals.risk(row, run, pairs.get(row.pk))
    return risks


def _hypotheses(texts: Texts) -> Iterator[tuple[Hypothesis, Sequence[Placement]]]:
    position = {segment: i for i, segment in enumerate(texts.order)}
    for rows in texts.hypotheses.values():
        for segment, row in rows.items():
            yield row, texts.sources(position[segment], row.covers)


class _Scored:
    """What the scores say of a document as a whole, and of its project: read once for all its stretches."""

    def __init__(self, document: Document) -> None:
        self.usual_log_ratio = usual_log_ratio(self._newest(document.project, config__metric="length_ratio"))
        self.consensus = self._consensus(document)
        self._estimates: dict[int, tuple[ExternalMetric, list[float]]] = {}
        for config, name, signature in MetricConfig.objects.values_list("pk", "metric", "signature"):
            metric = external_metric(name, signature)
            if metric is not None and (values := self._newest(document.project, config=config)):
                self._estimates[config] = metric, sorted(values)

    def estimate(self, config: int, value: float) -> Estimate | None:
        """A score of a metric that ran elsewhere among the newest of the project; None for one of ours."""
        if config not in self._estimates:
            return None
        metric, values = self._estimates[config]
        below = (bisect_left(values, value) + bisect_right(values, value)) / 2 / len(values)
        return Estimate(metric.id, 1.0 - below if metric.higher_is_better else below)

    @staticmethod
    def _newest(project: Project, **which: Any) -> list[float]:
        scores = Score.objects.filter(
            target__project=project, target__kind=TargetKind.SOURCE, value__isnull=False, **which
        )
        newest = scores.order_by("-pk").values_list("value", flat=True)[:USUAL_FROM]
        return [value for value in newest if value is not None]

    @staticmethod
    def _consensus(document: Document) -> dict[int, tuple[float, float | None]]:
        """By hypothesis its agreement with the other engines, and that of the same engine's texts before and after."""
        scores = Score.objects.filter(
            hypothesis__segment__placements__source_revision_id=document.current_source_id,
            target__kind=TargetKind.CONSENSUS,
        ).order_by("hypothesis__segment__placements__rank")
        by_system: defaultdict[int, dict[int, float]] = defaultdict(dict)
        for hypothesis, system, value in scores.values_list("hypothesis_id", "hypothesis__system_id", "value"):
            if value is not None:
                by_system[system][hypothesis] = value
        return _with_neighbours(by_system.values())


class _Signals:
    """All that is known of the texts of one stretch, read at once."""

    def __init__(self, texts: Texts, scored: _Scored, pairs: Collection[PlacedPair]) -> None:
        self._texts = texts
        self._scored = scored
        self._findings = reported(texts.document, pairs)
        self._signals: dict[tuple[int, str], float] = {}
        self._estimates: defaultdict[int, list[Estimate]] = defaultdict(list)
        scores = Score.objects.filter(
            hypothesis__segment__placements__source_revision_id=texts.document.current_source_id,
            hypothesis__segment__placements__rank__range=(texts.stretch.first, texts.stretch.last),
            target__kind=TargetKind.SOURCE,
        ).order_by("config__metric")
        for hypothesis, config, metric, value in scores.values_list(
            "hypothesis_id", "config_id", "config__metric", "value"
        ):
            if value is None:
                continue
            if estimate := scored.estimate(config, value):
                self._estimates[hypothesis].append(estimate)
            else:
                self._signals[hypothesis, metric] = value
        self._beside = _beside(texts)
        self._consensus = scored.consensus | _agreement({run.rows[0].pk: run for run in self._beside.values()}.values())
        self._profiles = Profiles()
        self._contents: dict[str, Content] = {}

    def risk(self, row: Hypothesis | Revision | None, run: Sequence[Placement], pair: PlacedPair | None) -> Risk:
        """The risk of a text for a run of segments, `pair` being both as checks see them; None where there is none."""
        machine = row if isinstance(row, Hypothesis) else None
        source = _joined(placement.source.text for placement in run)
        known = Features(
            kind=run[0].kind,
            content=self._content(source),
            reach=self._texts.document.reach,
            findings=self.open_findings(pair),
        )
        if machine is None:
            return segment_risk(known)
        ratio = self._signals.get((machine.pk, "length_ratio"))
        return segment_risk(
            replace(
                known,
                engines=self._engines(machine),
                length=odd_length(source, ratio, self._scored.usual_log_ratio),
                language=self._signals.get((machine.pk, "language")),
                alignment=machine.confidence,
                estimates=tuple(self._estimates.get(machine.pk, ())),
            )
        )

    def open_findings(self, pair: PlacedPair | None) -> tuple[OpenFinding, ...]:
        """What the checks found in a text and nobody dismissed; nothing where there is no text."""
        entries = self._findings.get(pair.key, ()) if pair is not None else ()
        return tuple(_open(entry.finding) for entry in entries if entry.open)

    def _content(self, source: str) -> Content:
        if source not in self._contents:
            self._contents[source] = content_of(source, self._texts.document.project.source_lang)
        return self._contents[source]

    def _engines(self, row: Hypothesis) -> EngineFeatures | None:
        """How a text, or the run it is a part of, differs from the other engines; None where there are none."""
        run = self._beside.get(row.pk)
        if run is None or run.rows[0].pk not in self._consensus:
            return None
        consensus, neighbours = self._consensus[run.rows[0].pk]
        others = [self._profiles[text] for text in run.against]
        return engine_features(self._profiles[run.text], others, consensus=consensus, neighbours=neighbours)


def _beside(texts: Texts) -> dict[int, EngineRun]:
    """By hypothesis the run it is a part of, where another engine serves all of that too."""
    return {row.pk: run for run in engine_runs(texts) if run.others for row in run.rows}


def _joined(texts: Iterable[str]) -> str:
    return " ".join(text for text in texts if text)


def _open(finding: Finding) -> OpenFinding:
    return OpenFinding(finding.check_name, cast(Severity, finding.severity), finding.category)


def _names(findings: Iterable[OpenFinding]) -> set[str]:
    """What a rule may call them by: the groups of their checks and their MQM paths."""
    return {name for finding in findings for name in (finding.check.split(".")[0], finding.category)}


def _agreement(runs: Iterable[EngineRun]) -> dict[int, tuple[float, float | None]]:
    """What `_Scored.consensus` says, of runs with one other engine: the metric of that name asks for two.

    By the hypothesis a run starts at, engine by engine in article order.
    """
    alone = [run for run in runs if run.others is not None and len(run.others) == 1]
    by_system: defaultdict[int, dict[int, float]] = defaultdict(dict)
    # All at once: what two texts share is then counted once for both of them.
    for run, value in zip(alone, agreement([(run.text, run.against[0]) for run in alone]), strict=True):
        by_system[run.rows[0].system_id][run.rows[0].pk] = value
    return _with_neighbours(by_system.values())


def _with_neighbours(by_system: Iterable[Mapping[int, float]]) -> dict[int, tuple[float, float | None]]:
    """Each engine's values, in article order, with the mean of those before and after."""
    return {
        hypothesis: (value, beside)
        for own in by_system
        for (hypothesis, value), beside in zip(own.items(), neighbouring(list(own.values())), strict=True)
    }
