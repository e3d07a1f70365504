"""The page of the routing policy: rules put in order, tried, saved, and never written over unseen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from reviews import pipeline
from reviews.editing.deciding import UNSETTLED
from reviews.editing.policies import set_routing_policy
from reviews.editing.saving import accept
from reviews.models import AuditEvent, Document, Project, Segment, Skill
from reviews.reports import routing_trial
from reviews.routing.policy import Policy, parse_policy
from tests.factories import make_document, segments_of

from .conftest import browser_of
from .pages import page_of, row_of, text_of

pytestmark = pytest.mark.django_db

HEADLINES = {
    "name": "Headlines",
    "when": {"kinds": ["headline"], "sections": ["Politics", "Law"], "reach_from": 1000},
    "then": {
        "depth": "full",
        "specialist": "law",
        "second_review": True,
        "section": "Legal",
        "due": {"hours": 1.5, "from": "after_arrival"},
    },
}
BODY = {"name": "Body", "when": {"kinds": ["body"]}, "then": {"depth": "light"}}
POLICY = parse_policy({"rules": [HEADLINES, BODY]})


@pytest.fixture
def routed(project):
    project.routing_policy = POLICY.to_json()
    project.save()
    return project


def address(name, project):
    return reverse(f"reviews:{name}", args=[project.slug])


def fields_of(page):
    """What a browser would send of the page's form, but for the button."""
    form = next(form for form in page.forms if "routing-form" in form.get("class", ""))
    values: dict[str, list[str]] = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value)
    return values


def rules_of(page):
    return [text_of(item) for item in page.xpath("//form//ol[contains(@class, 'rules')]//summary//strong")]


def press(client, project, fields, act):
    return client.post(address("routing-edit", project), fields | {"act": act})


def test_the_form_sends_back_exactly_the_policy_it_shows(routed, cast):
    client = browser_of(cast["dora"])
    fields = fields_of(page_of(client.get(address("routing", routed))))
    answer = client.post(address("routing-save", routed), fields, follow=True)
    assert "Nothing changed." in text_of(page_of(answer))
    assert parse_policy(Project.objects.get().routing_policy) == POLICY
    assert not AuditEvent.objects.filter(action="routing.policy").exists()


def test_rules_are_added_moved_changed_and_removed_and_nothing_holds_before_it_is_saved(routed, cast, monkeypatch):
    queued = []
    monkeypatch.setattr(pipeline, "after_routing_policy", queued.append)
    client = browser_of(cast["dora"])
    page = page_of(client.get(address("routing", routed)))
    assert rules_of(page) == ["Headlines", "Body"]
    page = page_of(press(client, routed, fields_of(page), "add"))
    assert rules_of(page) == ["Headlines", "Body", "A new rule"]
    assert page.xpath("//*[@autofocus]/@id") == ["r2-name"]
    fields = fields_of(page) | {"r2-name": "Captions", "r2-kinds": ["caption"], "r2-second_review": "1"}
    page = page_of(press(client, routed, fields, "up-2"))
    page = page_of(press(client, routed, fields_of(page), "up-1"))
    assert rules_of(page) == ["Captions", "Headlines", "Body"]
    assert page.xpath("//*[@autofocus]/@value") == ["down-0"]
    page = page_of(press(client, routed, fields_of(page), "remove-1"))
    assert rules_of(page) == ["Captions", "Body"]
    assert "Not saved yet." in text_of(page)
    assert parse_policy(Project.objects.get().routing_policy) == POLICY

    answer = client.post(address("routing-save", routed), fields_of(page), follow=True)
    assert "Saved. Articles in work are routed anew in the background." in text_of(page_of(answer))
    saved = parse_policy(Project.objects.get().routing_policy)
    assert [(rule.name, rule.when, rule.then.second_review) for rule in saved.rules] == [
        ("Captions", {"kinds": ("caption",)}, True),
        ("Body", {"kinds": ("body",)}, False),
    ]
    assert queued == [routed.pk]
    assert AuditEvent.objects.get(action="routing.policy")


