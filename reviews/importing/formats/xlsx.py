"""XLSX: the table of one sheet, one segment a row."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl

from reviews.values import gettext_noop

from .base import Item, Notice, ReadError, ReadOptions
from .columns import Columns, Said, columns_of, names_source, said_columns, which_is_which
from .rows import RowMaker, with_documents
from .table import Record, rows_of, unknown_columns
from .text import opened, shown
from .xml_stream import survey_stream

#: What a workbook may hold: parts, bytes of all parts unpacked, how many times larger that is than the file.
MOST_PARTS = 2_000
MOST_BYTES = 100_000_000
MOST_EXPANSION = 200
#: A workbook that unpacks to less than this may be as well packed as it likes.
_SMALL = 10_000_000

MOST_COLUMNS = 500
_LAST_ROW = 1_048_576

#: How XLSX writes what XML cannot hold, such as `_x000D_` for a carriage return.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Xlsx:
    """A workbook: its first visible sheet, or the one that `ReadOptions.sheet` names, read as a CSV would be.

    The first row that is not empty names the columns, unless `ReadOptions.columns` does. Formulas are never
    calculated: a row with one in a column that is read is rejected and the cell named, as one with an error is. Text
    is taken without its formatting; numbers, times and truth values as they are written in ISO 8601 and in English.

    Refused as a whole: what is no workbook or encrypted, and what unpacks beyond the limits of this module.
    """

    name = "xlsx"
    title = gettext_noop("Excel workbook (XLSX)")
    suffixes: tuple[str, ...] = (".xlsx", ".xlsm")

    def sniff(self, path: Path, head: bytes) -> bool:
        return path.suffix.lower() in self.suffixes

    def read(self, path: Path, options: ReadOptions, *, name: str | None = None) -> Iterator[Item]:
        file = name or str(path)
        said = said_columns(file, options)
        _check_parts(path, file)
        maker = RowMaker(file, Path(file).stem, options)
        return with_documents(_read(path, file, said, maker))


def _check_parts(path: Path, file: str) -> None:
    """Raise ReadError for what is no ZIP, unpacks to too much, or holds XML that is not allowed."""
    with opened(path, file) as stream:
        size = stream.seek(0, 2)
        try:
            with zipfile.ZipFile(stream) as parts:
                entries = parts.infolist()
                unpacked = sum(entry.file_size for entry in entries)
                if len(entries) > MOST_PARTS or unpacked > MOST_BYTES:
                    raise ReadError(file, None, f"unpacks to {unpacked:,} bytes in {len(entries):,} parts: too much.")
                if unpacked > max(_SMALL, MOST_EXPANSION * size):
                    raise ReadError(file, None, f"unpacks to {unpacked // size} times its size. Is this a workbook?")
                for entry in entries:
                    if entry.filename.endswith((".xml", ".rels")):
                        with parts.open(entry) as part:
                            survey_stream(part, entry.filename)
        except ReadError as error:
            # What is wrong within stands in a part; the file is the workbook.
            reason = error.reason if error.file == file else f"has a part {shown(error.file)} that {error.reason}"
            raise ReadError(file, None, reason) from None
        except Exception as error:  # whatever a broken ZIP makes its reader say
            raise ReadError(file, None, f"is no workbook: {_said(error)}. Save it as .xlsx again.") from error


def _read(path: Path, file: str, said: Said, maker: RowMaker) -> Iterator[Item]:
    with opened(path, file) as stream:
        # From the open file: of a path openpyxl wants to see an ending it knows.
        workbook = _guarded(file, lambda: openpyxl.load_workbook(stream, read_only=True, keep_links=False))
        sheet, others = _sheet(workbook, file, maker.options.sheet)
        if others:
            yield Notice(
                file, None, f"sheets that are not read: {', '.join(map(shown, others))}. Name one with --sheet."
            )
        rows = _rows(file, sheet)
        header = None if said.in_order else next(rows, None)
        columns = _columns(file, said, header, maker.options)
        yield from unknown_columns(file, header.line if header else None, columns)
        first = next(rows, None)
        if first is None:
            raise ReadError(file, None, "has no row under its header. Give it rows, or leave it out.")
        yield from rows_of((row.record(columns) for row in chain([first], rows)), columns, maker)


def _guarded(file: str, act: Callable[[], Any]) -> Any:
    """What openpyxl gives. Raises ReadError for whatever a broken workbook makes it raise."""
    try:
        return act()
    except Exception as error:
        raise ReadError(file, None, f"is no workbook: {_said(error)}. Save it as .xlsx again.") from error


def _said(error: Exception) -> str:
    return shown(str(error) or type(error).__name__, 120)


def _sheet(workbook: Any, file: str, wanted: str) -> tuple[Any, list[str]]:
    """The sheet to read and the names of the others. Raises ReadError when there is none of that name."""
    sheets = list(workbook.worksheets)
    names = [sheet.title for sheet in sheets]
    if wanted:
        found = next((sheet for sheet in sheets if sheet.title == wanted), None)
        if found is None:
            there = ", ".join(map(shown, names))
            raise ReadError(file, None, f"has no sheet {shown(wanted)}. Its sheets: {there}.")
        return found, []
    visible = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if not visible:
        raise ReadError(file, None, "has no sheet that can be seen.")
    return visible[0], [name for name in names if name != visible[0].title]


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the sheet by its number: its cells as text, and by index what is wrong with some of them."""

    line: int
    cells: tuple[str, ...]
    problems: Mapping[int, str]

    def record(self, columns: Columns) -> Record:
        """As wide as the header, where only empty cells are missing or too many; cells not read may be wrong."""
        cells = _trimmed(self.cells)
        read = {*columns.single.values(), *columns.systems.values()}
        problem = next((problem for index, problem in self.problems.items() if index in read), "")
        return Record(self.line, cells + ("",) * (columns.count - len(cells)), problem)


