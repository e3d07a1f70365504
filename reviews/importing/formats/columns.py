"""Which column of a table is what: by its header, or by what the caller says of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reviews.values import SHIELD_COLUMN

from .base import ReadError, ReadOptions
from .languages import column_names
from .rows import RowError, check_system
from .text import shown

#: Columns read as they are, beside source, target, reference and one per system.
PLAIN = ("document", "id", "kind", "state", "section", "url", "published", "deadline")

_TEXTS = ("source", "target", "reference")

#: What our own export writes besides.
_NOT_READ = ("covered_by",)

_SYSTEM_PREFIX = "mt:"

#: In --columns: a column that is left out.
_LEFT_OUT = "-"


@dataclass(frozen=True, slots=True)
class Columns:
    """How many columns there are and which is what, by index; `unknown` are the names that are not read."""

    count: int
    single: Mapping[str, int]
    systems: Mapping[str, int]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What the caller says of the columns: their names in order, then the table has no header; or names by header cell.

    Neither is said of a table whose header names its columns as we do.
    """

    in_order: tuple[str, ...] = ()
    by_cell: Mapping[str, str] = field(default_factory=dict)

    def names(self, header: Sequence[str]) -> tuple[str, ...]:
        """The header with the names that were said for its cells."""
        return tuple(self.by_cell.get(folded(cell), cell) for cell in header)


def folded(cell: str) -> str:
    return cell.strip().lower()


def said_columns(file: str, options: ReadOptions) -> Said:
    """`options.columns` understood: `id,source,target`, or `source=Quelle,target=Ziel` by the cells of the header.

    Cells with a comma stand in quotation marks, as in CSV. Raises ReadError for names that are no column of ours.
    """
    if not options.columns.strip():
        return Said()
    entries = _entries(file, options.columns)
    pairs = [tuple(map(str.strip, entry.partition("=")[0::2])) for entry in entries if "=" in entry]
    if pairs and len(pairs) < len(entries):
        raise ReadError(file, None, f"--columns {options.columns}: write only names, or NAME=HEADER for each.")
    names = [name for name, _ in pairs] or [entry.strip() for entry in entries]
    for name in names:
        if not (is_known(name, options) or (name == _LEFT_OUT and not pairs)):
            raise ReadError(file, None, f"--columns names {shown(name)}, which is no column. {_columns_there_are()}")
    if not pairs:
        return Said(in_order=tuple("" if name == _LEFT_OUT else name for name in names))
    return Said(by_cell={folded(cell): name for name, cell in pairs})


def _entries(file: str, text: str) -> list[str]:
    try:
        (entries,) = csv.reader([text], strict=True)
    except (csv.Error, ValueError):
        reason = "names separated by commas; one that holds a comma stands in quotation marks"
        raise ReadError(file, None, f"--columns {shown(text)} cannot be understood: write {reason}.") from None
    return entries


def _columns_there_are() -> str:
    return f"Columns: {', '.join((*_TEXTS, *PLAIN))}, mt:NAME for an engine; in order also - for one to leave out."


def is_known(name: str, options: ReadOptions) -> bool:
    """Whether a name over a column says what it is."""
    return folded(name) in _meanings(options) or folded(name).startswith(_SYSTEM_PREFIX)


def names_source(names: Sequence[str], options: ReadOptions) -> bool:
    meanings = _meanings(options)
    return any(meanings.get(folded(name)) == "source" for name in names)


def _meanings(options: ReadOptions) -> dict[str, str]:
    meanings = {name: name for name in (*PLAIN, *_TEXTS, SHIELD_COLUMN)}
    meanings |= dict.fromkeys(column_names(options.target_lang), "target")
    meanings |= dict.fromkeys(column_names(options.source_lang), "source")
    return meanings


def columns_of(file: str, line: int | None, names: Sequence[str], options: ReadOptions) -> Columns:
    """The meaning of each column. Raises ReadError for no source, two columns of one meaning, a bad system name."""
    meanings = _meanings(options)
    single: dict[str, int] = {}
    systems: dict[str, int] = {}
    unknown = []
    for index, cell in enumerate(names):
        name = folded(cell)
        into, key = single, meanings.get(name, "")
        if name.startswith(_SYSTEM_PREFIX):
            into, key = systems, cell.strip()[len(_SYSTEM_PREFIX) :].strip()
            _check_system_column(file, line, cell, key)
        elif not key:
            if name and name not in _NOT_READ:
                unknown.append(cell.strip())
            continue
        if key in into:
            twice = f"{shown(names[into[key]])} and {shown(cell)}"
            raise ReadError(file, line, f"has two columns for {shown(key)}: {twice}. Keep one of them.")
        into[key] = index
    if "source" not in single:
        raise ReadError(file, line, f"has no column for the source: {listed(names)}. Name one source.")
    return Columns(len(names), single, systems, tuple(unknown))


def _check_system_column(file: str, line: int | None, cell: str, label: str) -> None:
    try:
        check_system(label)
    except RowError as error:
        raise ReadError(file, line, f"has the column {shown(cell)}, which {error}") from None


def listed(cells: Sequence[str]) -> str:
    """The cells of a row as a message shows them, the first ten of many."""
    more = f" and {len(cells) - 10:,} more" if len(cells) > 10 else ""
    return ", ".join(shown(cell.strip()) for cell in cells[:10]) + more


def which_is_which(cells: Sequence[str], options: ReadOptions) -> str:
    """The question to whoever sent a table whose first row names no source."""
    accepted = ", ".join(dict.fromkeys(("source", *column_names(options.source_lang))))
    in_order = ",".join([*_TEXTS[:2], *_LEFT_OUT * (min(len(cells), 10) - 2)][: len(cells)])
    return (
        f"has no column for the source. Its columns are {listed(cells)}. If this row names the columns, call one "
        f"{accepted} (upper or lower case), or say which is which: --columns source=HEADER,target=HEADER. If it is a "
        f"row like the others, name the columns in their order, - for one to leave out: --columns {in_order}."
    )
