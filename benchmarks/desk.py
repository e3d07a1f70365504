"""The desk on a project of ten articles and on one of 1,000,000 texts, side by side.

Two databases are made for this run, on a PostgreSQL started for it or in SQLite files. Both hold the same ordinary
article of 25 texts, one of 500 and a document of 20,000 (see `desk_articles`), with their checks run; the large one has
articles of 25 besides until it is full. Each is asked in turn, through the WSGI client and as an editor or a desk head,
so that whatever else the machine does hits both alike. Printed: p50 and p95 in milliseconds, as passed and as spent by
processors (this process and PostgreSQL's), the ratio of the p50s of the large database to the small one's, and bytes.
A ratio above 1.2 of processor time ends the run with exit code 1.

With --browser a part of it is asked once more, by a Chromium before two web servers, in the browser's own time
(`desk_browser`).

    python -m benchmarks.desk
    python -m benchmarks.desk --database sqlite --texts 100000
    python -m benchmarks.desk --browser
"""

from __future__ import annotations

import argparse
import gzip
import os
import statistics
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import count
from typing import Any

from . import desk_browser
from .installation import install
from .take_next import _as_in_tests, _beside, alternate, using

MOST = 1.2
ARTICLE = 25
SIZES = {"article": ARTICLE, "long": 500, "book": 20_000}
OTHERS = 7


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    with ExitStack() as stack:
        install(stack, options.database)
        stack.enter_context(_as_in_tests())
        without_broker()
        fill_both()
        databases = {"small": _beside("small"), "large": _beside("large")}
        with using(databases["large"]):
            started = time.perf_counter()
            fill(options.texts)
            print(f"{options.texts:,} texts written in {time.perf_counter() - started:.0f} s", flush=True)
        good = measure(databases, options.asks)
        if options.browser:
            good &= report_browser(desk_browser.measure(databases, options.asks))
        return 0 if good else 1


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.desk", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--texts", type=int, default=1_000_000, help="in the large project (default 1,000,000)")
    parser.add_argument("--asks", type=int, default=40, help="of each question and database (default 40)")
    parser.add_argument("--browser", action="store_true", help="ask in a browser, too")
    return parser.parse_args(arguments)


def without_broker() -> None:
    """Nobody takes up what a save leaves to do in the background, and no request waits to find that out."""
    from reviews import pipeline

    pipeline._broker.rest(24 * 3600)


# --- what is measured --------------------------------------------------------------------------------------


def fill_both() -> None:
    """The people, and the articles that are opened; seven more make ten."""
    from reviews.checks import runner
    from reviews.models import Membership, Person, Project

    from .desk_articles import write_article

    project = Project.objects.create(slug="desk", name="Desk", source_lang="de", target_lang="en")
    people = {name: Person.objects.create_user(username=name) for name in ("editor", "head", "other")}
    for name, role in (("editor", "editor"), ("head", "desk_head"), ("other", "editor")):
        Membership.objects.create(project=project, person=people[name], role=role)
    for name, size in SIZES.items() | {(f"other-{i}", ARTICLE) for i in range(OTHERS)}:
        document = write_article(project, name, size, people["other"])
        runner.check_targets(document.pk)
    look_through()


