"""Reads the numbers, dates and times of an English text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache

from . import grammar, lexing
from .grammar import Lexeme, assemble
from .lexing import Says, Word, number_word
from .numerals import IDENTIFIER, LINK, NUMERAL, numeral_value
from .values import Code, Date, Number, Quantity, Reading, Strength, Time

_MONTHS = (
    "January|Jan", "February|Feb", "March|Mar", "April|Apr", "May", "June|Jun", "July|Jul", "August|Aug",
    "September|Sept|Sep", "October|Oct", "November|Nov", "December|Dec",
)  # fmt: skip
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split("|")}
_MONTH = "|".join(_MONTHS)

_UNITS = ("two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")

_CARDINAL = "|".join((*_UNITS, *_TEENS, *_TENS))

_HOURS = {"one": 1, "two": 2} | {word: value for value, word in enumerate((*_UNITS[1:], *_TEENS[:3]), 3)}

#: Sayings whose number the source need not have.
_SAYINGS = {"one or two": 2, "a thing or two": 2, "at sixes and sevens": 6, "on cloud nine": 9, "the three wise men": 3}

_PATTERN = re.compile(
    rf"(?P<link>{LINK})"
    rf"|(?P<one_in>\b[Oo]ne\s(?:in|out\sof)\s(?:every\s)?(?P<of_which>{_CARDINAL}|[0-9]{{1,3}})\b)"
    rf"|(?P<out_of>\b(?P<some>(?i:{'|'.join(_UNITS)}))\s(?:in|out\sof|of)\s(?:every\s)?"
    rf"(?P<of_all>{'|'.join((*_UNITS, 'ten'))})\b(?!\s(?:dozen|percent|per|mill|bill|hundred|thousand)))"
    rf"|(?P<spoken_time>\b(?:(?P<half_past>[Hh]alf\spast)|[Qq]uarter\s(?P<quarter>past|after|to|before))\s"
    rf"(?P<spoken_hour>{'|'.join(_HOURS)})\b)"
    rf"|(?P<saying>\b(?i:{'|'.join(_SAYINGS)})\b)"
    rf"|(?P<identifier>{IDENTIFIER})"
    rf"|(?P<iso>{lexing.ISO_DATE})"
    r"|\b(?:[Vv]ersions?|[Rr]elease|v)\s?(?P<version>[0-9]{1,6}(?:\.[0-9]{1,6})+)(?!\w)"
    rf"|(?P<dotted>{lexing.DOTTED_DATE})"
    rf"|(?P<vulgar>{lexing.VULGAR})"
    rf"|(?P<slashed>{lexing.SLASHED})"
    rf"|(?P<month_first>\b(?P<month_1>{_MONTH})\.?\s(?P<day_1>{lexing.DAY})(?:st|nd|rd|th)?(?![\w%]|[.,:][0-9]))"
    rf"|(?P<day_first>(?<![\w.,:])(?P<day_2>{lexing.DAY})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month_2>{_MONTH})\b)"
    rf"|(?P<clock>(?<![\w:.,])(?P<hour>{lexing.HOUR})(?:(?::\s?|\.)(?P<minute>{lexing.MINUTE}))?\s?"
    r"(?:(?P<half_day>[AaPp])\.?\s?[Mm]\b\.?|(?:o['’]clock|Uhr)\b))"
    rf"|(?P<colon>{lexing.COLON_TIME})"
    r"|(?P<decade>(?<!\w)['’‘]?(?P<decade_year>[0-9]{1,3}0)['’]?(?:ies|s)\b)"
    rf"|(?P<code>{lexing.LETTERED_CODE})"
    rf"|{lexing.NUMERAL_START}(?P<numeral>{NUMERAL})(?P<suffix>[^\W\d_]{{1,15}}\b)?"
    r"|(?P<percent>%)"
    rf"|(?P<roman>{lexing.ROMAN})"
    r"|(?P<word>[^\W\d_]+)"
)
#: What may begin a date or a version whose digits are one word further on.
_BEGIN_WITH = frozenset({"version", "versions", "release", "v", *(name.lower() for name in _MONTH_NUMBERS)})
_RANGE = re.compile(r"\s?[-–]\s?|\s(?:to|and|or)\s")
_SUFFIX_POWERS = {"k": 3, "m": 6, "mn": 6, "mln": 6, "bn": 9, "b": 9, "tn": 12, "trn": 12}


def read_english(text: str) -> list[Quantity]:
    """The quantities of an English text, in its order."""
    return assemble(text, list(_lexemes(text)), _RANGE)


def _lexemes(text: str) -> Iterator[Lexeme]:
    return _lexemes_of(text, lexing.matches(_PATTERN, text, _says, _SAYINGS))


@lru_cache(maxsize=65_536)
def _says(token: str) -> Says:
    return lexing.said_by(token, _lexemes_of(token, _PATTERN.finditer(token)), _BEGIN_WITH)


def _lexemes_of(text: str, matches: Iterable[re.Match[str]]) -> Iterator[Lexeme]:
    for match in matches:
        kind = match.lastgroup
        if kind == "word":
            known = _WORDS.get(match.group().lower())
            if known is not None:
                yield known.at(match.start(), match.end())
        elif kind in ("numeral", "suffix"):
            yield from _numeral(text, match)
        elif kind in _SPECIAL:
            yield from _SPECIAL[kind](match)


def _numeral(text: str, match: re.Match[str]) -> Iterator[Lexeme]:
    """A numeral with what is glued to it: 3rd, 0.4bn, 10km, 5G."""
    suffix = (match["suffix"] or "").lower()
    value = numeral_value(match["numeral"], ".")
    if not suffix or suffix in ("st", "nd", "rd", "th") or value is None:
        yield from lexing.numeral(text, match.start("numeral"), match.end("numeral"), ".")
        return
    readings: list[Reading] = [Number(value), Code(match.group().casefold())]
    if suffix in ("million", "billion", "trillion"):
        readings = [Number(value * _WORDS[suffix].value)]
    elif suffix in _SUFFIX_POWERS:
        readings.insert(0, Number(value * 10 ** _SUFFIX_POWERS[suffix]))
    yield Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=tuple(readings))


def _dotted(match: re.Match[str]) -> Iterator[Lexeme]:
    """A German date left in English, or a decimal at the end of a sentence."""
    value = numeral_value(f"{match['dot_day']}.{match['dot_month']}", ".")
    yield from lexing.dotted_date(match, *([] if value is None else [Number(value)]))


def _clock(match: re.Match[str]) -> Iterator[Lexeme]:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half_day = (match["half_day"] or "").lower()
    if half_day and hour <= 12:
        hour = hour % 12 + (12 if half_day == "p" else 0)
    yield lexing.clock(match, *_either_half(hour, minute, sure=bool(half_day)))


def _colon(match: re.Match[str]) -> Iterator[Lexeme]:
    yield lexing.whole(match, *_either_half(int(match["colon_hour"]), int(match["colon_minute"]), sure=False))


def _either_half(hour: int, minute: int, *, sure: bool) -> list[Time]:
    """Without a.m. or p.m., an hour up to twelve may be meant in either half of the day."""
    times = [lexing.clock_time(hour, minute)]
    if not sure and hour <= 12:
        times.append(lexing.clock_time(hour + 12, minute))
    return times


def _month_first(match: re.Match[str]) -> Iterator[Lexeme]:
    yield lexing.whole(match, Date(int(match["day_1"]), _MONTH_NUMBERS[match["month_1"]]))


def _day_first(match: re.Match[str]) -> Iterator[Lexeme]:
    yield lexing.whole(match, Date(int(match["day_2"]), _MONTH_NUMBERS[match["month_2"]]))


def _decade(match: re.Match[str]) -> Iterator[Lexeme]:
    yield lexing.whole(match, *lexing.decade_readings(int(match["decade_year"])))


def _one_in(match: re.Match[str]) -> Iterator[Lexeme]:
    """ "One in five": a fifth, or every fifth."""
    word = match["of_which"]
    value = Fraction(int(word)) if word.isdigit() else _WORDS[word].value
    if value:
        yield Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=(Number(1 / value), Number(value)))


def _out_of(match: re.Match[str]) -> Iterator[Lexeme]:
    """ "Three in four" are three quarters; the source may take it apart."""
    some, of_all = _WORDS[match["some"].lower()].value, _WORDS[match["of_all"]].value
    yield Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=(Number(some / of_all),), parts=(some, of_all))


def _spoken_time(match: re.Match[str]) -> Iterator[Lexeme]:
    """ "Half past eight", "quarter to nine"; of which half of the day is not said."""
    hour = _HOURS[match["spoken_hour"]]
    past = 30 if match["half_past"] else 15 if match["quarter"] in ("past", "after") else -15
    times = tuple(Time((hour * 60 + past + half_day) % (24 * 60)) for half_day in (0, 12 * 60))
    yield Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=times, parts=(Fraction(hour),))


def _saying(match: re.Match[str]) -> Iterator[Lexeme]:
    yield lexing.answer(match, _SAYINGS[match.group().lower()])


def _percent(match: re.Match[str]) -> Iterator[Lexeme]:
    yield Lexeme(match.start(), match.end(), grammar.PERCENT)


_SPECIAL: dict[str, Callable[[re.Match[str]], Iterator[Lexeme]]] = {
    "one_in": _one_in,
    "out_of": _out_of,
    "spoken_time": _spoken_time,
    "saying": _saying,
    "identifier": lexing.code,
    "iso": lexing.iso_date,
    "version": lexing.version,
    "dotted": _dotted,
    "slashed": lexing.slashed,
    "month_first": _month_first,
    "day_first": _day_first,
    "clock": _clock,
    "colon": _colon,
    "decade": _decade,
    "vulgar": lexing.vulgar,
    "code": lexing.code,
    "percent": _percent,
    "roman": lexing.roman,
}


# --- words -----------------------------------------------------------------------------------------

_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
    "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40,
    "fiftieth": 50, "sixtieth": 60, "seventieth": 70, "eightieth": 80, "ninetieth": 90, "hundredth": 100,
    "thousandth": 1000,
}  # fmt: skip
#: Words that answer a number on the other side. Half: 50 percent, 30 minutes, six months; quarter: 15 minutes,
#: three months.
_ANSWERS: dict[str, tuple[Fraction | int, ...]] = {
    "zero": (0,), "nil": (0,), "no": (0,), "none": (0,), "once": (1,), "single": (1,),
    "both": (2,), "twice": (2,), "double": (2, 100), "doubles": (2, 100), "doubled": (2, 100), "doubling": (2, 100),
    "dual": (2,), "halve": (Fraction(1, 2), 50), "halved": (Fraction(1, 2), 50), "halving": (Fraction(1, 2), 50),
    "twin": (2,), "twins": (2,), "pair": (2,), "couple": (2,), "duo": (2,), "twofold": (2,),
    "thrice": (3,), "triple": (3, 200), "triples": (3, 200), "tripled": (3, 200), "trio": (3,), "triplets": (3,),
    "threefold": (3,),
    "quadruple": (4,), "quadrupled": (4,), "quartet": (4,), "fourfold": (4,), "quintet": (5,), "fivefold": (5,),
    "tenfold": (10,), "decade": (10,), "decades": (10,), "century": (100,), "centuries": (100,), "centenary": (100,),
    "centennial": (100,), "bicentennial": (200,), "bicentenary": (200,), "fortnight": (14, 2),
}  # fmt: skip


def _words() -> dict[str, Word]:
    words = {
        "a": Word(grammar.ARTICLE),
        "an": Word(grammar.ARTICLE),
        "and": Word(grammar.AND),
        "of": Word(grammar.OF),
        "percent": Word(grammar.PERCENT),
        "cent": Word(grammar.PERCENT),
        "cents": Word(grammar.PERCENT),
        "one": number_word(grammar.ONE, 1, Strength.FAINT),
        "half": number_word(grammar.HALF, Fraction(1, 2), Strength.FAINT, 30, 6),
        "halves": number_word(grammar.PARTS, Fraction(1, 2), Strength.FAINT),
        "quarter": number_word(grammar.PART, Fraction(1, 4), Strength.FAINT, 15, 3),
        "quarters": number_word(grammar.PARTS, Fraction(1, 4), Strength.FAINT),
        "hundred": number_word(grammar.HUNDRED, 100, Strength.LOOSE),
        "hundreds": number_word(grammar.QUANTITY, 100, Strength.VAGUE),
        "dozen": number_word(grammar.DOZEN, 12, Strength.LOOSE),
        "dozens": number_word(grammar.QUANTITY, 12, Strength.VAGUE),
        "thousand": number_word(grammar.THOUSANDS, 1000, Strength.LOOSE),
        "thousands": number_word(grammar.QUANTITY, 1000, Strength.VAGUE),
        "noon": Word(grammar.QUANTITY, readings=(Time(12 * 60),), strength=Strength.FAINT),
        "midday": Word(grammar.QUANTITY, readings=(Time(12 * 60),), strength=Strength.FAINT),
        "midnight": Word(grammar.QUANTITY, readings=(Time(0),), strength=Strength.FAINT),
    }
    for value, word in enumerate(_UNITS, 2):
        words[word] = number_word(grammar.UNIT, value, Strength.FIRM)
    for value, word in enumerate(_TEENS, 10):
        words[word] = number_word(grammar.TEEN, value, Strength.FIRM)
    for tens, word in enumerate(_TENS, 2):
        words[word] = number_word(grammar.TENS, tens * 10, Strength.FIRM)
        decade = lexing.decade_readings(tens * 10)
        words[word.removesuffix("y") + "ies"] = Word(grammar.QUANTITY, readings=decade, strength=Strength.LOOSE)
    for word, value in _ORDINALS.items():
        strength = Strength.LOOSE if value > 1 else Strength.FAINT
        readings = (Number(Fraction(value)), Number(Fraction(1, value)))
        words[word] = Word(grammar.PART, Fraction(1, value), readings, strength)
        if value > 2:
            words[word + "s"] = number_word(grammar.PARTS, Fraction(1, value), Strength.LOOSE)
    for power, word in ((6, "million"), (9, "billion"), (12, "trillion"), (15, "quadrillion")):
        words[word] = words[word + "s"] = number_word(grammar.THOUSANDS, 10**power, Strength.VAGUE)
    for word, power in (("mn", 6), ("bn", 9), ("tn", 12)):
        words[word] = number_word(grammar.THOUSANDS, 10**power, Strength.VAGUE)
    for word, values in _ANSWERS.items():
        words[word] = number_word(grammar.QUANTITY, values[0], Strength.FAINT, *values[1:])
    return words


_WORDS = _words()
