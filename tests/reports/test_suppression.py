"""Nothing that can be computed from a published table stands for fewer people than may be shown."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.reports.suppression import FEWEST_PEOPLE, Cell, Published, publishable

ROWS, COLUMNS = "ABC", "xyz"
FEW = 3

Tables = dict[Cell, set[int]]
tables = st.dictionaries(
    st.tuples(st.sampled_from(ROWS), st.sampled_from(COLUMNS)), st.sets(st.integers(1, 7), max_size=5), max_size=9
)


def people_of(cells: Collection[Cell], people: Mapping[Cell, set[int]]) -> int:
    return len(set().union(*(people[cell] for cell in cells)))


def equations(people: Tables, shown: Published) -> tuple[list[Cell], np.ndarray]:
    """The hidden cells, and what every published total says of them, shown cells taken off: one row of weights each."""
    hidden = [cell for cell in people if people[cell] and cell not in shown.cells]
    totals = [[cell[0] == row for cell in hidden] for row in shown.rows]
    totals += [[cell[1] == column for cell in hidden] for column in shown.columns]
    totals += [[True] * len(hidden)] if shown.grand else []
    return hidden, np.array(totals, dtype=float).reshape(len(totals), len(hidden))


def rank(matrix: np.ndarray) -> int:
    return int(np.linalg.matrix_rank(matrix)) if matrix.size else 0


def told(people: Tables, shown: Published) -> list[tuple[Cell, ...]]:
    """Sets of hidden cells of too few people about which some combination of published numbers says anything.

    A combination that leaves out all other cells exists exactly where taking out these columns lowers the rank.
    """
    hidden, matrix = equations(people, shown)
    found = []
    for size in range(1, len(hidden) + 1):
        for some in combinations(range(len(hidden)), size):
            cells = tuple(hidden[number] for number in some)
            if people_of(cells, people) < FEW and rank(np.delete(matrix, some, axis=1)) < rank(matrix):
                found.append(cells)
    return found


@settings(deadline=None)
@given(tables)
def test_nothing_can_be_computed_about_fewer_people_than_may_be_shown(people: Tables) -> None:
    shown = publishable(people, FEW)
    assert told(people, shown) == []
    for cell in shown.cells:
        assert people_of([cell], people) >= FEW
    for place, lines in ((0, shown.rows), (1, shown.columns)):
        for line in lines:
            assert people_of([cell for cell in people if cell[place] == line], people) >= FEW
    assert not shown.grand or people_of(list(people), people) >= FEW


@given(tables)
def test_a_table_of_enough_people_everywhere_is_shown_whole(people: Tables) -> None:
    people = {cell: who | {11, 12, 13} for cell, who in people.items()}
    shown = publishable(people, FEW)
    assert shown.cells == people.keys()
    assert shown.rows == {row for row, _ in people}
    assert shown.columns == {column for _, column in people}
    assert shown.grand == bool(people)


@given(tables)
def test_the_order_in_which_cells_come_changes_nothing(people: Tables) -> None:
    assert publishable(dict(reversed(people.items())), FEW) == publishable(people, FEW)


def test_the_proof_tells_a_table_whose_totals_give_a_hidden_cell_away() -> None:
    people = {("A", "x"): {1}, ("A", "y"): {1, 2, 3}}
    careless = Published(frozenset({("A", "y")}), frozenset("A"), frozenset(), grand=False)
    assert told(people, careless) == [(("A", "x"),)]


def test_a_second_cell_of_the_row_is_hidden_with_one_of_too_few() -> None:
    six = {1, 2, 3, 4, 5, 6}
    people = {("A", "x"): {1, 2}, ("A", "y"): six, ("A", "z"): six - {6}, ("B", "y"): six, ("B", "z"): six}
    shown = publishable(people)
    assert shown.cells == {("A", "y"), ("B", "y"), ("B", "z")}
    assert (shown.rows, shown.columns, shown.grand) == (frozenset("AB"), frozenset("y"), True)


def test_two_hidden_cells_of_a_row_are_no_cover_for_each_other_when_few_stand_behind_both() -> None:
    people = {("A", "x"): {1, 2}, ("A", "y"): {2, 3}, ("A", "z"): {1, 2, 3, 4, 5}}
    shown = publishable(people)
    assert (shown.cells, shown.rows, shown.columns, shown.grand) == (frozenset(), frozenset("A"), frozenset(), True)


def test_an_engine_that_few_tried_is_not_told_by_the_grand_total() -> None:
    six = {1, 2, 3, 4, 5, 6}
    people = {("A", "x"): six, ("A", "y"): six | {7}, ("trial", "x"): {1, 2}}
    shown = publishable(people)
    assert (shown.rows, shown.grand) == (frozenset(), True)
    assert shown.cells == {("A", "y")}


def test_four_people_are_too_few_and_five_are_enough() -> None:
    assert FEWEST_PEOPLE == 5
    assert not publishable({("A", "x"): {1, 2, 3, 4}}).grand
    assert publishable({("A", "x"): {1, 2, 3, 4, 5}}).grand


def test_a_desk_of_four_sees_nothing() -> None:
    people = {(row, column): {1, 2, 3, 4} for row in ROWS for column in COLUMNS}
    assert publishable(people) == Published(frozenset(), frozenset(), frozenset(), grand=False)
