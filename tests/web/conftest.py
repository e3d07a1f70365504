"""A desk with its cast, an article, and everybody's browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client

from reviews.editing.deciding import Seen, decide
from reviews.editing.saving import accept
from reviews.models import DecisionKind, Document, Person
from reviews.values import CodedText, InlineCode
from tests.factories import make_document, make_project, segments_of

LINK = '<a href="https://example.org/patch">'


def linked(text: str, start: int, end: int, raw: str = LINK) -> CodedText:
    """A text with one link in it."""
    return CodedText(text, (InlineCode("1", "link", "open", start, raw), InlineCode("1", "link", "close", end, "</a>")))


@pytest.fixture
def project(db):
    return make_project(name="Tech desk")


@pytest.fixture
def document(project):
    """A headline, a sentence with a link and a number, and two sentences one engine joined."""
    return make_document(
        project,
        ["Neue Lücke", linked("Ein Update für 1.450 Geräte.", 4, 10), "Es regnet.", "Es schneit."],
        {
            "engine-a": ["New gap", linked("An update for 1,450 devices.", 3, 9), "It rains.", "It snows."],
            "engine-b": ["New hole", "A update for 145 devices.", ("It rains and snows.", 2), ""],
        },
        kinds=["headline", "body", "body", "body"],
    )


@pytest.fixture
def segments(document):
    return segments_of(document)


def browser_of(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def script_of(person: Person) -> Client:
    """Asks as the page's own scripts do."""
    client = Client(headers={"HX-Request": "true", "X-Person": str(person.public_id)})
    client.force_login(person)
    return client


def review(document: Document, person: Person) -> None:
    """Accept every text as it stands."""
    for segment in segments_of(document):
        if segment.covered_by_id is None:
            base = segment.latest_revision.number if segment.latest_revision else 0
            accept(segment_id=segment.pk, person=person, base=base)


def approve(document: Document, person: Person) -> None:
    for segment in segments_of(document):
        if segment.covered_by_id is None:
            seen = Seen(segment.latest_revision.pk, segment.latest_revision.source_hash)
            decide(segment_id=segment.pk, person=person, kind=DecisionKind.APPROVED, seen=seen)


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is taken back, so that one desk serves many tries."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
