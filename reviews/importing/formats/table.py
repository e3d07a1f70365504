"""CSV and TSV: a header row that names the columns, then one segment a row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviews.values import Rejected

from .base import Item, Notice, ReadError, ReadOptions
from .languages import column_names
from .rows import RowError, RowFields, RowMaker, check_system, target_fields, with_documents
from .text import LONGEST_LINE, check_utf8, opened, shown

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}

#: Columns read as they are, beside source, target, reference and one per system.
_PLAIN = ("document", "id", "kind", "section", "url", "published", "deadline")

#: What our own export writes besides. A state in a file is never a decision of ours.
_NOT_READ = ("state", "covered_by")

_SYSTEM_PREFIX = "mt:"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file: the physical line it starts in, counted from 1, and its cells or why it has none."""

    line: int
    cells: tuple[str, ...]
    problem: str = ""


class Table:
    """CSV and TSV in UTF-8 with a header row; the delimiter is a comma, a semicolon or a tab.

    A cell with a delimiter, a line break or a quotation mark in front stands in `"…"`, a `"` in it doubled
    (RFC 4180). Blank lines and rows of empty cells are passed over; an empty cell of a translation is an empty
    translation. No `document` column means the file's stem.

    Refused as a whole: another encoding, no source column, a quotation mark that is never closed.
    """

    name = "csv"
    title = "CSV or TSV"
    suffixes: tuple[str, ...] = (".csv", ".tsv", ".tab")

    def sniff(self, path: Path, head: bytes) -> bool:
        return path.suffix.lower() in self.suffixes

    def read(self, path: Path, options: ReadOptions, *, name: str | None = None) -> Iterator[Item]:
        file = name or str(path)
        check_utf8(path, file)
        delimiter, header = _header(path, file, options)
        columns = _columns(file, header, options)
        for _ in read_records(path, file, delimiter):
            pass  # a quotation mark that is never closed refuses the file before the first row is handed on
        records = read_records(path, file, delimiter)
        return with_documents(_rows(records, columns, RowMaker(file, Path(file).stem, options)))


