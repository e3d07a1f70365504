"""What commands that read files share on their command lines."""

from __future__ import annotations

from django.core.management.base import CommandParser


def add_columns_argument(parser: CommandParser) -> None:
    """--columns, for tables whose first row does not name the columns as we do."""
    parser.add_argument(
        "--columns",
        default="",
        metavar="NAMES",
        help="Columns of a table: source=HEADER,target=HEADER by its header; or, where it has none, in their order, - "
        "for one to leave out: id,source,target,-",
    )
