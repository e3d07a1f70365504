"""A departed person's name is removed: what they did stays proven, and says no longer by whom."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from reviews.editing.assignments import assign
from reviews.editing.claims import claim
from reviews.editing.departures import DepartureError, remove_name
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import save_revision
from reviews.models import (
    Assignment,
    AuditEvent,
    Document,
    Draft,
    Membership,
    Notice,
    Person,
    Project,
    Publication,
    Step,
    WorkItem,
    WorkState,
)
from reviews.models.audit import verify_stream
from reviews.models.states import verify
from reviews.publishing.offline import verify_record as offline
from reviews.publishing.record import review_record
from reviews.publishing.service import publish
from reviews.publishing.verifying import verify_in_place
from reviews.values import canonical_json
from tests.factories import PASSWORD, make_cast, make_document, make_person, segments_of
from tests.publishing import desk
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _heads(settings: Any, tmp_path: Any) -> None:
    settings.CHAIN_HEADS_FILE = str(tmp_path / "heads.jsonl")


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    return make_cast(project)


@pytest.fixture
def root() -> Person:
    return make_person("root", is_superuser=True, is_staff=True)


@pytest.fixture
def published(project: Project, cast: dict[str, Person], django_capture_on_commit_callbacks: Any) -> Publication:
    made = make_document(project)
    desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
    with django_capture_on_commit_callbacks(execute=True):
        return publish(document_id=made.pk, person=cast["dora"])


def test_nothing_leads_to_the_name_any_more(cast: dict[str, Person], root: Person) -> None:
    anna = cast["anna"]
    Person.objects.filter(pk=anna.pk).update(last_name="Example", email="anna@example.org")
    public_id = str(anna.public_id)
    departure = remove_name(person_id=anna.pk, by=root)
    assert (departure.person, departure.removed, departure.memberships) == (public_id, True, 1)
    gone = Person.objects.get(pk=anna.pk)
    assert (gone.first_name, gone.last_name, gone.email, gone.salt, gone.keys) == ("", "", "", "", {})
    assert (gone.username, str(gone.public_id)) == (f"removed-{public_id}", public_id)
    assert gone.shown_name.startswith("name removed on ")
    assert not gone.is_active
    assert not gone.has_usable_password()
    event = json.loads(AuditEvent.objects.get(action="person.name_removed").body)
    assert (event["person"]["id"], event["data"]) == (str(root.public_id), {"id": public_id})


def test_chains_and_records_stay_valid_and_say_that_the_name_is_gone(
    published: Publication, cast: dict[str, Person], root: Person
) -> None:
    before = review_record(published)
    for name in ("anna", "ben"):
        remove_name(person_id=cast[name].pk, by=root)
    assert verify_stream(f"document:{published.document_id}") == []
    assert verify(Document.objects.get(pk=published.document_id)) == []
    record = json.loads(canonical_json(review_record(Publication.objects.get(pk=published.pk))))
    verdict = verify_in_place(record)
    assert verdict.problems == []
    assert sum("name removed on " in note for note in verdict.notes) == 2
    assert offline.verify(record).problems == []
    assert (record["events"], record["rows"]) == (before["events"], json.loads(canonical_json(before["rows"])))
    # A record that was handed out before stays valid as well: it still has the names.
    assert offline.verify(json.loads(canonical_json(before))).problems == []
    text = canonical_json(record)
    assert not [name for name in ("Anna", "anna", "Ben", "ben") if f'"{name}"' in text]


def test_they_cannot_come_back_in(cast: dict[str, Person], root: Person) -> None:
    client = Client()
    client.force_login(cast["anna"])
    assert client.get("/").status_code == 200
    remove_name(person_id=cast["anna"].pk, by=root)
    assert client.get("/").status_code == 302
    assert not Client().login(username="anna", password=PASSWORD)
    assert not Membership.objects.filter(person=cast["anna"]).exists()


def test_their_work_goes_back_and_what_they_wrote_stays(
    project: Project, cast: dict[str, Person], root: Person
) -> None:
    given, taken = (make_document(project) for _ in range(2))
    items = [WorkItem.objects.create(project=project, document=made, step=Step.EDIT) for made in (given, taken)]
    assign(item_id=items[0].pk, person=cast["anna"], by=cast["dora"], reason="Her beat.")
    claim(item_id=items[1].pk, person=cast["anna"])
    segment = segments_of(taken)[0]
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Good day.", base=0)
    assert remove_name(person_id=cast["anna"].pk, by=root).work == 2
    assert set(WorkItem.objects.values_list("state", "assignee", "lease_owner")) == {(WorkState.OPEN, None, None)}
    assert not Assignment.objects.filter(ended_at=None).exists()
    segment.refresh_from_db()
    assert segment.latest_revision is not None
    assert segment.latest_revision.text == "Good day."
    assert not Notice.objects.filter(person=cast["anna"]).exists()


def test_a_refused_text_of_theirs_is_kept(project: Project, cast: dict[str, Person], root: Person) -> None:
    segment = segments_of(make_document(project))[0]
    save_revision(segment_id=segment.pk, person=cast["ben"], typed="His.", base=0)
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Hers, too late.", base=0)
    remove_name(person_id=cast["anna"].pk, by=root)
    assert list(Draft.objects.values_list("text", flat=True)) == ["Hers, too late."]


def test_twice_is_once(cast: dict[str, Person], root: Person) -> None:
    remove_name(person_id=cast["anna"].pk, by=root)
    at = Person.objects.get(pk=cast["anna"].pk).name_removed_at
    assert not remove_name(person_id=cast["anna"].pk, by=root).removed
    assert Person.objects.get(pk=cast["anna"].pk).name_removed_at == at
    assert AuditEvent.objects.filter(action="person.name_removed").count() == 1


def test_who_may(cast: dict[str, Person], root: Person) -> None:
    with pytest.raises(NotAllowedError):
        remove_name(person_id=cast["anna"].pk, by=cast["dora"])
    with pytest.raises(DepartureError, match="Nobody takes their own name away"):
        remove_name(person_id=root.pk, by=root)
    assert Person.objects.get(username="anna").salt


def test_the_command_says_what_it_would_do_and_then_does_it(cast: dict[str, Person], root: Person) -> None:
    out, err = io.StringIO(), io.StringIO()
    arguments = ("remove_name", "anna", "--by", "root", "--json")
    call_command(*arguments, "--dry-run", stdout=out, stderr=err, no_color=True)
    assert json.loads(out.getvalue())["dry_run"] is True
    assert "would be removed" in err.getvalue()
    assert Person.objects.filter(username="anna").exists()
    call_command(*arguments, stdout=io.StringIO(), stderr=err, no_color=True)
    assert not Person.objects.filter(username="anna").exists()


@pytest.mark.django_db(transaction=True)
def test_a_save_at_the_same_moment_is_whole_or_refused(project: Project) -> None:
    cast = make_cast(project)
    root = make_person("root", is_superuser=True)
    segment = segments_of(make_document(project))[0]

    def act(number: int) -> str:
        if number == 0:
            return str(remove_name(person_id=cast["anna"].pk, by=root).removed)
        try:
            save_revision(segment_id=segment.pk, person=cast["anna"], typed="A last word.", base=0)
        except NotAllowedError:
            return "refused"
        return "saved"

    removed, saved = at_once(act, 2)
    assert removed == "True"
    segment.refresh_from_db()
    assert (segment.latest_revision is not None) == (saved == "saved")
    assert verify_stream(f"document:{segment.document_id}") == []
    connection.close()
