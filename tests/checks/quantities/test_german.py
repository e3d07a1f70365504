from __future__ import annotations

import pytest

from reviews.checks.quantities import read_german
from tests.checks.quantities.readings import may_mean, shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.450 Arbeitsplätze", ["1450"]),
        ("9,8", ["49/5"]),
        ("10 000 Leute", ["10000"]),
        ("1.234,5 Euro", ["2469/2"]),
        ("8 Prozent und 12,5 %", ["8", "25/2"]),
        ("50 Cent", ["50"]),
        # scales
        ("3,6 Milliarden Euro", ["3600000000"]),
        ("1,2 Billionen US-Dollar", ["1200000000000"]),
        ("400 Mio. Euro, 1,2 Mrd. Euro, 2 Bio. Euro", ["400000000", "1200000000", "2000000000000"]),
        ("400Mio. Euro, 39Millionen", ["400000000", "39000000"]),
        ("3,6-Milliarden-Euro-Paket", ["3600000000"]),
        ("2 Bio-Höfe", ["2"]),
        ("eine Million", ["1000000"]),
        ("eine halbe Million", ["500000"]),
        ("zwei Millionen dreihunderttausend", ["2300000"]),
        ("anderthalb Millionen", ["1500000"]),
        ("zwei Dutzend", ["24"]),
        ("5 Tsd. Stück", ["5000"]),
        ("Millionen Menschen, Milliardenhilfe", ["≈1000000", "?1000000000"]),
        ("Dutzende, Hunderte, Tausende, Zehntausende", ["≈12", "≈100", "≈1000", "≈10000"]),
        ("seit 2015 Tausende von Zwiebeln", ["2015", "≈1000"]),
        # number words
        ("zwei drei zwölf", ["2", "3", "12"]),
        ("einundzwanzig, fünfundsiebzig, dreissig", ["21", "75", "30"]),
        ("zweihundertfünfzigtausend", ["250000"]),
        ("hundertfünfzig, tausendundeins", ["150", "1001"]),
        ("neunzehnhundertachtzig", ["1980"]),
        ("eine ein eins", ["?1"]),
        ("einmal, erste", ["?1"]),
        ("der zweite, im zwanzigsten", ["~2", "~20"]),
        ("zweieinhalb Stunden", ["~5/2"]),
        ("außer Acht lassen, unter vier Augen", ["?8", "?4"]),
        ("acht Leute", ["~8"]),
        ("beide, doppelt, zweistündig, Dreikampf, Tabellenvierter", ["?2", "?2", "?2", "?3", "?4"]),
        ("Weg, Zeit, Wein, Reich, weich", []),
        # fractions
        ("ein Fünftel, zwei Drittel, die Hälfte", ["~1/5", "2/3", "~1/2"]),
        ("½ Liter, 2½ und 3 1/2", ["1/2", "5/2", "7/2"]),
        ("1/3 der Stimmen", ["3.1."]),  # a date, a fraction: see below
        # dates
        ("am 03.04.", ["3.4."]),
        ("vor dem 05.01.2026", ["5.1.", "2026"]),
        ("am 12.1.21", ["12.1.", "21"]),
        ("19. April, 5. Jan. 2026, 3. März", ["19.4.", "5.1.", "2026", "3.3."]),
        ("am ersten November", ["1.11."]),
        ("vom 3. bis 5. Mai", ["3", "5.5."]),
        ("2026-01-05", ["2026", "5.1."]),
        ("45.30. und 31.13.", ["45.30", "31.13"]),
        # times
        ("14.20 Uhr, 14:20 Uhr, 14 Uhr, 0 Uhr, 24 Uhr", ["14:20", "14:20", "14:00", "0:00", "0:00"]),
        ("um 19:15", ["19:15"]),
        ("um 13: 00 Uhr", ["13:00"]),
        ("18-Uhr-Nachrichten", ["18:00"]),
        ("17 Stunden", ["17"]),
        ("61:72 (28:38)", ["61", "72", "28", "38"]),
        # decades
        ("die 80er Jahre, 90er-Jahre, 1920er", ["1980s", "1990s", "1920s"]),
        ("die Neunziger, Achtzigerjahre", ["~1990s", "~1980s"]),
        ("der 7er BMW", ["7"]),
        # codes and versions
        ("CVE-2026-10417", ["cve-2026-10417"]),
        ("Modelle F7, F7 Pro, A380", ["f7", "f7", "a380"]),
        ("Version 2.0, Python 3.11, Kernel 5.15.3", ["2.0", "3.11", "5.15.3"]),
        ("5G, 2G-Regel, Covid-19", ["5", "2", "~19"]),
        ("Hartz IV, Heinrich VIII", ["?4", "?8"]),
        ("20fach, 10km, 11x15mm", ["20", "10", "11", "15"]),
        # no numbers
        ("https://example.org/2026/04 mail2@example.org #top10 @user99", []),
        ("(3,5)", ["7/2"]),
        ("1,2,3", ["~1", "2", "3"]),
    ],
)
def test_it_reads(text, expected):
    assert shown(read_german(text)) == expected


