"""How much of the engines' texts was changed, by engine and section, as far as it may be shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .desk.quantiles import MEDIAN, MOST, quantile
from .suppression import Cell, publishable

#: An engine (its id) and a section; None stands for all of them.
Place = tuple[int | None, str | None]


@dataclass(frozen=True, slots=True)
class EditedText:
    """A text that was reviewed: which engine's it was, where, who edited it, and how much (edits per 100 words)."""

    system: int
    section: str
    editor: int
    rate: float
    unchanged: bool


@dataclass(frozen=True, slots=True)
class Effort:
    """So many texts, so many of them unchanged; the edit rate that half of them, and nine in ten, do not exceed."""

    texts: int
    unchanged: int
    median: float
    most: float


def efforts(texts: Iterable[EditedText]) -> dict[Place, Effort | None]:
    """The figures of every engine and section there are, with totals; None where they may not be shown."""
    places: dict[Place, list[EditedText]] = defaultdict(list)
    for text in texts:
        for place in _places(text):
            places[place].append(text)
    shown = _shown(places)
    return {place: _effort(there) if place in shown else None for place, there in places.items()}


def _places(text: EditedText) -> Sequence[Place]:
    return (text.system, text.section), (text.system, None), (None, text.section), (None, None)


def _shown(places: Mapping[Place, Sequence[EditedText]]) -> set[Place]:
    cells: dict[Cell, set[int]] = {
        (str(system), section): {text.editor for text in there}
        for (system, section), there in places.items()
        if system is not None and section is not None
    }
    published = publishable(cells)
    shown: set[Place] = {(int(system), section) for system, section in published.cells}
    shown |= {(int(system), None) for system in published.rows}
    shown |= {(None, section) for section in published.columns}
    return shown | ({(None, None)} if published.grand else set())


def _effort(texts: Sequence[EditedText]) -> Effort:
    rates = sorted(text.rate for text in texts)
    return Effort(len(texts), sum(text.unchanged for text in texts), quantile(rates, MEDIAN), quantile(rates, MOST))
