"""Append-only tables refuse UPDATE, DELETE, REPLACE and TRUNCATE from raw SQL too."""

import sqlite3

import pytest
from django.db import IntegrityError, connection, transaction

from reviews.apps import append_only_tables_are_guarded
from reviews.editing.deciding import Seen, decide
from reviews.editing.saving import accept
from reviews.models import (
    Campaign,
    DecisionKind,
    Dismissal,
    DismissalUndo,
    ErrorAnnotation,
    Publication,
    QuoteProvenance,
    Rating,
)
from reviews.models.tally import TRIGGERS
from reviews.models.triggers import append_only_models, install, lift, missing
from tests.factories import make_cast, make_document, make_project, segments_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    """One row in every append-only table."""
    project = make_project()
    cast = make_cast(project)
    document = make_document(project, ["Guten Morgen."], references={"A": ["Good morning."]})
    segment = segments_of(document)[0]
    saved = accept(segment_id=segment.pk, person=cast["anna"], base=0)
    decide(
        segment_id=segment.pk,
        person=cast["ben"],
        kind=DecisionKind.APPROVED,
        seen=Seen(saved.revision.pk, saved.revision.source_hash),
    )
    Publication.objects.create(
        document=document,
        number=1,
        source_revision=document.current_source,
        body="{}",
        content_hash="0" * 64,
        state_hash="0" * 64,
        disclosure="x",
        published_by=cast["dora"],
        via="web",
    )
    dismissal = Dismissal.objects.create(
        project=project,
        document=document,
        segment=segment,
        scope="segment",
        key="0" * 64,
        number=1,
        check_name="numbers.value",
        check_version=1,
        person=cast["anna"],
    )
    DismissalUndo.objects.create(dismissal=dismissal, person=cast["anna"])
    QuoteProvenance.objects.create(
        document=document,
        segment=segment,
        number=1,
        language="en",
        wording="original",
        source_hash="0" * 64,
        person=cast["anna"],
    )
    campaign = Campaign.objects.create(project=project, name="esa-1", protocol="esa")
    rating = Rating.objects.create(
        campaign=campaign, hypothesis=segment.chosen, annotator="r1", number=1, value=80.0, content_hash="0" * 64
    )
    ErrorAnnotation.objects.create(rating=rating, ordinal=0, side="target", start=0, end=4, severity="minor")
    return document


def run(sql, *parameters):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


TABLES = [model._meta.db_table for model in append_only_models()]
#: Three that guard each of them, and those that count.
ALL_TRIGGERS = len(TABLES) * 3 + len(TRIGGERS)


@pytest.mark.parametrize("table", TABLES)
def test_a_row_cannot_be_updated(rows, table):
    with pytest.raises(IntegrityError, match="append-only"):
        run(f'UPDATE "{table}" SET id = id')


@pytest.mark.parametrize("table", TABLES)
def test_a_row_cannot_be_deleted(rows, table):
    with pytest.raises(IntegrityError, match="append-only"):
        run(f'DELETE FROM "{table}"')


def replace(model, row):
    """INSERT OR REPLACE past Django, as a tool that opens the file would."""
    values = [
        v.isoformat(" ") if hasattr(v, "isoformat") else str(v) if isinstance(v, list) else v for v in row.values()
    ]
    columns = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join("?" for _ in row)
    with transaction.atomic():
        connection.cursor().connection.execute(
            f'INSERT OR REPLACE INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})', values
        )


@pytest.mark.parametrize("model", append_only_models(), ids=lambda m: m.__name__)
def test_a_row_cannot_be_replaced(rows, model):
    row = model.objects.values().order_by("pk").last()
    if connection.vendor == "sqlite":
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            replace(model, row)
    else:
        table = model._meta.db_table
        with pytest.raises(IntegrityError, match="append-only"):
            run(
                f'INSERT INTO "{table}" SELECT * FROM "{table}" WHERE id = %s '
                "ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id",
                row["id"],
            )
    assert model.objects.values().get(pk=row["id"]) == row


@pytest.mark.parametrize("model", append_only_models(), ids=lambda m: m.__name__)
def test_a_row_cannot_be_replaced_by_way_of_another_unique_key(rows, model):
    if connection.vendor != "sqlite" or model.__name__ == "Decision":
        # REPLACE is SQLite's: on PostgreSQL the update trigger sees ON CONFLICT on any key. A decision has no
        # other key than its id.
        return
    row = model.objects.values().order_by("pk").last()
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        replace(model, row | {"id": row["id"] + 1000})


@pytest.mark.services
@pytest.mark.parametrize("table", TABLES)
def test_a_table_cannot_be_truncated(rows, table):
    assert connection.vendor == "postgresql", "this tier runs on PostgreSQL"
    connection.check_constraints()  # PostgreSQL truncates no table whose deferred constraints are unchecked
    with pytest.raises(IntegrityError, match="append-only"):
        run(f'TRUNCATE "{table}" CASCADE')


def test_the_system_check_names_missing_triggers():
    assert append_only_tables_are_guarded(databases=["default"]) == []
    lift(connection)
    lost = append_only_tables_are_guarded(databases=["default"])
    assert [error.id for error in lost] == ["reviews.E001"]
    assert str(ALL_TRIGGERS) in lost[0].msg
    install(connection)
    assert missing(connection) == []


def test_every_table_has_its_triggers():
    lift(connection)
    assert len(missing(connection)) == ALL_TRIGGERS
    install(connection)
