"""Who is told what, once, and what a notice never says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviews import pipeline
from reviews.editing.assignments import assign, unassign
from reviews.editing.deciding import Seen, decide
from reviews.models import (
    Assignment,
    Decision,
    DecisionKind,
    Document,
    Membership,
    Notice,
    NoticeKind,
    Person,
    Project,
    Role,
    Segment,
    Skill,
    SourceRevision,
    Step,
    WorkItem,
    WorkState,
)
from reviews.models.triggers import install, lift
from reviews.notices import service
from reviews.notices.kinds import KINDS
from reviews.notices.service import KEPT, Telling, tell
from tests.factories import make_document, make_person, make_project
from tests.threads import at_once

from .desk import at, change_source, nobody_told_but, send_back, told, write

pytestmark = pytest.mark.django_db

#: Far from today: what is given to people here was given before.
NOW = datetime(2099, 12, 1, 12, tzinfo=UTC)
SOON = NOW + timedelta(minutes=90)
SENTENCES = ["Guten Morgen.", "Es regnet in Kiel.", "Der Zug hält.", "Es schneit."]


@pytest.fixture
def document(project):
    return make_document(project, SENTENCES, title="Bahn hält wieder")


def make_item(document, step=Step.EDIT, state=WorkState.OPEN, **columns):
    return WorkItem.objects.create(
        project=document.project, document=document, step=step, state=state, sort_key="1", **columns
    )


# --- sent back ----------------------------------------------------------------------------------------------


def test_who_wrote_a_text_and_who_marked_it_as_reviewed_are_told_that_it_was_sent_back(document, cast):
    write(at(document, 1), cast["anna"])
    reviewed_again(at(document, 1), cast["dora"])
    send_back(cast["ben"], at(document, 1))
    assert told(cast["anna"]) == told(cast["dora"]) == ["A text of yours was sent back."]
    assert nobody_told_but(cast["anna"], cast["dora"])
    assert {notice.segment_id for notice in Notice.objects.all()} == {at(document, 1).pk}


def reviewed_again(segment, person):
    revision = segment.latest_revision
    seen = Seen(revision.pk, revision.source_hash)
    decide(segment_id=segment.pk, person=person, kind=DecisionKind.REOPENED, seen=seen, reason="One more look.")
    decide(segment_id=segment.pk, person=person, kind=DecisionKind.REVIEWED, seen=seen)


def test_nobody_is_told_of_what_they_did_themselves(document, cast):
    Project.objects.update(four_eyes=False)
    write(at(document, 0), cast["ben"])
    send_back(cast["ben"], at(document, 0))
    assert not Notice.objects.exists()


def test_several_texts_in_one_act_are_one_notice_and_the_next_act_is_another(document, cast):
    for place in range(4):
        write(at(document, place), cast["anna"])
    send_back(cast["ben"], at(document, 2), at(document, 1))
    assert told(cast["anna"]) == ["2 texts of yours were sent back."]
    assert Notice.objects.get().segment_id == at(document, 1).pk
    pipeline.after_decision(document.pk)
    send_back(cast["ben"], at(document, 3))
    assert told(cast["anna"])[1:] == ["A text of yours was sent back."]


def test_a_text_that_is_sent_back_again_is_told_again(document, cast):
    for text in ("First.", "Second."):
        write(at(document, 0), cast["anna"], text)
        send_back(cast["ben"], at(document, 0))
    assert told(cast["anna"]) == ["A text of yours was sent back."] * 2


# --- the original changed -----------------------------------------------------------------------------------


def test_authors_are_told_how_many_of_their_originals_changed_and_holders_that_they_did(document, cast):
    write(at(document, 0), cast["anna"])
    write(at(document, 1), cast["anna"])
    write(at(document, 2), cast["ben"])
    item = WorkItem.objects.get(step=Step.EDIT)
    assign(item_id=item.pk, person=cast["ben"], by=cast["dora"], reason="Knows it.")
    Notice.objects.all().delete()
    change_source(document, cast["dora"], {0: "Guten Abend.", 1: "Es regnet in Bonn.", 3: "Es taut."})
    assert told(cast["anna"]) == ["The originals of 2 texts of yours changed."]
    assert told(cast["ben"]) == ["The original changed while you have work on the article."]
    assert nobody_told_but(cast["anna"], cast["ben"])
    assert Notice.objects.get(person=cast["anna"]).segment_id == at(document, 0).pk


def test_a_change_is_told_once_and_the_next_one_counts_its_own_texts(document, cast):
    write(at(document, 0), cast["anna"])
    write(at(document, 1), cast["anna"])
    change_source(document, None, {0: "Guten Abend.", 1: "Es regnet in Bonn."})
    pipeline.rescore(document)
    change_source(document, None, {1: "Es regnet in Ulm."})
    change_source(document, cast["anna"], {1: "Es regnet in Jena."})
    assert told(cast["anna"]) == [
        "The originals of 2 texts of yours changed.",
        "The original of a text of yours changed.",
    ]


def test_a_new_article_and_a_new_translation_tell_nobody(document, cast):
    write(at(document, 0), cast["anna"])
    pipeline.rescore(document)
    assert not Notice.objects.exists()


# --- given ----------------------------------------------------------------------------------------------


def give(item, person, by):
    with transaction.atomic():
        assign(item_id=item.pk, person=person, by=by, reason="Katja wants it.")
        pipeline.after_assignment(Document.objects.get(pk=item.document_id))


def test_work_that_is_given_is_told_with_its_time_and_again_when_it_is_given_again(document, cast):
    item = make_item(document, Step.SPECIALIST, skill="law", due_at=NOW.replace(day=4, hour=17, minute=30))
    for name in ("anna", "ben"):
        Skill.objects.create(project=document.project, person=cast[name], name="law")
    for name in ("anna", "ben", "anna"):
        give(item, cast[name], cast["dora"])
    pipeline.after_assignment(document)
    words = "The article was given to you to read as a specialist (law), due Friday 4 December at 18:30."
    assert told(cast["anna"]) == [words, words]
    assert told(cast["ben"]) == [words]
    assert nobody_told_but(cast["anna"], cast["ben"])


def test_who_takes_work_themselves_is_not_told_and_who_gets_it_by_rule_is(document, cast):
    give(make_item(document), cast["dora"], cast["dora"])
    assert not Notice.objects.exists()
    item = make_item(make_document(document.project), assignee=cast["anna"])
    Assignment.objects.create(item=item, person=cast["anna"], reason="Has the least to do.")
    pipeline.after_decision(item.document_id)
    assert told(cast["anna"]) == ["The article was given to you to edit."]


def test_what_was_taken_back_before_it_could_be_told_is_not_told(document, cast):
    item = make_item(document)
    assign(item_id=item.pk, person=cast["anna"], by=cast["dora"], reason="Knows it.")
    unassign(item_id=item.pk, by=cast["dora"], reason="A mistake.")
    pipeline.after_assignment(document)
    assert not Notice.objects.exists()


# --- deadlines ----------------------------------------------------------------------------------------------


def test_who_has_work_is_told_when_it_is_due_soon_and_desk_heads_when_nobody_has_it(project, cast):
    taken = make_item(
        make_document(project, deadline_at=SOON),
        state=WorkState.LEASED,
        lease_owner=cast["anna"],
        lease_until=NOW,
        lease_token="00000000-0000-0000-0000-000000000001",
    )
    given = make_item(make_document(project), due_at=SOON, assignee=cast["ben"])
    make_item(make_document(project, deadline_at=SOON), Step.APPROVE)
    assert service.tell_deadlines(NOW) == 3
    assert service.tell_deadlines(NOW + timedelta(minutes=1)) == 0
    assert told(cast["anna"]) == told(cast["ben"]) == ["Your work on the article is due Tuesday 1 December at 14:30."]
    assert told(cast["dora"]) == ["Nobody has taken it to approve; it is due Tuesday 1 December at 14:30."]
    assert {Notice.objects.get(person=cast[name]).document_id for name in ("anna", "ben")} == {
        taken.document_id,
        given.document_id,
    }


def test_a_deadline_that_moves_is_told_again(project, cast):
    item = make_item(make_document(project), due_at=SOON, assignee=cast["ben"])
    service.tell_deadlines(NOW)
    WorkItem.objects.filter(pk=item.pk).update(due_at=SOON - timedelta(minutes=30))
    service.tell_deadlines(NOW)
    assert [text[-5:] for text in told(cast["ben"])] == ["4:30.", "4:00."]


def test_what_is_not_to_be_done_now_or_not_due_soon_is_told_to_nobody(project, cast):
    for columns in (
        {"due_at": NOW + timedelta(minutes=121)},
        {"due_at": NOW - timedelta(minutes=1)},
        {"due_at": SOON, "state": WorkState.WAITING},
        {"due_at": SOON, "state": WorkState.DONE},
        {},
    ):
        make_item(make_document(project), **columns)
    # The time of the work goes before that of the article.
    make_item(make_document(project, deadline_at=SOON), due_at=NOW + timedelta(hours=5))
    archived = make_project("old", archived_at=NOW)
    make_item(make_document(archived), due_at=SOON)
    Membership.objects.create(project=archived, person=cast["dora"], role=Role.DESK_HEAD)
    assert service.tell_deadlines(NOW) == 0


def test_each_project_has_its_lead_time(project, cast):
    Project.objects.filter(pk=project.pk).update(deadline_lead=60)
    make_item(make_document(project), due_at=SOON, assignee=cast["ben"])
    assert service.tell_deadlines(NOW) == 0
    assert service.tell_deadlines(NOW + timedelta(minutes=30)) == 1
    Project.objects.filter(pk=project.pk).update(deadline_lead=0)
    make_item(make_document(project), due_at=SOON, assignee=cast["ben"])
    assert service.tell_deadlines(NOW + timedelta(minutes=45)) == 0


def test_who_was_given_the_work_within_the_lead_time_knows_when_it_is_due(project, cast):
    item = make_item(make_document(project), due_at=SOON, assignee=cast["ben"])
    given = Assignment.objects.create(item=item, person=cast["ben"], reason="Knows it.")
    Assignment.objects.filter(pk=given.pk).update(created_at=SOON - timedelta(minutes=119))
    assert service.tell_deadlines(NOW) == 0
    Assignment.objects.filter(pk=given.pk).update(created_at=SOON - timedelta(minutes=121))
    assert service.tell_deadlines(NOW) == 1


def test_a_sweep_that_has_told_everything_asks_as_often_for_many_as_for_few(project, cast):
    asked = []
    for _ in range(2):
        for _ in range(4):
            make_item(make_document(project), due_at=SOON)
        service.tell_deadlines(NOW)
        with CaptureQueriesContext(connection) as captured:
            service.tell_deadlines(NOW)
        asked.append(len(captured))
    assert asked[0] == asked[1] <= 8


# --- to whom, and how often -----------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", ["left the project", "left the house", "project is archived"])
def test_who_does_not_belong_to_the_project_any_more_is_not_told(document, cast, gone):
    write(at(document, 0), cast["anna"])
    if gone == "left the project":
        Membership.objects.filter(person=cast["anna"]).delete()
    elif gone == "left the house":
        Person.objects.filter(pk=cast["anna"].pk).update(is_active=False)
    else:
        Project.objects.update(archived_at=timezone.now())
    send_back(cast["ben"], at(document, 0))
    change_source(document, None, {0: "Guten Abend."})
    assert not Notice.objects.exists()


def test_notices_that_were_read_go_after_a_while_and_what_they_told_is_not_told_again(document, cast):
    write(at(document, 0), cast["anna"])
    send_back(cast["ben"], at(document, 0))
    write(at(document, 1), cast["anna"])
    change_source(document, None, {1: "Es regnet in Bonn."})
    assert len(told(cast["anna"])) == 2
    later = timezone.now() + KEPT + timedelta(minutes=1)
    assert service.forget_old(later) == 0
    assert service.mark_read(Notice.objects.all()) == 2
    assert service.forget_old(later - timedelta(minutes=2)) == 0
    assert service.forget_old(later) == 2
    age(document)
    pipeline.after_decision(document.pk)
    pipeline.rescore(document)
    assert not Notice.objects.exists()


def age(document):
    """Make everything that happened in the article happen before KEPT."""
    long_ago = timezone.now() - KEPT - timedelta(minutes=1)
    lift(connection)
    try:
        Decision.objects.update(created_at=long_ago)
        SourceRevision.objects.update(created_at=long_ago)
    finally:
        install(connection)


def test_a_notice_names_nobody_and_quotes_nothing(document, cast):
    """Whoever reviews blind may get any of these; what they may not know must not be in them."""
    for place in range(4):
        write(at(document, place), cast["anna"], f"A sentence of Anna {place}.")
    send_back(cast["ben"], at(document, 0))
    change_source(document, cast["dora"], {1: "Es regnet in Bonn."})
    blind = make_item(document, Step.BLIND, due_at=SOON)
    give(blind, make_colleague(document.project), cast["dora"])
    service.tell_deadlines(NOW)
    # What desk heads are told of a published article stands in test_outdated.py, word by word.
    assert set(Notice.objects.values_list("kind", flat=True)) == set(NoticeKind.values) - {NoticeKind.OUTDATED}
    names = [word for person in cast.values() for word in (person.username, person.first_name)]
    for text in Notice.objects.values_list("text", flat=True):
        for secret in [*names, "Katja", *SENTENCES, "sentence", "Bonn", document.title]:
            assert secret.lower() not in text.lower()


def make_colleague(project):
    person = make_person("erik")
    Membership.objects.create(project=project, person=person, role=Role.EDITOR)
    return person


def test_every_kind_is_registered_with_its_words():
    assert {kind.kind for kind in KINDS} == set(NoticeKind)
    for kind in KINDS:
        assert kind.heading
        assert kind.told.endswith(".")


@pytest.mark.django_db(transaction=True)
def test_what_many_tell_at_once_is_told_once(project, cast):
    documents = [make_document(project) for _ in range(3)]
    for document in documents:
        make_item(document, due_at=SOON)
        make_item(document, Step.APPROVE, due_at=SOON, assignee=cast["ben"])

    def sweep(number: int) -> int:
        service.tell_deadlines(NOW)
        for document in documents[:: 1 if number % 2 else -1]:
            with transaction.atomic():
                tellings = [Telling(cast[name].pk, "decision:7", "Sent back.") for name in ("ben", "anna")]
                tell(document, NoticeKind.SENT_BACK, tellings)
        return number

    at_once(sweep, 6)
    assert Notice.objects.filter(kind=NoticeKind.DEADLINE).count() == 6
    assert sorted(told(cast["anna"])) == ["Sent back."]


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_undone_tells_nobody(document, cast):
    write(at(document, 0), cast["anna"])
    with transaction.atomic():
        send_back(cast["ben"], at(document, 0))
        transaction.set_rollback(True)
    assert Segment.objects.filter(state="sent_back").count() == Notice.objects.count() == 0
