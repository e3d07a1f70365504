"""No page, file, command or look-up shows how much or how fast somebody works, or ranks people, with default settings.

Three proofs: nothing is counted by person in the database, a planted number never stands beside the name it belongs to,
and no list of the look-ups can be narrowed to a person.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from lxml import html

from reviews.admin import LookUp
from reviews.models import Person, Project
from tests.factories import make_document, make_person, segments_of
from tests.publishing import desk

from .conftest import browser_of, undone
from .test_no_way_around import READING_COMMANDS
from .test_urls_by_role import ADDRESSES, World

#: Columns that say who did something, in every table.
PEOPLE = sorted(
    {
        str(field.column)
        for model in apps.get_app_config("reviews").get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Person
    }
)
COLUMN = re.compile(rf"\b(?:{'|'.join(PEOPLE)})\b")

#: Where people are counted all the same, and why that is no figure of how somebody works.
COUNTED = {
    "reviews:my-data": "everybody's own page of what is stored about them",
    "reviews:team": "pieces of work somebody was given and has still to do, for whoever gives out more",
    "reviews:team-member": "the same, of one person",
    "reviews:work-pass-on": "the same, for whoever passes work on",
}

#: Where single acts are named, which is the record itself: who saved or decided this text.
RECORD = {
    "reviews:document-record",
    "reviews:document-record-json",
    "reviews:document-record-pdf",
    "reviews:segment-history",
    "reviews:my-data",
    "reviews:my-data-file",
}

#: So many texts Anna saved and Ben did; no article is so long, and no id comes so far.
ANNAS, BENS = 37, 41
NAMES = {"anna": "Xanthippe", "ben": "Zephyrinus"}


@pytest.fixture
def world(project: Project, cast: dict[str, Person]) -> World:
    """The world of all addresses, and articles in which two people did 37 and 41 texts."""
    for name, first in NAMES.items():
        Person.objects.filter(pk=cast[name].pk).update(first_name=first)
        cast[name].refresh_from_db()
    left = {"anna": ANNAS, "ben": BENS}
    for _ in range((ANNAS + BENS) // 6):
        for segment in segments_of(make_document(project, [f"Satz {i}." for i in "abcdef"])):
            name = max(left, key=lambda each: left[each])
            left[name] -= 1
            desk.save(segment, cast[name], f"By hand, {left[name] % 5}.")
    assert not any(left.values())
    cast["root"] = make_person("root", is_superuser=True, is_staff=True)
    return World(project, cast)


def counting(queries: CaptureQueriesContext) -> list[str]:
    """Statements that count or add up by person, or for one."""
    found = []
    for query in queries.captured_queries:
        sql = query["sql"].replace('"', "")
        selected = sql.partition(" FROM ")[0]
        grouped = sql.partition(" GROUP BY ")[2].partition(" ORDER BY ")[0]
        where = sql.partition(" WHERE ")[2].partition(" GROUP BY ")[0]
        if re.search(r"\b(?:COUNT|SUM|AVG)\(", selected) and (COLUMN.search(grouped) or COLUMN.search(where)):
            found.append(sql)
    return found


READS = [name for name, address in ADDRESSES.items() if address.method == "get" and name != "login"]


def test_nothing_is_counted_by_person(world: World, subtests: pytest.Subtests) -> None:
    for name in READS:
        address = reverse(name, args=ADDRESSES[name].arguments(world))
        for who in ("dora", "ben"):
            with subtests.test(name, who=who), undone(), CaptureQueriesContext(connection) as queries:
                browser_of(world.cast[who]).get(address)
                mine = [sql for sql in counting(queries) if not own(sql, world.cast[who])]
                assert not mine or name in COUNTED, mine


def own(sql: str, person: Person) -> bool:
    """Whether a count is for whoever looks, which nobody else sees: their drafts, notices, work they may take."""
    grouped = sql.replace('"', "").rpartition(" GROUP BY ")[2] if " GROUP BY " in sql else ""
    return bool(re.search(rf"\b(?:{'|'.join(PEOPLE)}) = {person.pk}\b", sql)) and not COLUMN.search(grouped)


#: Elements that say one thing; what stands in two of them is no statement.
ONE_BREATH = ("tr", "li", "p", "dd", "dt", "td", "th", "h1", "h2", "h3", "span", "a")


def statements(content: str, kind: str) -> Iterator[str]:
    """What a page, or a file line by line, says in one breath: a row, a list item, a line, a paragraph."""
    if "html" not in kind or not content.strip():
        yield from content.splitlines()
        return
    for element in html.fromstring(content).iter(*ONE_BREATH):
        yield " ".join(" ".join(element.itertext()).split())


FIGURES = {NAMES["anna"]: ANNAS, NAMES["ben"]: BENS}


def beside_a_name(content: str, kind: str) -> list[str]:
    return [
        said
        for said in statements(content, kind)
        for name, number in FIGURES.items()
        if name in said and re.search(rf"(?<![\w.:-]){number}(?![\w.:-])", said)
    ]


def test_a_number_beside_a_name_is_found() -> None:
    assert beside_a_name("<table><tr><td>Xanthippe</td><td>37</td></tr></table>", "text/html")
    assert beside_a_name("<p>Zephyrinus did 41 texts.</p>", "text/html")
    assert beside_a_name("name,texts\nXanthippe,37", "text/csv")
    assert not beside_a_name("<p>Xanthippe</p><p>37 of 78 texts are reviewed.</p>", "text/html")


def test_no_page_or_file_puts_a_figure_beside_a_name(world: World, subtests: pytest.Subtests) -> None:
    for name in sorted(set(READS) - RECORD):
        address = reverse(name, args=ADDRESSES[name].arguments(world))
        for who in ("dora", "ben", "root"):
            with subtests.test(name, who=who), undone():
                response = browser_of(world.cast[who]).get(address)
                assert beside_a_name(response.content.decode(), response.get("Content-Type", "")) == []


def test_no_command_puts_a_figure_beside_a_name(world: World, subtests: pytest.Subtests) -> None:
    for name in sorted(READING_COMMANDS - {"review_record"}):
        with subtests.test(name):
            out = io.StringIO()
            # Those that want other arguments say so, and that is read as well.
            with contextlib.suppress(CommandError, SystemExit, TypeError):
                call_command(name, "--project", world.open.project.slug, "--json", stdout=out, stderr=out)
            assert beside_a_name(out.getvalue(), "text/plain") == []
            assert str(world.cast["anna"].public_id) not in out.getvalue()


def test_no_look_up_puts_a_figure_beside_a_name_or_is_narrowed_to_a_person(
    world: World, subtests: pytest.Subtests
) -> None:
    root = browser_of(world.cast["root"])
    for model, tables in admin.site._registry.items():
        if not isinstance(tables, LookUp):
            continue
        address = reverse(f"admin:reviews_{model._meta.model_name}_changelist")
        people = [field.name for field in model._meta.concrete_fields if field.related_model is Person]
        with subtests.test(model.__name__):
            assert beside_a_name(root.get(address).content.decode(), "text/html") == []
            assert not {each.split("__")[0] for each in (*tables.search_fields, *tables.list_filter)} & set(people)
            for column in people:
                for lookup in (column, f"{column}__id__exact", f"{column}_id", f"{column}__username"):
                    response = root.get(address, {lookup: world.cast["anna"].pk})
                    assert response.status_code in (302, 400), (model, lookup)
