"""Quantities as short text, for tables: `14:20` a time, `3/4` a day of a month, `1980s` a decade, `~` not firm."""

from __future__ import annotations

from collections.abc import Sequence

from reviews.checks.quantities import Code, Date, Decade, Number, Quantity, Reading, Strength, Time

MARKS = {Strength.FIRM: "", Strength.LOOSE: "~", Strength.VAGUE: "≈", Strength.FAINT: "?"}


def shown(quantities: Sequence[Quantity]) -> list[str]:
    """Each with the mark of its strength and its first reading."""
    return [MARKS[quantity.strength] + reading_shown(quantity.readings[0]) for quantity in quantities]


def reading_shown(reading: Reading) -> str:
    match reading:
        case Number(value):
            return str(value)
        case Date(day, month):
            return f"{day}.{month}."
        case Time(minutes):
            return f"{minutes // 60}:{minutes % 60:02}"
        case Code(text):
            return text
        case Decade(year):
            return f"{year}s"


def may_mean(quantity: Quantity) -> set[str]:
    return {reading_shown(reading) for reading in quantity.readings}
