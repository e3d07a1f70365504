"""Phrases are built alike in both languages: the same number, said in German and in English."""

from __future__ import annotations

from fractions import Fraction

import pytest

from reviews.checks.quantities import Number, read_english, read_german


@pytest.mark.parametrize(
    ("german", "english", "value"),
    [
        ("zwölf", "twelve", 12),
        ("einundzwanzig", "twenty-one", 21),
        ("neunundneunzig", "ninety nine", 99),
        ("hundert", "a hundred", 100),
        ("hunderteins", "one hundred and one", 101),
        ("zweihundertfünfzig", "two hundred and fifty", 250),
        ("dreitausend", "three thousand", 3000),
        ("zwölftausenddreihundert", "twelve thousand three hundred", 12_300),
        ("fünfhunderttausend", "five hundred thousand", 500_000),
        ("eine Million", "a million", 1_000_000),
        ("eine halbe Million", "half a million", 500_000),
        ("anderthalb Millionen", "one and a half million", 1_500_000),
        ("zweieinhalb Milliarden", "two and a half billion", 2_500_000_000),
        ("3,6 Milliarden", "3.6 billion", 3_600_000_000),
        ("zwei Billionen", "two trillion", 2 * 10**12),
        ("drei Billiarden", "three quadrillion", 3 * 10**15),
        ("zwei Dutzend", "two dozen", 24),
        ("zwei Drittel", "two thirds", Fraction(2, 3)),
        ("drei Viertel", "three quarters", Fraction(3, 4)),
        ("3 Viertel", "3 quarters", Fraction(3, 4)),
        ("ein Zehntel", "a tenth", Fraction(1, 10)),
        ("zweieinhalb", "two and a half", Fraction(5, 2)),
        ("0,5", "0.5", Fraction(1, 2)),
    ],
)
def test_the_same_number_in_both_languages(german, english, value):
    for text, quantities in ((german, read_german(german)), (english, read_english(english))):
        assert len(quantities) == 1, text
        assert quantities[0].readings[0] == Number(Fraction(value)), text
        assert quantities[0].text == text


@pytest.mark.parametrize("number", [*range(2, 130), 199, 200, 999, 1000, 1984, 20_017, 999_999])
def test_all_cardinals_written_out_are_read(number):
    assert [quantity.readings[0] for quantity in read_german(in_german(number))] == [Number(Fraction(number))]
    assert [quantity.readings[0] for quantity in read_english(in_english(number))] == [Number(Fraction(number))]


def test_numbers_that_do_not_belong_together_stay_apart():
    assert len(read_english("two, three million")) == 2
    assert len(read_english("in 2020 two hundred")) == 2
    assert len(read_english("five or six")) == 2
    assert len(read_german("zwei und drei")) == 2
    assert len(read_german("2020 zweihundert")) == 2


UNITS = ["", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"]
TENS = ["", "", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]


def in_german(number: int) -> str:
    if number >= 1000:
        rest = number % 1000
        return in_german(number // 1000).removesuffix("s") + "tausend" + (in_german(rest) if rest else "")
    if number >= 100:
        rest = number % 100
        return UNITS[number // 100] + "hundert" + (in_german(rest) if rest else "")
    if number == 1:
        return "eins"
    if number <= 12:
        return UNITS[number]
    if number < 20:
        return {16: "sechzehn", 17: "siebzehn"}.get(number, UNITS[number - 10] + "zehn")
    unit = UNITS[number % 10]
    return f"{unit}und{TENS[number // 10]}" if unit else TENS[number // 10]


ENGLISH = [
    "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
ENGLISH_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_english(number: int) -> str:
    if number >= 1000:
        rest = number % 1000
        joint = " and " if 0 < rest < 100 else " "
        return (in_english(number // 1000) + " thousand" + joint + in_english(rest)).strip()
    if number >= 100:
        rest = number % 100
        return ENGLISH[number // 100] + " hundred" + (" and " + in_english(rest) if rest else "")
    if number < 20:
        return ENGLISH[number]
    return ENGLISH_TENS[number // 10] + (f"-{ENGLISH[number % 10]}" if number % 10 else "")
