"""What the workbench stores about a person, for that person: every table that names them, and their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db.models import Field, Model, QuerySet
from django.utils.translation import gettext_lazy as _

from reviews.models import Person


@dataclass(frozen=True, slots=True)
class Stored:
    """One place that names people: a table and the column by which, what is in it, and how long it stays.

    `keyed` says that the column holds the person's public id and not a reference.
    """

    model: str
    column: str
    what: Any
    kept: Any
    keyed: bool = False

    @property
    def key(self) -> str:
        return f"{self.model}.{self.column}"

    def rows(self, person: Person) -> QuerySet[Model]:
        model = _model(self.model)
        value: object = str(person.public_id) if self.keyed else person
        return model._default_manager.filter(**{self.column: value}).order_by("pk")


_FOR_GOOD = _("for good: it is part of the proof of review; your name can be removed from it")
_WHILE_MEMBER = _("until you leave, or change it")
_UNTIL_READ = _("90 days after you read them")
_LONG_AS_DONE = _("as long as the article; your name can be removed from it")

#: Every place, in the order people ask about them. A test holds the list against the tables.
STORED: tuple[Stored, ...] = (
    Stored("Membership", "person", _("Your roles in projects"), _WHILE_MEMBER),
    Stored("Revision", "author", _("Texts you saved"), _FOR_GOOD),
    Stored("Decision", "person", _("Texts you reviewed, approved, sent back or left out"), _FOR_GOOD),
    Stored("Publication", "published_by", _("Articles you published"), _FOR_GOOD),
    Stored("Dismissal", "person", _("Findings you dismissed"), _FOR_GOOD),
    Stored("DismissalUndo", "person", _("Dismissals you took back"), _FOR_GOOD),
    Stored("QuoteProvenance", "person", _("What you noted of quotations"), _FOR_GOOD),
    Stored("Rating", "annotator", _("Engines' texts you judged, by your number"), _FOR_GOOD, keyed=True),
    Stored("ReviewPass", "person", _("Second reviews you made or settled"), _LONG_AS_DONE),
    Stored("Draft", "person", _("What you typed and did not save"), _("until you save it; without change, 30 days")),
    Stored("DivisionDraft", "person", _("Divisions of texts you began"), _("until you finish them")),
    Stored("Assignment", "person", _("Work you were given"), _LONG_AS_DONE),
    Stored("Assignment", "by", _("Work you gave to others"), _LONG_AS_DONE),
    Stored("WorkItem", "assignee", _("Work that is kept for you"), _("until it is done or given back")),
    Stored("WorkItem", "lease_owner", _("Work you have taken"), _("until it is done, or ten minutes after you leave")),
    Stored("BulkJob", "person", _("Acts on many articles you started"), _LONG_AS_DONE),
    Stored("ImportBatch", "person", _("Files you imported"), _LONG_AS_DONE),
    Stored("Term", "person", _("Glossary terms you entered"), _LONG_AS_DONE),
    Stored("Term", "retired_by", _("Glossary terms you took out"), _LONG_AS_DONE),
    Stored("Skill", "person", _("What you said you know"), _WHILE_MEMBER),
    Stored("Availability", "person", _("When you said you are there"), _WHILE_MEMBER),
    Stored("Notice", "person", _("Notices to you"), _UNTIL_READ),
    Stored("NoticeChoice", "person", _("How you want to hear of things"), _WHILE_MEMBER),
    Stored("Visit", "person", _("Up to where you have seen an article; overwritten each time"), _WHILE_MEMBER),
    Stored("LogEntry", "user", _("Changes you made in the look-ups"), _("as long as the installation")),
)

#: Columns of the person's own row that the page shows; the others are the password's hash and the salt of the name.
OWN_COLUMNS = ("username", "first_name", "last_name", "email", "date_joined", "last_login", "public_id", "keys")


def _model(name: str) -> type[Model]:
    return LogEntry if name == "LogEntry" else apps.get_model("reviews", name)


def own_row(person: Person) -> dict[str, Any]:
    """What stands in the person's own row."""
    return {name: _plain(getattr(person, name)) for name in OWN_COLUMNS}


def counted(person: Person) -> list[tuple[Stored, int]]:
    """How many rows of each place name the person. One query each, by an index where the table has one."""
    return [(stored, stored.rows(person).count()) for stored in STORED]


def rows_of(stored: Stored, person: Person) -> Iterator[dict[str, Any]]:
    """The rows, column by column; other people in them by public id. In batches, however many there are."""
    fields: list[Field[Any, Any]] = list(_model(stored.model)._meta.concrete_fields)
    people = [field.attname for field in fields if field.related_model is Person]
    known: dict[int, str] = {}
    for row in stored.rows(person).values(*(field.attname for field in fields)).iterator(chunk_size=500):
        for column in people:
            row[column] = _public_id(row[column], known)
        yield {name: _plain(value) for name, value in row.items()}


def _public_id(pk: int | None, known: dict[int, str]) -> str | None:
    if pk is None:
        return None
    if pk not in known:
        known[pk] = str(Person.objects.values_list("public_id", flat=True).get(pk=pk))
    return known[pk]


def _plain(value: object) -> object:
    """A value as JSON has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping | list | str | int | float | bool) or value is None:
        return value
    return str(value) if isinstance(value, UUID) else repr(value)
