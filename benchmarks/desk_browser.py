"""The browser part of `benchmarks.desk`: one Chromium before two web servers, one for each database.

Asked in turn of the article of 500 texts, by an editor at 1280 px: its page until something is painted (first
contentful paint) and until it is complete (the load event, modules and all), the next text from the key until its
field has the focus, and a save from the key until the page says "saved". Times are the browser's own clock.
"""

from __future__ import annotations

import gzip
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

from .installation import ROOT
from .take_next import using

if TYPE_CHECKING:
    from playwright.sync_api import Page

ARTICLE = "long"

#: How far apart the texts are that are gone to and saved: none is met twice while there are others.
STRIDE = 10

#: Milliseconds from the next key until what it is pressed for has come about, as the promise `window.measured`.
CLOCK = """
window.await_focus = (from) => window.clock((done) => {
  addEventListener("focusin", (event) => {
    const row = event.target.closest("textarea")?.closest(".row");
    if (row && row.dataset.id !== from) done();
  });
});
window.await_save = () => window.clock((done) => {
  const box = document.getElementById("save-state");
  new MutationObserver(() => /^saved \\d/.test(box.textContent) && done()).observe(box, {
    childList: true, characterData: true, subtree: true,
  });
});
window.clock = (watch) => {
  window.measured = new Promise((resolve) => {
    addEventListener("keydown", () => {
      const pressed = performance.now();
      watch(() => resolve(performance.now() - pressed));
    }, { capture: true, once: true });
  });
};
"""

PAINTED = """() => new Promise((resolve) => {
  const look = () => {
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    const load = performance.getEntriesByType("navigation")[0].loadEventEnd;
    return paint && load ? resolve([paint.startTime, load]) : setTimeout(look, 5);
  };
  look();
})"""


@dataclass(frozen=True, slots=True)
class Desk:
    """An editor's page before one of the servers."""

    page: Page
    article: str
    texts: list[int]

    def first_render(self) -> dict[str, float]:
        self.page.goto(self.article)
        painted, complete = self.page.evaluate(PAINTED)
        return {"first paint, 500": painted, "page complete, 500": complete}

    def next_and_save(self, turn: int) -> dict[str, float]:
        """Into a text, on to the next one, and what is typed there saved."""
        text = self.texts[turn * STRIDE % len(self.texts)]
        self.page.goto(f"{self.article}?edit={text}#s-{text}")
        self.page.locator(f"#field-{text}:focus").wait_for()
        self.page.evaluate("from => window.await_focus(from)", str(text))
        self.page.keyboard.press("Alt+ArrowDown")
        moved = self._measured()
        self.page.keyboard.type("New ")
        self.page.evaluate("() => window.await_save()")
        self.page.keyboard.press("Control+s")
        return {"next text, 500": moved, "save, 500": self._measured()}

    def _measured(self) -> float:
        return float(self.page.evaluate("() => window.measured"))


def measure(databases: dict[str, Any], asks: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds by question and database. Prints what the page and its parts weigh on the way, compressed."""
    subprocess.run([sys.executable, ROOT / "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, check=True)
    found = {name: _article(database) for name, database in databases.items()}
    figures: dict[str, dict[str, list[float]]] = {}
    # Chromium's driver runs an event loop in this thread, in which Django asks no database.
    from playwright.sync_api import sync_playwright

    with ExitStack() as stack:
        servers = {name: stack.enter_context(_server(database)) for name, database in databases.items()}
        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        stack.callback(browser.close)
        desks = {}
        for name, (path, texts, cookie) in found.items():
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            context.add_init_script(CLOCK)
            context.add_cookies([cookie | {"url": servers[name]}])
            desks[name] = Desk(context.new_page(), servers[name] + path, texts)
        _weigh(desks["small"])
        warm = max(3, asks // 10)
        for turn in range(asks + warm):
            for name, desk in desks.items():
                for question, value in (desk.first_render() | desk.next_and_save(turn)).items():
                    if turn >= warm:
                        figures.setdefault(question, {}).setdefault(name, []).append(value)
    return figures


def _article(database: Any) -> tuple[str, list[int], dict[str, str]]:
    """Its path, the texts nobody reviewed that are followed by another one, and an editor's session."""
    from django.conf import settings
    from django.urls import reverse

    from reviews.models import Document, Segment

    from .desk import client

    with using(database):
        document = Document.objects.get(external_id=ARTICLE)
        rows = Segment.objects.filter(document=document, state="new").order_by("pk")
        session = client("editor").cookies[settings.SESSION_COOKIE_NAME]
        path = reverse("reviews:document", args=[document.pk])
        texts = list(rows.values_list("pk", flat=True))[:-1]
        database.close()
        return path, texts, {"name": session.key, "value": session.value}


@contextmanager
def _server(database: Any) -> Iterator[str]:
    """A web server of the kind `bin/start` runs, with one process, on this database; its address."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        port = listener.getsockname()[1]
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "benchmarks.desk_server:application"),
                *("--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread", "--workers", "1"),
                *("--threads", "4", "--no-control-socket", "--log-level", "warning"),
            ],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": _address(database)},
            pass_fds=[listener.fileno()],
        )
    try:
        address = f"http://127.0.0.1:{port}"
        # It waits in line until the server takes it; one that did not come up closes the line.
        urlopen(f"{address}/log-in/", timeout=60).close()
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _address(database: Any) -> str:
    """The DATABASE_URL of a copy: the run's own one with the name of the copy."""
    name = str(database.settings_dict["NAME"])
    if database.vendor == "sqlite":
        return f"sqlite:///{quote(name)}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def _weigh(desk: Desk) -> None:
    """Bytes of everything the article needs, as a compressing proxy and WhiteNoise send them."""
    responses: list[Any] = []

    def note(response: Any) -> None:
        responses.append(response)

    desk.page.on("response", note)
    desk.page.goto(desk.article, wait_until="networkidle")
    desk.page.remove_listener("response", note)
    parts = [(response.request.resource_type, len(gzip.compress(response.body()))) for response in responses]
    scripts = sum(size for kind, size in parts if kind == "script")
    print(f"article of 500, compressed: {sum(size for _, size in parts):,} bytes, {scripts:,} of them scripts")
