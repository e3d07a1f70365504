"""The page an article came from, with its texts replaced and everything else as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import replace

from lxml import etree

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.html_page import Page, PageBlock, code_elements, is_left_out, read_page
from reviews.values import CodedText, normalise

from .article import Article, ExportError
from .blocks import Block, blocks_of, untranslated_markup
from .inline import append_content
from .markup import Element, Markup, Shell, legal

#: Names under which a page's head repeats its title and its description.
REPEATED_IN = frozenset({
    "description", "og:description", "og:title", "title", "twitter:description", "twitter:title",
})  # fmt: skip

#: Texts of the head, and what the head says where they are left out.
INSTEAD = {"seo_title": "headline", "meta_description": "teaser"}

#: Elements that stay when their text is gone: the page's frame, and cells, whose columns would shift.
STAYS_EMPTY = frozenset({"article", "body", "html", "main", "td", "th", "title"})

#: Elements that mean nothing without what stood in them.
NOTHING_WITHOUT_ITEMS = frozenset({"blockquote", "dl", "menu", "ol", "ul"})

_SPACE = re.compile(r"[ \t\n\r\f]+")


def translated_page(article: Article, raw: bytes) -> Element:
    """The root of the kept source page with the article's texts in it.

    Each block is found by its locator, which the reader gives again for the same bytes. Raises ExportError when
    the page does not hold what was imported from it.
    """
    try:
        page = read_page(raw, "the kept source page")
    except ReadError as error:
        raise ExportError(str(error)) from error
    pairs = _paired(article, page)
    # Markup is asked for by what it was when the page was read; the elements hold what it has become.
    originals = _originals(page)
    texts = [(place, block) for place, block in pairs if place.attribute is None]
    for place, block in pairs:
        if place.attribute is not None:
            place.element.set(place.attribute, legal(block.content.text))
    markup = _markup(originals, untranslated_markup(article))
    for place, block in texts:
        _replace_text(place, block, markup)
    for place, block in texts:
        if block.emptied:
            _remove_if_empty(place.element)
    root = page.tree.getroot()
    root.set("lang", legal(article.target_lang))
    _translate_head(root, [block for _, block in pairs])
    _declare_utf8(root)
    return root


def _paired(article: Article, page: Page) -> list[tuple[PageBlock, Block]]:
    """Each block of the article with its place; a place that holds another text is none."""
    places = {place.locator: place for place in page.blocks}
    pairs = []
    for block in _head_filled(list(blocks_of(article))):
        place = places.get(block.locator)
        if place is None or _bare(place.content.text) != _bare(block.source.text):
            raise ExportError(
                f"The kept source page does not hold the text of block {block.number + 1} ({block.kind}) where it was "
                "read. Import the page again: it is then read anew."
            )
        pairs.append((place, block))
    return pairs


def _bare(text: str) -> str:
    """A text without white space, which splitting into sentences does not keep."""
    return "".join(text.split())


# --- codes -------------------------------------------------------------------------------------


def _originals(page: Page) -> list[tuple[str, bool, Element]]:
    """(markup, is single, element) of every code on the page, in page order."""
    found = []
    for place in page.blocks:
        elements = dict(code_elements(place))
        for code in place.content.codes:
            if code.part != "close" and code.id in elements:
                found.append((code.raw, code.part == "single", elements[code.id]))
    return found


def _markup(originals: Iterable[tuple[str, bool, Element]], trusted: str) -> Markup:
    shells: dict[str, list[Shell]] = {}
    for raw, single, element in originals:
        shells.setdefault(raw, []).append(_whole(element) if single else _shell(element))
    return Markup(originals=shells, trusted={trusted})


def _whole(element: Element) -> Shell:
    copy = deepcopy(element)
    copy.tail = None
    return Shell(copy)


def _shell(element: Element) -> Shell:
    """The element with what is no text in it, such as an icon."""
    copy = deepcopy(element)
    before, after = _left_out(copy.text, list(copy))
    copy.text = copy.tail = None
    copy[:] = before
    return Shell(copy, tuple(after))


def _left_out(text: str | None, nodes: Sequence[Element]) -> tuple[list[Element], list[Element]]:
    """Of the nodes those that are no text of the article, before its first text or code and after it."""
    before: list[Element] = []
    after: list[Element] = []
    text_so_far = bool(text and text.strip())
    for node in nodes:
        tail, node.tail = node.tail, None
        if is_left_out(node):
            (after if text_so_far else before).append(node)
        else:
            text_so_far = True
        text_so_far = text_so_far or bool(tail and tail.strip())
    return before, after


# --- texts -------------------------------------------------------------------------------------


def _replace_text(place: PageBlock, block: Block, markup: Markup) -> None:
    """Put the block's text where the page had it, between the same white space; what is no text stays beside it."""
    parent, nodes = place.element, list(place.nodes)
    first = (parent.text if place.after is None else place.after.tail) or ""
    last = (nodes[-1].tail or "") if nodes else first
    before, after = _left_out(first, nodes)
    for node in nodes:
        parent.remove(node)
    made = etree.Element("made")
    made.text = first[: len(first) - len(first.lstrip())]
    made.extend(before)
    append_content(made, block.content, markup)
    made.extend(after)
    _append_text(made, last[len(last.rstrip()) :])
    start = 0
    if place.after is None:
        parent.text = made.text
    else:
        place.after.tail = made.text
        start = parent.index(place.after) + 1
    for offset, node in enumerate(list(made)):
        parent.insert(start + offset, node)


