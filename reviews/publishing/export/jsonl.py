"""JSON Lines: one segment a line, in the fields of the import record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from reviews.values import CodedText

from .article import Article, Piece, Stateless, said_of_article


class JsonLines(Stateless):
    """Plain text with target, state and the other translations; importing it again gives the same segments.

    Inline codes have no place in the import record and are left out; `html` keeps them. A segment whose text
    stands with an earlier one has no `target` but the earlier one's id in `covered_by`. A sentence that an editor
    added is marked `added`; it has no source, and is none of the segments of an import.
    """

    name = "jsonl"
    suffix = "jsonl"

    def write(self, article: Article) -> bytes:
        lines = (json.dumps(_record(article, piece), ensure_ascii=False) for piece in article.pieces)
        return "".join(f"{line}\n" for line in lines).encode()


def _record(article: Article, piece: Piece) -> dict[str, Any]:
    record: dict[str, Any] = {
        "document": article.document,
        "id": piece.id,
        "kind": piece.kind,
        "source": piece.source.text,
    }
    if piece.target is not None:
        record["target"] = piece.target.text
    if piece.covered_by is not None:
        record["covered_by"] = piece.covered_by
    if piece.added:
        record["added"] = True
    record["state"] = piece.state
    if piece.hypotheses:
        record["hypotheses"] = _plain(piece.hypotheses)
    if piece.references:
        record["references"] = _plain(piece.references)
    return record | said_of_article(article.meta)


def _plain(texts: Mapping[str, CodedText]) -> dict[str, str]:
    return {name: content.text for name, content in texts.items()}
