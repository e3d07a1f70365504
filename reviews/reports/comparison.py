"""Which engine is better in this part of the project, and are we sure?

Exact corpus scores with intervals, and for every engine its difference to a baseline with an interval, p-values and a
verdict in words. Resampling takes **articles** as units, as texts of one article are not independent.

Sources: Koehn (2004), *Statistical Significance Tests for Machine Translation Evaluation*, for the bootstrap;
Riezler and Maxwell (2005), *On Some Pitfalls in Automatic Evaluation and Significance Testing for MT*, for approximate
randomization; Holm (1979) for several comparisons at once. `docs/comparison.md` says how to read the figures.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from django.utils.translation import gettext as _

from reviews.metrics.base import ReferenceMetric
from reviews.metrics.registry import REFERENCE_METRICS, UnknownMetricError, reference_metric
from reviews.models import Document, Project, Segment, SegmentState, System
from reviews.values import join_texts

from .external import ExternalComparison, external_means
from .formulas import corpus_scores_of
from .statistics import (
    MAXIMUM_SAMPLES,
    MAXIMUM_SEED,
    MINIMUM_SAMPLES,
    SAMPLES,
    SEED,
    SIGNIFICANCE,
    Interval,
    Resampled,
    holm,
    resample,
)
from .systems import (
    EVERYTHING,
    LENGTHS,
    UNITS,
    Against,
    ComparisonError,
    NoReferenceError,
    Part,
    Runs,
    Slice,
    Sums,
    Texts,
    Unit,
    Units,
    choose_reference,
    config_ids,
    most_different,
    reference_choices,
    reference_labels,
    sums_of,
    texts_of,
    unfinished,
    with_scores,
)

__all__ = [
    "CSV_COLUMNS",
    "LENGTHS",
    "MINIMUM_UNITS",
    "UNITS",
    "Comparison",
    "ComparisonError",
    "CorpusScore",
    "Direction",
    "NoReferenceError",
    "Origins",
    "PairedDifference",
    "SegmentDifference",
    "Slice",
    "Unit",
    "Verdict",
    "compare",
    "csv_text",
    "reference_choices",
    "reference_labels",
    "segments_that_differ",
]

Verdict = Literal["better", "worse", "no difference shown", "too few articles", "too few segments"]
Direction = Literal["both", "better", "worse"]

#: Below so many units no interval and no verdict is given: a bootstrap of few units shows intervals that are too
#: narrow. Drawn from WMT22, 95 % intervals of differences held the true one 83 times in 100 with 5 articles, 88 with
#: 10, 94 with 20, and hardly more often with 30 or 50 (`python -m benchmarks.comparison --coverage`). Of single
#: segments 50 gave 93 and 100 gave 96.
MINIMUM_UNITS: Mapping[Unit, int] = {"document": 20, "segment": 100}
_TOO_FEW: Mapping[Unit, Verdict] = {"document": "too few articles", "segment": "too few segments"}

#: At most so many texts in a list of differences.
MAXIMUM_ROWS = 200

NOTHING_SCORED = "nothing scored"
NOT_RESAMPLED = "not resampled"


# --- values ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CorpusScore:
    """One engine's score under one metric; None when there is no text to score.

    `n` texts are in it (a text is a run of segments, nearly always one), the others are left out by reason.
    `low` and `high` hold the 95 % interval; both are None where `no_interval` says why.
    """

    score: float | None
    n: int
    left_out: Mapping[str, int]
    low: float | None = None
    high: float | None = None
    no_interval: str = ""

    @property
    def of(self) -> int:
        """All texts of the engine in this part of the project."""
        return self.n + sum(self.left_out.values())

    def to_json(self) -> dict[str, Any]:
        return {
            "score": self.score,
            "low": self.low,
            "high": self.high,
            "no_interval": self.no_interval,
            "n": self.n,
            "left_out": dict(self.left_out),
        }


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """An engine's score minus the baseline's on the texts both have; positive is better only where higher is.

    Everything but `difference` and the counts is None where the verdict is "too few …"; `reason` then says how many
    there are of how many ("too few articles: 12 of at least 20"). The verdict goes by `p_adjusted`: the p of the
    approximate randomization, made stricter for the number of engines compared (Holm). `wins`, `ties` and `losses`
    count single texts on which this engine's score is better than, equal to, worse than the baseline's.
    """

    system: str
    baseline: str
    metric: str
    difference: float
    low: float | None
    high: float | None
    p_bootstrap: float | None
    p_randomization: float | None
    p_adjusted: float | None
    verdict: Verdict
    reason: str
    units: int
    wins: int
    ties: int
    losses: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Origins:
    """From which engine's texts the approved texts of this part were made.

    `texts` started from the engine and kept some of its words; `kept` is the mean share of their words from it, 0 to 1.
    """

    texts: int
    kept: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Corpus scores by engine and metric on the texts the engines share, and how the others differ from `baseline`.

    `segments` counts those texts and `documents` the articles they stand in; `unfinished` counts articles whose
    scoring still runs or failed, so that the figures may change. `derived_from` is filled for the reference
    `post-edit` only: engines whose own texts the post-edits (`post_edits` of them) were made from are favoured by it.
    `external` has the metrics that came in score files, which are means and have no intervals.
    """

    project: str
    reference: str
    part: Slice
    by: Unit
    samples: int
    seed: int
    baseline: str | None
    segments: int
    documents: int
    unfinished: int
    signatures: Mapping[str, str]
    systems: Mapping[str, Mapping[str, CorpusScore]]
    paired: Sequence[PairedDifference] = ()
    post_edits: int = 0
    derived_from: Mapping[str, Origins] = field(default_factory=dict)
    external: Sequence[ExternalComparison] = ()

    def to_json(self) -> dict[str, Any]:
        """The value of `compare_systems --json`, scores unrounded."""
        return {
            "project": self.project,
            "reference": self.reference,
            "part": self.part.to_json(),
            "by": self.by,
            "samples": self.samples,
            "seed": self.seed,
            "minimum": MINIMUM_UNITS[self.by],
            "baseline": self.baseline,
            "segments": self.segments,
            "documents": self.documents,
            "unfinished": self.unfinished,
            "signatures": dict(self.signatures),
            "systems": {
                name: {metric: score.to_json() for metric, score in scores.items()}
                for name, scores in self.systems.items()
            },
            "paired": [difference.to_json() for difference in self.paired],
            "post_edits": self.post_edits,
            "derived_from": {
                name: {"texts": origins.texts, "kept": origins.kept, "compared": self.is_compared(name)}
                for name, origins in self.derived_from.items()
            },
            "external": [one.to_json() for one in self.external],
        }

    def is_compared(self, system: str) -> bool:
        """Whether the engine has a score here, so that a verdict about it may be tilted."""
        return any(score.score is not None for score in self.systems.get(system, {}).values())

    def rows(self) -> list[dict[str, Any]]:
        """The same as a flat table, one row an engine and metric: what `compare_systems --csv` writes.

        Every row says what it was measured with and on; cells without a value are None.
        """
        paired = {(difference.system, difference.metric): difference for difference in self.paired}
        return [
            self._row(name, metric, score, paired.get((name, metric)))
            for name, scores in self.systems.items()
            for metric, score in scores.items()
        ]

    def _row(self, name: str, metric: str, score: CorpusScore, paired: PairedDifference | None) -> dict[str, Any]:
        values = paired.to_json() if paired else {}
        part = {
            key: " ".join(value) if isinstance(value, list) else value for key, value in self.part.to_json().items()
        }
        return {
            "project": self.project,
            "reference": self.reference,
            **part,
            "system": name,
            "metric": metric,
            "score": score.score,
            "low": score.low,
            "high": score.high,
            "no_interval": score.no_interval,
            "n": score.n,
            "of": score.of,
            "left_out": "; ".join(f"{n} {reason}" for reason, n in score.left_out.items()),
            "baseline": self.baseline,
            "difference": values.get("difference"),
            "difference_low": values.get("low"),
            "difference_high": values.get("high"),
            **{key: values.get(key) for key in _PAIRED_COLUMNS},
            "derived_texts": self.derived_from[name].texts if name in self.derived_from else None,
            "by": self.by,
            "samples": self.samples,
            "seed": self.seed,
            "signature": self.signatures[metric],
        }