def fill(texts: int) -> None:
    from django.db import connection

    from reviews.models import Person, Project

    from .desk_articles import backlog, identities

    postgresql = connection.vendor == "postgresql"
    author = Person.objects.get(username="other")
    statements = backlog(postgresql, Project.objects.get(slug="desk"), texts // ARTICLE, ARTICLE, author)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica" if postgresql else "PRAGMA foreign_keys = OFF")
        for statement in statements:
            cursor.execute(statement)
        for statement in identities() if postgresql else ():
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = DEFAULT" if postgresql else "PRAGMA foreign_keys = ON")
    look_through()


def look_through() -> None:
    """Tell the planner what is in the tables, as autovacuum would in time."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def questions() -> Iterator[tuple[str, Callable[[], None]]]:
    """What is asked, by name. The rows have the same numbers in both databases."""
    from django.urls import reverse

    from reviews.models import Document

    documents = {name: Document.objects.get(external_id=name).pk for name in SIZES}

    def page(who: str, name: str) -> Callable[[], None]:
        return lambda: get(who, reverse("reviews:document", args=[documents[name]]))

    yield "page, 25, editor", page("editor", "article")
    yield "page, 25, desk head", page("head", "article")
    yield "page, 500, editor", page("editor", "long")
    yield "page, 500, desk head", page("head", "long")
    yield "page, 20,000, editor", page("editor", "book")
    yield "page, 20,000, desk head", page("head", "book")
    for name in ("long", "book"):
        address = reverse("reviews:document-window", args=[documents[name]])
        first, last = _ranks(documents[name], SIZES[name] * 3 // 5)
        yield f"window, {SIZES[name]:,}", partial(get, "editor", f"{address}?first={first}&last={last}")
    for name, size in SIZES.items():
        yield f"row, {size:,}", partial(row, documents[name])
        yield f"save, {size:,}", partial(save, documents[name])
        yield f"next open, {size:,}", partial(following, documents[name], "open")
        yield f"next risky, {size:,}", partial(following, documents[name], "risky")
    yield "presence", lambda: presence(documents["article"])
    yield "my work", lambda: get("editor", "/")


def _ranks(document: int, place: int) -> tuple[int, int]:
    from reviews.models import Document
    from reviews.web.selectors.windows import windows_of

    windows = windows_of(Document.objects.get(pk=document))
    return next((each.first, each.last) for each in windows if each.position <= place <= each.end)


_clients: dict[str, Any] = {}


def client(who: str) -> Any:
    """Somebody's browser with a script; sessions go by database."""
    from django.db import connection
    from django.test import Client

    from reviews.models import Person

    key = f"{connection.settings_dict['NAME']} {who}"
    if key not in _clients:
        person = Person.objects.get(username=who)
        _clients[key] = Client(headers={"HX-Request": "true", "X-Person": str(person.public_id)})
        _clients[key].force_login(person)
    return _clients[key]


def get(who: str, address: str) -> None:
    _require(client(who).get(address))


def _require(response: Any) -> None:
    if response.status_code != 200:
        raise SystemExit(f"{response.request['PATH_INFO']} answers {response.status_code}")


def leader(document: int) -> int:
    """A text in the middle that the editor may write."""
    from reviews.models import Segment

    rows = Segment.objects.filter(document=document, external_id=str(_size_of(document) // 2 // 10 * 10 + 7))
    return int(rows.values_list("pk", flat=True)[0])


def _size_of(document: int) -> int:
    from reviews.models import Document

    return int(Document.objects.values_list("segments_total", flat=True).get(pk=document))


def row(document: int) -> None:
    get("editor", f"/segments/{leader(document)}/")


_numbers = count(1)


def save(document: int) -> None:
    from reviews.models import Segment

    segment = Segment.objects.select_related("latest_revision").get(pk=leader(document))
    base = segment.latest_revision.number if segment.latest_revision else 0
    fields = {"typed": f"A new text of 1,200 devices, number {next(_numbers)}.", "base": base, "origin": ""}
    _require(client("editor").post(f"/segments/{segment.pk}/save/", fields | {"save_key": uuid.uuid4().hex}))


def following(document: int, aim: str) -> None:
    get("editor", f"/documents/{document}/next/?aim={aim}&after={leader(document)}")


def presence(document: int) -> None:
    _require(client("editor").post(f"/documents/{document}/presence/", {"seen": 0}))


# --- measuring -------------------------------------------------------------------------------------------


def measure(databases: dict[str, Any], asks: int) -> bool:
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    with using(databases["small"]):
        asked = list(questions())
        sizes()
    good = True
    for name, ask in asked:
        figures = alternate(databases, ask, asks)
        good &= report(name, figures) <= MOST
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")
    return good


def report(what: str, figures: dict[str, dict[str, list[float]]]) -> float:
    """Print p50 and p95 of both databases; the ratio of the p50s of processor time."""
    passed, ratio_passed = compared(figures["passed"], " passed")
    spent, ratio_spent = compared(figures["spent"], " spent")
    print(f"{what:24} {passed}   {spent}   ratio {ratio_passed:.2f} {ratio_spent:.2f}", flush=True)
    return ratio_spent


def compared(values: dict[str, list[float]], kind: str = "") -> tuple[str, float]:
    """p50 and p95 of both databases in words, and the ratio of the large one's p50 to the small one's."""
    middle = {name: statistics.median(each) for name, each in values.items()}
    cells = (
        f"{name}{kind} {middle[name]:7.1f} {statistics.quantiles(each, n=20)[18]:7.1f}" for name, each in values.items()
    )
    return "   ".join(cells), middle["large"] / middle["small"]


def report_browser(figures: dict[str, dict[str, list[float]]]) -> bool:
    """Print p50 and p95 of both databases; whether no ratio of p50s is above `MOST`."""
    good = True
    for what, values in figures.items():
        cells, ratio = compared(values)
        good &= ratio <= MOST
        print(f"{what:24} {cells}   ratio {ratio:.2f}", flush=True)
    return good


def sizes() -> None:
    """Bytes of the pages, compressed as a proxy or WhiteNoise would."""
    from django.urls import reverse

    from reviews.models import Document

    for name, size in SIZES.items():
        address = reverse("reviews:document", args=[Document.objects.get(external_id=name).pk])
        for who in ("editor", "head"):
            content = client(who).get(address).content
            print(f"page, {size:,}, {who}: {len(content):,} bytes, compressed {len(gzip.compress(content)):,}")


if __name__ == "__main__":
    raise SystemExit(main())
