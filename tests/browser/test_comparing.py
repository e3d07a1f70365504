"""Texts held against each other: undo across saves, the history, parts of engines' texts, what a check suggests."""

from random import Random

import pytest
from playwright.sync_api import expect

from reviews.checks import runner
from reviews.editing.saving import accept, save_revision
from reviews.models import Dismissal, Revision, Segment
from tests.factories import make_document, segments_of

from .conftest import SAVED, saved_texts, wait_for

pytestmark = pytest.mark.browser


def test_undo_goes_back_over_a_save_and_a_reload(desk_of, document, segments):
    anna = desk_of("anna").open(document)
    field = anna.edit(segments[2])
    anna.press("End")
    anna.type(" And snows")
    anna.press("Control+s")
    expect(anna.save_state).to_have_text(SAVED)
    anna.type(" hard")
    anna.press("Control+z")
    expect(field).to_have_value("It rains. And snows")
    anna.press("Control+z", "Control+z")
    expect(field).to_have_value("It rains.")
    anna.press("Control+Shift+z", "Control+y", "Control+y")
    expect(field).to_have_value("It rains. And snows hard")
    # An engine's text is one step, and the field may be left and come back to.
    anna.press("Alt+2")
    expect(field).to_have_value("It is raining.")
    anna.press("Control+z", "Control+z")
    expect(field).to_have_value("It rains. And snows")
    anna.press("Alt+ArrowDown", "Alt+ArrowUp")
    expect(field).to_be_focused()
    anna.press("Control+z")
    expect(field).to_have_value("It rains. And")

    anna.press("Control+Shift+z")
    anna.page.reload()
    expect(field).to_be_focused()
    anna.press("Control+z")
    expect(field).to_have_value("It rains.")
    anna.press("Control+s")
    expect(anna.save_state).to_have_text(SAVED)
    assert saved_texts(segments[2]) == ["It rains. And snows", "It rains."]


def test_an_earlier_text_is_restored_from_the_history(desk_of, document, segments, cast):
    for base, text in enumerate(["It pours.", "It rains again."]):
        save_revision(segment_id=segments[2].pk, person=cast["ben"], typed=text, base=base)
    accept(segment_id=segments[2].pk, person=cast["ben"], base=2)
    anna = desk_of("anna").open(document, f"#s-{segments[2].pk}")
    row = anna.row(segments[2])
    expect(row).to_be_focused()
    anna.press("Alt+h")
    panel = row.get_by_role("region", name="History of this text")
    expect(panel.locator("li")).to_have_count(3)
    expect(panel.locator("li").first).to_contain_text("Reviewed, by Ben")
    expect(panel.locator("li").first.locator("ins")).to_have_text("rains again")
    expect(panel.get_by_role("link", name="Restore text 1")).to_be_focused()
    anna.press("Enter")
    field = anna.field(segments[2])
    expect(field).to_have_value("It pours.")
    expect(field).to_be_focused()
    assert saved_texts(segments[2]) == ["It pours.", "It rains again."]
    anna.press("Control+s")
    expect(anna.save_state).to_have_text(SAVED)
    wait_for(lambda: Revision.objects.filter(segment=segments[2], number=3, origin="restored").exists())
    expect(panel.locator("li").first).to_contain_text("earlier text restored, by you")


