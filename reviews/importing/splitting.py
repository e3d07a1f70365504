"""Rows as segments: as they came, or split where a row holds several sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reviews.values import AlignedText, CodedText, ImportedBlock, ImportedRow, PlacedSource

from .aligning import align_article
from .formats.base import LONGEST_ID
from .segmenting import segment_source


class SplitError(ValueError):
    """A row that cannot be split: its line, and why with the remedy."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(line, reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages rows are split and aligned by."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class SegmentedRow:
    """A row and its segments, the first of which has the index `first` in its document; a row is a block."""

    row: ImportedRow
    first: int
    segments: tuple[PlacedSource, ...]


def segment_rows(rows: Sequence[ImportedRow], languages: Languages | None) -> list[SegmentedRow]:
    """A segment a row; with `languages` a segment a sentence.

    A row with the id `7` that holds several becomes `7.1`, `7.2` and so on. One of a single sentence stays as it is,
    and so does a disclosure, to which no translation is aligned. Raises SplitError when such an id is too long or
    another row has it.
    """
    found: list[SegmentedRow] = []
    first = 0
    for number, row in enumerate(rows):
        pieces = _pieces(row, languages)
        segments = tuple(
            PlacedSource(
                piece,
                row.kind,
                number,
                i,
                external_id=f"{row.id}.{i + 1}" if row.id and len(pieces) > 1 else row.id,
                locator=row.locator,
            )
            for i, piece in enumerate(pieces)
        )
        found.append(SegmentedRow(row, first, segments))
        first += len(segments)
    if languages is not None:
        _check_ids(found)
    return found


def _pieces(row: ImportedRow, languages: Languages | None) -> list[CodedText]:
    if languages is None or row.kind == "disclosure":
        return [row.source]
    sentences = segment_source([ImportedBlock(row.kind, row.source)], languages.source)
    return [sentence.content for sentence in sentences] if len(sentences) > 1 else [row.source]


def _check_ids(rows: Sequence[SegmentedRow]) -> None:
    used = Counter(segment.external_id for entry in rows for segment in entry.segments if segment.external_id)
    for entry in rows:
        for segment in entry.segments:
            if len(segment.external_id) > LONGEST_ID:
                raise SplitError(
                    entry.row.line,
                    f"the id {entry.row.id!r} leaves no room for the number of a sentence. Give the row a shorter one.",
                )
            if used[segment.external_id] > 1 and segment.external_id != entry.row.id:
                raise SplitError(
                    entry.row.line,
                    f"split, a sentence of it has the id {segment.external_id!r}, which another row has. Give one of "
                    "them another id.",
                )


def texts_of(
    rows: Iterable[SegmentedRow], texts: Iterable[CodedText | None], languages: Languages | None
) -> Iterator[AlignedText]:
    """One translation of the rows: a text a row, aligned within the row where that has several segments."""
    for entry, text in zip(rows, texts, strict=True):
        if text is None:
            continue
        if languages is None or len(entry.segments) == 1:
            yield AlignedText(entry.first, 1, text)
            continue
        segments = [replace(segment, block=0) for segment in entry.segments]
        for aligned in align_article(
            segments, [ImportedBlock(entry.row.kind, text)], languages.source, languages.target
        ):
            at = None if aligned.segment is None else entry.first + aligned.segment
            yield replace(aligned, segment=at, block=entry.segments[0].block)
