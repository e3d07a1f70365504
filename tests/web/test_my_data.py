"""What is stored about me: every table that names people is listed, and everybody gets their own rows only."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from reviews.models import Person, Project, Revision
from reviews.reports.stored import OWN_COLUMNS, STORED
from tests.factories import make_document, segments_of
from tests.publishing import desk

from .conftest import browser_of
from .pages import page_of, text_of
from .test_queries import queries


def file_of(person: Person) -> dict[str, Any]:
    response = browser_of(person).get(reverse("reviews:my-data-file"))
    found = json.loads(response.content)
    assert isinstance(found, dict)
    return found


def test_every_column_that_names_a_person_is_listed() -> None:
    """A new table cannot be forgotten."""
    named = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Person
    }
    assert named == {stored.key for stored in STORED if not stored.keyed}
    assert len({stored.key for stored in STORED}) == len(STORED)


def test_every_column_of_the_own_row_is_shown_or_named_in_words() -> None:
    hidden = {"id", "password", "salt", "is_active", "is_staff", "is_superuser", "name_removed_at"}
    assert {field.name for field in Person._meta.concrete_fields} == hidden | set(OWN_COLUMNS)


@pytest.fixture
def history(project: Project, cast: dict[str, Person]) -> None:
    made = make_document(project)
    desk.save(segments_of(made)[0], cast["anna"], "A text of Anna.")
    desk.work_through(made, editor=cast["ben"], approver=cast["dora"])


def test_the_file_has_all_rows_and_no_one_else_s(history: None, cast: dict[str, Person]) -> None:
    anna, ben = file_of(cast["anna"]), file_of(cast["ben"])
    assert set(anna) == {"person", *(stored.key for stored in STORED)}
    assert [row["text"] for row in anna["Revision.author"]] == ["A text of Anna."]
    assert {row["author_id"] for row in anna["Revision.author"]} == {str(cast["anna"].public_id)}
    assert len(anna["Revision.author"]) + len(ben["Revision.author"]) == Revision.objects.count()
    assert "A text of Anna." not in json.dumps(ben["Revision.author"])
    assert anna["person"]["username"] == "anna"
    for secret in (cast["anna"].salt, cast["anna"].password):
        assert secret not in json.dumps(anna)


def test_the_page_counts_them_for_the_person_alone(history: None, cast: dict[str, Person]) -> None:
    page = page_of(browser_of(cast["anna"]).get(reverse("reviews:my-data")))
    counts = {
        text_of(row.xpath("./th")[0]): row.xpath("./td[1]")[0].text for row in page.xpath("(//table)[2]//tbody/tr")
    }
    assert (counts["Texts you saved"], counts["Articles you published"]) == ("1", "0")
    assert str(cast["ben"].public_id) not in text_of(page)
    assert "Ben" not in text_of(page)


def test_it_asks_the_database_once_a_place(history: None, cast: dict[str, Person]) -> None:
    assert queries(browser_of(cast["anna"]), reverse("reviews:my-data")) <= len(STORED) + 8
