"""How long taking the next piece of work takes with 10,000 and with 2,000,000 open items, side by side.

Two databases are made for this run, on a PostgreSQL started for it and in SQLite files, alike but for the backlog: the
person has three projects and two skills in each, so nine queues for a step, besides what was given to them. Half of the
items are to edit, half to approve; those to approve have a text by somebody else, and at the head of their order stand
300 the person wrote in, in each project. One project asks for four eyes for every text, one for headlines, one not.

Each size is asked in turn, one question after the other, so that whatever else the machine does hits both alike. What
was taken stays taken: the next question finds other rows. Printed: p50, p95 and p99 of `take_next` and of the page "My
work" in milliseconds, as passed and as spent by processors (this process and PostgreSQL's), the ratios of the p95s, and
PostgreSQL's own account of the statement on the large backlog. A ratio above 1.3 for `take_next` ends the run with exit
code 1.

    python -m benchmarks.take_next
    python -m benchmarks.take_next --large 200000 --database sqlite
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from .installation import as_in_tests, beside, install, using

FLOOR = 1.3
OWN_AT_THE_HEAD = 300
SKILLS = ("law", "medicine")
PROJECTS = (("desk-0", True, []), ("desk-1", False, ["headline"]), ("desk-2", False, []))

Figures = dict[str, list[float]]


def main(arguments: Sequence[str] | None = None) -> int:
    options = parse(arguments)
    with ExitStack() as stack:
        install(stack, options.database)
        stack.enter_context(as_in_tests())
        databases = {"small": beside("small"), "large": beside("large")}
        for name, size in (("small", options.small), ("large", options.large)):
            with using(databases[name]):
                started = time.perf_counter()
                fill(size)
                print(f"{size:,} open items written in {time.perf_counter() - started:.0f} s", flush=True)
        return measure(databases, options)


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.take_next", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=2_000_000)
    parser.add_argument("--takes", type=int, default=1_000, help="of each step and size (default 1000)")
    parser.add_argument("--pages", type=int, default=100, help="of each size (default 100)")
    return parser.parse_args(arguments)


# --- a backlog ------------------------------------------------------------------------------------------


def fill(size: int) -> None:
    """One document for each item, its segment and, for those to approve, its text: written by the database itself."""
    from django.db import connection

    from reviews.models import Membership, Person, Project, Skill

    me, other = (Person.objects.create_user(username=name) for name in ("me", "other"))
    projects = []
    for slug, four_eyes, kinds in PROJECTS:
        project = Project.objects.create(
            slug=slug, name=slug, source_lang="de", target_lang="en", four_eyes=four_eyes, four_eyes_kinds=kinds
        )
        projects.append(project)
        for role in ("editor", "approver"):
            Membership.objects.create(project=project, person=me, role=role)
        Skill.objects.bulk_create(Skill(project=project, person=me, name=name) for name in SKILLS)
    with connection.cursor() as cursor:
        postgresql = connection.vendor == "postgresql"
        cursor.execute("SET session_replication_role = replica" if postgresql else "PRAGMA foreign_keys = OFF")
        for statement in _statements(postgresql, size, projects[0].pk, me.pk, other.pk):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE" if postgresql else "ANALYZE")


def _statements(postgresql: bool, size: int, first_project: int, me: int, other: int) -> Iterator[str]:
    """Rows numbered n from 1: project n % 3, every second to approve, of these every second without a skill."""
    numbers = (
        f"(SELECT n FROM generate_series(1, {size}) AS n) AS series"
        if postgresql
        else f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {size}) SELECT n FROM s)"
    )
    now = "CURRENT_TIMESTAMP"
    empty, true = ("'[]'::jsonb", "TRUE") if postgresql else ("'[]'", "1")
    project = f"{first_project} + n % 3"
    digest = "md5(n::text)" if postgresql else "printf('%032x', (n * 2654435761) % 4294967296)"
    later = "to_char(TIMESTAMP '2026-12-01' + n * INTERVAL '7 seconds', 'YYYY-MM-DD\"T\"HH24:MI:SS')"
    if not postgresql:
        later = "strftime('%Y-%m-%dT%H:%M:%S', '2026-12-01', '+' || (n * 7) || ' seconds')"
    yield (
        "INSERT INTO reviews_document (id, project_id, external_id, title, section, url, author, created_at, "
        "audit_number, state, segments_total, segments_new, segments_in_review, segments_reviewed, segments_approved, "
        f"segments_sent_back, segments_source_changed) SELECT n, {project}, 'nx-' || n, 'Article ' || n, 'Politics', "
        f"'', '', {now}, 0, 'reviewed', 1, 0, 0, 1, 0, 0, 0 FROM {numbers}"
    )
    yield (
        "INSERT INTO reviews_sourcerevision (id, document_id, number, content_hash, raw_hash, raw_name, reader, "
        f"created_at) SELECT n, n, 1, {digest}, '', '', 'benchmark', {now} FROM {numbers}"
    )
    yield "UPDATE reviews_document SET current_source_id = id"
    columns, values = _defaults("reviews_segment")
    yield (
        f"INSERT INTO reviews_segment (id, document_id, external_id, created_at, state, risk_score, risk_reasons, "
        f"risk_ranked{columns}) SELECT n, n, '1', {now}, 'reviewed', 0, {empty}, {true}{values} FROM {numbers}"
    )
    yield (
        "INSERT INTO reviews_segmentsource (id, segment_id, text, codes, content_hash, created_at) "
        f"SELECT n, n, 'Ein Satz.', {empty}, {digest}, {now} FROM {numbers}"
    )
    yield (
        "INSERT INTO reviews_placement (id, source_revision_id, segment_id, source_id, rank, block, sentence, kind, "
        f"locator) SELECT n, n, n, n, 1024, 0, 0, 'headline', '' FROM {numbers}"
    )
    mine = 6 * OWN_AT_THE_HEAD
    yield (
        "INSERT INTO reviews_revision (document_id, segment_id, lane, number, covers, author_id, origin, derived_from, "
        f"source_hash, text, codes, content_hash, created_at) SELECT n, n, 'main', 1, 1, "
        f"CASE WHEN n <= {mine} THEN {me} ELSE {other} END, 'typed', {empty}, {digest}, 'A sentence.', {empty}, "
        f"{digest}, {now} FROM {numbers} WHERE n % 2 = 1"
    )
    skill = f"CASE n % 20 WHEN 0 THEN '{SKILLS[0]}' WHEN 9 THEN '{SKILLS[0]}' WHEN 4 THEN '{SKILLS[1]}' "
    skill += f"WHEN 13 THEN '{SKILLS[1]}' ELSE '' END"
    yield (
        "INSERT INTO reviews_workitem (project_id, document_id, step, sort_key, reason, skill, section, state, "
        f"created_at, updated_at) SELECT {project}, n, CASE n % 2 WHEN 1 THEN 'approve' ELSE 'edit' END, "
        f"{later} || ' ' || {digest}, 'to be read against the original', {skill}, 'Politics', 'open', {now}, {now} "
        f"FROM {numbers}"
    )


def _defaults(table: str) -> tuple[str, str]:
    """Further columns of the table that have no default of the database, as they are in a new row."""
    from reviews.models import Segment

    named = {"id", "document", "external_id", "created_at", "state", "risk_score", "risk_reasons", "risk_ranked"}
    rest = [f for f in Segment._meta.concrete_fields if f.name not in named and not f.null and not f.has_db_default()]
    return "".join(f", {f.column}" for f in rest), "".join(", ''" for _ in rest)


# --- the questions --------------------------------------------------------------------------------------


def measure(databases: dict[str, Any], options: argparse.Namespace) -> int:
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    from reviews.models import Step

    good = True
    for step in (Step.EDIT, Step.APPROVE):
        figures = alternate(databases, lambda step=step: take(step), options.takes)  # type: ignore[misc]
        good &= report(f"take_next, {step.value}", figures) <= FLOOR
    report("page My work", alternate(databases, page, options.pages))
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")
    with using(databases["large"]):
        explain(Step.APPROVE)
    if not good:
        print(f"take_next: the p95 with the large backlog is above {FLOOR} times that with the small one")
    return 0 if good else 1


def alternate(databases: dict[str, Any], ask: Callable[[], None], times: int) -> dict[str, Figures]:
    """Milliseconds passed and spent for each question, the databases taking turns; the first are for warming up."""
    figures: dict[str, Figures] = {"passed": {}, "spent": {}}
    warm = max(5, times // 20)
    for turn in range(times + warm):
        for name, database in databases.items():
            with using(database):
                spent, passed = _spent(database), time.perf_counter()
                ask()
                passed, spent = time.perf_counter() - passed, _spent(database) - spent
            if turn >= warm:
                figures["passed"].setdefault(name, []).append(1000 * passed)
                figures["spent"].setdefault(name, []).append(1000 * spent)
    return figures


def _spent(database: Any) -> float:
    """Processor seconds of this process and of the PostgreSQL process behind the connection."""
    own = time.process_time()
    if database.vendor != "postgresql":
        return own
    database.ensure_connection()
    pid = database.connection.info.backend_pid
    return own + int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0]) / 1e9


def take(step: Any) -> None:
    from reviews.editing.claims import take_next
    from reviews.models import Person

    item = take_next(person=Person.objects.get(username="me"), step=step)
    if item is None or (step == "approve" and item.project_id != _free(item) and item.document_id <= _own()):
        raise SystemExit(f"take_next gave {item}, which is not what it has to give")


def _own() -> int:
    return 6 * OWN_AT_THE_HEAD


def _free(item: Any) -> int:
    """The project that asks for no second person."""
    return int(item.project_id) if item.document.project.slug == "desk-2" else 0


def page() -> None:
    from django.test import Client
    from django.urls import reverse

    from reviews.models import Person

    client = Client()
    client.force_login(Person.objects.get(username="me"))
    if client.get(reverse("reviews:my-work")).status_code != 200:
        raise SystemExit("the page does not open")


def report(what: str, found: dict[str, Figures]) -> float:
    """Print the figures; the ratio of the large backlog's p95 to the small one's, of the time that passed."""
    ratios = {}
    for kind, figures in found.items():
        p95 = {}
        for name, values in figures.items():
            cuts = statistics.quantiles(values, n=100)
            p95[name] = cuts[94]
            print(f"{what:18} {name:6} {kind}  p50 {cuts[49]:7.2f}   p95 {cuts[94]:7.2f}   p99 {cuts[98]:7.2f} ms")
        ratios[kind] = p95["large"] / p95["small"]
    print(f"{what:18} p95 large : small = {ratios['passed']:.2f} passed, {ratios['spent']:.2f} spent", flush=True)
    return ratios["passed"]


def explain(step: Any) -> None:
    """The plan of the statement that takes, as it was run."""
    from django.db import connection, transaction

    seen: list[tuple[str, Any]] = []

    def remember(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE") and "RETURNING" in sql:
            seen.append((sql, params))
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(remember):
            take(step)
        transaction.set_rollback(True)
    sql, params = seen[-1]
    verb = "EXPLAIN (ANALYZE, BUFFERS)" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{verb} {sql}", params)
        for row in cursor.fetchall():
            print(row[-1])
        transaction.set_rollback(True)


if __name__ == "__main__":
    raise SystemExit(main())
