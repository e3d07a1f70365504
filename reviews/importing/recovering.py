"""A translation as it came, put together again from the texts an import made of it, and aligned anew.

Of the page it came from only the texts are kept, in their blocks and order. What kind of block each was follows from
the segments it renders.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from reviews.values import AlignedText, CodedText, ImportedBlock, PlacedSource, join_texts

from .aligning import align_article

#: What a block is taken for that renders no segment: running text, but of no kind that is there in the source.
_UNKNOWN_KIND = "other"

#: An alignment that leads to another and that to a third, so often, is given up.
_ROUNDS = 5


class LeftAloneError(Exception):
    """A translation that is not to be aligned again; the message says why."""


def realigned(
    segments: Sequence[PlacedSource], texts: Sequence[AlignedText], source_lang: str, target_lang: str
) -> list[AlignedText]:
    """The texts of a translation, given in its order, as today's rules align them.

    Aligning what comes out once more changes nothing. Raises LeftAloneError for a translation that its file aligned,
    one of an earlier source, and one whose alignment does not come to rest.
    """
    _check(segments, texts)
    for _ in range(_ROUNDS):
        before, texts = texts, _aligned(segments, texts, source_lang, target_lang)
        if [_said(text) for text in texts] == [_said(text) for text in before]:
            return list(texts)
    raise LeftAloneError("its alignment does not come to rest")


def _check(segments: Sequence[PlacedSource], texts: Sequence[AlignedText]) -> None:
    placed = [text for text in texts if text.segment is not None]
    filled = [text for text in placed if text.content.text]
    if any(text.confidence is None for text in filled):
        raise LeftAloneError("its file says what belongs together")
    if sum(text.covers for text in placed) != len(segments):
        raise LeftAloneError("it was made for another source: run the engine again")
    if any(before.block > after.block for before, after in pairwise(filled)):
        raise LeftAloneError("the source has been put into another order since")


def _said(text: AlignedText) -> tuple[int | None, int, str]:
    return text.segment, text.covers, text.content.content_hash


def _aligned(
    segments: Sequence[PlacedSource], texts: Sequence[AlignedText], source_lang: str, target_lang: str
) -> list[AlignedText]:
    blocks = dict(_blocks(segments, texts))
    numbers = list(blocks)
    known = {_without_ids(text.content): text.content for text in texts if text.segment is None}
    return [
        replace(
            text,
            block=numbers[text.block] if text.content.text else text.block,
            # Codes of a text without a source have no ids but those they came with.
            content=known.get(_without_ids(text.content), text.content) if text.segment is None else text.content,
        )
        for text in align_article(segments, list(blocks.values()), source_lang, target_lang)
    ]


def _without_ids(content: CodedText) -> tuple[str, tuple[tuple[str, str, int], ...]]:
    return content.text, tuple((code.raw, code.part, code.pos) for code in content.codes)


def _blocks(segments: Sequence[PlacedSource], texts: Sequence[AlignedText]) -> Iterator[tuple[int, ImportedBlock]]:
    """The blocks of the translation by the numbers they had; a dropped sentence is in none."""
    filled = (text for text in texts if text.content.text)
    for number, group in groupby(filled, key=lambda text: text.block):
        inside = list(group)
        kinds = (segments[text.segment].kind for text in inside if text.segment is not None)
        yield number, ImportedBlock(next(kinds, _UNKNOWN_KIND), join_texts([text.content for text in inside]))
