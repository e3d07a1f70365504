"""The figures of the desk head's page are those of a count by hand."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from reviews.models import Document, DocumentState, Project, SegmentState, Step, WorkItem, WorkState
from reviews.models.states import COUNTED_STATES, column
from reviews.models.tally import tallies
from reviews.reports.desk.alarms import Alarms
from reviews.reports.desk.base import Scope, Table
from reviews.reports.desk.due import COUNTED
from reviews.reports.desk.quantiles import quantile
from reviews.reports.desk.registry import PANELS, PANELS_BY_KEY
from tests.factories import make_project

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SECTIONS = ("", "Sport", "Security", "=1+1")


def scope_of(project: Project, section: str | None = None, days: int = 28) -> Scope:
    counts = tallies(project)
    today = timezone.localdate(NOW)
    return Scope(
        project,
        section,
        today - timedelta(days=days - 1),
        today,
        NOW,
        counts if section is None else {section: counts.get(section, {})},
    )


def values(table: Table) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in table.rows]


def by_first(table: Table) -> dict[Any, list[Any]]:
    return {first: rest for first, *rest in values(table)}


@pytest.fixture
def desk(project: Project) -> list[Document]:
    """Articles of every state in several sections, changed at random until nothing is as it came in."""
    draw = random.Random(8)
    other = make_project("other")
    Document.objects.create(project=other, external_id="elsewhere", section="Sport", outdated=True, critical_texts=9)
    made = [Document.objects.create(project=project, external_id=f"a-{i}", section="Sport") for i in range(120)]
    for document in made:
        counts = {column(state): draw.choice((0, 0, 1, 4)) for state in COUNTED_STATES}
        published = draw.random() < 0.5
        first = NOW - timedelta(hours=draw.randrange(24 * 40)) if published else None
        Document.objects.filter(pk=document.pk).update(
            **counts,
            segments_total=sum(counts.values()),
            section=draw.choice(SECTIONS),
            state=draw.choice(DocumentState.values),
            outdated=draw.random() < 0.2,
            critical_texts=draw.choice((0, 0, 0, 2)),
            deadline_at=NOW + timedelta(hours=draw.randrange(-50, 90)) if draw.random() < 0.6 else None,
            created_at=NOW - timedelta(minutes=draw.randrange(100_000)),
            first_published_at=first,
            lag_seconds=draw.randrange(-3000, 200_000) if first else None,
        )
        for step in Step:
            if draw.random() < 0.4:
                state = draw.choice((WorkState.OPEN, WorkState.WAITING, WorkState.DONE))
                WorkItem.objects.create(
                    project=project, document=document, step=step, state=state, section=document.section
                )
    for document in Document.objects.filter(project=project):
        WorkItem.objects.filter(document=document).update(section=document.section)
    return list(Document.objects.filter(project=project))


def wanted(desk: Sequence[Document], section: str | None) -> list[Document]:
    return [document for document in desk if section in (None, document.section)]


UNFINISHED = ("new", "in_review", "reviewed")


@pytest.mark.parametrize("section", [None, *SECTIONS])
def test_sections_and_alarms(project: Project, desk: list[Document], section: str | None) -> None:
    scope = scope_of(project, section)
    found = by_first(PANELS_BY_KEY["sections"].table(scope))
    expected = {}
    for name in {document.section for document in wanted(desk, section)}:
        here = wanted(desk, name)
        waiting = sorted((d for d in here if d.state in UNFINISHED), key=lambda d: d.created_at)
        expected[name] = [
            len(waiting),
            sum(d.segments_new + d.segments_in_review + d.segments_sent_back + d.segments_source_changed for d in here),
            sum(d.segments_reviewed for d in here),
            sum(d.critical_texts for d in here if d.state != "published"),
            sum(d.outdated for d in here),
            str(waiting[0]),
            NOW - waiting[0].created_at,
        ]
    assert found == expected
    alarms = Alarms.of(scope)
    late = [d for d in wanted(desk, section) if d.state in UNFINISHED and d.deadline_at and d.deadline_at < NOW]
    assert alarms.overdue == len(late)
    assert alarms.critical_texts == sum(row[3] for row in expected.values())
    assert alarms.outdated == sum(row[4] for row in expected.values())
    burning = [d for d in wanted(desk, section) if d.critical_texts and d.state != "published"]
    assert alarms.critical_articles == len(burning)
    in_a_day = NOW + timedelta(days=1)
    soon = [d for d in wanted(desk, section) if d.state in UNFINISHED and d.deadline_at and d.deadline_at < in_a_day]
    assert alarms.soon == len(soon) - len(late)


@pytest.mark.parametrize("section", [None, "Sport"])
def test_states(project: Project, desk: list[Document], section: str | None) -> None:
    here = wanted(desk, section)
    scope = scope_of(project, section)
    states = Counter(document.state for document in here)
    assert [row[1] for row in values(PANELS_BY_KEY["articles"].table(scope))] == [states[s] for s in DocumentState]
    texts = [sum(getattr(document, column(state)) for document in here) for state in COUNTED_STATES]
    assert [row[1] for row in values(PANELS_BY_KEY["texts"].table(scope))] == texts
    assert len(texts) == len(SegmentState) - 1


@pytest.mark.parametrize("section", [None, "Security"])
def test_steps(project: Project, desk: list[Document], section: str | None) -> None:
    ids = {document.pk for document in wanted(desk, section)}
    items = [item for item in WorkItem.objects.order_by("pk").select_related("document") if item.document_id in ids]
    found = by_first(PANELS_BY_KEY["steps"].table(scope_of(project, section)))
    for step in Step:
        of_step = [item for item in items if item.step == step]
        number = Counter(item.state for item in of_step)
        oldest = next(item for item in of_step if item.state == "open")
        assert found[str(step.label)] == [
            number["open"],
            number["leased"],
            number["waiting"],
            str(oldest.document),
            NOW - oldest.created_at,
        ]


@pytest.mark.parametrize("section", [None, "Sport"])
def test_due(project: Project, desk: list[Document], section: str | None) -> None:
    here = [d for d in wanted(desk, section) if d.state in UNFINISHED and d.deadline_at]
    here.sort(key=lambda d: (d.deadline_at or NOW, d.pk))
    found = values(PANELS_BY_KEY["due"].table(scope_of(project, section)))
    assert [row[0] for row in found] == [str(d) for d in here[:10]]
    assert [row[3] for row in found] == [d.segments_total - d.segments_approved for d in here[:10]]


@pytest.mark.parametrize(("section", "days"), [(None, 28), ("Sport", 28), (None, 7), (None, 1)])
def test_lag(project: Project, desk: list[Document], section: str | None, days: int) -> None:
    table = PANELS_BY_KEY["lag"].table(scope_of(project, section, days))
    by_week: defaultdict[Any, list[int]] = defaultdict(list)
    for document in wanted(desk, section):
        at = document.first_published_at
        if at is not None and timezone.localdate(at) > timezone.localdate(NOW) - timedelta(days=days):
            day = timezone.localdate(at)
            by_week[day - timedelta(days=day.weekday())].append(document.lag_seconds or 0)
    assert [row[:2] for row in values(table)] == [[week, len(lags)] for week, lags in sorted(by_week.items())]
    every = [lag for lags in by_week.values() for lag in lags]
    rows = [*values(table), *([[cell.value for cell in table.total]] if table.total else [])]
    assert (table.total is not None) == (len(by_week) > 1)
    for (_, number, median, most), lags in zip(
        rows, [*(by_week[week] for week in sorted(by_week)), every][: len(rows)], strict=True
    ):
        assert number == len(lags)
        for value, share in ((median, 0.5), (most, 0.9)):
            seconds = value.total_seconds()
            assert seconds in lags
            assert sum(lag <= seconds for lag in lags) >= share * len(lags)
            assert sum(lag < seconds for lag in lags) < share * len(lags)


def test_many_late_articles_are_counted_up_to_a_bound(project: Project) -> None:
    Document.objects.bulk_create(
        Document(project=project, external_id=f"late-{i}", deadline_at=NOW - timedelta(hours=1))
        for i in range(COUNTED + 20)
    )
    assert Alarms.of(scope_of(project)).overdue == COUNTED + 1


def test_an_empty_project_has_tables_that_say_so(project: Project) -> None:
    for panel in PANELS:
        table = panel.table(scope_of(project))
        assert table.rows or table.empty
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_keys_are_their_own() -> None:
    assert len({panel.key for panel in PANELS}) == len(PANELS)


@pytest.mark.parametrize(
    ("numbers", "share", "expected"),
    [([7], 0.5, 7), ([1, 2], 0.5, 1), ([1, 2, 3], 0.5, 2), (list(range(1, 11)), 0.9, 9), ([1, 2, 3], 0.9, 3)],
)
def test_a_quantile_is_one_of_the_values(numbers: list[int], share: float, expected: int) -> None:
    assert quantile(numbers, share) == expected
