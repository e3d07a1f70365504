"""Keeping how far somebody has seen an article, so that they can be told what is new. No act of record."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone

from reviews.models import Document, Person, Visit

#: Whoever comes back after so long sits down to the article anew: what came before then is no longer new to them.
SITTING = timedelta(minutes=30)


def note_visit(document: Document, person: Person, number: int) -> int:
    """The person has the article before them as it stood after its event `number`; the one it is new to them after.

    One statement, so that two tabs at once make one visit of it; an older page that is still open changes nothing.
    """
    table = Visit._meta.db_table
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (person_id, document_id, seen_number, since_number, at) "  # noqa: S608
            "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (person_id, document_id) DO UPDATE SET "
            f"since_number = CASE WHEN {table}.at < %s THEN {table}.seen_number ELSE {table}.since_number END, "
            f"seen_number = excluded.seen_number, at = excluded.at WHERE {table}.seen_number <= excluded.seen_number "
            "RETURNING since_number",
            [
                person.pk,
                document.pk,
                number,
                number,
                connection.ops.adapt_datetimefield_value(now),
                connection.ops.adapt_datetimefield_value(now - SITTING),
            ],
        )
        row = cursor.fetchone()
    return number if row is None else int(row[0])
