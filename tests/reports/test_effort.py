"""Figures of what was edited are those of a count by hand, of a month that is over, and of enough people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.utils import timezone

from reviews import pipeline
from reviews.models import (
    Document,
    EffortFigure,
    EffortMonth,
    Membership,
    Person,
    Project,
    Role,
    Segment,
    System,
)
from reviews.reports.desk.registry import PANELS_BY_KEY
from reviews.reports.effort import EditedText, Effort, efforts
from reviews.reports.effort_months import BACK, count_month, count_months
from tests.factories import make_document, make_person, segments_of
from tests.publishing import desk
from tests.threads import at_once

from .desk.test_panels import scope_of

MARCH = date(2026, 3, 1)
IN_MARCH = datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
APRIL = datetime(2026, 4, 3, 9, 0, tzinfo=UTC)


def text(editor: int, rate: float = 0.0, system: int = 1, section: str = "Sport") -> EditedText:
    return EditedText(system, section, editor, rate, unchanged=rate == 0)


def test_figures_are_counted_by_hand() -> None:
    found = efforts([text(editor, rate) for editor, rate in enumerate([0.0, 10.0, 50.0, 20.0, 0.0, 30.0])])
    assert found[1, "Sport"] == Effort(texts=6, unchanged=2, median=10.0, most=50.0)
    assert set(found) == {(1, "Sport"), (1, None), (None, "Sport"), (None, None)}
    assert len(set(found.values())) == 1


def test_what_few_edited_is_there_without_figures_and_nothing_tells_it() -> None:
    found = efforts(
        [text(editor, section=section) for editor in range(5) for section in ("Sport", "City")]
        + [text(1, section="Opera"), text(2, section="Opera")]
    )
    hidden = {place for place, effort in found.items() if effort is None}
    assert hidden == {(engine, section) for engine in (1, None) for section in ("Opera", "City")}


@pytest.fixture
def editors(project: Project) -> list[Person]:
    people = [make_person(f"editor{number}") for number in range(6)]
    Membership.objects.bulk_create(Membership(project=project, person=each, role=Role.EDITOR) for each in people)
    return people


@pytest.fixture
def march() -> Iterator[None]:
    with mock.patch.object(timezone, "now", return_value=IN_MARCH):
        yield


def edited_by(project: Project, people: list[Person], section: str) -> list[Segment]:
    """Each of them accepts one text as it is and changes one word in four of another."""
    made = []
    for person in people:
        sources = [f"Eins {person.pk}.", f"Zwei {person.pk}."]
        document = make_document(project, sources, {"engine-a": ["It is raining.", "It is raining."]}, section=section)
        first, second = segments_of(document)
        desk.save(first, person, "It is raining.")
        desk.save(second, person, "It was raining.")
        made += [first, second]
    return made


@pytest.mark.django_db
def test_a_month_is_counted_when_it_is_over_and_stays_as_it_was(
    project: Project, editors: list[Person], march: None
) -> None:
    texts = edited_by(project, editors, "Sport")
    edited_by(project, editors[:2], "Opera")
    assert count_months(datetime(2026, 4, 1, 9, 0, tzinfo=UTC)) == BACK * Project.objects.count()
    assert not EffortMonth.objects.filter(month=MARCH).exists()

    assert count_months(APRIL) == Project.objects.count()
    kept = list(EffortFigure.objects.filter(of__month=MARCH).order_by("pk").values())
    engine = System.objects.get(project=project)
    figures: dict[tuple[int | None, str | None], tuple[object, ...]] = {
        (row["system_id"], row["section"]): (row["texts"], row["unchanged"], row["median"], row["most"]) for row in kept
    }
    assert figures[engine.pk, "Opera"] == (None, None, None, None) == figures[engine.pk, "Sport"]
    assert figures[None, None] == figures[engine.pk, None] == (16, 8, 0.0, 25.0)

    with mock.patch.object(timezone, "now", return_value=APRIL):
        desk.save(texts[0], editors[1], "It rained all day.")
        Document.objects.filter(section="Opera").update(section="Sport")
    assert count_months(APRIL + timedelta(days=2)) == 0
    assert list(EffortFigure.objects.filter(of__month=MARCH).order_by("pk").values()) == kept


@pytest.mark.django_db
def test_a_text_counts_when_it_is_reviewed_first_and_what_no_engine_began_does_not(
    project: Project, editors: list[Person], march: None
) -> None:
    texts = edited_by(project, editors, "Sport")
    bare = make_document(project, ["Ohne Maschine."], {}, section="Sport")
    desk.save(segments_of(bare)[0], editors[0], "Without an engine.")
    desk.save(texts[0], editors[1], "It rained all day.")
    with mock.patch.object(timezone, "now", return_value=APRIL):
        desk.save(texts[1], editors[2], "It rained all night.")
    for month, number in ((MARCH, 12), (date(2026, 4, 1), None)):
        assert count_month(project, month, APRIL)
        found = EffortFigure.objects.filter(of__month=month, system=None, section=None).first()
        assert (found.texts if found else None) == number


@pytest.mark.django_db
def test_the_panel_shows_the_last_month_with_a_dash_for_what_is_hidden(
    project: Project, editors: list[Person], march: None
) -> None:
    edited_by(project, editors, "Sport")
    edited_by(project, editors, "City")
    edited_by(project, editors[:2], "Opera")
    with mock.patch.object(timezone, "now", return_value=APRIL):
        pipeline.count_effort()
    panel = PANELS_BY_KEY["effort"]
    table = panel.table(scope_of(project))
    shown = [[cell.value for cell in row] for row in table.rows]
    assert shown == [
        ["engine-a", "City", None, None, None, None],
        ["engine-a", "Opera", None, None, None, None],
        ["engine-a", "Sport", 12, 0.5, 0.0, 25.0],
        ["engine-a", "all sections", 28, 0.5, 0.0, 25.0],
        ["all engines", "City", None, None, None, None],
        ["all engines", "Opera", None, None, None, None],
        ["all engines", "Sport", 12, 0.5, 0.0, 25.0],
        ["all engines", "all sections", 28, 0.5, 0.0, 25.0],
    ]
    assert "March 2026" in table.note
    of_section = panel.table(scope_of(project, "Sport"))
    assert [[cell.value for cell in row] for row in of_section.rows] == [row for row in shown if row[1] == "Sport"]


@pytest.mark.django_db(transaction=True)
def test_several_that_count_at_once_count_once(project: Project, editors: list[Person]) -> None:
    with mock.patch.object(timezone, "now", return_value=IN_MARCH):
        edited_by(project, editors, "Sport")
    assert sorted(at_once(lambda _: count_month(project, MARCH, APRIL), 3)) == [False, False, True]
    assert EffortFigure.objects.filter(of__month=MARCH).count() == 4
