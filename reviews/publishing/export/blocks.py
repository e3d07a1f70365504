"""The blocks of an article with the text that goes into each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

from reviews.values import CodedText, InlineCode, join_texts

from .article import Article, Piece


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the page: its number from 0, its place, what it said and what it says now.

    A block is `emptied` when it is left out or its whole text moved into an earlier block's.
    """

    number: int
    kind: str
    locator: str
    source: CodedText
    content: CodedText

    @property
    def emptied(self) -> bool:
        return not self.content.text.strip() and not any(code.part == "single" for code in self.content.codes)


def blocks_of(article: Article) -> Iterator[Block]:
    """The article's blocks in page order."""
    for number, group in groupby(article.pieces, key=lambda piece: piece.block):
        pieces = list(group)
        yield Block(
            number=number,
            kind=pieces[0].kind,
            locator=pieces[0].locator,
            source=joined([piece.source for piece in pieces]),
            content=joined([text for piece in pieces if (text := _text(piece, article.source_lang)) is not None]),
        )


def untranslated_markup(article: Article) -> str:
    """The markup around a text that has no translation yet."""
    return _untranslated(article.source_lang)


def _text(piece: Piece, source_lang: str) -> CodedText | None:
    """What the piece contributes: nothing where an earlier text serves it; its source, marked, where it has none.

    Of a passage that was left out the pictures stay: what was decided on is the text.
    """
    if piece.covered_by is not None:
        return None
    source = piece.source
    if piece.target is not None:
        if piece.target.text:
            return piece.target
        return CodedText("", tuple(replace(code, pos=0) for code in source.codes if code.kind == "image"))
    mark = InlineCode("untranslated", "language", "open", 0, _untranslated(source_lang))
    end = replace(mark, part="close", pos=len(source.text), raw="</span>")
    return CodedText(source.text, (mark, *source.codes, end))


def _untranslated(source_lang: str) -> str:
    return f'<span class="untranslated" lang="{escape(source_lang)}">'


def joined(parts: Sequence[CodedText]) -> CodedText:
    """The sentences of a block as one text; a code that was cut at the end of a sentence is whole again."""
    whole = CodedText("")
    for part in parts:
        whole = _append(whole, part)
    return whole


def _append(before: CodedText, part: CodedText) -> CodedText:
    """Two texts as one, without the closing and opening codes between them that only cut one code in two."""
    if not before.text or not part.text:
        return join_texts([before, part])
    opened = {code.id: code.raw for code in before.codes if code.part == "open"}
    head, tail = list(before.codes), list(part.codes)
    whole: set[str] = set()
    while head and tail and _cuts(head[-1], len(before.text), tail[0], opened):
        whole.add(tail.pop(0).id)
        head.pop()
    taken = {code.id for code in before.codes}
    offset = len(before.text) + 1
    moved = [
        replace(code, id=code.id if code.id in whole else _unused(code.id, taken), pos=code.pos + offset)
        for code in tail
    ]
    return CodedText(f"{before.text} {part.text}", (*head, *moved))


def _cuts(last: InlineCode, end: int, first: InlineCode, opened: dict[str, str]) -> bool:
    return (
        (last.part, first.part) == ("close", "open")
        and last.id == first.id
        and last.pos == end
        and first.pos == 0
        and opened.get(first.id) == first.raw
    )


def _unused(code_id: str, taken: set[str]) -> str:
    while code_id in taken:
        code_id += "'"
    return code_id