def test_parts_of_an_engines_text_are_put_in_by_key_and_by_selecting(desk_of, project):
    document = make_document(
        project,
        ["Die 😀 Behörde warnt vor einer Lücke in alten Geräten."],
        {
            "engine-a": ["The 😀 agency warns of a hole in old devices."],
            "engine-b": ["The 😀 authority is warning of a gap in old devices today."],
        },
    )
    (segment,) = segments_of(document)
    anna = desk_of("anna").open(document)
    field = anna.edit(segment)
    engine = anna.row(segment).locator("[data-engine]").nth(1)
    expect(engine.locator("del")).to_have_text(["agency warns", "hole"])
    expect(engine.locator("ins")).to_have_text(["authority is warning", "gap", " today"])
    anna.press("Alt+p", "ArrowRight", "Enter")
    expect(field).to_have_value("The 😀 agency warns of a gap in old devices.")
    expect(field).to_be_focused()
    expect(engine.locator("ins")).to_have_text(["authority is warning", " today"])
    anna.press("Alt+p", "ArrowLeft", "ArrowRight", "ArrowRight", "ArrowRight", "Escape")
    expect(field).to_be_focused()

    # What is selected in an engine's text stands in its place in the field.
    engine.locator("ins").first.evaluate(
        """ins => getSelection().setBaseAndExtent(ins.firstChild, 0, ins.firstChild, "authority".length)"""
    )
    anna.press("Alt+p")
    expect(field).to_have_value("The 😀 authority of a gap in old devices.")
    anna.press("Control+z")
    expect(field).to_have_value("The 😀 agency warns of a gap in old devices.")
    anna.press("Control+s")
    expect(anna.save_state).to_have_text(SAVED)
    saved = Revision.objects.get(segment=segment)
    assert (saved.origin, saved.started_from.system.name) == ("part", "engine-a")
    assert [(entry["system"], "part" in entry) for entry in saved.derived_from] == [
        ("engine-a", False),
        ("engine-b", True),
    ]


def test_findings_are_walked_fixed_by_what_is_suggested_and_dismissed(desk_of, project):
    document = make_document(
        project,
        ["Es regnet.", "Die 😀 Stadt prüft den Fall, sagt sie."],
        {"engine-a": ["It rains.", "The 😀 city city is looking into , it, she says, that is (all."]},
    )
    first, second = segments_of(document)
    runner.check_targets(document.pk)
    anna = desk_of("anna").open(document)
    anna.edit(first)
    field, row = anna.field(second), anna.row(second)
    chosen = "([area]) => area.value.slice(area.selectionStart, area.selectionEnd)"
    seen = []
    for _ in range(4):
        anna.press("Alt+f")
        expect(field).to_be_focused()
        seen.append(anna.page.evaluate(chosen, [field.element_handle()]))
    assert seen == ["city city", " ", "says, that", "("]
    expect(row.locator(".mirror mark.lit")).to_have_text("(")
    anna.press("Alt+Shift+f")
    assert anna.page.evaluate(chosen, [field.element_handle()]) == "says, that"
    anna.press("Alt+u")
    expect(field).to_have_value("The 😀 city city is looking into , it, she says that is (all.")
    anna.press("Alt+u", "Alt+u")
    expect(field).to_have_value("The 😀 city is looking into, it, she says that is (all.")
    anna.press("Alt+u")
    expect(anna.page.locator("#live")).to_contain_text("not there any more")
    anna.press("Control+z")
    expect(field).to_have_value("The 😀 city is looking into , it, she says that is (all.")
    anna.press("Control+Shift+z", "Control+s")
    expect(anna.save_state).to_have_text(SAVED)
    runner.check_targets(document.pk)
    expect(row.locator(".findings li")).to_have_count(1, timeout=20000)
    anna.press("Alt+x")
    wait_for(lambda: Dismissal.objects.exists())
    expect(row.locator(".findings li")).to_have_count(0)


def test_another_key_is_chosen_by_pressing_it(desk_of, document, segments):
    anna = desk_of("anna").open(document)
    anna.press("F1")
    anna.page.get_by_role("link", name="Choose other keys").click()
    anna.page.get_by_label("The riskiest text").focus()
    anna.press("Alt+Shift+R")
    expect(anna.page.get_by_label("The riskiest text")).to_have_value("Alt+Shift+R")
    anna.page.get_by_label("Put the text of this engine").focus()
    anna.press("Alt+r", "Enter")
    expect(anna.page.get_by_role("alert")).to_be_visible()
    expect(anna.page.locator(".key-line", has_text="Put the text of this engine")).to_contain_text("counts")
    anna.page.get_by_label("Put the text of this engine").focus()
    anna.press("Control+Alt+1", "Alt+Shift+1", "Enter")
    expect(anna.page.get_by_role("status").first).to_contain_text("Saved.")
    anna.open(document)
    anna.edit(segments[2])
    expect(anna.row(segments[2]).locator("[data-adopt] kbd").nth(1)).to_have_text("Alt ⇧ 2")
    anna.press("Alt+2")
    expect(anna.field(segments[2])).to_have_value("It rains.")
    anna.press("Alt+Shift+2")
    expect(anna.field(segments[2])).to_have_value("It is raining.")


