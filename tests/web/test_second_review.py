"""A second review on the screen, the settling of two, and that nothing of a lane shows elsewhere."""

from __future__ import annotations

import json
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.checks.runner import check_targets
from reviews.editing import passes
from reviews.models import Decision, DecisionKind, Draft, DraftKind, Lane, ReviewPass, Revision, Step, WorkItem
from reviews.publishing.service import publish
from tests.editing.lanes import TwoReviews, both, decide_on, end_work, more_people, now, source_of, work_on, write
from tests.factories import make_document, make_person

from .conftest import browser_of, script_of

pytestmark = pytest.mark.django_db

FIRST, SECOND = "A first rendering by Anna.", "Another wording, apart."


@pytest.fixture
def two(project, cast):
    made = TwoReviews(project, cast)
    made.review(FIRST)
    return made


def address(name, *arguments):
    return reverse(f"reviews:{name}", args=arguments)


def take(two, name="emil"):
    browser = browser_of(two.people[name])
    response = browser.post(address("work-claim", two.item.pk))
    assert response.url == address("second-review", two.item.pk)
    return browser


def hand_in(two):
    two.review_again(SECOND)


# --- the page -------------------------------------------------------------------------------------------


def test_the_reviewer_sees_the_german_and_the_machines_text_and_nothing_of_the_first_review(two):
    decide_on(two.segments[1], two.people["frieda"], DecisionKind.SENT_BACK, reason="Too free.")
    page = take(two).get(address("second-review", two.item.pk)).content.decode()
    assert "Satz 1." in page
    assert "Translation 1." in page
    for hidden in (FIRST, "Too free.", "Anna", "Frieda", "sent back"):
        assert hidden not in page, hidden


def test_the_reviewers_way_goes_round_the_article(two):
    emil = take(two)
    segment = two.first
    for name in ("document", "document-next", "document-preview"):
        response = emil.get(address(name, two.document.pk))
        assert (response.status_code, response.url) == (302, address("second-review", two.item.pk)), name
    assert emil.get(address("segment", segment.pk)).status_code == 302
    script = script_of(two.people["emil"])
    for response in (
        script.get(address("segment", segment.pk)),
        script.post(address("document-presence", two.document.pk), {"seen": 0}),
        script.post(address("segment-save", segment.pk), {"typed": "x", "base": 1, "save_key": "k"}),
    ):
        assert response.status_code == 403
        assert FIRST not in response.content.decode()


def test_it_works_without_a_script_and_ends_by_itself(two):
    emil = take(two)
    first, second = two.segments
    response = emil.post(
        address("second-segment-save", first.pk), {"typed": SECOND, "base": 0, "save_key": "a", "reviewed": "1"}
    )
    assert response.url == address("second-review", two.item.pk) + f"?edit={second.pk}#s-{second.pk}"
    assert "1 of 2 done" in emil.get(address("second-review", two.item.pk)).content.decode()
    response = emil.post(
        address("second-segment-omit", second.pk),
        {"revision": 0, "source_hash": source_of(second), "save_key": "b", "reason": "Local."},
    )
    assert response.url.endswith("#end")
    page = emil.get(address("second-review", two.item.pk)).content.decode()
    assert "You are done." in page
    assert SECOND in page
    assert {each.outcome for each in ReviewPass.objects.all()} == {"done"}


def test_a_script_gets_the_row_back(two):
    take(two)
    emil = script_of(two.people["emil"])
    saved = emil.post(address("second-segment-save", two.first.pk), {"typed": SECOND, "base": 0, "save_key": "a"})
    assert saved.status_code == 200
    assert saved["X-Row"] == str(two.first.pk)
    assert SECOND in saved.content.decode()
    late = emil.post(address("second-segment-save", two.first.pk), {"typed": "Late.", "base": 0, "save_key": "b"})
    assert late.status_code == 409
    assert "came too late; nothing is lost" in late.content.decode()
    kept = Draft.objects.get(kind=DraftKind.REFUSED)
    answer = emil.post(address("kept-keep", kept.pk), {"base": 1})
    assert answer.status_code == 200
    assert Revision.objects.filter(lane=Lane.BLIND).latest("number").text == "Late."
    refused = emil.post(address("second-segment-save", two.first.pk), {"typed": "", "base": 2, "save_key": "c"})
    assert refused.status_code == 422
    assert "The text is empty" in refused.content.decode()


