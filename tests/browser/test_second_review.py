"""A second review apart from the article, and the settling of two, in real browsers."""

import pytest
from playwright.sync_api import expect

from reviews.models import Decision, DecisionKind, Lane, Revision, Step
from tests.editing.lanes import TwoReviews, end_work, now, work_on

from .conftest import SAVED, draft_of, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def two(project, cast):
    two = TwoReviews(project, cast)
    cast.update(two.people)
    return two


def texts_apart(two) -> list[str]:
    rows = Revision.objects.filter(document=two.document, lane=Lane.BLIND).order_by("segment", "number")
    return list(rows.values_list("text", flat=True))


def test_a_second_review_by_keyboard_shows_nothing_of_the_first(desk_of, two):
    two.review("Anna’s sentence.")
    first, second = two.segments
    desk = desk_of("emil")
    desk.page.goto(f"{desk.server}/second-reviews/{two.item.pk}/")
    desk.page.get_by_role("button", name="Take it and begin").click()
    expect(desk.page.locator(".row")).to_have_count(2)
    assert "Anna" not in desk.page.content()

    desk.edit(first)
    desk.press("Control+a")
    desk.type("Emil’s sentence.")
    wait_for(lambda: draft_of(first, two.people["emil"]) == "Emil’s sentence.")
    desk.press("Control+Enter")
    expect(desk.field(second)).to_be_focused()
    expect(desk.save_state).to_have_text(SAVED)
    desk.press("Control+Enter")
    done = Decision.objects.filter(document=two.document, lane=Lane.BLIND, kind=DecisionKind.REVIEWED)
    wait_for(lambda: done.count() == 2)
    end_work(two.item)

    desk.page.reload()
    expect(desk.page.locator(".apart-note")).to_contain_text("You are done")
    assert texts_apart(two)[0] == "Emil’s sentence."
    assert "Anna" not in desk.page.content()
    assert now(first).latest_revision.text == "Anna’s sentence."
    assert draft_of(first, two.people["emil"]) is None


def test_typing_apart_survives_a_reload_and_stays_out_of_the_article(desk_of, two):
    [first, _] = two.segments
    desk = desk_of("emil")
    desk.page.goto(f"{desk.server}/second-reviews/{two.item.pk}/")
    desk.page.get_by_role("button", name="Take it and begin").click()
    desk.edit(first)
    desk.press("Control+End")
    desk.type(" More of it.")
    wait_for(lambda: (draft_of(first, two.people["emil"]) or "").endswith(" More of it."))
    desk.page.reload()
    expect(desk.field(first)).to_have_value(draft_of(first, two.people["emil"]))

    anna = desk_of("anna").open(two.document)
    expect(anna.row(first)).to_be_visible()
    assert "More of it" not in anna.page.content()


def test_a_third_person_settles_and_cannot_tell_whose_is_whose(desk_of, two):
    two.review("It rained.")
    two.review_again("It poured.")
    item = work_on(two.document, Step.ADJUDICATE)
    desk = desk_of("frieda")
    desk.page.goto(f"{desk.server}/second-reviews/{item.pk}/")
    desk.page.get_by_role("button", name="Take it and begin").click()
    first, second = two.segments
    pair = desk.page.locator(f"#s-{first.pk}")
    expect(pair.locator(".side-text")).to_have_count(2)
    for name in ("anna", "emil"):
        assert two.people[name].shown_name not in desk.page.content()

    pair.locator(".side-text", has_text="It poured.").get_by_role("button").click()
    expect(desk.page.locator(f"#s-{first.pk} .state")).to_have_text("Settled")
    assert now(first).latest_revision.text == "It poured."

    other = desk.page.locator(f"#s-{second.pk}")
    other.locator("summary").click()
    other.locator("textarea").fill("A third sentence.")
    other.get_by_role("button", name="Save the third text").click()
    # The last one settled leads to the article.
    expect(desk.row(second)).to_contain_text("A third sentence.")
    expect(desk.page.locator(".messages")).to_contain_text("are settled")
    assert now(second).latest_revision.text == "A third sentence."
    settled = Decision.objects.filter(document=two.document, lane=Lane.ADJUDICATION)
    assert set(settled.values_list("person", flat=True)) == {two.people["frieda"].pk}