def _append_text(element: Element, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _remove_if_empty(element: Element) -> None:
    """Remove an element that lost its text and holds nothing else, and a list that lost its last item with it."""
    parent = element.getparent()
    if parent is None or element.tag in STAYS_EMPTY or _holds_something(element):
        return
    previous = element.getprevious()
    tail = element.tail or ""
    if tail.strip():
        if previous is not None:
            previous.tail = (previous.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)
    if parent.tag in NOTHING_WITHOUT_ITEMS:
        _remove_if_empty(parent)


def _holds_something(element: Element) -> bool:
    return any(isinstance(child.tag, str) for child in element) or bool("".join(element.itertext()).strip())


# --- head --------------------------------------------------------------------------------------


def _head_filled(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, with the article's own text for one of the head that was left out: a page needs a title."""
    said = {block.kind: block.content for block in reversed(blocks)}
    return [
        replace(block, content=CodedText(said[INSTEAD[block.kind]].text))
        if block.emptied and INSTEAD.get(block.kind) in said
        else block
        for block in blocks
    ]


def _translate_head(root: Element, blocks: Iterable[Block]) -> None:
    """Title and description follow the texts they repeated, also where a head repeats them for other sites."""
    repeated = {
        _folded(block.source.text): legal(block.content.text)
        for block in blocks
        if block.kind in {*INSTEAD, *INSTEAD.values()}
    }
    title = next(root.iter("title"), None)
    if title is not None:
        title.text = repeated.get(_folded("".join(title.itertext())), title.text)
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        text = repeated.get(_folded(meta.get("content", "")))
        if name in REPEATED_IN and text is not None:
            meta.set("content", text)


def _folded(text: str) -> str:
    """The text as the reader compares it."""
    return normalise(_SPACE.sub(" ", text).strip())


def _declare_utf8(root: Element) -> None:
    """Let the page say the encoding it is written in, whatever it came in."""
    declared = False
    for meta in root.iter("meta"):
        if meta.get("charset"):
            declared = True
            if meta.get("charset", "").lower() != "utf-8":
                meta.set("charset", "utf-8")
        elif meta.get("http-equiv", "").lower() == "content-type":
            declared = True
            meta.set("content", "text/html; charset=utf-8")
    head = root.find("head")
    if not declared and head is not None:
        head.insert(0, etree.Element("meta", {"charset": "utf-8"}))
