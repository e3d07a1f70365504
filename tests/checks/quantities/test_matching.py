from __future__ import annotations

import time

import pytest

from reviews.checks.quantities import read_english, read_german
from reviews.checks.quantities.matching import Comparison, compare


def differences(source: str, target: str) -> dict[str, list[str]]:
    """What `compare` finds, as text: pairs as "source → target"."""
    comparison: Comparison = compare(read_german(source), read_english(target))
    found = {
        "changed": [f"{a.text} → {b.text}" for a, b in comparison.changed],
        "missing": [quantity.text for quantity in comparison.missing],
        "added": [quantity.text for quantity in comparison.added],
        "notation": [f"{a.text} → {b.text}" for a, b in comparison.notation],
    }
    return {name: texts for name, texts in found.items() if texts}


@pytest.mark.parametrize(
    ("source", "target"),
    [
        # said in another way
        ("22:15 (8:13)", "22-15 (8-13)"),
        ("beim 2:2", "in the 2-2"),
        ("am 3. und 4. Mai", "on May 3 and 4"),
        ("von 8 bis 12 Uhr", "from 8 a.m. to noon"),
        ("um 19 Uhr", "at 7"),
        ("Das 320 Kilometer lange Tal", "The valley is 200 miles (320 kilometers) long"),
        ("Das 320 Kilometer lange Tal", "The 200-mile valley"),
        ("seit zwei Jahrzehnten", "for 20 years"),
        ("in 14 Tagen", "in two weeks"),
        ("120 km/h", "75 mph"),
        ("2 Meter groß", "6.5 feet tall"),
        ("5 Kilogramm", "11 pounds"),
        ("2.0", "2"),
        ("(3, 5)", "(3,5)"),
        ("U21", "under 21"),
        ("der LokSound5", "the LokSound 5"),
        ("Projekt5", "Project5"),
        # said more or less often
        ("3 Tore, also 3 Punkte", "3 goals and as many points"),
        ("3 Tore", "3 goals: that makes 3 points"),
        # answers that need not come back
        ("im Viertelfinale", "in the quarter-final"),
        ("im Achtelfinale", "in the last 16"),
        ("unter vier Augen", "in private"),
        ("beide", "the two of them"),
        ("der Tabellenvierte", "the 4th-placed"),
        ("rund um die Uhr", "24/7"),
        ("eine Stunde", "one hour"),
        ("am 1. Tag", "on the first day"),
        ("der 1. Versuch", "a try"),
        ("Covid-19", "Covid"),
        ("Corona", "Covid-19"),
        ("Hartz IV", "unemployment benefit"),
    ],
)
def test_these_agree(source, target):
    assert differences(source, target) == {}


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ("8 von 10", "8 of 12", {"changed": ["10 → 12"]}),
        ("8 von 10", "8 of them", {"missing": ["10"]}),
        ("viele von 10", "8 of 10", {"added": ["8"]}),
        ("3,6 Milliarden", "3.6 million", {"changed": ["3,6 Milliarden → 3.6 million"]}),
        ("Milliarden fehlen", "millions are missing", {"changed": ["Milliarden → millions"]}),
        ("Millionen fehlen", "money is missing", {}),
        ("am 03.04.", "on March 4", {"changed": ["03.04. → March 4"]}),
        ("am 03.04.2026", "on April 3, 2025", {"changed": ["2026 → 2025"]}),
        ("um 14.20 Uhr", "at 2:20 a.m.", {"changed": ["14.20 Uhr → 2:20 a.m."]}),
        ("um 12.40 Uhr", "at 12.40 am", {"changed": ["12.40 Uhr → 12.40 am"]}),
        ("17 Stunden", "until 17 o'clock", {"changed": ["17 → 17 o'clock"]}),
        ("die 80er", "the 1970s", {"changed": ["80er → 1970s"]}),
        ("Python 3.10", "Python 3.1", {"changed": ["3.10 → 3.1"]}),
        ("CVE-2026-10417", "CVE-2026-10471", {"changed": ["CVE-2026-10417 → CVE-2026-10471"]}),
        ("Modell F7", "model F9", {"changed": ["F7 → F9"]}),
        ("1.450", "1.450", {"notation": ["1.450 → 1.450"]}),
        ("9,8 und 1,8 Millionen", "9,8 and 1,8 million", {"notation": ["9,8 → 9,8", "1,8 Millionen → 1,8 million"]}),
        ("25", "25,000", {"changed": ["25 → 25,000"]}),
        ("zwölf", "two", {"changed": ["zwölf → two"]}),
        ("ein Fünftel", "a third", {"changed": ["ein Fünftel → a third"]}),
        ("ein Fünftel davon", "five of them", {"changed": ["ein Fünftel → five"]}),
        ("fünf davon", "a fifth of them", {"changed": ["fünf → a fifth"]}),
        ("ein Zehntel", "ten", {"changed": ["ein Zehntel → ten"]}),
        ("fünf davon", "one in six", {"changed": ["fünf → one in six"]}),
        ("zwei Drittel", "a third", {"changed": ["zwei Drittel → a third"]}),
        # a lettered code never stands in for a number, nor a date for either
        ("F7", "12", {"missing": ["F7"], "added": ["12"]}),
        ("03.04.", "17", {"missing": ["03.04."], "added": ["17"]}),
        # each with its like: digits before place
        ("1,2 Mio. und 45", "54 and 1.2 billion", {"changed": ["1,2 Mio → 1.2 billion", "45 → 54"]}),
        # a repeated number that should stand in one place and stands in another
        ("0:3 (0:1)", "0-3 (3-1)", {"changed": ["0 → 3"]}),
        # conversions within five percent
        ("320 Kilometer", "250 miles", {"changed": ["320 → 250"]}),
        ("14 Tage", "14 weeks", {}),  # a wrong unit with the right figure is for another check
    ],
)
def test_these_differ(source, target, expected):
    assert differences(source, target) == expected


def test_nothing_on_either_side_is_no_difference():
    assert compare([], []) == Comparison()


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (" ".join(str(n) for n in range(4000)), " ".join(str(n) for n in range(4000, 8000))),
        ("12 " * 6600, "34 " * 6600),
        ("3:4 " * 4000, "3-4 " * 4000),
        ("2:2 " * 4000, "2 " * 4000),
        ("1.450 " * 3000, "1.450 " * 3000),
        ("3. Mai " * 2500, "3 " * 5000),
    ],
)
def test_tables_of_numbers_cost_linear_time(source, target):
    """Ten times as many numbers take about ten times as long; a quadratic step would take a hundred times."""
    quantities = read_german(source), read_english(target)
    small = tuple(side[: len(side) // 10] for side in quantities)
    assert seconds(*quantities) < 40 * max(seconds(*small), 0.001)


def seconds(source, target) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        compare(source, target)
        best = min(best, time.process_time() - start)
    return best
