"""What a browser does for a person at the workbench: cookies, tokens, pages, and requests that may be cut.

Sends what the page's own scripts send (`reviews/static/reviews/js`), and reads what they read off a row.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from threading import Lock
from typing import Any
from urllib.parse import urlencode

from lxml import html

PATIENCE = 60.0

#: What a request carries: its fields, some of them several times.
Fields = Mapping[str, str | list[str]]


class Unreachable(Exception):  # noqa: N818  (as in net.js)
    """Nobody answered, or the server could not: the same request may be sent again."""


class LoggedOut(Exception):  # noqa: N818  (as in net.js)
    """Nobody is logged in any more."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str

    def page(self) -> html.HtmlElement:
        return html.document_fromstring(self.body)

    def location(self) -> str:
        return self.headers["location"]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the article as the page knows it."""

    id: int
    base: int
    marked: str
    target_hash: str
    revision: int
    source_hash: str
    open: bool
    editable: bool
    #: What the row offers, by the last part of the address it is sent to: accept, approve, send-back, …
    offers: frozenset[str]
    #: Hypothesis and text of each engine that can be adopted.
    engines: tuple[tuple[str, str], ...]
    #: Findings that can be dismissed, each with whether that takes a reason.
    findings: tuple[tuple[str, bool], ...]
    #: Ids of the person's own refused texts.
    kept: tuple[int, ...]
    problem: str


def row_of(article: html.HtmlElement) -> Row:
    actions = [form.get("action") for form in article.xpath(".//form[@action]")]
    return Row(
        id=int(article.get("data-id")),
        base=int(article.get("data-base")),
        marked=article.get("data-marked"),
        target_hash=article.get("data-target-hash"),
        revision=int(_first(article, ".//input[@name='revision']/@value") or 0),
        source_hash=_first(article, ".//input[@name='source_hash']/@value"),
        open="data-open" in article.attrib,
        editable="data-editable" in article.attrib,
        offers=frozenset(address.split("/")[-2] for address in actions),
        engines=tuple((each.get("data-adopt"), each.get("data-marked")) for each in article.xpath(".//*[@data-adopt]")),
        findings=tuple(
            (_first(form, ".//input[@name='finding']/@value"), bool(form.xpath(".//*[@aria-required]")))
            for form in article.xpath(".//form[@class='dismiss']")
        ),
        kept=tuple(int(address.split("/")[2]) for address in actions if address.endswith("/keep/")),
        problem=" ".join(article.xpath("string(.//p[@class='problem'])").split()),
    )


def _first(element: html.HtmlElement, question: str) -> str:
    return next(iter(element.xpath(question)), "")


@dataclass
class Tab:
    """An open article: its rows in order, and what the server said last that it had seen."""

    document: int
    token: str
    person: str
    rows: dict[int, Row]
    seen: str
    #: Addresses at which the person gives back what they hold of the article.
    releases: list[str]

    @classmethod
    def of(cls, answer: Answer) -> Tab:
        page = answer.page()
        headers = json.loads(page.body.get("hx-headers"))
        return cls(
            document=int(_first(page, "//div[@id='rows']/@data-document")),
            token=headers["X-CSRFToken"],
            person=headers["X-Person"],
            rows={row.id: row for row in map(row_of, page.xpath("//article[@data-id]"))},
            seen=_first(page, "//form[@id='presence']/input[@name='seen']/@value"),
            releases=releases_in(page),
        )

    def approvable(self) -> list[str]:
        """What the button for all reviewed texts sends."""
        return [f"{row.id}:{row.revision}:{row.source_hash}" for row in self.rows.values() if "approve" in row.offers]


def releases_in(page: html.HtmlElement) -> list[str]:
    """The addresses of the work the person holds and can give back from here."""
    mine = "//*[contains(@class, 'presence-item') and contains(@class, 'mine')]"
    return list(page.xpath(f"{mine}/button[contains(@formaction, '/release/')]/@formaction"))


@dataclass(frozen=True, slots=True)
class Timing:
    name: str
    seconds: float
    status: int


@dataclass
class Clockwork:
    """How long requests took, of all browsers together."""

    timings: list[Timing] = field(default_factory=list)
    cut: int = 0
    unreachable: int = 0
    _lock: Lock = field(default_factory=Lock)

    def note(self, timing: Timing) -> None:
        with self._lock:
            self.timings.append(timing)

    def note_cut(self) -> None:
        with self._lock:
            self.cut += 1

    def note_unreachable(self) -> None:
        with self._lock:
            self.unreachable += 1


class Browser:
    """One person's browser: one session, any number of tabs."""

    def __init__(self, port: int, name: str, password: str, clockwork: Clockwork, chance: random.Random) -> None:
        self._port = port
        self._name = name
        self._password = password
        self._clockwork = clockwork
        self._chance = chance
        self._cookies: dict[str, str] = {}

    # --- the session ------------------------------------------------------------------------------------

    def log_in(self) -> None:
        """By the form, as a person does, until it worked."""
        page = self._patiently(lambda: self.get("/log-in/", name="log in form"))
        if page.status == 302:
            return
        fields = {"username": self._name, "password": self._password, "next": "/"}
        fields["csrfmiddlewaretoken"] = _first(page.page(), "//input[@name='csrfmiddlewaretoken']/@value")
        answer = self._patiently(lambda: self._ask("POST", "/log-in/", fields, name="log in"))
        if answer.status == 403:  # the first attempt had come through and changed the token
            self.log_in()
            return
        assert answer.status == 302, f"{self._name} cannot log in: {answer.status}"

    def log_out(self) -> None:
        page = self.get("/", name="my work").page()
        self._patiently(lambda: self._ask("POST", "/log-out/", {"csrfmiddlewaretoken": _token(page)}, name="log out"))

    def crash(self) -> None:
        """The machine is gone, and with it the session's cookie; the server hears nothing."""
        self._cookies.clear()

    # --- pages ------------------------------------------------------------------------------------------

    def get(self, path: str, *, name: str) -> Answer:
        return self._patiently(lambda: self._ask("GET", path, None, name=name))

    def submit(self, path: str, fields: Fields, page: html.HtmlElement, *, name: str) -> Answer:
        """Send a form of a page as the browser itself does; the answer is nearly always a redirect."""
        return self.submit_with(path, fields, _token(page), name=name)

    def submit_with(self, path: str, fields: Fields, token: str, *, name: str) -> Answer:
        return self._ask("POST", path, {**fields, "csrfmiddlewaretoken": token}, name=name)

    def open(self, document: int) -> Tab:
        return Tab.of(self.followed(f"/documents/{document}/", name="open article"))

    def followed(self, path: str, *, name: str) -> Answer:
        """The page at the end of its redirects; whoever was logged out meanwhile logs in and comes back."""
        for _ in range(8):
            answer = self.get(path.partition("#")[0], name=name)
            if answer.status != 302:
                assert answer.status == 200, f"{path}: {answer.status}"
                return answer
            path = answer.location()
            if path.startswith("/log-in/"):
                self.log_in()
                path = "/"
        raise AssertionError(f"{path} redirects for ever")

    # --- what the page's scripts send -------------------------------------------------------------------

    def ask(self, tab: Tab, path: str, fields: Fields | None, *, name: str) -> Answer:
        """One request of a script: GET without fields. Raises Unreachable or LoggedOut."""
        headers = {"HX-Request": "true", "X-CSRFToken": tab.token, "X-Person": tab.person}
        answer = self._ask("POST" if fields is not None else "GET", path, fields, headers, name=name)
        if answer.status == 401:
            raise LoggedOut
        if answer.status == 403 and "x-row" not in answer.headers and self._same_session(tab):
            headers["X-CSRFToken"] = tab.token
            return self._ask("POST", path, fields, headers, name=name)
        return answer

    def deliver(self, tab: Tab, path: str, fields: Fields, *, name: str) -> Answer:
        """The same request until somebody answers, as a field sends a save: its key makes it count once."""
        for tries in range(40):
            try:
                return self.ask(tab, path, fields, name=name)
            except LoggedOut:
                self.log_in()
                self._same_session(tab)
            except Unreachable:
                time.sleep(min(0.1 * 2**tries, 3))
        raise AssertionError(f"nobody answers {path}")

    def cut(self, tab: Tab, path: str, fields: Fields) -> None:
        """Send a request whose connection goes down: half-way, or once the server has all of it but no answer came."""
        self._clockwork.note_cut()
        body = urlencode(fields, doseq=True)
        headers = {"HX-Request": "true", "X-CSRFToken": tab.token, "X-Person": tab.person, **self._headers()}
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self._port}", f"Content-Length: {len(body.encode())}"]
        lines += [f"{key}: {value}" for key, value in headers.items()]
        message = ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
        if self._chance.random() < 0.3:
            message = message[: -self._chance.randint(1, len(body.encode()))]
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE) as connection:
                connection.sendall(message)
                time.sleep(self._chance.choice((0, 0, 0.01, 0.05)))
        except OSError:
            return

    def _same_session(self, tab: Tab) -> bool:
        answer = self.get("/session/", name="session")
        if answer.status != 200:
            return False
        session = json.loads(answer.body)
        tab.token = session["csrf"]
        return bool(session["person"] == tab.person)

    # --- the wire ---------------------------------------------------------------------------------------

    def _patiently(self, send: Callable[[], Answer]) -> Answer:
        for tries in range(40):
            try:
                return send()
            except Unreachable:
                time.sleep(min(0.1 * 2**tries, 3))
        raise AssertionError("the web server does not answer")

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{key}={value}" for key, value in self._cookies.items())
        return {"Content-Type": "application/x-www-form-urlencoded"} | ({"Cookie": cookies} if cookies else {})

    def _ask(
        self, method: str, path: str, fields: Fields | None, headers: Mapping[str, str] | None = None, *, name: str
    ) -> Answer:
        body = urlencode(fields, doseq=True) if fields is not None else None
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {**self._headers(), **(headers or {})})
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            self._clockwork.note_unreachable()
            raise Unreachable(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()
        self._clockwork.note(Timing(name, time.perf_counter() - started, response.status))
        for cookie in response.headers.get_all("Set-Cookie") or []:
            self._take(cookie)
        if response.status >= 500:
            raise Unreachable(f"{method} {path}: status {response.status}")
        return Answer(response.status, {key.lower(): value for key, value in response.headers.items()}, text)

    def _take(self, cookie: str) -> None:
        for key, morsel in SimpleCookie(cookie).items():
            if morsel.value:
                self._cookies[key] = morsel.value
            else:
                self._cookies.pop(key, None)


def _token(page: html.HtmlElement) -> str:
    return str(json.loads(page.body.get("hx-headers"))["X-CSRFToken"])


def changes_in(answer: Answer) -> dict[str, Any]:
    """The rows an answer told the page to fetch: {"segments": […], "reload": bool}."""
    trigger = answer.headers.get("hx-trigger")
    return dict(json.loads(trigger).get("article:moved", {})) if trigger else {}
