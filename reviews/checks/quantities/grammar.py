"""From words and numerals to quantities: "3,6" + "Milliarden", "two" + "thirds", "zwei" + "Dutzend".

German and English build their numbers alike, so they share this grammar; their lexers say what each word is. A
lexer hands over lexemes, each with a one-letter role; the roles of a text, written one after another, make its
*shape*, and a phrase that makes one number is a regular expression over the shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from .values import Number, Quantity, Reading, Strength

# The roles. Letters of the shape alphabet, no more than that.
QUANTITY: Final = "Q"  # complete in itself: a date, a time, an ordinal
FIGURE: Final = "F"  # a numeral: 3.6
ONE: Final = "I"  # the word one
UNIT: Final = "U"  # two to nine
TEEN: Final = "X"  # ten to nineteen, and compounds written as one word
TENS: Final = "T"  # twenty, thirty, …
HUNDRED: Final = "C"
DOZEN: Final = "D"
THOUSANDS: Final = "K"  # thousand, million, billion, …
PART: Final = "P"  # third: a fraction after "a", else an ordinal
PARTS: Final = "p"  # thirds, Drittel: a fraction after any number
HALF: Final = "H"
ARTICLE: Final = "A"
AND: Final = "&"
OF: Final = "o"
PERCENT: Final = "%"  # percent and cent: a hundredth is meant
_BREAK: Final = " "


@dataclass(frozen=True, slots=True)
class Lexeme:
    """One word or numeral the lexer knows; `readings` and `strength` are what it means standing alone."""

    start: int
    end: int
    role: str
    value: Fraction = Fraction(0)
    readings: tuple[Reading, ...] = ()
    strength: Strength = Strength.FIRM
    parts: tuple[Fraction, ...] = ()
    foreign: Number | None = None


_BELOW_100 = "(?:T[IU]|[TXUI])"
_BELOW_1000 = f"(?:[UXIA]?C(?:&?{_BELOW_100})?|{_BELOW_100})"
_PHRASE = re.compile(
    "|".join(
        (
            "(?P<half>[AI]?Ho?A?[KCD])",  # half a million, eine halbe Million
            "(?P<of>(?:[AI]P|[FUX]p|p|P)oA[KCD])",  # a quarter of a million
            f"(?P<mixed>(?:F|{_BELOW_1000})&AHK{{0,2}})",  # two and a half million
            "(?P<ordinal>TP)",  # twenty-first
            "(?P<share>[AI]P(?=o))",  # a third of
            "(?P<fraction>[AI][Pp]|(?:F|U|X)p)",  # a third, two thirds
            "(?P<figure>F[KD]{0,2}%?)",  # 3.6 million, 8 percent
            f"(?P<words>(?:(?:(?:{_BELOW_1000}|A)?K){{1,4}}(?:&?{_BELOW_1000})?|[UXTAI]D|{_BELOW_1000})%?)",
            "(?P<alone>[QPpHD])",
        )
    )
)
_ADJACENT = re.compile(r"\s{1,2}|[-‐‑]|")
_UNIT = re.compile(r"\s?-?([^\W\d_]{1,20}|°C)")


def assemble(text: str, lexemes: Sequence[Lexeme], ranges: re.Pattern[str]) -> list[Quantity]:
    """The quantities of a text, in its order; `ranges` matches what stands between the ends of a range."""
    if not lexemes:
        return []
    shape, places = _shape(text, lexemes)
    quantities = []
    for match in _PHRASE.finditer(shape):
        members = [lexemes[place] for place in places[match.start() : match.end()]]
        meaning = _MEANINGS[str(match.lastgroup)](members)
        quantities.append((_quantity(text, members, meaning), meaning.scale))
    return list(_share_scales(text, quantities, ranges))


def _shape(text: str, lexemes: Sequence[Lexeme]) -> tuple[str, list[int]]:
    """The roles as one string, with a blank where other text stands between, and the lexeme behind each letter."""
    letters: list[str] = []
    places: list[int] = []
    for place, lexeme in enumerate(lexemes):
        if place and not _ADJACENT.fullmatch(text, lexemes[place - 1].end, lexeme.start):
            letters.append(_BREAK)
            places.append(-1)
        letters.append(lexeme.role)
        places.append(place)
    return "".join(letters), places


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What a phrase means; `scale` is what its figure was multiplied by."""

    readings: tuple[Reading, ...]
    strength: Strength
    scale: Fraction = Fraction(1)
    foreign: Number | None = None


def _alone(members: Sequence[Lexeme]) -> _Meaning:
    return _Meaning(members[0].readings, members[0].strength, foreign=members[0].foreign)


def _figure(members: Sequence[Lexeme]) -> _Meaning:
    first = members[0]
    scale = _product(members[1:])
    own = first.value if any(isinstance(reading, Number) for reading in first.readings) else None
    readings = first.readings
    if scale != 1:
        readings = () if own is None else (Number(own * scale),)
    foreign = Number(first.foreign.value * scale) if first.foreign else None
    strength = first.strength if scale == 1 else Strength.FIRM
    if own is not None:
        readings = _or_hundredth(readings, own, members)
    return _Meaning(readings, strength, scale, foreign)


