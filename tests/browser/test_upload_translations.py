"""Files of translation tools through the upload page: checked, confirmed, and open for an editor with their codes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.bin.running import started
from tests.importing.formats.reading import SAMPLES

from .newsroom import Newsroom
from .test_upload import PATIENCE, imports_of, upload

pytestmark = pytest.mark.browser

FILES = [SAMPLES / "translations" / "desk.xlf", SAMPLES / "memories" / "regions.tmx", SAMPLES / "rows.xlsx"]


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    with started(tmp_path_factory.mktemp("translations") / "data") as running:
        yield Newsroom(running)
        running.process.send_signal(signal.SIGINT)
        running.process.wait(timeout=15)


def test_files_of_three_tools_come_in_with_one_upload(newsroom: Newsroom, browser: Browser, tmp_path: Path) -> None:
    ines = imports_of(newsroom, newsroom.log_in(browser, "ines"))
    expect(ines.locator("#upload-hint")).to_contain_text("XLIFF 1 or 2, SDLXLIFF, TMX (translation memory), gettext PO")
    ines.locator("#files").set_input_files(FILES)
    upload(ines)
    confirm = ines.get_by_role("button", name="Import 4 new articles")
    expect(confirm).to_be_visible(timeout=PATIENCE)
    expect(ines.locator(".refusals")).to_contain_text("has the source language 'fr' where 'de' is wanted.")
    expect(ines.locator("main")).to_contain_text("not read, since they are marked not to be translated: 1 unit.")
    for width in (1280, 390):
        ines.set_viewport_size({"width": width, "height": 900})
        ines.screenshot(path=tmp_path / f"checked-{width}.png", full_page=True)
    confirm.click()
    expect(ines.locator("h1 .state")).to_have_text("Done", timeout=PATIENCE)
    segments = newsroom.segments("desk:page-1.html")
    assert [(row["id"], row["target"]) for row in segments if row["target"]] == [
        ("1", "The crane stands still."),
        ("2:a", "One."),
        ("2:b", "Two."),
    ]
