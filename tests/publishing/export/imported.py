"""Files of translation tools as articles, and what is written back into them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reviews.importing.formats.registry import sniff
from reviews.publishing.export.article import Article, KeptFile, Piece
from reviews.publishing.export.xliff.kept import BackIntoFile
from reviews.values import CodedText, DocumentMeta, ImportedRow
from tests.importing.formats.reading import options

#: A row's text and state as the desk has them: None for no text.
Desk = Callable[[ImportedRow], tuple[CodedText | None, str]]


def rows_of(path: Path) -> list[ImportedRow]:
    """What a reader has of a file, in whatever languages it is."""
    items = sniff(path).read(path, options(languages_guessed=True))
    return [item for item in items if isinstance(item, ImportedRow)]


def translation(row: ImportedRow) -> CodedText | None:
    return row.hypotheses.get("imported")


def untouched(row: ImportedRow) -> tuple[CodedText | None, str]:
    return translation(row), "new"


def articles_of(path: Path, desk: Desk = untouched) -> list[Article]:
    """The documents of a file as articles, with texts and states of the desk."""
    by_document: dict[str, list[Piece]] = {}
    for number, row in enumerate(rows_of(path)):
        target, state = desk(row)
        piece = Piece(number, row.id or str(number + 1), row.kind, number, row.source, target, state, row.locator)
        by_document.setdefault(row.document, []).append(piece)
    file = KeptFile(path, path.name)
    return [
        Article(document, DocumentMeta(), "de", "en", False, "", tuple(pieces), file=file)
        for document, pieces in by_document.items()
    ]


def written_back(path: Path, *articles: Article) -> bytes:
    """The file with what these articles have, or else all of its own."""
    back = BackIntoFile(KeptFile(path, path.name))
    for article in articles or articles_of(path):
        back.take(article)
    return b"".join(back.written())
