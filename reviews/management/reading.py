"""What commands that read files share on their command lines."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import CommandParser

from reviews.importing.formats.base import Notice
from reviews.importing.units import language_named
from reviews.values import Rejected

#: Languages of files that do not name theirs.
SOURCE_LANG, TARGET_LANG = "de", "en"


def add_columns_argument(parser: CommandParser) -> None:
    """--columns, for tables whose first row does not name the columns as we do."""
    parser.add_argument(
        "--columns",
        default="",
        metavar="NAMES",
        help="Columns of a table: source=HEADER,target=HEADER by its header; or, where it has none, in their order, - "
        "for one to leave out: id,source,target,-",
    )


def add_sheet_argument(parser: CommandParser) -> None:
    """--sheet, for workbooks of several."""
    parser.add_argument("--sheet", default="", metavar="NAME", help="Sheet of a workbook; default: the first.")


def add_language_arguments(parser: CommandParser) -> None:
    """--source-lang and --target-lang, for `language_of`."""
    for side, default in (("source", SOURCE_LANG), ("target", TARGET_LANG)):
        parser.add_argument(f"--{side}-lang", metavar="CODE", help=f"Default: as the file's name says, else {default}.")


def language_of(path: Path | None, given: str | None, default: str) -> str:
    """The language a file is read in: the one given, else the one its name says, else the default."""
    return given or (language_named(path) if path else None) or default


def place(item: Notice | Rejected) -> str:
    """Where something stands that is said of a file: `rows.csv:7`."""
    return f"{item.file}:{item.line}" if item.line else item.file
