from hypothesis import given
from hypothesis import strategies as st

from reviews.web.diffs import DiffPiece, word_diff


def test_words_and_punctuation_are_compared_whole():
    assert word_diff("It rains today.", "It snows today!") == [
        DiffPiece("same", "It "),
        DiffPiece("removed", "rains"),
        DiffPiece("added", "snows"),
        DiffPiece("same", " today"),
        DiffPiece("removed", "."),
        DiffPiece("added", "!"),
    ]


def test_equal_texts_have_one_piece():
    assert word_diff("Same.", "Same.") == [DiffPiece("same", "Same.")]


def test_an_empty_side_is_all_added_or_removed():
    assert word_diff("", "New.") == [DiffPiece("added", "New.")]
    assert word_diff("Old.", "") == [DiffPiece("removed", "Old.")]


words = st.text(alphabet="ab .,😀\u00a0", max_size=20)


@given(words, words)
def test_the_pieces_give_both_texts_back(before, after):
    pieces = word_diff(before, after)
    assert "".join(p.text for p in pieces if p.kind != "added") == before
    assert "".join(p.text for p in pieces if p.kind != "removed") == after
