"""Turns what is known of texts into risk: where the risk model meets tables."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from django.db import transaction
from django.db.models import F, Max, Q

from reviews.checks.runner import MARGIN, PlacedPair, pairs_in, reported, target_pairs_among
from reviews.metrics.consensus import agreement
from reviews.metrics.external import ExternalMetric, external_metric
from reviews.metrics.runner import EngineRun, engine_runs
from reviews.models import (
    Dismissal,
    Document,
    Finding,
    Hypothesis,
    Lane,
    MetricConfig,
    Placement,
    Project,
    Revision,
    Scope,
    Score,
    Segment,
    TargetKind,
)
from reviews.models.in_force import Texts, cut, placements_of, target_runs, texts_in, widened
from reviews.models.states import count_criticals
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
#: How often a document is weighed because of dismissals meanwhile; each of those weighs it after itself, too.
MOST_TRIES = 5


def assess(document_id: int) -> None:
    """Write the risk of every segment of a document, with reasons, and its rank there (1 is the riskiest).

    It is the risk of the text an editor starts from: the latest human one, else the chosen hypothesis; with it goes
    which findings of that text stand open, as routing asks for both. Segments that share a text share its risk.
    Computed outside of transactions; what did not change is not written. Where somebody dismissed a finding or saved a
    text meanwhile it is computed again, so that no reason outlives its dismissal or its text.
    """
    document = Document.objects.select_related("project").get(pk=document_id)
    for tries_left in reversed(range(MOST_TRIES)):
        said = _acts(document)
        weighed = _weighed(document)
        places = rank([each.risk for each in weighed])
        changed = [
            (each.segment.pk, each.columns() | {"risk_rank": place})
            for each, place in zip(weighed, places, strict=True)
            if each.is_new or each.segment.risk_rank != place
        ]
        for rows in in_batches(changed, SEGMENTS_PER_TRANSACTION):
            with transaction.atomic():
                Document.objects.select_for_update(of=("self",), no_key=True).get(pk=document_id)
                if tries_left and said != _acts(document):
                    break
                for pk, columns in rows:
                    Segment.objects.filter(pk=pk).update(**columns)
                count_criticals(document_id)
        else:
            break
    if placements_of(document).filter(added=True).exists():
        renew_findings(document_id)


def reassess(document_id: int, segments: Collection[int]) -> None:
    """Write the risk of these segments, and all ranks of the document, anew: after a dismissal, or one taken back.

    Called in the transaction of that, under the document's lock. Reads the stretches the segments stand in (about 250
    segments each) and one line for every other; a document that was not weighed yet is left to the run that will.
    """
    document = Document.objects.select_related("project").get(pk=document_id)
    placed = Placement.objects.sourced().filter(source_revision_id=document.current_source_id).order_by("rank")
    lines = placed.values_list("segment_id", "segment__covered_by_id", "segment__risk_score", "segment__risk_rank")
    order = list(lines)
    wanted = set(segments)
    leaders = {covered_by or segment for segment, covered_by, _, _ in order if {segment, covered_by} & wanted}
    if not leaders or any(place is None for *_, place in order):
        return
    scores = {segment: score for segment, _, score, _ in order}
    for each in _weighed(document, leaders):
        scores[each.segment.pk] = each.risk.score
        if each.is_new:
            Segment.objects.filter(pk=each.segment.pk).update(**each.columns())
    moved: defaultdict[int, list[int]] = defaultdict(list)
    for (segment, *_, was), place in zip(order, rank([Risk(scores[line[0]]) for line in order]), strict=True):
        moved[place - (was or 0)].append(segment)
    for by, rows in moved.items():
        for part in in_batches(rows if by else ()):
            Segment.objects.filter(pk__in=part).update(risk_rank=F("risk_rank") + by)
    count_criticals(document_id)


def renew_findings(document_id: int) -> bool:
    """Write which findings stand open in what would be published of a document now, and the risk that follows.

    For after its texts were checked. Looked up outside of transactions, and anew where somebody acted meanwhile. Says
    whether anything was written. Texts that were not weighed yet are left to the run that will.
    """
    for tries_left in reversed(range(MOST_TRIES)):
        document = Document.objects.select_related("project").get(pk=document_id)
        said = _acts(document)
        behind = _behind(document)
        if not behind:
            return False
        with transaction.atomic():
            Document.objects.select_for_update(of=("self",)).get(pk=document_id)
            if tries_left and said != _acts(document):
                continue
            for segment, found in behind.items():
                Segment.objects.filter(pk=segment).update(**found.columns())
            reassess(document_id, behind)
            count_criticals(document_id)
            return True
    return False


def _behind(document: Document) -> dict[int, Open]:
    """The segments that are kept with other open findings than their texts have, and what these have."""
    around = list(placements_of(document))
    placements = [each for each in around if each.added or each.segment.risk_rank is not None]
    if not placements:
        return {}
    pairs = target_pairs_among(document.project, around, {placement.segment_id for placement in placements})
    found = reported(document, pairs.values())
    opened = {
        segment: _open_of([_open(entry.finding) for entry in found.get(pair.key, ()) if entry.open])
        for segment, pair in pairs.items()
    }
    behind: dict[int, Open] = {}
    for placement in placements:
        segment = placement.segment
        now = opened.get(segment.covered_by_id or segment.pk, Open())
        if now != Open(tuple(segment.open_findings), segment.open_criticals):
            behind[segment.pk] = now
    return behind


def documents_like(dismissals: Collection[int]) -> list[int]:
    """Other documents with a text in which these dismissals (by id) may hold, too, or held until they were taken back.

    Texts with the same wording, or with any finding of the same check where the project's words were dismissed.
    """
    found: set[int] = set()
    for row in Dismissal.objects.filter(pk__in=dismissals):
        hashes: Iterable[str] = (row.target_hash,)
        if row.scope == Scope.PROJECT:
            same_check = Finding.objects.filter(project_id=row.project_id, check_name=row.check_name)
            hashes = same_check.values_list("target_hash", flat=True).distinct()
        for part in in_batches(hashes):
            written = Q(latest_revision__content_hash__in=part)
            started = Q(latest_revision=None, chosen__content_hash__in=part)
            texts = Segment.objects.filter(written | started, document__project_id=row.project_id)
            found.update(texts.exclude(document=row.document_id).values_list("document_id", flat=True).distinct())
    return sorted(found)


def _acts(document: Document) -> tuple[int | None, int | None, int | None]:
    """Changes with every text saved in a document, every dismissal that may hold there and every one taken back."""
    reaching = Q(document=document) | Q(project=document.project_id, scope=Scope.PROJECT)
    rows = Dismissal.objects.filter(reaching)
    said = rows.aggregate(last=Max("pk"), undone=Max("undo"))
    saved = Revision.objects.filter(document=document, lane=Lane.MAIN).aggregate(last=Max("pk"))
    return said["last"], said["undone"], saved["last"]


@dataclass(frozen=True, slots=True)
class Open:
    """What stands open in a text: the names rules may call the findings by, and how many are critical."""

    names: tuple[str, ...] = ()
    criticals: int = 0

    def columns(self) -> dict[str, Any]:
        return {"open_findings": list(self.names), "open_criticals": self.criticals}


def _open_of(findings: Collection[OpenFinding]) -> Open:
    return Open(tuple(sorted(_names(findings))), sum(finding.severity == "critical" for finding in findings))


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A segment with its risk, and what rules may call its open findings by."""

    segment: Segment
    risk: Risk
    open: Open

    def columns(self) -> dict[str, Any]:
        return {
            "risk_score": self.risk.score,
            "risk_reasons": list(self.risk.reasons),
            "risk_ranked": self.risk.ranked,
        } | self.open.columns()

    @property
    def is_new(self) -> bool:
        """Whether any of it differs from what is kept."""
        return any(getattr(self.segment, column) != value for column, value in self.columns().items())


