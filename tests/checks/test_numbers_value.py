from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.checks.numbers_value import NumbersValue
from reviews.values import SEVERITIES
from tests.checks.texts import (
    ARTICLES,
    article_pairs,
    human_pairs,
    overlaps,
    pair,
    planted,
    share_with_findings,
    spans,
)
from tests.shared import shared_path

CHECK = NumbersValue()

CHANGED = "accuracy/mistranslation"
MISSING = "accuracy/omission"
ADDED = "accuracy/addition"
NOTATION = "locale-conventions/number-format"
DATE = "locale-conventions/date-format"


@pytest.mark.parametrize(
    ("source", "target", "found"),
    [
        # a scale lost or swapped
        ("EU genehmigt 3,6 Milliarden Euro", "EU approves 3.6 million euros", ("critical", CHANGED)),
        ("Ein Volumen von 1,2 Billionen US-Dollar", "A volume of 1.2 billion US dollars", ("critical", CHANGED)),
        ("Erst 9 Millionen Euro", "First 9 billion euros", ("critical", CHANGED)),
        ("Das kostet 3,5 Milliarden Euro.", "That costs 3.5 milliards of euros.", ("critical", CHANGED)),
        ("Milliarden fehlen.", "Millions are missing.", ("critical", CHANGED)),
        # a digit, a date, a time, an identifier
        ("Nur 8 Prozent", "Only 9 percent", ("critical", CHANGED)),
        ("Die Quote lag bei 3,7 Prozent.", "The rate was 37 percent.", ("critical", CHANGED)),
        ("Seit dem 03.04. offline", "Offline since March 4", ("critical", CHANGED)),
        ("Vor dem 05.01.2026", "Before May 1, 2026", ("critical", CHANGED)),
        ("Um 14.20 Uhr", "At 2:20 a.m.", ("critical", CHANGED)),
        ("Die Kennung CVE-2026-10417", "The identifier CVE-2026-10471", ("critical", CHANGED)),
        ("In den 80er Jahren", "In the 1970s", ("critical", CHANGED)),
        ("Python 3.10 ist da.", "Python 3.1 is here.", ("critical", CHANGED)),
        ("3.6 Millionen Euro", "3.7 million euros", ("critical", CHANGED)),  # English notation in the German
        # number words
        ("In zwölf Rathäusern", "In two town halls", ("major", CHANGED)),
        ("Zum dritten Mal", "For the second time", ("major", CHANGED)),
        ("Fünfzig Leute", "Fifteen people", ("critical", CHANGED)),
        # a share and a percentage that is not it
        ("Ein Drittel der Wähler", "30 percent of voters", ("critical", CHANGED)),
        ("Ein Viertel der Wähler", "26 percent of voters", ("major", ADDED)),
        ("Zwei Drittel", "66.9 percent", ("critical", CHANGED)),
        ("33,4 Prozent", "a third", ("critical", CHANGED)),
        ("Ein Drittel", "34 percent", ("critical", CHANGED)),
        ("Die Hälfte der Züge", "A third of the trains", ("major", CHANGED)),
        ("Drei von vier Gemeinden", "Three in five municipalities", ("major", CHANGED)),
        ("Um halb neun", "At 9:30 a.m.", ("critical", CHANGED)),
        ("Bis zu 17 Stunden lang", "Until 17 o'clock", ("major", CHANGED)),
        # dropped and added
        ("Nur 8 Prozent stammen aus Europa.", "Only a few come from Europe.", ("major", MISSING)),
        ("Der Ausbruch von 1585", "The eruption", ("major", MISSING)),
        ("Zu je drei links und rechts", "Each on the left and on the right", ("minor", MISSING)),
        ("Ein paar Leute kamen.", "17 people came.", ("major", ADDED)),
        ("Ein Fehler wurde behoben.", "Three bugs were fixed.", ("minor", ADDED)),
        # German notation left in English
        ("Es kamen 1.450 Gäste.", "1.450 guests came.", ("major", NOTATION)),
        ("Ein Wert von 9,8", "A value of 9,8", ("minor", NOTATION)),
        ("Rund 1,8 Millionen Kubikmeter", "About 1,8 million cubic meters", ("minor", NOTATION)),
        ("Um 1.234,5 Euro", "By 1.234,5 euros", ("minor", NOTATION)),
        ("Faktor 3,141", "A factor of 3,141", ("major", NOTATION)),
        ("Bis zum 30.09.2027", "Until 30.09.2027", ("minor", DATE)),
        ("Seit Freitag, dem 03.04.", "Since Friday, the 03.04.", ("minor", DATE)),
    ],
)
def test_it_fires_once_with_the_fitting_severity_and_category(source, target, found):
    assert [(finding.severity, finding.category) for finding in CHECK.run(pair(source, target))] == [found]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        # notation
        ("Es kamen 1.450 Gäste.", "1,450 guests came."),
        ("Es kamen 1.450 Gäste.", "1450 guests came."),
        ("Es kamen 10 000 Gäste.", "10,000 guests came."),
        ("Ein Wert von 9,8", "A value of 9.8."),
        ("Um 1.234,5 Euro", "By 1,234.5 euros"),
        ("0,99 €", "€0.99"),
        # scales
        ("3,6 Milliarden Euro", "3.6 billion euros"),
        ("2 Billionen Dollar", "$2tn"),
        ("Rund 400 Mio. Euro", "About €0.4bn"),
        ("1,2 Mrd. Euro", "1,200 million euros"),
        ("3 bis 5 Millionen", "between 3 million and 5 million"),
        ("eine halbe Million", "500,000"),
        ("anderthalb Millionen", "1.5 million"),
        ("eine Million", "a million"),
        # words and digits
        ("zwölf Städte", "12 cities"),
        ("2 Städte", "two cities"),
        ("zwei Dutzend", "24"),
        ("beide Städte", "both cities"),
        ("zum zweiten Mal", "for the second time"),
        ("am 3. Tag", "on the third day"),
        ("eine Stadt", "one city"),
        ("die 74-Jährige", "the 74-year-old"),
        ("dreistündig", "lasting three hours"),
        # shares
        ("ein Fünftel", "a fifth"),
        ("ein Fünftel", "20 percent"),
        ("ein Fünftel der Städte", "a fifth of the cities"),
        ("ein Fünftel der Städte", "one in five cities"),
        ("jede fünfte Stadt", "one out of five cities"),
        ("das 5. Mal", "a fifth time"),
        ("ein fünftes der Tore", "a fifth of the goals"),
        ("zwei Drittel", "two thirds"),
        ("die Hälfte", "50 percent"),
        ("50 Prozent", "half"),
        ("ein Drittel", "33 percent"),
        ("ein Drittel", "33.3%"),
        ("33,3 Prozent", "a third"),
        ("zwei Drittel", "66 percent"),
        ("67 %", "two thirds"),
        ("jeder Fünfte", "20 percent"),
        ("jeder Dritte", "33 percent of people"),
        ("ein Viertel", "25 percent"),
        ("25 Prozent", "a quarter"),
        ("ein Achtel", "13 percent"),
        ("drei von vier Gemeinden", "three quarters of municipalities"),
        ("drei von vier Gemeinden", "three of the four municipalities"),
        ("zwei von drei Gemeinden", "67 percent of municipalities"),
        ("drei Tore in vier Spielen", "three in four games"),
        ("hat sich verdoppelt", "rose by 100 percent"),
        ("um 100 Prozent gestiegen", "doubled"),
        ("das 100-jährige Bestehen", "the centennial"),
        # dates and times
        ("am 03.04.", "on April 3"),
        ("am 03.04.", "on 3 April"),
        ("am 5. Januar 2026", "on January 5, 2026"),
        ("bis 30.09.2027", "until September 30, 2027"),
        ("am 11. September", "on 9/11"),
        ("um 14.20 Uhr", "at 2:20 pm"),
        ("um 14:20 Uhr", "at 14:20"),
        ("um 6.45 Uhr", "at 6.45 o'clock"),
        ("Mittwoch (19 Uhr)", "Wednesday (7 PM)"),
        ("um 24 Uhr", "at midnight"),
        ("um 8 Uhr abends", "at 8 pm"),
        ("um halb neun", "at 8:30 a.m."),
        ("um halb neun", "at half past eight"),
        ("um Viertel vor neun", "at 8.45"),
        ("im Vierteljahr", "in the three months"),
        # decades and spans
        ("die 80er Jahre", "the 1980s"),
        ("die Neunziger", "the nineties"),
        ("2018/19", "2018-19"),
        ("1923-1998", "1923–1998"),
        # scores, versions, identifiers
        ("61:72 (28:38)", "61-72 (28-38)"),
        ("Version 2.0", "Version 2.0"),
        ("CVE-2026-10417", "CVE-2026-10417"),
        ("die G20-Staaten", "the G20 states"),
        ("Formel-1-Finale", "Formula 1 finale"),
        # answers
        ("das Achtelfinale", "the last 16"),
        ("320 Kilometer", "200 miles"),
        ("vor zwei Jahrzehnten", "20 years ago"),
        ("Covid-19-Impfung", "Covid vaccination"),
        ("ein Gespräch unter vier Augen", "a private conversation"),
        ("Wäre Sechzig qualifiziert, käme Sechzigs Torwart.", "If Munich qualified, 1860's goalkeeper would come."),
        ("Sie ist eine Zwei.", "She is a good one."),
        # no numbers at all
        ("Mehr unter https://example.org/2026", "More at https://example.org/en"),
        ("Die Stadt baut.", "The city is building."),
    ],
)
def test_it_stays_quiet(source, target):
    assert CHECK.run(pair(source, target)) == []


