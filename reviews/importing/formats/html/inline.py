"""Inline content as text and codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from reviews.importing.codes import compose
from reviews.values import CodedText, InlineCode, normalise

from .tree import SPACE, Element, folded

#: Elements whose content is no text of the article; `nav` also ends the paragraph it stands in.
DROPPED_TAGS = frozenset(
    {
        *("audio", "button", "canvas", "iframe", "input", "math", "nav", "noscript", "object", "option", "script"),
        *("select", "style", "svg", "template", "textarea", "title", "video"),
    }
)

#: Classes by which the large frameworks show something to screen readers only: Bootstrap, WordPress, Foundation.
_SCREEN_READERS_ONLY = frozenset(
    {"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only", "show-for-sr"}
)

_NOT_DISPLAYED = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)

_CODE_KINDS = {
    "a": "link",
    **dict.fromkeys(("strong", "b"), "strong"),
    **dict.fromkeys(("em", "i"), "em"),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), "code"),
    "img": "image",
}

_VOID_TAGS = frozenset({"br", "wbr", "img"})

_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][\w.:-]*\Z")


def is_left_out(node: Element) -> bool:
    """Whether a node is no text of the article: a comment, an element such as a script, or one that is not seen."""
    return not isinstance(node.tag, str) or node.tag in DROPPED_TAGS or is_hidden(node)


def is_hidden(element: Element) -> bool:
    """Whether the page says that readers do not see this element."""
    if "hidden" in element.attrib and element.get("hidden", "").lower() != "until-found":
        return True
    if element.get("aria-hidden", "").lower() == "true" or _NOT_DISPLAYED.search(element.get("style", "")):
        # A page saved while a dialog was open says so of everything behind the dialog.
        return next(element.iter("h1"), None) is None
    classes = element.get("class", "").split()
    # With a class such as `md:block` beside it, it is hidden on small screens only.
    hidden_always = "hidden" in classes and not any(":" in name for name in classes)
    return hidden_always or not _SCREEN_READERS_ONLY.isdisjoint(classes)


def seen_inline(nodes: Iterable[Element]) -> Iterator[Element]:
    """The inline elements below these nodes that are codes of the text, in the order in which codes are numbered."""
    for node in nodes:
        if not is_left_out(node):
            yield node
            yield from seen_inline(node)


def seen_text(node: Element) -> str:
    """The text readers see in a node, white space folded; of a comment and the like none."""
    return folded("".join(_texts(node)))


def _texts(node: Element) -> Iterator[str]:
    if not is_left_out(node):
        yield node.text or ""
        for child in node:
            yield from _texts(child)
            yield child.tail or ""


def inline_content(text: str | None, nodes: Iterable[Element], *, folding: bool) -> CodedText:
    """A text and the inline nodes after it as plain text and codes; without `folding`, white space stays."""
    inline = _Inline(folding=folding)
    inline.text(text)
    for node in nodes:
        inline.node(node)
    return inline.content()


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
            text = SPACE.sub(" ", text)
            if self.in_space:
                text = text.removeprefix(" ")
            if not text:
                return
            self.in_space = text.endswith(" ")
        self.parts.append(text)
        self.length += len(text)

    def node(self, node: Element) -> None:
        """One inline node and the text after it; of what is left out only the text after it."""
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