@pytest.mark.parametrize(
    ("text", "meanings"),
    [
        ("1/3", {"1/3", "1.3.", "3.1."}),
        ("9/11", {"9/11", "11.9.", "9.11."}),
        ("19.15", {"19.15", "19:15"}),
        ("3.10", {"3.10", "3:10", "3.10."}),
        ("50 Prozent", {"50", "1/2"}),
        ("ein Fünftel", {"1/5"}),
        ("jeder Fünfte", {"5", "1/5"}),
        ("80er", {"1980s", "80"}),
        ("20er", {"1920s", "2020s", "20"}),
        ("’98", {"98", "1998", "2098"}),
        ("halbe", {"1/2", "30", "6"}),
        ("um 8 Uhr", {"8:00"}),
        ("um 8 Uhr abends", {"8:00", "20:00"}),
        ("am Abend um 8 Uhr", {"8:00", "20:00"}),
    ],
)
def test_what_can_be_read_in_several_ways_is(text, meanings):
    (quantity,) = read_german(text)
    assert may_mean(quantity) == meanings


def test_the_end_of_a_span_of_years_may_be_a_year():
    assert [may_mean(quantity) for quantity in read_german("Saison 2018/19")] == [{"2018"}, {"19", "2019"}]


def test_the_first_figure_of_a_range_may_share_the_scale_of_the_second():
    for text in ("3 bis 5 Millionen", "3 und 5 Millionen", "3-5 Millionen", "3- bis 5-Millionen"):
        first, second = read_german(text)
        assert may_mean(first) == {"3", "3000000"}, text
        assert may_mean(second) == {"5000000"}


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Rund 3,6 Milliarden Euro", "3,6 Milliarden"),
        ("Etwa 8 Prozent", "8"),
        ("Am 05.01.2026 war es", "05.01."),
        ("um 14.20 Uhr war es", "14.20 Uhr"),
        ("in zwölf Rathäusern", "zwölf"),
        ("ein Fünftel der Stadt", "ein Fünftel"),
        ("die 80er Jahre", "80er"),
        ("Kennung CVE-2026-10417 ist", "CVE-2026-10417"),
    ],
)
def test_spans_are_tight(text, quoted):
    first = read_german(text)[0]
    assert first.text == quoted
    assert text[first.start : first.end] == quoted
    assert first.span == (text.index(quoted), text.index(quoted) + len(quoted))


def test_a_number_in_english_notation_keeps_its_value_beside():
    (plain,) = read_german("2.5")
    assert plain.foreign is not None
    assert plain.foreign.value == 2.5
    (scaled,) = read_german("3.6 Millionen")
    assert scaled.readings == ()
    assert scaled.foreign is not None
    assert scaled.foreign.value == 3_600_000


def test_the_word_behind_a_figure_is_its_unit():
    assert [quantity.unit for quantity in read_german("17 Stunden, 320-Kilometer-Lauf, 30 °C, 5.")] == [
        "stunden", "kilometer", "°c", "",
    ]  # fmt: skip
