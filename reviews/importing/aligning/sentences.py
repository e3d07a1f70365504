from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from reviews.values import PlacedSource

from .anchors import Anchors, anchors, merged
from .bands import Pin, band, pins, rising
from .beads import Bead, align
from .evidence import Evidence, Unit

#: Blocks say where sentences belong when the lengths of what they pair differ by no more than this.
_LENGTHS_AGREE = 0.7

#: A bead of blocks that sure is a fixed point for the sentences.
_SURE = 0.9


def sentence_beads(
    source: Sequence[PlacedSource], target: Sequence[PlacedSource], source_lang: str, target_lang: str
) -> list[Bead]:
    """Which sentences of a translation render which of its source: beads in order, every sentence in exactly one.

    Both are in the order of their articles. Sentences of one block may meet those of several; that costs something,
    as do other kinds of running text. Headlines, captions and other kinds that stand alone meet their own only.
    """
    ours, theirs = _units(source, source_lang), _units(target, target_lang)
    fixed: list[Pin] = []
    of_blocks = _block_beads(ours, theirs)
    if of_blocks is not None:
        ours, theirs, fixed = of_blocks
    chain = rising([*pins(ours, theirs), *fixed])
    return align(ours, theirs, Evidence(ours, theirs), band(len(ours), len(theirs), chain))


def _units(sentences: Sequence[PlacedSource], lang: str) -> list[Unit]:
    return [Unit(s.kind, len(s.content.text), anchors(s.content, lang), s.block) for s in sentences]


def _block_beads(source: Sequence[Unit], target: Sequence[Unit]) -> tuple[list[Unit], list[Unit], list[Pin]] | None:
    """The sentences with the beads of blocks they stand in, and pairs that are sure to be near each other.

    None where blocks say nothing: one side has but one, or the sides are divided too differently to be compared.
    """
    ours, theirs = _blocks(source), _blocks(target)
    if min(len(ours), len(theirs)) < 2:
        return None
    wholes = [_whole(source[a:b]) for a, b in ours], [_whole(target[a:b]) for a, b in theirs]
    evidence = Evidence(*wholes)
    beads = align(*wholes, evidence, band(len(ours), len(theirs), rising(pins(*wholes))))
    paired = [bead for bead in beads if not bead.is_gap]
    mine = sum(wholes[0][k].length for bead in paired for k in range(bead.source, bead.source_end))
    other = sum(wholes[1][k].length for bead in paired for k in range(bead.target, bead.target_end))
    if min(mine * evidence.ratio, other) < _LENGTHS_AGREE * max(mine * evidence.ratio, other):
        return None
    placed, placed_other = list(source), list(target)
    for number, bead in enumerate(paired):
        for k in range(ours[bead.source][0], ours[bead.source_end - 1][1]):
            placed[k] = replace(placed[k], part=number)
        for k in range(theirs[bead.target][0], theirs[bead.target_end - 1][1]):
            placed_other[k] = replace(placed_other[k], part=number)
    fixed = [(ours[bead.source][0], theirs[bead.target][0]) for bead in paired if bead.confidence >= _SURE]
    return placed, placed_other, fixed


def _blocks(units: Sequence[Unit]) -> list[tuple[int, int]]:
    """Per block the numbers of its first sentence and of the one after its last."""
    found = []
    first = 0
    for _, group in groupby(units, key=lambda unit: unit.block):
        end = first + len(list(group))
        found.append((first, end))
        first = end
    return found


def _whole(units: Sequence[Unit]) -> Unit:
    """A block as one unit."""
    together: Anchors = merged(unit.anchors for unit in units)
    return Unit(units[0].kind, sum(unit.length for unit in units), together, units[0].block)