_PAIRED_COLUMNS = (
    *("p_bootstrap", "p_randomization", "p_adjusted", "verdict", "reason", "units"),
    *("wins", "ties", "losses"),
)

#: The columns of `Comparison.rows`, in their order.
CSV_COLUMNS = (
    *("project", "reference", "section", "kind", "length", "since", "until", "documents"),
    *("system", "metric", "score", "low", "high", "no_interval", "n", "of", "left_out"),
    *("baseline", "difference", "difference_low", "difference_high", *_PAIRED_COLUMNS),
    *("derived_texts", "by", "samples", "seed", "signature"),
)


def csv_text(comparison: Comparison) -> str:
    """The rows of a comparison as CSV with a header line; numbers as Python writes them, all digits."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(comparison.rows())
    return text.getvalue()


@dataclass(frozen=True, slots=True)
class SegmentDifference:
    """One text on which two engines differ, with both translations.

    `document` and `segment` are ids of rows; the text starts at that segment and `covers` so many. `better` says
    whether the system's value is the better one, which for some metrics is the lower.
    """

    document: int
    external_id: str
    segment: int
    covers: int
    kind: str
    source: str
    system_text: str
    baseline_text: str
    system_value: float
    baseline_value: float
    better: bool

    @property
    def difference(self) -> float:
        """The system's value minus the baseline's."""
        return self.system_value - self.baseline_value


# --- comparing -------------------------------------------------------------------------------------------


def compare(
    project: Project,
    reference: str | None = None,
    *,
    metrics: Sequence[str] | None = None,
    systems: Sequence[str] | None = None,
    baseline: str | None = None,
    part: Slice = EVERYTHING,
    by: Unit = "document",
    samples: int = SAMPLES,
    seed: int = SEED,
) -> Comparison:
    """Compare engines of a project in one part of it; a fixed number of queries.

    `systems` (labels, default all with a scored text there) are held against each other on the texts all of them
    have; those without one are listed without a score and do not narrow what the others share. `baseline` defaults
    to the project's first of them. With `samples=0` nothing is resampled: scores only. Raises ComparisonError.
    """
    _require_sampling(by, samples, seed)
    chosen = _metrics(metrics)
    against = choose_reference(project, reference)
    listed = _systems(project, systems)
    within = _part(project, part, listed)
    signatures = {metric.id: metric.signature(against.size) for metric in chosen}
    configs = config_ids(signatures)
    texts = texts_of(within, against)
    having = with_scores(within, against, configs.values())
    compared = [system for system in listed if system.pk in having]
    base = _baseline(listed, compared, baseline)
    wanted = {configs[metric.id]: metric for metric in chosen if metric.id in configs}
    sums = sums_of(within, against, wanted, [system.pk for system in compared], base.pk if base else None, by)
    figures = [
        _figures(
            metric,
            against,
            sums.get(configs.get(metric.id, 0), Sums()),
            compared,
            base,
            by=by,
            samples=samples,
            seed=seed,
        )
        for metric in chosen
    ]
    largest = max(
        (found.sums.units for found in figures if found.sums.units), key=lambda units: units.texts, default=None
    )
    post_edits, derived_from = _origins(within) if against.is_post_edit else (0, {})
    return Comparison(
        project=project.slug,
        reference=against.label,
        part=part,
        by=by,
        samples=samples,
        seed=seed,
        baseline=base.label if base else None,
        segments=largest.texts if largest else 0,
        documents=largest.documents if largest else 0,
        unfinished=unfinished(within, against),
        signatures=signatures,
        systems={
            system.label: {found.metric: _score(found, system, texts, against) for found in figures}
            for system in listed
            if system.pk in texts.all
        },
        paired=[difference for found in figures for difference in found.paired],
        post_edits=post_edits,
        derived_from=derived_from,
        external=external_means(within, against, {system.pk: system.label for system in compared}),
    )


def _require_sampling(by: str, samples: int, seed: int) -> None:
    if by not in UNITS:
        raise ComparisonError(
            "by",
            _("Resampling by %(by)s is unknown: choose from %(units)s.") % {"by": f"{by!r}", "units": ", ".join(UNITS)},
        )
    if samples and not MINIMUM_SAMPLES <= samples <= MAXIMUM_SAMPLES:
        raise ComparisonError(
            "samples",
            _(
                "%(samples)s samples are no number to work with: take %(least)s to "
                "%(most)s, or 0 for scores without intervals."
            )
            % {"samples": samples, "least": MINIMUM_SAMPLES, "most": MAXIMUM_SAMPLES},
        )
    if not 0 <= seed <= MAXIMUM_SEED:
        raise ComparisonError(
            "seed",
            _("%(seed)s is no seed: take a whole number from 0 to %(most)s.") % {"seed": seed, "most": MAXIMUM_SEED},
        )


def _metrics(names: Sequence[str] | None) -> list[ReferenceMetric]:
    if not names:
        return list(REFERENCE_METRICS)
    try:
        return list({name: reference_metric(name) for name in names}.values())
    except UnknownMetricError as error:
        raise ComparisonError("metrics", str(error)) from None


def _systems(project: Project, labels: Sequence[str] | None) -> list[System]:
    """The project's engines, or those named, in the project's order."""
    systems = {system.label: system for system in System.objects.filter(project=project).order_by("position")}
    if not labels:
        return list(systems.values())
    for label in labels:
        _require_system("systems", label, systems)
    return [system for label, system in systems.items() if label in labels]


def _require_system(field: str, label: str, known: Mapping[str, System]) -> System:
    if label not in known:
        raise ComparisonError(
            field,
            _("There is no engine %(engine)s. Engines: %(engines)s.")
            % {"engine": f"{label!r}", "engines": ", ".join(known) or _("none yet")},
        )
    return known[label]


def _part(project: Project, part: Slice, systems: Iterable[System]) -> Part:
    if part.documents is not None:
        documents = Document.objects.filter(project=project, external_id__in=part.documents)
        missing = part.documents - set(documents.values_list("external_id", flat=True))
        if missing:
            raise ComparisonError(
                "documents",
                _("The project %(project)s has no document %(documents)s.")
                % {"project": project.slug, "documents": ", ".join(map(repr, sorted(missing)))},
            )
    return Part(project, part, [system.pk for system in systems])


def _baseline(listed: Sequence[System], compared: Sequence[System], label: str | None) -> System | None:
    if label is None:
        return compared[0] if compared else None
    system = _require_system("baseline", label, {system.label: system for system in listed})
    if system not in compared:
        raise ComparisonError(
            "baseline",
            _("%(engine)s has no scored text in this part, so nothing can be held against it: name another.")
            % {"engine": label},
        )
    return system


@dataclass(frozen=True, slots=True)
class _Figures:
    """What one metric says of the engines compared; `scores` and `intervals` go by the ids of the engines."""

    metric: str
    sums: Sums
    scores: Mapping[int, float]
    intervals: Mapping[int, Interval]
    no_interval: str
    paired: Sequence[PairedDifference]


def _figures(
    metric: ReferenceMetric,
    against: Against,
    sums: Sums,
    compared: Sequence[System],
    base: System | None,
    *,
    by: Unit,
    samples: int,
    seed: int,
) -> _Figures:
    units = sums.units
    if base is None or units is None:
        return _Figures(metric.id, sums, {}, {}, NOTHING_SCORED, ())
    totals = units.statistics.sum(axis=1).tolist()
    ids = [system.pk for system in compared]
    scores = {pk: metric.corpus(total, against.size) for pk, total in zip(ids, totals, strict=True)}
    if not samples:
        return _Figures(metric.id, sums, scores, {}, NOT_RESAMPLED, ())
    too_few = _too_few(units.number, by)
    resampled = None
    if not too_few:
        resampled = resample(
            units.statistics,
            corpus_scores_of(metric, against.size),
            baseline=ids.index(base.pk),
            samples=samples,
            seed=seed,
        )
    intervals = dict(zip(ids, resampled.intervals, strict=True)) if resampled else {}
    paired = _paired(metric, compared, base, units, scores, resampled, by)
    return _Figures(metric.id, sums, scores, intervals, too_few, paired)


def _too_few(number: int, by: Unit) -> str:
    """The sentence that takes the place of intervals and verdicts; empty where there are enough."""
    least = MINIMUM_UNITS[by]
    return "" if number >= least else f"{_TOO_FEW[by]}: {number} of at least {least}"


def _score(found: _Figures, system: System, texts: Texts, against: Against) -> CorpusScore:
    left_out = found.sums.left_out(system.pk, texts, against)
    units = found.sums.units
    if units is None or system.pk not in found.scores:
        return CorpusScore(None, 0, left_out, no_interval=NOTHING_SCORED)
    interval = found.intervals.get(system.pk)
    return CorpusScore(
        score=found.scores[system.pk],
        n=units.texts,
        left_out=left_out,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        no_interval=found.no_interval,
    )


def _paired(
    metric: ReferenceMetric,
    compared: Sequence[System],
    base: System,
    units: Units,
    scores: Mapping[int, float],
    resampled: Resampled | None,
    by: Unit,
) -> list[PairedDifference]:
    """Every engine but the baseline against it, in the engines' order."""
    others = [(place, system) for place, system in enumerate(compared) if system != base]
    found = [resampled.differences[place] if resampled else None for place, _ in others]
    adjusted = iter(holm([difference.p_randomization for difference in found if difference]))
    rows = []
    for (place, system), difference in zip(others, found, strict=True):
        value = scores[system.pk] - scores[base.pk]
        p = next(adjusted) if difference else None
        above, below = units.above[place], units.below[place]
        wins, losses = (above, below) if metric.higher_is_better else (below, above)
        rows.append(
            PairedDifference(
                system=system.label,
                baseline=base.label,
                metric=metric.id,
                difference=value,
                low=difference.interval.low if difference else None,
                high=difference.interval.high if difference else None,
                p_bootstrap=difference.p_bootstrap if difference else None,
                p_randomization=difference.p_randomization if difference else None,
                p_adjusted=p,
                verdict=_TOO_FEW[by] if p is None else _verdict(value, p, metric),
                reason=_too_few(units.number, by),
                units=units.number,
                wins=wins,
                ties=units.texts - wins - losses,
                losses=losses,
            )
        )
    return rows


