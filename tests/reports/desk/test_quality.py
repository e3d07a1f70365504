"""Weekly figures of engines are corpus scores of the very texts of these weeks, with intervals that hold."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from reviews import pipeline
from reviews.metrics.base import Batch
from reviews.metrics.registry import REFERENCE_METRICS, reference_metric
from reviews.metrics.runner import score_document
from reviews.metrics.weekly import EVERY, recount_marked, verify_weeks
from reviews.models import (
    Document,
    Hypothesis,
    Membership,
    Project,
    QualityMark,
    QualitySum,
    QualityWeek,
    Reference,
    Role,
)
from reviews.models.quality import mark_week, monday_of, week_of
from reviews.reports.comparison import compare
from reviews.reports.desk.base import Table
from reviews.reports.desk.quality import ENOUGH, Estimated, Sums, estimated
from reviews.reports.desk.registry import PANELS_BY_KEY
from reviews.reports.suppression import FEWEST_PEOPLE
from reviews.reports.systems import Slice
from tests.factories import make_cast, make_document, make_person
from tests.publishing import desk
from tests.threads import at_once

from .test_panels import NOW, scope_of, values

pytestmark = pytest.mark.django_db

WORDS = [
    "the",
    "a",
    "dog",
    "cat",
    "sleeps",
    "barks",
    "runs",
    "long",
    "loud",
    "today",
    "here",
    "and",
    "then",
    "because",
    "of",
    "it",
]


def sentence(draw: random.Random) -> str:
    return " ".join(draw.choice(WORDS) for _ in range(draw.randrange(4, 14))) + "."


@pytest.fixture
def scored(project: Project) -> list[Document]:
    """Articles of five weeks in two sections, two engines and a reference, all scored and counted."""
    draw = random.Random(5)
    made = []
    for i in range(40):
        texts = [sentence(draw) for _ in range(3)]
        document = make_document(
            project,
            texts,
            {name: [text if draw.random() < 0.4 else sentence(draw) for text in texts] for name in ("a", "b")},
            {"R": texts},
            section=("Sport", "Security")[i % 2],
            published_at=NOW - timedelta(days=draw.randrange(35)),
        )
        score_document(document.pk)
        mark_week(document)
        made.append(document)
    count()
    return made


def count(now: datetime = NOW) -> None:
    while recount_marked(now):
        pass


def by_hand(project: Project, documents: list[Document], engine: str, metric: Any) -> tuple[float, int]:
    """sacrebleu's corpus score of an engine's texts in these articles, from the texts themselves."""
    hypotheses = Hypothesis.objects.filter(document__in=documents, system__name=engine, segment__isnull=False)
    references = {row.segment_id: row.text for row in Reference.objects.filter(document__in=documents)}
    rows = list(hypotheses)
    scores = metric.scores(Batch([row.text for row in rows], [(references[row.segment_id],) for row in rows]))
    total = np.sum([score.statistics for score in scores], axis=0)
    return metric.corpus([int(value) for value in total], 1), len(rows)


@pytest.mark.parametrize("section", [None, "Sport"])
def test_figures_are_corpus_scores_of_all_texts_of_the_weeks(
    project: Project, scored: list[Document], section: str | None
) -> None:
    scope = scope_of(project, section, days=14)
    weeks = (monday_of(scope.since), monday_of(scope.until))
    here = [d for d in scored if section in (None, d.section) and weeks[0] <= week_of(d) <= weeks[1]]
    assert here
    found = {(row[0], row[2]): row for row in values(PANELS_BY_KEY["engine-scores"].table(scope))}
    assert len(found) == 2 * len(REFERENCE_METRICS)
    for engine in "ab":
        for metric in REFERENCE_METRICS:
            score, texts = by_hand(project, here, engine, metric)
            row = found[engine, metric.name]
            assert row[3] == score
            assert row[6:9] == [texts, 0, metric.signature(1)]


def test_they_are_those_of_the_comparison(project: Project, scored: list[Document]) -> None:
    scope = scope_of(project, days=60)
    since = monday_of(scope.since)
    compared = compare(project, "R", part=Slice(since=since), samples=0)
    for engine, _against, metric, score, *_rest in values(PANELS_BY_KEY["engine-scores"].table(scope)):
        ids = {m.name: m.id for m in REFERENCE_METRICS}
        if ids[metric] in compared.systems[engine]:
            assert compared.systems[engine][ids[metric]].score == score


def test_the_course_follows_approved_texts(project: Project) -> None:
    cast = make_cast(project)
    editors = [cast["anna"], cast["dora"], *(make_person(f"e{i}") for i in range(FEWEST_PEOPLE - 2))]
    for number, editor in enumerate(editors, start=1):
        Membership.objects.get_or_create(project=project, person=editor, role=Role.EDITOR)
        document = make_document(
            project, ["Ein Hund.", "Eine Katze."], {"a": ["A dog.", "A cat."], "b": ["Dog.", "Cat."]}, section="Sport"
        )
        pipeline.work_through(pipeline.rescore(document, publish=False).pk)
        desk.work_through(document, editor=editor, approver=cast["ben"])
        pipeline.after_decision(document.pk)
        QualityWeek.objects.update(counted_at=NOW - EVERY * 2)
        for _ in range(2):
            pipeline.sweep(left_behind=timedelta(0), inline=True)
        assert verify_weeks(project) == []
        # Fewer people's work is nobody's figure to see, nor is a section's.
        assert bool(course(project).rows) == (number == FEWEST_PEOPLE)
    week = monday_of(timezone.localdate())
    assert [row[:3] for row in values(course(project))] == [[week, "a", 0.0], [week, "b", pytest.approx(50.0, abs=20)]]
    assert [row[3:] for row in values(course(project))] == [[None, None, 2 * FEWEST_PEOPLE]] * 2
    assert course(project, "Sport").rows == []


def course(project: Project, section: str | None = None) -> Table:
    today = timezone.localdate()
    scope = scope_of(project)
    return PANELS_BY_KEY["course"].table(
        type(scope)(project, section, today - timedelta(days=27), today, timezone.now(), scope.counts)
    )


def test_a_text_that_changes_and_an_article_that_moves_are_counted_anew(
    project: Project, scored: list[Document]
) -> None:
    assert verify_weeks(project) == []
    document = scored[0]
    before = week_of(document)
    Document.objects.filter(pk=document.pk).update(published_at=datetime(2026, 3, 3, tzinfo=UTC), section="Politik")
    assert verify_weeks(project) == [
        f"project {project.slug}: the scores of the week of {before} are counted otherwise"
    ]
    mark_week(document)
    document.refresh_from_db()
    mark_week(document)
    count(NOW + EVERY * 2)
    assert verify_weeks(project) == []
    assert set(QualitySum.objects.filter(week=week_of(document)).values_list("section", flat=True)) == {None, "Politik"}


def test_a_week_is_not_counted_all_the_time_and_says_so(project: Project, scored: list[Document]) -> None:
    mark_week(scored[0])
    assert recount_marked(NOW + EVERY / 2) == 0
    table = PANELS_BY_KEY["engine-scores"].table(scope_of(project, days=60))
    assert table.note.startswith("1 week has scores that came in since it was counted")
    assert recount_marked(NOW + EVERY * 2) == 1
    assert not QualityMark.objects.exists()
    assert PANELS_BY_KEY["engine-scores"].table(scope_of(project, days=60)).note == ""


@pytest.mark.django_db(transaction=True)
def test_two_that_count_the_same_week_leave_it_counted_once(project: Project) -> None:
    document = make_document(project, ["Ein Hund."], {"a": ["A dog."]}, {"R": ["One dog."]})
    score_document(document.pk)
    mark_week(document)
    at_once(lambda _: recount_marked(timezone.now()), 3)
    assert QualityWeek.objects.count() == 1
    assert verify_weeks(project) == []
    assert not QualityMark.objects.exists()
    per_section = QualitySum.objects.filter(section="").count()
    assert per_section == QualitySum.objects.filter(section=None).count() == len(REFERENCE_METRICS)


def test_an_interval_needs_enough_groups() -> None:
    metric = reference_metric("ter")
    row = np.zeros(24, dtype=np.int64)
    row[:2] = (3, 10)
    few = Sums(7, 0, dict.fromkeys(range(ENOUGH - 1), row))
    assert estimated(metric, few, 1) == Estimated(30.0)
    enough = Sums(8, 0, dict.fromkeys(range(ENOUGH), row))
    assert estimated(metric, enough, 1).low == pytest.approx(30.0)
    assert estimated(metric, Sums(), 1).score is None


def test_intervals_hold_the_true_rate_about_as_often_as_they_say() -> None:
    """Of 400 samples of 320 articles in 16 groups, the interval holds the true rate in 92 to 98 of a hundred."""
    draw = np.random.default_rng(11)
    metric = reference_metric("ter")
    held = 0
    for _ in range(400):
        groups = {}
        for group in range(16):
            row = np.zeros(24, dtype=np.int64)
            lengths = draw.integers(50, 800, size=20)
            rates = draw.beta(4, 12, size=20)
            row[:2] = (int((lengths * rates).round().sum()), int(lengths.sum()))
            groups[group] = row
        value = estimated(metric, Sums(1, 0, groups), 1)
        assert value.low is not None
        assert value.high is not None
        held += value.low <= 25.0 <= value.high
    assert 0.92 <= held / 400 <= 0.98
