"""Which segment a new wording continues."""

import random
import time
from collections import Counter

import pytest

from reviews.importing.matching import StoredSegment, match_segments, moved_pieces
from reviews.values import CodedText, PlacedSource

A = "Die Landesregierung stellt auf Linux um."
B = "Das hat das Kabinett am Dienstag beschlossen."
B2 = "Das hat das Kabinett am Mittwoch beschlossen."
C = "Ursprünglich war Ende 2025 genannt worden."
D = "Zwanzig Schafe grasen friedlich am Deich."
E = "Eine Sprecherin der Stadt bestätigte den Vorfall."
E2 = "Eine Sprecherin der Stadt bestätigte den Vorfall am Abend."
PROOF = "Belege dafür legte sie bislang nicht vor."
PROOF2 = "Als Beleg veröffentlichte sie am Sonntagabend 37 Dokumente."


def stored(*texts, kind="body", ids=()):
    return [
        StoredSegment(ids[i] if ids else "", kind, text, CodedText(text).content_hash) for i, text in enumerate(texts)
    ]


def pieces(*texts, kind="body", ids=()):
    return [PlacedSource(CodedText(t), kind, 0, i, external_id=ids[i] if ids else "") for i, t in enumerate(texts)]


@pytest.mark.parametrize(
    ("old", "new", "matched"),
    [
        pytest.param([A, B, C], [A, B, C], [0, 1, 2], id="nothing changed"),
        pytest.param([A, B, C], [A, B2, C], [0, 1, 2], id="one edited"),
        pytest.param([A, B, C], [A, C], [0, 2], id="one removed"),
        pytest.param([A, C], [A, B, C], [0, None, 1], id="one added"),
        pytest.param([A, B, C], [C, A, B], [2, 0, 1], id="one moved"),
        pytest.param([A, B], [A, D], [0, None], id="another sentence in its place"),
        pytest.param([A, PROOF, C], [A, PROOF2, C], [0, 1, 2], id="rewritten in its place"),
        pytest.param([A, PROOF, C], [A, C, PROOF2], [0, 2, None], id="rewritten elsewhere is another sentence"),
        pytest.param([A, B, C], [A, D, B2, C], [0, None, 1, 2], id="one added beside an edited one"),
        pytest.param([A, B], [A, B2, B], [0, None, 1], id="an exact match goes before an edited one"),
        pytest.param([A, B, C, D, E], [A, E2, B, C, D], [0, 4, 1, 2, 3], id="moved and edited"),
        pytest.param([A, B, C, D, E], [D, E2, A, B, C], [3, 4, 0, 1, 2], id="edited at the end of a moved passage"),
        pytest.param([A, B, C, D, E], [E2, D, A, B, C], [4, 3, 0, 1, 2], id="edited in front of a moved one"),
        pytest.param([A, B, C, E], [A, E2, C, E], [0, None, 2, 3], id="an edit steals nothing that is still there"),
        pytest.param([A, B, C, E], [A, E2, B2, C], [0, 3, 1, 2], id="each edit keeps its own"),
        pytest.param([], [A], [None], id="first import"),
        pytest.param([A], [], [], id="everything removed"),
    ],
)
def test_match_segments(old, new, matched):
    assert match_segments(stored(*old), pieces(*new)) == matched


@pytest.mark.parametrize(
    ("old", "new", "matched"),
    [
        pytest.param([A, A, B], [A, A, A, B], [None, 0, 1, 2], id="one more"),
        pytest.param([A, B, A, C], [B, A, C], [1, 2, 3], id="the first one went"),
        pytest.param([A, B, A, C], [A, B, C], [0, 1, 3], id="the second one went"),
        pytest.param([A, B, D, A, C], [A, C, A, B, D], [3, 4, 0, 1, 2], id="passages changed places"),
        pytest.param([A, A, A], [A, A], [0, 1], id="nothing else"),
    ],
)
def test_a_sentence_that_occurs_twice_keeps_the_one_beside_the_same_text(old, new, matched):
    assert match_segments(stored(*old), pieces(*new)) == matched


def test_an_edited_sentence_is_of_the_same_kind():
    assert match_segments(stored(B, kind="headline"), pieces(B2)) == [None]


def test_an_unchanged_sentence_may_become_of_another_kind():
    assert match_segments(stored(B, kind="heading"), pieces(B)) == [0]


def test_of_equal_texts_each_keeps_its_kind():
    old = stored(A, kind="headline") + stored(B) + stored(A, kind="seo_title")
    new = pieces(A, kind="seo_title") + pieces(B) + pieces(A, kind="headline")
    assert match_segments(old, new) == [2, 1, 0]


def test_pieces_with_an_id_follow_it_whatever_they_say():
    assert match_segments(stored(A, B, ids=["1", "2"]), pieces(B, A, ids=["1", "2"])) == [0, 1]
    assert match_segments(stored(A, ids=["1"]), pieces(A, ids=["9"])) == [None]


def numbered(text, n):
    return [f"{text} {i}" for i in range(n)]


def test_no_segment_is_used_twice_in_a_huge_gap():
    old, new = stored(*numbered("Satz im alten Text Nummer", 120)), pieces(*numbered("Satz im neuen Text Nummer", 120))
    assert match_segments(old, new) == list(range(120))


@pytest.mark.parametrize(
    ("places", "moved"),
    [
        pytest.param([0, 1, 2], set(), id="in order"),
        pytest.param([0, None, 2], set(), id="one new, one gone"),
        pytest.param([2, 0, 1], {0}, id="one moved up"),
        pytest.param([1, 2, 0], {2}, id="one moved down"),
        pytest.param([], set(), id="nothing"),
    ],
)
def test_the_fewest_pieces_count_as_moved(places, moved):
    assert moved_pieces(places) == moved


def article(size, seed):
    """Sentences of an invented vocabulary; a tenth of them occur often."""
    chance = random.Random(seed)
    words = ["".join(chance.choices("aeioubdfgklmnprstw", k=chance.randint(2, 9))) for _ in range(20_000)]
    often = [" ".join(chance.choices(words[:200], k=4)) for _ in range(20)]
    return [
        chance.choice(often) if chance.random() < 0.1 else " ".join(chance.choices(words, k=12)) for _ in range(size)
    ]


@pytest.mark.long
@pytest.mark.parametrize("edits", [0.02, 1.0])
def test_a_book_is_matched_in_seconds(edits):
    """20,000 sentences; the reading order changes, a share of them is edited, some go and some come."""
    chance = random.Random(edits)
    old = article(20_000, seed=1)
    new = [" ".join([*text.split()[:-1], f"neu{i}"]) if chance.random() < edits else text for i, text in enumerate(old)]
    new = new[5_000:9_000] + new[:4_900] + article(100, seed=2) + new[9_000:]
    expected = [*range(5_000, 9_000), *range(4_900), *[None] * 100, *range(9_000, 20_000)]
    before = time.process_time()
    matched = match_segments(stored(*old), pieces(*new))
    assert time.process_time() - before < 10
    often = {text for text, times in Counter(old).items() if times > 1}
    once = [(mine, place) for mine, place in zip(matched, expected, strict=True) if place and old[place] not in often]
    assert sum(mine == place for mine, place in once) / len(once) > 0.99
    assert [place for place in matched[8_900:9_000] if place is not None] == []
    taken = [place for place in matched if place is not None]
    assert len(set(taken)) == len(taken)
