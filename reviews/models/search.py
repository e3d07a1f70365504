"""Finding segments by the words of their texts in force.

`SearchText` is a cache: the words of each segment's source and target as they are compared. A save writes it in its own
transaction (`models.states.refresh`), an import when its stretch is scored; `rebuild` finds and mends every difference.
It proposes segments and nothing more: what a search shows is read from the rows again.

The words lie in a full-text index the database keeps by itself: FTS5 on SQLite, a text search vector on PostgreSQL.
`install` makes it after every migrate, because SQLite drops a table's triggers when a migration remakes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from django.db import connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from reviews.values import in_batches

from .document import Document, Placement, Segment
from .project import Project
from .search_words import Search, Term, indexed_words

#: Where a search looks: in the source, in the target, or in either.
Side = Literal["source", "target", "both"]

#: Beyond so many matches PostgreSQL reads the newest segments one by one instead of sorting all that match.
MANY = 5_000


class SearchText(models.Model):
    """The words of one segment's texts in force; `target` is empty where an earlier segment's text serves it."""

    segment = models.OneToOneField(Segment, on_delete=models.CASCADE, primary_key=True, related_name="+")
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.TextField(blank=True)
    target = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(name="search_text_newest", fields=["project", "-segment"])]


# --- writing --------------------------------------------------------------------------------------------


def write_words(document: Document, segment_ids: Sequence[int]) -> int:
    """Bring these segments of a document up to date; how many were not. The caller holds the document's lock."""
    return sum(_write(document, part) for part in in_batches(segment_ids))


def rebuild(document: Document) -> int:
    """Bring a whole document up to date; how many segments were not. The caller holds its lock."""
    written = write_words(document, list(Segment.objects.filter(document=document).values_list("pk", flat=True)))
    Document.objects.filter(pk=document.pk).update(searchable=True)
    return written


def _write(document: Document, segment_ids: Sequence[int]) -> int:
    wanted = {row.segment_id: row for row in _in_force(document, segment_ids)}
    rows = SearchText.objects.filter(segment__in=segment_ids)
    standing = {pk: (source, target) for pk, source, target in rows.values_list("segment_id", "source", "target")}
    changed = [row for pk, row in wanted.items() if standing.get(pk) != (row.source, row.target)]
    SearchText.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["segment"], update_fields=["source", "target"]
    )
    left = standing.keys() - wanted.keys()
    if left:
        SearchText.objects.filter(segment__in=left).delete()
    return len(changed) + len(left)


def _in_force(document: Document, segment_ids: Sequence[int]) -> Iterator[SearchText]:
    rows = Placement.objects.filter(source_revision=document.current_source_id, segment__in=segment_ids)
    for pk, source, covered_by, revision, human, machine in rows.values_list(
        "segment_id",
        "source__text",
        "segment__covered_by_id",
        "segment__latest_revision_id",
        "segment__latest_revision__text",
        "segment__chosen__text",
    ):
        target = machine if revision is None else human
        yield SearchText(
            segment_id=pk,
            project_id=document.project_id,
            source=indexed_words(source),
            target="" if covered_by is not None else indexed_words(target or ""),
        )


# --- looking up -----------------------------------------------------------------------------------------


def proposed(project: Project, search: Search, side: Side, *, before: int | None, at_most: int) -> list[int]:
    """Ids of segments whose words fit, the newest first, from those below `before` on.

    Proposals only: some may not fit any more, or lie in articles that are closed to whoever asks.
    """
    look_up = {"sqlite": _proposed_by_fts5, "postgresql": _proposed_by_vectors}[connection.vendor]
    return look_up(project, search, side, before, at_most)


def unsearchable(project: Project) -> QuerySet[Document]:
    """Articles that came in anew and whose words are not all listed yet."""
    return Document.objects.filter(project=project, searchable=False, current_source__isnull=False)


def _columns(side: Side) -> tuple[str, ...]:
    return ("source", "target") if side == "both" else (side,)


def _proposed_by_fts5(project: Project, search: Search, side: Side, before: int | None, at_most: int) -> list[int]:
    terms = " AND ".join(map(_fts5_term, search.terms))
    sides = " OR ".join(f"({column} : ({terms}))" for column in _columns(side))
    parameters: list[Any] = [f"(scope : p{project.pk}) AND ({sides})"]
    below = ""
    if before is not None:
        below, parameters = "AND rowid < %s", [*parameters, before]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT rowid FROM reviews_searchwords WHERE reviews_searchwords MATCH %s {below} "  # noqa: S608
            "ORDER BY rowid DESC LIMIT %s",
            [*parameters, at_most],
        )
        return [row[0] for row in cursor.fetchall()]


def _fts5_term(term: Term) -> str:
    """Words are letters and digits only, so nothing in them can end the string or be an operator."""
    return f'"{" ".join(term.words)}"{" *" if term.open else ""}'


