"""Our writing of tokenizer 13a against sacrebleu's."""

import random

import pytest
from sacrebleu.metrics import BLEU

from reviews.metrics import tokens
from reviews.metrics.base import Batch
from reviews.metrics.tokens import TOKENIZER, split_13a, tokens_of
from tests.metrics.parallel import lines, wmt22

_SACREBLEU = BLEU()
PIECES = [*" .,-/5a0ü\n&<>'`[]{}~!@^_\t\u00a0\u2028:;\\|9$€“%#", "<skipped>", "&amp;", "&quot;", "-\n", "&lt;", "&gt;"]


def sacrebleu_words(text: str) -> list[str]:
    return _SACREBLEU._preprocess_segment(text).split()


def test_the_tokenizer_is_the_one_sacrebleu_uses_by_default():
    assert BLEU.TOKENIZER_DEFAULT == TOKENIZER


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("1,5 % of 3.500,00 kWh.", ["1,5", "%", "of", "3.500,00", "kWh", "."]),
        ("a.b,c 5.a b.5", ["a", ".", "b", ",", "c", "5", ".", "a", "b", ".", "5"]),
        ("19-year-old", ["19", "-", "year-old"]),
        ("&quot;Tom &amp; Jerry&quot;", ['"', "Tom", "&", "Jerry", '"']),
        ("<skipped>", []),
        ("hyphen-\nated", ["hyphenated"]),
        ("don't (stop)…", ["don't", "(", "stop", ")", "…"]),
    ],
)
def test_it_splits_as_mteval_does(text, words):
    assert split_13a(text) == words == sacrebleu_words(text)


def test_random_texts_are_split_as_sacrebleu_does():
    rng = random.Random(13)
    for _ in range(20_000):
        text = "".join(rng.choices(PIECES, k=rng.randint(0, 14)))
        assert split_13a(text) == sacrebleu_words(text), text


def test_real_texts_are_split_as_sacrebleu_does():
    for text in [*wmt22("ref.A"), *lines("data/mlqe-pe-en-de-dev/dev.pe"), *lines("data/wmt23-de-en/source.de")]:
        assert split_13a(text) == sacrebleu_words(text)


def test_each_text_is_tokenised_once_on_whichever_side_it_stands(monkeypatch):
    split = []
    monkeypatch.setattr(tokens, "split_13a", lambda text: split.append(text) or text.split())
    batch = Batch(["a b", "b", "a b"], [("b", "c"), ("c", "b"), ("b", "c")])
    found = batch.once(tokens_of)
    assert split == ["a b", "b", "c"]
    assert found.hypotheses == [["a", "b"], ["b"], ["a", "b"]]
    assert found.references == [[["b"], ["c"], ["b"]], [["c"], ["b"], ["c"]]]


def test_equal_words_have_equal_numbers():
    found = Batch(["a b"], [("b a",)]).once(tokens_of)
    assert found.numbered(["a", "b", "a"]) == [0, 1, 0]
