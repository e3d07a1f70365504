"""Human scores of a project, and how well metrics follow them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reviews.importing.scorefiles.base import Mark
from reviews.metrics.base import ReferenceMetric
from reviews.metrics.mqm import rating_score
from reviews.metrics.registry import described
from reviews.metrics.service import as_mark
from reviews.models import Campaign, Document, ErrorAnnotation, Hypothesis, Project, Rating, Score, System, TargetKind
from reviews.models.scores import STATISTICS_COLUMNS
from reviews.values import in_batches

from .correlation import kendall_tau_b, order_agreement, pairwise_accuracy, pearson, worst_auc

#: Figures over fewer texts, or over fewer engines, would be about these texts only.
FEWEST_TEXTS = 10
FEWEST_SYSTEMS = 3

TOO_FEW_TEXTS = f"fewer than {FEWEST_TEXTS} texts"
TOO_FEW_SYSTEMS = f"fewer than {FEWEST_SYSTEMS} engines"


# --- ratings -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating that holds, with its marks."""

    rating: Rating
    marks: tuple[Mark, ...]

    @property
    def value(self) -> float:
        """The annotator's number, or what the marks come to."""
        return rating_score(self.marks) if self.rating.value is None else self.rating.value


def ratings_in_force(ratings: Iterable[Rating]) -> list[Rated]:
    """Of each campaign, text and annotator the last rating if it is finished, with its marks; a query for each 500."""
    latest: dict[tuple[int, int, str], Rating] = {}
    for rating in sorted(ratings, key=lambda row: row.number):
        latest[rating.campaign_id, rating.hypothesis_id, rating.annotator] = rating
    counting = [rating for rating in latest.values() if rating.complete]
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    for ids in in_batches([rating.pk for rating in counting]):
        for row in ErrorAnnotation.objects.filter(rating__in=ids).order_by("ordinal"):
            marks[row.rating_id].append(as_mark(row))
    return [Rated(rating, tuple(marks[rating.pk])) for rating in counting]


def mean_by_text(rated: Iterable[Rated]) -> dict[int, float]:
    """The mean over the annotators, by hypothesis; higher is better under every protocol."""
    values: defaultdict[int, list[float]] = defaultdict(list)
    for entry in rated:
        values[entry.rating.hypothesis_id].append(entry.value)
    return {hypothesis: sum(numbers) / len(numbers) for hypothesis, numbers in values.items()}


def ratings_by_text(document: Document) -> dict[int, dict[str, Any]]:
    """Per hypothesis and campaign what people said: the mean over the annotators, and what they marked."""
    rows = Rating.objects.filter(hypothesis__document=document).select_related("campaign").order_by("campaign__name")
    texts: defaultdict[tuple[int, str], list[Rated]] = defaultdict(list)
    for rated in ratings_in_force(rows):
        texts[rated.rating.hypothesis_id, rated.rating.campaign.name].append(rated)
    found: defaultdict[int, dict[str, Any]] = defaultdict(dict)
    for (hypothesis, campaign), of_text in texts.items():
        marks = [mark for rated in of_text for mark in rated.marks]
        found[hypothesis][campaign] = {
            "protocol": of_text[0].rating.campaign.protocol,
            "value": mean_by_text(of_text)[hypothesis],
            "annotators": len(of_text),
            "marks": [{"side": m.side, "span": m.span, "category": m.category, "severity": m.severity} for m in marks],
        }
    return found


# --- correlations ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SegmentFigures:
    """How a metric follows people over single texts; `accuracy` is over pairs of translations of one segment.

    `worst_auc` is how well it finds the worst tenth. Figures are None where the texts do not allow them.
    """

    n: int
    pearson: float | None = None
    kendall_tau_b: float | None = None
    accuracy: float | None = None
    epsilon: float | None = None
    groups: int = 0
    pairs: int = 0
    worst_auc: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SystemFigures:
    """The same over engines, each by what it has on the segments that all of them share."""

    n: int
    segments: int
    pearson: float | None = None
    kendall_tau_b: float | None = None
    accuracy: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Correlation:
    """One metric, or another campaign's people, against one campaign."""

    campaign: str
    metric: str
    signature: str
    against: str
    better: str
    segment: SegmentFigures
    system: SystemFigures

    def to_json(self) -> dict[str, Any]:
        return {
            "campaign": self.campaign,
            "metric": self.metric,
            "signature": self.signature,
            "against": self.against,
            "better": self.better,
            "segment": _figures_json(self.segment),
            "system": _figures_json(self.system),
        }