def test_what_is_composed_is_one_step_to_undo(desk_of, document, segments):
    anna = desk_of("anna").open(document)
    field = anna.edit(segments[2])
    keyboard = anna.page.context.new_cdp_session(anna.page)
    for part in ("n", "ni", "nih", "你好"):
        keyboard.send("Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)})
    expect(field).to_have_value("你好It rains.")
    keyboard.send("Input.insertText", {"text": "你好"})
    anna.type(" so")
    anna.press("Control+z")
    expect(field).to_have_value("你好It rains.")
    anna.press("Control+z")
    expect(field).to_have_value("It rains.")
    anna.press("Control+Shift+z")
    expect(field).to_have_value("你好It rains.")


#: Puts every change of random texts in, one after the other, and carries stretches over from one text to the other.
ALIGNING = """async ({ address, cases }) => {
  const { Alignment } = await import(address);
  const bare = (text) => text.replace(/\\s+/g, "");
  return cases.filter(([before, after]) => {
    const alignment = new Alignment(before, after);
    let text = before;
    for (const { before: [from, to], after: range } of alignment.stretches.filter(({ same }) => !same).reverse()) {
      text = text.slice(0, from) + after.slice(...range) + text.slice(to);
    }
    const carried = [...Array(before.length).keys()].every((at) => {
      const place = alignment.carried(at, at + 1);
      return !place || after.slice(...place) === before[at];
    });
    const placed = [...Array(after.length).keys()].every((at) => {
      const [from, to] = alignment.placeOf(at, at + 1);
      return 0 <= from && from <= before.length && 0 <= to && to <= before.length;
    });
    return bare(text) !== bare(after) || !carried || !placed;
  });
}"""


def test_whatever_the_texts_all_changes_put_in_give_the_other_one(desk_of):
    anna = desk_of("anna")
    anna.page.goto(f"{anna.server}/keys/")
    chance = Random(7)
    pieces = ["a", "b", "c", " ", " ", ", ", "⟦1⟧", "⟦/1⟧", "😀", "1,3", "."]
    cases = [["".join(chance.choices(pieces, k=chance.randrange(14))) for _ in range(2)] for _ in range(2000)]
    wrong = anna.page.evaluate(ALIGNING, {"address": "/static/reviews/js/diff.js", "cases": cases})
    assert wrong == []


def test_the_next_finding_is_reached_in_a_part_that_is_not_loaded(desk_of, project, monkeypatch):
    monkeypatch.setattr("reviews.web.selectors.windows.SIZE", 20)
    monkeypatch.setattr("reviews.web.selectors.windows.LONGEST_WHOLE", 30)
    texts = {i: f"Text {i}." for i in range(130)} | {3: "Text  3.", 100: "Text  100."}
    document = make_document(project, [f"Satz {i}." for i in range(130)], {"engine-a": list(texts.values())})
    segments = segments_of(document)
    runner.check_targets(document.pk)
    Segment.objects.filter(pk=segments[100].pk).update(open_findings=["typography"])
    anna = desk_of("anna")
    # The rest of the article does not load by itself while there is time.
    anna.page.add_init_script("window.requestIdleCallback = () => 0")
    anna.open(document)
    anna.edit(segments[1])
    expect(anna.row(segments[100])).to_have_count(0)
    anna.press("Alt+f")
    expect(anna.field(segments[3])).to_be_focused()
    anna.press("Alt+f")
    expect(anna.field(segments[100])).to_be_focused()
    anna.press("Alt+Shift+f")
    expect(anna.field(segments[3])).to_be_focused()
    anna.press("Alt+h")
    expect(anna.page.locator("#live")).to_contain_text("no history")
