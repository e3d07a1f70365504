"""XLIFF 2.1 for articles that did not come from a file of it."""

from __future__ import annotations

import re

from reviews.importing.formats.inline import as_text
from reviews.values import CodedText, InlineCode

from ..article import Article
from ..units import Unit, element, lines_of, paired, text_element, units_of, with_codes
from .states import XLIFF_2

#: The namespace of the core did not change from 2.0 to 2.1.
_NAMESPACE = "urn:oasis:names:tc:xliff:document:2.0"

TAIL = "</xliff>\n"

#: What may be an id here (XML's NMTOKEN, of the letters everybody has).
_NMTOKEN = re.compile(r"[A-Za-z0-9._:-]+\Z")

#: What the standard calls kinds of codes (`type`, `subType`).
_TYPES: dict[str, dict[str, str | None]] = {
    "link": {"type": "link"},
    "image": {"type": "image"},
    "bold": {"type": "fmt", "subType": "xlf:b"},
    "italic": {"type": "fmt", "subType": "xlf:i"},
    "underlined": {"type": "fmt", "subType": "xlf:u"},
}


def head(article: Article) -> str:
    languages = f'srcLang="{as_text(article.source_lang)}" trgLang="{as_text(article.target_lang)}"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff xmlns="{_NAMESPACE}" version="2.1" {languages}>\n'


def file(article: Article, number: int) -> str:
    """An article as a `<file>`, its id made of its number; what it is, reviewed or a working copy, is its note."""
    units = units_of(article)
    ids = _ids([unit.id for unit in units], "u")
    parts = [_notes(lines_of(article)), *(_unit(unit, ids[unit.id]) for unit in units)]
    content = "\n".join(["", *filter(None, parts), ""])
    attributes = {"id": f"f{number}", "original": article.document, "xml:space": "preserve"}
    return element("file", content, attributes) + "\n"


def _notes(notes: list[str]) -> str:
    return element("notes", "".join(text_element("note", note) for note in notes)) if notes else ""


def _unit(unit: Unit, its_id: str) -> str:
    codes = _Codes(unit)
    parts = [element("source", codes.content(unit.source))]
    if unit.target is not None:
        parts.append(element("target", codes.content(unit.target)))
    segment = element("segment", "".join(parts), {"state": _state(unit)})
    content = _notes(list(unit.notes)) + codes.data() + segment
    return element("unit", content, {"id": its_id, "name": unit.id if unit.id != its_id else None})


def _state(unit: Unit) -> str | None:
    """Without a translation there is nothing to say; one that nobody reviewed is `translated`."""
    if unit.target is None:
        return None
    return XLIFF_2.instead(None, unit.state, changed=False) or XLIFF_2.reopened


def _ids(wanted: list[str], prefix: str) -> dict[str, str]:
    """Each id as it is where it may be one here, else a new one that no other has."""
    taken = set(wanted)
    ids: dict[str, str] = {}
    for number, one in enumerate(wanted, 1):
        fresh = f"{prefix}{number}"
        while fresh in taken:
            fresh += "-"
        ids.setdefault(one, one if _NMTOKEN.match(one) else fresh)
    return ids


class _Codes:
    """The codes of a unit: by the same ids on both sides, their native code beside the text."""

    def __init__(self, unit: Unit) -> None:
        texts = [text for text in (unit.source, unit.target) if text is not None]
        self._ids = _ids([code.id for text in texts for code in text.codes], "c")
        self._data: dict[str, str] = {}

    def content(self, content: CodedText) -> str:
        pairs = paired(content)
        return with_codes(content, lambda code: self._written(code, code.id in pairs))

    def data(self) -> str:
        """What the codes of the texts written so far stand for."""
        data = "".join(text_element("data", raw, {"id": its_id}) for raw, its_id in self._data.items())
        return element("originalData", data) if data else ""

    def _written(self, code: InlineCode, is_paired: bool) -> str:
        its_id = self._ids[code.id]
        data = {"dataRef": self._data.setdefault(code.raw, f"d{len(self._data) + 1}")}
        deletable = {"canDelete": None if code.can_delete else "no"}
        if code.part == "close" and is_paired:
            return element("ec", "", {"startRef": its_id, **deletable, **data})
        said = {**deletable, **_TYPES.get(code.kind, {}), **data}
        if code.part == "open":
            return element("sc", "", {"id": its_id, "isolated": None if is_paired else "yes", **said})
        return element("ph", "", {"id": its_id, **said})
