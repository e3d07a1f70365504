"""A passage is omitted or copied by key; what is being typed there stands in the way."""

import pytest
from playwright.sync_api import expect

from reviews.models import Decision

from .conftest import saved_texts, state_of, wait_for

pytestmark = pytest.mark.browser


def test_a_passage_is_omitted_by_key_with_its_reason(desk_of, document, segments):
    anna = desk_of("anna")
    anna.open(document).edit(segments[0])
    anna.press("Alt+o")
    expect(anna.page.locator(f"#omit-{segments[0].pk}")).to_be_focused()
    anna.type("Only of local interest.")
    anna.press("Enter")
    wait_for(lambda: state_of(segments[0]) == "reviewed")
    expect(anna.row(segments[0]).locator(".reading")).to_have_text("Omitted: no English text")
    expect(anna.field(segments[1])).to_be_focused()
    assert Decision.objects.get().reason == "Only of local interest."


def test_a_passage_is_copied_by_key(desk_of, document, segments):
    anna = desk_of("anna")
    anna.open(document).edit(segments[0])
    anna.press("Alt+c")
    wait_for(lambda: state_of(segments[0]) == "reviewed")
    assert saved_texts(segments[0]) == ["Neue Lücke"]
    expect(anna.row(segments[0]).locator(".reading")).to_have_text("Neue Lücke")
    expect(anna.row(segments[0])).not_to_have_class("editing")


@pytest.mark.parametrize("key", ["Alt+o", "Alt+c"])
def test_what_is_being_typed_is_saved_or_dropped_first(desk_of, document, segments, key):
    anna = desk_of("anna")
    anna.open(document).edit(segments[0])
    anna.type("Well, ")
    anna.press(key)
    expect(anna.save_state).to_contain_text("save or discard what you typed first")
    expect(anna.field(segments[0])).to_have_value("Well, New gap")
    assert saved_texts(segments[0]) == []


def test_without_scripts_a_passage_can_be_omitted_too(desk_of, document, segments):
    anna = desk_of("anna", java_script_enabled=False)
    anna.open(document, f"?edit={segments[0].pk}#s-{segments[0].pk}")
    anna.row(segments[0]).locator(".omit summary").click()
    anna.page.fill(f"#omit-{segments[0].pk}", "Only of local interest.")
    anna.row(segments[0]).get_by_role("button", name="Omit", exact=True).click()
    assert state_of(segments[0]) == "reviewed"
