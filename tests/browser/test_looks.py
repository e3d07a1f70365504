"""Light and dark, desk and phone: screenshots to look at, and what can be measured about them."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from reviews import pipeline
from reviews.checks import runner
from reviews.editing.claims import claim
from reviews.editing.saving import accept, save_revision
from reviews.importing import uploads
from reviews.importing.service import PreparedDocument, import_document
from reviews.models import Document, ImportBatch, Notice, NoticeKind, Segment, Step, WorkItem
from reviews.models.states import placed
from reviews.values import CodedText, DocumentMeta, PlacedSource
from tests.factories import segments_of

pytestmark = pytest.mark.browser

SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}

#: Elements one can press or follow that lie outside of running text.
TARGETS = "button, .button, summary, input:not([type=hidden]), select, textarea, .top-nav a, .side .number"


@pytest.fixture
def busy(document, segments, cast, project):
    """An article in every state at once, a conflict in it, and work around it."""
    document.deadline_at = timezone.now() + timedelta(minutes=42)
    document.save(update_fields=["deadline_at"])
    accept(segment_id=segments[0].pk, person=cast["anna"], base=0)
    save_revision(segment_id=segments[1].pk, person=cast["anna"], typed="For 145 devices.", base=0)
    save_revision(segment_id=segments[1].pk, person=cast["ben"], typed="For 1,450 devices.", base=0)
    Segment.objects.filter(document=document).update(risk_rank=1, risk_reasons=["number changed", "has numbers"])
    runner.check_targets(document.pk)
    item = WorkItem.objects.create(project=project, document=document, step=Step.EDIT, reason="number changed")
    claim(item_id=item.pk, person=cast["ben"])
    accept(segment_id=segments[3].pk, person=cast["anna"], base=0)
    change_the_german(document)
    check_an_upload(project, cast["dora"])
    for name in ("ben", "dora"):
        Notice.objects.create(
            person=cast[name], document=document, kind=NoticeKind.SENT_BACK, key="decision:1", text="Sent back."
        )
    return Document.objects.get(pk=document.pk)


def change_the_german(document):
    """The last sentence has another wording than the one it was reviewed for."""
    placements = placed(document)
    pieces = [PlacedSource(p.source.content, p.kind, p.block, p.sentence, p.segment.external_id) for p in placements]
    pieces[-1] = replace(pieces[-1], content=CodedText("Es schneit heute nicht."))
    import_document(
        document.project,
        PreparedDocument(external_id=document.external_id, meta=DocumentMeta(), segments=tuple(pieces)),
        None,
    )


def check_an_upload(project, person):
    """A good and a bad row with a long name, waiting for a word."""
    folder = uploads.new_folder()
    folder.begin("desk/" + "a" * 180 + ".jsonl")
    good = {"document": "nx-1", "source": "Der Zug hält heute nicht.", "hypotheses": {"engine-a": "No stop today."}}
    folder.write(json.dumps(good).encode() + b'\n{"document": "nx-2", "source": 7}\n')
    folder.end()
    batch = uploads.receive(project=project, person=person, folder=folder, options={})
    pipeline.work_on_upload(batch.pk)


def pages_of(document, project):
    return {
        "my-work": "/",
        "article": f"/documents/{document.pk}/#s-{segments_of(document)[1].pk}",
        "preview": f"/documents/{document.pk}/preview/",
        "preview-phone": f"/documents/{document.pk}/preview/?width=phone&against=machine",
        "search": f"/projects/{project.slug}/search/?q=die",
        "dashboard": f"/projects/{project.slug}/dashboard/",
        "imports": f"/projects/{project.slug}/imports/",
        "import": f"/imports/{ImportBatch.objects.latest('pk').pk}/",
        "notices": "/notices/",
        "notice-choices": "/notices/choices/",
        "missing": "/documents/999999/",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_can_be_pressed(desk_of, busy, project, tmp_path, scheme, size):
    dora = desk_of("dora", viewport=SIZES[size], color_scheme=scheme, has_touch=size == "phone")
    for name, address in pages_of(busy, project).items():
        dora.page.goto(dora.server + address)
        expect(dora.page.locator("h1")).to_have_count(1)
        shot = tmp_path / f"{name}-{size}-{scheme}.png"
        dora.page.screenshot(path=shot, full_page=True)
        assert shot.stat().st_size > 5_000
        width = dora.page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES[size]["width"], f"{name} is {width} wide"
        small = dora.page.locator(TARGETS).evaluate_all(
            """(elements) => elements
                .map((e) => [e.outerHTML.slice(0, 90), e.getBoundingClientRect(), e.checkVisibility()])
                .filter(([, box, seen]) => seen && box.width && (box.width < 24 || box.height < 24))
                .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
        )
        assert small == [], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_takes_the_colours_the_system_asks_for(desk_of, busy, scheme):
    dora = desk_of("dora", color_scheme=scheme).open(busy)
    background = dora.page.evaluate("getComputedStyle(document.body).backgroundColor")
    shades = [int(part) for part in background.removeprefix("rgb(").removesuffix(")").split(",")]
    assert (min(shades) > 230) if scheme == "light" else (max(shades) < 40)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(desk_of, busy, project, scheme):
    """WCAG 2.2, 1.4.3: at least 4.5 to 1, for large words 3 to 1, for every word in sight."""
    ben = desk_of("ben", color_scheme=scheme)
    dora = desk_of("dora", color_scheme=scheme)
    for desk in (ben, dora):
        for name, address in pages_of(busy, project).items():
            desk.page.goto(desk.server + address)
            assert desk.page.evaluate(CONTRAST) == [], f"{name} for {desk.person}"


def test_the_focus_can_be_seen(desk_of, busy):
    dora = desk_of("dora").open(busy)
    for _ in range(12):
        dora.press("Tab")
        outline = dora.page.evaluate(
            "(({ outlineStyle, outlineWidth }) => [outlineStyle, parseFloat(outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        assert outline[0] != "none"
        assert outline[1] >= 2


def test_a_page_read_at_twice_the_size_still_fits(desk_of, busy, project):
    dora = desk_of("dora", viewport={"width": 640, "height": 450})
    for name, address in pages_of(busy, project).items():
        dora.page.goto(dora.server + address)
        assert dora.page.evaluate("document.documentElement.scrollWidth") <= 640, name


#: Words whose colour is too near to the colour behind them. Half-transparent layers are laid over each other as the
#: browser does; the luminance is that of WCAG 2.2.
CONTRAST = """() => {
  const parse = (colour) => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return a ? [r, g, b, a / 255] : [0, 0, 0, 0];
  };
  const over = (top, under) => top.slice(0, 3).map((c, i) => c * top[3] + under[i] * (1 - top[3]));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const found = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const element = words.currentNode.parentElement;
    const unseen = !element.checkVisibility() || element.closest(".unseen, .mirror, .skip");
    if (unseen || !words.currentNode.data.trim()) continue;
    const style = getComputedStyle(element);
    const back = behind(element);
    const [a, b] = [light(over(parse(style.color), back)), light(back)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(`${words.currentNode.data.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return [...new Set(found)];
}"""
