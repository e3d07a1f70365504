"""A real installation that a test starts, and its demo people with their browsers."""

from __future__ import annotations

import json
import subprocess

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.bin.conftest import BIN, environment
from tests.bin.running import Running


class Newsroom:
    """A running installation with the demo project, seen through browsers."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.url = str(running.note()["url"]).rstrip("/")
        logins = json.loads((running.data / "demo_logins.json").read_text())
        self.passwords = {name: password for name, password, _ in logins}

    def log_in(self, context: Browser | BrowserContext, name: str) -> Page:
        page = context.new_page()
        page.goto(self.url)
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(self.passwords[name])
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="My work")).to_be_visible()
        return page

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [BIN / "manage", *arguments],
            env=environment(WORKBENCH_DATA=str(self.running.data)),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def segments(self, document: str) -> list[dict[str, object]]:
        done = self.manage("segments", "--project", "demo", "--document", document, "--json")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]
