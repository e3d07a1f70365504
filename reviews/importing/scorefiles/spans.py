"""`.seg.rating` files of the WMT metrics tasks: `system TAB None` or `system TAB {"errors": [...]}`, in the order of
the test set as in `.seg.score` files. Offsets are half-open, into the target or, for source errors, the source."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.jsonl import parse_object
from reviews.importing.formats.rows import RowError
from reviews.importing.formats.text import shown
from reviews.values import Span

from .base import LONGEST_CATEGORY, Judgement, Mark, name, severity, short, text_lines
from .places import Place
from .segscore import NOTHING, SegmentValue, in_order


def read_judgements(path: Path, places: Sequence[Place], file: str | None = None) -> Iterator[Judgement]:
    """The rated segments with their marks. Raises ReadError, also for lines that do not match the places."""
    shown_name = file or str(path)
    for row, place in in_order(_rows(path, shown_name), places, shown_name):
        if row.text != NOTHING:
            marks = _marks(row.text, shown_name, row.line)
            yield Judgement(row.line, row.system, place.document, place.segment, "", None, marks)


def _rows(path: Path, file: str) -> Iterator[SegmentValue]:
    for line, text in text_lines(path, file):
        system, tab, rating = text.partition("\t")
        if not tab:
            raise ReadError(file, line, f"has no tab between system and rating: {shown(text)}.")
        yield SegmentValue(line, name(system, "system", file, line), rating, None)


def _marks(text: str, file: str, line: int) -> tuple[Mark, ...]:
    try:
        errors = parse_object(text.encode("utf-8")).get("errors")
    except RowError as error:
        raise ReadError(file, line, str(error)) from None
    if not isinstance(errors, list):
        raise ReadError(file, line, 'has no list of errors. Write {"errors": [...]}, an empty list for none, or None.')
    return tuple(_mark(error, file, line) for error in errors)


def _mark(error: Any, file: str, line: int) -> Mark:
    if not isinstance(error, dict):
        raise ReadError(file, line, f"lists {shown(error)} as an error. Write an object with start, end, severity.")
    return Mark(
        side="source" if error.get("is_source_error") is True else "target",
        span=_span(error, file, line),
        category=short(_text(error, "category", file, line), LONGEST_CATEGORY, "category", file, line),
        severity=severity(_text(error, "severity", file, line), file, line),
    )


def _text(error: Mapping[str, Any], key: str, file: str, line: int) -> str:
    value = error.get(key)
    if not isinstance(value, str):
        raise ReadError(file, line, f"has {shown(value)} for the {key} of an error. Write text in quotation marks.")
    return value


def _span(error: Mapping[str, Any], file: str, line: int) -> Span | None:
    start, end = error.get("start"), error.get("end")
    if start is None and end is None:
        return None
    if type(start) is not int or type(end) is not int or not 0 <= start <= end:
        raise ReadError(file, line, f"has the span {shown([start, end])}. Write whole numbers from 0, start first.")
    return start, end


def write_judgements(stream: BinaryIO, rows: Iterable[tuple[str, Sequence[tuple[Mark, float]] | None]]) -> None:
    """Lines of (system, marks with their weights), None for a segment nobody rated."""
    for system, marks in rows:
        rating = NOTHING if marks is None else json.dumps({"errors": [_to_json(*mark) for mark in marks]})
        stream.write(f"{system}\t{rating}\n".encode())


def _to_json(mark: Mark, weight: float) -> dict[str, Any]:
    start, end = mark.span or (None, None)
    return {
        "start": start,
        "end": end,
        "category": mark.category,
        "severity": mark.severity,
        "score": weight,
        "is_source_error": mark.side == "source",
    }
