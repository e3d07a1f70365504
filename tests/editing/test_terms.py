"""The door of the glossary: who may write, what the record tells, and two who write at once."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction

from reviews.editing.permissions import NotAllowedError
from reviews.editing.terms import (
    Imported,
    TermMovedError,
    add_term,
    change_term,
    import_terms,
    retire_term,
    value_of,
)
from reviews.glossary.terms import TermValue
from reviews.models import AuditEvent, Term
from reviews.models.audit import verify_stream
from tests.factories import make_project
from tests.threads import at_once

RAT = TermValue("Rat", "council")
LAND = TermValue("Bundesland", "federal state", "preferred", "not “province”")


@pytest.fixture
def door(project, cast):
    return {"project_id": project.pk, "person": cast["dora"]}


def standing(project):
    return [value_of(term) for term in Term.objects.in_force().filter(project=project).order_by("pk")]


def told(project):
    events = AuditEvent.objects.filter(stream=f"project:{project.pk}").order_by("number")
    assert verify_stream(f"project:{project.pk}") == []
    return [(event.action, json.loads(event.body)["data"]) for event in events]


def row(value):
    return {"source": value.source, "target": value.target, "use": value.use, "note": value.note}


def test_a_term_is_added_changed_and_retired_on_the_record(project, cast, door):
    term = add_term(**door, value=RAT)
    changed = change_term(**door, term_id=term.pk, value=LAND)
    assert standing(project) == [LAND]
    retire_term(**door, term_id=changed.pk)
    assert standing(project) == []
    assert told(project) == [
        ("glossary.added", row(RAT)),
        ("glossary.changed", {"before": row(RAT), "after": row(LAND)}),
        ("glossary.retired", row(LAND)),
    ]
    assert {term.retired_by for term in Term.objects.all()} == {cast["dora"]}


def test_a_change_to_the_same_is_none(project, door):
    term = add_term(**door, value=RAT)
    assert change_term(**door, term_id=term.pk, value=RAT) == term
    assert len(told(project)) == 1


@pytest.mark.parametrize("who", ["anna", "ben", "rolf", "carla"])
def test_only_a_desk_head_writes(project, cast, door, who):
    term = add_term(**door, value=RAT)
    as_other = door | {"person": cast[who]}
    for act in (
        lambda: add_term(**as_other, value=LAND),
        lambda: change_term(**as_other, term_id=term.pk, value=LAND),
        lambda: retire_term(**as_other, term_id=term.pk),
        lambda: import_terms(**as_other, values=[LAND]),
    ):
        with pytest.raises(NotAllowedError, match="change the glossary"):
            act()
    assert standing(project) == [RAT]


def test_a_term_stands_once_however_it_is_written(door):
    add_term(**door, value=TermValue("Großer Rat", "great council"))
    with pytest.raises(TermMovedError, match="stands in the glossary already"):
        add_term(**door, value=TermValue("großer rat", "great council", "avoid"))
    add_term(**door, value=TermValue("Großer Rat", "grand council"))


def test_a_change_does_not_land_on_another_term(project, door):
    add_term(**door, value=RAT)
    term = add_term(**door, value=LAND)
    with pytest.raises(TermMovedError, match="stands in the glossary already"):
        change_term(**door, term_id=term.pk, value=TermValue("Rat", "council", "avoid"))
    assert standing(project) == [RAT, LAND]


def test_what_is_gone_or_elsewhere_is_not_changed(project, cast, door):
    term = add_term(**door, value=RAT)
    other = make_project("other")
    other.memberships.create(person=cast["dora"], role="desk_head")
    with pytest.raises(TermMovedError, match="meanwhile"):
        retire_term(project_id=other.pk, person=cast["dora"], term_id=term.pk)
    change_term(**door, term_id=term.pk, value=LAND)
    for act in (
        lambda: change_term(**door, term_id=term.pk, value=RAT),
        lambda: retire_term(**door, term_id=term.pk),
    ):
        with pytest.raises(TermMovedError, match="meanwhile"):
            act()
    assert standing(project) == [LAND]


def test_a_table_adds_changes_and_leaves(project, door):
    add_term(**door, value=RAT)
    add_term(**door, value=LAND)
    new, other = TermValue("Ort", "place"), TermValue("rat", "council", "avoid")
    assert import_terms(**door, values=[new, other, LAND]) == Imported(added=1, changed=1, unchanged=1)
    assert standing(project) == [LAND, new, other]
    assert told(project)[2:] == [
        ("glossary.imported", {"added": [row(new)], "changed": [{"before": row(RAT), "after": row(other)}]})
    ]
    assert import_terms(**door, values=[new, other]) == Imported(0, 0, 2)
    assert len(told(project)) == 3


def test_the_database_keeps_a_term_from_standing_twice(door):
    term = add_term(**door, value=RAT)
    term.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        term.save()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_two_who_add_the_same_at_once_one_is_told(project, door):
    """Both wait for the project's row: the second finds the term of the first."""

    def add(_number):
        try:
            return add_term(**door, value=RAT).source
        except TermMovedError as error:
            return str(error)

    outcomes = at_once(add, 4)
    assert outcomes.count("Rat") == 1
    assert sum("stands in the glossary already" in outcome for outcome in outcomes) == 3
    assert standing(project) == [RAT]
    assert len(told(project)) == 1