def _proposed_by_vectors(project: Project, search: Search, side: Side, before: int | None, at_most: int) -> list[int]:
    query = " & ".join(map(_vector_term, search.terms))
    columns = _columns(side)
    fits = " OR ".join(f"{column}_words @@ to_tsquery('simple', %s)" for column in columns)
    rows = f"FROM reviews_searchtext WHERE project_id = %s AND ({fits})"
    parameters: list[Any] = [project.pk, *[query] * len(columns)]
    if before is not None:
        rows, parameters = f"{rows} AND segment_id < %s", [*parameters, before]
    with connection.cursor() as cursor:
        # Sorted apart, so that the planner does not walk all segments in their order for a rare word.
        cursor.execute(
            f"WITH found AS MATERIALIZED (SELECT segment_id {rows} LIMIT %s) "  # noqa: S608
            "SELECT segment_id, (SELECT COUNT(*) FROM found) FROM found ORDER BY segment_id DESC LIMIT %s",
            [*parameters, MANY + 1, at_most],
        )
        found = cursor.fetchall()
        if found and found[0][1] > MANY:
            cursor.execute(
                f"SELECT segment_id {rows} ORDER BY project_id, segment_id DESC LIMIT %s",
                [*parameters, at_most],
            )
            found = cursor.fetchall()
    return [row[0] for row in found]


def _vector_term(term: Term) -> str:
    *before, last = (f"'{word}'" for word in term.words)
    return f"({' <-> '.join([*before, last + ':*' if term.open else last])})"


# --- the databases' indexes -----------------------------------------------------------------------------

_FTS5 = (
    # Of no text: the triggers hand over what stood there before. Words come folded and parted, so every other
    # character is one of a word.
    "CREATE VIRTUAL TABLE IF NOT EXISTS reviews_searchwords USING fts5("
    "scope, source, target, content='', columnsize=0, tokenize='ascii', prefix='3')",
    "CREATE TRIGGER IF NOT EXISTS reviews_searchtext_inserted AFTER INSERT ON reviews_searchtext BEGIN "
    "INSERT INTO reviews_searchwords (rowid, scope, source, target) "
    "VALUES (NEW.segment_id, 'p' || NEW.project_id, NEW.source, NEW.target); END",
    "CREATE TRIGGER IF NOT EXISTS reviews_searchtext_deleted AFTER DELETE ON reviews_searchtext BEGIN "
    "INSERT INTO reviews_searchwords (reviews_searchwords, rowid, scope, source, target) "
    "VALUES ('delete', OLD.segment_id, 'p' || OLD.project_id, OLD.source, OLD.target); END",
    "CREATE TRIGGER IF NOT EXISTS reviews_searchtext_updated AFTER UPDATE ON reviews_searchtext BEGIN "
    "INSERT INTO reviews_searchwords (reviews_searchwords, rowid, scope, source, target) "
    "VALUES ('delete', OLD.segment_id, 'p' || OLD.project_id, OLD.source, OLD.target); "
    "INSERT INTO reviews_searchwords (rowid, scope, source, target) "
    "VALUES (NEW.segment_id, 'p' || NEW.project_id, NEW.source, NEW.target); END",
)

_VECTORS = tuple(
    statement
    for column in ("source", "target")
    for statement in (
        f"ALTER TABLE reviews_searchtext ADD COLUMN IF NOT EXISTS {column}_words tsvector "
        f"GENERATED ALWAYS AS (to_tsvector('simple', {column})) STORED",
        f"CREATE INDEX IF NOT EXISTS search_text_{column} ON reviews_searchtext USING gin ({column}_words)",
    )
)


def install(database: BaseDatabaseWrapper) -> None:
    """Make the index where it is not there; of a table that is there already it takes up the rows."""
    tables = set(database.introspection.table_names())
    if SearchText._meta.db_table not in tables:
        return
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        if database.vendor == "postgresql":
            if not _has_vectors(cursor):
                for statement in _VECTORS:
                    cursor.execute(statement)
            return
        for statement in _FTS5:
            cursor.execute(statement)
        if "reviews_searchwords" not in tables:
            cursor.execute(
                "INSERT INTO reviews_searchwords (rowid, scope, source, target) "
                "SELECT segment_id, 'p' || project_id, source, target FROM reviews_searchtext"
            )


def _has_vectors(cursor: Any) -> bool:
    cursor.execute(
        "SELECT COUNT(*) FROM pg_indexes WHERE schemaname = ANY (current_schemas(false)) "
        "AND indexname IN ('search_text_source', 'search_text_target')"
    )
    return bool(cursor.fetchone()[0] == 2)


def install_after_migrate(*, using: str, **kwargs: Any) -> None:
    """The post_migrate receiver."""
    install(connections[using])