def _columns(file: str, said: Said, header: _Row | None, options: ReadOptions) -> Columns:
    if said.in_order:
        return columns_of(file, None, said.in_order, options)
    if header is None:
        raise ReadError(file, None, "is empty. The first row has to name the columns.")
    names = said.names(_trimmed(header.cells))
    if not names_source(names, options):
        raise ReadError(file, header.line, which_is_which(names, options))
    return columns_of(file, header.line, names, options)


def _rows(file: str, sheet: Any) -> Iterator[_Row]:
    """The rows of a sheet that are not empty."""
    sheet.reset_dimensions()
    rows = iter(sheet.iter_rows())
    number = 0
    while True:
        row: tuple[Any, ...] | None = _guarded(file, lambda: next(rows, None))
        if row is None:
            return
        number += 1
        if number > _LAST_ROW or len(row) > MOST_COLUMNS:
            reason = f"goes beyond row {_LAST_ROW:,} or column {MOST_COLUMNS}, which no table of texts does."
            raise ReadError(file, min(number, _LAST_ROW), reason)
        cells = tuple(_text(cell.value) for cell in row)
        if any(cell.strip() for cell in cells):
            yield _Row(number, cells, {index: problem for index, cell in enumerate(row) if (problem := _problem(cell))})


def _problem(cell: Any) -> str:
    """Why a cell has no text, if it has none."""
    if cell.data_type not in ("f", "e"):
        return ""
    kind = "formula" if cell.data_type == "f" else "error"
    remedy = "Formulas are not calculated here: put in the text it gives (paste special, values)."
    return f"holds the {kind} {shown(str(cell.value))} in cell {cell.coordinate}. {remedy}"


def _text(value: object) -> str:
    """The value of a cell as text; whole numbers without a fraction, times in ISO 8601."""
    if value is None:
        return ""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return str(value)


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    """Without the empty cells at the end, which a sheet has or has not without anybody seeing it."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]
