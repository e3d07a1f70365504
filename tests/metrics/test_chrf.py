"""chrF and chrF++ of segments: sacrebleu's `sentence_chrf`, digit for digit."""

import pytest
import sacrebleu

from reviews.metrics import chrf
from reviews.metrics.base import Batch
from reviews.metrics.chrf import ChrF, ChrFPlusPlus

PAIRS = [
    ("the cat sat on the mat", ("the cat sat on the mat",)),
    ("the cat sat", ("the cat sat on the mat",)),
    ("Berlin", ("Hamburg",)),
    ("a", ("a",)),
    ("", ("Berlin",)),
    (" \t ", ("Berlin",)),
    ("(hi) “there”, you!", ("(hi there) you?",)),
    ("the cat is on the mat", ("there is a cat on the mat", "the cat sits on the mat")),
    ("zzz", ("a", "b")),
    ("😀 emoji 😀", ("emoji 😀",)),
]
# chrF is higher against one of these two references, chrF++ against the other.
SPLIT = ("ba", ("a", "bba"))


@pytest.mark.parametrize(("hypothesis", "references"), [*PAIRS, SPLIT])
def test_a_segment_has_the_values_sacrebleu_gives(hypothesis, references):
    batch = Batch([hypothesis], [references])
    [plain], [plus_plus] = ChrF().scores(batch), ChrFPlusPlus().scores(batch)
    assert plain.value == sacrebleu.sentence_chrf(hypothesis, references).score
    assert plus_plus.value == sacrebleu.sentence_chrf(hypothesis, references, word_order=2).score


def test_against_one_reference_chrf_is_the_first_eighteen_numbers_of_chrf_plus_plus():
    batch = Batch(["the cat sat"], [("the cat sat on the mat",)])
    [plain], [plus_plus] = ChrF().scores(batch), ChrFPlusPlus().scores(batch)
    assert plain.statistics == plus_plus.statistics[:18]
    assert plus_plus.statistics[18:] == (3, 6, 3, 2, 5, 2)


def test_chrf_and_chrf_plus_plus_may_choose_different_references():
    hypothesis, references = SPLIT
    batch = Batch([hypothesis], [references])
    [plain], [plus_plus] = ChrF().scores(batch), ChrFPlusPlus().scores(batch)
    assert plain.statistics != plus_plus.statistics[:18]
    for metric, score in ((sacrebleu.CHRF(), plain), (sacrebleu.CHRF(word_order=2), plus_plus)):
        [expected] = metric._extract_corpus_statistics([hypothesis], [[text] for text in references])
        assert score.statistics == tuple(expected)


def test_both_read_n_grams_that_are_counted_once_of_each_text(monkeypatch):
    counted, read = [], []
    count_orders, parts = chrf.count_orders, chrf._PLUS_PLUS._remove_punctuation
    monkeypatch.setattr(chrf, "count_orders", lambda *args: counted.append(args[-1]) or count_orders(*args))
    monkeypatch.setattr(chrf._PLUS_PLUS, "_remove_punctuation", lambda text: read.append(text) or parts(text))
    batch = Batch(["h one", "h two"], [("reference",), ("reference",)])
    ChrF().scores(batch)
    ChrFPlusPlus().scores(batch)
    assert counted == [chrf.CHARACTER_ORDERS, chrf.WORD_ORDERS]
    assert read == ["h one", "h two", "reference"]
