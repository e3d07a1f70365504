import random
from itertools import combinations

import pytest
from langdetect import DetectorFactory

from reviews.metrics import language
from reviews.metrics.base import Languages
from reviews.metrics.language import (
    FUNCTION_WORDS,
    NO_PROFILE,
    SAME_LANGUAGE,
    TOO_SHORT,
    UNDETERMINED,
    Language,
    UnknownLanguageError,
    identify,
    words_of,
)
from reviews.values import SegmentScore
from tests.metrics.parallel import lines, wmt22

DE_EN = Languages("de", "en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Die Regierung hat am Mittwoch ein neues Gesetz beschlossen.", "de"),
        ("The government passed a new law on Wednesday.", "en"),
        ("THE GOVERNMENT HAS FALLEN", "en"),
        ("NACH DEM STURM IST VOR DEM STURM", "de"),
        # neither function words nor umlauts
        ("Polizei stoppt betrunkene Radfahrerin", "de"),
        ("Police stop drunk cyclist", "en"),
        ("Rund 3.000 Haushalte ohne Strom", "de"),
        # quotes and names of the other language do not decide
        ("He called it “Angst vor der Freiheit”, which is not how we would put it.", "en"),
        ("Der Film „The Lives of Others“ wurde von vielen gelobt und ist sehr bekannt.", "de"),
        ("Düsseldorf – a tragic accident near midday on Sunday in Düsseldorf-Garath", "en"),
    ],
)
def test_it_tells_german_from_english(text, expected):
    assert identify(text, ("de", "en")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n ",
        "2024",
        "Hallo",
        "Und das?",
        "Erika Mustermann",
        "Erika Mustermann, Berlin-Mitte",
        "SPD, CDU, FDP und",
        "…",
        "12 345 6789 – 10:11",
        "https://example.org/die-regierung-hat-ein-neues-gesetz",
        "www.die-und-der.example name@der-und-das.example @das_ist_es #dieundder",
        # as many English words as German ones
        "Das Album des Musikers („The End of the Game“, „Out of the Blue“) glich einer Achterbahnfahrt.",
        "Вчера вечером в городе было холодно",
        "政府は水曜日に 新しい 法律を 可決した",
    ],
)
def test_it_does_not_guess(text):
    assert identify(text, ("de", "en")) is None


def test_regions_and_order_of_the_languages_do_not_matter():
    text = "Polizei stoppt betrunkene Radfahrerin"
    assert {identify(text, pair) for pair in (("de-AT", "en-GB"), ("en", "de"), ("EN_us", "DE"))} == {"de"}


def test_languages_without_function_words_here_are_told_by_letters():
    assert identify("Le gouvernement a adopté une nouvelle loi mercredi.", ("de", "fr")) == "fr"
    assert identify("Die Regierung hat am Mittwoch ein neues Gesetz beschlossen.", ("de", "fr")) == "de"


def test_the_answer_does_not_depend_on_what_was_asked_before():
    texts = wmt22("ref.A")[:400] + lines("data/wmt22-de-en/source.de")[:400]
    first = {text: identify(text, ("de", "en")) for text in texts}
    random.Random(5).shuffle(texts)
    assert {text: identify(text, ("de", "en")) for text in texts} == first


def test_langdetects_own_factory_stays_as_it_is():
    identify("Polizei stoppt betrunkene Radfahrerin", ("de", "en"))
    assert DetectorFactory.seed is None
    assert language._factory(("de", "en")) is not language._factory(("de", "fr"))
    assert language._factory(("de", "en")).get_lang_list() == ["de", "en"]


@pytest.mark.parametrize(("text", "right"), [("data/wmt22-de-en/source.de", "de"), ("data/wmt22-de-en/ref.A.en", "en")])
def test_on_a_test_set_it_answers_nearly_always_and_errs_nearly_never(text, right):
    """1984 lines each, some of them greetings or in another language; measured: 98 % answered, 3 and 0 wrong."""
    answers = [identify(line, ("de", "en")) for line in lines(text)]
    assert sum(answer is None for answer in answers) < 0.03 * len(answers)
    assert sum(answer not in (right, None) for answer in answers) < 0.002 * len(answers)


def test_function_words_belong_to_one_language_only():
    for one, other in combinations(FUNCTION_WORDS.values(), 2):
        assert not one & other


def test_words_are_not_numbers_links_or_handles():
    assert words_of("Am 3. Mai (um 9:30 Uhr) unter www.a.de, a@b.de, http://c.de/x @d #e: O’Neill") == [
        *("Am", "Mai", "um", "Uhr", "unter"),
        *("O", "Neill"),
    ]


def test_a_million_characters_without_a_space_take_no_time_that_matters():
    assert identify("a" * 1_000_000, ("de", "en")) is None
    assert identify("a@" * 500_000, ("de", "en")) is None


def test_it_refuses_a_language_nobody_can_tell():
    with pytest.raises(UnknownLanguageError, match="no profile for the language 'tlh'"):
        identify("", ("de", "tlh"))
    with pytest.raises(UnknownLanguageError, match=r"no profile for the language '\.\./x'"):
        identify("", ("de", "../x"))


def test_it_refuses_a_single_language():
    with pytest.raises(ValueError, match=r"takes two different ones to choose from, got \('de', 'de-AT'\)"):
        identify("", ("de", "de-AT"))


@pytest.mark.parametrize(
    ("hypothesis", "languages", "expected"),
    [
        ("The government passed a new law on Wednesday.", DE_EN, SegmentScore(1.0)),
        ("Die Regierung hat ein neues Gesetz beschlossen.", DE_EN, SegmentScore(0.0)),
        ("Die Regierung hat ein neues Gesetz beschlossen.", Languages("en", "de-AT"), SegmentScore(1.0)),
        ("Hallo Welt", DE_EN, SegmentScore(None, reason=TOO_SHORT)),
        ("", DE_EN, SegmentScore(None, reason=TOO_SHORT)),
        ("Erika Mustermann, Berlin-Mitte", DE_EN, SegmentScore(None, reason=UNDETERMINED)),
        ("The government passed a new law.", Languages("en-US", "en-GB"), SegmentScore(None, reason=SAME_LANGUAGE)),
        ("The government passed a new law.", Languages("tlh", "en"), SegmentScore(None, reason=NO_PROFILE)),
    ],
)
def test_the_signal_says_whether_it_is_the_target_language(hypothesis, languages, expected):
    assert Language().scores([hypothesis], ["Quelle"], languages) == [expected]


def test_the_signature_names_what_the_answer_depends_on():
    assert Language().signature(Languages("de-AT", "en")) == (
        "source:de|target:en|words:3|probability:0.9|seed:0|rules:1|langdetect:1.0.9"
    )


def test_it_refuses_lists_of_different_length():
    with pytest.raises(ValueError, match="1 hypotheses but 2 sources"):
        Language().scores(["a"], ["a", "b"], DE_EN)
