"""A sentence that only the English has: added by key behind a text, kept while it is typed, then a text like others."""

import pytest
from playwright.sync_api import expect

from reviews.models import Placement

from .conftest import SAVED, wait_for

pytestmark = pytest.mark.browser

NOTE = "The patch is 🔒 only for customers in Germany."


def begin(anna, segment):
    """Open the form behind a text by key, and type; its field."""
    anna.edit(segment)
    anna.press("Alt+a")
    field = anna.row(segment).get_by_label("English sentence")
    expect(field).to_be_focused()
    anna.type(NOTE)
    return field


def test_a_sentence_is_added_by_keyboard_and_accepted(desk_of, document, segments):
    anna = desk_of("anna").open(document)
    begin(anna, segments[2])
    anna.press("Control+Enter")
    anna.page.wait_for_url("**edit=*")
    added = wait_for(lambda: Placement.objects.filter(added=True).first())
    opened = anna.page.locator(f"#field-{added.segment_id}")
    expect(opened).to_be_focused()
    expect(opened).to_have_value(NOTE)
    expect(anna.page.locator(f"#s-{added.segment_id}")).to_contain_text("only the English has this sentence")
    numbers = [row.get_attribute("data-id") for row in anna.page.locator(".row").all()]
    assert numbers.index(str(added.segment_id)) == numbers.index(str(segments[2].pk)) + 1
    anna.press("Control+Enter")
    expect(anna.save_state).to_have_text(SAVED)
    wait_for(lambda: Placement.objects.get(pk=added.pk).segment.state == "reviewed")


def test_what_is_typed_there_survives_the_page_and_is_added_once(desk_of, document, segments):
    anna = desk_of("anna").open(document)
    field = begin(anna, segments[1])
    anna.page.reload()
    expect(field).to_have_value(NOTE)
    # The network goes while it is sent: it is sent again, and counts once.
    anna.page.route("**/add/save/", lambda route: route.fetch() and route.abort(), times=1)
    anna.press("Control+Enter")
    anna.page.wait_for_url("**edit=*")
    assert Placement.objects.filter(added=True).count() == 1
    anna.page.goto(f"{anna.server}/documents/{document.pk}/")
    expect(anna.page.locator("form.add")).to_have_count(0)
