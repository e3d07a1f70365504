"""Editors, approvers and desk heads: what each does next is drawn from a seed of their own."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils import timezone
from lxml import html

from .browser import Answer, Browser, LoggedOut, Row, Tab, Unreachable, changes_in, releases_in, row_of
from .ledger import KEPT, SAVED, AskedDecision, AskedText, Ledger

_APPROVED = re.compile(r"Approved (\d+) texts?\.")


@dataclass(frozen=True)
class Temper:
    """How a person works: seconds of thought between two acts, and how likely each kind of trouble is."""

    thought: float
    #: Of articles: goes on in one that somebody else has; leaves without a word; logs out; gives it back; falls asleep.
    visits: float = 0.08
    crashes: float = 0.05
    logs_out: float = 0.04
    gives_back: float = 0.04
    sleeps: float = 0.04
    #: Of texts: the connection goes down while one is sent, and the request is never sent again.
    cut: float = 0.06
    gives_up: float = 0.25
    sends_back: float = 0.03
    reopens: float = 0.03


@dataclass(frozen=True)
class World:
    """What everybody shares: how long a lease lasts without a sign of life, in seconds, and signs of the times."""

    lease: float
    #: From now on everybody works without further trouble; and time to go home.
    calm: Event = field(default_factory=Event)
    over: Event = field(default_factory=Event)

    def pause(self, seconds: float) -> None:
        self.over.wait(seconds)


class Person:
    """Somebody at the workbench. `run` is their day."""

    def __init__(
        self,
        browser: Browser,
        ledger: Ledger,
        chance: random.Random,
        world: World,
        temper: Temper,
        steps: Sequence[str],
    ) -> None:
        self.browser = browser
        self.ledger = ledger
        self._chance = chance
        self._world = world
        self._temper = temper
        self._steps = steps
        self._written = 0
        self._heartbeat = 0.0
        self._hopeless: set[int] = set()

    def run(self) -> None:
        self._world.pause(self._chance.random() * self._temper.thought * 4)
        self.browser.log_in()
        while not self._world.over.is_set():
            try:
                self._turn()
            except LoggedOut:
                self.browser.log_in()

    def _turn(self) -> None:
        """One article, from taking it to leaving it."""
        if "edit" in self._steps and self._happens(self._temper.visits):
            self._visit()
            return
        for step in self._steps:
            document = self._take(step)
            if document is not None:
                self._work_on(document, step)
                return
        self._world.pause(max(1.0, 10 * self._temper.thought))

    def _happens(self, likelihood: float) -> bool:
        return not self._world.calm.is_set() and self._chance.random() < likelihood

    def _think(self, times: float = 1.0) -> None:
        self._world.pause(self._chance.expovariate(1 / (self._temper.thought * times)))

    # --- coming to work ---------------------------------------------------------------------------------

    def _my_work(self) -> html.HtmlElement:
        return self.browser.followed("/", name="my work").page()

    def _take(self, step: str) -> int | None:
        """Take next; where that gives an article the person can do nothing in, take another one off the list."""
        page = self._my_work()
        taken = self.ledger.take(step)
        try:
            answer = self.browser.submit(reverse("reviews:work-take"), {"step": step}, page, name="take next")
        except Unreachable:
            return None
        finally:
            taken.ended = timezone.now()
        taken.document = _document_in(answer.location())
        self.ledger.did["took" if taken.document is not None else "nothing to take"] += 1
        if taken.document in self._hopeless:
            self._give_back()
            return self._claim_another(step)
        return taken.document

    def _claim_another(self, step: str) -> int | None:
        page = self._my_work()
        lines = page.xpath(f"//section[@aria-labelledby='queue-{step}']//li[.//form]")
        for line in lines:
            document = _document_in(line.xpath(".//a/@href")[0])
            if document in self._hopeless:
                continue
            [address] = line.xpath(".//form/@action")
            try:
                answer = self.browser.submit(address, {}, page, name="take a certain one")
            except Unreachable:
                return None
            if answer.status != 302 or _document_in(answer.location()) is None:
                return None
            self.ledger.did["claimed"] += 1
            return document
        self._think(4)
        return None

    def _give_back(self) -> None:
        page = self._my_work()
        for address in page.xpath("//section[@aria-labelledby='held-title']//form/@action"):
            self._release(address, lambda: page)

    def _release(self, address: str, page: Callable[[], html.HtmlElement]) -> None:
        self.ledger.released.add(int(address.split("/")[2]))
        self.ledger.did["gave back"] += 1
        try:
            self.browser.submit(address, {}, page(), name="give back")
        except Unreachable:
            return

    def _visit(self) -> None:
        """Edit in an article whoever else may have it: a lease orders work, it never refuses a save."""
        page = self._my_work()
        documents = page.xpath("//table[@class='documents']//th/a/@href")
        if not documents:
            return
        document = _document_in(self._chance.choice(documents))
        assert document is not None
        self.ledger.did["visited"] += 1
        tab = self.browser.open(document)
        rows = [row for row in tab.rows.values() if row.editable]
        for row in self._chance.sample(rows, min(2, len(rows))):
            self._think()
            if self._happens(self._temper.reopens * 5) and "reopen" in row.offers:
                self._decide(tab, row, "reopen", reason="One more look.")
            else:
                self._type_and_save(tab, row)

    # --- an article -------------------------------------------------------------------------------------

    def _work_on(self, document: int, step: str) -> None:
        tab = self.browser.open(document)
        self._heartbeat = time.monotonic()
        trouble = self._trouble()
        left = self._chance.randrange(max(len(tab.rows), 1)) if trouble else len(tab.rows)
        acts = 0
        if step == "approve" and not trouble and self._chance.random() < 0.6:
            acts += self._approve_in_one(tab)
            tab = self.browser.open(document)
        while not self._world.over.is_set():
            row = next((row for row in tab.rows.values() if row.open), None)
            if row is None:
                break
            self._think()
            acts += 1
            if trouble is not None and acts > left:
                trouble(tab)
                return
            tab = self._alive(tab)
            row = tab.rows.get(row.id)
            if row is None or not row.open:
                continue
            before = row
            self._work_on_row(tab, row)
            if tab.rows.get(row.id) == before:  # nothing came of it: the page is out of date
                tab = self.browser.open(document)
                if tab.rows.get(row.id) == before:
                    self._hopeless.add(document)
                    break
        else:
            return
        if not acts:
            self._hopeless.add(document)
        self._leave(tab)

    def _leave(self, tab: Tab) -> None:
        """The work is done, or nothing is to be done in it by this person: then it is given back."""
        page = self.browser.followed(f"/documents/{tab.document}/", name="open article").page()
        for address in releases_in(page):
            self._release(address, lambda: page)

    def _trouble(self) -> Callable[[Tab], None] | None:
        for likelihood, trouble in (
            (self._temper.crashes, self._crash),
            (self._temper.logs_out, self._log_out),
            (self._temper.gives_back, self._leave_early),
            (self._temper.sleeps, self._sleep),
        ):
            if self._happens(likelihood):
                return trouble
        return None

    def _crash(self, tab: Tab) -> None:
        """The machine goes down over a half-typed text; its owner is away for a while."""
        self.ledger.did["crashed"] += 1
        row = self._chance.choice(list(tab.rows.values()))
        if row.editable:
            self._draft(tab, row, self._text(row)[: self._chance.randint(1, 20)])
        self.browser.crash()
        self._world.pause(self._world.lease * self._chance.random() * 2)
        self.browser.log_in()

    def _log_out(self, tab: Tab) -> None:
        """Log out in one tab; the save in the other one has to wait for the log-in."""
        self.ledger.did["logged out"] += 1
        self.browser.log_out()
        row = self._chance.choice(list(tab.rows.values()))
        if row.editable:
            self._save(tab, row, self._text(row), reviewed=False)
        else:
            self.browser.log_in()

    def _leave_early(self, tab: Tab) -> None:
        self._leave(tab)

    def _sleep(self, tab: Tab) -> None:
        """The lid is closed for longer than a lease lasts; then the person goes on as if nothing had been."""
        self.ledger.did["fell asleep"] += 1
        self._world.pause(self._world.lease * 1.5)
        for row in list(tab.rows.values()):
            if row.open and row.editable:
                self._type_and_save(tab, row)
                return

    def _alive(self, tab: Tab) -> Tab:
        """The page's sign of life, now and then, and what it learns from the answer."""
        if time.monotonic() - self._heartbeat < self._world.lease / 4:
            return tab
        self._heartbeat = time.monotonic()
        address = f"/documents/{tab.document}/presence/"
        try:
            answer = self.browser.ask(tab, address, {"seen": tab.seen}, name="sign of life")
        except Unreachable:
            return tab
        if answer.status != 200:
            return self.browser.open(tab.document)
        [tab.seen] = html.fragment_fromstring(answer.body).xpath(".//input[@name='seen']/@value")
        moved = changes_in(answer)
        if moved.get("reload"):
            return self.browser.open(tab.document)
        for segment in moved.get("segments", []):
            if segment in tab.rows:
                self._refresh(tab, segment)
        return tab

    def _refresh(self, tab: Tab, segment: int) -> None:
        try:
            self._heard(tab, segment, self.browser.ask(tab, f"/segments/{segment}/", None, name="row"))
        except Unreachable:
            return

    def _heard(self, tab: Tab, segment: int, answer: Answer) -> Row | None:
        """Take over the row of an answer; one that left the article is gone from the page."""
        if answer.status in (403, 404):
            tab.rows.pop(segment, None)
            return None
        row = _row_in(answer)
        if row is not None:
            tab.rows[row.id] = row
        return row

    # --- a text -----------------------------------------------------------------------------------------

    def _work_on_row(self, tab: Tab, row: Row) -> None:
        if "approve" in row.offers:
            if self._happens(self._temper.sends_back):
                self._decide(tab, row, "send-back", reason="Say it more plainly.")
            else:
                self._decide(tab, row, "approve")
            return
        if row.kept:
            self._settle(tab, row)
            return
        acts: list[tuple[float, Callable[[Tab, Row], None]]] = [
            (50, self._accept if "accept" in row.offers else self._type_and_save),
            (28, self._type_and_save),
            (5, self._save_first),
            (5, self._adopt),
            (2, self._omit),
            (2, self._copy),
            (5, self._two_tabs),
            (3, self._dismiss),
        ]
        if self._world.calm.is_set():
            acts = acts[:2]
        weights, choices = zip(*acts, strict=True)
        [act] = self._chance.choices(choices, weights)
        act(tab, row)

    def _text(self, row: Row) -> str:
        """A text nobody else ever writes."""
        self._written += 1
        words = row.marked or "A text where there was none."
        return f"{words} {self.ledger.person.title()} {self._written}."

    def _accept(self, tab: Tab, row: Row) -> None:
        asked = AskedText("accept", row.id, row.base, self._key(), None, row.target_hash)
        fields = {"base": str(row.base), "seen_hash": row.target_hash, "save_key": asked.key}
        if self.ledger.typing.get(row.id) == row.marked:
            self.ledger.typing[row.id] = None
        self._send(tab, asked, f"/segments/{row.id}/accept/", fields)

    def _type_and_save(self, tab: Tab, row: Row) -> None:
        text = self._text(row)
        for _ in range(self._chance.choice((0, 1, 1, 2))):
            self._draft(tab, row, text[: self._chance.randint(1, len(text))].strip())
        self._save(tab, row, text, reviewed=True)

    def _save_first(self, tab: Tab, row: Row) -> None:
        """Save without a word on it; the row stays open and is accepted later."""
        self._save(tab, row, self._text(row), reviewed=False)

    def _adopt(self, tab: Tab, row: Row) -> None:
        if not row.engines:
            self._type_and_save(tab, row)
            return
        hypothesis, text = self._chance.choice(row.engines)
        self._written += 1
        text = f"{text} {self.ledger.person.title()} {self._written}."
        self._save(tab, row, text, reviewed=True, started_from=hypothesis, origin="adopted")

    def _omit(self, tab: Tab, row: Row) -> None:
        self._leave_out(tab, row, "omit", reason="It says the same again.")

    def _copy(self, tab: Tab, row: Row) -> None:
        self._leave_out(tab, row, "copy", reason="")

    def _leave_out(self, tab: Tab, row: Row, act: str, reason: str) -> None:
        if act not in row.offers:
            return
        asked = AskedText(act, row.id, row.base, self._key(), "" if act == "omit" else None)
        fields = {"revision": str(row.revision), "source_hash": row.source_hash, "save_key": asked.key}
        self._send(tab, asked, f"/segments/{row.id}/{act}/", fields | {"reason": reason})

    def _two_tabs(self, tab: Tab, row: Row) -> None:
        """The same text typed in two tabs: the second save comes from a page that does not know of the first."""
        other = self.browser.open(tab.document)
        also = other.rows.get(row.id)
        if also is None or also.base != row.base:
            return
        self.ledger.did["two tabs"] += 1
        self._save(tab, row, self._text(row), reviewed=self._chance.random() < 0.5)
        self._save(other, also, self._text(also), reviewed=True)
        self._refresh(tab, row.id)

    def _settle(self, tab: Tab, row: Row) -> None:
        """Keep or discard one's own refused text, or leave it for another day and work on the one that stands."""
        draft = row.kept[0]
        wish = self._chance.random()
        if wish < 0.5:
            self.ledger.did["kept a refused text"] += 1
            answer = self.browser.deliver(tab, f"/kept/{draft}/keep/", {"base": str(row.base)}, name="keep refused")
        elif wish < 0.8:
            self.ledger.did["discarded a refused text"] += 1
            self.ledger.discarded[row.id] += 1
            answer = self.browser.deliver(tab, f"/kept/{draft}/discard/", {}, name="discard refused")
        else:
            self._type_and_save(tab, row)
            return
        if answer.status == 404:  # done already, by a request whose answer was lost
            self._refresh(tab, row.id)
        else:
            self._heard(tab, row.id, answer)

    def _dismiss(self, tab: Tab, row: Row) -> None:
        if not row.findings:
            self._accept(tab, row) if "accept" in row.offers else self._type_and_save(tab, row)
            return
        finding, _ = self._chance.choice(row.findings)
        self.ledger.did["dismissed"] += 1
        fields = {"finding": finding, "reason": "It is right as it stands."}
        self._heard(
            tab, row.id, self.browser.deliver(tab, f"/segments/{row.id}/dismiss/", fields, name="dismiss finding")
        )

    def _draft(self, tab: Tab, row: Row, text: str) -> None:
        fields = {"typed": text, "base": str(row.base), "sequence": str(time.time_ns() // 1_000)}
        address = f"/segments/{row.id}/draft/"
        if self._happens(self._temper.cut):
            self.browser.cut(tab, address, fields)
            self.ledger.typing[row.id] = None
            return
        answer = self.browser.deliver(tab, address, fields, name="draft")
        if answer.status == 200 and '"kept": true' in answer.body:
            self.ledger.typing[row.id] = text

    def _save(self, tab: Tab, row: Row, text: str, *, reviewed: bool, started_from: str = "", origin: str = "") -> None:
        asked = AskedText("save", row.id, row.base, self._key(), text)
        fields = {"typed": text, "base": str(row.base), "save_key": asked.key}
        fields |= {"started_from": started_from, "origin": origin}
        self._send(tab, asked, f"/segments/{row.id}/save/", fields | ({"reviewed": "1"} if reviewed else {}))

    def _send(self, tab: Tab, asked: AskedText, address: str, fields: dict[str, str]) -> None:
        """Send a text, over a connection that may go down; nearly always until somebody answers."""
        self.ledger.texts.append(asked)
        self.ledger.did[asked.act] += 1
        if self._happens(self._temper.cut):
            self.browser.cut(tab, address, fields)
            if self._chance.random() < self._temper.gives_up:
                self.ledger.typing[asked.segment] = None
                self.ledger.did["gave a text up"] += 1
                self._refresh(tab, asked.segment)
                return
        answer = self.browser.deliver(tab, address, fields, name=asked.act)
        asked.status = answer.status
        if answer.status in (SAVED, KEPT) and asked.act == "save":
            self.ledger.typing.pop(asked.segment, None)
        row = self._heard(tab, asked.segment, answer)
        asked.told = row.base if row is not None else 0

    def _key(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"

    # --- decisions --------------------------------------------------------------------------------------

    def _decide(self, tab: Tab, row: Row, act: str, *, reason: str = "") -> None:
        asked = AskedDecision(act.replace("-", "_"), row.id, row.revision)
        self.ledger.decisions.append(asked)
        self.ledger.did[act] += 1
        fields = {"revision": str(row.revision), "source_hash": row.source_hash, "reason": reason}
        answer = self.browser.deliver(tab, f"/segments/{row.id}/{act}/", fields, name=act)
        asked.status = answer.status
        self._heard(tab, row.id, answer)

    def _approve_in_one(self, tab: Tab) -> int:
        """Approve all reviewed; how many the page showed."""
        seen = tab.approvable()
        if not seen:
            return 0
        self.ledger.did["approve all"] += 1
        for item in seen:
            segment, revision, _ = item.split(":")
            self.ledger.decisions.append(AskedDecision("approve", int(segment), int(revision)))
        told = self.ledger.approved_in_one
        address = f"/documents/{tab.document}/approve/"
        try:
            answer = self.browser.submit_with(address, {"seen": seen}, tab.token, name="approve all")
        except Unreachable:
            told[tab.document] = -1
            return len(seen)
        page = self.browser.followed(urlsplit(answer.location()).path, name="open article")
        found = _APPROVED.search(page.body)
        if told.get(tab.document, 0) >= 0:
            told[tab.document] = told.get(tab.document, 0) + (int(found[1]) if found else 0)
        return len(seen)


def _document_in(address: str) -> int | None:
    found = re.match(r"/documents/(\d+)/", address)
    return int(found[1]) if found else None


def _row_in(answer: Answer) -> Row | None:
    for element in html.fragments_fromstring(answer.body):
        if getattr(element, "tag", None) == "article":
            return row_of(element)
    return None
