"""A whole article without the mouse: how many keys it takes beside the typing, counted by the page itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.bin.running import started, wait_until

from .newsroom import Newsroom

pytestmark = pytest.mark.browser

#: The most keys from the log-in to the last text, typing aside; a key with Control or Alt held counts once.
MOST = 60

ARTICLE = "nx-100502"
TITLE = "Chipfabrik in der Lausitz"

#: Notes each key but the signs of a text and Control, Alt and Shift by themselves.
COUNTER = """
addEventListener("keydown", (event) => {
  if (["Control", "Alt", "Shift", "Meta"].includes(event.key)) return;
  const types = event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
  if (types && event.target.matches?.("textarea, input")) return;
  const held = [event.ctrlKey && "Control", event.altKey && "Alt", event.shiftKey && "Shift"].filter(Boolean);
  const pressed = JSON.parse(sessionStorage.getItem("pressed") ?? "[]");
  sessionStorage.setItem("pressed", JSON.stringify([...pressed, [...held, event.key].join("+")]));
}, true);
"""


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    with started(tmp_path / "data") as running:
        newsroom = Newsroom(running)
        wait_until(
            lambda: all(row["risk"]["rank"] or row["covered_by"] for row in newsroom.segments(ARTICLE)),
            60,
            "the worker scores the demo project",
        )
        yield newsroom


def pressed(page: Page) -> list[str]:
    return list(page.evaluate("JSON.parse(sessionStorage.getItem('pressed') ?? '[]')"))


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something with this name has the focus."""
    named = "(document.activeElement.ariaLabel ?? document.activeElement.textContent).trim()"
    for _ in range(MOST):
        if page.evaluate(named).startswith(name):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by {MOST} presses of Tab")


def row_of(page: Page, number: int) -> Locator:
    return page.locator(f'.row[data-number="{number}"]')


def test_an_article_is_reviewed_by_keyboard(newsroom: Newsroom, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(20_000)
    page.add_init_script(COUNTER)
    keys = page.keyboard
    page.goto(newsroom.url)
    expect(page.get_by_label("User name")).to_be_focused()
    keys.type("mara")
    keys.press("Tab")
    keys.type(newsroom.passwords["mara"])
    keys.press("Enter")
    expect(page.get_by_role("heading", name="My work")).to_be_visible()
    tab_to(page, f"Take “{TITLE}")
    keys.press("Enter")
    expect(page.locator("#rows .row").first).to_be_visible()

    texts = page.locator("#rows .row").count()
    for number in range(1, texts + 1):
        row = row_of(page, number)
        expect(row).to_have_class(re.compile(r"\bcurrent\b"))
        expect(row.get_by_role("textbox").first).to_be_focused()
        if number == 2:
            keys.press("Control+a")
            keys.type("Lusatia chip plant: EU approves €3.6 billion in aid")
        elif number == 4:
            # The finding's words are selected, so what is typed stands in their place.
            keys.press("Alt+f")
            keys.type("2029 at the earliest")
        elif number == 10:
            keys.press("Alt+x")
            expect(row.locator(".findings")).to_have_count(0)
        elif number == 12:
            keys.press("Alt+f")
            keys.type("1.2 trillion")
        elif number == 15:
            keys.press("Alt+2")
            keys.press("Control+z")
        keys.press("Control+Enter")
        expect(row).to_have_class(re.compile(r"\breviewed\b"), timeout=20_000)
    expect(page.locator("#end")).to_be_focused()
    expect(page.locator("#save-state")).to_have_text(re.compile(r"^saved \d\d:\d\d:\d\d$"))

    print(f"{len(pressed(page))} keys for {texts} texts:", *pressed(page))
    assert len(pressed(page)) <= MOST
    # The worker looked at what was typed: the findings are mended, one was dismissed.
    for number in (4, 10, 12):
        expect(row_of(page, number).locator(".findings")).to_have_count(0, timeout=30_000)
    saved = {row["position"]: row["target"] for row in newsroom.segments(ARTICLE)}
    assert saved[2] == "Lusatia chip plant: EU approves €3.6 billion in aid"
    assert "2029 at the earliest" in str(saved[4])
    assert "1.2 trillion" in str(saved[12])
    findings = newsroom.manage("findings", "--project", "demo", "--document", ARTICLE, "--json").stdout
    assert '"state": "dismissed"' in findings
