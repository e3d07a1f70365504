"""Numbers, dates and times as German and English write them, read by value."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from .english import read_english
from .german import read_german
from .values import Code, Date, Decade, Number, Quantity, Reading, Strength, Time

#: So many texts are remembered: several checks read the numbers of the same pair, one after the other.
_REMEMBERED = 64


def _read_once(read: Callable[[str], list[Quantity]]) -> Callable[[str], Sequence[Quantity]]:
    return lru_cache(_REMEMBERED)(lambda text: tuple(read(text)))


#: The reader of each language the checks know, by primary subtag.
READERS = {"de": _read_once(read_german), "en": _read_once(read_english)}

__all__ = [
    "READERS",
    "Code",
    "Date",
    "Decade",
    "Number",
    "Quantity",
    "Reading",
    "Strength",
    "Time",
    "read_english",
    "read_german",
]
