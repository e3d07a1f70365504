"""One text for several sentences is divided by keyboard and joined again; where a quotation comes from is noted."""

import pytest
from playwright.sync_api import expect

from reviews.models import DivisionDraft, QuoteProvenance, SegmentState
from reviews.models.states import verify
from tests.editing.lanes import now
from tests.factories import make_document, segments_of

from .conftest import saved_texts, wait_for
from .test_accessibility import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def document(project):
    return make_document(
        project,
        ["Es regnet in Kiel.", "„Wir warten seit drei Stunden“, sagt eine Frau.", "Ende."],
        {"engine-b": [("It rains in Kiel. “We have waited for three hours”, says a woman.", 2), "", "The end."]},
    )


def divided(document) -> list[str]:
    return [saved_texts(segment)[-1] for segment in segments_of(document)[:2] if saved_texts(segment)]


def open_division(desk, document):
    """The joined text's field, and from there its parts."""
    desk.open(document)
    first = segments_of(document)[0]
    desk.edit(first)
    desk.press("Alt+d")
    parts = desk.page.locator(f"#divide-{first.pk} textarea")
    expect(parts).to_have_count(2)
    return parts


def test_a_joined_text_is_divided_by_keyboard_and_joined_again(desk_of, document):
    first, second = segments_of(document)[:2]
    desk = desk_of("anna")
    parts = open_division(desk, document)
    expect(parts.nth(0)).to_be_focused()
    expect(parts.nth(0)).to_have_value("It rains in Kiel.")
    expect(parts.nth(1)).to_have_value("“We have waited for three hours”, says a woman.")
    desk.press("Alt+Shift+ArrowLeft")
    expect(parts.nth(0)).to_have_value("It rains in")
    desk.press("Alt+Shift+ArrowRight")
    expect(parts.nth(0)).to_have_value("It rains in Kiel.")
    desk.press("Tab", "Tab", "Tab")
    expect(parts.nth(1)).to_be_focused()
    desk.press("Control+End")
    desk.type(" It is cold.")
    wait_for(lambda: DivisionDraft.objects.filter(segment=first, person=desk.person).exists())
    desk.press("Control+Enter")
    expect(desk.row(second)).to_be_visible()
    expect(desk.row(second)).to_contain_text("It is cold.")
    assert divided(document) == ["It rains in Kiel.", "“We have waited for three hours”, says a woman. It is cold."]
    assert not DivisionDraft.objects.exists()
    assert {now(segment).state for segment in (first, second)} == {SegmentState.IN_REVIEW}
    document.refresh_from_db()
    assert verify(document) == []

    desk.row(second).locator(".reading").click()
    desk.press("Alt+Shift+d")
    expect(desk.row(second)).to_have_count(0)
    expect(desk.row(first)).to_contain_text(
        "It rains in Kiel. “We have waited for three hours”, says a woman. It is cold."
    )
    assert now(second).covered_by_id == first.pk
    document.refresh_from_db()
    assert verify(document) == []


def test_what_is_typed_while_dividing_survives_a_reload(desk_of, document):
    desk = desk_of("anna")
    parts = open_division(desk, document)
    desk.press("Control+End")
    desk.type(" Hard.")
    wait_for(lambda: DivisionDraft.objects.filter(person=desk.person, texts__0__1="It rains in Kiel. Hard.").exists())
    desk.page.reload()
    # It opens by itself: nothing that was typed is out of sight.
    expect(parts.nth(0)).to_have_value("It rains in Kiel. Hard.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_parts_have_names_and_contrast(desk_of, document, scheme):
    desk = desk_of("anna", color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    open_division(desk, document)
    assert violations(desk.page) == []


@pytest.mark.parametrize("width", [1280, 390])
def test_where_a_quotation_comes_from_is_noted_by_keyboard(desk_of, document, width):
    first = segments_of(document)[0]
    desk = desk_of("anna", viewport={"width": width, "height": 900}, bypass_csp=True, reduced_motion="reduce")
    desk.open(document)
    desk.edit(first)
    desk.press("Alt+q")
    language = desk.row(first).locator('form.quote [name="language"]')
    expect(language).to_be_focused()
    assert violations(desk.page) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= width
    language.fill("en")
    desk.row(first).locator('form.quote [name="link"]').fill("https://example.org/interview")
    desk.press("Enter")
    expect(desk.row(first)).to_contain_text("use the original wording")
    noted = QuoteProvenance.objects.get()
    assert (noted.language, noted.link) == ("en", "https://example.org/interview")
