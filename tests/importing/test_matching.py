"""Which segment a new wording continues."""

import pytest

from reviews.importing.matching import StoredSegment, match_segments
from reviews.values import CodedText, PlacedSource

A = "Die Landesregierung stellt auf Linux um."
B = "Das hat das Kabinett am Dienstag beschlossen."
B2 = "Das hat das Kabinett am Mittwoch beschlossen."
C = "Ursprünglich war Ende 2025 genannt worden."
D = "Zwanzig Schafe grasen friedlich am Deich."


def stored(*texts, kind="body", ids=()):
    return [
        StoredSegment(i + 1, ids[i] if ids else "", kind, text, CodedText(text).content_hash)
        for i, text in enumerate(texts)
    ]


def pieces(*texts, kind="body", ids=()):
    return [PlacedSource(CodedText(t), kind, 0, i, external_id=ids[i] if ids else "") for i, t in enumerate(texts)]


@pytest.mark.parametrize(
    ("old", "new", "matched"),
    [
        pytest.param([A, B, C], [A, B, C], [1, 2, 3], id="nothing changed"),
        pytest.param([A, B, C], [A, B2, C], [1, 2, 3], id="one edited"),
        pytest.param([A, B, C], [A, C], [1, 3], id="one removed"),
        pytest.param([A, C], [A, B, C], [1, None, 2], id="one added"),
        pytest.param([A, B, C], [C, A, B], [3, 1, 2], id="one moved"),
        pytest.param([A, B], [A, D], [1, None], id="another sentence in its place"),
        pytest.param([A, A, B], [A, A, A, B], [None, 1, 2, 3], id="repeated sentences"),
        pytest.param([A, B, C], [A, D, B2, C], [1, None, 2, 3], id="one added beside an edited one"),
        pytest.param([A, B], [A, B2, B], [1, None, 2], id="an exact match goes before an edited one"),
        pytest.param([], [A], [None], id="first import"),
        pytest.param([A], [], [], id="everything removed"),
    ],
)
def test_match_segments(old, new, matched):
    assert match_segments(stored(*old), pieces(*new)) == matched


def test_an_edited_sentence_is_of_the_same_kind():
    assert match_segments(stored(B, kind="headline"), pieces(B2)) == [None]


def test_pieces_with_an_id_follow_it_whatever_they_say():
    assert match_segments(stored(A, B, ids=["1", "2"]), pieces(B, A, ids=["1", "2"])) == [1, 2]
    assert match_segments(stored(A, ids=["1"]), pieces(A, ids=["9"])) == [None]


def test_no_segment_is_used_twice_in_a_huge_gap():
    old = stored(*(f"Satz Nummer {i} im alten Text" for i in range(120)))
    new = pieces(*(f"Satz Nummer {i} im neuen Text" for i in range(120)))
    matched = match_segments(old, new)
    assert matched == list(range(1, 121))
