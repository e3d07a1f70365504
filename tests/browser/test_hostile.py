"""`fixtures/hostile.jsonl` and a hostile page: whatever came in, everything renders as text and nothing of it acts.

Every browser here runs under the pages' own policy; `desk_of` fails the test for any breach the browser reports.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from reviews.editing.claims import claim
from reviews.editing.deciding import Seen
from reviews.editing.leaving_out import leave_out
from reviews.models import DecisionKind, Document, ImportBatch, Placement, Segment, Step, WorkItem
from tests.factories import segments_of

from .conftest import SAVED

pytestmark = pytest.mark.browser

FIXTURE = Path(__file__).resolve().parents[2] / "fixtures" / "hostile.jsonl"

SCRIPT = "<script>window.pwned=1</script>"

PAGE = """<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><meta name="article:id" content="page-1">
<title>{title}</title></head><body><article><h1>{title}</h1>
<p>{text} <a href="javascript:window.pwned=1" onclick="window.pwned=1">{link}</a>
<b onmouseover="window.pwned=1" style="position:fixed;inset:0">{bold}</b>
&lt;script&gt;window.pwned=1&lt;/script&gt;.</p>
</article></body></html>"""

#: What must not be in a page for anything that came in: counted in the page as the browser built it.
ACTS = """() => ({
    pwned: 'pwned' in window,
    handlers: [...document.querySelectorAll('*')].flatMap(
        (element) => element.getAttributeNames().filter((name) => name.startsWith('on'))),
    styled: document.querySelectorAll('#main [style]').length,
    links: [...document.querySelectorAll('[href], [src], [action], [srcdoc]')]
        .map((element) => element.href || element.src || element.action || 'srcdoc')
        .map(String)
        .filter((address) => !address.startsWith(location.origin + '/') && !address.startsWith('data:image/')),
    foreign: document.querySelectorAll('#main script:not([type="application/json"]), #main style, #main iframe').length,
    fetched: performance.getEntriesByType('resource').map((entry) => entry.name)
        .filter((address) => !address.startsWith(location.origin + '/') && !address.startsWith('data:')),
})"""

NOTHING = {"pwned": False, "handlers": [], "styled": 0, "links": [], "foreign": 0, "fetched": []}


@pytest.fixture
def hostile(project, cast, tmp_path):
    folder = tmp_path / "page"
    folder.mkdir()
    for name, lang, words in (
        ("source", "de", ("Böse Seite", "Ein Satz mit", "einem Verweis", "und Fettem")),
        ("engine-a", "en", ("Evil page", "A sentence with", "a link", "and bold")),
    ):
        title, text, link, bold = words
        page = PAGE.format(lang=lang, title=f"{title} &lt;b&gt;", text=text, link=link, bold=bold)
        (folder / f"{name}.{lang}.html").write_text(page, encoding="utf-8")
    for path in (FIXTURE, folder):
        call_command("bulk_import", str(path), project=project.slug, inline=True)
    ImportBatch.objects.update(person=cast["dora"], error=f"Broken by {SCRIPT}", files=[{"name": f"{SCRIPT}.jsonl"}])
    for name in ("anna", "ben", "dora"):
        cast[name].first_name = f"{name}{SCRIPT}"
        cast[name].save()
    return {document.external_id: document for document in Document.objects.all()}


def pages(documents):
    project = next(iter(documents.values())).project
    for name in ("dashboard", "engines", "checks", "imports"):
        yield reverse(f"reviews:{name}", args=[project.slug])
    yield reverse("reviews:search", args=[project.slug], query={"q": "script"})
    yield reverse("reviews:my-work")
    for batch in ImportBatch.objects.all():
        yield reverse("reviews:import", args=[batch.pk])
    for document in documents.values():
        yield reverse("reviews:document", args=[document.pk])
        yield reverse("reviews:document-preview", args=[document.pk])


def test_what_acts_would_be_found(page):
    acts = "<a href='javascript:1' onclick='1'>x</a><p style='color:red'>x</p><iframe></iframe>"
    page.set_content(f"<main id=main>{SCRIPT}{acts}</main>")
    found = page.evaluate(ACTS)
    assert found | {"links": len(found["links"])} == {
        "pwned": True,
        "handlers": ["onclick"],
        "styled": 1,
        "links": 1,
        "foreign": 2,
        "fetched": [],
    }


def test_no_page_does_what_came_in(desk_of, hostile, cast):
    first = segments_of(hostile["hostile-1"])[0]
    WorkItem.objects.update(reason=f"Because {SCRIPT}")
    claim(item_id=WorkItem.objects.filter(document=first.document, step=Step.EDIT).get().pk, person=cast["anna"])
    german = Placement.objects.get(segment=first, source_revision=first.document.current_source).source
    leave_out(
        segment_id=first.pk,
        person=cast["anna"],
        kind=DecisionKind.OMITTED,
        seen=Seen(0, german.content_hash),
        reason=f"Left out {SCRIPT}",
        save_key="k",
    )
    dora = desk_of("dora")
    for url in pages(hostile):
        dora.page.goto(dora.server + url)
        assert dora.page.evaluate(ACTS) == NOTHING, url


def test_a_row_that_is_opened_typed_in_and_saved_stays_text(desk_of, hostile):
    document = hostile["hostile-1"]
    anna = desk_of("anna").open(document)
    for segment in segments_of(document):
        field = anna.edit(segment)
        typed = f"{field.input_value()} {SCRIPT} <img src=x onerror=window.pwned=1>"
        field.fill(typed)
        anna.press("Control+s")
        expect(anna.save_state).to_have_text(SAVED)
        assert anna.page.evaluate(ACTS) == NOTHING
        assert Segment.objects.get(pk=segment.pk).latest_revision.text.endswith("onerror=window.pwned=1>")
