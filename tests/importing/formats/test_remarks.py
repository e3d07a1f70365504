"""What readers say of what they pass over: counted, and no more of it than somebody can read."""

from reviews.importing.formats.remarks import Remarks, UniqueIds


def said(remarks):
    return [(notice.line, notice.message) for notice in remarks.notices()]


def test_remarks_are_counted_with_the_line_of_the_first():
    remarks = Remarks("x")
    for line in (3, 5, 9):
        remarks.count(line, "left out")
    remarks.count(4, "odd")
    assert said(remarks) == [(3, "left out: 3 units, this the first."), (4, "odd: 1 unit.")]


def test_a_file_that_gives_ever_new_reasons_gets_a_short_answer():
    remarks = Remarks("x")
    for line in range(1, 1_001):
        remarks.count(line, f"in the state {line}")
    assert len(said(remarks)) == 101
    assert said(remarks)[-1] == (
        101,
        "read or not read in further ways that would be said, but are too many: 900 units, this the first.",
    )


def test_repeated_ids_are_numbered_and_the_first_of_them_named():
    remarks = Remarks("x")
    ids = UniqueIds(remarks)
    taken = [ids.take(1, wanted) for wanted in ("a", "a#2", "a", "b", "a")]
    assert [given for given, _ in taken] == ["a", "a#2", "a#3", "b", "a#4"]
    assert [notice.message for _, notices in taken for notice in notices] == [
        "repeats the id 'a': both units are kept, this one is called 'a#3' here.",
        "repeats the id 'a': both units are kept, this one is called 'a#4' here.",
    ]
    assert said(remarks) == []


def test_an_id_given_to_every_unit_is_named_a_few_times_and_counted():
    remarks = Remarks("x")
    ids = UniqueIds(remarks)
    named = [notice for line in range(100_000) for notice in ids.take(line, "1")[1]]
    assert len(named) == 19
    assert said(remarks) == [
        (20, "kept under another id, since an earlier one has theirs: 99,980 units, this the first.")
    ]
