"""A page from outside as HTML that does nothing: no script, no style, no form, nothing loaded from anywhere.

Written anew element by element from a short list; what is not on it leaves its text, or nothing. So a page cannot
bring anything along that was not thought of here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from reviews.values import SEGMENT_KINDS

from .rendering import safe_address

#: What an element becomes. Landmarks of a page are none within ours.
SHOWN = {
    **{tag: tag for tag in ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "figure")},
    **{tag: tag for tag in ("figcaption", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "dl", "dt")},
    **{tag: tag for tag in ("dd", "em", "strong", "code", "pre", "sub", "sup", "q", "ins", "del", "s", "u", "small")},
    **dict.fromkeys(
        ("div", "section", "article", "main", "header", "footer", "aside", "nav", "address", "details"), "div"
    ),
    "i": "em",
    "b": "strong",
    "cite": "em",
    "summary": "p",
    "strike": "s",
}
EMPTY = frozenset({"br", "hr"})
#: What is left out with everything in it.
NOTHING_OF = frozenset({
    "script", "style", "template", "noscript", "head", "title", "meta", "link", "base", "form", "button",
    "input", "select", "textarea", "dialog", "param", "source", "track", "map", "area", "frameset", "frame",
})  # fmt: skip
#: What is only named: it would be loaded from elsewhere.
EMBEDDED = frozenset({"iframe", "video", "audio", "object", "embed", "svg", "canvas", "math", "applet"})

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_SMALL_NUMBER = re.compile(r"[1-9][0-9]?")
#: Parsers stop at such a depth, too.
DEEPEST = 200

Around = Callable[[Any, SafeString], SafeString | None]


def inert_html(element: Any, around: Around, picture: Callable[[str], SafeString]) -> SafeString:
    """What is in an lxml element as inert HTML.

    `around` is asked for every element and says what stands for it, given its content as HTML; None leaves that to
    this module. `picture` gives what stands for a picture with this description.
    """
    return mark_safe("".join(_content(element, around, picture, 0)))  # noqa: S308  (all parts are escaped or our own)


def _content(element: Any, around: Around, picture: Callable[[str], SafeString], depth: int) -> list[str]:
    out: list[str] = [escape(element.text or "")]
    for child in element:
        if isinstance(child.tag, str):
            out.append(_element(child, around, picture, depth + 1))
        out.append(escape(child.tail or ""))
    return out


def _element(element: Any, around: Around, picture: Callable[[str], SafeString], depth: int) -> str:
    tag = element.tag.lower()
    if tag in NOTHING_OF or depth > DEEPEST:
        return ""
    if tag == "img":
        return picture(" ".join((element.get("alt") or "").split()))
    if tag in EMBEDDED:
        return format_html('<span class="picture">{}</span>', _("Embedded content, not loaded here"))
    if tag in EMPTY:
        return f"<{tag}>"
    content: SafeString = mark_safe("".join(_content(element, around, picture, depth)))  # noqa: S308  (as above)
    given = around(element, content)
    if given is not None:
        return given
    if tag == "a":
        return _link(element, content)
    shown = SHOWN.get(tag)
    return f"<{shown}{_attributes(element, shown)}>{content}</{shown}>" if shown else content


def _link(element: Any, content: SafeString) -> str:
    target = safe_address((element.get("href") or "").strip())
    if target:
        return format_html('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>', target, content)
    return format_html('<span class="link">{}</span>', content)


def _attributes(element: Any, shown: str) -> str:
    out = []
    language, direction = element.get("lang") or "", (element.get("dir") or "").lower()
    if _LANGUAGE.fullmatch(language):
        out.append(f' lang="{language}"')
    if direction in ("ltr", "rtl"):
        out.append(f' dir="{direction}"')
    kinds = [name for name in (element.get("class") or "").split() if name in SEGMENT_KINDS]
    if kinds:
        out.append(f' class="{kinds[0]}"')
    for name in {"td": ("colspan", "rowspan"), "th": ("colspan", "rowspan"), "ol": ("start",)}.get(shown, ()):
        if _SMALL_NUMBER.fullmatch(element.get(name) or ""):
            out.append(f' {name}="{element.get(name)}"')
    return "".join(out)
