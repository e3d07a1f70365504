"""Inline codes of a translation: which code of the source each of them is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from reviews.values import SOFT_HYPHEN, CodedText, InlineCode

_HREF = re.compile(r"""\shref="([^"]*)""")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A pair of codes, or a single one: what has one id."""

    id: str
    kind: str
    is_pair: bool
    raw: str

    @property
    def href(self) -> str:
        match = _HREF.search(self.raw)
        return match[1] if match else ""


def match_codes(source: CodedText, target: CodedText) -> CodedText:
    """The translation with each of its codes under the id of the source code it corresponds to.

    Codes correspond when their markup is the same, else when they link to the same address, else when they are of
    the same kind, each in order of appearance. A code without a counterpart gets an id that no other code has.
    """
    wanted = _units(target.codes)
    free = _units(source.codes)
    taken = {unit.id for unit in free}
    ids: dict[str, str] = {}
    keys: tuple[Callable[[_Unit], Hashable], ...] = (
        lambda unit: (unit.raw, unit.is_pair),
        lambda unit: (unit.href, unit.is_pair) if unit.href else None,
        lambda unit: (unit.kind, unit.is_pair),
    )
    for key in keys:
        for unit in wanted:
            found = next((other for other in free if key(other) is not None and key(other) == key(unit)), None)
            if unit.id not in ids and found is not None:
                ids[unit.id] = found.id
                free.remove(found)
    for unit in wanted:
        if unit.id not in ids:
            ids[unit.id] = _fresh_id(taken)
            taken.add(ids[unit.id])
    return replace(target, codes=tuple(replace(code, id=ids[code.id]) for code in target.codes))


def _units(codes: Sequence[InlineCode]) -> list[_Unit]:
    """One unit per id, in order of appearance; codes that lost their other half are units too."""
    units: dict[str, _Unit] = {}
    for code in codes:
        units.setdefault(code.id, _Unit(code.id, code.kind, code.part != "single", code.raw))
    return list(units.values())


def _fresh_id(taken: set[str]) -> str:
    number = len(taken) + 1
    while str(number) in taken:
        number += 1
    return str(number)


def compose(coded: CodedText) -> CodedText:
    """The text in NFC where letters and their marks came from different sides of a code; codes stay where they were."""
    if unicodedata.is_normalized("NFC", coded.text):
        return coded
    text = unicodedata.normalize("NFC", coded.text)
    positions = [len(unicodedata.normalize("NFC", coded.text[: code.pos])) for code in coded.codes]
    codes = (replace(code, pos=min(pos, len(text))) for code, pos in zip(coded.codes, positions, strict=True))
    return CodedText(text, tuple(codes))


def normalised(coded: CodedText) -> CodedText:
    """The text as the product keeps it (see `values.normalise`); codes stay between the letters they stood between."""
    if SOFT_HYPHEN in coded.text:
        codes = (replace(code, pos=code.pos - coded.text.count(SOFT_HYPHEN, 0, code.pos)) for code in coded.codes)
        coded = CodedText(coded.text.replace(SOFT_HYPHEN, ""), tuple(codes))
    return compose(coded)
