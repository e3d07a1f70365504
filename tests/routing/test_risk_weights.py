"""The file of weights: what it says, and what it may not say."""

from __future__ import annotations

import re

import pytest

from reviews.routing.risk_weights import FILE, WEIGHTS, Scale, WeightsError, read_weights

TEXT = FILE.read_text(encoding="utf-8")


def test_the_weights_are_what_the_file_says():
    assert read_weights(TEXT, FILE.name) == WEIGHTS
    assert WEIGHTS.engines.consensus.weight == 1.0
    assert WEIGHTS.damage.kinds["headline"] == 0.6


@pytest.mark.parametrize(
    ("pattern", "changed", "message"),
    [
        (r"^base = 1\.0$", "bass = 1.0", "weights.toml: doubt.base is missing; add it"),
        (r"^base = 1\.0$", "base = 1.0\nbass = 1.0", "doubt.bass is not known; keys here are alignment, base,"),
        (r"^base = 1\.0$", "base = -1.0", "doubt.base is -1.0; give a number from 0 upwards"),
        (r"^base = 1\.0$", "base = nan", "doubt.base is nan; give a number"),
        (r"^base = 1\.0$", "base = inf", "doubt.base is inf; give a number"),
        (r"^base = 1\.0$", "base = true", "doubt.base is True; give a number"),
        (r"^base = 1\.0$", "base = '1'", "doubt.base is '1'; give a number"),
        (r"^odd = 4\.0$", "odd = 0", "length.odd is 0; give a length that is odd"),
        (r"^headline = 0\.6$", "headlines = 0.6", "damage.kinds.headlines is no kind of segment; kinds are kicker,"),
        (r"^points = \[\[0\.0, 0\.492\].*$", "points = 7", "engines.numbers.points is 7; give at least two pairs"),
        (r"^points = \[\[0\.0, 0\.492\].*$", "points = [[1, 0]]", "engines.numbers.points is .* give at least two"),
        (r"^points = \[\[0\.0, 0\.492\].*$", "points = [[1, 0], 2]", "points holds 2; give pairs"),
        (r"^points = \[\[0\.0, 0\.492\].*$", "points = [[1, 0], [1, 1]]", "goes from .* let both rise"),
        (r"^points = \[\[0\.0, 0\.492\].*$", "points = [[0, 0.5], [1, 0.4]]", "goes from .* let both rise"),
        (r"^points = \[\[0\.0, 0\.492\].*$", "points = [[0, 0.5], [1, 1.1]]", "shares to 1"),
        (r"^weight = .*$", "weight = 0", "all weights of engines are 0; give at least one"),
        (r"^negation = \[\n.*\n\]$", "negation = []", "words.de.negation is \\[\\]; give a list of patterns"),
        (r"^negation = \[\n.*\n\]$", "negation = ['(']", "words.de.negation holds '\\(', which is no pattern: missing"),
        (r"^\[doubt\]$", "doubt = 1\n[other]", "other is not known; keys here are"),
        (r"^\[doubt\]$", "[doubt", "weights.toml is no TOML: "),
    ],
)
def test_a_file_that_says_anything_else_is_refused_with_place_and_remedy(pattern, changed, message):
    broken, count = re.subn(pattern, lambda _: changed, TEXT, flags=re.MULTILINE)
    assert count
    with pytest.raises(WeightsError, match=message):
        read_weights(broken, "weights.toml")


def test_a_section_that_is_no_table_is_refused():
    broken = "length = 4\n" + TEXT.replace("[length]\nodd = 4.0", "")
    with pytest.raises(WeightsError, match="length is 4; make it a table"):
        read_weights(broken, "weights.toml")


@pytest.mark.parametrize(
    ("value", "share"), [(-1.0, 0.1), (0.0, 0.1), (5.0, 0.3), (10.0, 0.5), (15.0, 0.75), (20.0, 1.0), (99.0, 1.0)]
)
def test_a_share_lies_on_a_line_through_the_points_and_stops_at_both_ends(value, share):
    assert Scale(1.0, ((0.0, 0.1), (10.0, 0.5), (20.0, 1.0))).share(value) == pytest.approx(share)
