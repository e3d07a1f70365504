"""The newsroom around the people: articles that come in and change, processes that die, and the day's end."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from threading import Thread
from typing import Any

from django.core.management import call_command
from django.db.models import Sum

from reviews.models import Document, Membership, Role, TaskRun
from reviews.pipeline import sweep
from tests import wmt
from tests.factories import PASSWORD, make_person, make_project
from tests.workers import Broker, Worker

from . import leases
from .browser import Browser, Clockwork
from .ledger import Ledger
from .people import Person, Temper, World
from .servers import WebServer, failures_in

ENGINES = ("Online-B", "Online-A")

#: Seconds between two sweeps.
SWEEP = 5.0

#: What a person asks for, by their highest role. Those who approve write little, so that others' texts are theirs.
STEPS = {Role.EDITOR: ("edit",), Role.APPROVER: ("approve",), Role.DESK_HEAD: ("approve",)}


@dataclass(frozen=True)
class Size:
    """How large a run is. `limit` in seconds; longer than that, something was forgotten."""

    editors: int
    approvers: int
    desk_heads: int
    segments: int
    per_article: int
    temper: Temper
    lease: float
    limit: float
    calm_from: float = 0.75
    kills: bool = False

    @property
    def people(self) -> int:
        return self.editors + self.approvers + self.desk_heads


def articles(size: Size) -> Iterator[list[dict[str, Any]]]:
    """WMT22's sentences as so many articles of one length, as records of an import."""
    texts = zip(wmt.lines("source.de"), *(wmt.lines(f"systems/{name}.en") for name in ENGINES), strict=True)
    endless = cycle(list(texts))
    for number in range(size.segments // size.per_article):
        yield [
            {
                "document": f"sim-{number + 1:04}",
                "id": str(place + 1),
                "source": source,
                "hypotheses": dict(zip(ENGINES, translations, strict=True)),
            }
            for place, (source, *translations) in enumerate(islice(endless, size.per_article))
        ]


def changed(article: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The article as it comes in again: one sentence edited, one gone, one new."""
    rows = [dict(row) for row in article]
    middle = len(rows) // 2
    rows[0]["source"] += " Das ist der Stand von heute Mittag."
    rows[middle]["source"] = "Die Polizei bestätigte das am Nachmittag."
    rows[middle]["hypotheses"] = {ENGINES[0]: "Police agreed."}
    return [row | {"id": str(place + 1)} for place, row in enumerate(rows)]


def run_again(article: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The article with new texts of its first engine."""
    return [row | {"hypotheses": {ENGINES[0]: row["hypotheses"][ENGINES[0]] + " (run again)"}} for row in article]


@dataclass
class Day:
    """One run: the people at work, and what happens around them meanwhile."""

    size: Size
    seed: int
    folder: Path
    web: WebServer
    broker: Broker
    clockwork: Clockwork = field(default_factory=Clockwork)
    ledgers: list[Ledger] = field(default_factory=list)
    worker_failures: list[str] = field(default_factory=list)
    kills: int = 0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed}:world")
        self.world = World(self.size.lease)
        self.articles = list(articles(self.size))
        self.project = make_project()
        self.errors: list[BaseException] = []
        self._next_sweep = 0.0
        self._done_since: float | None = None

    # --- before the day ---------------------------------------------------------------------------------

    def people(self) -> list[Person]:
        roles = [(Role.EDITOR,)] * self.size.editors + [(Role.EDITOR, Role.APPROVER)] * self.size.approvers
        roles += [(Role.DESK_HEAD,)] * self.size.desk_heads
        return [self._person(f"p{number:02}", held) for number, held in enumerate(roles, 1)]

    def _person(self, name: str, roles: tuple[Role, ...]) -> Person:
        person = make_person(name)
        Membership.objects.bulk_create(Membership(project=self.project, person=person, role=role) for role in roles)
        ledger = Ledger(name)
        self.ledgers.append(ledger)
        chance = random.Random(f"{self.seed}:{name}")
        browser = Browser(self.web.port, name, PASSWORD, self.clockwork, chance)
        return Person(browser, ledger, chance, self.world, self.size.temper, STEPS[roles[-1]])

    def bring_in(self, records: list[list[dict[str, Any]]]) -> None:
        path = self.folder / "wire.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for rows in records for row in rows), encoding="utf-8")
        call_command("bulk_import", str(path), "--project", self.project.slug, "--json")

    # --- the day ----------------------------------------------------------------------------------------

    def pass_by(self) -> None:
        """Let everybody work until every text is approved, or fail when the time is up."""
        self.bring_in(self.articles)
        people = self.people()
        began = time.monotonic()
        threads = [Thread(target=self._guarded, args=(person.run,), daemon=True) for person in people]
        worker = Worker(self.broker, visibility_timeout=5)
        events = self._events()
        try:
            for thread in threads:
                thread.start()
            while not self._done_for_good() and not self.errors and time.monotonic() - began < self.size.limit:
                leases.age(self.size.lease)
                self._sweep()
                if events and self._share_approved() >= events[0][0]:
                    happen = events.pop(0)[1]
                    worker = happen(worker) or worker
                time.sleep(0.25)
            self.seconds = time.monotonic() - began
        finally:
            self.world.over.set()
            for thread in threads:
                thread.join(120)
            self.worker_failures += failures_in(worker.log())
            worker.stop()
        if self.errors:
            raise self.errors[0]

    def _sweep(self) -> None:
        """What the scheduler has done every minute, sooner: a web server that is killed leaves runs nobody queued."""
        if time.monotonic() >= self._next_sweep:
            self._next_sweep = time.monotonic() + SWEEP
            sweep(left_behind=timedelta(seconds=3 * SWEEP))

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # raised again by pass_by
            self.errors.append(error)

    def _share_approved(self) -> float:
        counts = Document.objects.aggregate(done=Sum("segments_approved"), total=Sum("segments_total"))
        return (counts["done"] or 0) / (counts["total"] or 1)

    def _all_done(self) -> bool:
        return (
            self._share_approved() == 1.0
            and self.world.calm.is_set()
            and not TaskRun.objects.exclude(state=TaskRun.State.DONE).exists()
        )

    def _done_for_good(self) -> bool:
        """Done, and still done once whoever had a text open has sent it: a later text takes an approval away."""
        if not self._all_done():
            self._done_since = None
            return False
        self._done_since = self._done_since or time.monotonic()
        return time.monotonic() - self._done_since >= max(2.0, 6 * self.size.temper.thought)

    # --- what happens meanwhile -------------------------------------------------------------------------

    def _events(self) -> list[tuple[float, Callable[[Worker], Worker | None]]]:
        """What happens once such a share of all texts is approved."""
        events: list[tuple[float, Callable[[Worker], Worker | None]]] = [
            (0.2, self._sources_change),
            (0.3, self._engine_runs_again),
            (self.size.calm_from, self._calm_down),
        ]
        if self.size.kills:
            events += [(0.1, self._kill_web_worker), (0.15, self._kill_worker), (0.4, self._kill_web_worker)]
        return sorted(events, key=lambda event: event[0])

    def _some_articles(self) -> list[int]:
        return self.chance.sample(range(len(self.articles)), max(1, len(self.articles) // 20))

    def _sources_change(self, worker: Worker) -> None:
        for place in (chosen := self._some_articles()):
            self.articles[place] = changed(self.articles[place])
        self.bring_in([self.articles[place] for place in chosen])

    def _engine_runs_again(self, worker: Worker) -> None:
        self.bring_in([run_again(self.articles[place]) for place in self._some_articles()])

    def _calm_down(self, worker: Worker) -> None:
        self.world.calm.set()

    def _kill_web_worker(self, worker: Worker) -> None:
        self.kills += 1
        with suppress(ProcessLookupError):
            self.web.kill_a_worker(self.chance)

    def _kill_worker(self, worker: Worker) -> Worker:
        self.kills += 1
        self.worker_failures += failures_in(worker.log())
        worker.kill()
        return Worker(self.broker, visibility_timeout=5)
