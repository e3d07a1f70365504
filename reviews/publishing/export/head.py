"""What the head of a page says to machines: that it is a translation, of what, and how it came about."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from .article import Article
from .markup import Element, legal

#: What a head says of the page's own address, which is not that of the page it came from.
_OWN_ADDRESS = ("og:url", "twitter:url")


def describe(page: Element, article: Article) -> None:
    """Let the head say the language of the page and name the original as the other language of the same article.

    The address of the translation is known to whoever puts it up, so what the head said of the original's is taken
    out and not replaced: a canonical link to the original would keep the translation out of every index. What
    schema.org says of a reviewed article is a `NewsArticle` with its original (`translationOfWork`); that of the
    original goes.
    """
    head = page.find("head")
    if head is None:
        return
    for element in list(_of_the_original(head)):
        _remove(element)
    _locale(head, article)
    if article.meta.url:
        _append(head, etree.Element("link", _alternate(article.source_lang, article.meta.url)))
    if article.reviewed:
        script = etree.Element("script", {"type": "application/ld+json"})
        # Within a script only the end of it could be mistaken for markup.
        script.text = json.dumps(_news_article(article), ensure_ascii=False, indent=1).replace("<", "\\u003c")
        _append(head, script)


def _alternate(language: str, address: str) -> dict[str, str]:
    return {"rel": "alternate", "hreflang": legal(language), "href": legal(address)}


def _of_the_original(head: Element) -> Iterator[Element]:
    """Elements of a head that say of the page what is true of the original only."""
    for element in head.iter("link", "meta", "script"):
        rel = (element.get("rel") or "").lower().split()
        named = (element.get("property") or element.get("name") or "").lower()
        of_the_original = {
            "link": "canonical" in rel or ("alternate" in rel and element.get("hreflang") is not None),
            "meta": named in _OWN_ADDRESS,
            "script": _is_of_an_article(element),
        }
        if of_the_original[str(element.tag)]:
            yield element


def _is_of_an_article(script: Element) -> bool:
    if (script.get("type") or "").lower() != "application/ld+json":
        return False
    try:
        said = json.loads(script.text or "")
    except ValueError:
        return False
    return any("Article" in str(each.get("@type", "")) for each in _objects(said))


def _objects(said: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of JSON-LD, alone, in a list or in a graph."""
    for each in said if isinstance(said, list) else [said]:
        if isinstance(each, dict):
            yield each
            graph = each.get("@graph")
            yield from (item for item in graph if isinstance(item, dict)) if isinstance(graph, list) else ()


def _locale(head: Element, article: Article) -> None:
    """The language as Open Graph writes it: `en_GB`. Without a region it has no way to say it, so it says nothing."""
    locale = article.target_lang.replace("-", "_")
    for meta in list(head.iter("meta")):
        if (meta.get("property") or "").lower() != "og:locale":
            continue
        if "_" in locale:
            meta.set("content", legal(locale))
        else:
            _remove(meta)


def _news_article(article: Article) -> dict[str, Any]:
    """https://schema.org/NewsArticle; `backstory` is where it has room for how an article came about."""
    headline = next((p.target.text for p in article.pieces if p.kind == "headline" and p.target is not None), None)
    said: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "inLanguage": article.target_lang,
        "headline": headline,
        "author": {"@type": "Person", "name": article.meta.author} if article.meta.author else None,
        "datePublished": article.first_published.isoformat() if article.first_published else None,
        "dateModified": article.published.isoformat() if article.published else None,
        "backstory": article.closing_line,
        "correction": [note.line for note in article.notes if note.kind == "correction"],
        "translationOfWork": {
            "@type": "NewsArticle",
            "inLanguage": article.source_lang,
            "url": article.meta.url,
            "datePublished": article.meta.published.isoformat() if article.meta.published else None,
        },
    }
    said["translationOfWork"] = {name: value for name, value in said["translationOfWork"].items() if value}
    return {name: value for name, value in said.items() if value}


def _append(head: Element, element: Element) -> None:
    element.tail = "\n"
    head.append(element)


def _remove(element: Element) -> None:
    """Take an element out with the white space behind it; any other text there stays."""
    parent, previous = element.getparent(), element.getprevious()
    if parent is None:
        return
    tail = element.tail or ""
    if tail.strip() and previous is not None:
        previous.tail = (previous.tail or "") + tail
    elif tail.strip():
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)
