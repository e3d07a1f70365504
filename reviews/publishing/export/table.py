"""CSV: one segment a row, plain for programs or shielded for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from reviews.values import SHIELD_COLUMN, SHIELD_SAID, shielded

from .article import Article, Piece, Stateless, said_of_article

_COLUMNS = ("document", "id", "kind", "source", "target", "reference", "state", "covered_by")
_SAID = ("section", "url", "published", "deadline")


class Csv(Stateless):
    """A header, then one segment a row, in the columns an import knows; importing it again gives the same segments.

    An engine's text stands in `mt:NAME`. Of references there is room for the one called `reference`. Inline codes are
    left out, as are sentences that only the English has: a row needs a source. An empty cell is an empty text and no
    text alike; JSON Lines tells them apart.

    `for_spreadsheets`: no cell is taken for a formula, the file says that it is UTF-8, and a column says that its
    apostrophes are to be taken off again. Without it every cell stands as it is, for programs.
    """

    name = "csv"
    suffix = "csv"

    def __init__(self, *, for_spreadsheets: bool = False) -> None:
        self.for_spreadsheets = for_spreadsheets

    def begin(self, article: Article) -> bytes:
        header = columns_of(article)
        if self.for_spreadsheets:
            return b"\xef\xbb\xbf" + _lines([[*header, SHIELD_COLUMN]])
        return _lines([header])

    def write(self, article: Article) -> bytes:
        rows = (row_of(article, piece) for piece in article.pieces if not piece.added)
        if self.for_spreadsheets:
            return _lines([*map(shielded, row), SHIELD_SAID] for row in rows)
        return _lines(rows)


def _column(system: str) -> str:
    return f"mt:{system}"


def columns_of(article: Article) -> list[str]:
    """What stands over the columns of a table that begins with this article."""
    return [*_COLUMNS, *map(_column, article.systems), *_SAID]


def row_of(article: Article, piece: Piece) -> list[str]:
    """The cells of a segment, in the order of the columns."""
    cells: Mapping[str, str | None] = {
        "document": article.document,
        "id": piece.id,
        "kind": piece.kind,
        "source": piece.source.text,
        "target": piece.target.text if piece.target is not None else None,
        "reference": piece.references["reference"].text if "reference" in piece.references else None,
        "state": piece.state,
        "covered_by": piece.covered_by,
        **said_of_article(article.meta),
        **{_column(system): text.text for system, text in piece.hypotheses.items()},
    }
    return [cells.get(column) or "" for column in columns_of(article)]


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()
