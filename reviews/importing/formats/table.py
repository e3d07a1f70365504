"""CSV and TSV: a row that names the columns, or none, then one segment a row."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, TextIO

from reviews.values import SHIELD_COLUMN, SHIELD_SAID, Rejected, gettext_noop, unshielded

from .base import Item, Notice, ReadError, ReadOptions
from .columns import PLAIN, Columns, Said, columns_of, listed, names_source, said_columns, which_is_which
from .encoding import TextFile, find_encoding
from .rows import RowError, RowFields, RowMaker, target_fields, with_documents
from .text import LONGEST_LINE, shown

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}

#: Rows that are looked at to find the delimiter.
_SAMPLE = 100

#: Rows that are shown with the question what the columns are: the first below, and those of another width.
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file: the physical line it starts in, counted from 1, and its cells or why it has none."""

    line: int
    cells: tuple[str, ...]
    problem: str = ""


class Table:
    """CSV and TSV; the delimiter is a comma, a semicolon, a tab or a vertical bar.

    The encoding is found by `find_encoding`. The delimiter is the one under which the header names a source, or else
    the rows have as many cells as they should; how often a character stands in the text decides nothing. A header in
    other words than ours, or none, needs `ReadOptions.columns`.

    A cell with a delimiter, a line break or a quotation mark in front stands in `"…"`, a `"` in it doubled
    (RFC 4180). Lines end at `\\n`, `\\r\\n` or `\\r`. Blank lines and rows of empty cells are passed over; an empty
    cell of a translation is an empty translation. No `document` column means the file's stem. Apostrophes that our own
    export put in front of what looks like a formula are taken off where its column says that they are there.

    Refused as a whole: bytes of no encoding, no source column, no rows, a quotation mark that is never closed.
    """

    name = "csv"
    title = gettext_noop("CSV or TSV")
    suffixes: tuple[str, ...] = (".csv", ".tsv", ".tab")

    def sniff(self, path: Path, head: bytes) -> bool:
        return path.suffix.lower() in self.suffixes

    def read(self, path: Path, options: ReadOptions, *, name: str | None = None) -> Iterator[Item]:
        file = name or str(path)
        said = said_columns(file, options)
        text = find_encoding(path, file)
        layout = _layout(text, said, options)
        # A quotation mark that is never closed refuses the file before the first row is handed on.
        if sum(1 for _ in layout.rows(text)) == 0:
            raise ReadError(file, None, "has no row under its header. Give it rows, or leave it out.")
        maker = RowMaker(file, Path(file).stem, options)
        return with_documents(chain(_remarks(text, layout), rows_of(layout.rows(text), layout.columns, maker)))


# --- records -----------------------------------------------------------------------------------


def read_records(text: TextFile, delimiter: str) -> Iterator[Record]:
    """The records of a file, header and blank lines included (a blank line has no cells).

    Raises ReadError where the rest of the file cannot be told into records.
    """
    with text.opened() as stream:
        # The limit is one for the whole process; every reader of this program sets this one.
        csv.field_size_limit(LONGEST_LINE)
        lines = _Lines(stream)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            lines.left = LONGEST_LINE
            try:
                yield Record(line, tuple(next(reader)))
            except StopIteration:
                return
            except _TooLongError as error:
                if reader.line_num < line:
                    reason = f"is a line of more than {LONGEST_LINE:,} characters. Is this a table?"
                    raise ReadError(text.name, line, reason) from error
                raise _never_closed(text, delimiter, line) from error
            except csv.Error as error:
                if "unexpected end" in str(error):
                    raise _never_closed(text, delimiter, line) from error
                until = f" (seen in line {reader.line_num})" if reader.line_num > line else ""
                yield Record(line, (), f"is no {DELIMITERS[delimiter]}-separated row: {error}{until}. {_QUOTING}")


class _TooLongError(Exception):
    """A row is longer than any row may be."""


class _Lines:
    """The lines of a table for the csv reader; `left` is how many characters the present row may still have."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.left = LONGEST_LINE

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.stream.readline(self.left + 1)
        self.left -= len(line)
        if self.left < 0:
            raise _TooLongError
        if not line:
            raise StopIteration
        return line


_QUOTING = 'A cell that begins with a quotation mark needs one at its end too; double those within: "say ""so""".'


def _never_closed(text: TextFile, delimiter: str, line: int) -> ReadError:
    """The refusal of a file whose row that starts in `line` has no end; it names the line of the open cell."""
    with text.opened() as stream:
        for _ in range(1, line):
            stream.readline()
        row = stream.read(LONGEST_LINE)
    cell = rf'"[^"]*+(?:""[^"]*+)*+"|[^"\r\n{delimiter}][^\r\n{delimiter}]*+|'
    before = re.match(rf"(?:(?:{cell}){re.escape(delimiter)})*+", row)
    ends = re.findall(r"\r\n|\r|\n", before[0]) if before else []
    return ReadError(
        text.name,
        line + len(ends),
        "holds a quotation mark that opens a cell and is never closed, so that where rows end is unknown from there "
        "on. Close it, or double it if it belongs to the text.",
    )


def _filled(records: Iterator[Record]) -> Iterator[Record]:
    """Without blank lines and rows of empty cells, which spreadsheets leave at the end of a table."""
    return (record for record in records if record.problem or any(cell.strip() for cell in record.cells))


# --- delimiter and columns ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a table is to be read: what ends a cell, what the columns are, and the line of its header if it has one."""

    delimiter: str
    columns: Columns
    header: int | None

    def rows(self, text: TextFile) -> Iterator[Record]:
        """The rows of text, without the header."""
        filled = _filled(read_records(text, self.delimiter))
        return filled if self.header is None else islice(filled, 1, None)


