"""Who gets a piece of work, from plain facts."""

import ast
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.routing import assigning
from reviews.routing.assigning import Candidate, Choice, Work, choose

WORK = Work("7", "edit", section="Politics")
ANNA, BEN = Candidate("anna"), Candidate("ben")


@pytest.mark.parametrize(
    ("work", "candidates", "chosen", "reason"),
    [
        (WORK, [], None, "nobody has the role for it"),
        (WORK, [replace(ANNA, open_load=1), BEN], "ben", "by rule: had 0 of 5 pieces"),
        # Two of ten is a smaller part than one of four.
        (WORK, [replace(ANNA, open_load=2, most_open=10), replace(BEN, open_load=1, most_open=4)], "anna", "2 of 10"),
        # Who takes on the section comes first, whatever else they have.
        (WORK, [replace(ANNA, open_load=4, sections=frozenset({"Politics"})), BEN], "anna", "takes on Politics"),
        (replace(WORK, skill="law"), [ANNA, replace(BEN, skills=frozenset({"law"}))], "ben", "knows law, had 0 of 5"),
        (replace(WORK, skill="law"), [ANNA, BEN], None, "2 × knows no law"),
        (WORK, [replace(ANNA, away=True), replace(BEN, open_load=3)], "ben", "had 3 of 5"),
        (WORK, [replace(ANNA, open_load=5), replace(BEN, most_open=0)], None, "2 × has as much as they take on"),
        (WORK, [replace(ANNA, has_a_hand=True), BEN], "ben", "had 0 of 5"),
        (WORK, [replace(ANNA, had_it=True), replace(BEN, away=True)], None, "1 × had it before; 1 × is away"),
    ],
)
def test_the_choice_and_its_reason(work, candidates, chosen, reason):
    choice = choose(work, candidates)
    assert choice.person == chosen
    assert reason in choice.reason


names = st.text("abcdef", min_size=1, max_size=4)
candidates = st.builds(
    Candidate,
    key=names,
    skills=st.frozensets(st.sampled_from(["law", "medicine"])),
    sections=st.frozensets(st.sampled_from(["Politics", "Sport"])),
    away=st.booleans(),
    has_a_hand=st.booleans(),
    had_it=st.booleans(),
    open_load=st.integers(0, 6),
    most_open=st.integers(0, 6),
)


@given(
    st.builds(Work, names, st.just("edit"), st.sampled_from(["", "law"]), st.sampled_from(["", "Sport"])),
    st.lists(candidates, max_size=6, unique_by=lambda each: each.key),
    st.randoms(use_true_random=False),
)
def test_the_order_of_the_candidates_does_not_matter_and_nobody_unfit_is_chosen(work, people, chance):
    choice = choose(work, people)
    shuffled = list(people)
    chance.shuffle(shuffled)
    assert choose(work, shuffled).person == choice.person
    by_key = {each.key: each for each in people}
    if choice.person is not None:
        chosen = by_key[choice.person]
        assert not any((chosen.away, chosen.has_a_hand, chosen.had_it))
        assert chosen.open_load < chosen.most_open
        assert not work.skill or work.skill in chosen.skills
    else:
        assert all(choose(work, [each]).person is None for each in people)


def test_equals_get_about_as_much_each_whatever_they_are_called():
    people = [Candidate(name) for name in ("a", "b", "y", "z")]
    got = Counter(choose(Work(str(number), "edit"), people).person for number in range(2000))
    assert len(got) == 4
    assert all(400 < count < 600 for count in got.values()), got


def test_the_same_work_goes_to_the_same_person():
    assert choose(WORK, [ANNA, BEN]) == choose(WORK, [BEN, ANNA])
    assert choose(WORK, [ANNA, BEN]) == Choice(choose(WORK, [ANNA, BEN]).person, "by rule: had 0 of 5 pieces")


def test_nothing_measured_of_a_person_can_reach_the_choice():
    """The facts are these and no others, none of them could hold a figure of speed or errors, and nothing is read."""
    assert {field.name: field.type for field in fields(Candidate)} == {
        "key": "str",
        "skills": "frozenset[str]",
        "sections": "frozenset[str]",
        "away": "bool",
        "has_a_hand": "bool",
        "had_it": "bool",
        "open_load": "int",
        "most_open": "int",
    }
    assert {field.name for field in fields(Work)} == {"key", "step", "skill", "section"}
    tree = ast.parse(Path(assigning.__file__).read_text("utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "collections.abc", "dataclasses", "reviews.values"}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
