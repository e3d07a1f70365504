"""Writing inline codes back: what was typed stays text, and the tags nest whatever it was."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from reviews.publishing.export.inline import append_content
from reviews.publishing.export.markup import HARMLESS, VOID, Markup
from reviews.values import CodedText, CodePart, InlineCode

LINK = '<a href="https://example.org/dsgvo?a=1&amp;b=2" title="&quot;Verordnung&quot;" data-id="7">'


def code(identity: str, part: CodePart, pos: int, raw: str) -> InlineCode:
    return InlineCode(identity, "x", part, pos, raw)


def pair(identity: str, start: int, end: int, raw: str, close: str = "</a>") -> list[InlineCode]:
    return [code(identity, "open", start, raw), code(identity, "close", end, close)]


def written(text: str, codes: list[InlineCode], own: set[str] | None = None) -> str:
    """The inside of a paragraph that holds the text; codes are the page's own unless `own` says which are."""
    paragraph = etree.Element("p")
    content = CodedText(text, tuple(sorted(codes, key=lambda c: c.pos)))
    append_content(paragraph, content, Markup(trusted={c.raw for c in codes} if own is None else own))
    page: str = etree.tostring(paragraph, method="html", encoding="unicode")
    return page.removeprefix("<p>").removesuffix("</p>")


def test_a_link_comes_back_with_all_its_attributes() -> None:
    assert written("the GDPR says", pair("1", 4, 8, LINK)) == (
        'the <a href="https://example.org/dsgvo?a=1&amp;b=2" title=\'"Verordnung"\' data-id="7">GDPR</a> says'
    )


def test_typed_markup_is_text() -> None:
    assert written("<script>alert(1)</script> & co", []) == "&lt;script&gt;alert(1)&lt;/script&gt; &amp; co"


def test_codes_within_codes_nest() -> None:
    codes = [*pair("1", 0, 7, "<em>", "</em>"), *pair("2", 2, 5, "<b>", "</b>")]
    assert written("a bcd e", codes) == "<em>a <b>bcd</b> e</em>"


def test_codes_that_overlap_are_cut_so_that_they_nest() -> None:
    codes = [*pair("1", 0, 4, '<em id="x">', "</em>"), *pair("2", 2, 6, '<b class="y">', "</b>")]
    assert written("abcdef", codes) == '<em id="x">ab<b class="y">cd</b></em><b class="y">ef</b>'


def test_an_id_is_not_doubled_when_an_element_is_cut() -> None:
    codes = [*pair("1", 0, 2, "<em>", "</em>"), *pair("2", 1, 4, '<b id="x">', "</b>")]
    assert written("abcd", codes) == '<em>a<b id="x">b</b></em><b>cd</b>'


def test_of_links_within_links_the_inner_one_counts() -> None:
    codes = [*pair("1", 0, 6, '<a href="/1">'), *pair("2", 2, 4, '<a href="/2">')]
    assert written("abcdef", codes) == '<a href="/1">ab</a><a href="/2">cd</a><a href="/1">ef</a>'


def test_an_empty_element_stays_as_an_icon_may_be_one() -> None:
    assert written("Download ", pair("1", 9, 9, '<i class="icon">', "</i>")) == 'Download <i class="icon"></i>'


def test_a_line_break_stands_by_itself() -> None:
    assert written("ab", [code("1", "single", 1, "<br>")]) == "a<br>b"
    assert written("ab", [code("1", "open", 1, "<br/>")]) == "a<br>b"


def test_what_is_closed_but_not_open_or_open_but_not_closed_does_no_harm() -> None:
    assert written("ab", [code("1", "close", 1, "</a>")]) == "ab"
    assert written("ab", [code("1", "open", 1, "<em>")]) == "a<em>b</em>"


