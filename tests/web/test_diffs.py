import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.web.diffs import DiffPiece, three_way, word_diff


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


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        ("It rains in Kiel today.", "It pours in Kiel today.", "It rains in Kiel now.", "It pours in Kiel now."),
        ("It rains.", "It rains.", "It snows.", ""),  # one of them is the merged text already
        ("It rains.", "It pours.", "It pours.", ""),
        ("It rains.", "It pours.", "It snows.", ""),
        ("a big red box", "a huge red box", "a big blue box", ""),  # only a space between: nobody read "huge blue"
        ("Rain. Wind.", "Rain. Wind. Snow.", "Heavy rain. Wind.", "Heavy rain. Wind. Snow."),
        ("Rain.", "Rain. Wind.", "Rain. Snow.", ""),  # both put something in at one place
        ("Read ⟦1⟧this⟦/1⟧ now", "Read ⟦1⟧that⟦/1⟧ now", "Do read ⟦1⟧this⟦/1⟧ now", "Do read ⟦1⟧that⟦/1⟧ now"),
        ("👩‍💻 codes in Köln", "👩‍💻 codes in Bonn", "🙂 codes in Köln", "🙂 codes in Bonn"),
        ("", "Theirs.", "Mine.", ""),
    ],
)
def test_changes_of_two_people_are_taken_together_where_they_do_not_clash(base, theirs, mine, merged):
    assert three_way(base, theirs, mine).merged == merged


def test_both_see_what_they_changed_and_where_they_clash():
    found = three_way("It rains in Kiel.", "It pours in Bonn.", "It snows in Kiel.")
    assert found.clashes
    assert found.pieces("theirs") == [
        DiffPiece("same", "It "),
        DiffPiece("removed", "rains", clash=True),
        DiffPiece("added", "pours", clash=True),
        DiffPiece("same", " in "),
        DiffPiece("removed", "Kiel"),
        DiffPiece("added", "Bonn"),
        DiffPiece("same", "."),
    ]
    assert [piece.text for piece in found.pieces("mine")] == ["It ", "rains", "snows", " in ", "Kiel", "."]


@given(words, words, words)
def test_the_parts_give_all_three_texts_back(base, theirs, mine):
    found = three_way(base, theirs, mine)
    for side, text in [("base", base), ("theirs", theirs), ("mine", mine)]:
        assert "".join(getattr(part, side) for part in found.parts) == text


@given(words, words, words)
def test_a_merged_text_has_every_change_of_both(base, theirs, mine):
    found = three_way(base, theirs, mine)
    if not found.clashes:
        for part in found.parts:
            assert part.merged in (part.theirs, part.mine)
            assert part.merged != part.base or not (part.changed_by_them or part.changed_by_me)
    assert three_way(base, mine, theirs).merged == found.merged


@given(words, words)
def test_whoever_changes_alone_clashes_with_nobody(base, changed):
    for found in (three_way(base, base, changed), three_way(base, changed, base), three_way(base, changed, changed)):
        assert not found.clashes
        assert "".join(part.merged for part in found.parts) == changed
