"""Publishing: through the gate, frozen, numbered, once."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from reviews.checks.runner import check_targets
from reviews.editing.permissions import NotAllowedError
from reviews.models import (
    AuditEvent,
    CheckedPair,
    Decision,
    DecisionKind,
    Document,
    Membership,
    Person,
    Project,
    Publication,
    Revision,
    Role,
    SegmentState,
)
from reviews.models.audit import verify_stream
from reviews.models.states import verify
from reviews.publishing.gate import gate
from reviews.publishing.service import AlreadyPublishedError, GateClosedError, Note, NoteError, publish
from reviews.values import CodedText, canonical_json, sha256_hex
from tests.factories import make_cast, make_document, make_person, make_project, segments_of
from tests.threads import at_once

from . import desk

SOURCES = ("Guten Morgen.", "Das Amt ist zu.", "Seit 14 Tagen.", "Es regnet in Kiel.")
ENGLISH: tuple[Any, ...] = (
    "Good morning.",
    ("The office has been closed for 14 days.", 2),
    "",
    "It is raining in Kiel.",
)
GREETING = Note("update", "The greeting is another one.")
DISCLOSURE = (
    "This article was originally published in German. It was translated with technical assistance and editorially "
    "reviewed before publication."
)


@pytest.fixture
def project(db: None) -> Project:
    return make_project()


@pytest.fixture
def cast(project: Project) -> dict[str, Person]:
    return make_cast(project)


@pytest.fixture
def document(project: Project, cast: dict[str, Person]) -> Document:
    """An article whose gate is open."""
    made = make_document(project, SOURCES, {"engine-a": ENGLISH}, external_id="nx-1")
    return desk.work_through(made, editor=cast["anna"], approver=cast["ben"])


def body_of(publication: Publication) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(Publication.objects.get(pk=publication.pk).body)
    return body


def test_the_first_publication_has_the_number_one(document: Document, cast: dict[str, Person]) -> None:
    publication = publish(document_id=document.pk, person=cast["dora"])
    assert (publication.number, publication.published_by, publication.via) == (1, cast["dora"], "web")
    document.refresh_from_db()
    assert document.latest_publication == publication
    assert document.state == "published"
    assert verify(document) == []


def test_how_long_after_the_original_the_translation_was_out_is_kept_once(
    document: Document, cast: dict[str, Person]
) -> None:
    Document.objects.update(published_at=document.created_at - timedelta(hours=3))
    first = publish(document_id=document.pk, person=cast["dora"])
    out = Document.objects.get()
    assert out.first_published_at is not None
    assert abs(out.first_published_at - first.created_at) < timedelta(seconds=5)
    assert out.lag_seconds is not None
    assert 3 * 3600 <= out.lag_seconds < 3 * 3600 + 300
    segment = segments_of(document)[0]
    desk.save(segment, cast["anna"], "Good morning, Kiel.")
    desk.approve(segment, cast["ben"])
    check_targets(document.pk)
    publish(document_id=document.pk, person=cast["dora"], note=GREETING)
    again = Document.objects.get()
    assert (again.first_published_at, again.lag_seconds) == (out.first_published_at, out.lag_seconds)


def test_the_hash_is_that_of_the_frozen_body(document: Document, cast: dict[str, Person]) -> None:
    publication = Publication.objects.get(pk=publish(document_id=document.pk, person=cast["dora"]).pk)
    assert publication.content_hash == sha256_hex(publication.body)
    assert publication.body == canonical_json(json.loads(publication.body))
    changed = publication.body.replace("Good morning.", "Good evening.")
    assert sha256_hex(changed) != publication.content_hash


def test_the_texts_in_the_body_have_the_hashes_they_were_approved_under(
    document: Document, cast: dict[str, Person]
) -> None:
    body = body_of(publish(document_id=document.pk, person=cast["dora"]))
    assert [row["source"]["text"] for row in body["segments"]] == list(SOURCES)
    assert [row["target"] and row["target"]["text"] for row in body["segments"]] == [
        "Good morning.",
        "The office has been closed for 14 days.",
        None,
        "It is raining in Kiel.",
    ]
    for row in body["segments"]:
        assert CodedText.from_json(row["source"]["text"], row["source"]["codes"]).content_hash == row["source"]["hash"]
        if row["target"]:
            target = row["target"]
            assert CodedText.from_json(target["text"], target["codes"]).content_hash == target["hash"]
            approval = Decision.objects.get(pk=target["approved"]["decision"])
            assert (approval.source_hash, approval.target_hash) == (target["source_hash"], target["hash"])
            assert approval.revision_id == target["revision"]


def test_a_text_for_several_segments_stands_with_the_first(document: Document, cast: dict[str, Person]) -> None:
    first, second, third, _ = body_of(publish(document_id=document.pk, person=cast["dora"]))["segments"]
    assert (first["target"]["covers"], second["target"]["covers"]) == (1, 2)
    assert (third["target"], third["covered_by"]) == (None, second["segment"])


def test_the_body_says_who_reviewed_and_who_approved_and_by_which_decision(
    document: Document, cast: dict[str, Person]
) -> None:
    body = body_of(publish(document_id=document.pk, person=cast["dora"]))
    anna, ben, dora = (cast[name] for name in ("anna", "ben", "dora"))
    assert body["published"]["by"] == str(dora.public_id)
    assert body["people"] == {
        str(anna.public_id): {"name_hash": anna.name_hash(), "roles": ["editor"]},
        str(ben.public_id): {"name_hash": ben.name_hash(), "roles": ["approver", "editor"]},
        str(dora.public_id): {"name_hash": dora.name_hash(), "roles": ["desk_head"]},
    }
    target = body["segments"][0]["target"]
    review, approval = Decision.objects.filter(segment=body["segments"][0]["segment"]).order_by("pk")
    assert target["author"] == str(anna.public_id)
    assert target["origin"] == "accepted"
    assert (target["reviewed"]["by"], target["reviewed"]["decision"]) == (str(anna.public_id), review.pk)
    assert (target["approved"]["by"], target["approved"]["decision"]) == (str(ben.public_id), approval.pk)
    assert target["started_from"]["system"] == "engine-a"
    assert target["derived_from"] == [{"system": "engine-a", "kept": 1.0}]


def test_the_body_holds_the_reason_of_a_passage_left_out(document: Document, cast: dict[str, Person]) -> None:
    segment = segments_of(document)[3]
    desk.leave_out(segment, cast["anna"], DecisionKind.OMITTED, "Only of local interest.")
    desk.approve(segment, cast["ben"])
    target = body_of(publish(document_id=document.pk, person=cast["dora"]))["segments"][3]["target"]
    assert target["text"] == ""
    assert (target["reviewed"]["kind"], target["reviewed"]["reason"]) == ("omitted", "Only of local interest.")


def test_the_body_names_source_document_and_disclosure(document: Document, cast: dict[str, Person]) -> None:
    body = body_of(publish(document_id=document.pk, person=cast["dora"]))
    source = document.current_source
    assert source is not None
    assert (body["format"], body["document"], body["project"]) == ("publication/2", "nx-1", "desk")
    assert (body["source_lang"], body["target_lang"], body["number"]) == ("de", "en", 1)
    assert (body["source_revision"]["number"], body["source_revision"]["hash"]) == (1, source.content_hash)
    assert body["disclosure"] == DISCLOSURE
    times = [body["times"][name] for name in ("imported", "first_saved", "last_saved", "last_approved")]
    assert times == sorted(times)
    assert body["published"]["at"] >= times[-1]


def test_no_name_is_frozen(document: Document, cast: dict[str, Person]) -> None:
    publication = publish(document_id=document.pk, person=cast["dora"], via="command line")
    for name in ("Anna", "anna", "Ben", "Dora", "dora"):
        assert name not in publication.body


def test_no_time_in_the_body_belongs_to_a_single_segment(document: Document, cast: dict[str, Person]) -> None:
    """Times of decisions one by one would show how fast a person works."""
    body = body_of(publish(document_id=document.pk, person=cast["dora"]))
    year = str(document.created_at.year)
    assert year in canonical_json(body["times"])
    assert year not in canonical_json(body["segments"])


def test_the_project_s_own_line_takes_the_standard_line_s_place(
    document: Document, cast: dict[str, Person], project: Project
) -> None:
    project.disclosure = "Aus dem Deutschen, geprüft."
    project.save()
    publication = publish(document_id=document.pk, person=cast["dora"])
    assert publication.disclosure == body_of(publication)["disclosure"] == "Aus dem Deutschen, geprüft."


def test_the_record_of_the_article_tells_of_it(document: Document, cast: dict[str, Person]) -> None:
    publication = publish(document_id=document.pk, person=cast["dora"], via="command line")
    event = AuditEvent.objects.get(stream=f"document:{document.pk}", action="publication.released")
    body = json.loads(event.body)
    assert body["data"]["content_hash"] == publication.content_hash
    assert (body["data"]["number"], body["via"]) == (1, "command line")
    assert body["person"]["id"] == str(cast["dora"].public_id)
    assert verify_stream(f"document:{document.pk}") == []


def test_the_same_content_is_not_published_again(document: Document, cast: dict[str, Person]) -> None:
    publish(document_id=document.pk, person=cast["dora"])
    events = AuditEvent.objects.count()
    with pytest.raises(AlreadyPublishedError, match="already published as number 1"):
        publish(document_id=document.pk, person=cast["dora"])
    assert Publication.objects.count() == 1
    assert AuditEvent.objects.count() == events


def test_a_changed_text_closes_the_gate_and_the_next_publication_has_the_next_number(
    document: Document, cast: dict[str, Person]
) -> None:
    first = publish(document_id=document.pk, person=cast["dora"])
    segment = segments_of(document)[0]
    desk.save(segment, cast["anna"], "Good morning, Kiel.")
    document.refresh_from_db()
    assert document.state == "reviewed"
    assert [item.code for item in gate(document)] == ["reviewed"]
    with pytest.raises(GateClosedError):
        publish(document_id=document.pk, person=cast["dora"])
    desk.approve(segment, cast["ben"])
    check_targets(document.pk)
    document.refresh_from_db()
    assert document.state == "approved"
    second = publish(document_id=document.pk, person=cast["dora"], note=GREETING)
    assert second.number == 2
    assert second.content_hash != first.content_hash
    assert body_of(second)["segments"][0]["target"]["text"] == "Good morning, Kiel."
    assert body_of(first)["segments"][0]["target"]["text"] == "Good morning."
    document.refresh_from_db()
    assert (document.state, document.latest_publication) == ("published", second)
    assert verify(document) == []


def test_an_earlier_text_brought_back_is_a_publication_of_its_own(document: Document, cast: dict[str, Person]) -> None:
    for number, text in enumerate(("Good morning.", "Morning.", "Good morning."), 1):
        segment = segments_of(document)[0]
        if number > 1:
            desk.save(segment, cast["anna"], text)
            desk.approve(segment, cast["ben"])
            check_targets(document.pk)
        note = GREETING if number > 1 else None
        assert publish(document_id=document.pk, person=cast["dora"], note=note).number == number


def changed_after_release(document: Document, cast: dict[str, Person], text: str = "Good morning, Kiel.") -> None:
    """Published, and then another greeting is approved."""
    publish(document_id=document.pk, person=cast["dora"])
    segment = segments_of(document)[0]
    desk.save(segment, cast["anna"], text)
    desk.approve(segment, cast["ben"])
    check_targets(document.pk)


def test_readers_are_told_what_changed(document: Document, cast: dict[str, Person]) -> None:
    changed_after_release(document, cast)
    second = publish(
        document_id=document.pk, person=cast["dora"], note=Note("correction", "  The greeting names Kiel. ")
    )
    assert (second.note_kind, second.note) == ("correction", "The greeting names Kiel.")
    body = body_of(second)
    (told,) = body["notes"]
    assert (told["number"], told["kind"], told["text"]) == (2, "correction", "The greeting names Kiel.")
    assert body["published"]["first"] < body["published"]["at"] == told["at"]
    desk.save(segments_of(document)[0], cast["anna"], "Good morning, Flensburg.")
    desk.approve(segments_of(document)[0], cast["ben"])
    check_targets(document.pk)
    third = publish(document_id=document.pk, person=cast["dora"], note=Note("update", "It is Flensburg."))
    assert [(told["number"], told["kind"]) for told in body_of(third)["notes"]] == [(2, "correction"), (3, "update")]


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (None, "The English changed since publication number 1. Tell readers in a sentence what is otherwise now."),
        (Note("correction", "  "), "The English changed since publication number 1."),
        (Note("apology", "Sorry."), "Say whether it is a correction or an update."),
        (Note("update", "x" * 1001), "Keep the note to readers under 1,000 characters."),
    ],
)
def test_a_change_without_a_note_to_readers_is_not_published(
    document: Document, cast: dict[str, Person], note: Note | None, words: str
) -> None:
    changed_after_release(document, cast)
    with pytest.raises(NoteError) as refused:
        publish(document_id=document.pk, person=cast["dora"], note=note)
    assert str(refused.value).startswith(words)
    assert Publication.objects.count() == 1


def test_a_first_publication_has_nothing_to_tell(document: Document, cast: dict[str, Person]) -> None:
    with pytest.raises(NoteError, match="Nothing was published before"):
        publish(document_id=document.pk, person=cast["dora"], note=GREETING)


# --- the address --------------------------------------------------------------------------------------


def test_the_address_stays_what_it_was_when_readers_first_had_it(project: Project, cast: dict[str, Person]) -> None:
    made = make_document(
        project, ["Guten Morgen.", "guten-morgen"], {"engine-a": ["Hello.", "good-morning"]}, kinds=["headline", "slug"]
    )
    desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
    publish(document_id=made.pk, person=cast["dora"])
    made.refresh_from_db()
    assert made.slug == "good-morning"
    headline, slug = segments_of(made)
    desk.save(slug, cast["anna"], "hello")
    desk.approve(slug, cast["ben"])
    check_targets(made.pk)
    (missing,) = gate(Document.objects.get(pk=made.pk))
    assert (missing.code, missing.segment, missing.check) == ("slug", slug.pk, "")
    assert "out under the address “good-morning”, which stays" in missing.reason
    desk.save(slug, cast["anna"], "good-morning")
    desk.approve(slug, cast["ben"])
    desk.save(headline, cast["anna"], "Hi.")
    desk.approve(headline, cast["ben"])
    check_targets(made.pk)
    assert publish(document_id=made.pk, person=cast["dora"], note=GREETING).number == 2


# --- the gate's list ----------------------------------------------------------------------------------


def test_what_is_missing_is_listed_and_nothing_is_written(document: Document, cast: dict[str, Person]) -> None:
    CheckedPair.objects.all().delete()
    events = AuditEvent.objects.count()
    with pytest.raises(GateClosedError, match="cannot be published yet: 3 things are missing") as caught:
        publish(document_id=document.pk, person=cast["dora"])
    assert [item.position for item in caught.value.missing] == [1, 2, 4]
    document.refresh_from_db()
    assert (Publication.objects.count(), AuditEvent.objects.count()) == (0, events)
    assert (document.state, document.latest_publication) == ("approved", None)


@pytest.mark.parametrize("name", ["anna", "ben", "rolf", "carla"])
def test_only_a_desk_head_publishes(document: Document, cast: dict[str, Person], name: str) -> None:
    with pytest.raises(NotAllowedError, match="that takes the role desk head"):
        publish(document_id=document.pk, person=cast[name])
    assert Publication.objects.count() == 0
    publish(document_id=document.pk, person=cast["dora"])


def test_a_desk_head_who_left_publishes_nothing(document: Document, cast: dict[str, Person]) -> None:
    cast["dora"].is_active = False
    cast["dora"].save()
    with pytest.raises(NotAllowedError):
        publish(document_id=document.pk, person=cast["dora"])


def test_a_publication_cannot_be_changed(document: Document, cast: dict[str, Person]) -> None:
    publish(document_id=document.pk, person=cast["dora"])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Publication.objects.update(body="{}")


@pytest.fixture
def with_alarm(document: Document, cast: dict[str, Person]) -> Document:
    """An approved article with one critical finding."""
    desk.save(segments_of(document)[1], cast["anna"], "The office has been closed for 41 days.")
    desk.approve(segments_of(document)[1], cast["ben"])
    check_targets(document.pk)
    return document


def test_a_critical_finding_is_waived_by_its_check_with_a_reason(with_alarm: Document, cast: dict[str, Person]) -> None:
    reason = "The agency corrected the figure to 41 this morning."
    publication = publish(document_id=with_alarm.pk, person=cast["dora"], waivers={"numbers.value": reason})
    (waived,) = body_of(publication)["waived"]
    assert (waived["check"], waived["segment"]) == ("numbers.value", segments_of(with_alarm)[1].pk)
    assert waived["reason"] == reason
    assert "41" in waived["finding"]
    event = AuditEvent.objects.get(action="publication.released")
    assert json.loads(event.body)["data"]["waived"] == [waived]


@pytest.mark.parametrize("waivers", [{}, {"numbers.value": "  "}, {"length.empty_target": "It is fine."}])
def test_nothing_else_lets_a_critical_finding_through(
    with_alarm: Document, cast: dict[str, Person], waivers: dict[str, str]
) -> None:
    with pytest.raises(GateClosedError) as closed:
        publish(document_id=with_alarm.pk, person=cast["dora"], waivers=waivers)
    assert [item.check for item in closed.value.missing] == ["numbers.value"]


def test_a_waiver_is_no_approval(with_alarm: Document, cast: dict[str, Person]) -> None:
    desk.save(segments_of(with_alarm)[0], cast["anna"], "Good day.")
    with pytest.raises(GateClosedError) as closed:
        publish(document_id=with_alarm.pk, person=cast["dora"], waivers={"numbers.value": "It is fine.", "": "x"})
    assert {item.position for item in closed.value.missing} == {1}


def test_caches_that_went_wrong_do_not_decide(document: Document, cast: dict[str, Person]) -> None:
    """The gate reads the truth; the caches the state hash is made of are put right on the way."""
    segment = segments_of(document)[0]
    older = segment.latest_revision
    newer = desk.save(segment, cast["anna"], "Morning, Kiel.")
    desk.approve(segment, cast["ben"])
    check_targets(document.pk)
    segment.state, segment.latest_revision = SegmentState.NEW, older
    segment.save()
    publication = publish(document_id=document.pk, person=cast["dora"])
    assert body_of(publication)["segments"][0]["target"]["revision"] == newer.pk
    document.refresh_from_db()
    assert verify(document) == []


def test_it_asks_the_database_as_often_for_a_long_article_as_for_a_short_one(
    project: Project, cast: dict[str, Person]
) -> None:
    counted = []
    for length in (2, 12):
        texts = [f"Line {i}." for i in range(length)]
        made = make_document(project, [f"Satz {i}." for i in range(length)], {"engine-a": texts})
        desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
        with CaptureQueriesContext(connection) as queries:
            publish(document_id=made.pk, person=cast["dora"], waivers=desk.AT_ONCE)
        counted.append(len(queries))
    assert counted[0] == counted[1]


# --- two at once -----------------------------------------------------------------------------------


def two_desk_heads_at_once() -> None:
    project = make_project()
    cast = make_cast(project)
    other = make_person("dirk")
    Membership.objects.create(project=project, person=other, role=Role.DESK_HEAD)
    made = make_document(project, SOURCES, {"engine-a": ENGLISH})
    document = desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
    heads = [cast["dora"], other]

    def attempt(number: int) -> str:
        try:
            return f"number {publish(document_id=document.pk, person=heads[number % 2]).number}"
        except AlreadyPublishedError as error:
            return str(error)

    outcomes = Counter(at_once(attempt, 4))
    refusal = "The article is already published as number 1; nothing changed since."
    assert outcomes == {"number 1": 1, refusal: 3}
    assert Publication.objects.get().number == 1
    assert AuditEvent.objects.filter(action="publication.released").count() == 1
    document.refresh_from_db()
    assert document.state == "published"
    assert verify(document) == []
    assert verify_stream(f"document:{document.pk}") == []


@pytest.mark.django_db(transaction=True)
def test_of_two_desk_heads_at_once_one_publishes_and_the_other_is_told() -> None:
    two_desk_heads_at_once()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_of_two_desk_heads_at_once_one_publishes_and_the_other_is_told_on_postgresql() -> None:
    assert connection.vendor == "postgresql"
    two_desk_heads_at_once()


def publishing_and_saving_at_once() -> None:
    """Whatever comes first, nothing unapproved is in a publication."""
    project = make_project()
    cast = make_cast(project)
    for turn in range(4):
        made = make_document(project, SOURCES, {"engine-a": ENGLISH})
        document = desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
        segment = segments_of(document)[0]

        def act(number: int, document: Document = document, segment: Any = segment, turn: int = turn) -> str:
            if number == 0:
                desk.save(segment, cast["anna"], f"Unseen {turn}.")
                return "saved"
            try:
                publish(document_id=document.pk, person=cast["dora"])
                return "published"
            except GateClosedError:
                return "closed"

        outcomes = at_once(act, 2)
        assert outcomes[0] == "saved"
        published = Publication.objects.filter(document=document).first()
        assert (outcomes[1] == "published") == (published is not None)
        if published is not None:
            assert "Unseen" not in published.body
        document.refresh_from_db()
        assert document.state == "reviewed"
        assert verify(document) == []
    assert Revision.objects.filter(text__startswith="Unseen").count() == 4


@pytest.mark.django_db(transaction=True)
def test_a_save_during_publishing_never_gets_into_the_publication() -> None:
    publishing_and_saving_at_once()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_save_during_publishing_never_gets_into_the_publication_on_postgresql() -> None:
    assert connection.vendor == "postgresql"
    publishing_and_saving_at_once()
