"""An HTML page as blocks of text in page order, each with the place in the page it came from.

Readers make articles of the blocks; whoever writes translations back into the same page finds each place again by
the block's locator, since reading the same bytes gives the same blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from .base import ReadError
from .html.blocks import PageBlock, code_elements
from .html.decoding import decoded
from .html.head import Head, head_blocks, names_the_article, read_head
from .html.inline import is_left_out
from .html.marked_article import article_blocks
from .html.saved_page import Announced, is_saved_page, site_blocks
from .html.tree import parsed
from .text import illegal_character

__all__ = ["Page", "PageBlock", "code_elements", "is_left_out", "read_page"]

#: The largest page that is read, in bytes; a news article has some ten thousand, a saved page a few hundred thousand.
LARGEST_PAGE = 10_000_000

#: The longest locator the tables take.
LONGEST_LOCATOR = 500


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page: its blocks in page order, and what its head says."""

    tree: etree._ElementTree
    blocks: tuple[PageBlock, ...]
    head: Head


def read_page(raw: bytes, file: str) -> Page:
    """Parse a page. No network, no entities from outside, bounded size and depth.

    Of a page saved from a site the article is looked for among all that is round it; of any other it is all text in
    the first `<article>`, else `<main>`, else `<body>`.

    Raises ReadError for bytes that are no text in a known encoding, pages cut short by the parser's limits, and
    pages without text.
    """
    if len(raw) > LARGEST_PAGE:
        raise ReadError(file, None, f"is larger than {LARGEST_PAGE:,} bytes. Give the article's page only.")
    text = decoded(raw, file)
    tree = parsed(text, file)
    head = read_head(tree.getroot())
    saved = is_saved_page(tree.getroot())
    blocks = tuple(site_blocks(tree, text, Announced(head.titles, head.description))) if saved else article_blocks(tree)
    if not blocks:
        raise ReadError(file, None, "has no text in its article. The text has to stand in <article>, <main> or <body>.")
    title = head.whole_title
    if saved:
        title = head.title if names_the_article(head.title, blocks) else ""
    blocks = (*blocks, *head_blocks(tree, title, blocks))
    for block in blocks:
        _check_block(block, file)
    return Page(tree, blocks, head)


def _check_block(block: PageBlock, file: str) -> None:
    found = illegal_character(block.content.text + "".join(code.raw for code in block.content.codes))
    if found:
        line = block.element.sourceline
        raise ReadError(file, line, f"holds {found} in a {block.kind} text. Take it out and import again.")
    if len(block.locator) > LONGEST_LOCATOR:
        raise ReadError(file, block.element.sourceline, "nests its text too deeply. Give the article's page only.")
