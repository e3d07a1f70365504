"""Findings in the row: dismissed, brought back, remembered; and the page that says what checks do."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.checks import runner
from reviews.checks.registry import CHECKS
from reviews.models import AuditEvent, Dismissal, Finding, Project
from tests.factories import make_document, segments_of

from .conftest import approve, browser_of, review, script_of
from .pages import page_of, part, row_of, text_of


@pytest.fixture
def flawed(project):
    made = make_document(
        project,
        ["Das Handy ist eventuell kaputt.", "Es kamen 7 Hunde."],
        {"engine-a": ["The handy is eventually broken.", "9 dogs came."]},
    )
    runner.check_targets(made.pk)
    return made


def post(name, segment, person, **data):
    return script_of(person).post(reverse(f"reviews:{name}", args=[segment.pk]), data)


def notes(response, segment):
    return part(row_of(page_of(response), segment), "notes")


def shown(document, segment, person):
    return notes(browser_of(person).get(reverse("reviews:document", args=[document.pk])), segment)


def finding_at(word):
    return Finding.objects.get(message__startswith=f"“{word}”").pk


def test_a_dismissed_finding_leaves_the_list_and_the_row_tells_who_and_why(flawed, cast):
    segment = segments_of(flawed)[0]
    answer = post("segment-dismiss", segment, cast["anna"], finding=finding_at("eventuell"), reason="A pun.")
    assert answer.status_code == 200
    assert len(notes(answer, segment).xpath(".//ul[@class='findings']/li")) == 1
    seen = text_of(shown(flawed, segment, cast["ben"]).xpath(".//details[@class='dismissed']")[0])
    assert seen.startswith("1 finding dismissed Glossary “eventuell”")
    assert "Dismissed by Anna, " in seen
    assert "for this text: “A pun.”" in seen


def test_researchers_read_no_name_and_have_no_buttons(flawed, cast):
    segment = segments_of(flawed)[0]
    post("segment-dismiss", segment, cast["anna"], finding=finding_at("eventuell"))
    found = shown(flawed, segment, cast["rolf"])
    assert "Dismissed by an editor" in text_of(found)
    assert found.xpath(".//form") == []


def test_what_was_brought_back_stays_in_the_history(flawed, cast):
    segment = segments_of(flawed)[0]
    post("segment-dismiss", segment, cast["anna"], finding=finding_at("eventuell"))
    answer = post("segment-undo-dismissal", segment, cast["ben"], dismissal=Dismissal.objects.get().pk)
    assert len(notes(answer, segment).xpath(".//ul[@class='findings']/li")) == 2
    assert "brought back by you" in text_of(notes(answer, segment))


def test_a_dismissal_of_another_project_is_not_there(flawed, cast):
    post("segment-dismiss", segments_of(flawed)[0], cast["anna"], finding=finding_at("eventuell"))
    elsewhere = make_document(Project.objects.create(slug="x", name="X", source_lang="de", target_lang="en"))
    elsewhere.project.memberships.create(person=cast["anna"], role="editor")
    answer = post(
        "segment-undo-dismissal", segments_of(elsewhere)[0], cast["anna"], dismissal=Dismissal.objects.get().pk
    )
    assert answer.status_code == 404
    assert Dismissal.objects.filter(undo=None).count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"finding": "x"}, "Reload it and try again"),
        ({"finding": 10**9}, "changed meanwhile"),
        ({"scope": "world"}, "Reload it and try again"),
        ({"reason": "x" * 1001}, "under 1,000 characters"),
    ],
)
def test_bad_requests_are_refused_in_the_row(flawed, cast, data, words):
    segment = segments_of(flawed)[0]
    answer = post("segment-dismiss", segment, cast["anna"], **({"finding": finding_at("eventuell")} | data))
    assert answer.status_code == 422
    assert words in text_of(notes(answer, segment).xpath(".//*[@role='alert']")[0])
    assert not Dismissal.objects.exists()


def test_what_blocks_publishing_is_offered_to_desk_heads_only(flawed, cast):
    segment = segments_of(flawed)[1]
    assert "only a desk head can dismiss it" in text_of(shown(flawed, segment, cast["ben"]))
    assert shown(flawed, segment, cast["ben"]).xpath(".//form") == []
    answer = post("segment-dismiss", segment, cast["ben"], finding=finding_at("7"), reason="Puppies.")
    assert answer.status_code == 422
    assert post("segment-dismiss", segment, cast["dora"], finding=finding_at("7"), reason="Puppies.").status_code == 200


def test_other_rows_with_the_same_words_are_fetched_again(project, cast):
    made = make_document(
        project, ["Sein Handy war neu.", "Ihr Handy war alt."], {"engine-a": ["His handy.", "Her handy was old."]}
    )
    runner.check_targets(made.pk)
    first, second = segments_of(made)
    finding = Finding.objects.filter(check_name="glossary.false_friends").order_by("pk")[0].pk
    answer = post("segment-dismiss", first, cast["anna"], finding=finding, scope="document")
    assert json.loads(answer["HX-Trigger"])["article:moved"] == {"segments": [second.pk], "reload": False}


def test_all_open_findings_of_a_check_are_dismissed_at_once(flawed, cast):
    client = browser_of(cast["anna"])
    page = page_of(client.get(reverse("reviews:document", args=[flawed.pk])))
    (form,) = page.xpath("//section[contains(@class, 'open-findings')]//form")
    assert "False friends: 2 open in 1 text" in text_of(form)
    answer = client.post(form.get("action"), dict(form.fields) | {"reason": "House style."}, follow=True)
    assert "Dismissed 2 findings." in text_of(page_of(answer).xpath("//ul[@class='messages']")[0])
    assert set(Dismissal.objects.values_list("reason", flat=True)) == {"House style."}


def test_a_text_that_was_never_checked_says_so_and_is_not_published(document, segments, cast):
    review(document, cast["anna"])
    approve(document, cast["ben"])
    client = browser_of(cast["dora"])
    page = page_of(client.get(reverse("reviews:document", args=[document.pk])))
    assert "Not checked yet" in text_of(part(row_of(page, segments[0]), "notes"))
    assert "Checks have not run yet" in text_of(page.xpath("//section[@id='publish']")[0])
    client.post(reverse("reviews:document-publish", args=[document.pk]))
    assert not document.publications.exists()


# --- the page of the checks -------------------------------------------------------------------------------


def policy_fields(page):
    (form,) = page.xpath("//form[@class='policy']")
    return {name: value for name, value in form.fields.items() if value is not None}


def test_a_desk_head_mutes_a_check(flawed, cast, project):
    client = browser_of(cast["dora"])
    address = reverse("reviews:checks", args=[project.slug])
    fields = policy_fields(page_of(client.get(address)))
    asked = fields | {"glossary.false_friends": "off", "major": "approval"}
    answer = client.post(reverse("reviews:checks-policy", args=[project.slug]), asked, follow=True)
    assert "Saved. It holds from now on." in text_of(page_of(answer))
    assert Project.objects.get(pk=project.pk).check_policy == {
        "severities": {"major": "approval"},
        "checks": {"glossary.false_friends": "off"},
    }
    assert AuditEvent.objects.get(stream=f"project:{project.pk}").action == "checks.policy"
    assert shown(flawed, segments_of(flawed)[0], cast["anna"]).xpath(".//ul[@class='findings']") == []
    stale = client.post(reverse("reviews:checks-policy", args=[project.slug]), fields, follow=True)
    assert "Somebody else changed these settings meanwhile." in text_of(page_of(stale))


@pytest.mark.parametrize("bad", [{"critical": "off"}, {"numbers.value": "loud"}, {"seen": "["}, {"seen": "7"}])
def test_a_policy_that_makes_no_sense_changes_nothing(project, cast, bad):
    client = browser_of(cast["dora"])
    fields = policy_fields(page_of(client.get(reverse("reviews:checks", args=[project.slug]))))
    answer = client.post(reverse("reviews:checks-policy", args=[project.slug]), fields | bad, follow=True)
    assert "Reload it and try again." in text_of(page_of(answer).xpath("//ul[@class='messages']")[0])
    assert Project.objects.get(pk=project.pk).check_policy == {}


def test_researchers_read_the_figures_and_change_nothing(project, cast):
    page = page_of(browser_of(cast["rolf"]).get(reverse("reviews:checks", args=[project.slug])))
    assert len(page.xpath("//form[@class='policy']//tbody/tr")) == len(CHECKS)
    assert page.xpath("//main//select | //main//button") == []


def test_the_page_asks_as_often_for_20_approved_texts_as_for_2(project, cast):
    counts = []
    for size in (2, 20):
        made = make_document(project, [f"Satz {i}." for i in range(size)], {"engine-a": ["A sentence."] * size})
        review(made, cast["anna"])
        approve(made, cast["ben"])
        runner.check_targets(made.pk)
        with CaptureQueriesContext(connection) as captured:
            browser_of(cast["dora"]).get(reverse("reviews:checks", args=[project.slug]))
        counts.append(len(captured))
    assert counts[0] == counts[1]
