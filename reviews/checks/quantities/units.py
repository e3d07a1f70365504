"""Units a translation may convert: 320 km is 200 miles, two decades are 20 years."""

from __future__ import annotations

from collections.abc import Sequence

from .values import Number, Quantity

_METRES = {
    "km": 1000.0, "kilometer": 1000.0, "kilometern": 1000.0, "kilometers": 1000.0, "kilometre": 1000.0,
    "kilometres": 1000.0, "kmh": 1000.0, "kph": 1000.0, "stundenkilometer": 1000.0, "stundenkilometern": 1000.0,
    "mile": 1609.344, "miles": 1609.344, "mph": 1609.344, "meile": 1609.344, "meilen": 1609.344,
    "m": 1.0, "meter": 1.0, "metern": 1.0, "meters": 1.0, "metre": 1.0, "metres": 1.0,
    "yard": 0.9144, "yards": 0.9144, "foot": 0.3048, "feet": 0.3048, "ft": 0.3048, "fuß": 0.3048,
    "cm": 0.01, "zentimeter": 0.01, "zentimetern": 0.01, "centimeter": 0.01, "centimeters": 0.01, "centimetre": 0.01,
    "centimetres": 0.01, "inch": 0.0254, "inches": 0.0254, "zoll": 0.0254,
}  # fmt: skip
_KILOGRAMS = {
    "kg": 1.0, "kilo": 1.0, "kilos": 1.0, "kilogramm": 1.0, "kilogram": 1.0, "kilograms": 1.0, "g": 0.001,
    "gramm": 0.001, "gram": 0.001, "grams": 0.001, "tonne": 1000.0, "tonnen": 1000.0, "tonnes": 1000.0,
    "pound": 0.4536, "pounds": 0.4536, "pfund": 0.5, "ton": 907.2, "tons": 907.2, "ounce": 0.02835, "ounces": 0.02835,
}  # fmt: skip
_DAYS = {
    "minute": 1 / 1440, "minuten": 1 / 1440, "minutes": 1 / 1440, "stunde": 1 / 24, "stunden": 1 / 24, "hour": 1 / 24,
    "hours": 1 / 24, "tag": 1.0, "tage": 1.0, "tagen": 1.0, "day": 1.0, "days": 1.0, "woche": 7.0, "wochen": 7.0,
    "week": 7.0, "weeks": 7.0, "monat": 30.4, "monate": 30.4, "monaten": 30.4, "month": 30.4, "months": 30.4,
    "jahr": 365.0, "jahre": 365.0, "jahren": 365.0, "year": 365.0, "years": 365.0, "jahrzehnt": 3650.0,
    "jahrzehnte": 3650.0, "jahrzehnten": 3650.0, "decade": 3650.0, "decades": 3650.0,
}  # fmt: skip
_DIMENSIONS = (_METRES, _KILOGRAMS, _DAYS)
#: Conversions are rounded: 100 km are "about 60 miles".
_TOLERANCE = 0.05


def find_conversion(quantity: Quantity, others: Sequence[Quantity]) -> int | None:
    """The place in `others` of the same amount in another unit, or None."""
    for dimension in _DIMENSIONS:
        factor = dimension.get(quantity.unit)
        amount = _value(quantity)
        if factor is None or amount is None:
            continue
        for place, other in enumerate(others):
            other_factor, other_amount = dimension.get(other.unit), _value(other)
            if other_factor is None or other_amount is None or other_factor == factor:
                continue
            if abs(amount * factor - other_amount * other_factor) <= _TOLERANCE * amount * factor:
                return place
    return None


def _value(quantity: Quantity) -> float | None:
    first = quantity.readings[0] if quantity.readings else None
    return float(first.value) if isinstance(first, Number) else None
