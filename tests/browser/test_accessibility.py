"""axe-core on every page, light and dark, and on the states an article's page can be in: no violation of any rule.

The browsers here bypass the pages' policy, which axe breaks by the inline styles it tries things out with.
Nothing moves, so that no colour is measured half-way to another.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from reviews.checks.runner import check_targets
from reviews.editing.saving import save_revision
from tests.factories import make_person
from tests.web.test_urls_by_role import ADDRESSES, World

from .conftest import log_in

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js"

#: One a page of every kind: Dora sees all of them but the log-in.
PAGES = [name for name, address in ADDRESSES.items() if address.method == "get" and name != "login"]

ADMIN = ["index", "reviews_document_changelist", "reviews_auditevent_changelist", "reviews_project_changelist"]

SCHEMES = ["light", "dark"]


@cache
def axe() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page) -> list[str]:
    """What axe finds on the page as it stands, one line an element: rule, where, why."""
    page.evaluate(axe())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{page.url}: {violation['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page(desk_of, project, cast, scheme):
    cast["root"] = make_person("root", is_superuser=True, is_staff=True)
    world = World(project, cast)
    desk = desk_of("dora", color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    asking = Client()
    asking.force_login(cast["dora"])
    found, seen = [], []
    for name in PAGES:
        url = reverse(name, args=ADDRESSES[name].arguments(world))
        answer = asking.get(url)
        if answer.headers["Content-Type"].startswith("text/html") and answer.status_code == 200:
            desk.page.goto(desk.server + url)
            found += violations(desk.page)
            seen.append(name)
    assert found == []
    assert {"reviews:my-work", "reviews:document", "reviews:dashboard", "reviews:imports"} <= set(seen)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_log_in_and_the_admin(live_server, new_context, db, scheme):
    context = new_context(color_scheme=scheme, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{live_server.url}/log-in/")
    found = violations(page)
    log_in(context, live_server.url, make_person("root", is_superuser=True, is_staff=True))
    for name in ADMIN:
        page.goto(live_server.url + reverse(f"admin:{name}"))
        found += violations(page)
    assert found == []


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", [1280, 390])
def test_an_article_at_work(desk_of, document, segments, cast, scheme, width):
    """A text being typed, one in conflict, a finding, the help."""
    for name in ("anna", "ben"):
        save_revision(segment_id=segments[1].pk, person=cast[name], typed=f"For 145 devices, by {name}.", base=0)
    check_targets(document.pk)
    desk = desk_of(
        "ben", color_scheme=scheme, bypass_csp=True, reduced_motion="reduce", viewport={"width": width, "height": 900}
    )
    desk.open(document)
    found = violations(desk.page)
    desk.edit(segments[2])
    desk.type("It rains a lot.")
    found += violations(desk.page)
    desk.press("Alt+a")
    expect(desk.row(segments[2]).get_by_label("English sentence")).to_be_focused()
    found += violations(desk.page)
    desk.press("Escape")
    expect(desk.page.locator("form.add")).to_have_count(0)
    desk.press("F1")
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    found += violations(desk.page)
    assert found == []
