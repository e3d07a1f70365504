from __future__ import annotations

from fractions import Fraction

import pytest

from reviews.checks.quantities.numerals import digit_runs, numeral_value


@pytest.mark.parametrize(
    ("numeral", "german", "english"),
    [
        ("0", 0, 0),
        ("7", 7, 7),
        ("1450", 1450, 1450),
        ("1.450", 1450, Fraction("1.45")),
        ("1,450", Fraction("1.45"), 1450),
        ("9,8", Fraction("9.8"), None),
        ("9.8", None, Fraction("9.8")),
        ("1.234,5", Fraction("1234.5"), None),
        ("1,234.5", None, Fraction("1234.5")),
        ("1.234.567", 1_234_567, None),
        ("1,234,567", None, 1_234_567),
        ("10 000", 10_000, 10_000),
        ("10\u00a0000", 10_000, 10_000),
        ("10\u202f000", 10_000, 10_000),
        ("10'000", 10_000, 10_000),
        ("10’000,5", Fraction("10000.5"), None),
        ("0,05", Fraction("0.05"), None),
        ("007", 7, 7),
        ("10.1.3", None, None),
        ("1,2,3", None, None),
        ("1.2345", None, Fraction("1.2345")),
        ("12.34,5", None, None),
        ("9" * 24, int("9" * 24), int("9" * 24)),
        ("9" * 25, None, None),  # no amount; and Python refuses to convert very long ones
        ("9" * 5000, None, None),
    ],
)
def test_a_numeral_is_worth_what_its_notation_says(numeral, german, english):
    assert numeral_value(numeral, ",") == german
    assert numeral_value(numeral, ".") == english


def test_the_numbers_a_code_is_written_with():
    assert digit_runs("CVE-2026-10417") == (2026, 10417)
    assert digit_runs("none") == ()
    assert digit_runs("7" * 5000) == ()
