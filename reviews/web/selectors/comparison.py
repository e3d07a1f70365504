"""The comparison of engines as its page shows it: sentences, charts and tables made of the figures of `reports`."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.db.models import Count, Sum
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from reviews.metrics.base import ReferenceMetric
from reviews.metrics.registry import reference_metric
from reviews.models import Document, Project, System
from reviews.models.document import KIND_CHOICES
from reviews.reports.comparison import (
    MINIMUM_UNITS,
    Comparison,
    CorpusScore,
    PairedDifference,
    SegmentDifference,
    Slice,
    Unit,
    reference_choices,
)
from reviews.reports.statistics import SAMPLES
from reviews.reports.systems import documents_of
from reviews.web.charts import Mark, Point, whisker_chart
from reviews.web.diffs import DiffPiece, word_diff

#: Samples times units that a page resamples: a second's work with nine engines and four metrics.
CELLS = 3_000_000
#: However many units there are: with fewer samples p could not get below 0.05 for one of 20 engines against a baseline.
LEAST_SAMPLES = 400

#: What the sentence above a table says of the engines with a verdict.
VERDICTS: Mapping[str, Promise] = {
    "better": gettext_lazy("Better than the baseline"),
    "worse": gettext_lazy("Worse than the baseline"),
    "no difference shown": gettext_lazy("No difference shown"),
}
#: Verdicts that a whisker's mark shows as found; any other is drawn hollow.
FOUND = ("better", "worse")


@dataclass(frozen=True, slots=True)
class Differs:
    """How an engine differs from the baseline, in the words of the table; `p_alone` is as if no other were compared."""

    value: str
    exact: str
    interval: str
    p: str
    p_alone: str
    verdict: str
    words: str
    wins: int
    ties: int
    losses: int


@dataclass(frozen=True, slots=True)
class EngineLine:
    """One engine under one metric; `differs` is None for the baseline and for an engine without a score."""

    name: str
    score: str
    exact: str
    interval: str
    n: int
    of: int
    is_baseline: bool
    differs: Differs | None


@dataclass(frozen=True, slots=True)
class MetricFigures:
    """All engines under one metric, the best first; `answer` says in a sentence what the table shows."""

    metric: ReferenceMetric
    key: str
    answer: str
    chart: SafeString
    lines: Sequence[EngineLine]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why texts of an engine are not in its scores: how many, by metric in the order of the page."""

    engine: str
    reason: str
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Origin:
    """An engine whose texts the approved ones were made from, which a comparison with these favours."""

    engine: str
    texts: int
    kept: str
    compared: bool


@dataclass(frozen=True, slots=True)
class Side:
    """One engine's text beside another's; `pieces` are empty where it left the passage out."""

    engine: str
    value: str
    pieces: Sequence[DiffPiece]


@dataclass(frozen=True, slots=True)
class SegmentShown:
    """One text on which two engines differ: where it stands, by how much, and both translations."""

    document: int
    segment: int
    external_id: str
    kind: str
    source: str
    by: str
    verdict: str
    verdict_words: str
    sides: Sequence[Side]


def offered(project: Project) -> dict[str, Sequence[str]]:
    """What may be asked for in this project: references, engines, sections."""
    sections = Document.objects.filter(project=project).exclude(section="").order_by("section")
    return {
        "references": reference_choices(project),
        "systems": [system.label for system in System.objects.filter(project=project).order_by("position")],
        "sections": list(sections.values_list("section", flat=True).distinct()),
    }


