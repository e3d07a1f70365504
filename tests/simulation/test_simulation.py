"""Many people at once over real HTTP: no work held twice, none forgotten, no text lost, whatever goes wrong meanwhile.

A seed decides what each person does; how their requests meet is the machine's. SIMULATION_SEED plays the same day
again, SIMULATION_SEGMENTS a shorter or longer one.
"""

from __future__ import annotations

import os
import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workers import running_broker

from . import leases, verification
from .day import Day, Size
from .figures import figures
from .people import Temper
from .servers import running_web_server

pytestmark = pytest.mark.django_db(transaction=True)

DESK = Size(
    editors=3,
    approvers=2,
    desk_heads=1,
    segments=60,
    per_article=10,
    temper=Temper(thought=0.1, visits=0.15, crashes=0.1, logs_out=0.1, gives_back=0.1, sleeps=0.1, cut=0.1),
    lease=1.0,
    limit=900,
)
NEWSROOM = Size(
    editors=36,
    approvers=11,
    desk_heads=3,
    segments=5_000,
    per_article=20,
    temper=Temper(thought=1.5),
    lease=20.0,
    limit=3_000,
    kills=True,
)


def play(size: Size, folder: Path) -> None:
    """One day; afterwards everything anybody was told is held against the database."""
    seed = int(os.environ.get("SIMULATION_SEED") or random.SystemRandom().randrange(10**9))
    print(f"\nseed {seed}: SIMULATION_SEED={seed} plays this day again")
    with running_broker() as broker, running_web_server(broker) as web, leases.noting_leases():
        day = Day(size, seed, folder, web, broker)
        day.pass_by()
        noted = leases.changes()
        print(figures(day, noted))
        found = problems(day, noted)
        assert not found, "\n".join([f"seed {seed}", *found])


def problems(day: Day, noted: list[leases.Change]) -> list[str]:
    """Whatever is wrong, in words."""
    record = verification.Record()
    released = {record.people[ledger.person]: ledger.released for ledger in day.ledgers}
    found = verification.unfinished() + day.web.failures() + day.worker_failures
    found += leases.problems(noted, released)
    for ledger in day.ledgers:
        found += verification.texts(record, ledger) + verification.decisions(record, ledger)
        found += verification.typing(record, ledger) + verification.taken(record, ledger, noted)
    found += verification.nothing_invented(record, day.ledgers)
    found += verification.work_items() + verification.caches_and_chains()
    if deadlocks := verification.deadlocks():
        found.append(f"{deadlocks} deadlocks")
    return found


@pytest.mark.long
def test_six_people_on_six_articles(tmp_path):
    play(DESK, tmp_path)


@pytest.mark.services
@pytest.mark.long
def test_fifty_people_on_250_articles(tmp_path):
    segments = int(os.environ.get("SIMULATION_SEGMENTS") or NEWSROOM.segments)
    # A shorter day has shorter articles, so that there are as many of them as people.
    per_article = min(NEWSROOM.per_article, max(5, segments // NEWSROOM.people))
    play(replace(NEWSROOM, segments=segments, per_article=per_article), tmp_path)
