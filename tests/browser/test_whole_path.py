"""The whole path with the real thing: bin/start, three people in a browser, the exported page."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import html as lxml_html
from playwright.sync_api import Browser, Locator, Page, Playwright, expect

from tests.bin.conftest import BIN
from tests.bin.running import started, wait_until

from .newsroom import Newsroom

pytestmark = pytest.mark.browser

CHECKOUT = BIN.parent
expect.set_options(timeout=20_000)  # a worker scores beside the browser on a small machine
#: At most this much typing may be lost, whatever is killed.
LOST_SECONDS = 2


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("newsroom") / "data"


@pytest.fixture
def newsroom(data: Path) -> Iterator[Newsroom]:
    with started(data) as running:
        newsroom = Newsroom(running)
        # The worker has scored and routed the demo articles once each has a risk order.
        wait_until(
            lambda: all(row["risk"]["rank"] or row["covered_by"] for row in newsroom.segments("nx-100794")),
            60,
            "the worker scores the demo project",
        )
        yield newsroom
        running.process.send_signal(signal.SIGINT)
        running.process.wait(timeout=15)


def open_article(page: Page, title: str) -> None:
    page.get_by_role("link", name=title).first.click()
    expect(page.locator("#rows .row").first).to_be_visible()


def review_by_keyboard(page: Page, typed: dict[int, str]) -> None:
    """Go through the open rows with Control and Enter only; `typed` replaces the text of some rows by number."""
    for _ in range(page.locator("#rows .row").count()):
        row = page.locator(".row.current")
        expect(row.get_by_role("textbox")).to_be_focused()
        number = int(row.get_attribute("data-number") or 0)
        if number in typed:
            row.get_by_role("textbox").fill(typed[number])
        page.keyboard.press("Control+Enter")
        expect(page.locator(f'.row[data-number="{number}"]')).to_have_class(re.compile(r"\breviewed\b"))


ARTICLES = [
    ("nx-100794", "Bundesland stellt 30.000", {2: "German state moves 30,000 workstations to Linux – behind schedule"}),
    ("nx-100631", "Fennek-Handys", {}),
]


@pytest.mark.parametrize(("document", "title", "typed"), ARTICLES, ids=["open-source-verwaltung", "handy"])
def test_from_the_queue_to_the_exported_page(
    newsroom: Newsroom, browser: Browser, tmp_path: Path, document: str, title: str, typed: dict[int, str]
) -> None:
    mara = newsroom.log_in(browser, "mara")
    mara.get_by_role("button", name=re.compile(f"^Take “{re.escape(title)}")).first.click()
    expect(mara.locator("#rows .row").first).to_be_visible()
    review_by_keyboard(mara, typed)
    expect(mara.locator(".row:not(.reviewed)")).to_have_count(0)
    mara.screenshot(path=tmp_path / "reviewed.png")

    assert newsroom.manage("publish", "--project", "demo", "--document", document, "--user", "ines").returncode == 1, (
        "nothing unapproved is published"
    )

    jonas = newsroom.log_in(browser, "jonas")
    open_article(jonas, title)
    jonas.get_by_role("button", name=re.compile("^Approve all")).click()
    expect(jonas.locator(".row:not(.approved)")).to_have_count(0)

    ines = newsroom.log_in(browser, "ines")
    open_article(ines, title)
    # Keys pressed by a test are quicker than anybody reads, and the gate says so.
    expect(ines.locator("#publish")).to_contain_text("reading them takes")
    assert newsroom.manage("publish", "--project", "demo", "--document", document, "--user", "ines").returncode == 1
    ines.get_by_label("say why").fill("Read on paper before.")
    ines.screenshot(path=tmp_path / "gate.png")
    ines.get_by_role("button", name="Publish all the same").click()
    expect(ines.get_by_text("Published as number 1").first).to_be_visible()
    ines.screenshot(path=tmp_path / "published.png")

    folder = tmp_path / "out"
    done = newsroom.manage("export", "--project", "demo", "--document", document, "--format", "html", "-o", str(folder))
    assert done.returncode == 0, done.stderr
    assert_english_page(document, folder / f"{document}.en.html", typed)
    verified = newsroom.manage("verify_state", "--project", "demo", "--json")
    assert json.loads(verified.stdout)["problems"] == []


def assert_english_page(document: str, path: Path, typed: dict[int, str]) -> None:
    """The page is the German one with every text in English, its links and pictures untouched, and the disclosure."""
    name = {"nx-100794": "open-source-verwaltung", "nx-100631": "handy-sicherheitsluecke"}[document]
    folder = CHECKOUT / "fixtures" / "articles" / name
    page, source, engine = (
        lxml_html.parse(str(file)).getroot() for file in (path, folder / "source.de.html", folder / "engine-a.en.html")
    )
    article, original = page.find(".//article"), source.find(".//article")
    disclosure = article.xpath('.//*[@class="disclosure"]')[0]
    assert "originally published in German" in disclosure.text_content()
    disclosure.getparent().remove(disclosure)
    assert [e.tag for e in article.iter()] == [e.tag for e in original.iter()]
    for attribute in ("href", "src", "class"):
        assert article.xpath(f".//@{attribute}") == original.xpath(f".//@{attribute}")
    expected = engine.find(".//article").text_content().split()
    if typed:
        headline = engine.find(".//article//h1").text_content()
        expected = engine.find(".//article").text_content().replace(headline, typed[2]).split()
        assert article.find(".//h1").text_content() == typed[2]
        assert page.find(".//title").text_content() == typed[2]
    assert article.text_content().split() == expected
    assert page.get("lang") == "en"


def edit_row(page: Page, title: str, number: int) -> Locator:
    """The field of a row, with the cursor at its end."""
    open_article(page, title)
    page.locator(f'.row[data-number="{number}"]').get_by_text("Edit", exact=False).first.click()
    field = page.locator(f'.row[data-number="{number}"]').get_by_role("textbox")
    field.press("Control+End")
    return field


def restored(page: Page, title: str) -> str:
    """What the server gives back to somebody who opens the article elsewhere."""
    open_article(page, title)
    expect(page.get_by_text("Restored, not saved yet").first).to_be_visible()
    return restored_value(page)


def test_a_killed_web_server_costs_nothing_that_was_typed(data: Path, browser: Browser) -> None:
    context = browser.new_context()
    with started(data) as running:
        newsroom = Newsroom(running)
        port = int(newsroom.url.rpartition(":")[2])
        page = newsroom.log_in(context, "mara")
        field = edit_row(page, "Chipfabrik", 6)
        page.keyboard.type(" Kept on the server.", delay=15)
        expect(page.locator("#save-state")).to_contain_text("typing kept", timeout=LOST_SECONDS * 1000)
        page.keyboard.type(" Only in the browser,")
        os.killpg(running.groups()["web server"], signal.SIGKILL)
        page.keyboard.type(" and more while nobody answers.")
        expect(page.locator("#save-state")).to_contain_text("kept here")
        typed = field.input_value()
        assert typed.endswith("nobody answers.")
        running.process.wait(timeout=20)
    with started(data, port) as running:
        newsroom = Newsroom(running)
        elsewhere = newsroom.log_in(browser.new_context(), "mara")
        assert "Kept on the server." in restored(elsewhere, "Chipfabrik")
        # The page that stayed open finds the server again by itself and hands over the rest.
        expect(page.locator("#save-state")).to_contain_text("typing kept", timeout=40_000)
        elsewhere.reload()
        assert restored_value(elsewhere) == typed
        running.process.send_signal(signal.SIGINT)
        running.process.wait(timeout=15)


def test_a_web_server_that_is_restarted_in_the_middle_of_a_save_saves_once(data: Path, browser: Browser) -> None:
    with started(data) as running:
        newsroom = Newsroom(running)
        port = int(newsroom.url.rpartition(":")[2])
        page = newsroom.log_in(browser.new_context(), "mara")
        field = edit_row(page, "Chipfabrik", 7)
        page.keyboard.type(" Saved once.")
        typed = field.input_value()
        web_server = running.groups()["web server"]
        os.killpg(web_server, signal.SIGSTOP)
        page.keyboard.press("Control+s")
        expect(page.locator("#save-state")).to_have_text("saving…")
        os.killpg(web_server, signal.SIGKILL)
        running.process.wait(timeout=20)
    with started(data, port) as running:
        expect(page.locator("#save-state")).to_have_text(re.compile(r"^saved \d\d:\d\d:\d\d$"), timeout=40_000)
        expect(field).to_have_value(typed)
        expect(page.locator('.row[data-number="7"]')).to_have_attribute("data-base", "1")
        running.process.send_signal(signal.SIGINT)
        running.process.wait(timeout=15)


def restored_value(page: Page) -> str:
    return page.locator(".row.editing").get_by_role("textbox").first.input_value()


def test_a_killed_browser_costs_at_most_two_seconds_of_typing(
    newsroom: Newsroom,
    playwright: Playwright,
    browser: Browser,
    browser_type_launch_args: dict[str, object],
    tmp_path: Path,
) -> None:
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(str(profile), **browser_type_launch_args)
    page = newsroom.log_in(context, "mara")
    edit_row(page, "Ransomware", 8)
    for word in (" one", " two", " three", " four"):
        page.keyboard.type(word)
        page.wait_for_timeout(600)
    page.keyboard.type(" five")
    subprocess.run(["pkill", "-9", "-f", f"user-data-dir={profile}"], check=False)

    again = newsroom.log_in(browser.new_context(), "mara")
    assert " one two" in restored(again, "Ransomware"), "only the last two seconds of typing may be missing"
