"""Slicing, joining and marking of coded text, as segmenting and alignment rely on it, for any text."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.values import CodedText, InlineCode, from_marked, join_texts, to_marked

LETTERS = st.sampled_from([*"ab ⟦⟧/1💡ä", "\u0308", "\n"])


@st.composite
def coded_texts(draw):
    """Text with well nested pairs and single codes, as the readers make it: no pair is empty."""
    codes: list[InlineCode] = []
    text: list[str] = []
    ids = iter(range(1, 100))

    def part(depth: int) -> None:
        for _ in range(draw(st.integers(0, 3))):
            choice = draw(st.sampled_from(["text", "text", "single", "pair"]))
            if choice == "text" or (choice == "pair" and depth == 3):
                text.extend(draw(st.lists(LETTERS, min_size=1, max_size=4)))
            elif choice == "single":
                codes.append(InlineCode(str(next(ids)), "br", "single", len(text), "<br>"))
            else:
                code_id = str(next(ids))
                codes.append(InlineCode(code_id, "link", "open", len(text), "<a>"))
                text.extend(draw(st.lists(LETTERS, min_size=1, max_size=4)))
                part(depth + 1)
                codes.append(InlineCode(code_id, "link", "close", len(text), "</a>"))

    part(0)
    return CodedText("".join(text), tuple(codes))


def linked(content):
    """Per character and code id whether the character stands within the pair: what a reader of the page sees."""
    inside: set[str] = set()
    seen = []
    for place in range(len(content.text) + 1):
        for code in content.codes:
            if code.pos == place and code.part != "single":
                (inside.add if code.part == "open" else inside.discard)(code.id)
        seen.append(frozenset(inside))
    return list(zip(content.text, seen, strict=False))


def is_well_formed(content):
    stack = []
    for code in content.codes:
        if code.part == "open":
            stack.append(code.id)
        elif code.part == "close" and (not stack or stack.pop() != code.id):
            return False
    return not stack and [code.pos for code in content.codes] == sorted(code.pos for code in content.codes)


@settings(max_examples=300, deadline=None)
@given(content=coded_texts(), data=st.data())
def test_slices_of_a_text_give_it_back_with_every_link_over_the_same_letters(content, data):
    cuts = sorted(data.draw(st.sets(st.integers(1, max(len(content.text) - 1, 1)), max_size=4)))
    edges = [0, *(cut for cut in cuts if cut < len(content.text)), len(content.text)]
    parts = [content.slice(start, end) for start, end in pairwise(edges)]
    assert all(is_well_formed(part) for part in parts)
    assert "".join(part.text for part in parts) == content.text
    assert [place for part in parts for place in linked(part)] == linked(content)
    singles = [code.id for code in content.codes if code.part == "single"]
    assert sorted(c.id for part in parts for c in part.codes if c.part == "single") == sorted(singles)


@settings(max_examples=200, deadline=None)
@given(parts=st.lists(coded_texts(), max_size=4))
def test_joined_texts_keep_every_link_over_the_same_letters_and_every_id_apart(parts):
    joined = join_texts(parts, "")
    assert joined.text == "".join(part.text for part in parts)
    assert is_well_formed(joined)
    assert [(letter, len(ids)) for letter, ids in linked(joined)] == [
        (letter, len(ids)) for part in parts for letter, ids in linked(part)
    ]
    starts = [code.id for code in joined.codes if code.part != "close"]
    assert len(set(starts)) == len(starts)


@settings(max_examples=300, deadline=None)
@given(content=coded_texts())
def test_a_text_shown_with_marks_is_read_back_the_same(content):
    assert from_marked(to_marked(content), content.codes) == content


@settings(max_examples=300, deadline=None)
@given(content=coded_texts())
def test_stripping_moves_codes_to_the_edge_and_loses_none(content):
    stripped = content.strip()
    assert stripped.text == content.text.strip()
    assert [code.id for code in stripped.codes] == [code.id for code in content.codes]