def _figures_json(figures: SegmentFigures | SystemFigures) -> dict[str, Any]:
    values = {name: getattr(figures, name) for name in type(figures).__slots__}
    return values if figures.reason else {name: value for name, value in values.items() if name != "reason"}


@dataclass(slots=True)
class _Column:
    """One metric's values by hypothesis, higher being better, with what engines are scored by."""

    metric: str
    signature: str
    against: str
    better: str
    values: dict[int, float] = field(default_factory=dict)
    statistics: dict[int, tuple[int, ...]] = field(default_factory=dict)
    corpus: tuple[ReferenceMetric, int] | None = None

    @property
    def sign(self) -> int:
        return -1 if self.better == "lower" else 1

    def of_engine(self, texts: Sequence[int]) -> float:
        """The corpus score where the metric has one, else the mean of the texts' scores; higher being better."""
        if self.corpus is None:
            return sum(self.values[text] for text in texts) / len(texts)
        metric, references = self.corpus
        sums = [sum(column) for column in zip(*(self.statistics[text] for text in texts), strict=True)]
        return self.sign * metric.corpus(sums, references)


def correlations(
    project: Project, campaigns: Sequence[str] | None = None, metrics: Sequence[str] | None = None
) -> list[Correlation]:
    """Every metric that has scores of the campaigns' texts, ours or a score file's, and every other campaign.

    Without campaigns all of the project. A metric that no end of is better (length ratio) is left out.
    """
    rows = list(Campaign.objects.filter(project=project).order_by("name"))
    human = {row.name: mean_by_text(ratings_in_force(Rating.objects.filter(campaign=row))) for row in rows}
    places = _places(project)
    found = []
    for row in rows:
        if campaigns and row.name not in campaigns:
            continue
        columns = [*_metric_columns(row), *_people(rows, human, row)]
        for column in columns:
            if not metrics or column.metric in metrics:
                found.append(_correlate(row.name, human[row.name], column, places))
    return found


def _places(project: Project) -> dict[int, tuple[int, int]]:
    """(system, segment) of every rated hypothesis."""
    rated = Rating.objects.filter(campaign__project=project).values("hypothesis")
    rows = Hypothesis.objects.filter(pk__in=rated).values_list("pk", "system_id", "segment_id")
    return {pk: (system, segment) for pk, system, segment in rows if segment is not None}


def _people(
    rows: Iterable[Campaign], human: Mapping[str, Mapping[int, float]], campaign: Campaign
) -> Iterator[_Column]:
    for row in rows:
        if row != campaign:
            yield _Column(f"human:{row.name}", row.protocol, "people", "higher", dict(human[row.name]))


def _metric_columns(campaign: Campaign) -> list[_Column]:
    """The scores of all texts the campaign rated, by metric and what it was measured against; two queries.

    Not against post-edits: they were made from one of the engines' texts, which would look better than people say.
    """
    rated = Rating.objects.filter(campaign=campaign).values("hypothesis")
    scores = Score.objects.filter(hypothesis__in=rated, value__isnull=False).exclude(target__kind=TargetKind.POST_EDIT)
    columns = {(row["config"], row["target"]): _column(row) for row in scores.values(*_DESCRIBED).distinct()}
    rows = scores.values_list("config", "target", "hypothesis", "value", *STATISTICS_COLUMNS)
    for config, target, hypothesis, value, *counts in rows.iterator():
        column = columns[config, target]
        column.values[hypothesis] = column.sign * value
        if column.corpus is not None:
            column.statistics[hypothesis] = tuple(counts[: column.corpus[0].width])
    return sorted((column for column in columns.values() if column.better), key=lambda one: (one.metric, one.against))