@pytest.mark.parametrize(
    "raw",
    [
        "<script>",
        '<script src="//evil.example">',
        "<style>",
        "<iframe src=//evil.example>",
        "<div>",
        "<!-- comment -->",
        "<a href='/1'><b>",
        "{0}",
        "</a>",
        "",
        "<",
        "<\x00a>",
    ],
)
def test_a_code_that_is_no_inline_element_is_left_out_and_its_text_stays(raw: str) -> None:
    written_text = written("abc", [code("1", "open", 1, raw), code("1", "close", 2, "")])
    assert written_text.replace("<a>", "").replace("</a>", "").replace('<a href="/1">', "") == "abc"
    assert "script" not in written_text


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "java&#10;script:alert(1)",
        "&#1;javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
    ],
)
def test_an_address_that_may_run_a_script_goes_out_only_if_the_newsroom_wrote_it(href: str) -> None:
    raw = f'<a href="{href}">'
    assert written("go", pair("1", 0, 2, raw), own=set()) == "<a>go</a>"
    assert "href=" in written("go", pair("1", 0, 2, raw))


@pytest.mark.parametrize(
    "href", ["https://example.org/x?y=a:b", "/a:b", "#a:b", "?q=a:b", "//example.org", "mailto:a@b.example"]
)
def test_an_ordinary_address_is_kept_whoever_wrote_it(href: str) -> None:
    assert written("go", pair("1", 0, 2, f'<a href="{href}">'), own=set()) == f'<a href="{href}">go</a>'


def test_of_a_machine_s_markup_only_harmless_attributes_go_out() -> None:
    raw = '<a href="/x" onclick="steal()" style="display:none" id="top" class="c">'
    assert written("go", pair("1", 0, 2, raw), own=set()) == '<a href="/x" class="c">go</a>'
    assert written("ab", [code("1", "single", 1, '<img src="//evil.example/pixel.gif">')], own=set()) == "ab"


def test_characters_no_page_can_hold_are_shown_as_such() -> None:
    assert written("a\x00b\x0bc\ufffed\ud800", []) == "a\ufffdb\ufffdc\ufffdd\ufffd"


# --- whatever the texts and codes ------------------------------------------------------------------

RAWS = st.sampled_from(
    [LINK, '<a href="/2">', "<em>", '<b class="x">', "<br>", "<img src='/i.png' alt='a>b'>", "<script>", "<p>", "{0}"]
)


@st.composite
def coded_texts(draw: st.DrawFn) -> CodedText:
    text = draw(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>&\"'/ scriptaemb⟦⟧")), max_size=40))
    positions = st.integers(0, len(text))
    codes = [
        code(draw(st.sampled_from("123")), draw(st.sampled_from(["open", "close", "single"])), draw(positions), raw)
        for raw in draw(st.lists(RAWS, max_size=8))
    ]
    return CodedText(text, tuple(sorted(codes, key=lambda c: c.pos)))


class StrictReader(HTMLParser):
    """Reads inline HTML and fails on a tag that is not closed where it should be, or is none of ours."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in HARMLESS, f"<{tag}> came out of text or codes"
        assert not (tag == "a" and "a" in self.open), "a link within a link"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1:] == [tag], f"</{tag}> closes what is not open"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError("a comment came out of text")

    def handle_decl(self, decl: str) -> None:
        raise AssertionError("a declaration came out of text")


@given(content=coded_texts(), trusted=st.booleans())
def test_whatever_is_typed_comes_out_as_well_formed_inline_html_with_exactly_that_text(
    content: CodedText, trusted: bool
) -> None:
    inside = written(content.text, list(content.codes), None if trusted else set())
    reader = StrictReader()
    reader.feed(inside)
    reader.close()
    assert reader.open == []
    assert reader.text == "".join(c if _is_legal(c) else "\ufffd" for c in content.text)


def _is_legal(character: str) -> bool:
    return character in "\t\n\r" or not (
        character < " " or "\ud800" <= character <= "\udfff" or character in "\ufffe\uffff"
    )
