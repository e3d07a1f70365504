"""Reads the numbers, dates and times of a German text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from . import grammar, lexing
from .grammar import Lexeme, assemble
from .lexing import Says, Word, number_word
from .numerals import IDENTIFIER, LINK, NUMERAL, numeral_value
from .values import Code, Date, Number, Quantity, Reading, Strength, Time

_MONTHS = (
    "Januar|Jänner|Jan", "Februar|Feber|Febr|Feb", "März|Mär", "April|Apr", "Mai", "Juni|Jun", "Juli|Jul",
    "August|Aug", "September|Sept|Sep", "Oktober|Okt", "November|Nov", "Dezember|Dez",
)  # fmt: skip
_MONTH_NUMBERS = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split("|")}
_MONTH = "|".join(_MONTHS)

#: "Am ersten November."
_DAY_WORDS = {
    "erste": 1, "zweite": 2, "dritte": 3, "vierte": 4, "fünfte": 5, "sechste": 6, "siebte": 7, "achte": 8,
    "neunte": 9, "zehnte": 10, "elfte": 11, "zwölfte": 12,
}  # fmt: skip
#: Sayings whose number a translation need not repeat.
_SAYINGS = {
    "unter vier augen": 4, "auf allen vieren": 4, "alle viere": 4, "heilige drei könige": 3, "heiligen drei könige": 3,
    "siebten himmel": 7, "siebter himmel": 7, "außer acht": 8, "0815": 815, "08/15": 815, "nullachtfünfzehn": 815,
}  # fmt: skip

_UNITS = ("zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_TEENS = (
    "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn",
)  # fmt: skip
_TENS = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
_UP_TO_TEN = {"eins": 1} | {word: value for value, word in enumerate((*_UNITS, "zehn"), 2)}
_HOURS = _UP_TO_TEN | {"elf": 11, "zwölf": 12}

_PATTERN = re.compile(
    rf"(?P<link>{LINK})"
    rf"|(?P<saying>\b(?i:{'|'.join(_SAYINGS)})\b)"
    rf"|(?P<identifier>{IDENTIFIER})"
    rf"|(?P<iso>{lexing.ISO_DATE})"
    r"|\b(?:Version|Versionen|Release|v)\s?(?P<version>[0-9]{1,6}(?:\.[0-9]{1,6})+)(?!\w)"
    rf"|(?P<dotted>{lexing.DOTTED_DATE})"
    rf"|(?P<vulgar>{lexing.VULGAR})"
    rf"|(?P<slashed>{lexing.SLASHED})"
    rf"|(?P<date>(?<![\w.,:])(?P<day>{lexing.DAY})\.?\s?(?P<month>{_MONTH})\b)"
    rf"|(?P<word_date>\b(?P<day_word>{'|'.join(_DAY_WORDS)})[rn]\s(?P<word_month>{_MONTH})\b)"
    rf"|(?P<spoken_time>\b(?P<past_or_to>[Hh]alb|[Vv]iertel\s(?:vor|nach))\s(?P<spoken_hour>{'|'.join(_HOURS)})\b)"
    rf"|(?P<out_of>\b(?P<some>(?i:{'|'.join(_UNITS)}))\svon\s(?P<of_all>{'|'.join(_UP_TO_TEN)})\b"
    r"(?!\s(?:Dutzend|Prozent|Milli|Billi|[Tt]ausend|[Hh]undert)))"
    rf"|(?P<clock>(?<![\w:.,])(?P<hour>{lexing.HOUR})(?:[:.](?P<minute>{lexing.MINUTE}))?(?:\s|-)?Uhr\b)"
    rf"|(?P<colon>{lexing.COLON_TIME})"
    rf"|(?P<code>{lexing.LETTERED_CODE})"
    rf"|{lexing.NUMERAL_START}(?P<numeral>{NUMERAL})(?P<suffix>[^\W\d_]{{1,30}}\b)?"
    r"|(?P<percent>%)"
    rf"|(?P<roman>{lexing.ROMAN})"
    r"|(?P<word>[^\W\d_]+)"
)
#: What may begin a date or a version whose digits are one word further on.
_BEGIN_WITH = frozenset(
    {"version", "versionen", "release", "v", *(day + ending for day in _DAY_WORDS for ending in "rn")}
)
_RANGE = re.compile(r"-?\s?[-–]\s?|-?\s(?:bis|und|oder)\s")
#: German tells the time by 24 hours, unless the text says which half of the day it means.
_LATER_HALF = re.compile(r"(?:abend|nachmittag|nacht|mittag)s?\b", re.IGNORECASE)
_DECADE_SUFFIXES = frozenset({"er", "ern", "ers", "erjahre", "erjahren"})
_SUFFIX_SCALES = frozenset({"tsd", "mio", "mrd", "millionen", "milliarden", "billionen"})


def read_german(text: str) -> list[Quantity]:
    """The quantities of a German text, in its order."""
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
            known = (_is_name(text, match) and _name(match.group().lower())) or _word(match.group().lower())
            if known is not None and not _is_organic(text, match):
                yield known.at(match.start(), match.end())
        elif kind in ("numeral", "suffix"):
            yield from _numeral(text, match)
        elif kind in _SPECIAL:
            yield from _SPECIAL[kind](match)


def _is_organic(text: str, match: re.Match[str]) -> bool:
    """Bio with a point is short for Billion, without one it is organic food."""
    return match.group() == "Bio" and not text.startswith(".", match.end())


#: What may stand before the first word of a sentence, blanks aside.
_BEGINS = re.compile(r"(?:\A|[.:!?;…„“”»«\"'(–—|/•-])\s*\Z")
_CARDINALS = frozenset({grammar.UNIT, grammar.TEEN, grammar.TENS})


def _is_name(text: str, match: re.Match[str]) -> bool:
    """A number with a capital inside a sentence is a name: "die Sechzig" are a football club, "eine Zwei" a mark."""
    word = match.group()
    return word[0].isupper() and word[1:].islower() and not _BEGINS.search(text, 0, match.start())


@lru_cache(maxsize=1024)
def _name(word: str) -> Word | None:
    """What a name may answer: its number, or the year that is short for ("Sechzig" → "1860"); None for others."""
    known = next((w for w in map(_word, (word, word.removesuffix("s"))) if w and w.role in _CARDINALS), None)
    if known is None:
        return None
    years = [Number(century + known.value) for century in (1800, 1900, 2000) if 12 < known.value < 100]
    return replace(known, readings=(*known.readings, *years), strength=Strength.FAINT)


def _numeral(text: str, match: re.Match[str]) -> Iterator[Lexeme]:
    """A numeral with what is glued to it: 80er, 20fach, 10km, 5G."""
    suffix = (match["suffix"] or "").lower()
    value = numeral_value(match["numeral"], ",")
    if not suffix or value is None:
        yield from lexing.numeral(text, match.start("numeral"), match.end("numeral"), ",")
        return
    readings: list[Reading] = [Number(value), Code(match.group().casefold())]
    if suffix in _SUFFIX_SCALES:
        readings = [Number(value * _WORDS[suffix].value)]
    elif suffix in _DECADE_SUFFIXES and value % 10 == 0 and value > 0:
        readings = list(lexing.decade_readings(int(value)))
    yield Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=tuple(readings), parts=(value,))


def _clock(match: re.Match[str]) -> Iterator[Lexeme]:
    yield lexing.clock(match, *_times(match, int(match["hour"]), int(match["minute"] or 0)))


def _spoken_time(match: re.Match[str]) -> Iterator[Lexeme]:
    """ "Halb neun" is 8:30, "Viertel nach neun" 9:15; of which half of the day is not said."""
    hour = _HOURS[match["spoken_hour"]]
    side = match["past_or_to"][-4:]
    minutes = hour * 60 + {"halb": -30, " vor": -15, "nach": 15}[side.lower()]
    times = tuple(Time((minutes + half_day) % (24 * 60)) for half_day in (0, 12 * 60))
    yield Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=times, parts=(Fraction(hour),))


def _out_of(match: re.Match[str]) -> Iterator[Lexeme]:
    """ "Drei von vier" are three quarters; the translation may take it apart."""
    some, of_all = Fraction(_UP_TO_TEN[match["some"].lower()]), Fraction(_UP_TO_TEN[match["of_all"]])
    yield Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=(Number(some / of_all),), parts=(some, of_all))


def _colon(match: re.Match[str]) -> Iterator[Lexeme]:
    yield lexing.whole(match, *_times(match, int(match["colon_hour"]), int(match["colon_minute"])))


def _times(match: re.Match[str], hour: int, minute: int) -> list[Time]:
    times = [lexing.clock_time(hour, minute)]
    if hour <= 12 and _LATER_HALF.search(match.string, max(0, match.start() - 40), match.end() + 40):
        times.append(lexing.clock_time(hour + 12, minute))
    return times


def _date(match: re.Match[str]) -> Iterator[Lexeme]:
    yield lexing.whole(match, Date(int(match["day"]), _MONTH_NUMBERS[match["month"]]))


def _word_date(match: re.Match[str]) -> Iterator[Lexeme]:
    day = _DAY_WORDS[match["day_word"]]
    readings = (Date(day, _MONTH_NUMBERS[match["word_month"]]), Number(Fraction(day)))
    yield Lexeme(match.start(), match.end(), grammar.QUANTITY, readings=readings)


def _saying(match: re.Match[str]) -> Iterator[Lexeme]:
    yield lexing.answer(match, _SAYINGS[match.group().lower()])


def _percent(match: re.Match[str]) -> Iterator[Lexeme]:
    yield Lexeme(match.start(), match.end(), grammar.PERCENT)


_SPECIAL: dict[str, Callable[[re.Match[str]], Iterator[Lexeme]]] = {
    "saying": _saying,
    "identifier": lexing.code,
    "iso": lexing.iso_date,
    "version": lexing.version,
    "dotted": lexing.dotted_date,
    "slashed": lexing.slashed,
    "date": _date,
    "word_date": _word_date,
    "spoken_time": _spoken_time,
    "out_of": _out_of,
    "clock": _clock,
    "colon": _colon,
    "vulgar": lexing.vulgar,
    "code": lexing.code,
    "percent": _percent,
    "roman": lexing.roman,
}


# --- words -----------------------------------------------------------------------------------------

_ORDINAL_STEMS = {
    "zweit": 2, "dritt": 3, "viert": 4, "fünft": 5, "sechst": 6, "siebt": 7, "siebent": 7, "acht": 8, "neunt": 9,
    "zehnt": 10, "elft": 11, "zwölft": 12,
}  # fmt: skip
_FRACTIONS = {
    "drittel": 3, "fünftel": 5, "sechstel": 6, "siebtel": 7, "achtel": 8, "neuntel": 9, "zehntel": 10,
    "zwölftel": 12, "zwanzigstel": 20, "hundertstel": 100, "tausendstel": 1000,
}  # fmt: skip
_ENDINGS = ("e", "en", "er", "es", "em")
#: Words that answer a number on the other side, with all they may stand for.
_ANSWERS: dict[str, tuple[Fraction | int, ...]] = {
    "null": (0,), "kein": (0,), "beide": (2,), "beiden": (2,), "beider": (2,), "beides": (2,), "beidem": (2,),
    "paar": (2,), "duo": (2,), "trio": (3,), "quartett": (4,), "quintett": (5,), "jahrzehnt": (10,),
    "jahrzehnts": (10,), "jahrzehnte": (10,), "jahrzehnten": (10,), "jahrhundert": (100,), "jahrhunderts": (100,),
    "halb": (Fraction(1, 2),), "viertel": (Fraction(1, 4), 15, 3),
    "quartal": (3,), "halbzeit": (Fraction(1, 2), 45), "halbjahr": (6, Fraction(1, 2)),
    "dreiviertelstunde": (45, Fraction(3, 4)), "viertelstunde": (15, Fraction(1, 4)),
}  # fmt: skip

#: Scales without a figure; "zehntausende" is "tens of thousands", of which the last word counts.
_VAGUE = {
    "dutzende": (12,), "hunderte": (100,), "tausende": (1000,), "zehntausende": (10_000, 1000),
    "hunderttausende": (100_000, 1000, 100),
}  # fmt: skip


def _inflected(stem: str) -> Iterator[str]:
    return (stem + ending for ending in _ENDINGS)


def _words() -> dict[str, Word]:
    words = {
        "eins": number_word(grammar.ONE, 1, Strength.FAINT),
        "und": Word(grammar.AND),
        "prozent": Word(grammar.PERCENT),
        "cent": Word(grammar.PERCENT),
        "hundert": number_word(grammar.HUNDRED, 100, Strength.LOOSE),
        "tausend": number_word(grammar.THOUSANDS, 1000, Strength.LOOSE),
        "hälfte": number_word(grammar.QUANTITY, Fraction(1, 2), Strength.LOOSE, 50),
        "dutzend": number_word(grammar.DOZEN, 12, Strength.LOOSE),
        "viertel": number_word(grammar.PARTS, Fraction(1, 4), Strength.FAINT, 15, 3),
        "mitternacht": Word(grammar.QUANTITY, readings=(Time(0),), strength=Strength.FAINT),
        "mittag": Word(grammar.QUANTITY, readings=(Time(12 * 60),), strength=Strength.FAINT),
    }
    for word, values in _ANSWERS.items():
        words.setdefault(word, number_word(grammar.QUANTITY, values[0], Strength.FAINT, *values[1:]))
    for word in ("ein", *_inflected("ein")):
        words[word] = Word(grammar.ARTICLE)
    for word in ("halb", *_inflected("halb")):
        words[word] = number_word(grammar.HALF, Fraction(1, 2), Strength.FAINT, 30, 6)
    for word, values in _VAGUE.items():
        vague = number_word(grammar.QUANTITY, values[0], Strength.VAGUE, *values[1:])
        words[word] = words[word + "n"] = words[word + "r"] = vague
    for value, word in enumerate(_UNITS, 2):
        # "Außer Acht lassen" is no eight.
        words[word] = number_word(grammar.UNIT, value, Strength.LOOSE if word == "acht" else Strength.FIRM)
        words[word + "einhalb"] = number_word(grammar.TEEN, value + Fraction(1, 2), Strength.LOOSE)
    for word in ("eineinhalb", "anderthalb"):
        words[word] = number_word(grammar.TEEN, Fraction(3, 2), Strength.LOOSE, 90, 18)
    for word, number in (("zwo", 2), ("zweier", 2), ("zweien", 2), ("dreier", 3), ("dreien", 3), ("vieren", 4)):
        words[word] = number_word(grammar.UNIT, number, Strength.LOOSE)
    for stem in ("erst", *_ORDINAL_STEMS):
        value = _ORDINAL_STEMS.get(stem, 1)
        strength = Strength.LOOSE if value > 1 else Strength.FAINT
        for word in _inflected(stem):
            words[word] = number_word(grammar.QUANTITY, value, strength, Fraction(1, value))
    for word, value in _FRACTIONS.items():
        words[word] = words[word + "n"] = number_word(grammar.PARTS, Fraction(1, value), Strength.LOOSE)
    for power, names in ((6, "million mio"), (9, "milliarde mrd"), (12, "billion bio"), (15, "billiarde")):
        for word in names.split():
            plural = word + ("n" if word.endswith("e") else "en")
            words[word] = words[plural] = number_word(grammar.THOUSANDS, 10**power, Strength.VAGUE)
    words["tsd"] = number_word(grammar.THOUSANDS, 1000, Strength.VAGUE)
    for tens, word in enumerate(_TENS, 2):
        for spelling in {word, word.replace("ß", "ss")}:
            words[spelling] = number_word(grammar.TENS, tens * 10, Strength.FIRM)
            decade = Word(grammar.QUANTITY, readings=lexing.decade_readings(tens * 10), strength=Strength.LOOSE)
            for suffix in ("er", "ern", "erjahre", "erjahren"):
                words[spelling + suffix] = decade
    for value, word in enumerate(_TEENS, 10):
        words[word] = number_word(grammar.TEEN, value, Strength.FIRM)
    return words


_WORDS = _words()
_BELOW_20 = {"ein": 1, "eins": 1} | dict(zip((*_UNITS, *_TEENS), range(2, 20), strict=True))
_BELOW_100 = (
    _BELOW_20
    | {word.replace("ß", spelled): tens * 10 for tens, word in enumerate(_TENS, 2) for spelled in ("ß", "ss")}
    | {
        f"{unit}und{word.replace('ß', spelled)}": tens * 10 + value
        for tens, word in enumerate(_TENS, 2)
        for spelled in ("ß", "ss")
        for unit, value in _BELOW_20.items()
        if value < 10 and unit != "eins"
    }
)
#: Longer "words" are no German, and would cost time.
_LONGEST_WORD = 60
_COMPOUND = re.compile(r"hundert|tausend|zig|ßig|ssig")
#: The beginnings of longer words that may answer a number: zweistündig, Dreikampf, dritthöchste, Milliardenhilfe;
#: what is verdoppelt rose by 100 percent. The last 16 teams play the Achtelfinale.
_BEGINNINGS: dict[str, tuple[Fraction | int, ...]] = (
    {word: (value,) for word, value in (_BELOW_100 | _ORDINAL_STEMS).items() if word not in ("ein", "eins")}
    | {word: (Fraction(1, value), value) for word, value in _FRACTIONS.items()}
    | {"halb": (Fraction(1, 2), 2), "halbier": (Fraction(1, 2), 50), "viertel": (Fraction(1, 4), 15, 4, 3)}
    | {"doppel": (2,), "double": (2,), "verdoppel": (2, 100)}
    | {"sechzehntelfinal": (32, 16), "achtelfinal": (16, 8), "viertelfinal": (8, 4, Fraction(1, 4)), "halbfinal": (4,)}
    | {"verdreifach": (3, 200), "vervierfach": (4, 300), "hundert": (100,), "tausend": (1000,)}
    | {"million": (10**6,), "milliarde": (10**9,), "billion": (10**12,)}
)
_BEGINNING = re.compile("|".join(sorted(_BEGINNINGS, key=len, reverse=True)))
#: "Tabellenvierter" may be answered by "fourth-placed".
_ENDS_WITH_ORDINAL = re.compile(rf"\w+?({'|'.join(_ORDINAL_STEMS)})e[nrsm]?")


@lru_cache(maxsize=16384)
def _word(word: str) -> Word | None:
    """What a word, in lower case, says about a number; None for all others."""
    known = _WORDS.get(word)
    if known is not None or len(word) > _LONGEST_WORD:
        return known
    if _COMPOUND.search(word):
        value = _below_million(word)
        if value is not None:
            return number_word(grammar.TEEN, value, Strength.FIRM)
        value = _ordinal(word)
        if value is not None:
            return number_word(grammar.QUANTITY, value, Strength.LOOSE)
    beginning = _BEGINNING.match(word)
    if beginning is not None:
        first, *others = _BEGINNINGS[beginning.group()]
        return number_word(grammar.QUANTITY, first, Strength.FAINT, *others)
    ending = _ENDS_WITH_ORDINAL.fullmatch(word)
    return number_word(grammar.QUANTITY, _ORDINAL_STEMS[ending[1]], Strength.FAINT) if ending else None


def _ordinal(word: str) -> int | None:
    """The value of zwanzigste, einundzwanzigsten, hundertste."""
    match = re.fullmatch(r"(.+)ste[nrsm]?", word)
    return _below_million(match[1]) if match else None


def _below_million(word: str) -> int | None:
    """The value of a cardinal written as one word, such as zweihundertfünfzigtausend."""
    head, thousand, tail = word.rpartition("tausend")
    if not thousand:
        return _below_thousand(word)
    high = _below_thousand(head) if head else 1
    low = _below_thousand(tail.removeprefix("und")) if tail else 0
    return None if high is None or low is None else high * 1000 + low


def _below_thousand(word: str) -> int | None:
    """Also neunzehnhundertachtzig: German counts years in hundreds."""
    head, hundred, tail = word.partition("hundert")
    if not hundred:
        return _BELOW_100.get(word)
    high = _BELOW_20.get(head) if head else 1
    low = _BELOW_100.get(tail.removeprefix("und")) if tail else 0
    return None if high is None or low is None else high * 100 + low
