"""The English article as readers will see it."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from reviews.checks.runner import check_targets
from reviews.editing.saving import save_revision
from reviews.importing.raw import raw_path
from reviews.models import Document
from reviews.publishing.service import publish
from tests.factories import make_document, segments_of

from .conftest import approve, browser_of, linked, review
from .pages import page_of, text_of


@pytest.fixture
def document(project):
    return make_document(
        project,
        ["Netz", "Neue Lücke", "Vorspann.", linked("Ein Update.", 4, 10), "Zitat.", "Bild", "Titel"],
        {"engine-a": ["Net", "New gap", "Teaser.", linked("An update.", 3, 9), "Quote.", "", "Search me"]},
        kinds=["kicker", "headline", "teaser", "body", "quote", "alt", "seo_title"],
    )


def shown(document, person, **query):
    return page_of(browser_of(person).get(reverse("reviews:document-preview", args=[document.pk], query=query)))


def save(document, cast, place, text):
    segment = segments_of(document)[place]
    base = segment.latest_revision.number if segment.latest_revision else 0
    save_revision(segment_id=segment.pk, person=cast["anna"], typed=text, base=base)


def test_blocks_are_what_they_will_be_on_the_page(document, cast):
    [article] = shown(document, cast["anna"]).xpath("//article")
    assert article.get("lang") == "en"
    assert text_of(article.xpath(".//h1/span")[0]) == "New gap"
    assert text_of(article.xpath(".//p[@class='teaser']/span")[0]) == "Teaser."
    assert text_of(article.xpath(".//blockquote/span")[0]) == "Quote."
    [link] = article.xpath(".//p/span[starts-with(@class, 'piece')]/a")
    assert (link.text, link.get("href")) == ("update", "https://example.org/patch")
    assert article.xpath(".//*[contains(text(), 'Search me')]") == []


def test_what_search_engines_show_stands_apart(document, cast):
    [head] = shown(document, cast["anna"]).xpath("//section[@class='preview-head']")
    assert text_of(head.xpath(".//dt")[0]) == "Search title"
    assert text_of(head.xpath(".//dd/span")[0]) == "Search me"


def test_the_line_that_says_it_was_translated_stands_at_the_end(document, project, cast):
    project.disclosure = "Translated and checked by the desk."
    project.save()
    [line] = shown(document, cast["anna"]).xpath("//p[@class='disclosure']")
    assert text_of(line) == "Would read, once all of it is approved: Translated and checked by the desk."


def test_what_is_not_approved_is_marked_and_counted(document, cast):
    page = shown(document, cast["anna"])
    assert "7 of 7 texts are not approved" in text_of(page.xpath("//p[@class='not-final']")[0])
    assert len(page.xpath("//span[@class='piece unapproved']")) == 7


def test_a_missing_text_is_not_hidden(document, cast):
    assert "[no text for passage 6 yet]" in text_of(shown(document, cast["anna"]))


def test_an_approved_article_carries_no_marks(project, cast):
    document = make_document(project)
    review(document, cast["anna"])
    approve(document, cast["ben"])
    page = shown(document, cast["rolf"])
    assert page.xpath("//p[@class='not-final']") == []
    assert page.xpath("//span[@class='piece unapproved']") == []
    assert len(page.xpath("//article//span[@id]")) == len(segments_of(document))
    assert "Would read" not in text_of(page)


def test_each_text_leads_to_its_row(document, cast):
    page = shown(document, cast["anna"])
    first = segments_of(document)[0]
    [link] = page.xpath(f"//span[@id='s-{first.pk}']/following-sibling::a")
    assert link.get("href") == f"/documents/{document.pk}/?at={first.pk}#s-{first.pk}"
    assert text_of(link) == "To text 1"


def differing(page):
    return ["".join(each.itertext()) for each in page.xpath("//article//*[self::ins or self::del]")]


def test_changes_against_the_machine_are_marked_word_by_word(document, cast):
    save(document, cast, 1, "A new gap")
    save(document, cast, 3, "An ⟦1⟧urgent update⟦/1⟧.")
    assert differing(shown(document, cast["anna"])) == []
    page = shown(document, cast["anna"], against="machine")
    assert differing(page) == ["New", "A new", "urgent "]
    [link] = page.xpath("//article//p//a[@href='https://example.org/patch']")
    assert "".join(link.itertext()) == "urgent update"
    assert "2 texts changed" in text_of(page)


def test_changes_since_the_publication_are_marked(project, cast):
    document = make_document(project, ["Eins.", "Zwei."], {"engine-a": ["One.", "Two."]})
    review(document, cast["anna"])
    approve(document, cast["ben"])
    check_targets(document.pk)
    publish(document_id=document.pk, person=cast["dora"])
    assert "Nothing changed since the publication." in text_of(shown(document, cast["anna"], against="publication"))
    save(document, cast, 1, "Second.")
    page = shown(document, cast["anna"], against="publication")
    assert differing(page) == ["Two", "Second"]
    assert len(page.xpath("//span[@class='piece unapproved']")) == 1


def test_nobody_is_asked_to_compare_with_a_publication_there_is_not(document, cast):
    page = shown(document, cast["anna"])
    assert [text_of(a) for a in page.xpath("//nav[@aria-label='Changes']/a")] == ["As it reads", "Against the machine"]


@pytest.mark.parametrize("width", ["", "phone"])
def test_the_other_width_is_a_link_with_a_key(document, cast, width):
    page = shown(document, cast["anna"], width=width, against="machine")
    [other] = page.xpath("//nav[@aria-label='Width']/a[@data-key='w']")
    assert other.get("href") == ("?against=machine" if width else "?width=phone&against=machine")
    assert bool(page.xpath("//div[@class='preview-sheet phone']")) is bool(width)


# --- the page it came from --------------------------------------------------------------------------------

PAGE = """<!doctype html><html lang="{lang}"><head><title>{title}</title><meta name="article:id" content="nx-9">
<style>body {{ display: none }}</style><script>window.pwned = 1</script></head><body onload="window.pwned=1">
<nav><a href="/">Home</a></nav><main><article><h1>{title}</h1>
<figure><img src="https://evil.example/track.gif" alt="{alt}" onerror="window.pwned=1">
<figcaption>{caption}</figcaption></figure>
<p style="position:fixed">{first} <a href="https://example.org/x" onclick="window.pwned=1">{link}</a>.</p>
<p><a href="javascript:window.pwned=1">{second}</a></p>
<iframe src="https://evil.example/"></iframe><svg onload="window.pwned=1"><text>x</text></svg>
<form action="https://evil.example/"><input name="q"></form>
<table><tr><td colspan="2" onclick="window.pwned=1">{cell}</td></tr></table></article></main></body></html>"""

GERMAN = {
    "lang": "de",
    "title": "Neue Lücke",
    "alt": "Ein Netz",
    "caption": "So sieht es aus.",
    "first": "Wir lesen",
    "link": "das Update",
    "second": "Der zweite Absatz ist kurz.",
    "cell": "Zelle",
}
ENGLISH = {
    "lang": "en",
    "title": "New gap",
    "alt": "A net",
    "caption": "That is what it looks like.",
    "first": "We read",
    "link": "the update",
    "second": "The second paragraph is short.",
    "cell": "Cell",
}


@pytest.fixture
def imported(project, tmp_path, settings):
    settings.WORKBENCH_DATA = tmp_path / "data"
    folder = tmp_path / "nx-9"
    folder.mkdir()
    (folder / "source.de.html").write_text(PAGE.format(**GERMAN), encoding="utf-8")
    (folder / "engine-a.en.html").write_text(PAGE.format(**ENGLISH), encoding="utf-8")
    call_command("bulk_import", str(folder), project=project.slug, inline=True)
    return Document.objects.get(external_id="nx-9")


def test_a_page_is_shown_as_it_will_be_handed_over_and_does_nothing(imported, cast):
    page = shown(imported, cast["anna"])
    [article] = page.xpath("//article")
    assert [each.tag for each in article.xpath("./*")] == ["h1", "figure", "p", "p", "span", "span", "table", "p"]
    [picture] = article.xpath("./figure/span[@class='picture']")
    assert text_of(picture.xpath(".//span[starts-with(@class, 'piece')]")[0]) == "A net"
    assert text_of(article.xpath("./figure/figcaption/span")[0]) == "That is what it looks like."
    assert article.xpath("./table//td/@colspan") == ["2"]
    assert [a.get("href") for a in article.xpath(".//a[not(@class)]")] == ["https://example.org/x"]
    assert article.xpath(".//span[@class='link']")
    raw = browser_of(cast["anna"]).get(reverse("reviews:document-preview", args=[imported.pk])).content.decode()
    sheet = raw[raw.index('<article class="read"') : raw.index("</article>")]
    for bad in ("pwned", "evil", "<iframe", "<svg", "<img", "<form", "style=", "onclick", "javascript:"):
        assert bad not in sheet


def test_a_page_that_is_not_kept_any_more_is_shown_plainly_and_says_so(imported, cast):
    raw_path(imported.current_source.raw_hash).unlink()
    page = shown(imported, cast["anna"])
    assert "Shown plainly" in text_of(page)
    assert "The second paragraph is short." in text_of(page.xpath("//article")[0])


def test_a_moved_source_stands_beside_the_text_made_for_the_former_one(imported, cast, tmp_path):
    save(imported, cast, 0, "A new gap")
    changed = tmp_path / "changed.html"
    changed.write_text(PAGE.format(**GERMAN | {"title": "Neue große Lücke"}), encoding="utf-8")
    call_command("bulk_import", str(changed), project=imported.project.slug, role="source", inline=True)
    page = shown(imported, cast["anna"])
    [aside] = page.xpath("//aside[@class='preview-moved']")
    assert "".join(aside.xpath(".//ins")[0].itertext()).strip() == "große"
    assert f"#s-{segments_of(imported)[0].pk}" in aside.xpath(".//a/@href")
