"""MQM error marks as the WMT campaigns hand them on: tab-separated, one row an error, its span in `<v>` and `</v>`.

The cells are not quoted: a `"` is a character like any other (77 rows of the TED file have a single one).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Literal

from reviews.importing.formats.base import Notice, ReadError
from reviews.importing.formats.text import shown
from reviews.values import Span, normalise

from .base import LONGEST_CATEGORY, LONGEST_COMMENT, Judgement, Mark, Passed, name, severity, short, text_lines

OPEN, CLOSE = "<v>", "</v>"
NO_ERROR = "No-error"
#: The severity of rows that tell whether an annotator found an error which the campaign had planted.
CONTROL = "hotw-test"

COLUMNS = ("system", "doc", "doc_id", "seg_id", "rater", "source", "target", "category", "severity", "comment")
#: By other names in some years.
_ALSO = {"doc_id": "docSegId", "seg_id": "globalSegId"}
_REQUIRED = tuple(column for column in COLUMNS if column not in ("seg_id", "comment"))

Key = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: dict[str, str]

    @property
    def key(self) -> Key:
        """System, document, segment in it, rater: one rating."""
        return self.cells["system"], self.cells["doc"], self.cells["doc_id"], self.cells["rater"]


def read_judgements(path: Path, file: str | None = None) -> Iterator[Judgement | Notice | Passed]:
    """One judgement for each rater and translation, with all marks, in the order of their first rows.

    A row's error with anything but one whole span keeps its weight and loses its place, with a notice. Held in memory
    until the end, as a rater may come back to a segment. Raises ReadError.
    """
    shown_name = file or str(path)
    ratings: dict[Key, tuple[Judgement, list[Mark]]] = {}
    controls = 0
    for row in _rows(path, shown_name):
        if row.cells["severity"].lower() == CONTROL:
            controls += 1
            continue
        target, span = _take_out(row.cells["target"])
        if row.key not in ratings:
            ratings[row.key] = _first(row, target, shown_name), []
        judgement, marks = ratings[row.key]
        if judgement.target != target:
            raise ReadError(
                shown_name,
                row.line,
                f"shows another text than line {judgement.line} for the same system, segment and rater. Keep one.",
            )
        if row.cells["severity"].lower() != NO_ERROR.lower():
            marks.append(_mark(row, span, shown_name))
            if marks[-1].span is None and OPEN in row.cells["target"] + row.cells["source"]:
                yield Notice(shown_name, row.line, "has no single whole <v>…</v>; the error is kept without a place.")
    if not ratings:
        raise ReadError(shown_name, None, "has no rated translation under its header.")
    for judgement, marks in ratings.values():
        yield replace(judgement, marks=tuple(marks))
    if controls:
        yield Passed("control rows of the campaign", controls)


def _rows(path: Path, file: str) -> Iterator[_Row]:
    places: dict[str, int] = {}
    width = 0
    for line, text in text_lines(path, file):
        cells = text.split("\t")
        if not places:
            places, width = _places(cells, file), len(cells)
            continue
        if len(cells) != width:
            raise ReadError(file, line, f"has {len(cells)} tab-separated cells where the header has {width}.")
        yield _Row(line, {column: cells[place] for column, place in places.items()})
    if not places:
        raise ReadError(file, None, "is empty. Its first line names the columns.")


def _places(header: Sequence[str], file: str) -> dict[str, int]:
    places = {}
    for column in COLUMNS:
        found = next((label for label in (column, _ALSO.get(column, column)) if label in header), None)
        if found is not None:
            places[column] = header.index(found)
        elif column in _REQUIRED:
            raise ReadError(file, 1, f"has no column {column}. An MQM file names {', '.join(_REQUIRED)}.")
    return places


def _first(row: _Row, target: str, file: str) -> Judgement:
    return Judgement(
        line=row.line,
        system=name(row.cells["system"], "system", file, row.line),
        document=name(row.cells["doc"], "document", file, row.line),
        segment=name(row.cells["doc_id"], "segment", file, row.line),
        annotator=name(row.cells["rater"], "rater", file, row.line),
        value=None,
        target=target,
    )


def _mark(row: _Row, target: Span | None, file: str) -> Mark:
    _, source = _take_out(row.cells["source"])
    side: Literal["source", "target"] = "source" if source and not target else "target"
    return Mark(
        side=side,
        span=None if source and target else source or target,
        category=short(row.cells["category"], LONGEST_CATEGORY, "category", file, row.line),
        severity=severity(row.cells["severity"], file, row.line),
        comment=short(row.cells.get("comment", ""), LONGEST_COMMENT, "comment", file, row.line),
    )


def _take_out(marked: str) -> tuple[str, Span | None]:
    """The text as we keep texts, without marks, and the span between them if it is one and whole."""
    before, opened, rest = marked.partition(OPEN)
    within, closed, after = rest.partition(CLOSE)
    whole = normalise(marked.replace(OPEN, "").replace(CLOSE, ""))
    if not (opened and closed) or any(tag in part for tag in (OPEN, CLOSE) for part in (before, within, after)):
        return whole, None
    parts = [normalise(part) for part in (before, within, after)]
    # A mark between a letter and its combining accent has no place in the text we keep.
    if "".join(parts) != whole:
        return whole, None
    return whole, (len(parts[0]), len(parts[0]) + len(parts[1]))


@dataclass(frozen=True, slots=True)
class WrittenRating:
    """One rating for writing, with what stands in every row of it."""

    system: str
    document: str
    segment: str
    number: int
    annotator: str
    source: str
    target: str
    marks: Sequence[Mark]


def write_judgements(stream: BinaryIO, ratings: Iterable[WrittenRating]) -> None:
    """A header, then a row an error, or one that says there is none. Raises ValueError for a tab or line end in a
    text, for which these files have no escape."""
    stream.write(("\t".join(COLUMNS) + "\n").encode())
    for rating in ratings:
        for mark in rating.marks or (None,):
            cells = _cells(rating, mark)
            unfit = next((cell for cell in cells if set(cell) & set("\t\r\n")), None)
            if unfit is not None:
                raise ValueError(
                    f"{rating.document}, segment {rating.segment}: {shown(unfit)} holds a tab or a line end, which an "
                    "MQM file cannot hold"
                )
            stream.write(("\t".join(cells) + "\n").encode())


def _cells(rating: WrittenRating, mark: Mark | None) -> list[str]:
    texts = {"source": rating.source, "target": rating.target}
    if mark is not None and mark.span is not None:
        start, end = mark.span
        text = texts[mark.side]
        texts[mark.side] = f"{text[:start]}{OPEN}{text[start:end]}{CLOSE}{text[end:]}"
    kind = [mark.category, mark.severity.capitalize(), mark.comment] if mark else [NO_ERROR, NO_ERROR, ""]
    place = [rating.system, rating.document, rating.segment, str(rating.number), rating.annotator]
    return [*place, texts["source"], texts["target"], *kind]