@pytest.mark.parametrize(
    ("source", "target", "message", "in_source", "in_target", "suggestion"),
    [
        (
            "EU genehmigt 3,6 Milliarden Euro",
            "EU approves 3.6 million euros",
            "“3,6 Milliarden” in the source, “3.6 million” in the translation.",
            ("3,6 Milliarden",),
            ("3.6 million",),
            None,
        ),
        (
            "Seit dem 03.04. offline",
            "Offline since 04.03.",
            "“03.04.” (3 April) in the source, “04.03.” (4 March) in the translation.",
            ("03.04.",),
            ("04.03.",),
            None,
        ),
        (
            "CVE-2026-10417 ist kritisch.",
            "CVE-2026-10471 is critical.",
            "“CVE-2026-10417” in the source, “CVE-2026-10471” in the translation.",
            ("CVE-2026-10417",),
            ("CVE-2026-10471",),
            "CVE-2026-10417",
        ),
        (
            "Nur 8 Prozent stammen aus Europa.",
            "Only a few come from Europe.",
            "“8” in the source is missing from the translation.",
            ("8",),
            (),
            None,
        ),
        (
            "Das Fest vom 7. bis 9. Mai 2021 fiel aus.",
            "The festival was cancelled.",
            "“7. bis 9. Mai 2021” in the source is missing from the translation.",
            ("7. bis 9. Mai 2021",),
            (),
            None,
        ),
        (
            "Ein paar Leute kamen.",
            "17 people came.",
            "“17” in the translation has no counterpart in the source.",
            (),
            ("17",),
            None,
        ),
        (
            "Es kamen 1.450 Gäste.",
            "1.450 guests came.",
            "“1.450” is written as in the source language, which reads as another number here.",
            ("1.450",),
            ("1.450",),
            "1,450",
        ),
        (
            "Rund 1,8 Millionen",
            "About 1,8 million",
            "“1,8 million” is written as in the source language, which is no number here.",
            ("1,8 Millionen",),
            ("1,8 million",),
            "1.8 million",
        ),
        (
            "Bis zum 30.09.2027 fertig",
            "Ready by 30.09.2027",
            "“30.09.2027” is a date written the German way; it means 30 September.",
            (),
            ("30.09.2027",),
            None,
        ),
    ],
)
def test_the_message_is_in_plain_words_and_the_spans_are_tight(
    source, target, message, in_source, in_target, suggestion
):
    (finding,) = CHECK.run(pair(source, target))
    assert finding.message == message
    assert spans(source, finding.source_spans) == in_source
    assert spans(target, finding.target_spans) == in_target
    assert finding.suggestion == suggestion


