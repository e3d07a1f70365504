"""How many articles, texts and pieces of work a desk has of each sort, by section: counted by the database itself.

A desk head's page asks these figures of a project with a million texts, so nothing may be counted when they are
asked for; and a save must not wait for another one in the same section, so no counter may be a row that both write.
Triggers on the tables of articles and of work therefore add a row with every change, in its transaction, whoever makes
it: rows of the same project, section and measure add up. `fold` makes one row of them from time to time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from django.db import models, transaction
from django.db.models import Count, Sum

from .document import Document, DocumentState
from .project import Project
from .states import COUNTED_STATES, column
from .work import LIVE_WORK_STATES, WorkItem


class Tally(models.Model):
    """So many more (or fewer) of a measure. Of no project in the sense of the database: it outlives what it counted."""

    project = models.ForeignKey(
        Project, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    section = models.CharField(max_length=120, blank=True)
    measure = models.CharField(max_length=40)
    number = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(name="tally_counts", fields=["project", "section", "measure", "number"])]


#: Measures that stand for one thing each; the others are made of a state.
OUTDATED: Final = "outdated"
CRITICAL_DOCUMENTS: Final = "critical:articles"
CRITICAL_TEXTS: Final = "critical:texts"


def documents_measure(state: str) -> str:
    return f"articles:{state}"


def texts_measure(state: str) -> str:
    return f"texts:{state}"


def work_measure(step: str, state: str) -> str:
    return f"work:{step}:{state}"


def _one_if(condition: str) -> str:
    return f"CASE WHEN {condition} THEN 1 ELSE 0 END"


#: What an article adds to each measure, as SQL about its row `r`. What is published with a finding let through is out:
#: nothing waits for anybody there.
DOCUMENT_MEASURES: Final[Mapping[str, str]] = {
    **{documents_measure(state): _one_if(f"{{r}}.state = '{state}'") for state in DocumentState.values},
    **{texts_measure(state): f"{{r}}.{column(state)}" for state in COUNTED_STATES},
    OUTDATED: _one_if("{r}.outdated"),
    CRITICAL_DOCUMENTS: _one_if("{r}.critical_texts > 0 AND {r}.state <> 'published'"),
    CRITICAL_TEXTS: "CASE WHEN {r}.state <> 'published' THEN {r}.critical_texts ELSE 0 END",
}

#: The columns of an article that any of it depends on.
COUNTED_COLUMNS: Final = (
    "section",
    "state",
    "outdated",
    "critical_texts",
    *(column(state) for state in COUNTED_STATES),
)

_LIVE: Final = ", ".join(f"'{state.value}'" for state in LIVE_WORK_STATES)

_TALLY: Final = Tally._meta.db_table
_DOCUMENT: Final = Document._meta.db_table
_WORK: Final = WorkItem._meta.db_table


# --- triggers ---------------------------------------------------------------------------------------


def _document_rows(row: str, sign: int) -> Iterator[str]:
    for measure, sql in DOCUMENT_MEASURES.items():
        amount = sql.format(r=row)
        yield f"SELECT {row}.project_id AS p, {row}.section AS s, '{measure}' AS m, {sign} * ({amount}) AS n"


def _work_rows(row: str, sign: int) -> Iterator[str]:
    """A piece of work counts where its article stands."""
    yield (
        f"SELECT {row}.project_id AS p, d.section AS s, 'work:' || {row}.step || ':' || {row}.state AS m, {sign} AS n"  # noqa: S608
        f' FROM "{_DOCUMENT}" d WHERE d.id = {row}.document_id AND {row}.state IN ({_LIVE})'
    )


def _moved_rows(row: str, sign: int) -> Iterator[str]:
    """The work of an article that goes to another section."""
    yield (
        f"SELECT w.project_id AS p, {row}.section AS s, 'work:' || w.step || ':' || w.state AS m, {sign} AS n"  # noqa: S608
        f' FROM "{_WORK}" w WHERE w.document_id = {row}.id AND w.state IN ({_LIVE}) AND NEW.section <> OLD.section'
    )


def _added(*parts: Iterator[str]) -> str:
    """The statement that adds all of this up and keeps what is not nothing."""
    rows = " UNION ALL ".join(select for part in parts for select in part)
    return (
        f'INSERT INTO "{_TALLY}" (project_id, section, measure, number)'  # noqa: S608  (our own names and states only)
        f" SELECT p, s, m, SUM(n) FROM ({rows}) AS counted GROUP BY p, s, m HAVING SUM(n) <> 0"
    )


#: (table, event, columns whose update matters, statement) of every trigger.
TRIGGERS: Final = (
    (_DOCUMENT, "insert", (), _added(_document_rows("NEW", 1))),
    (
        _DOCUMENT,
        "update",
        COUNTED_COLUMNS,
        _added(_document_rows("NEW", 1), _document_rows("OLD", -1), _moved_rows("NEW", 1), _moved_rows("OLD", -1)),
    ),
    (_DOCUMENT, "delete", (), _added(_document_rows("OLD", -1))),
    (_WORK, "insert", (), _added(_work_rows("NEW", 1))),
    (_WORK, "update", ("state", "step", "document_id"), _added(_work_rows("NEW", 1), _work_rows("OLD", -1))),
    (_WORK, "delete", (), _added(_work_rows("OLD", -1))),
)


def trigger_name(table: str, event: str) -> str:
    return f"{table}_tally_{event}"


def triggers_for(vendor: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(trigger, table, statements) for a kind of database."""
    for table, event, columns, statement in TRIGGERS:
        name = trigger_name(table, event)
        when = f"UPDATE OF {', '.join(columns)}" if columns else event.upper()
        if vendor == "sqlite":
            yield name, table, (f'CREATE TRIGGER "{name}" AFTER {when} ON "{table}" BEGIN {statement}; END',)
        else:
            yield (
                name,
                table,
                (
                    f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
                    f"$$ BEGIN {statement}; RETURN NULL; END $$",
                    f'CREATE TRIGGER "{name}" AFTER {when} ON "{table}" FOR EACH ROW EXECUTE FUNCTION "{name}"()',
                ),
            )


