import pytest
from sacrebleu.metrics import TER

from reviews.metrics.edits import per_hundred_words


@pytest.mark.parametrize("words", [0, 1, 3, 7, 7.5, 1_000_003])
@pytest.mark.parametrize("edits", [0, 1, 2, 5, 1_000_000])
def test_a_rate_is_sacrebleus_to_the_digit(edits, words):
    assert per_hundred_words(edits, words) == TER()._compute_score_from_stats([edits, words]).score
