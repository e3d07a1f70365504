"""Codes of a translation get the ids of the source codes they correspond to."""

import pytest

from reviews.importing.codes import compose, match_codes
from reviews.values import CodedText, InlineCode


def coded(*units):
    """A text with one letter in each (id, kind, raw); single codes are those whose raw ends in a blank."""
    codes = []
    for place, (code_id, kind, raw) in enumerate(units):
        if raw.endswith(" "):
            codes.append(InlineCode(code_id, kind, "single", place, raw))
        else:
            codes.append(InlineCode(code_id, kind, "open", place, raw))
            codes.append(InlineCode(code_id, kind, "close", place + 1, f"</{kind}>"))
    return CodedText("x" * len(units), tuple(codes))


def ids(content):
    return [code.id for code in content.codes if code.part != "close"]


A, B = '<a href="/a">', '<a href="/b">'


@pytest.mark.parametrize(
    ("source", "target", "expected"),
    [
        ([("1", "link", A), ("2", "link", B)], [("1", "link", B), ("2", "link", A)], ["2", "1"]),
        ([("1", "link", A)], [("1", "link", '<a class="x" href="/a">')], ["1"]),
        ([("1", "link", A), ("2", "em", "<em>")], [("1", "em", "<em>"), ("2", "link", A)], ["2", "1"]),
        ([("1", "em", "<em>"), ("2", "em", "<i>")], [("1", "em", "<i>"), ("2", "em", "<em>")], ["2", "1"]),
        ([("1", "link", A)], [("1", "link", "<a href='/en/a'>")], ["1"]),
        ([("1", "link", A), ("2", "link", A)], [("7", "link", A), ("8", "link", A)], ["1", "2"]),
        ([("1", "link", A)], [("1", "strong", "<b>"), ("2", "link", A)], ["2", "1"]),
        ([], [("5", "link", A), ("9", "em", "<em>")], ["1", "2"]),
        ([("1", "br", "<br> ")], [("1", "br", "<br>")], ["2"]),
        ([("2", "em", "<em>")], [("1", "strong", "<b>"), ("2", "strong", "<b>")], ["3", "4"]),
    ],
)
def test_the_same_markup_comes_first_then_the_same_address_then_the_same_kind(source, target, expected):
    assert ids(match_codes(coded(*source), coded(*target))) == expected


def test_both_halves_of_a_pair_get_the_new_id_and_nothing_else_changes():
    target = coded(("9", "link", A))
    matched = match_codes(coded(("4", "link", A)), target)
    assert [(code.id, code.part, code.pos, code.raw) for code in matched.codes] == [
        ("4", "open", 0, A),
        ("4", "close", 1, "</link>"),
    ]
    assert matched.text == target.text


def test_ids_are_never_shared_by_two_codes():
    source = coded(("1", "link", A), ("3", "em", "<em>"))
    target = coded(*[(str(number), "strong", "<b>") for number in range(1, 6)], ("6", "link", A))
    matched = ids(match_codes(source, target))
    assert len(set(matched)) == 6
    assert matched[-1] == "1"
    assert "3" not in matched


def test_a_text_without_codes_stays_as_it_is():
    assert match_codes(coded(("1", "link", A)), CodedText("x")) == CodedText("x")


def test_letters_and_marks_on_both_sides_of_a_code_are_composed():
    content = CodedText(
        "cu\u0308r x", (InlineCode("1", "em", "open", 2, "<i>"), InlineCode("1", "em", "close", 5, "</i>"))
    )
    composed = compose(content)
    assert composed.text == "cür x"
    assert [composed.text[code.pos :] for code in composed.codes] == ["r x", "x"]


def test_text_that_is_composed_already_is_left_alone():
    content = CodedText("über", (InlineCode("1", "em", "single", 1, "<i></i>"),))
    assert compose(content) is content
