"""An HTML page as blocks of text in page order, each with the place in the page it came from.

Readers make articles of the blocks; whoever writes translations back into the same page finds each place again by
the block's locator, since reading the same bytes gives the same blocks.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree

from reviews.importing.codes import compose
from reviews.values import CodedText, InlineCode, normalise

from .base import ReadError
from .text import illegal_character, shown

#: The largest page that is read, in bytes; a news article has some ten thousand.
LARGEST_PAGE = 10_000_000

#: The longest locator the tables take.
LONGEST_LOCATOR = 500

Element = etree._Element

_BLOCK_TAGS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hgroup", "hr", "html", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section"),
        *("summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    }
)

#: Elements whose content is no text of the article; `nav` also ends the paragraph it stands in.
_DROPPED_TAGS = frozenset(
    {
        *("audio", "button", "canvas", "iframe", "input", "math", "nav", "noscript", "object", "option", "script"),
        *("select", "style", "svg", "template", "textarea", "title", "video"),
    }
)

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

_KIND_BY_TAG = {
    "h1": "headline",
    **dict.fromkeys(("h2", "h3", "h4", "h5", "h6"), "heading"),
    "li": "list_item",
    "blockquote": "quote",
    **dict.fromkeys(("figcaption", "caption"), "caption"),
    **dict.fromkeys(("td", "th"), "table_cell"),
    "pre": "other",
}

_CODE_KINDS = {
    "a": "link",
    **dict.fromkeys(("strong", "b"), "strong"),
    **dict.fromkeys(("em", "i"), "em"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    "img": "image",
}

_VOID_TAGS = frozenset({"br", "wbr", "img"})

#: HTML's own white space: what a browser folds. No-break spaces are not among it.
_SPACE = re.compile(r"[ \t\n\r\f]+")

_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][\w.:-]*\Z")


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


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page: its blocks in page order, and what its head says."""

    tree: etree._ElementTree
    blocks: tuple[PageBlock, ...]
    title: str
    meta: dict[str, str]
    canonical: str


def read_page(raw: bytes, file: str) -> Page:
    """Parse a page. No network, no entities from outside, bounded size and depth.

    The article is the first `<article>`, else `<main>`, else `<body>`. Raises ReadError for bytes that are no
    text in a known encoding, pages cut short by the parser's limits, and pages without text.
    """
    if len(raw) > LARGEST_PAGE:
        raise ReadError(file, None, f"is larger than {LARGEST_PAGE:,} bytes. Give the article's page only.")
    text = _decoded(raw, file)
    tree = _parsed(text, file)
    root = tree.getroot()
    article = next((found for tag in ("article", "main", "body") for found in root.iter(tag)), None)
    blocks = tuple(_Walk(tree).blocks_in(article)) if article is not None else ()
    if not blocks:
        raise ReadError(file, None, "has no text in its article. The text has to stand in <article>, <main> or <body>.")
    head = tuple(_head_blocks(tree, blocks))
    for block in (*blocks, *head):
        _check_block(block, file)
    return Page(
        tree=tree,
        blocks=(*blocks, *head),
        title=_title(root),
        meta=dict(_meta(root)),
        canonical=next((link.get("href", "") for link in root.iter("link") if link.get("rel") == "canonical"), ""),
    )


# --- bytes to tree -----------------------------------------------------------------------------

_META_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)

#: Encodings a page may declare; browsers read the first three names as Windows-1252 as well.
_DECLARED = {
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252"), "cp1252"),
    **dict.fromkeys(("iso-8859-15", "latin-9"), "iso-8859-15"),
}


def _decoded(raw: bytes, file: str) -> str:
    """The page's text: by its byte order mark, else as UTF-8 if it is that, else in the encoding it declares.

    UTF-8 goes before the declaration: text in another encoding that happens to be UTF-8 does not occur, pages
    saved as UTF-8 that still declare their old encoding do.
    """
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if raw.startswith(mark):
            return _strictly(raw, encoding, file)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        declared = _META_CHARSET.search(raw[:2048])
        label = declared[1].decode("ascii").lower() if declared else ""
        if label in _DECLARED:
            return _strictly(raw, _DECLARED[label], file)
        line = raw[: error.start].count(b"\n") + 1
        said = f" and declares {shown(label)}, which is not read" if label else " and declares no other encoding"
        raise ReadError(
            file, line, f"is not UTF-8 (byte 0x{raw[error.start]:02X}){said}. Save the page as UTF-8."
        ) from None


