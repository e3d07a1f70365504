"""XLSX: the table of `csv` as a workbook of one sheet."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, WriteOnlyCell
from openpyxl.utils import get_column_letter

from reviews.importing.formats.text import illegal_character
from reviews.values import shielded

from .article import Article, ExportError, IntoOneFile, Output, Piece
from .table import columns_of, row_of

#: The most characters of a cell, as Excel counts them: in UTF-16.
LONGEST_CELL = 32_767

#: What a reader of XLSX would take for an escape, and the character that XML does not keep: how both are written.
_ESCAPES = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|\r")

#: The columns that hold texts are as wide as so many characters.
_TEXT_WIDTH = 60

#: A workbook says when it was written; ours says nothing of it, so that the same articles are the same bytes.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_TIMES = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


class Xlsx(IntoOneFile):
    """One segment a row, in the columns of `csv`; importing it again gives the same segments.

    Every cell is text, and none is a formula however it begins: where a spreadsheet would make it one as soon as
    somebody edits it, it has the mark that keeps it text (`quotePrefix`). The text itself is as it is.
    """

    name = "xlsx"
    suffix = "xlsx"

    def start(self) -> Output:
        return _Table()


class _Table:
    """A workbook, begun with the first article that can be written: one that is given up leaves its rows behind."""

    def __init__(self) -> None:
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet("segments")
        self._columns: list[str] = []
        self._begun = False

    def begin(self, article: Article) -> bytes:
        self._columns = columns_of(article)
        return b""

    def write(self, article: Article) -> bytes:
        rows = [self._row(article, piece) for piece in article.pieces if not piece.added]
        if not self._begun:
            self._begin()
        for row in rows:
            self._sheet.append(list(map(self._cell, row)))
        return b""

    def end(self) -> Iterable[bytes]:
        written = io.BytesIO()
        self._book.save(written)
        return (_without_times(written),)

    def _begin(self) -> None:
        self._sheet.freeze_panes = "A2"
        for number, column in enumerate(self._columns, 1):
            if column in ("source", "target", "reference") or column.startswith("mt:"):
                self._sheet.column_dimensions[get_column_letter(number)].width = _TEXT_WIDTH
        self._sheet.append(list(map(self._cell, self._columns)))
        self._begun = True

    def _row(self, article: Article, piece: Piece) -> list[str]:
        """The texts of a segment as cells hold them. Raises ExportError."""
        texts = zip(self._columns, row_of(article, piece), strict=True)
        return [_fit(piece, column, text) for column, text in texts]

    def _cell(self, text: str) -> Cell:
        cell = WriteOnlyCell(self._sheet, text)
        cell.data_type = "s"
        if shielded(text) != text:
            cell.quotePrefix = True
        return cell


def _fit(piece: Piece, column: str, text: str) -> str:
    if found := illegal_character(text):
        raise ExportError(f"Segment {piece.id} holds {found} in {column}, which no such file can hold. Take it out.")
    written = _ESCAPES.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    length = len(written.encode("utf-16-le")) // 2
    if length > LONGEST_CELL:
        raise ExportError(
            f"Segment {piece.id} has {length:,} characters in {column}, and a cell takes {LONGEST_CELL:,}. Export it "
            "in another format."
        )
    return written


def _without_times(workbook: io.BytesIO) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(workbook) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as kept:
        for entry in parts.infolist():
            part = zipfile.ZipInfo(entry.filename, _NO_TIME)
            part.compress_type = zipfile.ZIP_DEFLATED
            kept.writestr(part, _TIMES.sub(b"", parts.read(entry)))
    return packed.getvalue()
