"""Texts put into files however those are written: read again they are what was put, and codes are still the file's."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviews.importing.codes import normalised
from reviews.values import CodedText

from .imported import articles_of, rows_of, translation, written_back

SHELL = (
    '<xliff version="1.2"><file original="x" source-language="de" target-language="en"><body><trans-unit id="1">'
    "<source>{0}</source><target{1}>{0}</target></trans-unit></body></file></xliff>"
)

#: What a target may be made of: text, white space of its own and of the file's, references, what is no text, codes.
FRAGMENTS = st.sampled_from([
    "a", "b", "ü", " ", "  ", "\n  ", "\r\n", "\t", "&amp;", "&#x201C;", "&#252;", "&#10;", "u&#x308;", "\u00ad",
    "<!-- a -->", "<?a b?>", "<![CDATA[a<b]]>", "<![CDATA[]]>", "<x id='{}'/>", "<g  id='{}'>a</g>", "<g id='{}'/>",
    "<g id='{}'> <x id='i{}'/>b</g>", "<bpt id='{}'>&lt;</bpt>a<ept id='{}'>&gt;</ept>",
    "<ph id='{}'><sub>a</sub></ph>",
])  # fmt: skip
MARKUP = st.lists(FRAGMENTS, max_size=8).map(
    lambda parts: "".join(part.replace("{}", str(number)) for number, part in enumerate(parts))
)
EDITS = st.lists(
    st.tuples(
        st.integers(0, 20), st.integers(0, 4), st.sampled_from(["", "a", " ", "b ", " ü", "<", "]]>", "\n", "“"])
    ),
    max_size=3,
)


def edited(content: CodedText, at: int, gone: int, new: str) -> CodedText:
    """The text with some characters replaced; codes among them move to the end of what is new."""
    at = min(at, len(content.text))
    end = min(at + gone, len(content.text))
    moved = len(new) - (end - at)
    codes = (replace(c, pos=c.pos if c.pos <= at else max(c.pos, end) + moved) for c in content.codes)
    return normalised(CodedText(content.text[:at] + new + content.text[end:], tuple(codes)))


def plain(content: CodedText | None) -> object:
    return content and (content.text, [(code.pos, code.raw) for code in content.codes])


@pytest.mark.parametrize("attribute", ["", ' xml:space="preserve"'])
@settings(deadline=None)
@given(markup=MARKUP, edits=EDITS)
@example(markup="a\n  ", edits=[(1, 0, "b")])
@example(markup="a\n  b", edits=[(1, 1, "  ")])
@example(markup="a\n  b c", edits=[(2, 2, "")])
@example(markup="<![CDATA[a<b]]>", edits=[(1, 1, "]]>")])
def test_whatever_is_put_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, attribute: str, markup: str, edits: list[tuple[int, int, str]]
) -> None:
    path = tmp_path_factory.mktemp("splice") / "x.xlf"
    path.write_text(SHELL.format(f"a{markup}", attribute), encoding="utf-8", newline="")
    wanted = translation(rows_of(path)[0])
    for edit in edits:
        wanted = edited(wanted, *edit)
    written = written_back(path, *articles_of(path, lambda row: (wanted, "in_review")))
    again = path.with_name("again.xlf")
    again.write_bytes(written)
    (row,) = rows_of(again)
    if wanted.text.strip():
        assert plain(translation(row)) == plain(wanted)
    assert codes_in(written) <= codes_in(path.read_bytes())


def codes_in(content: bytes) -> set[str]:
    """Tags of codes as they are written; one that was an element by itself may have got a text."""
    tags = re.findall(r"<(?:x|g|bpt|ph)\b[^>]*>", content.decode())
    return {tag for tag in tags if tag not in (f'<g id="{number}">' for number in range(8))}