def _weighed(document: Document, leaders: Collection[int] | None = None) -> list[_Weighed]:
    """The segments of a document in article order, or those whose text starts at one of `leaders`, with their risk."""
    scored = _Scored(document)
    found: list[_Weighed] = []
    for stretch in cut(document):
        ranks = (stretch.first, stretch.last)
        here = Placement.objects.filter(source_revision_id=document.current_source_id, rank__range=ranks)
        if leaders is not None and not here.filter(segment_id__in=leaders).exists():
            continue
        texts = texts_in(document, stretch)
        wide = widened(document, stretch, MARGIN)
        around = list(placements_of(document).filter(rank__range=(wide.first, wide.last)))
        chosen = set(texts.order if leaders is None else leaders)
        own = target_pairs_among(document.project, around, chosen & set(texts.order))
        signals = _Signals(texts, scored, own.values())
        by_leader = {
            run[0].segment_id: signals.risk(target, run, own.get(run[0].segment_id))
            for target, run in target_runs(texts.placements)
            if run[0].segment_id in chosen
        }
        for placement in texts.placements:
            leader = placement.segment.covered_by_id or placement.segment_id
            if leader in chosen:
                risk = by_leader.get(leader) or signals.risk(None, [placement], None)
                found.append(_Weighed(placement.segment, risk, _open_of(signals.open_findings(own.get(leader)))))
    return found


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
