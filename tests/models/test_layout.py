"""Which text stands for which segment."""

from dataclasses import dataclass

import pytest

from reviews.models.layout import Run, TargetRow, beside, current_runs, lay_out, newest_runs, smallest_common_runs
from reviews.values import run_hash


@dataclass
class Aligned:
    segment_id: int | None
    covers: int
    number: int
    source_hash: str = ""


ORDER = [11, 12, 13, 14]
EACH = {11: 1, 12: 1, 13: 1, 14: 1}


@pytest.mark.parametrize(
    ("rows", "starts"),
    [
        pytest.param([(11, 1, 1), (12, 1, 1)], {11: 1, 12: 1}, id="one each"),
        pytest.param([(11, 1, 1), (11, 1, 2)], {11: 2}, id="a newer run wins"),
        pytest.param([(11, 3, 1), (11, 1, 2), (12, 1, 2), (13, 1, 2)], {11: 2, 12: 2, 13: 2}, id="divided"),
        pytest.param([(11, 1, 1), (12, 1, 1), (13, 1, 1), (11, 2, 2)], {11: 2, 13: 1}, id="two texts joined"),
        pytest.param([(12, 3, 1), (13, 1, 2)], {13: 2}, id="an older run hit in part is gone"),
        pytest.param([(None, 1, 1), (99, 1, 1)], {}, id="unaligned or of another source"),
    ],
)
def test_newest_runs(rows, starts):
    kept = newest_runs([Aligned(*row) for row in rows], ORDER)
    assert {segment: row.number for segment, row in kept.items()} == starts


@pytest.mark.parametrize(
    ("rows", "starts"),
    [
        pytest.param([(11, 1, 1, "A"), (12, 1, 1, "B")], {11: 1, 12: 1}, id="today's wordings"),
        pytest.param([(11, 1, 1, "X"), (12, 1, 1, "B")], {12: 1}, id="one of another wording"),
        pytest.param([(11, 1, 1, "A"), (11, 1, 2, "X")], {11: 1}, id="a wording that came back"),
        pytest.param([(11, 1, 1, "A"), (11, 1, 2, "A")], {11: 2}, id="of today's the newest"),
        pytest.param([(11, 2, 1, "AB"), (13, 1, 1, "C")], {11: 1, 13: 1}, id="a run of today's wordings"),
        pytest.param([(11, 2, 1, "AC")], {}, id="a run another sentence came into"),
        pytest.param([(13, 3, 1, "CDE")], {}, id="a run that lost its end"),
        pytest.param([(None, 1, 1, ""), (99, 1, 1, "A")], {}, id="without a place"),
    ],
)
def test_current_runs(rows, starts):
    made = [Aligned(*row[:3], run_hash(row[3])) for row in rows]
    kept = current_runs(made, ORDER, "ABCD")
    assert {segment: row.number for segment, row in kept.items()} == starts


@pytest.mark.parametrize(
    ("rows", "runs"),
    [
        pytest.param([(1, 1, False), (2, 1, False)], [(1,), (2,)], id="one each"),
        pytest.param([(1, 2, False), (2, 1, False), (3, 1, False)], [(1, 2), (3,)], id="a run of two"),
        pytest.param([(1, 3, False), (2, 1, True), (3, 1, False)], [(1,), (2,), (3,)], id="human text divides a run"),
        pytest.param([(1, 9, False), (2, 1, False)], [(1, 2)], id="a run ends with the article"),
        pytest.param([(1, 2, True), (2, 0, True), (3, 1, True)], [(1, 2), (3,)], id="joined with the one before"),
        pytest.param([(1, 1, True), (2, 0, True), (3, 0, True)], [(1,), (2,), (3,)], id="joined, but not reached"),
    ],
)
def test_lay_out(rows, runs):
    assert lay_out([TargetRow(*row) for row in rows]) == [Run(run[0], run) for run in runs]


@pytest.mark.parametrize(
    ("a", "b", "runs"),
    [
        pytest.param(EACH, EACH, [(11,), (12,), (13,), (14,)], id="same"),
        pytest.param({11: 3, 14: 1}, EACH, [(11, 12, 13), (14,)], id="one side joined"),
        pytest.param({11: 2, 13: 2}, {11: 1, 12: 2, 14: 1}, [(11, 12, 13, 14)], id="staggered"),
        pytest.param({11: 1, 13: 1, 14: 1}, EACH, [(11,), (13,), (14,)], id="gap"),
        pytest.param({11: 2, 14: 1}, {11: 1, 14: 1}, [(14,)], id="a gap inside a joined run leaves it out"),
        pytest.param({}, {11: 1}, [], id="nothing on one side"),
    ],
)
def test_smallest_common_runs(a, b, runs):
    assert list(smallest_common_runs(a, b, ORDER)) == runs


@dataclass(frozen=True)
class Text:
    block: int
    ordinal: int


@pytest.mark.parametrize(
    ("places", "unaligned", "expected"),
    [
        pytest.param([(0, 0), (1, 1)], [], [], id="none"),
        pytest.param([], [(0, 0)], [], id="nothing to stand beside"),
        pytest.param([(0, 0), (0, 2)], [(0, 1)], [((0, 0), (0, 1))], id="behind the one before, in its block"),
        pytest.param([(0, 0), (2, 2)], [(1, 1)], [((0, 0), (1, 1))], id="a block of its own"),
        pytest.param([(1, 1), (2, 2)], [(0, 0)], [((1, 1), (0, 0))], id="in front of all"),
        pytest.param([(0, 0)], [(2, 2), (1, 1)], [((0, 0), (1, 1)), ((0, 0), (2, 2))], id="two, in order"),
        pytest.param([(2, 0), (0, 1)], [(1, 5)], [((0, 1), (1, 5))], id="paragraphs of the source were moved"),
    ],
)
def test_a_text_without_a_source_stands_behind_another(places, unaligned, expected):
    found = beside([Text(*place) for place in places], [Text(*place) for place in unaligned])
    assert [((a.block, a.ordinal), (b.block, b.ordinal)) for a, b in found] == expected
