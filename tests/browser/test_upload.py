"""Uploads with the real thing: files chosen, dropped or sent by a plain form, checked and imported by a worker."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.bin.running import started

from .newsroom import Newsroom

pytestmark = pytest.mark.browser

SENTENCES = [
    ("Das Land stellt um.", "The state is switching."),
    ("Die Kosten steigen um 12 Prozent.", "Costs rise by 12 per cent."),
    ("Ein Sprecher nannte keine Gründe.", "A spokesman gave no reasons."),
]

#: How long a worker beside a browser may take on a small machine, in milliseconds.
PATIENCE = 40_000


def rows(*documents: str) -> str:
    return "".join(
        json.dumps({"document": document, "source": source, "hypotheses": {"engine-a": target}}) + "\n"
        for document in documents
        for source, target in SENTENCES
    )


PAGE = "<html lang='{lang}'><head><title>{title}</title></head><body><article><h1>{title}</h1><p>{text}</p></article>"


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with started(tmp_path_factory.mktemp("uploads") / "data") as running:
        yield Newsroom(running)
        running.process.send_signal(signal.SIGINT)
        running.process.wait(timeout=15)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.jsonl"
    path.write_text(rows("up-1", "up-2"), encoding="utf-8")
    return path


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    path = tmp_path / "bad.csv"
    path.write_text('document,source,target\nup-3,Gut.,Good.\nup-3,"Ohne Ende,Never closed\n', encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An article folder whose name is the article's id."""
    path = tmp_path / "neue-luecke"
    path.mkdir()
    german = PAGE.format(lang="de", title="Neue Lücke", text="Es regnet in Kiel. Es schneit in Bremen.")
    english = PAGE.format(lang="en", title="New gap", text="It rains in Kiel. It snows in Bremen.")
    (path / "source.de.html").write_text(german, encoding="utf-8")
    (path / "engine-a.en.html").write_text(english, encoding="utf-8")
    return path


def imports_of(newsroom: Newsroom, page: Page) -> Page:
    page.goto(f"{newsroom.url}/projects/demo/imports/")
    return page


def upload(page: Page) -> None:
    page.get_by_role("button", name="Upload and check").click()
    expect(page).to_have_url(re.compile(r"/imports/\d+/$"), timeout=PATIENCE)


def test_a_good_and_a_bad_file_from_the_choice_to_the_report(
    newsroom: Newsroom, browser: Browser, good: Path, bad: Path, tmp_path: Path
) -> None:
    ines = imports_of(newsroom, newsroom.log_in(browser, "ines"))
    ines.locator("#files").set_input_files([good, bad])
    expect(ines.locator("#chosen-list li")).to_have_count(2)
    upload(ines)
    # The page follows the worker by itself.
    confirm = ines.get_by_role("button", name="Import 2 new articles")
    expect(confirm).to_be_visible(timeout=PATIENCE)
    refused = ines.locator(".refusals")
    expect(refused).to_contain_text("bad.csv:3")
    expect(refused).to_contain_text("is never closed")
    expect(ines.locator(".pairs").first).to_contain_text("Costs rise by 12 per cent.")
    ines.screenshot(path=tmp_path / "checked.png", full_page=True)
    assert newsroom.manage("segments", "--project", "demo", "--document", "up-1", "--json").returncode == 2

    confirm.click()
    expect(ines.get_by_text("Scored and checked: 2 of 2 articles")).to_be_visible(timeout=PATIENCE)
    expect(ines.locator("h1 .state")).to_have_text("Done")
    expect(ines.locator(".refusals")).to_contain_text("bad.csv:3")
    ines.screenshot(path=tmp_path / "done.png", full_page=True)
    assert [row["target"] for row in newsroom.segments("up-2")] == [english for _, english in SENTENCES]
    with ines.expect_download() as download:
        ines.get_by_role("link", name="Report as JSON").click()
    report = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert report["documents"] == {"new": 2, "changed": 0, "same": 0, "rejected": 1}
    assert report["scores"]["done"] > 0

    imports_of(newsroom, ines)
    ines.locator("#files").set_input_files(good)
    upload(ines)
    expect(ines.get_by_text("Nothing new.")).to_be_visible(timeout=PATIENCE)


def test_files_can_be_dropped(newsroom: Newsroom, browser: Browser) -> None:
    ines = imports_of(newsroom, newsroom.log_in(browser, "ines"))
    dropped = ines.evaluate_handle(
        """(text) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], "dropped.jsonl"));
            transfer.items.add(new File(["x"], ".DS_Store"));
            return transfer;
        }""",
        rows("up-dropped"),
    )
    ines.dispatch_event("#drop", "drop", {"dataTransfer": dropped})
    expect(ines.locator("#chosen-list li")).to_have_count(1)
    expect(ines.locator("#chosen-sum")).to_contain_text("1 file")
    upload(ines)
    expect(ines.get_by_role("button", name="Import 1 new article")).to_be_visible(timeout=PATIENCE)
    ines.get_by_role("button", name="Cancel").click()
    expect(ines.locator("h1 .state")).to_have_text("Cancelled")


def test_what_is_refused_leaves_the_choice_where_it_is(newsroom: Newsroom, browser: Browser, good: Path) -> None:
    ines = imports_of(newsroom, newsroom.log_in(browser, "ines"))
    ines.get_by_role("button", name="Upload and check").click()
    expect(ines.get_by_role("alert")).to_have_text("Choose at least one file.")
    ines.locator("#files").set_input_files(good)
    expect(ines.locator("#upload-problem")).to_be_hidden()
    ines.get_by_label("What are these files?").select_option("reference")
    ines.get_by_label("Engine or reference").fill("A+B")
    ines.get_by_role("button", name="Upload and check").click()
    expect(ines.get_by_role("alert")).to_contain_text("without +")
    expect(ines.locator("#chosen-list li")).to_have_count(1)


def test_a_folder_goes_all_the_way_without_a_script(newsroom: Newsroom, browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    ines = imports_of(newsroom, newsroom.log_in(context, "ines"))
    ines.locator("#folder").set_input_files(folder)
    upload(ines)
    look_until(ines, "Waiting for confirmation")
    ines.get_by_role("button", name="Import 1 new article").click()
    look_until(ines, "Done")
    assert newsroom.segments("neue-luecke")[0]["source"] == "Neue Lücke"


def look_until(page: Page, state: str) -> None:
    """Press the link that shows how far it is, as people without a script do."""
    for _ in range(PATIENCE // 500):
        if page.locator("h1 .state").inner_text() == state:
            return
        page.wait_for_timeout(500)
        again = page.get_by_role("link", name="Show how far it is now")
        if again.count():
            again.click()
    raise AssertionError(f"not {state}: {page.locator('main').inner_text()[:500]}")


def test_editors_read_what_came_in_and_cannot_upload(newsroom: Newsroom, browser: Browser) -> None:
    mara = imports_of(newsroom, newsroom.log_in(browser, "mara"))
    expect(mara.get_by_role("heading", name="Past imports")).to_be_visible()
    expect(mara.locator("#upload")).to_have_count(0)
    mara.get_by_role("link", name="Import 1", exact=True).click()
    expect(mara.locator("h1 .state")).to_have_text("Done")
