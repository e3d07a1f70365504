"""Dynamic programming against counting every way there is."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.importing.aligning.anchors import anchors
from reviews.importing.aligning.bands import band, pins, rising
from reviews.importing.aligning.beads import GAP, PAIRED, Bead, _Costs, align
from reviews.importing.aligning.evidence import Evidence, Unit
from reviews.values import CodedText


def units(lang, *texts, kind="body"):
    return [Unit(kind, len(text), anchors(CodedText(text), lang), number) for number, text in enumerate(texts)]


def every_way(source, target):
    """Each sequence of beads there is, with its cost."""
    evidence = Evidence(source, target)
    costs = _Costs(source, target, evidence)
    rows = [costs.row(i, 0, len(target) + 1) for i in range(len(source) + 1)]

    def ways(i, j):
        if (i, j) == (len(source), len(target)):
            yield [], 0.0
        for di, dj in ((1, 0), (0, 1), *PAIRED):
            if i + di > len(source) or j + dj > len(target):
                continue
            cost = GAP if 0 in (di, dj) else float(rows[i + di][di, dj][j + dj])
            for beads, rest in ways(i + di, j + dj):
                yield [(i, i + di, j, j + dj), *beads], cost + rest

    return list(ways(0, 0))


def units_of(place):
    """What a bead holds, wherever a gap stands on the side it lacks: all empty ranges are equal."""
    source, source_end, target, target_end = place
    return range(source, source_end), range(target, target_end)


WORDS = st.lists(st.sampled_from(["Haus", "Baum", "45", "Kornstraße", "ist", "Ida", "12.000"]), min_size=1, max_size=5)
SIDES = st.lists(
    st.builds(
        lambda words, kind, part: (" ".join(words), kind, part),
        WORDS,
        st.sampled_from(["body", "body", "quote", "caption"]),
        st.sampled_from([None, 0, 1]),
    ),
    max_size=4,
)


def side(rows, lang):
    return [
        Unit(kind, len(text), anchors(CodedText(text), lang), number, part)
        for number, (text, kind, part) in enumerate(rows)
    ]


@settings(max_examples=60, deadline=None)
@given(source=SIDES, target=SIDES)
def test_the_beads_are_the_cheapest_and_as_sure_as_the_ways_through_them_are_likely(source, target):
    source, target = side(source, "de"), side(target, "en")
    ways = every_way(source, target)
    beads = align(source, target, Evidence(source, target), band(len(source), len(target), []))
    found = [(bead.source, bead.source_end, bead.target, bead.target_end) for bead in beads]
    cost = next(cost for way, cost in ways if way == found)
    assert cost == pytest.approx(min(cost for _, cost in ways), abs=1e-4)
    total = sum(math.exp(-cost) for _, cost in ways)
    for bead, place in zip(beads, found, strict=True):
        through = sum(math.exp(-cost) for way, cost in ways if units_of(place) in map(units_of, way))
        assert bead.confidence == pytest.approx(through / total, rel=1e-3)


def test_a_dropped_sentence_beside_an_inserted_one_is_sure_in_whichever_order_they_come():
    source = units("de", "Ida Brook ruht in Bremen.", "Der Rat tagt um 19 Uhr.", "45 Bäume für 12.000 Euro.")
    target = units(
        "en", "Ida Brook rests in Bremen.", "Subscribe to our newsletter, see www.a.example.", "45 trees, 12,000 euros."
    )
    beads = align(source, target, Evidence(source, target), band(3, 3, []))
    assert [bead.is_gap for bead in beads] == [False, True, True, False]
    assert min(bead.confidence for bead in beads) > 0.5


def test_nothing_at_all_has_no_beads():
    assert align([], [], Evidence([], []), band(0, 0, [])) == []


def test_one_side_alone_is_gaps():
    alone = units("de", "Haus.", "Baum.")
    beads = align(alone, [], Evidence(alone, []), band(2, 0, []))
    assert beads == [Bead(0, 1, 0, 0, 1.0), Bead(1, 2, 0, 0, 1.0)]


# --- bands -------------------------------------------------------------------------------------


def test_pins_are_pairs_that_alone_share_several_anchors():
    source = units("de", "Ida Brook ruht.", "Der Rat tagt.", "45 Bäume für 12.000 Euro.", "Ida ging.")
    target = units("en", "The council meets.", "Ida Brook rests.", "45 trees for 12,000 euros.")
    assert pins(source, target) == [(2, 2)]


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        ([], []),
        ([(0, 5), (1, 1), (2, 2), (3, 3)], [(1, 1), (2, 2), (3, 3)]),
        ([(1, 1), (1, 2), (2, 2), (2, 3)], [(1, 1), (2, 2)]),
        ([(3, 1), (1, 3), (1, 3)], [(3, 1)]),
    ],
)
def test_of_pins_the_longest_chain_that_rises_on_both_sides_is_kept(candidates, expected):
    assert rising(candidates) == expected


@settings(max_examples=200, deadline=None)
@given(
    n=st.integers(0, 700),
    m=st.integers(0, 700),
    candidates=st.lists(st.tuples(st.integers(0, 699), st.integers(0, 699)), max_size=12),
)
def test_there_always_is_a_way_through_the_band(n, m, candidates):
    chain = rising((i, j) for i, j in candidates if i < n and j < m)
    found = band(n, m, chain)
    assert (found.low[0], found.high[n]) == (0, m)
    assert len(found.low) == len(found.high) == n + 1
    reached = found.low[0]
    for low, high in zip(found.low, found.high, strict=True):
        reached = max(reached, low)
        assert low <= reached <= high
    for row in range(n):
        assert found.low[row + 1] <= found.high[row]


def test_the_band_is_narrow_where_pins_are():
    pinned = band(5000, 5000, [(i, i) for i in range(0, 5000, 10)])
    assert max(high - low for low, high in zip(pinned.low, pinned.high, strict=True)) < 200