@dataclass(frozen=True, slots=True)
class _Look:
    """The beginning of a table under one delimiter: its first row, and the share of rows that are as wide as wanted.

    `below` says in words what the rows under it look like.
    """

    delimiter: str
    first: Record
    share: float
    below: str


def _layout(text: TextFile, said: Said, options: ReadOptions) -> _Layout:
    """Raises ReadError when the columns are not told, or no delimiter gives them."""
    looks = _looks(text, len(said.in_order))
    if said.in_order:
        return _without_header(text, said, looks, options)
    headers = [look for look in looks if not look.first.problem]
    if not headers:
        raise ReadError(text.name, looks[0].first.line, f"has no readable header row. {_QUOTING}")
    named = [look for look in headers if names_source(said.names(look.first.cells), options)]
    if named:
        best = max(named, key=lambda look: (look.share, len(look.first.cells)))
        columns = columns_of(text.name, best.first.line, said.names(best.first.cells), options)
        return _Layout(best.delimiter, columns, best.first.line)
    asked = max(headers, key=lambda look: (len(look.first.cells) > 1, look.share, len(look.first.cells)))
    raise ReadError(text.name, asked.first.line, which_is_which(asked.first.cells, options) + asked.below)


def _without_header(text: TextFile, said: Said, looks: Sequence[_Look], options: ReadOptions) -> _Layout:
    best = max(looks, key=lambda look: look.share)
    first, count = best.first, len(said.in_order)
    if names_source(first.cells, options):
        reason = "names its columns itself. Leave --columns out, or say it by header: --columns source=HEADER."
        raise ReadError(text.name, first.line, reason)
    if best.share == 0:
        cells = _counted(len(first.cells), "cell")
        reason = f"has {cells} where --columns names {count}, and no row has as many. Name each."
        raise ReadError(text.name, first.line, reason)
    return _Layout(best.delimiter, columns_of(text.name, None, said.in_order, options), None)


def _looks(text: TextFile, width: int) -> list[_Look]:
    """The table under each delimiter, the likeliest first; `width` 0 is that of the first row.

    Raises ReadError when under one of them there is nothing, or no first row under any.
    """
    likely = "\t;,|" if Path(text.name).suffix.lower() in (".tsv", ".tab") else ",;\t|"
    looks: list[_Look] = []
    for delimiter in likely:
        first: Record | None = None
        seen = fitting = 0
        below: list[str] = []
        try:
            for record in islice(_filled(read_records(text, delimiter)), _SAMPLE):
                first = first or record
                seen += 1
                fits = not record.problem and len(record.cells) == (width or len(first.cells))
                fitting += fits
                if seen == 2 or (len(below) < _SHOWN and not fits):
                    below.append(_in_words(record))
        except ReadError as error:
            if first is None:
                refused = error
                continue
        if first is None:
            raise ReadError(text.name, None, "is empty. The first row has to name the columns.")
        looks.append(_Look(delimiter, first, fitting / seen, "".join(below)))
    if not looks:
        raise refused
    return looks


def _in_words(record: Record) -> str:
    if record.problem:
        return f" Line {record.line} {record.problem}"
    return f" Line {record.line} has {_counted(len(record.cells), 'cell')}: {listed(record.cells)}."


# --- rows --------------------------------------------------------------------------------------


def _remarks(text: TextFile, layout: _Layout) -> Iterator[Notice]:
    if text.remark:
        yield Notice(text.name, None, text.remark)
    yield from unknown_columns(text.name, layout.header, layout.columns)


def unknown_columns(file: str, line: int | None, columns: Columns) -> Iterator[Notice]:
    if columns.unknown:
        names = ", ".join(map(shown, columns.unknown))
        yield Notice(file, line, f"columns that are not known and not read: {names}.")


def rows_of(records: Iterable[Record], columns: Columns, maker: RowMaker) -> Iterator[Item]:
    """A row of each record below the header, or why it is rejected."""
    # Without a column for it every row is of one document, even one whose cells cannot be told apart.
    document = None if "document" in columns.single else maker.document
    for record in records:
        if record.problem:
            yield Rejected(maker.file, record.line, record.problem, document)
        elif len(record.cells) != columns.count:
            yield Rejected(maker.file, record.line, _wrong_count(len(record.cells), columns.count), document)
        else:
            yield from _row(record, columns, maker)


def _wrong_count(cells: int, wanted: int) -> str:
    return (
        f"has {_counted(cells, 'cell')} where there are {_counted(wanted, 'column')}. Give every row as many cells as "
        "there are columns; a cell that holds the delimiter or a line break stands in quotation marks."
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _row(record: Record, columns: Columns, maker: RowMaker) -> Iterator[Item]:
    cells = record.cells
    if (shield := columns.single.get(SHIELD_COLUMN)) is not None and cells[shield].strip() == SHIELD_SAID:
        cells = tuple(map(unshielded, cells))
    single = {name: cells[index] for name, index in columns.single.items()}
    systems = {name: cells[index] for name, index in columns.systems.items()}
    named = {"reference": single["reference"]} if "reference" in single else {}
    try:
        hypotheses, references = target_fields(maker.options, single.get("target"), systems, named)
    except RowError as error:
        document = single.get("document", maker.document).strip() or None
        yield Rejected(maker.file, record.line, str(error), document)
        return
    plain: dict[str, Any] = {name: single[name] for name in PLAIN if name in single}
    yield from maker.make(
        record.line, RowFields(source=single["source"], hypotheses=hypotheses, references=references, **plain)
    )
