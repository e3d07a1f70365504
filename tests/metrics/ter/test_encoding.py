import pytest
from sacrebleu.metrics import TER

from reviews.metrics.ter.encoding import ABSENT, EncodedReference, split_words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "The Cat, the cat!",
        " two  spaces\tand\u00a0no-break\nline ",
        "Straße İstanbul ΣΑΣ Σ ",
        "a\u2028b\u0085c\u200bd",
        "<x> &amp; “quoted” 3,5",
        "\ud800 lone surrogate",
    ],
)
def test_it_splits_words_as_sacrebleu_does(text):
    assert split_words(text) == TER()._preprocess_segment(text).split()


def test_equal_words_become_equal_characters():
    reference = EncodedReference(["to", "be", "or", "not", "to", "be"])
    assert len(reference.text) == 6
    assert reference.text[0] == reference.text[4]
    assert len(set(reference.text)) == 4
    assert reference.encode(["be", "to"]) == reference.text[1] + reference.text[0]


def test_words_the_reference_lacks_become_one_that_it_cannot_hold():
    reference = EncodedReference(["a", "b"])
    assert reference.encode(["x", "a", "y"]) == ABSENT + reference.text[0] + ABSENT
    assert ABSENT not in reference.text


def test_every_distinct_word_has_a_character_even_beyond_the_surrogates():
    words = [f"w{number}" for number in range(60_000)]
    reference = EncodedReference(words)
    assert len(set(reference.text)) == len(words)


def test_it_knows_where_each_word_stands_as_bits():
    reference = EncodedReference(["to", "be", "or", "not", "to", "be"])
    assert [reference.columns[word] for word in dict.fromkeys(reference.text)] == [0b010001, 0b100010, 0b100, 0b1000]
