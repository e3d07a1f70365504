"""Translations and their states in the units of XLIFF 1.1 and 1.2, and of SDLXLIFF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reviews.importing.formats.inline import end_tag
from reviews.importing.formats.xliff.sdl import state_elements
from reviews.importing.formats.xliff.segment import Scope
from reviews.importing.formats.xliff.v1 import INLINE, marked_segments, mid_of
from reviews.importing.formats.xml_stream import Element
from reviews.models import SegmentState

from .change import Change, beside, indent_of, new_element, state_of
from .edits import Edits, span_of, with_attributes
from .splice import KEEP_SPACE, Markup, breaks_lines, items_of, put
from .states import SDL, XLIFF_1


def write_unit(edits: Edits, unit: Element, scope: Scope, changes: Sequence[Change], markup: Markup) -> bool:
    """Put the texts of a unit and what was decided on them in their places; whether it got its first translation."""
    target = unit.child("target")
    new = [change for change in changes if change.is_new]
    own = state_elements(unit)
    state = None if own else _state(target, changes, changed=bool(new))
    for change in new:
        if change.segment.target_in is not None and target is not None:
            mark = change.segment.target_in
            preserve = scope.within(target.attributes).within(mark.attributes).preserve
            put(edits, mark, change.content, dialect=INLINE, markup=markup, preserve=preserve)
    missing = [change for change in new if change.segment.target_in is None]
    keeps = _keeps(scope, missing)
    if target is None and missing:
        _add_target(edits, unit, _whole(edits, unit, changes, markup), {"state": state, **keeps})
    elif target is not None:
        if missing and any(marked_segments(target)):
            _add_marks(edits, unit, target, missing, scope, markup)
        elif missing:
            edits.fill(target, _whole(edits, unit, changes, markup))
            for name, value in keeps.items():
                edits.attribute(target, name, value)
        if state is not None:
            edits.attribute(target, "state", state)
    if own:
        _say_in_sdl(edits, own, changes)
    else:
        _say_approved(edits, unit, changes, changed=bool(new))
    return target is None and bool(missing)


# --- texts -------------------------------------------------------------------------------------


def _whole(edits: Edits, unit: Element, changes: Sequence[Change], markup: Markup) -> str:
    """All that a target holds that has nothing yet: a text, or the source's marked segments with theirs."""
    texts = {change.segment.source_in: markup.written(items_of(change.content)) for change in changes}
    source = unit.child("seg-source")
    if source is None or changes[0].segment.place is None:
        return next(iter(texts.values()))
    parts: list[str] = []
    done = span_of(source).inside
    for mark in marked_segments(source):
        if mark in texts:
            span = span_of(mark)
            parts += [edits.text(done, span.inside), texts[mark]]
            done = span.until
    return "".join([*parts, edits.text(done, span_of(source).until)])


def _add_target(edits: Edits, unit: Element, content: str, attributes: Mapping[str, str | None]) -> None:
    source = unit.child("source")
    assert source is not None
    last = unit.child("seg-source") or source
    at = span_of(last).end
    edits.replace(at, at, indent_of(edits, source, unit) + new_element(beside(source, "target"), attributes, content))


def _add_marks(
    edits: Edits, unit: Element, target: Element, missing: Sequence[Change], scope: Scope, markup: Markup
) -> None:
    """Add marked segments to a target that has others: each behind the one it follows in the source."""
    marks = list(marked_segments(unit.child("seg-source")))
    there = {mid_of(mark): mark for mark in marked_segments(target)}
    for change in missing:
        mark = change.segment.source_in
        number = next(i for i, other in enumerate(marks) if other is mark)
        tag = with_attributes(edits.text(span_of(mark).start, span_of(mark).inside), _keeps(scope, [change]))
        text = tag + markup.written(items_of(change.content)) + end_tag(mark)
        before = next((i for i in range(number - 1, -1, -1) if mid_of(marks[i]) in there), None)
        if before is not None:
            at = span_of(there[mid_of(marks[before])]).end
            edits.replace(at, at, _between(edits, marks[number - 1], mark) + text)
        else:
            at = span_of(next(iter(there.values()))).start
            edits.replace(at, at, text + _between(edits, mark, marks[number + 1]))


def _keeps(scope: Scope, changes: Sequence[Change]) -> dict[str, str]:
    """The attribute that keeps the line breaks of texts where there would be none."""
    breaks = not scope.preserve and any(breaks_lines(change.content) for change in changes)
    return dict([KEEP_SPACE] if breaks else ())


def _between(edits: Edits, one: Element, other: Element) -> str:
    """What stands between two marks, unless that is markup."""
    text = edits.text(span_of(one).end, span_of(other).start)
    return "" if "<" in text else text


# --- states ------------------------------------------------------------------------------------


def _state(target: Element | None, changes: Sequence[Change], *, changed: bool) -> str | None:
    said = target.attributes.get("state") if target is not None else None
    return XLIFF_1.instead(said, state_of(changes), changed=changed)


def _say_in_sdl(edits: Edits, own: Mapping[str, Element], changes: Sequence[Change]) -> None:
    for change in changes:
        element = own.get(mid_of(change.segment.source_in))
        if element is not None:
            said = element.attributes.get("conf")
            state = SDL.instead(said, state_of([change]), changed=change.is_new)
            if state is not None:
                edits.attribute(element, "conf", state)


def _say_approved(edits: Edits, unit: Element, changes: Sequence[Change], *, changed: bool) -> None:
    """`approved` of a unit: that its translation "is final or has passed its final review"."""
    state = state_of(changes)
    said = unit.attributes.get("approved") == "yes"
    if state == SegmentState.APPROVED and not said:
        edits.attribute(unit, "approved", "yes")
    elif said and (
        state in (SegmentState.SENT_BACK, SegmentState.SOURCE_CHANGED) or (changed and state != SegmentState.APPROVED)
    ):
        edits.attribute(unit, "approved", "no")
