"""A page of its own for an article that did not come from one."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from .article import Article
from .blocks import Block, blocks_of, untranslated_markup
from .inline import append_content
from .markup import Element, Markup, legal

#: Elements for kinds that have one of their own; any other kind is a paragraph of that class.
ELEMENTS = {
    "headline": "h1",
    "heading": "h2",
    "body": "p",
    "list_item": "li",
    "quote": "blockquote",
}

#: Kinds that stand in the head of the page.
HEAD_KINDS = frozenset({"seo_title", "meta_description", "slug"})


def plain_page(article: Article) -> Element:
    """The article as a clean page: one element a block, by kind, with title and description in the head."""
    blocks = [block for block in blocks_of(article) if not block.emptied]
    page = etree.Element("html", {"lang": legal(article.target_lang)})
    page.append(_head(article, blocks))
    body = etree.SubElement(etree.SubElement(page, "body"), "article")
    # Codes come from rows and files of translation tools: nobody here wrote their markup.
    markup = Markup(trusted={untranslated_markup(article)})
    for block in blocks:
        if block.kind not in HEAD_KINDS:
            append_content(_element(body, block.kind), block.content, markup)
    for parent in (page, *page, body):
        parent.text = "\n"
        for child in parent:
            child.tail = "\n"
    return page


def _head(article: Article, blocks: Iterable[Block]) -> Element:
    first: dict[str, str] = {}
    for block in blocks:
        first.setdefault(block.kind, legal(block.content.text))
    head = etree.Element("head")
    etree.SubElement(head, "meta", {"charset": "utf-8"})
    title = etree.SubElement(head, "title")
    title.text = first.get("seo_title") or first.get("headline") or legal(article.document)
    description = first.get("meta_description") or first.get("teaser")
    if description:
        etree.SubElement(head, "meta", {"name": "description", "content": description})
    if "slug" in first:
        etree.SubElement(head, "meta", {"name": "slug", "content": first["slug"]})
    return head


def _element(article: Element, kind: str) -> Element:
    """A new element at the end of the article; items that follow one another share a list."""
    tag = ELEMENTS.get(kind, "p")
    parent = article
    if tag == "li":
        before = article[-1] if len(article) else None
        parent = before if before is not None and before.tag == "ul" else etree.SubElement(article, "ul")
    return etree.SubElement(parent, tag, {} if kind in ELEMENTS else {"class": kind})
