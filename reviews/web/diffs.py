"""What differs between two texts, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class DiffPiece:
    """A stretch that both texts share, or that only one of them has."""

    kind: Literal["same", "removed", "added"]
    text: str


def word_diff(before: str, after: str) -> list[DiffPiece]:
    """The way from one text to the other in words and punctuation; what was removed stands before what was added."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    pieces: list[DiffPiece] = []
    removed = added = ""

    def change() -> None:
        nonlocal removed, added
        if removed:
            pieces.append(DiffPiece("removed", removed))
        if added:
            pieces.append(DiffPiece("added", added))
        removed = added = ""

    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            change()
            pieces.append(DiffPiece("same", "".join(new[step.dest_start : step.dest_end])))
        elif step.tag == "delete":
            removed += "".join(old[step.src_start : step.src_end])
        else:
            added += "".join(new[step.dest_start : step.dest_end])
    change()
    return pieces
