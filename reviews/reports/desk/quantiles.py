"""The middle of many values, and what most of them stay below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

#: Shares of values that the median, and the second figure of a panel, are not exceeded by.
MEDIAN: Final = 0.5
MOST: Final = 0.9

Number = TypeVar("Number", int, float)


def quantile(values: Sequence[Number], share: float) -> Number:
    """The smallest of the values that at least this share of them does not exceed (Hyndman and Fan 1996, type 1).

    `values` are sorted and not empty. Always one of them, so that a figure of few is not between any two.
    """
    rank = -(-len(values) * share // 1)
    return values[max(0, int(rank) - 1)]
