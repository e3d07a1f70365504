"""From anywhere to a text by its words, and to the page readers will see, without the mouse."""

import re

import pytest
from playwright.sync_api import expect

from reviews import pipeline
from reviews.editing.saving import save_revision

pytestmark = pytest.mark.browser


def test_a_text_is_found_and_opened_by_keys_alone_and_typing_stays(desk_of, document, segments):
    pipeline.list_words(document.pk)
    anna = desk_of("anna").open(document)
    field = anna.edit(segments[2])
    anna.press("End")
    anna.type(" Still")
    anna.press("Control+k")
    box = anna.page.locator("#search-box")
    expect(box).to_be_focused()
    anna.press("Escape")
    expect(field).to_be_focused()
    expect(field).to_have_value("It rains. Still")
    anna.press("Control+k")
    anna.type("geräte")
    anna.press("Enter")
    expect(anna.page.locator("mark.found")).to_have_text("Geräte")
    anna.page.locator(".hit-row").focus()
    anna.press("Enter")
    expect(anna.current).to_have_id(f"s-{segments[1].pk}")
    expect(anna.page.locator(f"#field-{segments[2].pk}")).to_have_value("It rains. Still")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_preview_switches_its_width_by_key_and_shows_what_changed(desk_of, document, segments, cast, width):
    save_revision(segment_id=segments[1].pk, person=cast["ben"], typed="A patch for 1,450 devices.", base=0)
    anna = desk_of("anna", viewport={"width": width, "height": 900})
    anna.open(document, f"?at={segments[1].pk}")
    anna.press("Alt+v")
    sheet = anna.page.locator(".preview-sheet")
    expect(sheet).not_to_have_class(re.compile("phone"))
    anna.page.wait_for_load_state()  # its keys work once its modules have run
    anna.press("Alt+w")
    expect(sheet).to_have_class(re.compile("phone"))
    assert sheet.bounding_box()["width"] <= 390
    assert anna.page.evaluate("document.documentElement.scrollWidth") <= width
    anna.page.get_by_role("link", name="Against the machine").click()
    expect(anna.page.locator(".read del").first).to_have_text("An update")
    expect(anna.page.locator(".read ins").first).to_have_text("A patch")
    expect(sheet).to_have_class(re.compile("phone"))
    anna.press("Alt+b")
    expect(anna.current).to_have_id(f"s-{segments[1].pk}")