def _strictly(raw: bytes, encoding: str, file: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ReadError(file, line, f"is not {encoding}, which it claims to be. Save the page as UTF-8.") from None


def _parsed(text: str, file: str) -> etree._ElementTree:
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ReadError(file, line, "holds a NUL character, which no text may hold. Take it out and import again.")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    root = etree.fromstring(text.encode(), parser) if text.strip() else None
    fatal = next((entry for entry in parser.error_log if entry.level == etree.ErrorLevels.FATAL), None)
    if fatal is not None:
        # The parser gives what it had up to there: half a page, which nobody would notice.
        raise ReadError(file, fatal.line, f"is beyond what is read of a page: {fatal.message}.")
    if root is None:
        raise ReadError(file, None, "holds no HTML.")
    for element in reversed(list(root.iter(*_VOID_SINCE_HTML_5))):
        try:
            _empty(element)
        except ValueError as error:  # what lxml says of control characters
            reason = "holds a control character, which no text may hold. Take it out and import again."
            raise ReadError(file, element.sourceline, reason) from error
    return root.getroottree()


#: Void elements the parser takes for open ones, so that what follows them ends up in them.
_VOID_SINCE_HTML_5 = ("source", "track", "wbr")


def _empty(element: Element) -> None:
    """Put what stands in an element behind it."""
    parent = element.getparent()
    if parent is None:
        return
    children, after = list(element), element.tail or ""
    element.tail = element.text
    element.text = None
    for offset, child in enumerate(children, parent.index(element) + 1):
        parent.insert(offset, child)
    last = children[-1] if children else element
    last.tail = (last.tail or "") + after


# --- head --------------------------------------------------------------------------------------


def _title(root: Element) -> str:
    title = next(root.iter("title"), None)
    return _folded(title) if title is not None else ""


def _meta(root: Element) -> Iterator[tuple[str, str]]:
    """(name, content) of the page's meta elements, the last of a name first so that a dict keeps the first."""
    for meta in reversed(list(root.iter("meta"))):
        name = meta.get("name") or meta.get("property") or ""
        if name:
            yield name.lower(), _fold_text(meta.get("content", ""))


def _head_blocks(tree: etree._ElementTree, blocks: Iterable[PageBlock]) -> Iterator[PageBlock]:
    """Title and description where they are texts of their own and do not just repeat headline and teaser."""
    root = tree.getroot()
    texts = {kind: {block.content.text for block in blocks if block.kind == kind} for kind in ("headline", "teaser")}
    title = next(root.iter("title"), None)
    if title is not None and _folded(title) and _folded(title) not in texts["headline"]:
        yield PageBlock("seo_title", CodedText(_folded(title)), tree.getpath(title), title)
    for meta in root.iter("meta"):
        text = _fold_text(meta.get("content", ""))
        if meta.get("name", "").lower() == "description" and text and text not in texts["teaser"]:
            yield PageBlock(
                "meta_description", CodedText(text), f"{tree.getpath(meta)}/@content", meta, attribute="content"
            )
            return


def _folded(element: Element) -> str:
    return _fold_text("".join(element.itertext()))


def _fold_text(text: str) -> str:
    return normalise(_SPACE.sub(" ", text).strip())


# --- body --------------------------------------------------------------------------------------


class _Walk:
    """Reads the blocks below one element of a tree."""

    def __init__(self, tree: etree._ElementTree) -> None:
        self.tree = tree
        self.holds_blocks: set[Element] = set()
        for element in tree.iter("*"):
            if _is_block(element):
                parent = element.getparent()
                while parent is not None and parent not in self.holds_blocks:
                    self.holds_blocks.add(parent)
                    parent = parent.getparent()

    def blocks_in(self, root: Element) -> Iterator[PageBlock]:
        """The blocks of an article; what class the article itself has says nothing about its paragraphs."""
        return self._runs(root, "", False)

    def _blocks(self, element: Element, inherited: str, fixed: bool) -> Iterator[PageBlock]:
        """The blocks of an element.

        `inherited` is the kind its surroundings give to plain paragraphs; when `fixed`, by their class, they give
        it to everything but headlines.
        """
        by_class = _class_kind(element)
        if by_class:
            return self._runs(element, by_class, True)
        if fixed and element.tag != "h1":
            return self._runs(element, inherited, True)
        return self._runs(element, _KIND_BY_TAG.get(str(element.tag), inherited), False)

    def _runs(self, element: Element, kind: str, fixed: bool) -> Iterator[PageBlock]:
        """The runs of inline content in an element and, between them, the blocks of its block elements."""
        after: Element | None = None
        nodes: list[Element] = []
        number = 0
        for child in element:
            if not self._is_block_like(child):
                nodes.append(child)
                continue
            yield from self._run(element, kind, after, nodes, number)
            number += 1
            after, nodes = child, []
            if child.tag not in _DROPPED_TAGS:
                yield from self._blocks(child, kind, fixed)
        yield from self._run(element, kind, after, nodes, number)

    def _is_block_like(self, node: Element) -> bool:
        return isinstance(node.tag, str) and (_is_block(node) or node in self.holds_blocks)

    def _run(
        self, element: Element, kind: str, after: Element | None, nodes: list[Element], number: int
    ) -> Iterator[PageBlock]:
        """The alt texts in a run of inline content, then its text if it has any."""
        for image in _images(nodes):
            alt = _fold_text(image.get("alt", ""))
            if alt:
                locator = f"{self.tree.getpath(image)}/@alt"
                yield PageBlock("alt", CodedText(alt), locator, image, attribute="alt")
        inline = _Inline(folding=element.tag != "pre")
        inline.text(element.text if after is None else after.tail)
        for node in nodes:
            inline.node(node)
        content = inline.content()
        if content.text:
            locator = self.tree.getpath(element)
            if element in self.holds_blocks:
                locator += f"#{number}"
            yield PageBlock(kind or "body", content, locator, element, after=after, nodes=tuple(nodes))


def _images(nodes: Iterable[Element]) -> Iterator[Element]:
    """The images that are seen; those in `<noscript>` repeat others for browsers without scripts."""
    for node in nodes:
        if node.tag == "img":
            yield node
        elif isinstance(node.tag, str) and node.tag not in _DROPPED_TAGS:
            yield from _images(node)


def _is_block(element: Element) -> bool:
    return element.tag in _BLOCK_TAGS or bool(_ALWAYS_BLOCKS.intersection(_classes(element)))


def _classes(element: Element) -> list[str]:
    return element.get("class", "").split()


def _class_kind(element: Element) -> str:
    return next((_KIND_BY_CLASS[name] for name in _classes(element) if name in _KIND_BY_CLASS), "")


@dataclass(slots=True)
class _Inline:
    """Collects inline content as text and codes, white space folded as a browser does."""

    folding: bool
    parts: list[str] = field(default_factory=list)
    length: int = 0
    in_space: bool = True
    codes: list[InlineCode] = field(default_factory=list)
    last_id: int = 0

    def text(self, text: str | None) -> None:
        if not text:
            return
        text = normalise(text)
        if self.folding:
            text = _SPACE.sub(" ", text)
            if self.in_space:
                text = text.removeprefix(" ")
            if not text:
                return
            self.in_space = text.endswith(" ")
        self.parts.append(text)
        self.length += len(text)

    def node(self, node: Element) -> None:
        """One inline node and the text after it; of comments and dropped elements only the text after them."""
        if not is_left_out(node):
            if node.tag in _VOID_TAGS:
                self._void(node)
            else:
                self._pair(node)
        self.text(node.tail)

    def _void(self, node: Element) -> None:
        self._add("single", node, self._next_id(), _start_tag(node))
        if node.tag == "br":
            self.text(" " if self.folding else "\n")
        elif node.tag == "img":
            self.in_space = False

    def _pair(self, node: Element) -> None:
        code_id = self._next_id()
        first, start = len(self.codes), self.length
        self._add("open", node, code_id, _start_tag(node))
        self.text(node.text)
        for child in node:
            self.node(child)
        self._add("close", node, code_id, f"</{node.tag!s}>")
        if self.length == start:
            # Nothing stands between the two: one code, which cannot be torn apart where sentences are cut.
            whole = "".join(code.raw for code in self.codes[first:])
            del self.codes[first:]
            self._add("single", node, code_id, whole)

    def _next_id(self) -> str:
        self.last_id += 1
        return str(self.last_id)

    def _add(self, part: Literal["open", "close", "single"], node: Element, code_id: str, raw: str) -> None:
        tag = str(node.tag)
        self.codes.append(InlineCode(code_id, _CODE_KINDS.get(tag, tag), part, self.length, raw))

    def content(self) -> CodedText:
        return compose(CodedText("".join(self.parts), tuple(self.codes)).strip())


def code_elements(block: PageBlock) -> Iterator[tuple[str, Element]]:
    """(code id, element) of every inline element in a block, in the order the codes of its text were numbered."""
    return ((str(number), element) for number, element in enumerate(_inline_elements(block.nodes), 1))


def _inline_elements(nodes: Iterable[Element]) -> Iterator[Element]:
    for node in nodes:
        if not is_left_out(node):
            yield node
            yield from _inline_elements(node)


def is_left_out(node: Element) -> bool:
    """Whether a node among inline content is no text of the article: a comment, or an element such as a script."""
    return not isinstance(node.tag, str) or node.tag in _DROPPED_TAGS


def _start_tag(element: Element) -> str:
    """The start tag as HTML; attributes whose names no page can mean are left out."""
    attributes = "".join(
        f' {name}="{_escaped(str(value))}"'
        for name, value in element.attrib.items()
        if _ATTRIBUTE_NAME.match(str(name))
    )
    return f"<{element.tag!s}{attributes}>"


def _escaped(value: str) -> str:
    return value.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def _check_block(block: PageBlock, file: str) -> None:
    found = illegal_character(block.content.text + "".join(code.raw for code in block.content.codes))
    if found:
        line = block.element.sourceline
        raise ReadError(file, line, f"holds {found} in a {block.kind} text. Take it out and import again.")
    if len(block.locator) > LONGEST_LOCATOR:
        raise ReadError(file, block.element.sourceline, "nests its text too deeply. Give the article's page only.")