def _verdict(difference: float, p: float, metric: ReferenceMetric) -> Verdict:
    if p >= SIGNIFICANCE:
        return "no difference shown"
    return "better" if (difference > 0) == metric.higher_is_better else "worse"


def _origins(within: Part) -> tuple[int, dict[str, Origins]]:
    """How many approved texts there are, and of each engine those that started from it and kept words of it."""
    approved = Segment.objects.filter(
        document__in=within.documents.values("pk"),
        state=SegmentState.APPROVED,
        covered_by=None,
        latest_revision__isnull=False,
    )
    if within.segments is not None:
        approved = approved.filter(pk__in=within.segments.values("segment"))
    number = 0
    kept: defaultdict[str, list[float]] = defaultdict(list)
    for origins in approved.values_list("latest_revision__derived_from", flat=True):
        number += 1
        for origin in origins:
            # A text may also come from another human one.
            if "system" in origin and origin["kept"] > 0:
                kept[origin["system"]].append(origin["kept"])
    return number, {name: Origins(len(shares), sum(shares) / len(shares)) for name, shares in sorted(kept.items())}


# --- single texts ----------------------------------------------------------------------------------------


def segments_that_differ(
    project: Project,
    reference: str | None = None,
    *,
    metric: str,
    system: str,
    baseline: str,
    part: Slice = EVERYTHING,
    limit: int = 20,
    direction: Direction = "both",
) -> list[SegmentDifference]:
    """The texts on which the system differs most from the baseline, the largest difference first.

    Looked at are the texts these two share. `direction` takes only those where the system is better, or worse.
    A fixed number of queries. Raises ComparisonError.
    """
    if direction not in get_args(Direction):
        raise ComparisonError(
            "direction",
            _("There is no direction %(direction)s: take both, better or worse.") % {"direction": f"{direction!r}"},
        )
    if not 1 <= limit <= MAXIMUM_ROWS:
        raise ComparisonError(
            "limit", _("%(limit)s texts cannot be listed: take 1 to %(most)s.") % {"limit": limit, "most": MAXIMUM_ROWS}
        )
    [measure] = _metrics([metric])
    against = choose_reference(project, reference)
    known = {row.label: row for row in System.objects.filter(project=project).order_by("position")}
    pair = _require_system("system", system, known), _require_system("baseline", baseline, known)
    if pair[0] == pair[1]:
        raise ComparisonError(
            "baseline", _("%(baseline)s does not differ from itself: name another engine.") % {"baseline": baseline}
        )
    within = _part(project, part, pair)
    config = config_ids({measure.id: measure.signature(against.size)}).get(measure.id)
    if config is None:
        return []
    sign = {"both": 0, "better": 1, "worse": -1}[direction] * (1 if measure.higher_is_better else -1)
    found = most_different(within, against, config, pair[0].pk, pair[1].pk, limit=limit, sign=sign)
    runs = Runs(found, against, config)
    return [
        SegmentDifference(
            document=text.document,
            external_id=runs.external_ids[text.document],
            segment=text.segment,
            covers=len(sources),
            kind=sources[0].kind,
            source=join_texts([placement.source.content for placement in sources]).text,
            system_text=runs.text(text, pair[0].pk),
            baseline_text=runs.text(text, pair[1].pk),
            system_value=text.value,
            baseline_value=text.base,
            better=(text.value > text.base) == measure.higher_is_better,
        )
        for text, sources in zip(found, (runs.placements(text, pair[0].pk) for text in found), strict=True)
    ]
