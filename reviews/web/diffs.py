"""What differs between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

#: A number with its points and commas is one word: "1,3" did not become "1,1" by its last digit.
_TOKEN = re.compile(r"\s+|\d+(?:[.,:]\d+)+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A stretch that both texts share, or that only one of them has."""

    kind: Literal["same", "removed", "added"]
    text: str


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
