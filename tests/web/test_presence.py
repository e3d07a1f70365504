"""Who is on an article, and what changed since an open page last asked."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.editing.claims import claim
from reviews.editing.saving import accept, save_revision
from reviews.importing.service import PreparedDocument, import_document
from reviews.models import Document, Placement, Step, WorkItem, WorkState
from reviews.models.audit import append_event
from reviews.values import CodedText, DocumentMeta, PlacedSource
from reviews.web.selectors import presence

from .conftest import browser_of, script_of
from .pages import buttons, page_of, text_of


@pytest.fixture
def item(document):
    return WorkItem.objects.create(project=document.project, document=document, step=Step.EDIT)


def asked(document, person, seen=0):
    return script_of(person).post(reverse("reviews:document-presence", args=[document.pk]), {"seen": seen})


def test_everybody_sees_who_is_editing(document, item, cast):
    assert text_of(page_of(asked(document, cast["anna"]))) == "Nobody is editing Take it"
    claim(item_id=item.pk, person=cast["ben"])
    words = text_of(page_of(asked(document, cast["anna"])))
    assert words.startswith("Ben is editing (until ")
    assert "Take it" not in words
    assert buttons(page_of(asked(document, cast["ben"]))) == ["Give back"]
    assert buttons(page_of(asked(document, cast["dora"]))) == ["Give back"]
    assert text_of(page_of(asked(document, cast["rolf"]))).startswith("An editor is editing")


def test_an_open_page_keeps_the_work_its_owners(document, item, cast):
    claim(item_id=item.pk, person=cast["anna"])
    nearly = timezone.now() + timedelta(seconds=5)
    WorkItem.objects.filter(pk=item.pk).update(lease_until=nearly)
    asked(document, cast["ben"])
    item.refresh_from_db()
    assert item.lease_until == nearly
    asked(document, cast["anna"])
    item.refresh_from_db()
    assert item.lease_until > nearly + timedelta(minutes=5)


def test_a_lease_that_ran_out_counts_as_open(document, item, cast):
    claim(item_id=item.pk, person=cast["ben"])
    WorkItem.objects.filter(pk=item.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert text_of(page_of(asked(document, cast["anna"]))) == "Nobody is editing Take it"


def test_waiting_steps_are_not_offered(document, item, cast):
    WorkItem.objects.create(project=document.project, document=document, step=Step.APPROVE, state=WorkState.WAITING)
    assert text_of(page_of(asked(document, cast["dora"]))) == "Nobody is editing Take it Give to…"


def moved(response):
    return json.loads(response.headers["HX-Trigger"])["article:moved"] if "HX-Trigger" in response.headers else None


def test_a_page_hears_which_rows_moved_since_it_asked(document, segments, cast):
    save_revision(segment_id=segments[1].pk, person=cast["ben"], typed="One.", base=0)
    accept(segment_id=segments[2].pk, person=cast["ben"], base=0)
    response = asked(document, cast["anna"])
    assert moved(response) == {"segments": [segments[1].pk, segments[2].pk], "reload": False}
    [number] = page_of(response).xpath("//input[@name='seen']/@value")
    assert moved(asked(document, cast["anna"], number)) is None


def test_a_page_is_told_to_reload_when_the_article_itself_moved(document, cast):
    append_event(document, action="document.imported", person=None, data={"batch": 1})
    assert moved(asked(document, cast["anna"])) == {"segments": [], "reload": True}


def test_a_page_is_told_to_reload_when_the_article_came_in_again_between_two_saves(document, segments, cast):
    save_revision(segment_id=segments[1].pk, person=cast["ben"], typed="One.", base=0)
    rows = Placement.objects.filter(source_revision=document.current_source).order_by("rank").select_related("source")
    pieces = [PlacedSource(row.source.content, row.kind, row.block, row.sentence, "") for row in rows]
    pieces[0] = replace(pieces[0], content=CodedText("Neue Lücken"))
    prepared = PreparedDocument(document.external_id, DocumentMeta(), tuple(pieces))
    assert import_document(document.project, prepared, None).outcome == "changed"
    save_revision(segment_id=segments[2].pk, person=cast["ben"], typed="Two.", base=0)
    assert moved(asked(document, cast["anna"])) == {"segments": [segments[1].pk, segments[2].pk], "reload": True}


def test_who_was_asked_to_do_it_moves_no_row(document, cast):
    append_event(document, action="work.assigned", person=cast["dora"], data={"item": 1})
    assert moved(asked(document, cast["anna"])) is None


def test_a_page_is_told_to_reload_when_too_much_moved(document, segments, cast, monkeypatch):
    monkeypatch.setattr(presence, "MANY", 3)
    for number in range(4):
        save_revision(segment_id=segments[0].pk, person=cast["ben"], typed=f"Text {number}.", base=number)
    assert moved(asked(document, cast["anna"]))["reload"] is True


def test_a_publication_moves_no_row(document, cast):
    append_event(document, action="publication.released", person=None, data={"number": 1})
    assert moved(asked(document, cast["anna"])) is None


def test_nonsense_is_answered_with_who_is_there(document, item, cast):
    response = asked(document, cast["anna"], seen="x")
    assert response.status_code == 200
    assert moved(response) is None


def test_the_article_shows_who_is_on_it(document, item, cast):
    claim(item_id=item.pk, person=cast["ben"])
    page = page_of(browser_of(cast["anna"]).get(reverse("reviews:document", args=[document.pk])))
    assert "Ben is editing" in text_of(page.xpath("//form[@id='presence']")[0])
    assert page.xpath("//form[@id='presence']/input[@name='seen']/@value") == [
        str(Document.objects.get(pk=document.pk).audit_number)
    ]