@pytest.mark.parametrize("act", ["up-0", "down-1", "up-7", "remove-99", "fly-1", ""])
def test_a_button_that_leads_nowhere_changes_nothing(routed, cast, act):
    client = browser_of(cast["dora"])
    fields = fields_of(page_of(client.get(address("routing", routed))))
    answer = press(client, routed, fields, act)
    assert (answer.status_code, rules_of(page_of(answer))) == (200, ["Headlines", "Body"])


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(routed, cast):
    client = browser_of(cast["dora"])
    fields = fields_of(page_of(client.get(address("routing", routed))))
    wrong = {"r0-name": "", "r0-reach_from": "10,000", "r0-due_hours": "soon", "r1-name": "Everything else"}
    for target in ("routing-save", "routing-edit"):
        answer = client.post(address(target, routed), fields | wrong | {"act": "preview"})
        assert answer.status_code == 422
        page = page_of(answer)
        invalid = page.xpath("//input[@aria-invalid]")
        assert [field.get("name") for field in invalid] == ["r0-name", "r0-reach_from", "r0-due_hours", "r1-name"]
        assert [field.value for field in invalid] == ["", "10,000", "soon", "Everything else"]
        for field in invalid:
            described = [page.get_element_by_id(each) for each in (field.get("aria-describedby") or "").split()]
            assert any("field-error" in each.get("class", "") for each in described), field.get("name")
        assert "Rule 1: '10,000' is no number above 0 and up to 2,000,000,000." in text_of(page)
        assert "There is another rule 'Everything else'." in text_of(page)
    assert parse_policy(Project.objects.get().routing_policy) == POLICY


def test_of_two_desk_heads_the_second_sees_both_and_decides(routed, cast):
    first, second = browser_of(cast["dora"]), browser_of(cast["dora"])
    old = fields_of(page_of(second.get(address("routing", routed))))
    set_routing_policy(project_id=routed.pk, person=cast["dora"], policy=Policy(), seen=POLICY)
    answer = second.post(address("routing-save", routed), old | {"r1-name": "Calm body"})
    assert answer.status_code == 409
    page = page_of(answer)
    assert "Somebody else changed the rules meanwhile." in text_of(page)
    [standing] = page.xpath("//section[.//h2[@id='moved-title']]")
    assert [text_of(rule) for rule in standing.xpath(".//li//strong")] == ["Everything else"]
    assert rules_of(page) == ["Headlines", "Calm body"]
    assert Project.objects.get().routing_policy == {}
    # Having seen both, they may put theirs in force.
    second.post(address("routing-save", routed), fields_of(page))
    assert [rule.name for rule in parse_policy(Project.objects.get().routing_policy).rules] == [
        "Headlines",
        "Calm body",
    ]
    assert first.get(address("routing", routed)).status_code == 200


@pytest.mark.parametrize("who", ["anna", "ben", "rolf"])
def test_others_of_the_project_read_the_rules(routed, cast, who):
    page = page_of(browser_of(cast[who]).get(address("routing", routed)))
    assert [text_of(rule) for rule in page.xpath("//main//li//strong")] == ["Headlines", "Body", "Everything else"]
    assert "Kind of text: headline; Section: Politics or Law; Expected readers: at least 1,000" in text_of(page)
    assert not page.xpath("//main//form")
    for name in ("routing-edit", "routing-save"):
        assert browser_of(cast[who]).post(address(name, routed), {"rules": 0}).status_code == 403
    assert parse_policy(Project.objects.get().routing_policy) == POLICY


def test_the_page_says_that_nothing_is_skipped_and_which_skill_nobody_has(routed, cast):
    client = browser_of(cast["dora"])
    words = text_of(page_of(client.get(address("routing", routed))))
    assert "No rule lets a text through unread" in words
    assert "A rule asks for somebody who knows law, and nobody in the project is listed with that." in words
    Skill.objects.create(project=routed, person=cast["ben"], name="law")
    assert "nobody in the project is listed" not in text_of(page_of(client.get(address("routing", routed))))


@pytest.mark.parametrize(
    "fields", [{}, {"rules": "x"}, {"rules": "31"}, {"rules": "0", "seen": "{"}, {"rules": "0", "seen": '{"a": 1}'}]
)
def test_a_damaged_form_is_refused_and_nothing_changes(routed, cast, fields):
    for name in ("routing-edit", "routing-save"):
        answer = browser_of(cast["dora"]).post(address(name, routed), fields)
        assert answer.status_code == 302
    assert parse_policy(Project.objects.get().routing_policy) == POLICY


# --- the trial ----------------------------------------------------------------------------------------


def article(project, age, **columns):
    document = make_document(project, ["Titel.", "Satz."], kinds=["headline", "body"], **columns)
    Segment.objects.filter(document=document).update(risk_rank=1, risk_score=1.0)
    Document.objects.filter(pk=document.pk).update(created_at=timezone.now() - timedelta(days=age))
    return document


