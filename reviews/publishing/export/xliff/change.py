"""What changes at one place of a translation file: what the file has there, and what the desk has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviews.importing.codes import normalised
from reviews.importing.formats.xliff.segment import Segment
from reviews.importing.formats.xml_stream import Element
from reviews.models import SegmentState
from reviews.values import CodedText

from .edits import Edits, span_of, with_attributes
from .states import weakest
from .wanted import Wanted


@dataclass(frozen=True, slots=True)
class Change:
    """A segment of the file, what is wanted of it, and whether that is another text than the file has."""

    segment: Segment
    wanted: Wanted
    is_new: bool

    @property
    def content(self) -> CodedText:
        """The text to stand there; empty where it has none."""
        return self.wanted.content or CodedText("")


def compared(segment: Segment, wanted: Wanted) -> Change:
    """A passage that was left out with an approval is a text too, an empty one."""
    if wanted.content is None:
        return Change(segment, wanted, is_new=False)
    if segment.target_in is None and wanted.state == SegmentState.APPROVED:
        return Change(segment, wanted, is_new=True)
    there = normalised(segment.target.coded) if segment.target is not None else CodedText("")
    return Change(segment, wanted, is_new=not _same(there, wanted.content, ignoring_space=wanted.divided))


def _same(one: CodedText, other: CodedText, *, ignoring_space: bool) -> bool:
    """Whether two texts are the same but for the names of their codes."""
    if ignoring_space:
        return (one.text.split(), _markup(one)) == (other.text.split(), _markup(other))
    return (one.text, _markup(one), _places(one)) == (other.text, _markup(other), _places(other))


def _markup(content: CodedText) -> list[str]:
    return [code.raw for code in content.codes]


def _places(content: CodedText) -> list[int]:
    return [code.pos for code in content.codes]


def state_of(changes: Sequence[Change]) -> str:
    """What can be said of all of them together."""
    return weakest(change.wanted.state if change.wanted.content is not None else SegmentState.NEW for change in changes)


def beside(element: Element, name: str) -> str:
    """The name of an element of the same vocabulary, as the file would write it."""
    prefix, colon, _ = element.tag.rpartition(":")
    return f"{prefix}{colon}{name}"


def new_element(name: str, attributes: Mapping[str, str | None], content: str) -> str:
    return f"{with_attributes(f'<{name}>', attributes)}{content}</{name}>"


def indent_of(edits: Edits, child: Element, parent: Element) -> str:
    """The white space that stands in front of an element, to put another one under it."""
    before = span_of(parent).inside
    for part in parent.content:
        if part is child:
            break
        if isinstance(part, Element):
            before = span_of(part).end
    space = edits.text(before, span_of(child).start)
    return "" if space.strip() else space
