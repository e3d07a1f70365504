"""Pages whose article is marked as the product's hand-over says: one class a kind, nothing else in the article."""

from __future__ import annotations

from lxml import etree

from .blocks import KIND_BY_TAG, PageBlock, page_blocks
from .tree import Element

_KIND_BY_CLASS = {
    "kicker": "kicker",
    "teaser": "teaser",
    "byline": "byline",
    "credit": "credit",
    "related": "related_link",
    "update": "update",
    "disclosure": "disclosure",
}

#: Classes that make a block of an inline element too: their text never belongs to the sentence beside it.
_ALWAYS_BLOCKS = frozenset({"kicker", "byline", "credit"})


def article_blocks(tree: etree._ElementTree) -> tuple[PageBlock, ...]:
    """The blocks of the first `<article>`, else of `<main>`, else of `<body>`: all its text."""
    article = next((found for tag in ("article", "main", "body") for found in tree.iter(tag)), None)
    if article is None:
        return ()
    return tuple(page_blocks(tree, article, kind_of=lambda element: _kind_of(element, article), is_block=_is_block))


def _kind_of(element: Element, article: Element) -> str:
    """The kind the nearest class of an element or its surroundings gives, else the nearest tag.

    A headline is one whatever stands round it. What class the article itself has says nothing about its paragraphs.
    """
    by_tag = ""
    place: Element | None = element
    while place is not None and place is not article:
        if by_class := _class_kind(place):
            return by_class
        by_tag = by_tag or KIND_BY_TAG.get(str(place.tag), "")
        if place.tag == "h1":
            break
        place = place.getparent()
    return by_tag


def _class_kind(element: Element) -> str:
    return next((_KIND_BY_CLASS[name] for name in element.get("class", "").split() if name in _KIND_BY_CLASS), "")


def _is_block(element: Element) -> bool:
    return not _ALWAYS_BLOCKS.isdisjoint(element.get("class", "").split())
