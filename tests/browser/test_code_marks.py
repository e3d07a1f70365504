"""Marks of links in the field: whole or not at all, and a missing one is put in by key."""

import pytest
from playwright.sync_api import expect

from reviews.values import CodedText
from tests.factories import make_document, segments_of

from .conftest import LINK, SAVED, wait_for

pytestmark = pytest.mark.browser

MARKED = "An ⟦1⟧update⟦/1⟧ for 1,450 devices."


@pytest.fixture
def anna(desk_of, document, segments):
    desk = desk_of("anna").open(document)
    desk.edit(segments[1])
    expect(desk.field(segments[1])).to_have_value(MARKED)
    return desk


def test_the_cursor_passes_a_mark_as_one_sign_and_deleting_takes_it_whole(anna, segments):
    area = anna.field(segments[1])
    anna.press("Home", *["ArrowRight"] * 4)  # "An ", then over the mark
    assert area.evaluate("area => area.selectionStart") == len("An ⟦1⟧")
    anna.press("Backspace")
    expect(area).to_have_value("An update⟦/1⟧ for 1,450 devices.")
    anna.press("Control+z")
    expect(area).to_have_value(MARKED)
    anna.press("Home", *["ArrowRight"] * 3, "Delete")
    expect(area).to_have_value("An update⟦/1⟧ for 1,450 devices.")


def test_nothing_is_typed_into_a_mark_and_one_that_is_cut_goes_whole(anna, segments):
    area = anna.field(segments[1])
    area.evaluate("area => area.setSelectionRange(4, 4)")
    anna.type("x")
    expect(area).to_have_value(MARKED.replace("⟦1⟧", "⟦1⟧x"))
    anna.press("Control+z")
    area.evaluate("area => area.setSelectionRange(4, 8)")  # from inside the mark into the word
    anna.type("D")
    expect(area).to_have_value("An Ddate⟦/1⟧ for 1,450 devices.")


def test_a_missing_link_is_said_and_put_around_the_selected_words_by_key(anna, segments):
    area = anna.field(segments[1])
    area.fill("A patch for 1,450 devices.")
    line = anna.row(segments[1]).locator("[data-codes-missing]")
    expect(line).to_contain_text("1 mark missing: link to https://example.org/patch. Alt K puts it around")
    area.evaluate("area => area.setSelectionRange(2, 7)")
    anna.press("Alt+k")
    expect(area).to_have_value("A ⟦1⟧patch⟦/1⟧ for 1,450 devices.")
    expect(line).to_be_hidden()
    assert anna.row(segments[1]).locator(".mirror .code").all_inner_texts() == ["⟦1⟧", "⟦/1⟧"]
    assert anna.row(segments[1]).locator(".mirror .coded").all_inner_texts() == ["patch"]
    anna.press("Control+s")
    expect(anna.save_state).to_have_text(SAVED)
    expect(anna.row(segments[1]).locator(".reading .link")).to_have_text("patch")


def test_of_several_missing_links_the_key_goes_from_one_to_the_next(desk_of, project):
    codes = [*LINK, *(type(code)("2", "link", code.part, code.pos + 8, code.raw) for code in LINK)]
    source = CodedText("Ein Update für 1.450 Geräte.", tuple(codes))
    document = make_document(project, [source], {"engine-a": ["One 👩‍💻 patch."]})
    [segment] = segments_of(document)
    anna = desk_of("anna").open(document)
    area = anna.edit(segment)
    area.evaluate("area => area.setSelectionRange(0, 3)")
    anna.press("Alt+k")
    expect(area).to_have_value("⟦1⟧One⟦/1⟧ 👩‍💻 patch.")
    anna.press("Alt+k")
    expect(area).to_have_value("⟦2⟧One⟦/2⟧ 👩‍💻 patch.")
    area.evaluate("area => area.setSelectionRange(area.value.indexOf('patch'), area.value.length - 1)")
    anna.press("Alt+k")
    expect(area).to_have_value("⟦2⟧One⟦/2⟧ 👩‍💻 ⟦1⟧patch⟦/1⟧.")
    anna.press("Control+s")
    wait_for(lambda: segment.revisions.filter(text="One 👩‍💻 patch.").exists())
