from __future__ import annotations

from fractions import Fraction

import pytest

from reviews.checks.quantities import read_english
from tests.checks.quantities.readings import may_mean, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,450 jobs", ["1450"]),
        ("9.8", ["49/5"]),
        ("10 000 people", ["10000"]),
        ("8 percent, 12.5%, 3 per cent", ["8", "25/2", "3"]),
        # scales
        ("3.6 billion euros", ["3600000000"]),
        ("1.2 trillion", ["1200000000000"]),
        ("€0.4bn, $5m, 10k, 2tn", ["400000000", "5000000", "10000", "2000000000000"]),
        ("5 bn", ["5000000000"]),
        ("£39million", ["39000000"]),
        ("3.6-million-euro plan", ["3600000"]),
        ("a million, one billion", ["1000000", "1000000000"]),
        ("half a million, half a dozen", ["500000", "6"]),
        ("one and a half million, two and a half", ["~1500000", "~5/2"]),
        ("a quarter of a million", ["~250000"]),
        ("three quarters of a million", ["~750000"]),
        ("two dozen", ["24"]),
        ("millions of people, dozens, hundreds of thousands", ["≈1000000", "≈12", "≈100", "≈1000"]),
        ("a hundred, a thousand", ["~100", "~1000"]),
        ("one million million", ["1000000000000"]),
        # number words
        ("two three twelve", ["2", "3", "12"]),
        ("twenty-one, thirty five", ["21", "35"]),
        ("two hundred and fifty thousand", ["250000"]),
        ("a hundred and fifty people", ["150"]),
        ("nineteen ninety", ["19", "90"]),
        ("two million three hundred thousand", ["2300000"]),
        ("one, the first", ["?1", "?1"]),
        ("the second, twentieth, twenty-first", ["~2", "~20", "~21"]),
        ("both, twice, a pair, a decade", ["?2", "?2", "?2", "?10"]),
        ("one or two, on cloud nine", ["?2", "?9"]),
        ("can, often, weight, height", []),
        # fractions
        ("a fifth, two thirds, half of it", ["~1/5", "2/3", "?1/2"]),
        ("one-fifth", ["~1/5"]),
        ("½ a litre, 2½, 3 1/2", ["1/2", "5/2", "7/2"]),
        # dates
        ("April 3, 3 April, 3rd of April, Apr. 3rd", ["3.4.", "3.4.", "3.4.", "3.4."]),
        ("January 5, 2026", ["5.1.", "2026"]),
        ("May 3 to 5", ["3.5.", "5"]),
        ("it may 3 times", ["3"]),
        ("March 2021", ["2021"]),
        ("05.01.2026", ["5.1.", "2026"]),
        ("2026-01-05", ["2026", "5.1."]),
        # times
        ("2:20 p.m., 2:20 pm, 7 PM, 12 am, 12 p.m.", ["14:20", "14:20", "19:00", "0:00", "12:00"]),
        ("8: 00 a.m.", ["8:00"]),
        ("6.45 o'clock, 17 o’clock", ["6:45", "17:00"]),
        ("at 19:00", ["19:00"]),
        ("noon, midnight", ["?12:00", "?0:00"]),
        ("16-32 (8-13)", ["16", "32", "8", "13"]),
        # decades
        ("the 1980s, the 80s, the ’90s, the 20ies", ["1980s", "1980s", "1990s", "1920s"]),
        ("the nineties", ["~1990s"]),
        # codes and versions
        ("CVE-2026-10471", ["cve-2026-10471"]),
        ("F7, A380, 5G, Covid-19", ["f7", "a380", "5", "~19"]),
        ("version 3.10, v2.0", ["3.10", "2.0"]),
        ("10.1.3", ["10.1.3"]),
        ("World War II", ["?2"]),
        ("3rd, 21st, 100th", ["3", "21", "100"]),
        ("24/7", ["?24.7."]),
        ("[PROJECT5]", ["?project5"]),
        ("https://example.org/2026 #top10", []),
    ],
)
def test_it_reads(text, expected):
    assert shown(read_english(text)) == expected


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("05/01", {"5", "5.1.", "1.5."}),
        ("9/11", {"9/11", "11.9.", "9.11."}),
        ("2:20", {"2:20", "14:20"}),
        ("2:20 p.m.", {"14:20"}),
        ("14:20", {"14:20"}),
        ("a fifth", {"1/5", "5"}),
        ("a fifth of it", {"1/5"}),
        ("one in five", {"1/5", "5"}),
        ("One out of every 20", {"1/20", "20"}),
        ("the fifth", {"1/5", "5"}),
        ("9.8.", {"9.8.", "9.8", "49/5"}),
        ("3.10", {"31/10", "3.10", "3:10", "3.10."}),
        ("10m", {"10000000", "10", "10m"}),
        ("50 percent", {"50", "1/2"}),
        ("half", {"1/2", "30", "6"}),
        ("’98", {"98", "1998", "2098"}),
        ("31/2", {"31/2"}),  # February has no 31st
    ],
)
def test_what_can_be_read_in_several_ways_is(text, meanings):
    (quantity,) = read_english(text)
    assert may_mean(quantity) == meanings


def test_a_number_left_in_german_notation_keeps_its_value_beside():
    left, scaled, both = read_english("9,8 or 1,8 million or 1.450")
    assert (left.readings, left.foreign.value) == ((), Fraction("9.8"))
    assert (scaled.readings, scaled.foreign.value) == ((), 1_800_000)
    assert (may_mean(both) >= {"29/20"}, both.foreign.value) == (True, 1450)


def test_the_first_figure_of_a_range_may_share_the_scale_of_the_second():
    for text in ("3 to 5 million", "3-5 million", "3–5 million", "3 or 5 million", "3 and 5 million"):
        first, second = read_english(text)
        assert may_mean(first) == {"3", "3000000"}, text
        assert may_mean(second) == {"5000000"}


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("about 3.6 million euros", "3.6 million"),
        ("on April 3, it", "April 3"),
        ("at 2:20 p.m. it", "2:20 p.m."),
        ("two hundred and fifty thousand people", "two hundred and fifty thousand"),
        ("a fifth of it", "a fifth"),
        ("until 17 o'clock not", "17 o'clock"),
        ("only 8 percent", "8"),
    ],
)
def test_spans_are_tight(text, quoted):
    first = read_english(text)[0]
    assert first.text == quoted
    assert text[first.start : first.end] == quoted


@pytest.mark.parametrize("text", ["", " ", "no numbers here", "...", "%", "a and of", "-"])
def test_a_text_without_numbers_has_none_that_must_come_back(text):
    assert [quantity for quantity in read_english(text) if shown([quantity])[0][0] != "?"] == []
