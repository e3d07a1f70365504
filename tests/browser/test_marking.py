"""An error is marked by key in a text with emoji; it is still there when the page is opened again."""

import pytest
from playwright.sync_api import expect

from reviews.editing.marking import mark
from reviews.importing.scorefiles.base import Mark
from reviews.models import ErrorAnnotation, Hypothesis, Rating
from tests.factories import make_document, segments_of

from .conftest import wait_for
from .test_accessibility import violations

pytestmark = pytest.mark.browser

#: A family of three is five code points and eight units of UTF-16; the accents of the café are letters of their own.
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
TEXT = f"The {FAMILY} cafés \U0001f1e9\U0001f1ea opend early."


@pytest.fixture
def document(project):
    return make_document(
        project,
        [f"Das {FAMILY} Café öffnete heute früh.", "Es regnet."],
        {"engine-a": [TEXT, "It rains."], "engine-b": ["It opened.", "It is raining."]},
    )


@pytest.fixture
def segment(document):
    return segments_of(document)[0]


@pytest.fixture
def text(segment):
    return Hypothesis.objects.get(text=TEXT)


def spans():
    latest = Rating.objects.order_by("-number").first()
    rows = latest.marks.order_by("ordinal") if latest else []
    return [(row.side, row.start, row.end, row.category, row.severity, row.comment) for row in rows]


def place(words, text=TEXT):
    return text.index(words), text.index(words) + len(words)


def area(desk, segment, side="target"):
    return desk.row(segment).locator(f".marked-text[data-side={side}]").first


def open_marking(desk, document, segment):
    desk.open(document).edit(segment)
    desk.press("Alt+m")
    expect(area(desk, segment)).to_be_focused()


def test_an_error_is_marked_by_key_and_is_there_again(desk_of, document, segment):
    anna = desk_of("anna")
    open_marking(anna, document, segment)
    anna.press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    anna.press("s", "2")
    row = anna.row(segment)
    expect(row.locator("[data-mark-words]")).to_have_text("opend")
    row.get_by_label("Note").focus()
    anna.type("two letters, s and 3, in a note")
    anna.press("Enter")
    expect(area(anna, segment).locator("mark.minor")).to_have_text("opend")
    expect(area(anna, segment)).to_be_focused()
    note = "two letters, s and 3, in a note"
    assert spans() == [("target", *place("opend"), "fluency/spelling", "minor", note)]
    row.get_by_role("button", name="These are all errors").click()
    expect(row.locator(".judged").first).to_have_text("judged")
    assert Rating.objects.get(number=2).complete
    open_marking(anna, document, segment)
    expect(area(anna, segment).locator("mark.minor")).to_have_text("opend")


def test_several_words_with_emoji_and_a_gap(desk_of, document, segment):
    anna = desk_of("anna")
    open_marking(anna, document, segment)
    anna.press("ArrowRight", "Shift+ArrowRight", "w", "3", "Enter")
    expect(area(anna, segment).locator("mark.major")).to_have_text(f"{FAMILY} cafés")
    anna.press("ArrowRight", " ", "Enter", "3", "Enter")
    expect(area(anna, segment).locator("mark.gap")).to_have_count(1)
    flag = TEXT.index("\U0001f1e9")
    assert [span[:4] for span in spans()] == [
        ("target", *place(f"{FAMILY} cafés"), "style/awkward"),
        ("target", flag, flag, "accuracy/omission"),
    ]


def test_what_is_left_out_is_marked_in_the_original_with_the_mouse(desk_of, document, segment):
    anna = desk_of("anna")
    open_marking(anna, document, segment)
    area(anna, segment, "source").get_by_text("heute").dblclick(position={"x": 160, "y": 14})
    words = anna.row(segment).locator("[data-mark-words]")
    expect(words).to_be_visible()
    chosen = words.inner_text()
    anna.press("o", "2", "Enter")
    expect(area(anna, segment, "source").locator("mark")).to_have_text(chosen)
    source = f"Das {FAMILY} Café öffnete heute früh."
    assert [span[:3] for span in spans()] == [("source", *place(chosen, source))]


def test_another_tab_was_first_and_nothing_chosen_is_lost(desk_of, document, segment, text, cast):
    anna = desk_of("anna")
    open_marking(anna, document, segment)
    mark(hypothesis_id=text.pk, person=cast["anna"], error=Mark("target", place("early"), "other", "minor"), base=0)
    anna.press("m", "3", "Enter")
    row = anna.row(segment)
    expect(row.locator(".marking .problem")).to_contain_text("in another tab")
    expect(area(anna, segment).locator("mark.minor")).to_have_text("early")
    expect(row.locator("[data-mark-words]")).to_have_text("The")
    row.locator(".mark-form").get_by_role("button", name="Mark it").click()
    expect(area(anna, segment).locator("mark.major")).to_have_text("The")
    assert [span[1:3] for span in spans()] == [place("early"), (0, 3)]


def test_a_mark_is_removed_and_escape_leaves(desk_of, document, segment):
    anna = desk_of("anna")
    open_marking(anna, document, segment)
    anna.press("a", "Escape")
    expect(anna.row(segment).locator(".mark-form")).to_be_hidden()
    expect(area(anna, segment)).to_be_focused()
    anna.press("a", "3", "Enter")
    anna.row(segment).locator(".marking").get_by_role("button", name="Remove").click()
    expect(area(anna, segment).locator("mark")).to_have_count(0)
    wait_for(lambda: Rating.objects.count() == 2)
    assert spans() == []
    anna.press("Escape")
    expect(anna.row(segment).locator(".marking")).to_have_count(0)
    expect(anna.row(segment)).to_be_focused()
    assert ErrorAnnotation.objects.count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_breaks_no_rule_of_access(desk_of, document, segment, scheme):
    anna = desk_of("anna", color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    open_marking(anna, document, segment)
    anna.press("a", "3", "Enter")
    expect(area(anna, segment).locator("mark.major")).to_have_count(1)
    anna.press("ArrowRight", "m")
    assert violations(anna.page) == []