def read_records(path: Path, file: str, delimiter: str) -> Iterator[Record]:
    """The records of a file in UTF-8, header and blank lines included (a blank line has no cells).

    Raises ReadError where the rest of the file cannot be told into records.
    """
    with opened(path, file) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as lines:
        # The limit is one for the whole process; every reader of this program sets this one.
        csv.field_size_limit(LONGEST_LINE)
        reader = csv.reader(_bounded(lines, file), delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                yield Record(line, tuple(next(reader)))
            except StopIteration:
                return
            except csv.Error as error:
                if "field limit" in str(error) or "unexpected end" in str(error):
                    raise ReadError(file, line, _never_closed(line)) from error
                yield Record(line, (), f"is no {DELIMITERS[delimiter]}-separated row: {error}. {_QUOTING}")


def _bounded(stream: io.TextIOWrapper, file: str) -> Iterator[str]:
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise ReadError(file, number, f"is a line of more than {LONGEST_LINE:,} characters. Is this a table?")
        yield line


_QUOTING = 'A cell that begins with a quotation mark needs one at its end too; double those within: "say ""so""".'


def _never_closed(line: int) -> str:
    return (
        f"holds a quotation mark that opens a cell in the row of line {line} and is never closed, so that where rows "
        "end is unknown from there on. Close it, or double it if it belongs to the text."
    )


def _header(path: Path, file: str, options: ReadOptions) -> tuple[str, Record]:
    """The delimiter under which the header names a source, and the header read with it.

    Where none does, the delimiter that gives most columns, for the message.
    """
    preferred = "\t,;" if path.suffix.lower() in (".tsv", ".tab") else ",;\t"
    candidates = []
    for delimiter in preferred:
        header = next(_filled(read_records(path, file, delimiter)), None)
        if header is None:
            raise ReadError(file, None, "is empty. The first row has to name the columns.")
        if not header.problem:
            candidates.append((delimiter, header))
    if not candidates:
        raise ReadError(file, 1, f"has no readable header row. {_QUOTING}")
    names = ("source", *column_names(options.source_lang))
    for delimiter, header in candidates:
        if any(_folded(cell) in names for cell in header.cells):
            return delimiter, header
    return max(candidates, key=lambda candidate: len(candidate[1].cells))


def _filled(records: Iterator[Record]) -> Iterator[Record]:
    """Without blank lines and rows of empty cells, which spreadsheets leave at the end of a table."""
    return (record for record in records if record.problem or any(cell.strip() for cell in record.cells))


def _folded(cell: str) -> str:
    return cell.strip().lower()


@dataclass(frozen=True, slots=True)
class _Columns:
    """How many columns there are and which is what, by index; `unknown` are the names that are not read."""

    count: int
    single: Mapping[str, int]
    systems: Mapping[str, int]
    unknown: tuple[str, ...]


def _columns(file: str, header: Record, options: ReadOptions) -> _Columns:
    """The meaning of each column. Raises ReadError for no source, two columns of one meaning, a bad system name."""
    meanings = {name: name for name in (*_PLAIN, "source", "target", "reference")}
    meanings |= dict.fromkeys(column_names(options.target_lang), "target")
    meanings |= dict.fromkeys(column_names(options.source_lang), "source")
    single: dict[str, int] = {}
    systems: dict[str, int] = {}
    unknown = []
    for index, cell in enumerate(header.cells):
        name = _folded(cell)
        into, key = single, meanings.get(name, "")
        if name.startswith(_SYSTEM_PREFIX):
            into, key = systems, cell.strip()[len(_SYSTEM_PREFIX) :].strip()
            _check_system_column(file, header.line, cell, key)
        elif not key:
            if name and name not in _NOT_READ:
                unknown.append(cell.strip())
            continue
        if key in into:
            twice = f"{shown(header.cells[into[key]])} and {shown(cell)}"
            raise ReadError(file, header.line, f"has two columns for {shown(key)}: {twice}. Keep one of them.")
        into[key] = index
    if "source" not in single:
        raise ReadError(file, header.line, _no_source(header, options))
    return _Columns(len(header.cells), single, systems, tuple(unknown))


def _check_system_column(file: str, line: int, cell: str, label: str) -> None:
    try:
        check_system(label)
    except RowError as error:
        raise ReadError(file, line, f"has the column {shown(cell)}, which {error}") from None


def _no_source(header: Record, options: ReadOptions) -> str:
    seen = ", ".join(shown(cell.strip()) for cell in header.cells)
    accepted = ", ".join(("source", *column_names(options.source_lang)))
    return (
        f"has no column for the source. Its columns are {seen}. Name one of them {accepted} (upper or lower case); "
        "columns end at commas, semicolons or tabs."
    )


def _rows(records: Iterator[Record], columns: _Columns, maker: RowMaker) -> Iterator[Item]:
    filled = _filled(records)
    header = next(filled)
    if columns.unknown:
        names = ", ".join(shown(name) for name in columns.unknown)
        yield Notice(maker.file, header.line, f"columns that are not known and not read: {names}.")
    # Without a column for it every row is of one document, even one whose cells cannot be told apart.
    document = None if "document" in columns.single else maker.document
    for record in filled:
        if record.problem:
            yield Rejected(maker.file, record.line, record.problem, document)
        elif len(record.cells) != columns.count:
            yield Rejected(maker.file, record.line, _wrong_count(len(record.cells), columns.count), document)
        else:
            yield from _row(record, columns, maker)


def _wrong_count(cells: int, wanted: int) -> str:
    return (
        f"has {cells} {'cell' if cells == 1 else 'cells'} where the header has {wanted}. Give every row as many cells "
        "as there are columns; a cell that holds the delimiter or a line break stands in quotation marks."
    )


def _row(record: Record, columns: _Columns, maker: RowMaker) -> Iterator[Item]:
    single = {name: record.cells[index] for name, index in columns.single.items()}
    systems = {name: record.cells[index] for name, index in columns.systems.items()}
    named = {"reference": single["reference"]} if "reference" in single else {}
    try:
        hypotheses, references = target_fields(maker.options, single.get("target"), systems, named)
    except RowError as error:
        document = single.get("document", maker.document).strip() or None
        yield Rejected(maker.file, record.line, str(error), document)
        return
    plain = {name: single[name] for name in _PLAIN if name in single}
    yield from maker.make(
        record.line, RowFields(source=single["source"], hypotheses=hypotheses, references=references, **plain)
    )