#: What tells a column from the others, and what it is.
_DESCRIBED = (
    "config",
    "target",
    "config__metric",
    "config__signature",
    "target__kind",
    "target__reference_set__label",
    "target__reference_set__names",
)


def _column(row: Mapping[str, Any]) -> _Column:
    metric = described(row["config__metric"], row["config__signature"])
    against = row["target__reference_set__label"] or TargetKind(row["target__kind"]).label
    better = {True: "higher", False: "lower", None: ""}[metric.higher_is_better]
    column = _Column(metric.id, row["config__signature"], against, better)
    if isinstance(metric, ReferenceMetric):
        column.corpus = metric, len(row["target__reference_set__names"] or [""])
    return column


def _correlate(
    campaign: str, human: Mapping[int, float], column: _Column, places: Mapping[int, tuple[int, int]]
) -> Correlation:
    texts = [text for text in human if text in column.values and text in places]
    return Correlation(
        campaign=campaign,
        metric=column.metric,
        signature=column.signature,
        against=column.against,
        better=column.better,
        segment=_by_segment(texts, human, column, places),
        system=_by_system(texts, human, column, places),
    )


def _by_segment(
    texts: Sequence[int], human: Mapping[int, float], column: _Column, places: Mapping[int, tuple[int, int]]
) -> SegmentFigures:
    if len(texts) < FEWEST_TEXTS:
        return SegmentFigures(len(texts), reason=TOO_FEW_TEXTS)
    pairs = [(human[text], column.values[text]) for text in texts]
    groups: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for text, pair in zip(texts, pairs, strict=True):
        groups[places[text][1]].append(pair)
    by_people, by_metric = zip(*pairs, strict=True)
    accuracy = pairwise_accuracy(groups.values())
    return SegmentFigures(
        n=len(texts),
        pearson=pearson(by_people, by_metric),
        kendall_tau_b=kendall_tau_b(by_people, by_metric),
        accuracy=accuracy.accuracy if accuracy else None,
        epsilon=accuracy.epsilon if accuracy else None,
        groups=accuracy.groups if accuracy else 0,
        pairs=accuracy.pairs if accuracy else 0,
        worst_auc=worst_auc(by_people, by_metric),
    )


def _by_system(
    texts: Sequence[int], human: Mapping[int, float], column: _Column, places: Mapping[int, tuple[int, int]]
) -> SystemFigures:
    systems = {places[text][0] for text in texts}
    of_segment = Counter(places[text][1] for text in texts)
    shared: defaultdict[int, list[int]] = defaultdict(list)
    for text in texts:
        if of_segment[places[text][1]] == len(systems):
            shared[places[text][0]].append(text)
    segments = max(map(len, shared.values()), default=0)
    if len(systems) < FEWEST_SYSTEMS:
        return SystemFigures(len(systems), segments, reason=TOO_FEW_SYSTEMS)
    if segments < FEWEST_TEXTS:
        return SystemFigures(len(systems), segments, reason=f"{TOO_FEW_TEXTS} that all engines share")
    by_people = [sum(human[text] for text in of_system) / len(of_system) for of_system in shared.values()]
    by_metric = [column.of_engine(of_system) for of_system in shared.values()]
    return SystemFigures(
        n=len(systems),
        segments=segments,
        pearson=pearson(by_people, by_metric),
        kendall_tau_b=kendall_tau_b(by_people, by_metric),
        accuracy=order_agreement(by_people, by_metric),
    )


def campaigns_of(project: Project) -> list[dict[str, Any]]:
    """The project's campaigns with how much each holds."""
    listed = []
    for row in Campaign.objects.filter(project=project).order_by("name"):
        ratings = Rating.objects.filter(campaign=row).in_force()
        texts = ratings.values("hypothesis").distinct().count()
        systems = System.objects.filter(hypotheses__ratings__in=ratings).distinct().order_by("position")
        engines = [system.label for system in systems]
        listed.append({"campaign": row.name, "protocol": row.protocol, "texts": texts, "systems": engines})
    return listed
