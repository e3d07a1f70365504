"""Consensus: the mean of sacrebleu's sentence chrF against the other engines."""

import pytest
import sacrebleu

from reviews.metrics import consensus
from reviews.metrics.consensus import NEEDS_ENGINES, Consensus
from tests.metrics.parallel import wmt22

ENGINES = ["the cat sat on the mat", "the cat sits on the mat", "a dog ran", ""]


def others_of(texts):
    return [[text for j, text in enumerate(texts) if j != i] for i in range(len(texts))]


def mean_chrf(hypothesis, others):
    return sum(sacrebleu.sentence_chrf(hypothesis, [other]).score for other in others) / len(others)


def test_a_text_has_the_mean_chrf_against_each_of_the_others():
    scores = Consensus().scores(ENGINES, others_of(ENGINES))
    expected = [mean_chrf(text, others) for text, others in zip(ENGINES, others_of(ENGINES), strict=True)]
    assert [score.value for score in scores] == pytest.approx(expected, rel=1e-15)
    assert scores[3].value == 0
    assert all(score.statistics == () for score in scores)


def test_real_engines_have_the_mean_chrf_of_sacrebleu():
    engines = [wmt22(f"systems/{name}")[:40] for name in ("Online-A", "Online-B", "PROMT", "LT22")]
    for texts in zip(*engines, strict=True):
        values = [score.value for score in Consensus().scores(texts, others_of(texts))]
        expected = [mean_chrf(text, others) for text, others in zip(texts, others_of(texts), strict=True)]
        assert values == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("others", [[], ["a"]])
def test_fewer_than_three_engines_have_none_and_say_why(others):
    [score, enough] = Consensus().scores(["a", "a"], [others, ["a", "a"]])
    assert (score.value, score.reason) == (None, NEEDS_ENGINES)
    assert enough.value == pytest.approx(100)


def test_the_order_of_the_engines_changes_nothing():
    hypothesis, *others = ENGINES
    both = Consensus().scores([hypothesis, hypothesis], [others, others[::-1]])
    assert both[0] == both[1]


def test_what_two_texts_share_is_counted_once_for_both(monkeypatch):
    counted = []
    original = consensus.count_orders
    monkeypatch.setattr(
        consensus, "count_orders", lambda one, *rest: counted.append(len(one.lengths)) or original(one, *rest)
    )
    Consensus().scores(ENGINES, others_of(ENGINES))
    assert counted == [6]


def test_lists_of_different_length_are_refused():
    with pytest.raises(ValueError, match="2 hypotheses but 1 lists of other engines' texts"):
        Consensus().scores(["a", "b"], [["c", "d"]])
