"""The audit chain."""

import json

import pytest
from django.db import transaction

from reviews.models import AuditEvent
from reviews.models.audit import GENESIS, append_event, verify_stream
from reviews.models.triggers import install, lift
from tests.factories import make_cast, make_document, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def document():
    return make_document(make_project())


def test_events_follow_one_another(document):
    person = make_cast(document.project)["anna"]
    first = append_event(document, action="a", person=person, data={"n": 1})
    second = append_event(document, action="b", person=None, data={})
    assert (first.number, first.previous) == (1, GENESIS)
    assert (second.number, second.previous) == (2, first.hash)
    assert verify_stream(f"document:{document.pk}") == []


def test_a_person_is_named_by_public_id_and_salted_hash_only(document):
    person = make_cast(document.project)["anna"]
    body = append_event(document, action="a", person=person, data={}).body
    assert json.loads(body)["person"] == {"id": str(person.public_id), "name": person.name_hash()}
    assert "Anna" not in body
    person.first_name, person.username, person.salt = "", "gone", ""
    person.save()
    assert verify_stream(f"document:{document.pk}") == []


def test_streams_do_not_mix(document):
    append_event(document, action="a", person=None, data={})
    event = append_event(document.project, action="a", person=None, data={})
    assert (event.stream, event.number) == (f"project:{document.project_id}", 1)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused():
    document = make_document(make_project())
    with pytest.raises(transaction.TransactionManagementError):
        append_event(document, action="a", person=None, data={})


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"body": "{}"}, "was changed after it was written"),
        ({"number": 7}, "event 2 is missing before 3"),
        ({"previous": "f" * 64}, "does not follow event 1"),
    ],
)
def test_tampering_shows(document, change, complaint):
    from django.db import connection

    for action in "abc":
        append_event(document, action=action, person=None, data={})
    lift(connection)
    AuditEvent.objects.filter(stream=f"document:{document.pk}", number=2).update(**change)
    install(connection)
    assert any(complaint in problem for problem in verify_stream(f"document:{document.pk}"))
