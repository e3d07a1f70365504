"""`.seg.score` files of the WMT metrics tasks: `system TAB score`, the segments of a system in the order of the test
set, one system after the other, `None` where there is no score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.text import shown

from .base import Judgement, name, number, text_lines
from .places import Place

NOTHING = "None"


@dataclass(frozen=True, slots=True)
class SegmentValue:
    """One line: `text` is the number as the file writes it, so that it can be written back byte by byte."""

    line: int
    system: str
    text: str
    value: float | None


def read_values(path: Path, file: str | None = None) -> Iterator[SegmentValue]:
    """The lines of a file. Raises ReadError."""
    shown_name = file or str(path)
    for line, text in text_lines(path, shown_name):
        cells = text.split("\t")
        if len(cells) != 2:
            raise ReadError(
                shown_name, line, f"has {len(cells)} tab-separated cells instead of system and score: {shown(text)}."
            )
        value = None if cells[1] == NOTHING else number(cells[1], shown_name, line)
        yield SegmentValue(line, name(cells[0], "system", shown_name, line), cells[1], value)


def write_values(stream: BinaryIO, values: Iterable[tuple[str, str]]) -> None:
    """Lines of (system, number as text)."""
    for system, text in values:
        stream.write(f"{system}\t{text}\n".encode())


def as_text(value: float | None) -> str:
    """A number as these files write it: the shortest text that reads back as the same number."""
    return NOTHING if value is None else repr(value)


def read_judgements(path: Path, places: Sequence[Place], file: str | None = None) -> Iterator[Judgement]:
    """The scores with the segments they belong to; lines without a score are left out.

    Raises ReadError for a system with more or fewer lines than there are places, which would shift every score.
    """
    shown_name = file or str(path)
    for value, place in in_order(read_values(path, file), places, shown_name):
        if value.value is not None:
            yield Judgement(value.line, value.system, place.document, place.segment, "", value.value)


def in_order(
    values: Iterable[SegmentValue], places: Sequence[Place], file: str
) -> Iterator[tuple[SegmentValue, Place]]:
    """Each line with its place. Raises ReadError unless every system has one line a place, in one piece."""
    done: set[str] = set()
    system, count, line = "", 0, 0
    for value in values:
        if value.system != system:
            _complete(system, count, places, file, line)
            if value.system in done:
                raise ReadError(file, value.line, f"comes back to the system {shown(value.system)}. Keep it together.")
            system, count = value.system, 0
            done.add(system)
        line = value.line
        if count == len(places):
            raise ReadError(
                file, line, f"is line {count + 1} of {shown(system)}, but the docs file has {len(places)} lines."
            )
        yield value, places[count]
        count += 1
    if not done:
        raise ReadError(file, None, "is empty. It has one line a system and segment.")
    _complete(system, count, places, file, line)


def _complete(system: str, count: int, places: Sequence[Place], file: str, line: int) -> None:
    if system and count != len(places):
        raise ReadError(
            file,
            line,
            f"ends the system {shown(system)} after {count} lines, but the docs file has {len(places)}. Line k of "
            "both has to be the same segment.",
        )
