"""Translations and their states in the units of XLIFF 2.0 and 2.1."""

from __future__ import annotations

from collections.abc import Sequence

from reviews.importing.formats.xliff.segment import Scope
from reviews.importing.formats.xliff.v2 import INLINE
from reviews.importing.formats.xml_stream import Element

from .change import Change, beside, indent_of, new_element, state_of
from .edits import Edits, span_of
from .splice import KEEP_SPACE, Markup, breaks_lines, items_of, put
from .states import XLIFF_2


def write_unit(edits: Edits, unit: Element, scope: Scope, changes: Sequence[Change], markup: Markup) -> bool:
    """Put the texts of a unit and what was decided on them in their places; whether it got its first translation."""
    segments = list(unit.children("segment"))
    added = False
    for change in changes:
        assert change.segment.place is not None
        element = segments[change.segment.place]
        target = change.segment.target_in
        if change.is_new and target is None:
            _add_target(edits, element, scope, change, markup)
            added = True
        elif change.is_new and target is not None:
            preserve = scope.within(target.attributes).preserve
            put(edits, target, change.content, dialect=INLINE, markup=markup, preserve=preserve)
        _say(edits, element, change)
    return added


def _add_target(edits: Edits, segment: Element, scope: Scope, change: Change, markup: Markup) -> None:
    source = change.segment.source_in
    text = markup.written(items_of(change.content))
    keeps = not scope.preserve and breaks_lines(change.content)
    target = new_element(beside(source, "target"), dict([KEEP_SPACE] if keeps else ()), text)
    at = span_of(source).end
    edits.replace(at, at, indent_of(edits, source, segment) + target)


def _say(edits: Edits, segment: Element, change: Change) -> None:
    """The state of a segment. Whoever changes it has to take `subState` out, which said more about the old one."""
    said = segment.attributes.get("state", "initial")
    state = XLIFF_2.instead(said, state_of([change]), changed=change.is_new)
    if state is not None:
        edits.attribute(segment, "state", state)
        if "subState" in segment.attributes:
            edits.attribute(segment, "subState", None)
