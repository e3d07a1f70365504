"""Coded texts as safe HTML: links and emphasis as styled text, findings underlined.

Nothing of a file's markup is passed on: an inline code becomes one of a few known elements, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import urlsplit

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy

from reviews.values import SEVERITIES, CodedText, InlineCode, to_marked

#: Elements of a file that are shown, by their tag; the others are text without style.
SHOWN_ELEMENTS = {
    "em": "em",
    "i": "em",
    "cite": "em",
    "strong": "strong",
    "b": "strong",
    "code": "code",
    "sub": "sub",
    "sup": "sup",
    "q": "q",
    "u": "u",
    "s": "s",
}
#: What elements without an address mean to an editor.
MEANINGS = {
    "em": gettext_lazy("emphasis"),
    "strong": gettext_lazy("bold"),
    "br": gettext_lazy("line break"),
}

#: What a link may lead to.
LINK_SCHEMES = frozenset({"http", "https", "mailto"})

_TAG = re.compile(r"<\s*([a-zA-Z][a-zA-Z0-9]*)")


@dataclass(frozen=True, slots=True)
class Highlight:
    """A stretch of a plain text (code points) that a finding points at; 0 for one without an id."""

    start: int
    end: int
    severity: str
    finding: int = 0


def to_html(
    coded: CodedText, highlights: Sequence[Highlight] = (), *, links: Literal["styled", "live"] = "styled"
) -> SafeString:
    """The text with its codes as elements and its highlights as marks.

    `styled` links are for a text one clicks to edit; `live` ones can be followed. Codes that do not pair up
    properly still give well-formed HTML.
    """
    out: list[str] = []
    open_elements: list[tuple[str, str, str]] = []  # (code id, opening tag, closing tag)
    edges = {0, len(coded.text), *(code.pos for code in coded.codes)}
    for highlight in highlights:
        edges |= {min(highlight.start, len(coded.text)), min(highlight.end, len(coded.text))}
    stops = sorted(edges)
    for start, end in zip(stops, [*stops[1:], len(coded.text)], strict=True):
        for code in coded.codes:
            if code.pos == start:
                _put_code(code, out, open_elements, links)
        if start < end:
            here = [h for h in highlights if h.start <= start and end <= h.end]
            out.append(_marked_up(coded.text[start:end], here))
    out += [closing for _, _, closing in reversed(open_elements)]
    return mark_safe("".join(out))  # noqa: S308  (every part is escaped or one of our own tags)


def _put_code(
    code: InlineCode, out: list[str], open_elements: list[tuple[str, str, str]], links: Literal["styled", "live"]
) -> None:
    if code.part == "single":
        out.append("<br>" if _tag(code) == "br" else "")
    elif code.part == "open":
        opening, closing = _element(code, links)
        out.append(opening)
        open_elements.append((code.id, opening, closing))
    elif any(code_id == code.id for code_id, _, _ in open_elements):
        inside: list[tuple[str, str, str]] = []
        while (element := open_elements.pop())[0] != code.id:
            out.append(element[2])
            inside.append(element)
        out.append(element[2])
        for again in reversed(inside):
            out.append(again[1])
            open_elements.append(again)


def _element(code: InlineCode, links: Literal["styled", "live"]) -> tuple[str, str]:
    tag = _tag(code)
    if tag == "a":
        target = link_target(code)
        if target and links == "live":
            return format_html('<a href="{}" rel="noopener noreferrer" target="_blank">', target), "</a>"
        return format_html('<span class="link" title="{}">', target or "link"), "</span>"
    shown = SHOWN_ELEMENTS.get(tag)
    return (f"<{shown}>", f"</{shown}>") if shown else ("", "")


def _tag(code: InlineCode) -> str:
    match = _TAG.match(code.raw)
    return match[1].lower() if match else ""


class _FirstLink(HTMLParser):
    href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and not self.href:
            self.href = dict(attrs).get("href") or ""


def link_target(code: InlineCode) -> str:
    """Where a link leads, if that is a web or mail address; else the empty string."""
    parser = _FirstLink()
    parser.feed(code.raw)
    parser.close()
    return safe_address(parser.href)


def safe_address(address: str) -> str:
    """The address if one may be led there; else the empty string."""
    try:
        scheme = urlsplit(address).scheme.lower()
    except ValueError:
        return ""
    return address if scheme in LINK_SCHEMES else ""


def describe(code: InlineCode) -> str:
    """What an inline code is, in words for an editor."""
    tag = _tag(code)
    if tag == "a":
        target = link_target(code)
        return gettext("link to %(address)s") % {"address": target} if target else gettext("link")
    return str(MEANINGS.get(SHOWN_ELEMENTS.get(tag, tag), code.kind))


def _marked_up(text: str, highlights: Sequence[Highlight]) -> str:
    """With the worst severity of the highlights, and which findings they are of."""
    if not highlights:
        return escape(text)
    severity = min((h.severity for h in highlights), key=_severity_order)
    findings = " ".join(str(h.finding) for h in highlights if h.finding)
    about = format_html(' data-findings="{}"', findings) if findings else ""
    return format_html('<mark class="{}"{}>{}</mark>', severity, about, text)


def _severity_order(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def field_highlights(coded: CodedText, highlights: Sequence[Highlight]) -> list[list[int | str]]:
    """The highlights as [start, end, severity] in the text field, which counts UTF-16 units and shows the marks.

    What is of a finding has its id as a fourth.
    """
    if not highlights:
        return []
    starts: list[int] = []
    ends: list[int] = []
    cursor = 0
    for i in range(len(coded.text) + 1):
        ends.append(cursor)
        for code in coded.codes:
            if code.pos == i:
                cursor += _utf16(to_marked(CodedText("", (replace(code, pos=0),))))
        starts.append(cursor)
        cursor += _utf16(to_marked(CodedText(coded.text[i : i + 1])))
    last = len(coded.text)
    return [
        [starts[min(h.start, last)], ends[min(h.end, last)], h.severity, *([h.finding] if h.finding else [])]
        for h in highlights
    ]


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
