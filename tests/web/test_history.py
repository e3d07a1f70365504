"""The history of a text: everything of the main lane, nothing of a second review, in a fixed number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.editing import passes
from reviews.editing.deciding import Seen, decide
from reviews.editing.saving import accept, save_revision
from reviews.models import DecisionKind, Hypothesis, Lane, Revision, Step
from reviews.web.selectors.history import PER_PAGE
from tests.editing.lanes import ask_twice, work_on
from tests.factories import make_document, segments_of

from .conftest import browser_of, script_of
from .pages import page_of, text_of

pytestmark = pytest.mark.django_db


def panel(client, segment, **query):
    response = client.get(reverse("reviews:segment-history", args=[segment.pk]), query)
    assert response.status_code == 200
    return page_of(response)


def texts(page):
    return page.xpath("//li[@data-number]")


@pytest.fixture
def segment(project):
    document = make_document(project, ["Es regnet."], {"engine-a": ["It rains."], "engine-b": ["It is raining."]})
    return segments_of(document)[0]


def test_every_text_and_decision_is_told_with_what_changed(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="It rains today.", base=0)
    first = Revision.objects.get()
    save_revision(segment_id=segment.pk, person=cast["ben"], typed="It pours today.", base=1, reviewed=True)
    latest = Revision.objects.get(number=2)
    decide(
        segment_id=segment.pk,
        person=cast["dora"],
        kind=DecisionKind.SENT_BACK,
        seen=Seen(latest.pk, latest.source_hash),
        reason="It only rains.",
    )
    new, old, machine = texts(panel(script_of(cast["anna"]), segment))
    assert text_of(new).startswith("Text 2 typed, by Ben,")
    assert "started from engine-a · stands now" in text_of(new)
    assert [each.text_content().split(",")[0] for each in new.find_class("history-decision")] == [
        "Sent back",
        "Reviewed",
    ]
    assert "“It only rains.”" in text_of(new)
    assert ([each.text for each in new.iter("del")], [each.text for each in new.iter("ins")]) == (["rains"], ["pours"])
    assert (old.get("data-marked"), old.get("data-started-from")) == ("It rains today.", str(first.started_from_id))
    assert [each.text.strip() for each in old.iter("ins")] == ["today"]
    assert (machine.get("data-number"), machine.get("data-marked")) == ("0", "It rains.")
    assert [len(each.xpath(".//a[@data-restore]")) for each in (new, old, machine)] == [0, 1, 1]


def test_researchers_see_texts_and_no_names(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="It rains today.", base=0)
    page = panel(browser_of(cast["rolf"]), segment)
    assert "Anna" not in text_of(page)
    assert page.xpath("//a[@data-restore]") == []


def test_a_second_review_is_no_part_of_it_and_its_reviewer_gets_none(project, cast):
    ask_twice(project)
    document = make_document(project, ["Es regnet."], {"engine-a": ["It rains."]})
    (segment,) = segments_of(document)
    item = work_on(document, Step.BLIND)
    passes.take(item_id=item.pk, person=cast["anna"])
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Unseen words.", base=0, lane=Lane.BLIND)
    save_revision(segment_id=segment.pk, person=cast["ben"], typed="It pours.", base=0)
    assert [each.get("data-marked") for each in texts(panel(script_of(cast["ben"]), segment))] == [
        "It pours.",
        "It rains.",
    ]
    address = reverse("reviews:segment-history", args=[segment.pk])
    assert script_of(cast["anna"]).get(address).status_code == 403


def test_a_long_history_comes_in_pages_and_asks_as_often_as_a_short_one(segment, cast):
    counts = []
    for number in range(PER_PAGE + 2):
        save_revision(segment_id=segment.pk, person=cast["anna"], typed=f"Text {number}.", base=number)
        if number in (1, PER_PAGE + 1):
            client = script_of(cast["anna"])
            with CaptureQueriesContext(connection) as captured:
                page = panel(client, segment)
            counts.append(len(captured))
    assert counts[0] == counts[1] <= 12
    numbers = [int(each.get("data-number")) for each in texts(page)]
    assert numbers == list(range(PER_PAGE + 2, 2, -1))
    (older,) = page.xpath("//a[@data-older]/@href")
    assert older.endswith("?before=3")
    rest = texts(panel(script_of(cast["anna"]), segment, before=3))
    assert [each.get("data-number") for each in rest] == ["2", "1", "0"]
    # The oldest one of a page is held against the one before it, which is on the next.
    assert [each.text for each in texts(page)[-1].iter("del")] == ["1"]


def test_without_a_script_an_earlier_text_comes_into_the_field_unsaved(segment, cast):
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="It pours.", base=0)
    accept(segment_id=segment.pk, person=cast["anna"], base=1)
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="It rains again.", base=1)
    client = browser_of(cast["anna"])
    (address,) = panel(client, segment).xpath("//li[@data-number='1']//a[@data-restore]/@href")
    page = page_of(client.get(address.split("#")[0]))
    (form,) = page.xpath("//form[@class='editor'][.//textarea[@id]]")
    assert form.fields["typed"].strip() == "It pours."
    assert (form.fields["origin"], form.fields["base"]) == ("restored", "2")
    assert Revision.objects.count() == 2


def test_parts_of_other_engines_are_named_until_nothing_of_them_is_left(segment, cast):
    other = Hypothesis.objects.get(system__name="engine-b")
    save = {"segment_id": segment.pk, "person": cast["anna"]}
    save_revision(**save, typed="It is raining.", base=0, origin="part", parts=[other.pk, 10**12])
    first = Revision.objects.get(number=1)
    assert [entry["system"] for entry in first.derived_from] == ["engine-a", "engine-b"]
    assert first.derived_from[1] == {"system": "engine-b", "kept": 1.0, "part": other.pk}
    save_revision(**save, typed="It is pouring.", base=1)
    assert Revision.objects.get(number=2).derived_from[1]["kept"] == 0.75
    save_revision(**save, typed="Water falls", base=2)
    save_revision(**save, typed="It is raining.", base=3)
    assert [len(row.derived_from) for row in Revision.objects.filter(number__gt=2).order_by("number")] == [1, 1]
