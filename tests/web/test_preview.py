"""The English article as readers will see it."""

import pytest
from django.urls import reverse

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


def shown(document, person):
    return page_of(browser_of(person).get(reverse("reviews:document-preview", args=[document.pk])))


def test_blocks_are_what_they_will_be_on_the_page(document, cast):
    [article] = shown(document, cast["anna"]).xpath("//article")
    assert article.get("lang") == "en"
    assert text_of(article.xpath("./h1")[0]) == "New gap"
    assert text_of(article.xpath("./p[@class='teaser']")[0]) == "Teaser."
    assert text_of(article.xpath("./blockquote")[0]) == "Quote."
    [link] = article.xpath(".//p[@class='body']//a")
    assert (link.text, link.get("href")) == ("update", "https://example.org/patch")
    assert text_of(article.xpath("./p[@class='seo_title']")[0]) == "Search title Search me"


def test_the_line_that_says_it_was_translated_stands_at_the_end(document, project, cast):
    project.disclosure = "Translated and checked by the desk."
    project.save()
    [line] = shown(document, cast["anna"]).xpath("//p[@class='disclosure']")
    assert text_of(line).startswith("Translated and checked by the desk.")


def test_what_is_not_approved_is_marked_and_counted(document, cast):
    page = shown(document, cast["anna"])
    assert "7 of 7 texts are not approved" in text_of(page.xpath("//p[@class='not-final']")[0])
    assert len(page.xpath("//span[@class='unapproved']")) == 7


def test_a_missing_text_is_not_hidden(document, cast):
    assert "[no text for passage 6 yet]" in text_of(shown(document, cast["anna"]))


def test_an_approved_article_carries_no_marks(project, cast):
    document = make_document(project)
    review(document, cast["anna"])
    approve(document, cast["ben"])
    page = shown(document, cast["rolf"])
    assert page.xpath("//p[@class='not-final']") == []
    assert page.xpath("//span[@class='unapproved']") == []
    assert len(page.xpath("//article//span[@id]")) == len(segments_of(document))
