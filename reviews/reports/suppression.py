"""What of a two-way table may be shown where every number has to stand for at least five people.

Cell suppression as official statistics have it: a cell below the threshold is hidden, and with it as many others as
keep it from being computed out of the totals (L. H. Cox, Suppression Methodology and Statistical Disclosure Control,
JASA 75(370), 1980; A. Hundepool et al., Statistical Disclosure Control, Wiley 2012, chapter 4). Two things are stricter
here:

- What can be computed is a number, too. That a hidden cell has no exact value of its own is not enough, when the sum of
  two hidden ones is that of three people. So whatever can be computed has to stand for enough people.
- Nobody searches for the smallest pattern. One that can be proven by reading it is worth a few cells more:

  1. A cell of too few people is hidden.
  2. The hidden cells of a row are a group: its sum is the row's total less what is shown. Where the group is of too few
     people, one more cell of the row is hidden. That one is of enough people, and so is the group then. A row that has
     none to hide loses its total.
  3. The hidden cells of all rows without a total are a group in the same way, by the grand total. Where it is of too
     few people, one more row loses its total.
  4. A column's total is shown where none of its cells is hidden.

Every published total is then a sum of shown cells and of whole groups, and no two groups share a cell. So in whatever
linear combination of published numbers all cells of a group have the same weight: what can be computed about hidden
cells are sums of whole groups, and each of those is of enough people. The tests ask linear algebra the same, without
this argument.

It holds for one table. That no two tables can be held against each other is a matter of which tables there are:
docs/decisions/0021-tables-that-cannot-be-subtracted.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

#: The fewest distinct people a number may stand for (docs/privacy.md).
FEWEST_PEOPLE: Final = 5

#: A row and a column.
Cell = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Published:
    """What of a table may be shown: its cells, totals of rows, totals of columns, and the grand total."""

    cells: frozenset[Cell]
    rows: frozenset[str]
    columns: frozenset[str]
    grand: bool


def publishable(people: Mapping[Cell, Collection[int]], fewest: int = FEWEST_PEOPLE) -> Published:
    """What may be shown of a table whose cells these people stand behind.

    A cell that nobody stands behind is empty, which everybody may know. `people` are any numbers that tell them apart.
    The same people always give the same answer.
    """
    table = _Table({cell: frozenset(who) for cell, who in people.items() if who}, fewest)
    table.hide_what_few_made()
    table.protect_rows()
    table.protect_grand_total()
    return table.published()


class _Table:
    """A table on its way: what is hidden of it so far."""

    def __init__(self, people: Mapping[Cell, frozenset[int]], fewest: int) -> None:
        self._people = people
        self._fewest = fewest
        self._hidden: set[Cell] = set()
        self._rows = {row: sorted(cell for cell in people if cell[0] == row) for row, _ in people}
        self._without_total: set[str] = set()

    def hide_what_few_made(self) -> None:
        self._hidden |= {cell for cell in self._people if self._too_few([cell])}

    def protect_rows(self) -> None:
        for row in sorted(self._rows):
            if self._too_few(self._group(row)) and not self._hide_one_more(row):
                self._without_total.add(row)

    def protect_grand_total(self) -> None:
        """One more row loses its total where those without one would be told by the grand total."""
        others = sorted(set(self._rows) - self._without_total, key=lambda row: (self._count(self._rows[row]), row))
        if self._too_few(self._rest()) and others:
            if not self._group(others[0]):
                self._hide_one_more(others[0])
            self._without_total.add(others[0])

    def published(self) -> Published:
        touched = {column for _, column in self._hidden}
        return Published(
            cells=frozenset(self._people.keys() - self._hidden),
            rows=frozenset(self._rows.keys() - self._without_total),
            columns=frozenset({column for _, column in self._people} - touched),
            grand=bool(self._people) and not self._too_few(self._rest()),
        )

    def _group(self, row: str) -> list[Cell]:
        return [cell for cell in self._rows[row] if cell in self._hidden]

    def _rest(self) -> list[Cell]:
        """The hidden cells of rows without a total."""
        return [cell for row in self._without_total for cell in self._group(row)]

    def _hide_one_more(self, row: str) -> bool:
        """Hide the cell of a row that costs least: where the column's total is lost already, then of fewest people."""
        touched = {column for _, column in self._hidden}
        shown = [cell for cell in self._rows[row] if cell not in self._hidden]
        if not shown:
            return False
        self._hidden.add(min(shown, key=lambda cell: (cell[1] not in touched, self._count([cell]), cell)))
        return True

    def _count(self, cells: Iterable[Cell]) -> int:
        return len(frozenset[int]().union(*(self._people[cell] for cell in cells)))

    def _too_few(self, cells: Collection[Cell]) -> bool:
        """Whether these cells are there, and too few people stand behind all of them together."""
        return bool(cells) and self._count(cells) < self._fewest
