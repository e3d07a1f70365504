"""What both versions of XLIFF are read into: the segments of a unit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from reviews.values import CodedText

from ..inline import Dialect, folded, read_inline
from ..text import shown
from ..xml_stream import Element


class UnitError(Exception):
    """A unit that cannot be read; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What elements hand down to those within them: whether to translate, whether white space counts."""

    translate: bool = True
    preserve: bool = False

    def within(self, attributes: Mapping[str, str]) -> Scope:
        scope = self
        if (translate := attributes.get("translate")) in ("yes", "no"):
            scope = replace(scope, translate=translate == "yes")
        if (space := attributes.get("xml:space")) in ("preserve", "default"):
            scope = replace(scope, preserve=space == "preserve")
        return scope


@dataclass(frozen=True, slots=True)
class Text:
    """One side of a segment: its text, the texts within codes, and the language it says it is in."""

    coded: CodedText
    subflows: tuple[str, ...] = ()
    language: str | None = None

    @property
    def is_blank(self) -> bool:
        return not self.coded.text.strip()


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a unit. `id` is empty for a unit that is one segment, `place` counts segments from 0 or is None.

    `target` is None where the file has none, or a blank one: it is then untranslated. `remarks` are to be counted.
    `source_in` and `target_in` are the elements that hold its source and its translation, blank ones too.
    """

    line: int
    source: Text
    target: Text | None
    source_in: Element
    target_in: Element | None
    id: str = ""
    place: int | None = None
    state: str | None = None
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    translate: bool = True


def read_text(element: Element, dialect: Dialect, scope: Scope, language: str | None = None) -> Text:
    """The text of a source, target or segment within one; `language` is that of the element around it."""
    text = read_inline(element, dialect)
    preserve = scope.within(element.attributes).preserve
    language = element.attributes.get("xml:lang") or language
    return Text(text.coded if preserve else folded(text.coded), text.subflows, language)


def filled(text: Text | None) -> Text | None:
    """A translation, unless it is blank."""
    return None if text is None or text.is_blank else text


def remarks_on(state: str | None, known: Collection[str]) -> tuple[str, ...]:
    """What is to be said of a state a file gives; a standard's own extensions begin with `x-`."""
    if state is None or state in known or state.startswith("x-"):
        return ()
    return (f"read as not finished, since the standard has no state {shown(state)}",)


def locator(file: int, unit: int, place: int | None) -> str:
    """Where a writer finds the target again: all counted from 0, a unit without segments as a whole."""
    whole = f"file/{file}/unit/{unit}"
    return whole if place is None else f"{whole}/segment/{place}"
