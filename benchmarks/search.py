"""How long the search page takes in a project of 1,000,000 texts, by what is searched for.

A database is made for this run, with articles of 50 texts, one in three saved by a person. Every text holds the same
common words and a number of its own, so the searches are the extremes an index has to answer: a word that is in every
text, in one, or in about a thousand; words that are all common, but nowhere next to each other; filters that let
everything or nothing through. Printed: the least and the median of several askings in milliseconds, as passed and as
spent by this process, with what was found. Besides: how long it takes to list the words of an article, and to save.

    python -m benchmarks.search
    python -m benchmarks.search --database sqlite --texts 100000
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

from .installation import install

SIZE = 50
SEARCHES: tuple[tuple[str, dict[str, str]], ...] = (
    ("in every text", {"q": "geräten"}),
    ("beginning of a word in every text", {"q": "ger"}),
    ("in one text", {"q": '"{one}"'}),
    ("in one text, either side", {"q": '"{one}"', "side": "both"}),
    ("in a thousand texts", {"q": "123"}),
    ("common words in order", {"q": '"schließt lücken in vielen"'}),
    ("common words, never in this order", {"q": '"lücken update"'}),
    ("common and rare", {"q": "update geräten {one}"}),
    ("nowhere", {"q": "Donaudampfschiff"}),
    ("in every text, filter that fits", {"q": "geräten", "state": "new"}),
    ("in every text, filter nothing fits", {"q": "geräten", "state": "approved"}),
)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.search", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=7)
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        install(stack, options.database)
        stack.enter_context(_as_in_tests())
        measure(options.texts, options.times)
    return 0


def _as_in_tests() -> Any:
    """The page is asked for by Django's test client, and no static files were collected."""
    from django.conf import settings
    from django.test import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    return override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=settings.STORAGES | {"staticfiles": plain})


def measure(texts: int, times: int) -> None:
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django.urls import reverse

    from reviews import pipeline
    from reviews.editing.saving import save_revision
    from reviews.models import Document, Membership, Person, Project, Segment

    setup_test_environment()  # so that an answer has its context
    person = Person.objects.create_user(username="anna")
    project = Project.objects.create(slug="desk", name="Desk", source_lang="de", target_lang="en")
    Membership.objects.create(project=project, person=person, role="editor")
    fill(project, texts // SIZE, person)
    client = Client()
    client.force_login(person)
    address = reverse("reviews:search", args=[project.slug])
    one = str(texts // 3)
    for name, asked in SEARCHES:
        query = {key: value.format(one=one) for key, value in asked.items()}

        def ask(query: dict[str, str] = query) -> Any:
            return client.get(address, query)

        found = ask().context["results"]
        outcome = f"{found.number} shown" + (f", {found.looked_at:,} looked at" if found.looked_at else "")
        print(f"{name:40} {said(ask, times)}  {outcome}", flush=True)
    segments = list(Segment.objects.order_by("pk").values_list("pk", flat=True)[1 : 1 + times])
    numbers = iter(segments)
    print(
        f"{'save':40} "
        + said(
            lambda: save_revision(segment_id=next(numbers), person=person, typed="An update closes gaps.", base=0),
            times - 1,
        )
    )
    document = Document.objects.order_by("pk").first()
    assert document is not None
    print(f"{f'list the words of {SIZE} texts again':40} {said(lambda: pipeline.list_words(document.pk), times)}")


def said(ask: Callable[[], Any], times: int) -> str:
    passed, spent = [], []
    for _ in range(times):
        before = time.perf_counter(), time.process_time()
        ask()
        passed.append((time.perf_counter() - before[0]) * 1000)
        spent.append((time.process_time() - before[1]) * 1000)
    return f"{min(passed):8.1f} {statistics.median(passed):8.1f} ms passed {statistics.median(spent):8.1f} ms spent"


def fill(project: Any, articles: int, person: Any) -> None:
    """Articles by the database itself, and their words listed as `indexed_words` would write them."""
    from django.db import connection

    from .desk_articles import backlog, identities

    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica" if postgresql else "PRAGMA foreign_keys = OFF")
        for statement in backlog(postgresql, project, articles, SIZE, person):
            cursor.execute(statement)
        for statement in identities() if postgresql else ():
            cursor.execute(statement)
        started = time.perf_counter()
        cursor.execute(
            "INSERT INTO reviews_searchtext (segment_id, project_id, source, target) SELECT p.segment_id, "
            f"{project.pk}, replace(replace(lower(s.text), 'ß', 'ss'), '.', ''), replace(lower(h.text), '.', '') "
            "FROM reviews_placement p JOIN reviews_segmentsource s ON s.id = p.source_id "
            "JOIN reviews_segment g ON g.id = p.segment_id JOIN reviews_hypothesis h ON h.id = g.chosen_id"
        )
        cursor.execute("SET session_replication_role = DEFAULT" if postgresql else "PRAGMA foreign_keys = ON")
        print(f"words of {articles * SIZE:,} texts indexed in {time.perf_counter() - started:.0f} s", flush=True)
        cursor.execute("UPDATE reviews_document SET searchable = " + ("TRUE" if postgresql else "1"))
        cursor.execute("VACUUM ANALYZE" if postgresql else "ANALYZE")


if __name__ == "__main__":
    raise SystemExit(main())
