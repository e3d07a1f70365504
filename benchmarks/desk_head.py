"""What the desk head's page costs with 30,000 articles of a million texts, beside 1 % of them.

Two databases are made for this run, alike but for their size: articles of 12 sections over a year, in every state, one
in ten late or due, one in fifty with a critical finding, one in a hundred outdated, each with its texts and its open
work; two engines' scores against approved texts and a reference, counted week by week. Every panel, and the page as a
whole, is asked in turn of both, one question after the other, so that whatever else the machine does hits both alike.

Printed: the median time of each in milliseconds, as passed and as spent by this process, and the ratio of the times
that passed; and what it costs to count one week of the large database's scores anew. A panel above a ratio of 1.5 ends
the run with exit code 1.

    python -m benchmarks.desk_head
    python -m benchmarks.desk_head --articles 3000 --database sqlite
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import Any

from .installation import as_in_tests, beside, install, using

CEILING = 1.5
TEXTS = 33
SECTIONS = 12
YEAR = 364
#: Words of a text, about.
WORDS = 14


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    with ExitStack() as stack:
        install(stack, options.database)
        stack.enter_context(as_in_tests())
        databases = {"small": beside("small"), "large": beside("large")}
        for name, articles in (("small", max(1, options.articles // 100)), ("large", options.articles)):
            with using(databases[name]):
                started = time.perf_counter()
                fill(articles)
                took = time.perf_counter() - started
                print(f"{articles:,} articles of {articles * TEXTS:,} texts written in {took:.0f} s", flush=True)
        worst = measure(databases, options.times)
        with using(databases["large"]):
            recount()
    return int(worst > CEILING)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.desk_head", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="sqlite")
    parser.add_argument("--articles", type=int, default=30_304, help="of 33 texts each (default: a million texts)")
    parser.add_argument("--times", type=int, default=30, help="each question is asked (default 30)")
    return parser.parse_args(arguments)


# --- a year of a newsroom -------------------------------------------------------------------------------


def fill(articles: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from reviews.models import Membership, Person, Project, WorkItem
    from reviews.models.document import Document
    from reviews.models.tally import fold

    now = timezone.now()
    project = Project.objects.create(slug="desk", name="Desk", source_lang="de", target_lang="en")
    dora = Person.objects.create_user(username="dora")
    Membership.objects.create(project=project, person=dora, role="desk_head")
    draw = random.Random(8)
    for start in range(0, articles, 2_000):
        rows = [_article(project, i, articles, now, draw) for i in range(start, min(articles, start + 2_000))]
        made = Document.objects.bulk_create(rows, batch_size=500)
        for row in made:
            row.created_at = row.published_at
        Document.objects.bulk_update(made, ["created_at"], batch_size=500)
        WorkItem.objects.bulk_create(
            (
                WorkItem(project=project, document=row, step=step, state=state, section=row.section)
                for row in made
                for step, state in _work(row.state)
            ),
            batch_size=1_000,
        )
    with connection.cursor() as cursor:
        numbers = " UNION ALL ".join(f"SELECT {i} AS n" for i in range(TEXTS))
        cursor.execute(
            "INSERT INTO reviews_segment (document_id, external_id, created_at, state, risk_score, risk_reasons, "
            "risk_ranked, open_findings, open_criticals, route) SELECT d.id, CAST(n AS varchar(9)), d.created_at, "
            f"'new', 0, '[]', {'FALSE' if connection.vendor == 'postgresql' else 0}, '[]', 0, '{{}}' "
            f"FROM reviews_document d, ({numbers}) AS numbers"
        )
    _scores(project, now)
    while fold(project.pk):
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _article(project: Any, i: int, articles: int, now: datetime, draw: random.Random) -> Any:
    from reviews.models.document import Document

    state = draw.choices(("new", "in_review", "reviewed", "approved", "published"), (5, 10, 5, 5, 75))[0]
    texts = {"new": "new", "in_review": "in_review", "reviewed": "reviewed"}.get(state, "approved")
    out = now - timedelta(days=YEAR * i / articles, minutes=draw.randrange(600))
    lag = timedelta(minutes=draw.lognormvariate(5, 0.7))
    published = state == "published"
    return Document(
        project=project,
        external_id=f"a-{i}",
        title=f"Artikel Nummer {i}",
        section=f"Section {draw.randrange(SECTIONS)}",
        state=state,
        published_at=out - lag,
        first_published_at=out if published else None,
        lag_seconds=int(lag.total_seconds()) if published else None,
        deadline_at=now + timedelta(minutes=draw.randrange(-600, 6000)) if draw.random() < 0.1 else None,
        critical_texts=2 if draw.random() < 0.02 else 0,
        outdated=draw.random() < 0.01,
        segments_total=TEXTS,
        **{f"segments_{texts}": TEXTS},
    )


def _work(state: str) -> list[tuple[str, str]]:
    return {
        "new": [("edit", "open"), ("approve", "waiting")],
        "in_review": [("edit", "open"), ("approve", "waiting")],
        "reviewed": [("edit", "done"), ("approve", "open")],
    }.get(state, [("edit", "done"), ("approve", "done")])


def _scores(project: Any, now: datetime) -> None:
    """Scores of every tenth week as rows, and the sums of all weeks as counting them would write them."""
    from django.utils import timezone

    from reviews.metrics.registry import REFERENCE_METRICS
    from reviews.models import MetricConfig, QualityWeek, ReferenceSet, ScoreTarget, System
    from reviews.models.document import Document
    from reviews.models.quality import week_of

    systems = [System.objects.create(project=project, name=f"engine-{c}", position=i) for i, c in enumerate("ab")]
    reference = ReferenceSet.objects.create(project=project, label="A", names=["A"])
    targets = [
        ScoreTarget.objects.create(project=project, kind="post_edit"),
        ScoreTarget.objects.create(project=project, kind="reference", reference_set=reference),
    ]
    configs = [MetricConfig.objects.create(metric=m.id, signature=m.signature(1)) for m in REFERENCE_METRICS]
    weeks: dict[Any, list[Any]] = {}
    for document in Document.objects.only("pk", "published_at", "created_at", "section", "project_id"):
        weeks.setdefault(week_of(document), []).append(document)
    for week, documents in sorted(weeks.items()):
        counted = QualityWeek.objects.create(project=project, week=week, counted_at=timezone.now())
        _sums(counted, documents, systems, targets, configs)
    recounted = sorted(weeks)[len(weeks) // 2]
    _single_scores(weeks[recounted], systems, targets, configs)


def _sums(counted: Any, documents: Sequence[Any], systems: Any, targets: Any, configs: Any) -> None:
    from reviews.models import QualitySum
    from reviews.models.quality import GROUPS
    from reviews.models.scores import STATISTICS_COLUMNS

    by_place: dict[tuple[str | None, int], int] = {}
    for document in documents:
        for section in (None, document.section):
            key = section, document.pk % GROUPS
            by_place[key] = by_place.get(key, 0) + TEXTS
    QualitySum.objects.bulk_create(
        (
            QualitySum(
                counted=counted,
                week=counted.week,
                target=target,
                config=config,
                system=system,
                section=section,
                group=group,
                texts=texts,
                left_out=0,
                **{column: texts * (WORDS - i % 5) for i, column in enumerate(STATISTICS_COLUMNS)},
            )
            for (section, group), texts in by_place.items()
            for target in targets
            for config in configs
            for system in systems
        ),
        batch_size=500,
    )


def _single_scores(documents: Sequence[Any], systems: Any, targets: Any, configs: Any) -> None:
    """Every text of these articles with a score of every metric, for every engine."""
    from django.db import connection

    from reviews.models.scores import STATISTICS_COLUMNS

    ids = ", ".join(str(document.pk) for document in documents)
    columns = ", ".join(STATISTICS_COLUMNS)
    numbers = ", ".join(str(WORDS - i % 5) for i in range(len(STATISTICS_COLUMNS)))
    with connection.cursor() as cursor:
        for system in systems:
            cursor.execute(
                "INSERT INTO reviews_hypothesis (system_id, document_id, segment_id, covers, number, "
                "ordinal, block, reason, text, codes, content_hash, source_hash, created_at) SELECT %s, s.document_id, "
                f"s.id, 1, 1, s.id, 0, '', 'Text.', '[]', 'h', 's', s.created_at "
                f"FROM reviews_segment s WHERE s.document_id IN ({ids})",
                [system.pk],
            )
        for target in targets:
            for config in configs:
                cursor.execute(
                    f"INSERT INTO reviews_score (hypothesis_id, target_id, config_id, value, reason, hypothesis_hash, "
                    f"target_hash, updated_at, {columns}) SELECT h.id, %s, %s, 50.0, '', 'h', 't', h.created_at, "
                    f"{numbers} FROM reviews_hypothesis h",
                    [target.pk, config.pk],
                )


# --- asking ---------------------------------------------------------------------------------------------


def questions() -> dict[str, Callable[[], object]]:
    """Every panel as the page shows it, and the page."""
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from reviews.models import Person, Project
    from reviews.models.tally import tallies
    from reviews.reports.desk.base import USUAL_PERIOD, Scope
    from reviews.reports.desk.registry import PANELS
    from reviews.web.selectors.panels import alarms, shown

    project = Project.objects.get()
    today = timezone.localdate()

    def scope(section: str | None = None) -> Scope:
        counts = tallies(project)
        since = today - USUAL_PERIOD + timedelta(days=1)
        return Scope(
            project, section, since, today, timezone.now(), counts if section is None else {section: counts[section]}
        )

    client = Client()
    client.force_login(Person.objects.get())
    asked: dict[str, Callable[[], object]] = {"what burns": lambda: alarms(scope())}
    for panel in PANELS:
        asked[panel.key] = lambda panel=panel: shown(panel, scope(), "")  # type: ignore[misc]
    address = reverse("reviews:dashboard", args=[project.slug])
    asked["the page"] = lambda: _answered(client, address)
    asked["the page, one section"] = lambda: _answered(client, f"{address}?section=%3DSection+3")
    asked["the page, half a year"] = lambda: _answered(client, f"{address}?since={today - timedelta(days=182)}")
    return asked


def _answered(client: Any, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}")


def measure(databases: dict[str, Any], times: int) -> float:
    """Print the figures; the largest ratio of a panel."""
    asked = {}
    for name, database in databases.items():
        with using(database):
            asked[name] = questions()
    passed: dict[tuple[str, str], list[float]] = {}
    spent: dict[tuple[str, str], list[float]] = {}
    for _ in range(times + 2):
        for question in asked["small"]:
            for name, database in databases.items():
                with using(database):
                    clock, processor = time.perf_counter(), time.process_time()
                    asked[name][question]()
                    passed.setdefault((name, question), []).append(time.perf_counter() - clock)
                    spent.setdefault((name, question), []).append(time.process_time() - processor)
    worst = 0.0
    print(f"\n{'':24}{'1 %':>10}{'all':>10}{'spent 1 %':>11}{'spent all':>11}{'ratio':>8}")
    for question in asked["small"]:
        # The first two rounds fill caches of both.
        small, large = (1000 * statistics.median(passed[name, question][2:]) for name in ("small", "large"))
        used = [1000 * statistics.median(spent[name, question][2:]) for name in ("small", "large")]
        print(f"{question:24}{small:10.2f}{large:10.2f}{used[0]:11.2f}{used[1]:11.2f}{large / small:8.2f}", flush=True)
        if "half a year" not in question:
            worst = max(worst, large / small)
    return worst


def recount() -> None:
    """What it costs to count a week of scores anew."""
    from django.utils import timezone

    from reviews.metrics.weekly import count_week
    from reviews.models import Project, QualityWeek, Score

    project = Project.objects.get()
    weeks = list(QualityWeek.objects.order_by("week"))
    week = weeks[len(weeks) // 2].week
    clock, processor = time.perf_counter(), time.process_time()
    count_week(project, week, timezone.now())
    took, used = time.perf_counter() - clock, time.process_time() - processor
    print(f"\nA week of {Score.objects.count():,} scores counted anew in {took:.2f} s ({used:.2f} s of this process)")


if __name__ == "__main__":
    raise SystemExit(main())
