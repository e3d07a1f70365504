"""Publishing from the article: the gate's list, and what it says afterwards."""

import pytest
from django.urls import reverse

from reviews.checks import runner
from reviews.editing.saving import save_revision
from reviews.models import Publication

from .conftest import approve, browser_of, review, script_of
from .pages import buttons, page_of, text_of


@pytest.fixture
def ready(document, cast):
    review(document, cast["anna"])
    approve(document, cast["ben"])
    runner.check_targets(document.pk)
    return document


def panel(document, person):
    page = page_of(browser_of(person).get(reverse("reviews:document", args=[document.pk])))
    found = page.xpath("//section[@id='publish']")
    return found[0] if found else None


def test_only_desk_heads_are_offered_to_publish(ready, cast):
    assert panel(ready, cast["ben"]) is None
    assert buttons(panel(ready, cast["dora"])) == ["Publish"]


def test_the_list_names_what_is_missing_and_leads_there(document, segments, cast):
    found = panel(document, cast["dora"])
    assert "4 things still missing before it can go out:" in text_of(found)
    first = found.xpath(".//ol/li")[0]
    assert text_of(first).startswith("Text 1: Nobody has worked on it yet")
    assert first.xpath("./a/@href") == [f"#s-{segments[0].pk}"]
    assert buttons(found) == []


def test_publishing_says_number_and_time(ready, cast):
    client = browser_of(cast["dora"])
    response = client.post(reverse("reviews:document-publish", args=[ready.pk]), follow=True)
    publication = Publication.objects.get()
    assert publication.via == "web"
    assert "Published as number 1 at " in text_of(page_of(response).xpath("//ul[@class='messages']")[0])
    found = panel(ready, cast["dora"])
    assert text_of(found).startswith("Publish Published as number 1, ")
    assert buttons(found) == []


def test_publishing_through_a_closed_gate_is_refused_in_words(document, cast):
    response = browser_of(cast["dora"]).post(reverse("reviews:document-publish", args=[document.pk]), follow=True)
    assert "The article cannot be published yet:" in text_of(page_of(response).xpath("//ul[@class='messages']")[0])
    assert not Publication.objects.exists()


def test_a_change_after_publishing_shows_in_the_panel(ready, segments, cast):
    browser_of(cast["dora"]).post(reverse("reviews:document-publish", args=[ready.pk]))
    save_revision(segment_id=segments[0].pk, person=cast["anna"], typed="Newer.", base=1, reviewed=True)
    words = text_of(panel(ready, cast["dora"]))
    assert "The article changed since." in words
    assert "It is reviewed, but not approved" in words


def test_the_panel_alone_answers_a_script(ready, cast):
    response = script_of(cast["dora"]).get(reverse("reviews:document-gate", args=[ready.pk]))
    assert page_of(response).get("id") == "publish"


@pytest.fixture
def alarmed(document, segments, cast):
    """Everything approved, and a critical finding on one text."""
    save_revision(segment_id=segments[1].pk, person=cast["anna"], typed="An update for 145 devices.", base=0)
    review(document, cast["anna"])
    approve(document, cast["ben"])
    runner.check_targets(document.pk)
    return document


def test_a_false_alarm_passes_with_a_reason_only(alarmed, cast):
    found = panel(alarmed, cast["dora"])
    assert buttons(found) == ["Publish all the same"]
    data = {"waive": found.xpath(".//input[@name='waive']/@value")}
    assert data["waive"] == ["numbers.value"]
    address = reverse("reviews:document-publish", args=[alarmed.pk])
    response = browser_of(cast["dora"]).post(address, data, follow=True)
    assert "Say why the article may go out all the same." in text_of(page_of(response))
    assert not Publication.objects.exists()
    response = browser_of(cast["dora"]).post(address, data | {"reason": "The maker corrected the figure."}, follow=True)
    assert "Published as number 1 at " in text_of(page_of(response))
    assert "The maker corrected the figure." in Publication.objects.get().body
    found = panel(alarmed, cast["dora"])
    assert "It is out exactly as it stands here." in text_of(found)
    assert "still missing" not in text_of(found)
    assert buttons(found) == []


def test_only_checks_there_are_can_be_waived(alarmed, cast):
    address = reverse("reviews:document-publish", args=[alarmed.pk])
    data = {"waive": ["everything"], "reason": "No."}
    response = browser_of(cast["dora"]).post(address, data, follow=True)
    assert "The page sent something incomplete (waive:" in text_of(page_of(response))
    assert not Publication.objects.exists()
