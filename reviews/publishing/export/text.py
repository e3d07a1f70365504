"""Plain text: the article as it is read."""

from __future__ import annotations

from .article import Article, Stateless
from .blocks import blocks_of
from .plain_page import HEAD_KINDS


class PlainText(Stateless):
    """One block a paragraph with an empty line between, then what readers are told of changes, and the disclosure line
    (or the notice of a working copy).

    Links and emphasis have no place in it; nor has what stands in the head of a page only.
    """

    name = "text"
    suffix = "txt"
    per_document = True

    def write(self, article: Article) -> bytes:
        blocks = [block for block in blocks_of(article) if not block.emptied and block.kind not in HEAD_KINDS]
        told = [note.line for note in article.notes]
        paragraphs = [*(block.content.text.strip() for block in blocks), *told, article.closing_line]
        return "".join(f"{text}\n\n" for text in paragraphs if text).rstrip("\n").encode() + b"\n"
