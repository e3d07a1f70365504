"""What the head of a page says: about the article, and to the outside in its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from reviews.values import CodedText

from .blocks import PageBlock
from .tree import Element, folded, text_of


def title_of(root: Element) -> str:
    title = next(root.iter("title"), None)
    return text_of(title) if title is not None else ""


def meta_of(root: Element) -> Iterator[tuple[str, str]]:
    """(name, content) of the page's meta elements, the last of a name first so that a dict keeps the first."""
    for meta in reversed(list(root.iter("meta"))):
        name = meta.get("name") or meta.get("property") or ""
        if name:
            yield name.lower(), folded(meta.get("content", ""))


def canonical_of(root: Element) -> str:
    return next((link.get("href", "") for link in root.iter("link") if link.get("rel") == "canonical"), "")


def head_blocks(tree: etree._ElementTree, blocks: Iterable[PageBlock]) -> Iterator[PageBlock]:
    """Title and description where they are texts of their own and do not just repeat headline and teaser."""
    root = tree.getroot()
    texts = {kind: {block.content.text for block in blocks if block.kind == kind} for kind in ("headline", "teaser")}
    title = next(root.iter("title"), None)
    if title is not None and text_of(title) and text_of(title) not in texts["headline"]:
        yield PageBlock("seo_title", CodedText(text_of(title)), tree.getpath(title), title)
    for meta in root.iter("meta"):
        text = folded(meta.get("content", ""))
        if meta.get("name", "").lower() == "description" and text and text not in texts["teaser"]:
            yield PageBlock(
                "meta_description", CodedText(text), f"{tree.getpath(meta)}/@content", meta, attribute="content"
            )
            return
