"""Units of XLIFF 1.1 and 1.2, and of SDLXLIFF, which adds to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..inline import CodeRule, Dialect
from ..xml_stream import Element
from .sdl import segment_states
from .segment import Scope, Segment, Text, UnitError, filled, read_text, remarks_on

UNIT = "trans-unit"

INLINE: Dialect = {
    "g": CodeRule("pair"),
    "mrk": CodeRule("pair", ids=("mid",)),
    "x": CodeRule("single"),
    "bx": CodeRule("open", key=("rid", "id"), family="bx"),
    "ex": CodeRule("close", key=("rid", "id"), family="bx"),
    "bpt": CodeRule("open", key=("rid", "id"), family="bpt"),
    "ept": CodeRule("close", key=("rid", "id"), family="bpt"),
    "it": CodeRule("single"),
    "ph": CodeRule("single"),
}

#: The values of `state` (XLIFF 1.2, 2.3); others begin with `x-`.
STATES: frozenset[str] = frozenset(
    {
        "new",
        "needs-translation",
        "needs-adaptation",
        "needs-l10n",
        "needs-review-translation",
        "needs-review-adaptation",
        "needs-review-l10n",
        "translated",
        "signed-off",
        "final",
    }
)

_OUTSIDE = "read without the text that stands beside their marked segments and stays as it is"


def read_unit(unit: Element, scope: Scope) -> Iterator[Segment]:
    """The segments of a unit: those its `seg-source` marks, or all of it where nothing is marked.

    A translation in which nothing is marked makes the unit one segment. `alt-trans` are suggestions and no part of it.
    Raises UnitError where it is not told which translation belongs to which segment.
    """
    source, target = unit.child("source"), unit.child("target")
    if source is None:
        raise UnitError("has no <source>. Give the unit one, or leave it out.")
    state = target.attributes.get("state") if target is not None else None
    notes = tuple(_notes(unit, target))
    marked, translated = list(marked_segments(unit.child("seg-source"))), list(marked_segments(target))
    if marked or translated:
        _check_mids(marked, translated)
    language = source.attributes.get("xml:lang")
    translations = {mid_of(mark): mark for mark in translated}
    whole = filled(read_text(target, INLINE, scope)) if target is not None else None
    if not marked or (whole is not None and not translations):
        yield Segment(
            line=unit.line,
            source=read_text(source, INLINE, scope),
            target=whole,
            source_in=source,
            target_in=target,
            state=state,
            notes=notes,
            remarks=remarks_on(state, STATES),
            translate=scope.translate,
        )
        return
    states = segment_states(unit)
    outside = (_OUTSIDE,) if _has_text_outside(unit.child("seg-source")) else ()
    for place, mark in enumerate(marked):
        own, translation = states.get(mid_of(mark)), translations.get(mid_of(mark))
        text = read_text(mark, INLINE, scope, language)
        yield Segment(
            line=mark.line,
            source=text,
            target=filled(_text(translation, target, scope))
            if translation is not None and target is not None
            else None,
            source_in=mark,
            target_in=translation,
            id=mid_of(mark) if len(marked) > 1 else "",
            place=place,
            state=own.state if own is not None else state,
            notes=(*notes, *(own.notes if own is not None else ())),
            remarks=(*outside, *(own.remarks if own is not None else remarks_on(state, STATES))),
            translate=scope.translate,
        )


def _check_mids(source: Sequence[Element], target: Sequence[Element]) -> None:
    """Raise UnitError where a segment's id stands twice, or a translated segment has none in the source."""
    for marks in (source, target):
        mids = [mid_of(mark) for mark in marks]
        if len(set(mids)) < len(mids):
            raise UnitError("has two segments with one mid. Give each its own.")
    known = {mid_of(mark) for mark in source}
    strange = next((mark for mark in target if source and mid_of(mark) not in known and mark.text().strip()), None)
    if strange is not None:
        raise UnitError(
            f"has a translated segment {mid_of(strange)!r} that its source does not have. Divide both alike."
        )


def _has_text_outside(element: Element | None) -> bool:
    """Whether text stands beside the marked segments of a source."""
    return element is not None and any(
        bool(part.strip()) if isinstance(part, str) else not _is_segment(part) and _has_text_outside(part)
        for part in element.content
    )


def _notes(unit: Element, target: Element | None) -> Iterator[str]:
    for note in unit.children("note"):
        if text := note.text().strip():
            yield text
    if unit.attributes.get("approved") == "yes":
        yield "approved in the file"
    if target is not None and (qualifier := target.attributes.get("state-qualifier")):
        yield f"state-qualifier: {qualifier}"


def marked_segments(element: Element | None) -> Iterator[Element]:
    """The marked segments within a source or target, in their order."""
    if element is None:
        return
    for part in element.content:
        if isinstance(part, Element):
            if _is_segment(part):
                yield part
            else:
                yield from marked_segments(part)


def _is_segment(element: Element) -> bool:
    return element.name == "mrk" and element.attributes.get("mtype") == "seg"


def mid_of(mark: Element) -> str:
    return mark.attributes.get("mid", "")


def _text(mark: Element, target: Element, scope: Scope) -> Text:
    return read_text(mark, INLINE, scope.within(target.attributes), target.attributes.get("xml:lang"))