# --- the truth --------------------------------------------------------------------------------------


def counted_afresh(using: str = "default", project: Project | None = None) -> dict[tuple[int, str, str], int]:
    """What the rows have to add up to, by project, section and measure: counted from articles and work."""
    documents = Document.objects.using(using)
    live = WorkItem.objects.using(using).filter(state__in=LIVE_WORK_STATES)
    if project is not None:
        documents, live = documents.filter(project=project), live.filter(project=project)
    found: dict[tuple[int, str, str], int] = {}
    rows = (
        documents.order_by()
        .values_list("project_id", "section", "state", "outdated")
        .annotate(
            n=Count("id"),
            critical=Sum("critical_texts"),
            **{f"sum_{state}": Sum(column(state)) for state in COUNTED_STATES},
        )
    )
    for project_id, section, state, outdated, n, critical, *texts in rows:
        amounts = {
            documents_measure(state): n,
            OUTDATED: n if outdated else 0,
            CRITICAL_TEXTS: critical if state != DocumentState.PUBLISHED else 0,
            **{texts_measure(of): number for of, number in zip(COUNTED_STATES, texts, strict=True)},
        }
        for measure, number in amounts.items():
            found[project_id, section, measure] = found.get((project_id, section, measure), 0) + number
    burning = documents.order_by().filter(critical_texts__gt=0).exclude(state=DocumentState.PUBLISHED)
    for project_id, section, number in burning.values_list("project_id", "section").annotate(n=Count("id")):
        found[project_id, section, CRITICAL_DOCUMENTS] = number
    work = live.order_by().values_list("project_id", "document__section", "step", "state").annotate(n=Count("id"))
    for project_id, section, step, state, number in work:
        found[project_id, section, work_measure(step, state)] = number
    return {key: number for key, number in found.items() if number}


def recount(using: str = "default") -> None:
    """Count everything afresh; in the transaction that puts the triggers in place, so that no change slips between."""
    Tally.objects.using(using).all().delete()
    rows = counted_afresh(using).items()
    Tally.objects.using(using).bulk_create(
        (
            Tally(project_id=project_id, section=section, measure=measure, number=number)
            for (project_id, section, measure), number in rows
        ),
        batch_size=1000,
    )


def verify_tallies(project: Project) -> list[str]:
    """Where the rows of a project do not add up to what there is, in words."""
    kept = {
        (project.pk, section, measure): number
        for section, measure, number in Tally.objects.filter(project=project)
        .order_by()
        .values_list("section", "measure")
        .annotate(n=Sum("number"))
        if number
    }
    counted = counted_afresh(project=project)
    return [
        f"project {project.slug}: {key[2]} in section {key[1]!r} is counted as {kept.get(key, 0)}, not"
        f" {counted.get(key, 0)}"
        for key in sorted(kept.keys() | counted.keys())
        if kept.get(key, 0) != counted.get(key, 0)
    ]


def tallies(project: Project) -> dict[str, dict[str, int]]:
    """By section, in alphabetical order, how many there are of each measure. One query."""
    rows = Tally.objects.filter(project=project)
    found: dict[str, dict[str, int]] = {}
    for name, measure, number in rows.order_by("section").values_list("section", "measure").annotate(n=Sum("number")):
        if number:
            found.setdefault(name, {})[measure] = number
    return found


#: Rows folded in one transaction.
FOLD_AT_ONCE: Final = 5_000


def fold(project_id: int) -> int:
    """Make one row of those that add up; how many rows went. Any number of folds may run at once.

    Each takes only rows that it locked and that are still there, so none counts twice; whoever reads meanwhile sees
    them before or after.
    """
    with transaction.atomic():
        rows = list(Tally.objects.select_for_update().filter(project=project_id).order_by("pk")[:FOLD_AT_ONCE])
        sums: dict[tuple[str, str], int] = {}
        for row in rows:
            sums[row.section, row.measure] = sums.get((row.section, row.measure), 0) + row.number
        if len(rows) == len(sums) and all(sums.values()):
            return 0
        Tally.objects.filter(pk__in=[row.pk for row in rows]).delete()
        kept = [
            Tally(project_id=project_id, section=section, measure=measure, number=number)
            for (section, measure), number in sums.items()
            if number
        ]
        Tally.objects.bulk_create(kept)
        return len(rows) - len(kept)
