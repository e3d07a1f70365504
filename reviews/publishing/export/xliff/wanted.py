"""What the desk has to say for each place of a translation file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reviews.values import CodedText

from ..article import Article, Piece
from ..blocks import joined
from .states import weakest


@dataclass(frozen=True, slots=True)
class Wanted:
    """The text of one place and its state, with the id of its first segment for messages.

    `content` is None where a part of it has no text yet. `divided` says that its segments are parts of what the file
    has as one, so that white space between them is the file's own.
    """

    id: str
    source: CodedText
    content: CodedText | None
    state: str
    divided: bool


def wanted_of(article: Article) -> Mapping[str, Wanted]:
    """By locator. A sentence that an editor added belongs to the text it stands behind."""
    places: dict[str, list[Piece]] = {}
    for piece in article.pieces:
        places.setdefault(piece.locator, []).append(piece)
    return {locator: _wanted(pieces) for locator, pieces in places.items()}


def _wanted(pieces: list[Piece]) -> Wanted:
    texts = [piece.target for piece in pieces if piece.covered_by is None]
    filled = [text for text in texts if text is not None]
    sources = [piece.source for piece in pieces if not piece.added]
    return Wanted(
        id=pieces[0].id,
        source=joined(sources),
        content=joined(filled) if len(filled) == len(texts) else None,
        state=weakest(piece.state for piece in pieces),
        divided=len(sources) > 1,
    )