def samples_for(project: Project, part: Slice, by: Unit) -> int:
    """How many samples a page can wait for: as usual, but fewer where there are very many units to draw from."""
    documents = documents_of(project, part).aggregate(number=Count("pk"), segments=Sum("segments_total"))
    units = documents["number"] if by == "document" else documents["segments"]
    return max(LEAST_SAMPLES, min(SAMPLES, CELLS // max(1, units or 0)))


def shown(comparison: Comparison) -> dict[str, Any]:
    """What the page of a comparison shows, by the names its template knows."""
    return {
        "figures": [_figures(comparison, name, place) for place, name in enumerate(comparison.signatures, start=1)],
        "left_out": left_out(comparison),
        "origins": origins(comparison),
        "minimum": MINIMUM_UNITS[comparison.by],
        "has_intervals": any(score.low is not None for by in comparison.systems.values() for score in by.values()),
    }


def _figures(comparison: Comparison, name: str, place: int) -> MetricFigures:
    metric = reference_metric(name)
    scores = {engine: by_metric[name] for engine, by_metric in comparison.systems.items()}
    differences = {pair.system: pair for pair in comparison.paired if pair.metric == name}
    ordered = sorted(scores, key=lambda engine: _rank(scores[engine], metric))
    return MetricFigures(
        metric=metric,
        key=f"metric-{place}",
        answer=_answer(
            [differences[engine] for engine in ordered if engine in differences],
            {score.no_interval for score in scores.values() if score.score is not None and score.no_interval},
        ),
        chart=_chart(metric, f"chart-{place}", ordered, scores, differences, comparison.baseline),
        lines=[
            _line(engine, scores[engine], differences.get(engine), is_baseline=engine == comparison.baseline)
            for engine in ordered
        ],
    )


def _rank(score: CorpusScore, metric: ReferenceMetric) -> tuple[bool, float]:
    """The best first, engines without a score last."""
    if score.score is None:
        return True, 0.0
    return False, -score.score if metric.higher_is_better else score.score


def _answer(differences: Sequence[PairedDifference], no_intervals: Collection[str]) -> str:
    """What may be said of the engines against the baseline, the certain first; or why nothing may."""
    if no_intervals:
        why = capfirst("; ".join(sorted(gettext(reason) for reason in no_intervals)))
        return gettext("%(why)s. No interval and no verdict: the order may be chance.") % {"why": why}
    engines: dict[str, list[str]] = {}
    for pair in differences:
        engines.setdefault(pair.verdict, []).append(pair.system)
    return " ".join(
        f"{words}: {', '.join(engines[verdict])}." for verdict, words in VERDICTS.items() if verdict in engines
    )


def _chart(
    metric: ReferenceMetric,
    key: str,
    ordered: Sequence[str],
    scores: Mapping[str, CorpusScore],
    differences: Mapping[str, PairedDifference],
    baseline: str | None,
) -> SafeString:
    points = [
        Point(
            name=engine,
            value=score.score,
            low=score.low,
            high=score.high,
            mark=_mark(differences.get(engine), is_baseline=engine == baseline),
            words=f"{engine}: {two(score.score)}{between(score.low, score.high, gettext(' (95 % interval {} to {})'))}",
        )
        for engine, score in ((engine, scores[engine]) for engine in ordered)
        if score.score is not None
    ]
    level = next((scores[engine].score for engine in ordered if engine == baseline), None)
    if metric.higher_is_better:
        described = gettext("%(number)d engines, the best first. The table “%(metric)s” has the same numbers.")
    else:
        described = gettext(
            "%(number)d engines, the best, which is the lowest, first. The table “%(metric)s” has the same numbers."
        )
    return whisker_chart(
        points,
        key=key,
        title=gettext("%(metric)s by engine") % {"metric": gettext(metric.name)},
        description=described % {"number": len(points), "metric": gettext(metric.name)},
        line=level,
    )


def _mark(pair: PairedDifference | None, *, is_baseline: bool) -> Mark:
    if is_baseline:
        return "diamond"
    return "filled" if pair and pair.verdict in FOUND else "hollow"


def _line(engine: str, score: CorpusScore, pair: PairedDifference | None, *, is_baseline: bool) -> EngineLine:
    return EngineLine(
        name=engine,
        score=two(score.score),
        exact="" if score.score is None else repr(score.score),
        interval=between(score.low, score.high),
        n=score.n,
        of=score.of,
        is_baseline=is_baseline,
        differs=_differs(pair) if pair else None,
    )


def _differs(pair: PairedDifference) -> Differs:
    return Differs(
        value=signed(pair.difference),
        exact=repr(pair.difference),
        interval=between(pair.low, pair.high, sign=True),
        p=probability(pair.p_adjusted),
        p_alone=probability(pair.p_randomization),
        verdict=pair.verdict.split()[0],
        words=gettext(pair.reason or pair.verdict),
        wins=pair.wins,
        ties=pair.ties,
        losses=pair.losses,
    )


def left_out(comparison: Comparison) -> list[LeftOut]:
    """What is not in the scores, by engine and reason."""
    return [
        LeftOut(engine, reason, [score.left_out.get(reason, 0) for score in scores.values()])
        for engine, scores in comparison.systems.items()
        for reason in sorted({reason for score in scores.values() for reason in score.left_out})
    ]


def origins(comparison: Comparison) -> list[Origin]:
    """The engines the post-edits were made from, the one with the most texts first."""
    found = sorted(comparison.derived_from.items(), key=lambda item: (-item[1].texts, item[0]))
    return [
        Origin(engine, origin.texts, f"{100 * origin.kept:.0f} %", comparison.is_compared(engine))
        for engine, origin in found
    ]


def segments(found: Sequence[SegmentDifference], system: str, baseline: str) -> list[SegmentShown]:
    """Texts on which the two engines differ, as the page shows them."""
    return [_segment(one, system, baseline) for one in found]


def _segment(one: SegmentDifference, system: str, baseline: str) -> SegmentShown:
    pieces = word_diff(one.baseline_text, one.system_text)
    return SegmentShown(
        document=one.document,
        segment=one.segment,
        external_id=one.external_id,
        kind=str(dict(KIND_CHOICES)[one.kind]),
        source=one.source,
        by=signed(one.difference),
        verdict="better" if one.better else "worse",
        verdict_words=gettext("better") if one.better else gettext("worse"),
        sides=[
            Side(system, two(one.system_value), [piece for piece in pieces if piece.kind != "removed"]),
            Side(baseline, two(one.baseline_value), [piece for piece in pieces if piece.kind != "added"]),
        ],
    )


# --- numbers as people read them -------------------------------------------------------------------------


def two(value: float | None) -> str:
    """A score with two decimals; a dash for none."""
    return "–" if value is None else _minus(f"{value:.2f}")


def signed(value: float) -> str:
    """A difference with its sign; what would be nought when rounded has none."""
    text = f"{value:+.2f}"
    return "0.00" if text in ("+0.00", "-0.00") else _minus(text)


def between(low: float | None, high: float | None, words: str = "", *, sign: bool = False) -> str:
    """An interval; empty where there is none."""
    if low is None or high is None:
        return ""
    words = words or gettext("{} to {}")
    return words.format(*((signed(low), signed(high)) if sign else (two(low), two(high))))


def probability(p: float | None) -> str:
    if p is None:
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _minus(text: str) -> str:
    return text.replace("-", "−")


# --- to keep ---------------------------------------------------------------------------------------------


def left_out_csv(comparison: Comparison) -> str:
    rows = [
        {"system": engine, "metric": metric, "reason": reason, "texts": number}
        for engine, scores in comparison.systems.items()
        for metric, score in scores.items()
        for reason, number in score.left_out.items()
    ]
    return _csv(rows, ["system", "metric", "reason", "texts"])


def segments_csv(found: Sequence[SegmentDifference]) -> str:
    columns = [column.name for column in fields(SegmentDifference)]
    return _csv([asdict(one) | {"difference": one.difference} for one in found], [*columns, "difference"])


def _csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """A table as CSV with exact numbers; null is an empty cell."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
