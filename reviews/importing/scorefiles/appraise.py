"""ESA judgements as Appraise exports them: comma-separated, one row an annotator and item, twelve columns.

An item's number is its place in the annotator's batch. Which segment of its document it is the file does not say, only
their order; so an item has a segment only where all segments of the document were shown, which `Judgement.of` is for.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.encoding import find_encoding
from reviews.importing.formats.jsonl import parse_object
from reviews.importing.formats.rows import RowError
from reviews.importing.formats.table import read_records
from reviews.importing.formats.text import illegal_character, shown
from reviews.values import Span

from .base import LONGEST_CATEGORY, Judgement, Mark, Passed, name, number, severity, short

COLUMNS = (
    "annotator",
    "system",
    "item_id",
    "type",
    "src_lang",
    "tgt_lang",
    "score",
    "doc_system",
    "is_document",
    "error_spans_json",
    "start_ts",
    "end_ts",
)
#: Items that are translations; BAD, REF and REPEAT are the campaign's quality control.
TRANSLATION = "TGT"
#: In place of an offset: something is missing, wherever it may belong.
MISSING = "missing"

#: Annotator, document, system.
View = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]
    item: int
    ended: float


def read_judgements(path: Path, file: str | None = None) -> Iterator[Judgement | Passed]:
    """One judgement for each annotator and translation shown, the last where an annotator answered again.

    With or without the header row. Raises ReadError.
    """
    shown_name = file or str(path)
    views: defaultdict[View, dict[int, _Row]] = defaultdict(dict)
    passed: Counter[str] = Counter()
    for row in _rows(path, shown_name):
        document, *rest = row.cells["doc_system"].split("#")
        if row.cells["type"] != TRANSLATION:
            passed[f"control items ({shown(row.cells['type'], 20)})"] += 1
        elif row.cells["is_document"].lower() == "true":
            passed["scores of whole documents"] += 1
        elif len(rest) != 1:
            passed["items of no document, such as a tutorial's"] += 1
        else:
            items = views[row.cells["annotator"], document, rest[0]]
            earlier = items.get(row.item)
            if earlier is not None:
                passed["answers that were given again later"] += 1
            if earlier is None or row.ended > earlier.ended:
                items[row.item] = row
    if not views and not passed:
        raise ReadError(shown_name, None, "has no row. Appraise exports one a judgement.")
    for (annotator, document, system), items in views.items():
        for place, item in enumerate(sorted(items), 1):
            yield _judgement(items[item], annotator, document, system, place, len(items), shown_name)
    for reason, rows in sorted(passed.items()):
        yield Passed(reason, rows)


def _rows(path: Path, file: str) -> Iterator[_Row]:
    for record in read_records(find_encoding(path, file), ","):
        if record.problem:
            raise ReadError(file, record.line, record.problem)
        if not record.cells or record.cells == COLUMNS:
            continue
        if len(record.cells) != len(COLUMNS):
            raise ReadError(
                file,
                record.line,
                f"has {len(record.cells)} cells; Appraise exports {len(COLUMNS)}: {', '.join(COLUMNS)}.",
            )
        cells = dict(zip(COLUMNS, record.cells, strict=True))
        for column, cell in cells.items():
            if found := illegal_character(cell):
                raise ReadError(file, record.line, f"holds {found} in {column}. Take it out and import again.")
        item = number(cells["item_id"], file, record.line)
        yield _Row(record.line, cells, int(item), _time(cells["end_ts"], file, record.line))


def _time(cell: str, file: str, line: int) -> float:
    return number(cell, file, line) if cell else 0.0


def _judgement(row: _Row, annotator: str, document: str, system: str, place: int, of: int, file: str) -> Judgement:
    value = number(row.cells["score"], file, row.line)
    if not 0 <= value <= 100:
        raise ReadError(file, row.line, f"has the score {shown(row.cells['score'])}; these go from 0 to 100.")
    return Judgement(
        line=row.line,
        system=name(system, "system", file, row.line),
        document=name(document, "document", file, row.line),
        segment=str(place),
        annotator=name(annotator, "annotator", file, row.line),
        value=value,
        marks=tuple(_mark(span, file, row.line) for span in _spans(row, file)),
        of=of,
    )


def _spans(row: _Row, file: str) -> Sequence[Any]:
    cell = row.cells["error_spans_json"]
    try:
        spans = parse_object(f'{{"spans": {cell or "[]"}}}'.encode())["spans"]
    except RowError as error:
        raise ReadError(file, row.line, f"has error spans that cannot be read: it {error}") from None
    if not isinstance(spans, list):
        raise ReadError(file, row.line, f"has {shown(spans)} for its error spans. Write a list.")
    return spans


def _mark(span: Any, file: str, line: int) -> Mark:
    if not isinstance(span, dict):
        raise ReadError(file, line, f"lists {shown(span)} as an error span. Write an object with start_i and end_i.")
    kind = span.get("error_type") or []
    if not isinstance(kind, list) or not all(isinstance(part, str) for part in kind):
        raise ReadError(file, line, f"has the error type {shown(kind)}. Write a list of names, or null.")
    return Mark(
        side="target",
        span=_place(span, file, line),
        category=short("/".join(kind), LONGEST_CATEGORY, "category", file, line),
        severity=severity(str(span.get("severity")), file, line),
    )


def _place(span: Mapping[str, Any], file: str, line: int) -> Span | None:
    """Appraise names the last character of a span, we the one after it."""
    first, last = span.get("start_i"), span.get("end_i")
    if first == last == MISSING:
        return None
    if type(first) is not int or type(last) is not int or not 0 <= first <= last:
        raise ReadError(file, line, f"has the span {shown([first, last])}. Write whole numbers from 0, or {MISSING!r}.")
    return first, last + 1


@dataclass(frozen=True, slots=True)
class WrittenItem:
    """One judgement for writing; `item` is its number in the annotator's batch."""

    annotator: str
    system: str
    item: int
    document: str
    value: float
    marks: Sequence[Mark]


def write_judgements(stream: BinaryIO, items: Iterable[WrittenItem], languages: tuple[str, str]) -> None:
    """A header and a row an item, without times, which we do not keep."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item in items:
        score = repr(item.value).removesuffix(".0")
        place = [item.annotator, item.system, item.item, TRANSLATION, *languages]
        spans = json.dumps([_to_json(mark) for mark in item.marks], ensure_ascii=False, separators=(",", ":"))
        writer.writerow([*place, score, f"{item.document}#{item.system}", False, spans, "", ""])
    text.flush()
    text.detach()


def _to_json(mark: Mark) -> dict[str, Any]:
    # Appraise has no empty spans: where something is missing it says so without a place.
    start, end = mark.span if mark.span and mark.span[0] < mark.span[1] else (None, None)
    return {
        "start_i": MISSING if start is None else start,
        "end_i": MISSING if end is None else end - 1,
        "severity": mark.severity,
        "error_type": mark.category.split("/") if mark.category else None,
    }
