"""XLIFF 1.2 for articles that did not come from a file of it."""

from __future__ import annotations

from reviews.models import SegmentState
from reviews.values import CodedText, InlineCode

from ..article import Article
from ..units import Unit, element, paired, text_element, units_of, with_codes
from .states import XLIFF_1

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">\n'
TAIL = "</xliff>\n"

#: Kinds of codes that the standard has a word for (`ctype`).
_TYPES = frozenset({"bold", "image", "italic", "link", "lb", "pb", "underlined"})


def head(article: Article) -> str:
    return HEAD


def file(article: Article, number: int) -> str:
    """An article as a `<file>`; what it is, reviewed or a working copy, is its note."""
    notes = [
        text_element("note", line) for line in (article.closing_line, *(note.line for note in article.notes)) if line
    ]
    parts = [f"<header>{''.join(notes)}</header>"] if notes else []
    body = "\n".join(_unit(unit) for unit in units_of(article))
    parts.append(f"<body>\n{body}\n</body>")
    attributes = {"original": article.document, "source-language": article.source_lang}
    attributes |= {"target-language": article.target_lang, "datatype": "plaintext", "xml:space": "preserve"}
    return element("file", "\n".join(["", *parts, ""]), attributes) + "\n"


def _unit(unit: Unit) -> str:
    approved = "yes" if unit.state == SegmentState.APPROVED else None
    parts = [element("source", _content(unit.source))]
    if unit.target is not None:
        parts.append(element("target", _content(unit.target), {"state": _state(unit.state)}))
    parts += [text_element("note", note) for note in unit.notes]
    return element("trans-unit", "".join(parts), {"id": unit.id, "approved": approved})


def _state(state: str) -> str:
    return XLIFF_1.instead(None, state, changed=False) or XLIFF_1.reopened


def _content(content: CodedText) -> str:
    """Text with its codes: what they were in the article is the native code that stands in them."""
    pairs = paired(content)

    def written(code: InlineCode) -> str:
        kind = code.kind if code.kind in _TYPES else None
        if code.id not in pairs:
            return text_element("ph", code.raw, {"id": code.id, "ctype": kind})
        if code.part == "open":
            return text_element("bpt", code.raw, {"id": code.id, "ctype": kind})
        return text_element("ept", code.raw, {"id": code.id})

    return with_codes(content, written)
