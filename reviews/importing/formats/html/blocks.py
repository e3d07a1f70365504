"""The text of a tree as blocks in page order, each with the place it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from reviews.values import CodedText

from .inline import inline_content, is_left_out, seen_inline
from .tree import Element, folded

BLOCK_TAGS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hgroup", "hr", "html", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section"),
        *("summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)

KIND_BY_TAG = {
    "h1": "headline",
    **dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), "heading"),
    "li": "list_item",
    "blockquote": "quote",
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    **dict.fromkeys(("td", "th"), "table_cell"),
    "pre": "other",
}


@dataclass(frozen=True, slots=True)
class PageBlock:
    """One block of a page.

    Its text is the whole content of `element`; or with `run`, of an element that holds other blocks too, the text
    and inline elements that follow `after` (None: from the element's beginning) and are `nodes`; or with
    `attribute` the value of that attribute.
    """

    kind: str
    content: CodedText
    locator: str
    element: Element
    attribute: str | None = None
    after: Element | None = None
    nodes: tuple[Element, ...] = ()


def code_elements(block: PageBlock) -> Iterator[tuple[str, Element]]:
    """(code id, element) of every inline element in a block, in the order the codes of its text were numbered."""
    return ((str(number), element) for number, element in enumerate(seen_inline(block.nodes), 1))


def page_blocks(
    tree: etree._ElementTree,
    root: Element,
    *,
    kind_of: Callable[[Element], str],
    is_block: Callable[[Element], bool],
) -> Iterator[PageBlock]:
    """The blocks below an element of a tree.

    `kind_of` gives the kind of the text in an element; `is_block` says which elements beside HTML's own blocks keep
    their text apart from the sentence beside them.
    """
    return _Walk(tree, kind_of, is_block).runs(root)


class _Walk:
    """Reads the blocks below one element of a tree."""

    def __init__(
        self, tree: etree._ElementTree, kind_of: Callable[[Element], str], is_block: Callable[[Element], bool]
    ) -> None:
        self.tree = tree
        self.kind_of = kind_of
        self.blocks: set[Element] = set()
        self.holds_blocks: set[Element] = set()
        for element in tree.iter("*"):
            if element.tag in BLOCK_TAGS or is_block(element):
                self.blocks.add(element)
                parent = element.getparent()
                while parent is not None and parent not in self.holds_blocks:
                    self.holds_blocks.add(parent)
                    parent = parent.getparent()

    def runs(self, element: Element) -> Iterator[PageBlock]:
        """The runs of inline content in an element and, between them, the blocks of its block elements."""
        after: Element | None = None
        nodes: list[Element] = []
        number = 0
        for child in element:
            if child not in self.blocks and child not in self.holds_blocks:
                nodes.append(child)
                continue
            yield from self._run(element, after, nodes, number)
            number += 1
            after, nodes = child, []
            if not is_left_out(child):
                yield from self.runs(child)
        yield from self._run(element, after, nodes, number)

    def _run(self, element: Element, after: Element | None, nodes: list[Element], number: int) -> Iterator[PageBlock]:
        """The alt texts in a run of inline content, then its text if it has any."""
        for image in _images(nodes):
            alt = folded(image.get("alt", ""))
            if alt:
                locator = f"{self.tree.getpath(image)}/@alt"
                yield PageBlock("alt", CodedText(alt), locator, image, attribute="alt")
        before = element.text if after is None else after.tail
        content = inline_content(before, nodes, folding=element.tag != "pre")
        if content.text:
            locator = self.tree.getpath(element)
            if element in self.holds_blocks:
                locator += f"#{number}"
            kind = self.kind_of(element) or "body"
            yield PageBlock(kind, content, locator, element, after=after, nodes=tuple(nodes))


def _images(nodes: Iterable[Element]) -> Iterator[Element]:
    """The images that are seen; those in `<noscript>` repeat others for browsers without scripts."""
    return (node for node in seen_inline(nodes) if node.tag == "img")
