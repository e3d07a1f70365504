"""What differs between two texts, word by word, and what two people made of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

#: A number with its points and commas is one word: "1,3" did not become "1,1" by its last digit. So is a code's mark.
_TOKEN = re.compile(r"\s+|\d+(?:[.,:]\d+)+|\w+|⟦/?[^⟦⟧/\s]+/?⟧|[^\w\s]")


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A stretch that both texts share, or that only one of them has; `clash` where a third text has something else."""

    kind: Literal["same", "removed", "added"]
    text: str
    clash: bool = False


@dataclass(slots=True)
class _Change:
    """What stood in one place before and what stands there now."""

    removed: str = ""
    added: str = ""


def word_diff(before: str, after: str) -> list[DiffPiece]:
    """The way from one text to the other in words and punctuation; what was removed stands before what was added.

    Replaced words with nothing but a space between them are one change: a sentence that was written anew reads as
    two sentences, not as word against word.
    """
    pieces: list[DiffPiece] = []
    for stretch in _joined(_stretches(_TOKEN.findall(before), _TOKEN.findall(after))):
        if isinstance(stretch, str):
            pieces.append(DiffPiece("same", stretch))
            continue
        if stretch.removed:
            pieces.append(DiffPiece("removed", stretch.removed))
        if stretch.added:
            pieces.append(DiffPiece("added", stretch.added))
    return pieces


# --- two texts made of one ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of a text that two people worked on: as both began with it, and as each of them left it."""

    base: str
    theirs: str
    mine: str

    @property
    def changed_by_them(self) -> bool:
        return self.theirs != self.base

    @property
    def changed_by_me(self) -> bool:
        return self.mine != self.base

    @property
    def clashes(self) -> bool:
        """Whether both changed it, each in a different way."""
        return self.changed_by_them and self.changed_by_me and self.theirs != self.mine

    @property
    def merged(self) -> str:
        """With the change of whoever made one; mine where they clash."""
        return self.mine if self.changed_by_me else self.theirs


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """What two people made of one text. The parts put together give each of the three texts."""

    parts: tuple[Part, ...]

    @property
    def clashes(self) -> bool:
        return any(part.clashes for part in self.parts)

    @property
    def merged(self) -> str:
        """The text with the changes of both; empty where they clash or one of the two texts is that already."""
        merged, theirs, mine = ("".join(getattr(p, name) for p in self.parts) for name in ("merged", "theirs", "mine"))
        return "" if self.clashes or merged in (theirs, mine) else merged

    def pieces(self, side: Literal["theirs", "mine", "merged"]) -> list[DiffPiece]:
        """The way from the text both began with to one of the others."""
        found: list[DiffPiece] = []
        for part in self.parts:
            text = getattr(part, side)
            if text == part.base:
                found.append(DiffPiece("same", text))
                continue
            found += [DiffPiece("removed", part.base, part.clashes)] if part.base else []
            found += [DiffPiece("added", text, part.clashes)] if text else []
        return found


def three_way(base: str, theirs: str, mine: str) -> ThreeWay:
    """What two people made of `base`, word by word.

    Changes of theirs and mine that touch, or that nothing but a space parts, are one part: nobody has read the words
    that taking both would put side by side.
    """
    tokens = _TOKEN.findall(base)
    edits = sorted([*_edits(tokens, theirs, "theirs"), *_edits(tokens, mine, "mine")], key=lambda e: (e.start, e.end))
    parts: list[Part] = []
    done = 0
    for region in _regions(tokens, edits):
        start, end = min(edit.start for edit in region), max(edit.end for edit in region)
        if done < start:
            parts.append(_part(tokens, done, start, []))
        parts.append(_part(tokens, start, end, region))
        done = end
    if done < len(tokens):
        parts.append(_part(tokens, done, len(tokens), []))
    return ThreeWay(tuple(parts))


@dataclass(frozen=True, slots=True)
class _Edit:
    """Base tokens [start, end) that one of the two replaced."""

    start: int
    end: int
    text: str
    side: Literal["theirs", "mine"]


def _edits(base: Sequence[str], text: str, side: Literal["theirs", "mine"]) -> list[_Edit]:
    tokens = _TOKEN.findall(text)
    found: list[_Edit] = []
    for step in Indel.opcodes(base, tokens):
        if step.tag == "equal":
            continue
        edit = _Edit(step.src_start, step.src_end, "".join(tokens[step.dest_start : step.dest_end]), side)
        if found and found[-1].end == edit.start:
            edit = _Edit(found[-1].start, edit.end, found.pop().text + edit.text, side)
        found.append(edit)
    return found


def _regions(base: Sequence[str], edits: Iterable[_Edit]) -> list[list[_Edit]]:
    """The edits in order, those together that cannot be taken apart."""
    regions: list[list[_Edit]] = []
    for edit in edits:
        if regions:
            end = max(each.end for each in regions[-1])
            both = any(each.side != edit.side for each in regions[-1])
            between = "".join(base[end : edit.start])
            if edit.start < end or (both and not between.strip()):
                regions[-1].append(edit)
                continue
        regions.append([edit])
    return regions


def _part(base: Sequence[str], start: int, end: int, region: Iterable[_Edit]) -> Part:
    return Part(
        "".join(base[start:end]), _side(base, start, end, region, "theirs"), _side(base, start, end, region, "mine")
    )


def _side(base: Sequence[str], start: int, end: int, region: Iterable[_Edit], side: str) -> str:
    """Base tokens [start, end) as one of the two left them."""
    out: list[str] = []
    done = start
    for edit in region:
        if edit.side == side:
            out += [*base[done : edit.start], edit.text]
            done = edit.end
    return "".join([*out, *base[done:end]])


def _stretches(old: Sequence[str], new: Sequence[str]) -> list[str | _Change]:
    """Shared text and changes, in turns."""
    found: list[str | _Change] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            found.append("".join(new[step.dest_start : step.dest_end]))
            continue
        if not found or isinstance(found[-1], str):
            found.append(_Change())
        change = found[-1]
        assert isinstance(change, _Change)
        change.removed += "".join(old[step.src_start : step.src_end])
        change.added += "".join(new[step.dest_start : step.dest_end])
    return found


def _joined(stretches: Iterable[str | _Change]) -> list[str | _Change]:
    """The same with the changes joined that only a space parts, where words were replaced on both sides of it."""
    found: list[str | _Change] = []
    for stretch in stretches:
        if isinstance(stretch, _Change) and len(found) >= 2:
            change, between = found[-2:]
            if isinstance(change, _Change) and isinstance(between, str) and between.isspace():
                removed = change.removed + between + stretch.removed
                added = change.added + between + stretch.added
                if removed.strip() and added.strip():
                    found[-2:] = [_Change(removed, added)]
                    continue
        found.append(stretch)
    return found
