"""The glossary's terms under a text: put in by key and by mouse, and ticked against what is being typed."""

import pytest
from playwright.sync_api import expect

from reviews.editing.terms import add_term
from reviews.glossary.terms import TermValue
from tests.factories import make_document, segments_of

from .conftest import saved_texts, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture
def article(project, cast):
    for value in (
        TermValue("Bundesnetzagentur", "Federal Network Agency"),
        TermValue("Bundesnetzagentur", "Federal Grid Agency", "avoid", "the old name"),
        TermValue("Landgericht", "regional court", "preferred", "in Germany only"),
    ):
        add_term(project_id=project.pk, person=cast["dora"], value=value)
    return make_document(
        project,
        ["Ein Sprecher der Bundesnetzagentur wies das Urteil des Landgerichts zurück. 😀", "Es regnet."],
        {"engine-a": ["😀 A spokesman for the Federal Grid Agency rejected the ruling of the court.", "It rains."]},
    )


def test_terms_are_put_in_by_key_and_by_mouse_and_taken_out_again(desk_of, article):
    first = segments_of(article)[0]
    anna = desk_of("anna").open(article)
    lines = anna.row(first).locator(".terms li")
    expect(lines).to_have_count(2)
    there = anna.row(first).locator(".terms [data-there]")
    expect(there).to_have_text("not “Federal Grid Agency”: stands in the text (the old name)")

    field = anna.edit(first)
    field.evaluate("area => area.setSelectionRange(area.value.indexOf('Federal'), area.value.indexOf(' rejected'))")
    anna.press("Alt+g")
    expect(field).to_have_value("😀 A spokesman for the Federal Network Agency rejected the ruling of the court.")
    expect(there).to_have_text("Federal Network Agency Alt G (is in the text)")
    # The same key goes on to the next term, in the same place.
    anna.press("Alt+g")
    expect(field).to_have_value("😀 A spokesman for the regional court rejected the ruling of the court.")
    anna.press("Control+z")
    expect(field).to_have_value("😀 A spokesman for the Federal Network Agency rejected the ruling of the court.")

    # At a cursor that stands at a word's end it goes in with a blank; the cursor stays where it was.
    field.evaluate("area => area.setSelectionRange(area.value.length - 1, area.value.length - 1)")
    anna.row(first).get_by_role("button", name="regional court").click()
    expect(field).to_be_focused()
    expect(field).to_have_value(
        "😀 A spokesman for the Federal Network Agency rejected the ruling of the court regional court."
    )
    anna.press("Control+z", "Control+s")
    text = "😀 A spokesman for the Federal Network Agency rejected the ruling of the court."
    wait_for(lambda: saved_texts(first) == [text])
    assert first.revisions.get().origin == "typed"
    expect(there).to_have_count(1)

    anna.press("Alt+ArrowDown", "Alt+g")
    expect(anna.page.locator("#live")).to_contain_text("The glossary says nothing of this text.")
