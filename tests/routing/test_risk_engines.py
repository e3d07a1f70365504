"""How a text differs from those of the other engines."""

from __future__ import annotations

import math

import pytest

from reviews.routing.risk_engines import EngineFeatures, Profiles, engine_features, neighbouring, profile

TEXT = "The minister paid 3,500 euros. Nobody was informed."


def features(own: str, *others: str, consensus: float = 100.0, neighbours: float | None = None) -> EngineFeatures:
    return engine_features(profile(own), [profile(text) for text in others], consensus=consensus, neighbours=neighbours)


def test_a_text_like_all_others_differs_in_nothing():
    assert features(TEXT, TEXT, TEXT) == EngineFeatures(2, 0, 0, 0, 0, 0, 0)


def test_agreement_becomes_distance():
    found = features(TEXT, TEXT, TEXT, consensus=70.0, neighbours=40.0)
    assert (found.consensus, found.neighbours) == (30.0, 60.0)


def test_a_text_without_neighbours_has_its_own_distance_instead():
    assert features(TEXT, TEXT, TEXT, consensus=70.0).neighbours == 30.0


@pytest.mark.parametrize(
    ("own", "others", "lacking"),
    [
        ("The ministers argue.", ["The minister argued."] * 2, 0.0),  # stems of five letters
        ("The minister.", ["The minister argued."] * 2, 0.5),
        ("", ["The minister argued."] * 2, 1.0),
        ("Nothing shared.", ["It is so."] * 2, 0.0),  # others without content words
        ("The minister.", ["The minister argued.", "A minister.", "The minister argued."], 0.5),  # the median engine's
    ],
)
def test_content_is_the_share_of_the_others_words_that_is_lacking(own, others, lacking):
    assert features(own, *others).content == pytest.approx(lacking)


@pytest.mark.parametrize(
    ("own", "others", "expected", "longer"),
    [
        ("a" * 50, ["b" * 100, "b" * 100], math.log(2) * 10, False),
        ("a" * 200, ["b" * 100, "b" * 100], math.log(2) * 10, True),
        ("a a a", ["bbb", "bbb"], 0.0, False),  # white space is no length
        ("", ["b" * 100, "b" * 100], math.log(100) * 10, False),
        ("", ["", ""], 0.0, False),
        ("a" * 100, ["b" * 100, "b" * 100, "b" * 10_000], 0.0, False),
    ],
)
def test_length_is_measured_against_the_median_engine(own, others, expected, longer):
    found = features(own, *others)
    assert (found.length, found.longer) == (pytest.approx(expected), longer)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [("One. Two.", 2), ("One", 0), ("“One.” Two!", 2), ("Version 3.5 is out…", 1), ("", 0), ("Was?!", 1)],
)
def test_sentences_end_with_a_mark_before_a_space_a_quote_or_the_end(text, sentences):
    assert profile(text).sentences == sentences


def test_one_sentence_for_three_is_a_difference():
    assert features("One.", "One. Two. Three.", "One. Two. Three.").sentences == pytest.approx(math.log(2))


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        ("3,500 euros", ["3.500 Euro", "3 500 euros"], 0),  # notation is no difference
        ("35 euros", ["3,500 euros", "3,500 euros"], 2),  # one too many, one missing
        ("3 and 3", ["3", "3"], 1),
        ("no number", ["7", "no number"], 0.5),  # the others do not agree
        ("no number", ["7", "no number", "no number"], 0),
    ],
)
def test_numbers_count_against_the_median_engine(own, others, expected):
    assert features(own, *others).numbers == expected


def test_a_text_beside_no_engine_is_refused():
    with pytest.raises(ValueError, match="give the other engines' texts"):
        features(TEXT)


def test_a_profile_is_made_once_for_each_text():
    profiles = Profiles()
    assert profiles[TEXT] is profiles["".join(TEXT)]
    assert list(profiles) == [TEXT]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([], []), ([1.0], [None]), ([1.0, 3.0], [3.0, 1.0]), ([1.0, 3.0, 7.0], [3.0, 4.0, 3.0])],
)
def test_neighbours_are_the_texts_directly_before_and_after(values, expected):
    assert neighbouring(values) == expected
