"""Units of XLIFF 2.0 and 2.1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..inline import CodeRule, Dialect
from ..xml_stream import Element
from .segment import Scope, Segment, UnitError, filled, read_text, remarks_on

UNIT = "unit"

INLINE: Dialect = {
    "pc": CodeRule("pair"),
    "mrk": CodeRule("pair"),
    "ph": CodeRule("single"),
    "cp": CodeRule("single", ids=()),
    "sc": CodeRule("open", key=("id",), family="sc"),
    "ec": CodeRule("close", key=("startRef", "id"), family="sc"),
    "sm": CodeRule("open", key=("id",), family="sm"),
    "em": CodeRule("close", ids=("startRef",), key=("startRef",), family="sm"),
}

STATES = frozenset({"initial", "translated", "reviewed", "final"})


def read_unit(unit: Element, scope: Scope) -> Iterator[Segment]:
    """The segments of a unit. What lies between them (`ignorable`) is no work and stays in the file.

    Raises UnitError.
    """
    notes = [note.text().strip() for group in unit.children("notes") for note in group.children("note")]
    marks = _Marks(scope.translate)
    parts = [part for part in unit.content if isinstance(part, Element) and part.namespace == unit.namespace]
    count = sum(part.name == "segment" for part in parts)
    place = -1
    for part in parts:
        if part.name not in ("segment", "ignorable"):
            continue
        source = part.child("source")
        if source is None:
            raise UnitError(f"has a <{part.name}> without <source>. Give it one, or leave it out.")
        translate = marks.pass_over(source)
        if part.name == "segment":
            place += 1
            segment = _segment(part, source, scope, place)
            segment = replace(segment, notes=(*filter(None, notes), *segment.notes), translate=translate)
            yield segment if count > 1 else replace(segment, id="")


def _segment(segment: Element, source: Element, scope: Scope, place: int) -> Segment:
    target = segment.child("target")
    state = segment.attributes.get("state", "initial")
    return Segment(
        line=segment.line,
        source=read_text(source, INLINE, scope),
        target=filled(read_text(target, INLINE, scope)) if target is not None else None,
        source_in=source,
        target_in=target,
        id=segment.attributes.get("id") or str(place + 1),
        place=place,
        state=state,
        notes=tuple(_said(segment, source, target)),
        remarks=remarks_on(state, STATES),
    )


def _said(segment: Element, source: Element, target: Element | None) -> Iterator[str]:
    for mark in source.elements():
        if mark.name in ("mrk", "sm") and mark.attributes.get("type") == "comment" and mark.attributes.get("value"):
            yield mark.attributes["value"]
    if segment.attributes.get("subState"):
        yield f"subState: {segment.attributes['subState']}"
    if target is not None and target.attributes.get("order"):
        yield f"place in the translation: {target.attributes['order']}"


class _Marks:
    """Which text of a unit is to be translated: marks turn it off and on, within a segment and across segments."""

    def __init__(self, translate: bool) -> None:
        self._unit = translate
        self._open: list[tuple[str, bool]] = []

    def pass_over(self, source: Element) -> bool:
        """Whether a source holds text to be translated; marks that it leaves open hold for what follows."""
        found = False
        for part in source.content:
            if isinstance(part, str):
                found = found or (self._now and bool(part.strip()))
                continue
            opens = part.name in ("mrk", "sm") and part.attributes.get("translate") in ("yes", "no")
            if opens:
                self._open.append((part.attributes.get("id", ""), part.attributes["translate"] == "yes"))
            elif part.name == "em":
                self._close(part.attributes.get("startRef", ""))
            found = self.pass_over(part) or found
            if opens and part.name == "mrk":
                self._close(part.attributes.get("id", ""))
        return found

    @property
    def _now(self) -> bool:
        return self._open[-1][1] if self._open else self._unit

    def _close(self, mark: str) -> None:
        self._open = [(name, translate) for name, translate in self._open if name != mark]