def test_somebody_with_a_part_in_the_article_is_told_why_not(two):
    anna = browser_of(two.people["anna"])
    response = anna.post(address("second-review-take", two.item.pk), follow=True)
    assert "somebody else" in response.content.decode().lower()
    assert WorkItem.objects.get(pk=two.item.pk).lease_owner is None


def test_giving_back_opens_the_article_again(two):
    emil = take(two)
    emil.post(address("second-review-give-back", two.item.pk))
    assert emil.get(address("document", two.document.pk)).status_code == 200
    emil = take(two)
    emil.post(address("work-release", two.item.pk))
    assert emil.get(address("document", two.document.pk)).status_code == 200
    assert not ReviewPass.objects.filter(closed_at=None).exists()


def test_the_page_asks_as_often_for_many_texts_as_for_few(project, cast):
    emil = more_people(project)["emil"]
    browser = browser_of(emil)
    counts = []
    for texts in (2, 30):
        item = work_on(make_document(project, [f"Satz {i}." for i in range(texts)]), Step.BLIND)
        passes.take(item_id=item.pk, person=emil)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(address("second-review", item.pk)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- settling -------------------------------------------------------------------------------------------


def settling(two, name="frieda"):
    hand_in(two)
    item = work_on(two.document, Step.ADJUDICATE)
    browser = browser_of(two.people[name])
    assert browser.post(address("work-claim", item.pk)).url == address("second-review", item.pk)
    return browser, item


def seen(segment):
    shown = both(segment)
    return {"seen": ":".join(sorted(shown.texts)), "source_hash": shown.source_hash}


def test_both_texts_stand_side_by_side_without_names(two):
    frieda, item = settling(two)
    page = frieda.get(address("second-review", item.pk)).content.decode()
    words = re.sub(r"<[^>]+>", "", page)
    assert "A first rendering by Anna." in words
    assert SECOND in words
    for hidden in ("Emil", "Dora", "main", "blind"):
        assert hidden not in words, hidden
    assert "Anna" not in words.replace(FIRST, "")
    assert frieda.get(address("document", two.document.pk)).url == address("second-review", item.pk)


def test_a_text_is_chosen_and_another_one_written(two):
    frieda, item = settling(two)
    first, second = two.segments
    winner = Revision.objects.get(lane=Lane.BLIND, segment=first).content_hash
    response = frieda.post(address("second-segment-settle", first.pk), {**seen(first), "chosen": winner})
    assert response.url == address("second-review", item.pk)
    assert now(first).latest_revision.text == SECOND
    response = frieda.post(address("second-segment-settle", second.pk), {**seen(second), "typed": "Better than both."})
    assert response.url == address("document", two.document.pk)
    assert now(second).latest_revision.text == "Better than both."
    assert Decision.objects.filter(lane=Lane.ADJUDICATION, person=two.people["frieda"]).count() == 2


def test_what_was_typed_is_still_there_after_a_refusal(two):
    frieda, _ = settling(two)
    old = seen(two.first)
    write(two.first, two.people["anna"], "Anna’s, later.")
    response = frieda.post(address("second-segment-settle", two.first.pk), {**old, "typed": "Mine.", "reason": "Why."})
    page = response.content.decode()
    assert response.status_code == 422
    assert "One of the texts changed meanwhile" in page
    assert "Mine." in page
    assert 'value="Why."' in page


def test_a_desk_head_asks_for_another_second_review(two):
    hand_in(two)
    dora = browser_of(two.people["dora"])
    assert "Another second review" in dora.get(address("document", two.document.pk)).content.decode()
    dora.post(address("segment-second-review-anew", two.first.pk), {"reason": "Conflict of interest."})
    assert ReviewPass.objects.get(segment=two.first).outcome == "reopened"


# --- no lane shows elsewhere ------------------------------------------------------------------------------


@pytest.fixture
def apart(two):
    """Emil is in the middle of his second review: one text done, one begun, one typed."""
    passes.take(item_id=two.item.pk, person=two.people["emil"])
    write(two.segments[0], two.people["emil"], SECOND, lane=Lane.BLIND)
    write(two.segments[1], two.people["emil"], SECOND, lane=Lane.BLIND, reviewed=False)
    check_targets(two.document.pk)
    return two


@pytest.mark.parametrize("handed_in", [False, True])
@pytest.mark.parametrize("who", ["anna", "ben", "dora", "rolf"])
def test_no_page_shows_it(apart, who, handed_in):
    if handed_in:
        write(apart.segments[1], apart.people["emil"], f"{SECOND} Done.", lane=Lane.BLIND)
        end_work(apart.item)
    browser = browser_of(apart.people[who])
    addresses = [
        address("document", apart.document.pk),
        address("document-preview", apart.document.pk),
        address("second-review", apart.item.pk),
        address("my-work") + "?q=Another",
    ]
    if who in ("dora", "rolf"):
        addresses += [
            address("dashboard", apart.document.project.slug),
            address("engines", apart.document.project.slug),
        ]
    for each in addresses:
        page = browser.get(each).content.decode()
        assert SECOND not in page, each
        assert "Emil" not in page, each


def test_no_row_and_no_list_of_changes_shows_it(apart):
    script = script_of(apart.people["anna"])
    row = script.get(address("segment", apart.first.pk)).content.decode()
    assert SECOND not in row
    assert "Emil" not in row
    apart.document.refresh_from_db()
    seen_number = apart.document.audit_number
    write(apart.segments[1], apart.people["emil"], f"{SECOND} Done.", lane=Lane.BLIND, reviewed=False)
    answer = script.post(address("document-presence", apart.document.pk), {"seen": seen_number})
    assert "HX-Trigger" not in answer
    assert "Emil" not in answer.content.decode()
    assert "Somebody is reviewing it a second time" in answer.content.decode()


@pytest.mark.parametrize(
    "command",
    [
        ["segments", "--json"],
        ["findings", "--json"],
        ["export", "--format", "jsonl", "--state", "any", "-o", "-"],
    ],
)
def test_no_command_prints_it(apart, command, capsys, tmp_path):
    name, *options = command
    call_command(name, "--project", apart.document.project.slug, *options)
    printed = capsys.readouterr().out
    assert SECOND not in printed
    if name != "findings":
        assert FIRST in printed


def test_no_look_up_shows_it(apart):
    root = browser_of(make_person("root", is_superuser=True, is_staff=True))
    for model in (Revision, Decision):
        row = model.objects.filter(lane=Lane.BLIND).first()
        name = model._meta.model_name
        assert root.get(reverse(f"admin:reviews_{name}_change", args=[row.pk])).status_code == 302
        page = root.get(reverse(f"admin:reviews_{name}_changelist")).content.decode()
        assert "Emil" not in page


def test_no_publication_shows_it(apart):
    """Frozen is who wrote and who approved the text that counts, not what lost."""
    write(apart.segments[1], apart.people["emil"], FIRST, lane=Lane.BLIND)
    end_work(apart.item)
    work_on(apart.document, Step.ADJUDICATE, [apart.first])
    item = WorkItem.objects.get(step=Step.ADJUDICATE)
    passes.take(item_id=item.pk, person=apart.people["frieda"])
    chosen = apart.first.latest_revision.content_hash
    passes.settle(segment_id=apart.first.pk, person=apart.people["frieda"], seen=both(apart.first), chosen=chosen)
    end_work(item)
    for segment in apart.segments:
        decide_on(segment, apart.people["guel"], DecisionKind.APPROVED)
    body = publish(document_id=apart.document.pk, person=apart.people["dora"]).body
    assert SECOND not in body
    assert str(apart.people["emil"].public_id) not in body
    assert json.loads(body)["segments"]
