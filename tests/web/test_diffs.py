import pytest
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


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("Rund 1,3 Millionen.", "Rund 1,1 Millionen.", ["Rund ", "-1,3", "+1,1", " Millionen."]),
        ("Am 05.04. um 14:20", "Am 06.04. um 9:10", ["Am ", "-05.04", "+06.04", ". um ", "-14:20", "+9:10"]),
        ("Er kommt am 5. Mai.", "Er kommt am 6. Mai.", ["Er kommt am ", "-5", "+6", ". Mai."]),
    ],
)
def test_a_number_is_one_word(before, after, pieces):
    signs = {"same": "", "removed": "-", "added": "+"}
    assert [signs[piece.kind] + piece.text for piece in word_diff(before, after)] == pieces


def test_words_replaced_side_by_side_are_one_change():
    assert word_diff("Belege dafür legte sie nicht vor.", "Als Beleg veröffentlichte sie 37 Seiten.") == [
        DiffPiece("removed", "Belege dafür legte"),
        DiffPiece("added", "Als Beleg veröffentlichte"),
        DiffPiece("same", " sie "),
        DiffPiece("removed", "nicht vor"),
        DiffPiece("added", "37 Seiten"),
        DiffPiece("same", "."),
    ]


def test_words_taken_out_one_by_one_put_no_space_in():
    pieces = word_diff("Es regnet heute sehr stark in Kiel", "Es regnet stark in Kiel")
    assert [piece.text for piece in pieces if piece.kind == "added"] == []


words = st.text(alphabet="ab .,😀\u00a0", max_size=20)


@given(words, words)
def test_the_pieces_give_both_texts_back(before, after):
    pieces = word_diff(before, after)
    assert "".join(p.text for p in pieces if p.kind != "added") == before
    assert "".join(p.text for p in pieces if p.kind != "removed") == after