def test_several_findings_stand_in_the_order_of_the_translation_and_what_is_missing_last():
    source = "Am 03.04. kamen 1.450 Gäste aus 12 Ländern, 30 Städten und vielen Orten."
    target = "On March 4, 1.450 guests came from 13 countries and many places."
    findings = CHECK.run(pair(source, target))
    assert [spans(target, finding.target_spans) for finding in findings] == [("March 4",), ("1.450",), ("13",), ()]
    assert spans(source, findings[-1].source_spans) == ("30",)


@pytest.mark.parametrize(
    ("source", "target", "kind"),
    [
        ("Es kamen 1.450 Gäste.", "", "body"),  # empty and
        ("Es kamen 1.450 Gäste.", "Es kamen 1.450 Gäste.", "body"),  # untranslated texts have checks of their own
        ("", "17 people", "body"),  # an English-only segment
        ("chipfabrik-36-milliarden", "chip-factory-approved", "slug"),
    ],
)
def test_what_is_the_business_of_another_check_stays_quiet(source, target, kind):
    assert CHECK.run(pair(source, target, kind)) == []


def test_english_to_german_is_compared_by_the_notations_the_other_way_round():
    languages = ("en-US", "de-DE")
    assert CHECK.run(pair("1,450 jobs at $3.6 billion", "1.450 Stellen für 3,6 Milliarden", languages=languages)) == []
    (finding,) = CHECK.run(pair("1,450 jobs", "1,450 Stellen", languages=languages))
    assert (finding.category, finding.suggestion) == (NOTATION, "1.450")
    (finding,) = CHECK.run(pair("3.6 billion", "3,6 Millionen", languages=languages))
    assert (finding.severity, finding.category) == ("critical", CHANGED)


