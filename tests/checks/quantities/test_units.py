from __future__ import annotations

from fractions import Fraction

import pytest

from reviews.checks.quantities.units import find_conversion
from reviews.checks.quantities.values import Number, Quantity


def amount(value: str, unit: str) -> Quantity:
    return Quantity(0, 1, value, (Number(Fraction(value)),), unit=unit)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("320", "kilometer"), ("200", "miles")),  # 198.8
        (("100", "km"), ("60", "mile")),  # 62.1
        (("1.5", "km"), ("1500", "metres")),
        (("30", "zentimeter"), ("12", "inches")),  # 11.8
        (("5", "kg"), ("11", "pounds")),  # 11.02
        (("24", "stunden"), ("1", "day")),
        (("14", "tage"), ("2", "weeks")),
        (("2", "jahrzehnte"), ("20", "years")),
        (("12", "monate"), ("1", "year")),
    ],
)
def test_a_rounded_conversion_is_found_both_ways(one, other):
    assert find_conversion(amount(*one), [amount(*other)]) == 0
    assert find_conversion(amount(*other), [amount(*one)]) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("320", "kilometer"), ("250", "miles")),  # 20 percent off
        (("17", "stunden"), ("17", "days")),
        (("5", "km"), ("5", "kilometers")),  # the same unit: an equal number was matched before
        (("5", "km"), ("6", "kilometers")),
        (("5", "km"), ("11", "pounds")),
        (("5", "leute"), ("5", "days")),
        (("5", "km"), ("3", "")),
    ],
)
def test_what_is_no_conversion_is_not(one, other):
    assert find_conversion(amount(*one), [amount(*other)]) is None


def test_the_place_among_the_others_is_given():
    others = [amount("7", "days"), amount("200", "miles")]
    assert find_conversion(amount("320", "km"), others) == 1
    assert find_conversion(amount("320", "km"), []) is None


def test_a_quantity_without_a_number_has_no_amount():
    assert find_conversion(Quantity(0, 1, "x", (), unit="km"), [amount("200", "miles")]) is None
