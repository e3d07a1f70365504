"""Glossaries as tables: two to four columns, read whole or refused line by line, and written so that they read back."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.encoding import TextFile, find_encoding
from reviews.importing.formats.table import DELIMITERS, Record, read_records
from reviews.values import shielded, unshielded

from .terms import TermError, TermValue, UseOfTerm, term_value

MOST_ROWS = 5_000
MOST_BYTES = 2 * 1024 * 1024

COLUMNS = ("source", "target", "use", "note")

#: What headers call the columns, beside the names of the project's languages.
_HEADERS: Mapping[str, frozenset[str]] = {
    "source": frozenset({"source", "term", "quelle", "begriff", "ausgangssprache"}),
    "target": frozenset({"target", "translation", "ziel", "übersetzung", "zielsprache"}),
    "use": frozenset({"use", "usage", "status", "verwendung", "gebrauch"}),
    "note": frozenset({"note", "notes", "comment", "comments", "notiz", "hinweis", "bemerkung", "kommentar"}),
}
_USES: Mapping[str, UseOfTerm] = {
    "": "preferred",
    "preferred": "preferred",
    "use": "preferred",
    "yes": "preferred",
    "bevorzugt": "preferred",
    "ja": "preferred",
    "avoid": "avoid",
    "do not use": "avoid",
    "don't use": "avoid",
    "forbidden": "avoid",
    "no": "avoid",
    "verboten": "avoid",
    "nicht verwenden": "avoid",
    "nein": "avoid",
}
_WRITTEN_USE: Mapping[UseOfTerm, str] = {"preferred": "preferred", "avoid": "do not use"}

#: Rows that are looked at to find out what divides them.
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line was not taken and what to do; `line` is None where it is about all of the table."""

    line: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Table:
    """The terms of a table, or what keeps it from being taken: never both. `remark` is to be said of its encoding."""

    terms: Sequence[TermValue] = ()
    problems: Sequence[Problem] = ()
    remark: str = ""


def read_table(data: bytes, name: str, languages: tuple[Sequence[str], Sequence[str]] = ((), ())) -> Table:
    """The terms of a CSV or TSV file, or of rows that were pasted.

    Columns are source, target, use and note, in this order unless a header says otherwise; of three without a header
    the last is the use where it says nothing else, otherwise the note. `languages` are what a header may call source
    and target beside the usual.
    """
    if len(data) > MOST_BYTES:
        return _refused(f"The table has {len(data):,} bytes; it may have {MOST_BYTES:,}. Split it.")
    try:
        with tempfile.NamedTemporaryFile(suffix=".csv") as file:
            file.write(data)
            file.flush()
            text = find_encoding(Path(file.name), name)
            records = _records(text)
    except ReadError as error:
        return Table(problems=[Problem(error.line, f"The table {error.reason}")])
    if len(records) > MOST_ROWS + 1:
        return _refused(f"The table has more than {MOST_ROWS:,} rows. Split it.")
    columns = _header(records[0].cells, languages) if records else None
    rows = records[1:] if columns else records
    if not rows:
        return _refused("The table has no terms. Write a term and its translation in each row.")
    return _read(rows, columns or _columns_of(rows), text.remark)


def _refused(reason: str) -> Table:
    return Table(problems=[Problem(None, reason)])


def _records(text: TextFile) -> list[Record]:
    """The rows that hold something, under the delimiter that makes most of them a term with a translation."""

    def fitting(delimiter: str) -> int:
        try:
            return sum(
                2 <= len(record.cells) <= len(COLUMNS) for record in islice(read_records(text, delimiter), _SAMPLE)
            )
        except ReadError:
            return -1

    # A tab is never part of a term; of the others the one that fits most rows.
    delimiter = max(sorted(DELIMITERS, key=lambda sign: sign != "\t"), key=fitting)
    rows = (record for record in read_records(text, delimiter) if record.problem or any(map(str.strip, record.cells)))
    return list(islice(rows, MOST_ROWS + 2))


def _header(cells: Sequence[str], languages: tuple[Sequence[str], Sequence[str]]) -> list[str] | None:
    """The columns a row names; None for a row that does not name a source and a target, and nothing unknown."""
    known = {word: column for column, words in _HEADERS.items() for word in words}
    for column, words in zip(("source", "target"), languages, strict=True):
        known |= {word.casefold(): column for word in words}
    named = [known.get(cell.strip().casefold(), "") for cell in cells]
    whole = "" not in named and len(set(named)) == len(named) and {"source", "target"} <= set(named)
    return named if whole else None


def _columns_of(rows: Sequence[Record]) -> list[str]:
    third = [row.cells[2] for row in rows if len(row.cells) == 3]
    if third and not any(len(row.cells) > 3 for row in rows) and not all(_use(cell) for cell in third):
        return ["source", "target", "note"]
    return list(COLUMNS)


def _use(cell: str) -> UseOfTerm | None:
    return _USES.get(" ".join(cell.replace("’", "'").casefold().split()))


def _read(rows: Sequence[Record], columns: Sequence[str], remark: str) -> Table:
    terms: dict[tuple[str, str], tuple[TermValue, int]] = {}
    problems = []
    for row in rows:
        try:
            term = _term(row, columns)
        except TermError as error:
            problems.append(Problem(row.line, str(error)))
            continue
        first = terms.setdefault((term.compared, term.target), (term, row.line))
        if first[1] != row.line:
            said = f"“{term.source}” with “{term.target}” stands in line {first[1]} already. Delete one of the two."
            problems.append(Problem(row.line, said))
    return Table(problems=problems) if problems else Table([term for term, _ in terms.values()], remark=remark)


def _term(row: Record, columns: Sequence[str]) -> TermValue:
    if row.problem:
        raise TermError(f"The line {row.problem}")
    cells = [unshielded(cell) for cell in row.cells]
    if any(cell.strip() for cell in cells[len(columns) :]):
        more = next(cell for cell in cells[len(columns) :] if cell.strip())
        raise TermError(
            f"The row has {len(cells)} cells, so “{more[:40]}” belongs to no column. Put a cell that holds the divider "
            "in quotation marks."
        )
    found = dict(zip(columns, cells, strict=False))
    use = _use(found.get("use", ""))
    if use is None:
        raise TermError(f"“{found['use'][:40]}” is no use. Write “preferred” or “do not use”, or leave it empty.")
    return term_value(found.get("source", ""), found.get("target", ""), use, found.get("note", ""))


def write_table(terms: Iterable[TermValue]) -> str:
    """The terms as CSV with a header: opens in a spreadsheet without formulas, and reads back as it was."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for term in terms:
        cells = (term.source, term.target, _WRITTEN_USE[term.use], term.note)
        writer.writerow(map(shielded, cells))
    return f"\ufeff{out.getvalue()}"
