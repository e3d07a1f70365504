"""Numbers written in digits, by the notation of a language."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

#: Blanks that may group digits: no-break, narrow no-break, thin and plain space.
_BLANKS = "\u00a0\u202f\u2009 "

#: A numeral in any notation, for use inside larger patterns: "1.450,5", "10 000", "2.0.1".
NUMERAL = rf"(?:[0-9]{{1,3}}(?:[{_BLANKS}'’][0-9]{{3}})+(?![0-9])(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]+)*)"

#: Links, e-mail addresses, handles and hashtags: their digits are no numbers. Lengths are bounded so that a hostile
#: line of one long "word" costs linear time.
LINK = (
    r"(?:https?://|www\.)\S{1,2000}|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"
    r"|(?<![\w/])[#@][^\W\d]\w*"
)

#: CVE-2026-10417 and its like: letters, then two or more groups of digits.
IDENTIFIER = r"(?<!\w)[A-Z]{2,10}(?:-[0-9]{1,9}){2,4}(?![\w-])"

VULGAR_FRACTIONS = {
    "½": Fraction(1, 2),
    "⅓": Fraction(1, 3),
    "⅔": Fraction(2, 3),
    "¼": Fraction(1, 4),
    "¾": Fraction(3, 4),
    "⅕": Fraction(1, 5),
    "⅛": Fraction(1, 8),
}

#: Longer runs of digits are no amounts (and Python refuses to convert very long ones): they count as codes.
_LONGEST_NUMBER = 24

_PLAIN = re.compile(r"[0-9]+")
_BY_NOTATION = {
    decimal: re.compile(
        rf"[0-9]+{re.escape(decimal)}[0-9]+"
        rf"|[0-9]{{1,3}}(?:(?P<group>[{re.escape(group)}{_BLANKS}'’])[0-9]{{3}})(?:(?P=group)[0-9]{{3}})*"
        rf"(?:{re.escape(decimal)}[0-9]+)?"
    )
    for decimal, group in ((",", "."), (".", ","))
}


@lru_cache(maxsize=4096)
def numeral_value(numeral: str, decimal: str) -> Fraction | None:
    """What a numeral is worth where `decimal` is the decimal mark; None if it is no number by that notation.

    >>> numeral_value("1.450", ","), numeral_value("1.450", "."), numeral_value("9,8", ".")
    (Fraction(1450, 1), Fraction(29, 20), None)
    """
    if len(numeral) > _LONGEST_NUMBER:
        return None
    if _PLAIN.fullmatch(numeral):
        return Fraction(int(numeral))
    if not _BY_NOTATION[decimal].fullmatch(numeral):
        return None
    whole, _, tail = numeral.partition(decimal)
    digits = "".join(char for char in whole if char.isdigit())
    return Fraction(int(digits + tail), 10 ** len(tail))


def other_decimal(decimal: str) -> str:
    return "." if decimal == "," else ","


def digit_runs(text: str) -> tuple[Fraction, ...]:
    """The whole numbers a code or date is written with: (2026, 10417) of "CVE-2026-10417"."""
    return tuple(Fraction(int(run)) for run in re.findall(r"[0-9]+", text) if len(run) <= _LONGEST_NUMBER)
