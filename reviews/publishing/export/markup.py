"""From an inline code to the element it stands for: the newsroom's own as it was, anybody else's made harmless."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree, html

#: Elements without content (https://html.spec.whatwg.org/multipage/syntax.html#void-elements).
VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
})  # fmt: skip

#: What a code may be that stands on no page of the newsroom: no script, style, picture or form, and no block.
HARMLESS = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "i", "ins", "kbd", "mark",
    "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr",
})  # fmt: skip
HARMLESS_ATTRIBUTES = frozenset({
    "cite", "class", "datetime", "dir", "href", "hreflang", "lang", "rel", "target", "title",
})  # fmt: skip
HARMLESS_SCHEMES = frozenset({"http", "https", "mailto", "tel"})

_SCHEME = re.compile(r"([^/?#]*?):")
# Browsers skip these in front of and within a scheme.
_SKIPPED_IN_ADDRESS = re.compile("[\x00-\x20\x7f]")
# What XML 1.0, and with it lxml, cannot hold.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Element = etree._Element


def legal(text: str) -> str:
    """The text with what no page can hold shown as U+FFFD, so that nothing disappears unseen."""
    return _ILLEGAL.sub("\ufffd", text)


@dataclass(frozen=True, slots=True)
class Shell:
    """An element without its text: what stood in it beside text, such as an icon, before and after the text."""

    element: Element
    after: tuple[Element, ...] = ()


class Markup:
    """The elements of an article's codes, found by a code's markup (`raw`).

    `originals` are elements of the page itself, per markup in page order: each is used once, the last one as often
    as is asked. `trusted` is markup of the newsroom that has no page; what is in neither is made harmless.
    """

    def __init__(self, *, originals: Mapping[str, list[Shell]] | None = None, trusted: Collection[str] = ()) -> None:
        self._originals = {raw: list(shells) for raw, shells in (originals or {}).items()}
        self._trusted = trusted

    def shell(self, raw: str) -> Shell | None:
        """A new copy of the code's element; None for markup that is no element, or none that may go out."""
        shells = self._originals.get(raw)
        if shells:
            return deepcopy(shells.pop(0) if len(shells) > 1 else shells[0])
        element = _parsed(raw)
        if element is None or element.tag not in HARMLESS:
            return None
        if raw not in self._trusted:
            _make_harmless(element)
        return Shell(element)


def _parsed(raw: str) -> Element | None:
    try:
        element = html.fragment_fromstring(legal(raw), parser=html.HTMLParser(no_network=True))
    except (etree.ParserError, etree.ParseError, ValueError):
        return None
    del element[:]
    element.text = element.tail = None
    return element


def _make_harmless(element: Element) -> None:
    for name, value in element.attrib.items():
        if name not in HARMLESS_ATTRIBUTES or (name in {"href", "cite"} and not _is_harmless_address(str(value))):
            del element.attrib[name]


def _is_harmless_address(address: str) -> bool:
    """Whether following the address cannot run a script: no scheme, or one of the usual ones."""
    scheme = _SCHEME.match(_SKIPPED_IN_ADDRESS.sub("", address))
    return scheme is None or scheme[1].lower() in HARMLESS_SCHEMES