def test_a_table_gone_wrong_is_told_in_a_few_findings():
    source, target = ", ".join(str(n) for n in range(100, 400)), ", ".join(str(n) for n in range(500, 800))
    findings = CHECK.run(pair(source, target))
    assert len(findings) == 21
    assert findings[-1].message == "280 more numbers differ between source and translation."
    assert findings[-1].severity == "critical"
    assert len(findings[-1].target_spans) == 280


def test_a_number_of_any_length_is_quoted_in_short():
    (finding,) = CHECK.run(pair("9" * 5000, "eight"))
    assert len(finding.message) < 200


@pytest.mark.parametrize(
    "text",
    [
        "7" * 20_000,
        "12 " * 6_600,
        "1.2." * 5_000,
        "1," * 10_000,
        "a.b-" * 5_000 + "@",
        "a@" * 10_000,
        "zweiund" * 2_800,
        "million " * 2_500,
        "two and a " * 2_000,
        "I" * 20_000,
        "ab-12-" * 3_300,
        "12:" * 6_600,
        "1/" * 10_000,
        "ä" * 20_000,
        "http://" * 2_800,
        "1 " + " " * 19_990 + "2",
        "hunderttausend" * 1_400,
    ],
    ids=lambda text: text[:8],
)
def test_a_hostile_line_is_read_in_linear_time(text):
    for source, target in ((text, "x"), ("x", text), (text, text + " 3")):
        start = time.process_time()
        CHECK.run(pair(source, target))
        assert time.process_time() - start < 3