def trial_of(client, project, **changes):
    fields = fields_of(page_of(client.get(address("routing", project))))
    return page_of(press(client, project, fields | changes, "preview"))


def table(page, label):
    rows = page.xpath(f"//div[@aria-label='{label}']//tbody/tr")
    return [[text_of(cell) for cell in row] for row in rows]


def test_a_trial_counts_last_weeks_texts_under_both_policies_and_says_what_changes(routed, cast):
    new = article(routed, 1, section="Politics", reach=5000)
    article(routed, 6, section="Culture")
    article(routed, 8, section="Politics", reach=5000)
    page = trial_of(browser_of(cast["dora"]), routed, **{"r1-depth": "full", "r0-sections": "Culture"})
    words = text_of(page)
    assert "on the 2 articles of the last 7 days, with 4 texts" in words
    assert "3 texts would be treated otherwise" in words
    assert table(page, "Texts by rule") == [["Headlines", "1", "0"], ["Body", "2", "2"], ["Everything else", "1", "2"]]
    assert table(page, "Texts by work") == [
        ["Light look", "2", "0", "2", "0"],
        ["Full post-edit", "2", "4", "2", "2"],
        ["Specialist: law", "1", "0", "1", "0"],
        ["Blind second review", "1", "0", "1", "0"],
    ]
    assert (
        f"{new} Text 1: “Everything else” (no other rule is about it), full post-edit. Now: “Headlines”, full" in words
    )
    assert parse_policy(Project.objects.get().routing_policy) == POLICY
    assert not AuditEvent.objects.exists()


def test_a_trial_says_so_when_nothing_came_in_or_nothing_changes(routed, cast):
    client = browser_of(cast["dora"])
    assert "No article came in during the last 7 days" in text_of(trial_of(client, routed))
    article(routed, 1)
    assert "Nothing would change." in text_of(trial_of(client, routed))


def test_a_trial_takes_on_no_more_than_its_bounds_and_says_so(routed, cast, monkeypatch):
    monkeypatch.setattr(routing_trial, "MOST_DOCUMENTS", 3)
    monkeypatch.setattr(routing_trial, "LISTED_DOCUMENTS", 1)
    client = browser_of(cast["dora"])
    for age in range(5):
        article(routed, age)
    words = text_of(trial_of(client, routed, **{"r1-depth": "full"}))
    assert "on the newest 3 of 5 articles of the last 7 days, with 6 texts" in words
    assert "And 2 more articles." in words
    monkeypatch.setattr(routing_trial, "MOST_SEGMENTS", 4)
    assert "on the newest 2 of 5 articles" in text_of(trial_of(client, routed))


def test_a_trial_asks_as_often_for_20_articles_as_for_2(routed):
    counts = []
    for more in (2, 18):
        for _ in range(more):
            article(routed, 1)
        with CaptureQueriesContext(connection) as queries:
            routing_trial.try_policy(routed, Policy(), POLICY, timezone.now())
        counts.append(len(queries))
    assert counts == [4, 4]


# --- in the row ---------------------------------------------------------------------------------------


def test_a_row_says_what_the_policy_makes_of_it_and_whom_it_waits_for(routed, cast):
    document = article(routed, 1, section="Politics", reach=5000)
    pipeline.route_document(document.pk)
    Skill.objects.create(project=routed, person=cast["ben"], name="law")
    headline = segments_of(document)[0]
    said = "Full post-edit: Headlines (headline, section Politics, 5,000 readers expected)"
    page = page_of(browser_of(cast["anna"]).get(reverse("reviews:document", args=[document.pk])))
    assert f"{said} · waits for somebody who knows law" in text_of(row_of(page, headline))
    # Anna is done with it: the row is open for Ben, who knows law, and for no other approver.
    accept(segment_id=headline.pk, person=cast["anna"], base=0)
    page = page_of(browser_of(cast["dora"]).get(reverse("reviews:document", args=[document.pk])))
    assert row_of(page, headline).get("data-barred") == "Somebody who knows law has to review this text first."
    page = page_of(browser_of(cast["ben"]).get(reverse("reviews:document", args=[document.pk])))
    row = row_of(page, headline)
    assert row.get("data-barred") == UNSETTLED
    assert (row.get("data-primary"), row.get("data-open")) == ("accept", "")
    accept(segment_id=headline.pk, person=cast["ben"], base=1)
    page = page_of(browser_of(cast["ben"]).get(reverse("reviews:document", args=[document.pk])))
    assert "waits for somebody" not in text_of(row_of(page, headline))
    assert row_of(page, headline).get("data-primary") == ""
