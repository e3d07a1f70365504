"""The page of a review record: what it says, who may read it, and that each reading is written down."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from reviews.models import AuditEvent, DecisionKind, Document, Person, Project, Publication, Revision, triggers
from reviews.publishing.offline import verify_record as offline
from reviews.publishing.service import publish
from reviews.values import canonical_json
from tests.factories import make_document, segments_of
from tests.publishing import desk

from .conftest import browser_of
from .pages import page_of, text_of

#: Letters a font may lack, text from right to left, and a word without a place to break.
HOSTILE = "🙂 <script>alert(1)</script> مرحبا شالوم " + "Donaudampfschifffahrt" * 12


@pytest.fixture
def publication(
    project: Project,
    cast: dict[str, Person],
    tmp_path: Any,
    settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> Publication:
    settings.CHAIN_HEADS_FILE = str(tmp_path / "heads.jsonl")
    made = make_document(
        project,
        ["Guten Morgen.", "Es regnet in Kiel.", "Nur hier."],
        {"engine-a": ["Good morning.", "Rain in Kiel.", "Only here."]},
        title="Wetter <am Morgen>",
    )
    segments = segments_of(made)
    desk.save(segments[1], cast["anna"], f"It rains in Kiel. {HOSTILE}")
    desk.leave_out(segments[2], cast["anna"], DecisionKind.OMITTED, "Only for local readers.")
    desk.work_through(made, editor=cast["anna"], approver=cast["ben"])
    with django_capture_on_commit_callbacks(execute=True):
        return publish(document_id=made.pk, person=cast["dora"])


def address(publication: Publication, form: str = "") -> str:
    return reverse(f"reviews:document-record{form}", args=[publication.document_id, publication.number])


def said(publication: Publication, person: Person) -> dict[str, str]:
    """What the page says, by heading."""
    page = page_of(browser_of(person).get(address(publication)))
    return {text_of(section.xpath(".//h2")[0]): text_of(section) for section in page.xpath("//section[.//h2]")}


def test_the_page_says_who_did_what_and_what_came_of_it(publication: Publication, cast: dict[str, Person]) -> None:
    page = said(publication, cast["dora"])
    assert "Wetter <am Morgen>" in page["What was published"]
    assert "Responsible Dora" in page["What was published"]
    assert "engine-a began 3 texts" in page["Machine translation"]
    assert "Anna editor · wrote, reviewed" in page["Who reviewed"]
    assert "Ben" in page["Who reviewed"]
    assert "approved" in page["Who reviewed"]
    assert "Changed by people 1" in page["What became of the texts"]
    assert "Left out 1" in page["What became of the texts"]
    assert "It rains in Kiel." in page["What people changed"]
    assert page["Let through, with reasons"].endswith("Nothing.")
    assert page["Published again later"].endswith("No.")


def test_what_was_typed_is_text_on_the_page(publication: Publication, cast: dict[str, Person]) -> None:
    raw = browser_of(cast["dora"]).get(address(publication)).content.decode()
    assert "<script>alert" not in raw
    assert "Verified." in raw


def test_a_changed_history_is_said_loudly(publication: Publication, cast: dict[str, Person]) -> None:
    triggers.lift(connection)
    Revision.objects.filter(document=publication.document_id, number=1).update(text="Forged.")
    raw = text_of(page_of(browser_of(cast["dora"]).get(address(publication))))
    assert "This record does not fit its proof." in raw
    assert "does not match its hash" in raw
    assert "Verified." not in raw


def test_the_file_verifies_and_the_pdf_is_one(publication: Publication, cast: dict[str, Person]) -> None:
    client = browser_of(cast["dora"])
    response = client.get(address(publication, "-json"))
    assert ".record-1.json" in response["Content-Disposition"]
    assert offline.verify(json.loads(response.content)).problems == []
    pdf = client.get(address(publication, "-pdf"))
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.content.rstrip().endswith(b"%%EOF")


def test_each_reading_is_written_down(publication: Publication, cast: dict[str, Person]) -> None:
    chain = Document.objects.get(pk=publication.document_id).audit_number
    for form in ("", "-json", "-pdf"):
        browser_of(cast["dora"]).get(address(publication, form))
    events = [json.loads(event.body) for event in AuditEvent.objects.filter(action="record.read").order_by("number")]
    assert [event["data"]["form"] for event in events] == ["page", "json", "pdf"]
    assert {event["person"]["id"] for event in events} == {str(cast["dora"].public_id)}
    assert Document.objects.get(pk=publication.document_id).audit_number == chain


def test_only_desk_heads_read_it_and_what_was_refused_is_not_written_down(
    publication: Publication, cast: dict[str, Person]
) -> None:
    for name in ("anna", "ben", "rolf"):
        assert browser_of(cast[name]).get(address(publication)).status_code == 403
    missing = reverse("reviews:document-record", args=[publication.document_id, 9])
    assert browser_of(cast["dora"]).get(missing).status_code == 404
    assert not AuditEvent.objects.filter(action="record.read").exists()


def test_a_removed_name_is_said_with_its_day(publication: Publication, cast: dict[str, Person]) -> None:
    anna = cast["anna"]
    Person.objects.filter(pk=anna.pk).update(
        first_name="", username="removed-1", salt="", name_removed_at=timezone.now()
    )
    page = said(publication, cast["dora"])
    day = timezone.localdate()
    assert f"name removed on {day.day} {day:%b %Y} ({str(anna.public_id)[:8]})" in page["Who reviewed"]
    assert "Anna" not in canonical_json(page)
    assert "name removed on" in page["Proof"]
