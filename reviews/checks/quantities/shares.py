"""A share in words and the percentage it is rounded to: a third is 33 percent, or 33.3, never 30."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from .values import Number, Quantity

#: A share of more parts is not put in words, and rounding says little of it.
_MOST_PARTS = 12
_MOST_PLACES = 6
#: So many numbers of one side are compared with those of the other; keeps tables of numbers linear.
_MOST_COMPARED = 50


def without_rounded_shares(
    source: Sequence[Quantity], target: Sequence[Quantity]
) -> tuple[list[Quantity], list[Quantity]]:
    """The numbers of both sides but those where one is a share and the other its percentage, rounded."""
    used_source: set[tuple[int, int]] = set()
    used_target: set[tuple[int, int]] = set()
    for quantity in source[:_MOST_COMPARED]:
        for other in target[:_MOST_COMPARED]:
            if other.span not in used_target and (_rounds(quantity, other) or _rounds(other, quantity)):
                used_source.add(quantity.span)
                used_target.add(other.span)
                break
    return [q for q in source if q.span not in used_source], [q for q in target if q.span not in used_target]


def _rounds(share: Quantity, percentage: Quantity) -> bool:
    """Whether a percentage is that share, cut off or rounded at its last place."""
    value = _percentage(percentage)
    unit = None if value is None or _percentage(share) is not None else _last_place(value)
    if value is None or unit is None:
        return False
    return any(
        isinstance(reading, Number)
        and 0 < reading.value < 1
        and reading.value.denominator <= _MOST_PARTS
        and value in _cut_or_rounded(100 * reading.value, unit)
        for reading in share.readings
    )


def _cut_or_rounded(value: Fraction, unit: Fraction) -> tuple[Fraction, Fraction]:
    """
    >>> _cut_or_rounded(Fraction(200, 3), Fraction(1))
    (Fraction(66, 1), Fraction(67, 1))
    """
    return value // unit * unit, (value / unit + Fraction(1, 2)) // 1 * unit


def _percentage(quantity: Quantity) -> Fraction | None:
    """The figure of a percentage: 33 of "33 percent", which may be read as 33 or as 33 hundredths."""
    first = quantity.readings[0] if quantity.readings else None
    if isinstance(first, Number) and first.value and Number(first.value / 100) in quantity.readings[1:]:
        return first.value
    return None


def _last_place(value: Fraction) -> Fraction | None:
    """What one unit of the last decimal place is worth; None where there is none, as of ⅓.

    >>> _last_place(Fraction(33)), _last_place(Fraction(333, 10))
    (Fraction(1, 1), Fraction(1, 10))
    """
    places = next((n for n in range(_MOST_PLACES) if (value * 10**n).denominator == 1), None)
    return None if places is None else Fraction(1, 10**places)
