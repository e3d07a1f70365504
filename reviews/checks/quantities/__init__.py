"""Numbers, dates and times as German and English write them, read by value."""

from .english import read_english
from .german import read_german
from .values import Code, Date, Decade, Number, Quantity, Reading, Strength, Time

#: The reader of each language the checks know, by primary subtag.
READERS = {"de": read_german, "en": read_english}

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
