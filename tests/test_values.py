"""Cells that spreadsheets must not take for formulas."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.values import shielded, unshielded

TEXTS = st.text(st.sampled_from("'=+-@\t\r\n,;|\"a ä"), max_size=12)


@given(TEXTS)
def test_every_cell_comes_back_as_it_was(cell: str) -> None:
    assert unshielded(shielded(cell)) == cell


@given(TEXTS, st.sampled_from(",;\t|"), st.sampled_from(",;\t|"))
def test_no_cell_begins_like_a_formula_whatever_the_spreadsheet_divides_rows_at(
    cell: str, written: str, read: str
) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=written).writerow(["1", shielded(cell)])
    # A spreadsheet that divides elsewhere and knows no quotation marks any more sees the worst of it.
    for line in out.getvalue().splitlines():
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            for row in csv.reader([line], delimiter=read, quoting=quoting):
                assert not [seen for seen in row if seen.startswith(("=", "+", "-", "@"))], row


@pytest.mark.parametrize("cell", ["'s Gravenhage", "'-tuning'", "Ja - nein", "1+1", "a=b"])
def test_what_is_no_formula_is_left_alone_or_comes_back(cell: str) -> None:
    assert unshielded(shielded(cell)) == cell
    if cell != "'-tuning'":
        assert shielded(cell) == cell
