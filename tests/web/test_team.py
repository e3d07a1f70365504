"""Passing work on, the desk's team, and what people say of their time and skills."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviews.editing.assignments import assign
from reviews.editing.claims import claim
from reviews.models import Assignment, AuditEvent, Availability, Membership, Project, Skill, Step, WorkItem, WorkState
from tests.factories import make_document, make_person

from .conftest import browser_of, script_of
from .pages import buttons, page_of, text_of


@pytest.fixture
def item(document):
    return WorkItem.objects.create(project=document.project, document=document, step=Step.EDIT)


def passed_on(item, by, to, reason="He knows the story", **fields):
    key = "everybody" if to is None else str(to.public_id)
    data = {"to": key, "reason": reason, **fields}
    return browser_of(by).post(reverse("reviews:work-assign", args=[item.pk]), data, follow=True)


def my_work(person):
    return page_of(browser_of(person).get(reverse("reviews:my-work")))


def test_a_desk_head_gives_work_and_it_stands_first_on_their_page(item, cast):
    page = page_of(browser_of(cast["dora"]).get(reverse("reviews:work-pass-on", args=[item.pk])))
    names = [text_of(each) for each in page.xpath("//ul[@class='plain people']//strong")]
    assert names == ["Anna", "Ben", "Dora", "Everybody"]
    response = passed_on(item, cast["dora"], cast["ben"])
    assert "is Ben’s now" in text_of(page_of(response))
    [given] = my_work(cast["ben"]).xpath("//section[@aria-labelledby='given-title']")
    assert "from Dora: He knows the story" in text_of(given)
    assert buttons(given) == ["Take"]
    assert my_work(cast["anna"]).xpath("//a[@class='line-title']") == []


def test_whoever_has_it_passes_it_on_or_gives_it_back_with_a_reason(item, cast):
    claim(item_id=item.pk, person=cast["anna"])
    response = passed_on(item, cast["anna"], cast["ben"], reason="")
    assert response.status_code == 422
    assert "Say in a few words why" in text_of(page_of(response).xpath("//ul[@class='errors']")[0])
    # What was chosen is not lost.
    assert page_of(response).xpath("//input[@name='to'][@checked]/@value") == [str(cast["ben"].public_id)]
    passed_on(item, cast["anna"], cast["ben"])
    response = passed_on(item, cast["ben"], None, reason="No time")
    assert "is everybody’s now" in text_of(page_of(response))
    item.refresh_from_db()
    assert (item.state, item.assignee) == (WorkState.OPEN, None)


def test_nobody_else_is_offered_to_pass_it_on(item, cast):
    claim(item_id=item.pk, person=cast["anna"])
    page = page_of(browser_of(cast["ben"]).get(reverse("reviews:work-pass-on", args=[item.pk])))
    assert page.xpath("//form[@class='pass-on']") == []
    assert "or a desk head of Tech desk, can pass it on" in text_of(page)


def test_the_article_says_whose_it_is_until_when_why_and_the_way_out(item, cast):
    until = timezone.now() + timedelta(days=1)
    assign(item_id=item.pk, person=cast["ben"], by=cast["dora"], reason="knows the story", until=until)
    address = reverse("reviews:document-presence", args=[item.document_id])

    def seen(name):
        return page_of(script_of(cast[name]).post(address, {"seen": 0}))

    words = text_of(seen("anna"))
    assert words.startswith("Nobody is editing; given to Ben, until ")
    assert words.endswith("(knows the story)")
    assert "Take it Give to…" in text_of(seen("ben"))
    assert text_of(seen("dora")).endswith("(knows the story) Give to…")
    assert text_of(seen("rolf")).startswith("Nobody is editing; given to an editor, until ")
    assert "story" not in text_of(seen("rolf"))


def test_what_was_given_moves_no_row_of_an_open_page(item, cast):
    assign(item_id=item.pk, person=cast["ben"], by=cast["dora"], reason="so")
    response = script_of(cast["anna"]).post(reverse("reviews:document-presence", args=[item.document_id]), {"seen": 0})
    moved = json.loads(response.headers.get("HX-Trigger", "{}")).get("article:moved", {"segments": [], "reload": False})
    assert moved == {"segments": [], "reload": False}


def test_the_team_shows_what_people_say_and_were_given_and_nothing_measured(item, cast):
    Skill.objects.create(project=item.project, person=cast["ben"], name="law")
    Availability.objects.create(
        person=cast["anna"], away_until=timezone.now() + timedelta(days=2), most_open=3, sections=["Sport"]
    )
    assign(item_id=item.pk, person=cast["ben"], by=cast["dora"], reason="knows the story")
    page = page_of(browser_of(cast["dora"]).get(reverse("reviews:team", args=["desk"])))
    anna, ben, dora, _rolf = (text_of(each) for each in page.xpath("//li[contains(@class, 'member')]"))
    assert anna.startswith("Anna Away until ")
    assert "takes on Sport first · was given 0 of 3 pieces" in anna
    assert "knows law · was given 1 of 5 pieces" in ben
    assert "knows the story" in ben
    assert dora.startswith("Dora")
    assert not any(word in text_of(page).lower() for word in ("per hour", "speed", "edited", "finished", "errors"))


def test_people_say_when_they_are_away_and_what_they_know(item, cast):
    client = browser_of(cast["anna"])
    assign(item_id=item.pk, person=cast["anna"], by=cast["dora"], reason="so")
    Project.objects.update(assigns=True)
    Availability.objects.create(person=cast["dora"], most_open=0)
    skills = f"p{item.project_id}-skills"
    data = {
        "away_from": "2026-01-05T08:00",
        "away_until": "",
        "most_open": "4",
        "sections": " Sport ,Politics, Sport",
        skills: "law,  tax law ",
    }
    response = client.post(reverse("reviews:availability-save"), data, follow=True)
    page = page_of(response)
    assert page.xpath("//input[@name='sections']/@value") == ["Sport, Politics"]
    assert page.xpath(f"//input[@name='{skills}']/@value") == ["law, tax law"]
    assert page.xpath("//input[@name='away_from']/@value") == ["2026-01-05T08:00"]
    assert sorted(Skill.objects.values_list("name", flat=True)) == ["law", "tax law"]
    # What she was given went to the next at once.
    assert Assignment.objects.get(ended_at=None).person == cast["ben"]
    [event] = AuditEvent.objects.filter(action="person.skills")
    assert json.loads(event.body)["data"]["after"] == ["law", "tax law"]
    assert not AuditEvent.objects.filter(action="person.time").exists()
    assert "2026-01-05" not in event.body


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("away_until", "2026-01-01T08:00", "This is before you leave."),
        ("away_from", "soon", "Write a day and a time"),
        ("most_open", "51", "less than or equal to 50"),
        ("sections", "x" * 121, "has more than 120 characters"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(project, cast, field, value, words):
    data = {"away_from": "2026-01-05T08:00", "most_open": "4"} | {field: value}
    response = browser_of(cast["anna"]).post(reverse("reviews:availability-save"), data)
    assert response.status_code == 422
    assert words in text_of(page_of(response))
    assert not Availability.objects.exists()


def test_a_desk_head_says_it_of_a_member_and_the_record_knows_who(project, cast):
    address = reverse("reviews:team-member-save", args=["desk", cast["anna"].public_id])
    data = {"most_open": "2", "away_until": "2030-01-01T00:00", f"p{project.pk}-skills": "law"}
    assert browser_of(cast["dora"]).post(address, data).status_code == 302
    assert Availability.objects.get().person == cast["anna"]
    [event] = AuditEvent.objects.filter(action="person.time")
    assert json.loads(event.body)["data"] == {"person": str(cast["anna"].public_id)}
    outsider = reverse("reviews:team-member-save", args=["desk", cast["carla"].public_id])
    assert browser_of(cast["dora"]).post(outsider, data).status_code == 404


def test_a_queue_of_a_skill_is_named_and_taken_from(project, cast):
    Skill.objects.create(project=project, person=cast["anna"], name="law")
    for key, skill in (("1", ""), ("2", "law"), ("3", "medicine")):
        WorkItem.objects.create(
            project=project, document=make_document(project), step=Step.SPECIALIST, skill=skill, sort_key=key
        )
    [section] = my_work(cast["anna"]).xpath("//section[@aria-labelledby='queue-specialist']")
    assert buttons(section) == ["Take next: law 1", "Take next as a specialist", "Take", "Take"]
    assert "asks for law" in text_of(section)
    assert "medicine" not in text_of(section)
    browser_of(cast["anna"]).post(reverse("reviews:work-take"), {"step": "specialist", "skill": "law"})
    assert WorkItem.objects.get(state=WorkState.LEASED).skill == "law"
    last = WorkItem.objects.get(skill="medicine")
    response = browser_of(cast["anna"]).post(reverse("reviews:work-claim", args=[last.pk]), follow=True)
    assert "for somebody who knows medicine" in text_of(page_of(response))


def test_long_queues_are_counted_no_further_than_a_page_needs(project, cast, monkeypatch):
    monkeypatch.setattr("reviews.web.selectors.work.COUNTED", 3)
    for number in range(6):
        WorkItem.objects.create(project=project, document=make_document(project), step=Step.EDIT, sort_key=str(number))
    [section] = my_work(cast["anna"]).xpath("//section[@aria-labelledby='queue-edit']")
    assert text_of(section.xpath(".//h2")[0]) == "Open to edit 3+"


def test_the_team_asks_as_often_for_20_people_as_for_4(project, cast):
    client = browser_of(cast["dora"])
    counts = []
    for size in (0, 16):
        for number in range(size):
            person = make_person(f"p{number}")
            Membership.objects.create(project=project, person=person, role="editor")
            given = WorkItem.objects.create(project=project, document=make_document(project), step=Step.EDIT)
            assign(item_id=given.pk, person=person, by=cast["dora"], reason="so")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("reviews:team", args=["desk"])).status_code == 200
        counts.append(len(captured))
    assert counts[1] <= counts[0]


def test_a_desk_head_says_that_work_is_given_by_rule_and_the_record_knows(project, cast):
    address = reverse("reviews:team-rule", args=["desk"])
    for assigns in ("1", "1", "x"):
        page = page_of(browser_of(cast["dora"]).post(address, {"assigns": assigns}, follow=True))
        assert "New work is given to people by rule" in text_of(page)
    [event] = AuditEvent.objects.filter(action="project.assigns")
    assert json.loads(event.body)["data"] == {"after": True}
    browser_of(cast["dora"]).post(address, {"assigns": "0"})
    assert not Project.objects.get().assigns