def _words(members: Sequence[Lexeme]) -> _Meaning:
    counted = [member for member in members if member.role != PERCENT]
    if len(counted) == 1:
        alone = counted[0]
        return _Meaning(_or_hundredth(alone.readings, alone.value, members), alone.strength)
    value = _word_value(counted)
    scale = counted[-1].value if counted[-1].role == THOUSANDS else Fraction(1)
    if counted[0].strength is Strength.VAGUE and counted[0].role in (THOUSANDS, HUNDRED):
        strength = Strength.VAGUE
    elif counted[0].role in (ARTICLE, ONE) and len(counted) == 2 and value < 1_000_000:
        strength = Strength.LOOSE
    else:
        strength = Strength.FIRM
    return _Meaning(_or_hundredth((Number(value),), value, members), strength, scale)


def _half(members: Sequence[Lexeme]) -> _Meaning:
    return _Meaning((Number(members[-1].value / 2),), Strength.FIRM, members[-1].value)


def _part_of(members: Sequence[Lexeme]) -> _Meaning:
    share = next(member for member in members if member.role in (PART, PARTS)).value
    times = members[0].value if members[0].role in (FIGURE, UNIT, TEEN) else Fraction(1)
    return _Meaning((Number(times * share * members[-1].value),), Strength.LOOSE, members[-1].value)


def _mixed(members: Sequence[Lexeme]) -> _Meaning:
    at = next(
        index for index, member in enumerate(members) if member.role == AND and members[index + 1].role == ARTICLE
    )
    whole = members[0].value if members[0].role == FIGURE else _word_value(members[:at])
    scale = _product(members[at + 3 :])
    return _Meaning((Number((whole + Fraction(1, 2)) * scale),), Strength.LOOSE, scale)


def _ordinal(members: Sequence[Lexeme]) -> _Meaning:
    return _Meaning((Number(members[0].value + 1 / members[1].value),), Strength.LOOSE)


def _share(members: Sequence[Lexeme]) -> _Meaning:
    """ "A fifth of" is no fifth in a row."""
    return _Meaning((Number(members[1].value),), members[1].strength)


def _fraction(members: Sequence[Lexeme]) -> _Meaning:
    first, part = members
    if first.role in (ARTICLE, ONE):
        return _Meaning((Number(part.value), *part.readings), part.strength)
    return _Meaning((Number(first.value * part.value),), Strength.FIRM)


_MEANINGS = {
    "alone": _alone,
    "figure": _figure,
    "words": _words,
    "half": _half,
    "of": _part_of,
    "mixed": _mixed,
    "ordinal": _ordinal,
    "share": _share,
    "fraction": _fraction,
}


def _product(scales: Sequence[Lexeme]) -> Fraction:
    product = Fraction(1)
    for scale in scales:
        if scale.role != PERCENT:
            product *= scale.value
    return product


def _word_value(members: Sequence[Lexeme]) -> Fraction:
    """Two hundred and fifty thousand: hundreds multiply what came before, thousands close it."""
    total, current = Fraction(0), Fraction(0)
    for member in members:
        if member.role == ARTICLE:
            current = Fraction(1)
        elif member.role in (HUNDRED, DOZEN):
            current = (current or 1) * member.value
        elif member.role == THOUSANDS:
            total, current = (total + current * member.value if current else (total or 1) * member.value), Fraction(0)
        elif member.role != AND:
            current += member.value
    return total + current


def _or_hundredth(readings: tuple[Reading, ...], value: Fraction, members: Sequence[Lexeme]) -> tuple[Reading, ...]:
    """Percent may come back as a share ("50 Prozent" → "half"), cents as euros."""
    return (*readings, Number(value / 100)) if members[-1].role == PERCENT else readings


def _quantity(text: str, members: Sequence[Lexeme], meaning: _Meaning) -> Quantity:
    last = members[-2] if members[-1].role == PERCENT else members[-1]
    unit = _UNIT.match(text, last.end)
    return Quantity(
        start=members[0].start,
        end=last.end,
        text=text[members[0].start : last.end],
        readings=meaning.readings,
        strength=meaning.strength,
        parts=members[0].parts,
        foreign=meaning.foreign,
        unit=unit[1].lower() if unit else "",
    )


def _share_scales(
    text: str, quantities: Sequence[tuple[Quantity, Fraction]], ranges: re.Pattern[str]
) -> Iterator[Quantity]:
    """In "3 bis 5 Millionen" the 3 may mean three million as well."""
    for place, (quantity, scale) in enumerate(quantities):
        if scale == 1 and place + 1 < len(quantities) and quantity.readings:
            after, after_scale = quantities[place + 1]
            first = quantity.readings[0]
            if after_scale > 1 and isinstance(first, Number) and ranges.fullmatch(text, quantity.end, after.start):
                yield replace(quantity, readings=(*quantity.readings, Number(first.value * after_scale)))
                continue
        yield quantity
