"""People with real browsers before a real server. A script error or a breach of the policy fails the test."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from reviews import pipeline
from reviews.models import Document, Draft, Person, Revision, Segment
from reviews.values import CodedText, InlineCode
from tests.factories import make_document, make_project, segments_of

#: The save state once everything is on the record; "not saved yet" is another one.
SAVED = re.compile(r"^saved \d\d:\d\d:\d\d$")

#: What a browser says by itself when a request fails, as tests make them fail on purpose.
EXPECTED_NOISE = ("Failed to load resource", "net::ERR_INTERNET_DISCONNECTED", "net::ERR_FAILED")

LINK = (
    InlineCode("1", "link", "open", 3, '<a href="https://example.org/patch">'),
    InlineCode("1", "link", "close", 9, "</a>"),
)


@pytest.fixture(autouse=True)
def _committed(transactional_db: None) -> None:
    """The server's threads see what a test writes only once it is committed."""


@pytest.fixture(autouse=True)
def _no_broker() -> Iterator[None]:
    """Background work waits until a test does it; else it would be done at once whenever the last try is long ago."""
    pipeline._broker.rest(3600)
    yield
    pipeline._broker.rest(0)


@pytest.fixture
def project():
    return make_project(name="Tech desk")


@pytest.fixture
def document(project):
    return make_document(
        project,
        ["Neue Lücke", CodedText("Ein Update für 1.450 Geräte.", LINK), "Es regnet.", "Es schneit."],
        {
            "engine-a": ["New gap", CodedText("An update for 1,450 devices.", LINK), "It rains.", "It snows."],
            "engine-b": ["New hole", "A update for 145 devices.", "It is raining.", "It is snowing."],
        },
        kinds=["headline", "body", "body", "body"],
    )


@pytest.fixture
def segments(document):
    return segments_of(document)


class Desk:
    """One person's page. Reads as what the person does and sees."""

    def __init__(self, page: Page, server: str, person: Person) -> None:
        self.page = page
        self.server = server
        self.person = person
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        if message.type == "error" and not any(noise in message.text for noise in EXPECTED_NOISE):
            self.complaints.append(message.text)

    def open(self, document: Document, at: str = "") -> Desk:
        self.page.goto(f"{self.server}/documents/{document.pk}/{at}")
        return self

    def row(self, segment: Segment) -> Any:
        return self.page.locator(f"#s-{segment.pk}")

    def field(self, segment: Segment) -> Any:
        return self.page.locator(f"#field-{segment.pk}")

    def edit(self, segment: Segment) -> Any:
        """Click into a text; its field."""
        self.row(segment).locator(".reading").click()
        expect(self.field(segment)).to_be_focused()
        return self.field(segment)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str, delay: float = 0) -> None:
        self.page.keyboard.type(text, delay=delay)

    @property
    def save_state(self) -> Any:
        return self.page.locator("#save-state")

    @property
    def current(self) -> Any:
        return self.page.locator(".row.current")


@pytest.fixture
def desk_of(live_server, new_context, cast) -> Iterator[Callable[..., Desk]]:
    """A logged-in browser of one of the cast; options go to the browser context."""
    desks: list[Desk] = []

    def sit_down(name: str, **options: Any) -> Desk:
        context: BrowserContext = new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        log_in(context, live_server.url, cast[name])
        desk = Desk(context.new_page(), live_server.url, cast[name])
        desks.append(desk)
        return desk

    yield sit_down
    for desk in desks:
        assert desk.complaints == [], f"{desk.person} saw errors"


def log_in(context: BrowserContext, server: str, person: Person) -> None:
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server}])


def wait_for(what: Callable[[], Any], seconds: float = 10.0) -> Any:
    """The first true answer; fails after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if answer := what():
            return answer
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s")


def draft_of(segment: Segment, person: Person) -> str | None:
    return Draft.objects.filter(segment=segment, person=person).values_list("text", flat=True).first()


def saved_texts(segment: Segment) -> list[str]:
    return list(Revision.objects.filter(segment=segment).order_by("number").values_list("text", flat=True))


def state_of(segment: Segment) -> str:
    return Segment.objects.values_list("state", flat=True).get(pk=segment.pk)
