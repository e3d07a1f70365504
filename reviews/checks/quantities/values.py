"""What a number in a text may mean.

A written number can be read in more than one way: "9/11" is a date or a fraction, "Mai 21" a day or a year. A
quantity therefore carries *readings*; two quantities agree when they share one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Number:
    """A plain value: a cardinal, an ordinal, a decimal, a fraction, a percentage, a year."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Date:
    """A day of a month. The year, where there is one, is a number of its own."""

    day: int
    month: int


@dataclass(frozen=True, slots=True)
class Time:
    """Minutes since midnight."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Code:
    """A version, a model or an identifier: compared as a string."""

    text: str


@dataclass(frozen=True, slots=True)
class Decade:
    """The first year of a decade."""

    year: int


Reading = Number | Date | Time | Code | Decade


class Strength(Enum):
    """How sure a quantity is a figure the other side must repeat."""

    #: Missing, added and changed are all worth a finding: digits, and number words above twelve.
    FIRM = "firm"
    #: Often dropped or rephrased with good reason ("alle drei" → "all"): a finding only if another number stands
    #: in its place.
    LOOSE = "loose"
    #: A scale without a figure ("Millionen Menschen"): a finding only if another scale stands in its place.
    VAGUE = "vague"
    #: May answer a number on the other side ("both", "decade"), and is never a finding itself.
    FAINT = "faint"


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number in a text: where it stands, what it may mean and how sure that is.

    `parts` are the numbers it is written with, for when the other side takes it apart ("3. und 4. Mai" → "May 3
    and 4"). `foreign` is its value by the *other* language's notation. `unit` is the word behind it, lower case.
    """

    start: int
    end: int
    text: str
    readings: tuple[Reading, ...]
    strength: Strength = Strength.FIRM
    parts: tuple[Fraction, ...] = ()
    foreign: Number | None = None
    unit: str = ""

    @property
    def span(self) -> tuple[int, int]:
        return self.start, self.end
