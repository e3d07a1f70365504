"""What German and English write alike in digits: numerals, codes, dates, clock times, decades."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from reviews.values import Span

from ..phrases.vocabulary import TellingWords, tokens_of
from . import grammar
from .grammar import Lexeme
from .numerals import VULGAR_FRACTIONS, digit_runs, numeral_value, other_decimal
from .values import Code, Date, Decade, Number, Reading, Strength, Time

#: Words and signs without a blank between them. A longer one is no word, and not worth remembering.
_TOKEN = re.compile(r"\S+")
_LONGEST_TOKEN = 40
_DIGIT = re.compile("[0-9]")
_WORD = re.compile(r"[^\W\d_]+")
_SUBSTANCE = re.compile(r"[\w%]")
_JOINING = frozenset({grammar.ARTICLE, grammar.AND, grammar.OF})


class Says(StrEnum):
    """What a token says of numbers, standing alone: one letter each, so that those of a text make a shape."""

    NOTHING = " "
    #: "a", "und": part of a number only beside another word of it.
    JOINS = "j"
    NUMBER = "N"


#: A number word with the joining ones right beside it, in such a shape.
_NUMBER_WORDS = re.compile("j*N[jN]*")


def said_by(token: str, lexemes: Iterable[Lexeme], beginnings: frozenset[str]) -> Says:
    """What a token says; `lexemes` are its own, `beginnings` the words, in small letters, that may begin one."""
    if _DIGIT.search(token):
        return Says.NUMBER
    roles = {lexeme.role for lexeme in lexemes}
    if roles - _JOINING or not beginnings.isdisjoint(_WORD.findall(token.lower())):
        return Says.NUMBER
    return Says.JOINS if roles else Says.NOTHING


def matches(
    pattern: re.Pattern[str], text: str, says: Callable[[str], Says], sayings: Iterable[str]
) -> Iterator[re.Match[str]]:
    """The matches of a lexer's pattern but those in words that say nothing of numbers, which are nearly all words.

    A text with one of the sayings, in small letters, is read from end to end: they begin with any word.
    """
    lowered = text.lower()
    if any(saying in lowered for saying in sayings):
        yield from pattern.finditer(text)
        return
    done = 0
    for start, end in _telling(text, says):
        at = max(start, done)
        while at < end and _SUBSTANCE.search(text, at, end):
            match = pattern.search(text, at)
            if match is None or match.start() >= end:
                break
            yield match
            at = done = match.end()


def _telling(text: str, says: Callable[[str], Says]) -> Iterator[Span]:
    """Where the tokens stand that say something of a number, with the joining ones right beside them."""
    if not _number_words(says).among(tokens_of(text)):
        return
    tokens = text.split()
    if max(map(len, tokens), default=0) <= _LONGEST_TOKEN:
        shape = "".join(map(says, tokens))
    else:
        shape = "".join(Says.NUMBER if len(token) > _LONGEST_TOKEN else says(token) for token in tokens)
    spans = [match.span() for match in _TOKEN.finditer(text)]
    for words in _NUMBER_WORDS.finditer(shape):
        yield from spans[words.start() : words.end()]


@lru_cache(maxsize=8)
def _number_words(says: Callable[[str], Says]) -> TellingWords:
    """The tokens of a language that alone say something of a number."""
    return TellingWords(lambda token: says(token) is Says.NUMBER)


#: Pattern fragments; day and month are checked here so that "45.30." is no date.
DAY = r"(?:0?[1-9]|[12][0-9]|3[01])"
MONTH_NUMBER = r"(?:0?[1-9]|1[0-2])"
HOUR = r"(?:[01]?[0-9]|2[0-4])"
MINUTE = r"[0-5][0-9]"
ISO_DATE = r"(?<![\w-])(?P<iso_year>[0-9]{4})-(?P<iso_month>0[1-9]|1[0-2])-(?P<iso_day>0[1-9]|[12][0-9]|3[01])(?![\w-])"
DOTTED_DATE = (
    rf"(?<![\w.,])(?P<dot_day>{DAY})\.(?P<dot_month>{MONTH_NUMBER})\.(?P<dot_year>[0-9]{{4}}|[0-9]{{2}})?(?![0-9])"
)
SLASHED = r"(?<![\w/.,])(?P<slash_1>[0-9]{1,2})/(?P<slash_2>[0-9]{1,2})(?:/(?P<slash_year>[0-9]{4}|[0-9]{2}))?(?![\w/])"
COLON_TIME = rf"(?<![\w:.,])(?P<colon_hour>{HOUR}):\s?(?P<colon_minute>{MINUTE})(?![0-9:])"
ROMAN = r"(?<![\w.])[IVX]{2,7}(?!\w)"
LETTERED_CODE = r"(?<![\w.])(?![xX][0-9])[^\W\d_]{1,20}[0-9]\w{0,30}"
VULGAR = (
    rf"(?<!\w)(?:(?P<vulgar_whole>[0-9]{{1,6}})\s?)?(?P<vulgar_sign>[{''.join(VULGAR_FRACTIONS)}])"
    r"|(?<![\w/.,])(?P<mixed_whole>[0-9]{1,6})\s(?P<mixed_top>[1-9])/(?P<mixed_bottom>[2-9])(?![\w/])"
)
#: Where a numeral may start: not inside a word, but behind the cross of "11x15 mm".
NUMERAL_START = r"(?:(?<!\w)|(?<=[0-9\s][xX]))"

_YEAR_BEFORE = re.compile(r"([12][0-9])[0-9]{2}[/–-]$")
_LONG_WORD = re.compile(r"[^\W\d_]{6}")
_POINTED = re.compile(r"([0-9]+)\.([0-9]+)")
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10}


def whole(match: re.Match[str], *readings: Reading) -> Lexeme:
    """A lexeme complete in itself; its parts are the numbers it is written with."""
    return Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=readings, parts=digit_runs(match.group()))


def clock(match: re.Match[str], *times: Time) -> Lexeme:
    """A time with its marker. A full hour has no parts: "17 Uhr" is not simply 17."""
    parts = digit_runs(match.group()) if match["minute"] else ()
    return Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=times, parts=parts)


def numeral(text: str, start: int, end: int, decimal: str) -> Iterator[Lexeme]:
    """A numeral by the notation of its language, with its value by the other notation beside it.

    One that is a number by neither is a version ("10.1.3"), or a list without blanks ("1,2,3").
    """
    written = text[start:end]
    own = numeral_value(written, decimal)
    foreign = numeral_value(written, other_decimal(decimal))
    if own is None and foreign is None:
        if "." in written or "," not in written:
            yield Lexeme(start, end, grammar.QUANTITY, readings=(Code(written),), parts=digit_runs(written))
        else:
            for part in re.finditer("[0-9]+", written):
                yield from numeral(text, start + part.start(), start + part.end(), decimal)
        return
    readings: list[Reading] = [] if own is None else [Number(own)]
    pointed = _POINTED.fullmatch(written)
    if pointed and (own is None or decimal == "."):
        readings += [Code(written), *_pointed_readings(pointed[1], pointed[2])]
    if own is not None and len(written) == 2:
        readings += _short_year_readings(text, start, int(own))
    yield Lexeme(
        start,
        end,
        grammar.FIGURE,
        foreign or Fraction(0) if own is None else own,
        tuple(readings),
        _numeral_strength(text, start, own),
        digit_runs(written) if own is None or re.search(r"\s", written) else (),
        Number(foreign) if foreign is not None and foreign != own else None,
    )


def _numeral_strength(text: str, start: int, value: Fraction | None) -> Strength:
    """One is an article as often as a number; the figure of a name such as Covid-19 comes and goes with it."""
    in_a_name = start >= 2 and text[start - 1] == "-" and text[start - 2].isalpha()
    return Strength.LOOSE if value == 1 or in_a_name else Strength.FIRM


def _pointed_readings(left: str, right: str) -> list[Reading]:
    """ "19.15" may be a time and "3.10" a date, as well as a version."""
    readings: list[Reading] = []
    if len(right) == 2 and len(left) <= 2 and int(left) <= 24 and int(right) < 60:
        readings.append(clock_time(int(left), int(right)))
    if len(left) <= 2 and len(right) <= 2 and is_date(int(left), int(right)):
        readings.append(Date(int(left), int(right)))
    return readings


def _short_year_readings(text: str, start: int, value: int) -> list[Reading]:
    """The years a two-digit number may stand for: the end of "2018/19", or "’98"."""
    span = _YEAR_BEFORE.search(text, max(0, start - 5), start)
    if span:
        return [Number(Fraction(int(span[1]) * 100 + value))]
    if text[max(0, start - 1) : start] in ("'", "’", "‘"):
        return short_years(value)
    return []


def short_years(value: int) -> list[Reading]:
    return [Number(Fraction(1900 + value)), Number(Fraction(2000 + value))]


def clock_time(hour: int, minute: int) -> Time:
    return Time(hour % 24 * 60 + minute)


def is_date(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= _LONGEST_MONTHS[month - 1]


def decade_readings(number: int) -> tuple[Reading, ...]:
    """ "80er" may be the 1980s or the number 80, "20er" two decades."""
    if number >= 100:
        return (Decade(number), Number(Fraction(number)))
    later = (Decade(2000 + number),) if number <= 30 else ()
    return (Decade(1900 + number), *later, Number(Fraction(number)))


def iso_date(match: re.Match[str]) -> Iterator[Lexeme]:
    yield _year(match, "iso_year")
    date = Date(int(match["iso_day"]), int(match["iso_month"]))
    yield Lexeme(match.start("iso_month"), match.end(), grammar.QUANTITY, readings=(date,))


def dotted_date(match: re.Match[str], *also: Reading) -> Iterator[Lexeme]:
    """03.04. or 03.04.2026, day first; without a year the end of a sentence may follow "10.1", a version."""
    day, month = match["dot_day"], match["dot_month"]
    readings: list[Reading] = [Date(int(day), int(month))]
    if match["dot_year"] is None:
        readings += [Code(f"{day}.{month}"), *also]
    end = match.end("dot_month") + 1
    yield Lexeme(
        match.start(), end, grammar.QUANTITY, readings=tuple(readings), parts=(Fraction(int(day)), Fraction(int(month)))
    )
    if match["dot_year"] is not None:
        yield _year(match, "dot_year")


def slashed(match: re.Match[str]) -> Iterator[Lexeme]:
    """9/11, 05/01/2026, 1/3, 50/50, 24/7: a date in either order, or a fraction."""
    first, second = int(match["slash_1"]), int(match["slash_2"])
    readings: list[Reading] = [
        Date(day, month) for day, month in ((second, first), (first, second)) if is_date(day, month)
    ]
    if match["slash_year"] is None and second:
        readings.append(Number(Fraction(first, second)))
    strength = Strength.FAINT if (first, second) == (24, 7) else Strength.FIRM
    yield Lexeme(
        match.start(),
        match.end("slash_2"),
        grammar.QUANTITY,
        readings=tuple(readings),
        strength=strength,
        parts=(Fraction(first), Fraction(second)),
    )
    if match["slash_year"] is not None:
        yield _year(match, "slash_year")


def _year(match: re.Match[str], group: str) -> Lexeme:
    year = int(match[group])
    readings = (Number(Fraction(year)),) if year >= 100 else (Number(Fraction(year)), *short_years(year))
    return Lexeme(match.start(group), match.end(group), grammar.QUANTITY, readings=readings)


def code(match: re.Match[str]) -> Iterator[Lexeme]:
    """A model or an identifier: equal when the letters and digits are.

    A word of more letters ("Projekt5") may be translated and written apart, so that only its figure may answer.
    """
    written = match.group()
    if not _LONG_WORD.match(written):
        yield whole(match, Code(written.casefold()))
        return
    readings: tuple[Reading, ...] = (Code(written.casefold()), *(Number(part) for part in digit_runs(written)))
    yield Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=readings, strength=Strength.FAINT)


def version(match: re.Match[str]) -> Iterator[Lexeme]:
    """The figure behind the word version: 3.1 is not 3.10."""
    yield Lexeme(
        match.start("version"),
        match.end("version"),
        grammar.QUANTITY,
        readings=(Code(match["version"]),),
        parts=digit_runs(match["version"]),
    )


def vulgar(match: re.Match[str]) -> Iterator[Lexeme]:
    """½, 2½ or 2 1/2."""
    if match["vulgar_sign"]:
        value = VULGAR_FRACTIONS[match["vulgar_sign"]] + int(match["vulgar_whole"] or 0)
    else:
        value = int(match["mixed_whole"]) + Fraction(int(match["mixed_top"]), int(match["mixed_bottom"]))
    yield Lexeme(match.start(), match.end(), grammar.FIGURE, value, (Number(value),))


def answer(match: re.Match[str], value: int) -> Lexeme:
    """A phrase that may answer a number on the other side, and is never missed itself."""
    readings = (Number(Fraction(value)),)
    return Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=readings, strength=Strength.FAINT)


def roman(match: re.Match[str]) -> Iterator[Lexeme]:
    """II, XIV: "Hartz IV" may be "Hartz 4", and "World War II" the second one."""
    value = 0
    digits = [_ROMAN_DIGITS[char] for char in match.group()]
    for digit, after in zip(digits, [*digits[1:], 0], strict=True):
        value += -digit if digit < after else digit
    yield answer(match, value)


@dataclass(frozen=True, slots=True)
class Word:
    """What a number word means, wherever it stands."""

    role: str
    value: Fraction = Fraction(0)
    readings: tuple[Reading, ...] = ()
    strength: Strength = Strength.FIRM

    def at(self, start: int, end: int) -> Lexeme:
        return Lexeme(start, end, self.role, self.value, self.readings, self.strength)


def number_word(role: str, value: Fraction | int, strength: Strength, *also: Fraction | int) -> Word:
    """A word worth `value`; standing alone it may be worth one of `also` as well."""
    readings = tuple(Number(Fraction(each)) for each in (value, *also))
    return Word(role, Fraction(value), readings, strength)
