import pytest

from reviews.metrics.base import EMPTY_SOURCE, Languages
from reviews.metrics.length_ratio import LengthRatio
from reviews.values import SegmentScore

DE_EN = Languages("de", "en")


@pytest.mark.parametrize(
    ("hypothesis", "source", "expected"),
    [
        ("abc", "abcdef", SegmentScore(0.5)),
        ("abcdef", "abc", SegmentScore(2.0)),
        ("  ab \n", " abcd", SegmentScore(0.5)),
        ("", "abc", SegmentScore(0.0)),
        ("😀😀", "ab", SegmentScore(1.0)),
        ("abc", "", SegmentScore(None, reason=EMPTY_SOURCE)),
        ("", " \t", SegmentScore(None, reason=EMPTY_SOURCE)),
    ],
)
def test_it_divides_characters_by_characters(hypothesis, source, expected):
    assert LengthRatio().scores([hypothesis], [source], DE_EN) == [expected]


def test_it_scores_in_order():
    assert [s.value for s in LengthRatio().scores(["a", "b", "cc"], ["aa", "", "c"], DE_EN)] == [0.5, None, 2.0]


def test_it_refuses_lists_of_different_length():
    with pytest.raises(ValueError, match="2 hypotheses but 1 sources"):
        LengthRatio().scores(["a", "b"], ["a"], DE_EN)
