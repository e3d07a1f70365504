"""The engines of a project from week to week, and what is known of them over the days that are asked for.

Corpus scores from sums of sufficient statistics, never means of single scores. The intervals are those of the
delete-a-group jackknife (Kott, "The delete-a-group jackknife", Journal of Official Statistics 17, 2001): articles are
in groups by chance, the score is taken anew without each group, and how far these differ says how far the score could
have been another one with other articles. No interval is given for fewer than ENOUGH groups.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from reviews.metrics.base import ReferenceMetric
from reviews.metrics.registry import REFERENCE_METRICS, reference_metric
from reviews.models import Project, QualityMark, QualitySum, ScoreTarget, System, TargetKind
from reviews.models.quality import monday_of
from reviews.models.scores import STATISTICS_COLUMNS
from reviews.reports.formulas import corpus_scores_of
from reviews.reports.statistics import Integers
from reviews.reports.suppression import FEWEST_PEOPLE
from reviews.reports.systems import POST_EDIT

from .base import Cell, Column, Drawing, Scope, Table

#: What engines are followed by over time, against what editors made of their texts.
FOLLOWED: Final = "edit_rate"

#: What the scores of a week are counted against.
KINDS: Final = (TargetKind.POST_EDIT, TargetKind.REFERENCE)

ENOUGH: Final = 8

#: The 97.5 % points of Student's t distribution by degrees of freedom, for intervals of 95 %.
STUDENT: Final = dict(zip(range(7, 16), (2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131), strict=True))


@dataclass(frozen=True, slots=True)
class Against:
    """What engines were held against: its name, and of how many texts it is made."""

    target: ScoreTarget
    name: str
    size: int

    @property
    def is_post_edit(self) -> bool:
        return self.target.kind == TargetKind.POST_EDIT


@dataclass(slots=True)
class Sums:
    """Texts of an engine by group, with the sums of their statistics."""

    texts: int = 0
    left_out: int = 0
    groups: dict[int, Integers] = field(default_factory=dict)

    def add(self, group: int, texts: int, left_out: int, sums: Sequence[int]) -> None:
        """One group's; each comes once."""
        self.texts += texts
        self.left_out += left_out
        if texts:
            self.groups[group] = np.array(sums, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Estimated:
    """A corpus score with the ends of its interval, where there are articles enough for one."""

    score: float | None
    low: float | None = None
    high: float | None = None


def estimated(metric: ReferenceMetric, sums: Sums, n_references: int) -> Estimated:
    """The corpus score of all groups, and its interval."""
    if not sums.groups:
        return Estimated(None)
    groups = np.stack([sums.groups[group][: metric.width] for group in sorted(sums.groups)])
    total = groups.sum(axis=0)
    score = metric.corpus([int(value) for value in total], n_references)
    number = len(groups)
    if number < ENOUGH:
        return Estimated(score)
    without = corpus_scores_of(metric, n_references)(total - groups)
    error = math.sqrt((number - 1) / number * float(((without - without.mean()) ** 2).sum()))
    half = STUDENT[number - 1] * error
    return Estimated(score, score - half, score + half)


def against(project: Project) -> list[Against]:
    """What the project's engines were held against: the post-edit first, then references, single ones first."""
    targets = ScoreTarget.objects.filter(project=project, kind__in=KINDS).select_related("reference_set")
    found = [
        Against(target, POST_EDIT, 1)
        if target.reference_set is None
        else Against(target, target.reference_set.label, len(target.reference_set.names))
        for target in targets
    ]
    return sorted(found, key=lambda each: (not each.is_post_edit, each.size, each.name))


def _rows(scope: Scope, targets: Iterable[Against]) -> QuerySet[QualitySum]:
    """The sums of the weeks that the period touches.

    What editors made of engines' texts says how much they change, so it is shown for no section and for no week in
    which fewer than FEWEST_PEOPLE wrote: a week is shown or not whatever is asked for, so that no two questions differ
    by what is hidden.
    """
    of_many = Q(counted__editors__gte=FEWEST_PEOPLE) if scope.section is None else Q(pk__in=())
    return QualitySum.objects.filter(
        Q(target__kind=TargetKind.REFERENCE) | of_many,
        target__in=[each.target for each in targets],
        section=scope.section,
        week__range=(monday_of(scope.since), monday_of(scope.until)),
    ).order_by()


def _engines(project: Project) -> dict[int, str]:
    return {system.pk: str(system) for system in System.objects.filter(project=project)}


def _counted(scope: Scope) -> str:
    """Since when the figures are what they are, and whether some are counted anew."""
    weeks = (monday_of(scope.since), monday_of(scope.until))
    marked = QualityMark.objects.filter(project=scope.project, week__range=weeks).values("week").distinct().count()
    if not marked:
        return ""
    return ngettext(
        "%(number)d week has scores that came in since it was counted: its figures follow within minutes.",
        "%(number)d weeks have scores that came in since they were counted: their figures follow within minutes.",
        marked,
    ) % {"number": marked}


class EngineCourse:
    key = "course"
    title = _("Engines from week to week")
    words = _(
        "How much of each engine's text editors changed: edits for each 100 words of the approved text, with the "
        "interval in which it lies with 95 % confidence. Lower is better. Editors start from the first engine's text, "
        "which stays closer to it: to compare engines, use a reference. Only of all sections together, and of weeks in "
        "which at least five people edited."
    )
    dated = True
    wide = True

    columns = (
        Column("week", _("Week from"), "day"),
        Column("engine", _("Engine"), "text"),
        Column("score", _("Edit rate"), "score"),
        Column("low", _("from"), "score"),
        Column("high", _("to"), "score"),
        Column("texts", _("Texts")),
    )

    def table(self, scope: Scope) -> Table:
        metric = reference_metric(FOLLOWED)
        targets = [each for each in against(scope.project) if each.is_post_edit]
        signature = metric.signature(1)
        found: defaultdict[tuple[date, str], Sums] = defaultdict(Sums)
        engines = _engines(scope.project)
        followed = _rows(scope, targets).filter(config__metric=metric.id, config__signature=signature)
        columns = STATISTICS_COLUMNS[: metric.width]
        for week, system, group, texts, left_out, *sums in followed.values_list(
            "week", "system_id", "group", "texts", "left_out", *columns
        ):
            found[week, engines[system]].add(group, texts, left_out, sums)
        rows = []
        for (week, engine), sums in sorted(found.items()):
            value = estimated(metric, sums, 1)
            if value.score is not None:
                rows.append(
                    (
                        Cell(week),
                        Cell(engine),
                        Cell(value.score),
                        Cell(value.low),
                        Cell(value.high),
                        Cell(sums.texts),
                    )
                )
        return Table(
            self.columns,
            rows,
            note=_counted(scope),
            empty=_("A section was chosen, or no week among these has approved texts by five people."),
            drawing=Drawing("week", ("score",), by="engine", low="low", high="high"),
        )


class EngineScores:
    key = "engine-scores"
    title = _("Engines in these weeks")
    words = _(
        "Corpus scores over all texts of the weeks that the days touch, with intervals of 95 %. Texts are not matched "
        "between engines here: the comparison of engines does that, and tests the differences. Approved texts count "
        "only for all sections together, and in weeks in which at least five people edited."
    )
    dated = True
    wide = True

    columns = (
        Column("engine", _("Engine"), "text"),
        Column("against", _("Against"), "text"),
        Column("metric", _("Metric"), "text"),
        Column("score", _("Score"), "score"),
        Column("low", _("from"), "score"),
        Column("high", _("to"), "score"),
        Column("texts", _("Texts")),
        Column("left_out", _("Left out")),
        Column("signature", _("Signature"), "text"),
    )

    def table(self, scope: Scope) -> Table:
        targets = against(scope.project)
        found: defaultdict[tuple[str, int, str, str], Sums] = defaultdict(Sums)
        engines = _engines(scope.project)
        summed = {f"sum_{column}": Sum(column) for column in STATISTICS_COLUMNS}
        # The weeks are added up by the database: what is left is a row for each group.
        counted = (
            _rows(scope, targets)
            .values_list("system_id", "target_id", "config__metric", "config__signature", "group")
            .annotate(of=Sum("texts"), without=Sum("left_out"), **summed)
        )
        for system, target, metric_id, signature, group, texts, left_out, *sums in counted:
            found[engines[system], target, metric_id, signature].add(group, texts, left_out, [int(s) for s in sums])
        rows: list[Sequence[Cell]] = []
        for engine in sorted({engine for engine, *_others in found}):
            for each in targets:
                for metric in REFERENCE_METRICS:
                    signature = metric.signature(each.size)
                    here = found.get((engine, each.target.pk, metric.id, signature))
                    if here is not None:
                        rows.append(_score_row(engine, each, metric, signature, here))
        return Table(
            self.columns, rows, note=_counted(scope), empty=_("No article of these weeks has scores against any text.")
        )


def _score_row(engine: str, each: Against, metric: ReferenceMetric, signature: str, sums: Sums) -> tuple[Cell, ...]:
    value = estimated(metric, sums, each.size)
    return (
        Cell(engine),
        Cell(gettext("approved text") if each.is_post_edit else each.name),
        Cell(gettext(metric.name)),
        Cell(value.score),
        Cell(value.low),
        Cell(value.high),
        Cell(sums.texts),
        Cell(sums.left_out),
        Cell(signature),
    )
