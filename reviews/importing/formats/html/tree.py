"""The text of a page as a tree: bounded in depth, no network, no entities from outside."""

from __future__ import annotations

import re

from lxml import etree

from reviews.values import normalise

from ..base import ReadError

Element = etree._Element

#: HTML's own white space: what a browser folds. No-break spaces are not among it.
SPACE = re.compile(r"[ \t\n\r\f]+")

#: Void elements the parser takes for open ones, so that what follows them ends up in them.
_VOID_SINCE_HTML_5 = ("source", "track", "wbr")


def parsed(text: str, file: str) -> etree._ElementTree:
    """Raises ReadError for pages that hold no HTML and pages cut short by the parser's limits."""
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ReadError(file, line, "holds a NUL character, which no text may hold. Take it out and import again.")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    root = etree.fromstring(text.encode("utf-8", "surrogatepass"), parser) if text.strip() else None
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


def folded(text: str) -> str:
    """Text as a browser shows it: white space folded, and as the product keeps it."""
    return normalise(SPACE.sub(" ", text).strip())


def text_of(element: Element) -> str:
    return folded("".join(element.itertext()))


def letters_of(text: str) -> str:
    """A text by which to compare titles: what stands between words differs from one place of a page to the next."""
    return "".join(filter(str.isalnum, text.casefold()))
