"""The texts of an article's beads: the rows an import writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from reviews.importing.codes import match_codes
from reviews.importing.segmenting import segment_source
from reviews.values import AlignedText, CodedText, ImportedBlock, PlacedSource, join_texts

from .beads import Bead
from .sentences import sentence_beads

UNALIGNED = "unaligned"


def align_article(
    segments: Sequence[PlacedSource], blocks: Sequence[ImportedBlock], source_lang: str, target_lang: str
) -> list[AlignedText]:
    """Align a translation to the segments of its source; texts come in source order, unaligned ones where they stand.

    Every segment is covered by exactly one text, a dropped one by an empty text. What renders one segment, in however
    many sentences, covers 1; what renders two in one covers both, and so do two that are cut elsewhere. Sentences
    without a source are one text a block, with `segment` None and the reason UNALIGNED; `block` is the index in
    `blocks` where a text begins. A disclosure block of the translation belongs to no segment and is left out. Codes
    have the ids of the source codes they correspond to.

    `confidence` is the probability of the bead as the model has it, between 0 and 1; None for an empty or an
    unaligned text.
    """
    sentences = aligned_sentences(blocks, target_lang)
    beads = sentence_beads(segments, sentences, source_lang, target_lang)
    return list(_texts(segments, _Translation(blocks, sentences), beads))


def aligned_sentences(blocks: Sequence[ImportedBlock], lang: str) -> list[PlacedSource]:
    """The sentences of a translation that are aligned: those of all blocks but disclosures."""
    return [sentence for sentence in segment_source(blocks, lang) if sentence.kind != "disclosure"]


class _Translation:
    """The sentences of a translation and the blocks they were cut from."""

    def __init__(self, blocks: Sequence[ImportedBlock], sentences: Sequence[PlacedSource]) -> None:
        self.blocks = blocks
        self.sentences = sentences
        self.starts: Mapping[tuple[int, int], int] = {
            (number, k): start
            for number, group in groupby(sentences, key=lambda sentence: sentence.block)
            for k, start in enumerate(_starts(blocks[number].content.text, [s.content.text for s in group]))
        }

    def text(self, first: int, end: int) -> CodedText:
        """The sentences [first, end) as one text, cut from each block in one piece: a link over two stays one."""
        parts = [
            self._cut(number, group)
            for number, group in groupby(self.sentences[first:end], key=lambda sentence: sentence.block)
        ]
        return parts[0] if len(parts) == 1 else join_texts(parts)

    def _cut(self, number: int, group: Iterator[PlacedSource]) -> CodedText:
        content = self.blocks[number].content
        inside = [sentence.sentence for sentence in group]
        end = self.starts.get((number, inside[-1] + 1), len(content.text))
        return content.slice(self.starts[number, inside[0]], end).strip()


def _starts(text: str, sentences: Sequence[str]) -> Iterator[int]:
    """Where the sentences of a block begin; the first takes what stands before it."""
    place = 0
    for k, sentence in enumerate(sentences):
        place = text.index(sentence, place)
        yield place if k else 0
        place += len(sentence)


def _texts(segments: Sequence[PlacedSource], translation: _Translation, beads: Sequence[Bead]) -> Iterator[AlignedText]:
    for is_extra, group in groupby(beads, key=lambda bead: bead.source == bead.source_end):
        if is_extra:
            yield from _unaligned(translation, list(group))
        else:
            yield from (_aligned(segments, translation, bead) for bead in group)


def _unaligned(translation: _Translation, beads: Sequence[Bead]) -> Iterator[AlignedText]:
    """One text for the sentences of each block that follow each other without a source."""
    places = range(beads[0].target, beads[-1].target_end)
    for block, group in groupby(places, key=lambda place: translation.sentences[place].block):
        inside = list(group)
        yield AlignedText(None, 1, translation.text(inside[0], inside[-1] + 1), block=block, reason=UNALIGNED)


def _aligned(segments: Sequence[PlacedSource], translation: _Translation, bead: Bead) -> AlignedText:
    covers = bead.source_end - bead.source
    if bead.is_gap:
        return AlignedText(bead.source, covers, CodedText(""))
    source = join_texts([segment.content for segment in segments[bead.source : bead.source_end]])
    content = match_codes(source, translation.text(bead.target, bead.target_end))
    block = translation.sentences[bead.target].block
    return AlignedText(bead.source, covers, content, round(bead.confidence, 4), block)
