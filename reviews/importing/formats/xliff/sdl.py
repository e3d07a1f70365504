"""What SDLXLIFF says of the segments of a unit, beside it."""

from __future__ import annotations

from dataclasses import dataclass

from ..xml_stream import Element
from .segment import remarks_on

_NAMESPACE = "http://sdl.com/FileTypes/SdlXliff/1.0"

#: The values of `conf`; a segment nobody has worked on has none.
STATES = frozenset(
    {"Draft", "Translated", "RejectedTranslation", "ApprovedTranslation", "RejectedSignOff", "ApprovedSignOff"}
)


@dataclass(frozen=True, slots=True)
class SegmentState:
    state: str | None
    remarks: tuple[str, ...]
    notes: tuple[str, ...]


def segment_states(unit: Element) -> dict[str, SegmentState]:
    """The state of each segment, by the id that is the `mid` of its mark; empty for a unit of another tool."""
    return {mid: _state(element) for mid, element in state_elements(unit).items()}


def state_elements(unit: Element) -> dict[str, Element]:
    """What holds the state of each segment, by the same id."""
    return {
        element.attributes.get("id", ""): element
        for element in unit.elements()
        if element.name == "seg" and element.namespace == _NAMESPACE
    }


def _state(element: Element) -> SegmentState:
    state = element.attributes.get("conf")
    said = {"locked": "locked in the file", "origin": f"origin: {element.attributes.get('origin')}"}
    notes = tuple(text for name, text in said.items() if element.attributes.get(name) not in (None, "", "false"))
    return SegmentState(state, remarks_on(state, STATES), notes)
