"""The comparison of engines as people use it: by keyboard, without script, on a phone, light and dark."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from reviews.metrics.runner import score_document
from reviews.reports.comparison import MINIMUM_UNITS
from tests.factories import make_document

from .conftest import log_in
from .test_looks import CONTRAST, SIZES, TARGETS

pytestmark = pytest.mark.browser

SOURCES = ["Der Zug nach Kiel hält heute nicht.", "Morgen scheint die Sonne wieder über der ganzen Stadt."]
REFERENCE = ["The train to Kiel does not stop today.", "Tomorrow the sun will shine over the whole city again."]
ENGINES = {
    "an-engine-with-a-rather-long-name@2026-10": ["The train to Kiel does not stop here.", REFERENCE[1]],
    "engine-b": ["Train no stop.", "Sun tomorrow town."],
}


@pytest.fixture
def scored(project):
    """Enough articles for a verdict, one of them of another section."""
    for number in range(MINIMUM_UNITS["document"]):
        section = "Sports" if number else "Politics"
        document = make_document(project, SOURCES, ENGINES, {"A": REFERENCE}, section=section)
        score_document(document.pk)


def test_a_question_is_asked_by_keyboard_and_stands_in_the_address(desk_of, project, scored):
    dora = desk_of("dora")
    dora.page.goto(f"{dora.server}/projects/{project.slug}/dashboard/")
    dora.page.get_by_role("link", name=re.compile("Compare engines")).focus()
    dora.press("Enter")
    expect(dora.page.get_by_role("heading", level=1)).to_contain_text("Engines compared")
    expect(dora.page.get_by_role("img", name="BLEU by engine")).to_be_visible()
    dora.page.evaluate("window.stays = true")

    dora.page.get_by_label("Section").focus()
    dora.press("P")  # a list takes the first entry with that letter
    while dora.page.evaluate("document.activeElement.id") != "send":
        dora.press("Tab")
    dora.press("Enter")
    expect(dora.page.locator("#live")).to_have_text("Compared 2 engines on 2 texts.")
    expect(dora.page.locator("#send")).to_be_focused()
    expect(dora.page.locator(".answer").first).to_contain_text("Too few articles: 1 of at least")
    assert dora.page.evaluate("window.stays"), "the page was loaded anew"
    assert parse_qs(urlsplit(dora.page.url).query)["section"] == ["Politics"]

    dora.page.reload()
    expect(dora.page.get_by_label("Section")).to_have_value("Politics")
    dora.page.go_back()
    expect(dora.page.get_by_label("Section")).to_have_value("")
    expect(dora.page.locator(".answer").first).to_contain_text("Worse than the baseline: engine-b.")


def test_a_bad_address_is_mended_in_the_form(desk_of, project, scored):
    dora = desk_of("dora")
    dora.page.goto(f"{dora.server}/projects/{project.slug}/engines/?since=2026-10-02&until=2026-10-01")
    until = dora.page.get_by_label("Published to")
    expect(until).to_have_accessible_description("This day is before the first one: exchange them.")
    until.fill("2026-10-03")
    until.press("Enter")
    expect(dora.page.locator("#live")).to_have_text("Compared 0 engines on 0 texts.")
    expect(dora.page.get_by_text("No engine has a scored text in this part")).to_be_visible()


def test_without_script_the_form_and_the_way_to_the_texts_work(live_server, new_context, cast, project, scored):
    context = new_context(java_script_enabled=False)
    log_in(context, live_server.url, cast["rolf"])
    page = context.new_page()
    page.goto(f"{live_server.url}/projects/{project.slug}/engines/")
    page.get_by_label("Section").select_option("Sports")
    page.get_by_role("checkbox", name="TER").uncheck()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name=re.compile("^TER"))).to_have_count(0)
    page.get_by_role("link", name=re.compile("Texts on which engine-b differs most from .*, BLEU")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Texts that differ")
    expect(page.get_by_label("Section")).to_have_value("Sports")
    page.get_by_role("link", name=re.compile("this text in its article")).first.click()
    expect(page).to_have_url(re.compile(r"/documents/\d+/#s-\d+$"))
    expect(page.locator(f"#{page.url.split('#')[1]}")).to_be_visible()


def test_the_pages_fit_can_be_pressed_and_can_be_read(desk_of, project, scored, tmp_path):
    pages = {
        "engines": "",
        "mistaken": "?metrics=comet&since=soon&baseline=nobody",
        "texts": f"texts/?system=engine-b&baseline={next(iter(ENGINES))}&metric=bleu",
    }
    for scheme in ("light", "dark"):
        for size, viewport in SIZES.items():
            dora = desk_of("dora", viewport=viewport, color_scheme=scheme, has_touch=size == "phone")
            for name, query in pages.items():
                dora.page.goto(f"{dora.server}/projects/{project.slug}/engines/{query}")
                expect(dora.page.locator("h1")).to_have_count(1)
                dora.page.screenshot(path=tmp_path / f"{name}-{size}-{scheme}.png", full_page=True)
                place = f"{name}, {size}, {scheme}"
                assert dora.page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], place
                assert dora.page.evaluate(CONTRAST) == [], place
                small = dora.page.locator(f"main :is({TARGETS}), .downloads a, td a").evaluate_all(
                    "(all) => all.map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])"
                    ".filter(([, box]) => box.width < 24 || box.height < 24).map(([html]) => html)"
                )
                assert small == [], place
                unnamed = dora.page.locator("main :is(input, select):not([type=hidden])").evaluate_all(
                    "(all) => all.filter((e) => !e.labels.length).map((e) => e.outerHTML)"
                )
                assert unnamed == [], place
                twice = dora.page.evaluate(
                    "[...document.querySelectorAll('[id]')].map((e) => e.id)"
                    ".filter((id, i, all) => all.indexOf(id) !== i)"
                )
                assert twice == [], place


def test_a_chart_takes_its_colours_from_the_scheme(desk_of, project, scored):
    shades = {}
    for scheme in ("light", "dark"):
        dora = desk_of("dora", color_scheme=scheme)
        dora.page.goto(f"{dora.server}/projects/{project.slug}/engines/?metrics=bleu")
        shades[scheme] = dora.page.locator("figure .whisker").first.evaluate(
            "(path) => getComputedStyle(path).stroke.match(/\\d+/g).slice(0, 3).map(Number)"
        )
    assert max(shades["light"]) < 80
    assert min(shades["dark"]) > 180