PIECES = st.sampled_from(
    [
        "1", "2", "3", "12", "450", "2026", "0", ".", ",", ":", "/", "-", "–", " ", " ", "\u00a0", "'", "’", "%", "½",
        "zwei", "drei", "zwanzig", "hundert", "tausend", "Million", "Millionen", "Mrd.", "Drittel", "halb", "eine",
        "und", "€",
        "two", "three", "twenty", "hundred", "thousand", "million", "bn", "thirds", "half", "a", "and", "of", "dozen",
        "Uhr", "pm", "o'clock", "Januar", "May", "März", "April", "er", "s", "th", "F7", "CVE-", "Version ", "v", "x",
        "bis", "to", "Stunden", "miles", "km", "Prozent", "IV", "@", "https://a.b/", "(", ")", "😀",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map("".join)


@given(TEXTS, TEXTS, st.sampled_from([("de", "en"), ("en", "de"), ("de", "de")]))
def test_any_text_gives_findings_that_fit_it(source, target, languages):
    for finding in CHECK.run(pair(source, target, languages=languages)):
        assert finding.severity in SEVERITIES
        assert 0 < len(finding.message) < 400
        assert finding.source_spans or finding.target_spans
        for text, found in ((source, finding.source_spans), (target, finding.target_spans)):
            assert all(0 <= start < end <= len(text) for start, end in found)


# --- shared cases and articles -------------------------------------------------------------------------


def number_cases():
    for folder in sorted(shared_path("cases").glob("num-*")):
        expected = json.loads((folder / "expected.json").read_text("utf-8"))["results"]
        for line in (folder / "input.jsonl").read_text("utf-8").splitlines():
            case = json.loads(line)
            yield pytest.param(case["source"], case["target"], expected[case["id"]], id=f"{folder.name}-{case['id']}")


@pytest.mark.parametrize(("source", "target", "expected"), list(number_cases()))
def test_the_shared_number_cases(source, target, expected):
    assert bool(CHECK.run(pair(source, target))) is expected.startswith("finding")
    assert expected == "ok" or expected.startswith("finding")


#: The planted errors that are a number, date or time: wrong, or left in German notation. Units and "by" for "not
#: before" are none of this check's.
NUMBER_ERRORS = {
    "chipfabrik-foerderung": {"A02", "B01", "B06", "B07", "B08", "B13"},
    "handy-sicherheitsluecke": {"B06", "B07", "B11"},
    "open-source-verwaltung": {"B01", "B06", "B07", "B13", "B17", "B18"},
    "ransomware-kommunen": {"B02", "B07", "B08", "B20"},
}


@pytest.mark.parametrize("article", ARTICLES)
def test_every_planted_number_error_is_found_with_a_tight_span(article):
    findings = {
        (each.segment, each.engine): CHECK.run(each.text) for each in article_pairs() if each.article == article
    }
    found = {
        error["id"].rpartition("-")[2]
        for error in planted(article, "errors")
        if any(overlaps(finding, error) for finding in findings[error["segment"], error["engine"]])
    }
    assert found >= NUMBER_ERRORS[article]


@pytest.mark.parametrize("article", ARTICLES)
def test_planted_number_errors_that_are_critical_are_called_critical(article):
    for error in planted(article, "errors"):
        if error["severity"] == "critical" and error["id"].rpartition("-")[2] in NUMBER_ERRORS[article]:
            text = next(
                each.text
                for each in article_pairs()
                if (each.article, each.segment, each.engine) == (article, error["segment"], error["engine"])
            )
            hits = [finding for finding in CHECK.run(text) if overlaps(finding, error)]
            assert [finding.severity for finding in hits] == ["critical"], error["id"]


@pytest.mark.parametrize("article", ARTICLES)
def test_places_that_only_look_wrong_stay_quiet(article):
    texts = {(each.segment, each.engine): each.text for each in article_pairs() if each.article == article}
    for place in planted(article, "not_errors"):
        text = texts[place["segment"], place["engine"]]
        assert place["span"] in text.target.text
        assert CHECK.run(text) == [], place


@pytest.mark.parametrize("article", ARTICLES)
def test_the_references_of_the_articles_stay_quiet(article):
    for each in article_pairs():
        if each.article == article and each.engine == "reference":
            assert CHECK.run(each.text) == [], each.segment


def test_the_good_engine_gets_its_one_scale_error_and_nothing_else():
    found = [
        (each.article, each.segment) for each in article_pairs() if each.engine == "engine-a" and CHECK.run(each.text)
    ]
    assert found == [("chipfabrik-foerderung", "p3.s2")]


# --- false alarms and recall on WMT ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "reference", "domain", "most"),
    [
        ("wmt22-de-en", "A", "news", 1),  # of 506
        ("wmt22-de-en", "B", "news", 2),
        ("wmt22-de-en", "A", None, 6),  # of 1,984
        ("wmt22-de-en", "B", None, 14),  # nine of them real: "30 °C" became "300 C"
        ("wmt21-de-en", "A", None, 7),  # of 1,000
        ("wmt21-de-en", "B", None, 4),
        ("wmt23-de-en", "A", None, 3),  # of 549 paragraphs; one says 4 pm for 18.00 Uhr
    ],
)
def test_human_translations_get_hardly_an_alarm(folder, reference, domain, most):
    texts = human_pairs(folder, reference, domain)
    assert round(share_with_findings(CHECK, texts) * len(texts)) <= most


def change_a_digit(text: str, rng: random.Random) -> str | None:
    places = [match.start() for match in re.finditer("[0-9]", text)]
    if not places:
        return None
    place = rng.choice(places)
    return text[:place] + rng.choice([d for d in "123456789" if d != text[place]]) + text[place + 1 :]


def swap_the_scale(text: str, rng: random.Random) -> str | None:
    swapped = {"million": "billion", "billion": "million"}
    return re.sub(r"\b(million|billion)\b", lambda match: swapped[match[1]], text, count=1)


WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def change_a_number_word(text: str, rng: random.Random) -> str | None:
    matches = list(re.finditer(rf"\b(?:{'|'.join(WORDS)})\b", text))
    if not matches:
        return None
    match = rng.choice(matches)
    return text[: match.start()] + rng.choice([w for w in WORDS if w != match.group()]) + text[match.end() :]


def leave_german_notation(text: str, rng: random.Random) -> str | None:
    if re.search(r"[0-9],[0-9]{3}\b", text):
        return re.sub(r"([0-9]),([0-9]{3})\b", r"\1.\2", text, count=1)
    return re.sub(r"([0-9])\.([0-9])", r"\1,\2", text, count=1)


def drop_a_figure(text: str, rng: random.Random) -> str | None:
    matches = list(re.finditer(r"(?<![\w-])[0-9][0-9,.]*[0-9](?![\w-])", text))
    if not matches:
        return None
    match = rng.choice(matches)
    return text[: match.start()] + text[match.end() :]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("damage", "least", "recall"),
    [
        (change_a_digit, 400, 0.99),
        (swap_the_scale, 10, 1.0),
        (change_a_number_word, 100, 0.98),
        (leave_german_notation, 40, 1.0),
        (drop_a_figure, 250, 0.98),
    ],
)
def test_damage_done_to_human_translations_is_found(
    damage: Callable[[str, random.Random], str | None], least: int, recall: float, seed: int
):
    """`least` is how many texts could be damaged: recall on a handful would say nothing."""
    rng = random.Random(seed)
    damaged = []
    for text in human_pairs("wmt22-de-en", "A", "news") + human_pairs("wmt21-de-en", "A"):
        wrong = damage(text.target.text, rng)
        if wrong is not None and wrong != text.target.text and not CHECK.run(text):
            damaged.append(pair(text.source.text, wrong))
    assert len(damaged) >= least
    assert share_with_findings(CHECK, damaged) >= recall
