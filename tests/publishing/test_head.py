"""What the head of an exported page says to machines."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from lxml import html

from reviews.publishing.export.article import Article, Piece, Told
from reviews.publishing.export.html import HtmlPages
from reviews.values import CodedText, DocumentMeta
from tests.publishing.test_html import DISCLOSURE, page_with, pieces_of

GERMAN = "https://nx.example/artikel-1.html"
HEAD = (
    f'<link rel="canonical" href="{GERMAN}">\n'
    f'<meta property="og:url" content="{GERMAN}">\n'
    '<meta property="og:locale" content="de_DE">\n'
    '<link rel="alternate" hreflang="fr" href="https://nx.example/fr.html">\n'
    '<link rel="stylesheet" href="/style.css">\n'
    '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle"}]}</script>\n'
    '<script type="application/ld+json">{"@type": "BreadcrumbList"}</script>\n'
    '<script type="application/ld+json">{broken</script>\n'
)
META = DocumentMeta(
    title="Ein Artikel", url=GERMAN, author="Jonas B.", published=datetime(2026, 4, 5, 9, 5, tzinfo=UTC)
)


def article(**changes: Any) -> Article:
    page = page_with("<h1>Ein Titel</h1>\n<p>Guten Tag.</p>", HEAD)
    pieces = tuple(replace(piece, target=CodedText(f"{piece.source.text} EN")) for piece in pieces_of(page))
    made = Article(
        "nx-1",
        META,
        "de",
        "en",
        True,
        DISCLOSURE,
        pieces,
        first_published=datetime(2026, 4, 5, 12, tzinfo=UTC),
        published=datetime(2026, 4, 6, 12, tzinfo=UTC),
        page=page,
    )
    return replace(made, **changes)


def head_of(made: Article) -> Any:
    return html.fromstring(HtmlPages().write(made).decode()).find("head")


def said(made: Article) -> dict[str, Any]:
    """What the page says of itself as a NewsArticle."""
    scripts = [script.text for script in head_of(made).iter("script")]
    (found,) = [json.loads(text) for text in scripts if '"NewsArticle"' in text]
    assert isinstance(found, dict)
    return found


def test_a_reviewed_page_is_a_translation_of_its_original_to_machines() -> None:
    assert said(article()) == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "inLanguage": "en",
        "headline": "Ein Titel EN",
        "author": {"@type": "Person", "name": "Jonas B."},
        "datePublished": "2026-04-05T12:00:00+00:00",
        "dateModified": "2026-04-06T12:00:00+00:00",
        "backstory": DISCLOSURE,
        "translationOfWork": {
            "@type": "NewsArticle",
            "inLanguage": "de",
            "url": GERMAN,
            "datePublished": "2026-04-05T09:05:00+00:00",
        },
    }


def test_what_was_true_of_the_original_only_goes_and_the_rest_stays() -> None:
    head = head_of(article())
    assert head.xpath("./link[@rel='canonical']") == head.xpath("./meta[contains(@property, 'og:')]") == []
    assert [(e.get("hreflang"), e.get("href")) for e in head.xpath("./link[@rel='alternate']")] == [("de", GERMAN)]
    assert head.xpath("./link[@rel='stylesheet']")
    kept = [script.text for script in head.iter("script")]
    assert '{"@type": "BreadcrumbList"}' in kept
    assert "{broken" in kept
    assert len(kept) == 3


def test_a_language_with_a_region_is_named_to_other_sites() -> None:
    (locale,) = head_of(article(target_lang="en-GB")).xpath("./meta[@property='og:locale']/@content")
    assert locale == "en_GB"


@pytest.mark.parametrize("page", [True, False], ids=["on its page", "on a plain page"])
def test_a_working_copy_claims_nothing(page: bool) -> None:
    made = article(reviewed=False, closing_line="Working copy.")
    written = HtmlPages().write(made if page else replace(made, page=None)).decode()
    assert "NewsArticle" not in written
    assert 'hreflang="de"' in written


def test_corrections_are_under_the_article_and_in_what_machines_read() -> None:
    notes = (Told("correction", "Correction, 6 April 2026: 43, not 34."), Told("update", "Update, 7 April 2026: More."))
    made = article(notes=notes)
    assert said(made)["correction"] == ["Correction, 6 April 2026: 43, not 34."]
    lines = [line.strip() for line in HtmlPages().write(made).decode().splitlines() if line.startswith("<p class=")]
    assert lines == [
        '<p class="correction">Correction, 6 April 2026: 43, not 34.</p>',
        '<p class="update">Update, 7 April 2026: More.</p>',
        f'<p class="disclosure">{DISCLOSURE}</p>',
    ]


def test_no_text_ends_the_script() -> None:
    hostile = Piece(0, "1", "headline", 0, CodedText("x"), CodedText("</script><script>alert(1)</script>"), "approved")
    made = article(pieces=(hostile,), page=None)
    assert said(made)["headline"] == "</script><script>alert(1)</script>"
    assert [script.get("type") for script in head_of(made).iter("script")] == ["application/ld+json"]
