"""Coded texts as HTML: well-formed, escaped, and with nothing of a file's own markup in it."""

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.values import CodedText, InlineCode, to_marked
from reviews.web.rendering import Highlight, describe, field_highlights, link_target, to_html


def code(part, pos, raw, code_id="1"):
    return InlineCode(code_id, "x", part, pos, raw)


A = '<a href="https://example.org/?a=1&amp;b=2">'


@pytest.mark.parametrize(
    ("text", "codes", "html"),
    [
        ("a < b & c", (), "a &lt; b &amp; c"),
        (
            "see here",
            (code("open", 4, A), code("close", 8, "</a>")),
            'see <span class="link" title="https://example.org/?a=1&amp;b=2">here</span>',
        ),
        ("so it is", (code("open", 3, "<i>"), code("close", 5, "</i>")), "so <em>it</em> is"),
        ("one two", (code("single", 3, "<br/>"),), "one<br> two"),
        ("no tag", (code("open", 0, "{b}"), code("close", 6, "{/b}")), "no tag"),
        ("open", (code("open", 0, "<b>"),), "<strong>open</strong>"),
        ("shut", (code("close", 2, "</b>"),), "shut"),
        (
            "crossed",
            (
                code("open", 0, "<b>", "1"),
                code("open", 2, "<i>", "2"),
                code("close", 4, "</b>", "1"),
                code("close", 7, "</i>", "2"),
            ),
            "<strong>cr<em>os</em></strong><em>sed</em>",
        ),
        ("x", (code("open", 0, '<script src="//evil">'), code("close", 1, "</script>")), "x"),
        ("x", (code("open", 0, '<b onclick="steal()">'), code("close", 1, "</b>")), "<strong>x</strong>"),
    ],
)
def test_codes_become_known_elements_or_nothing(text, codes, html):
    assert to_html(CodedText(text, codes)) == html


@pytest.mark.parametrize(
    ("raw", "target"),
    [
        ('<a href="https://example.org">', "https://example.org"),
        ("<a class=\"x\" href='mailto:a@b.de'>", "mailto:a@b.de"),
        ('<a href="javascript:alert(1)">', ""),
        ('<a href=" javascript:alert(1)">', ""),
        ('<a href="data:text/html,x">', ""),
        ('<a href="/relative">', ""),
        ('<a href="http://[broken">', ""),
        ("<a>", ""),
    ],
)
def test_a_link_leads_to_the_web_or_nowhere(raw, target):
    assert link_target(code("open", 0, raw)) == target
    live = to_html(CodedText("x", (code("open", 0, raw), code("close", 1, "</a>"))), links="live")
    assert ("<a href=" in live) == bool(target)
    assert "javascript" not in live


def test_findings_are_marked_inside_codes_with_the_worst_severity():
    text = CodedText("1.2 billion euros", (code("open", 4, "<b>"), code("close", 17, "</b>")))
    html = to_html(text, [Highlight(0, 11, "major"), Highlight(0, 3, "critical")])
    assert html == (
        '<mark class="critical">1.2</mark><mark class="major"> </mark>'
        '<strong><mark class="major">billion</mark> euros</strong>'
    )


def test_a_highlight_beyond_the_text_does_no_harm():
    assert to_html(CodedText("ab"), [Highlight(1, 9, "minor")]) == 'a<mark class="minor">b</mark>'


def test_the_field_counts_utf16_units_and_marks():
    text = CodedText("😀 ab ⟦c", (code("open", 2, A), code("close", 4, "</a>")))
    marked = to_marked(text)
    [[start, end, severity]] = field_highlights(text, [Highlight(2, 4, "major")])
    units = marked.encode("utf-16-le")
    assert units[2 * start : 2 * end].decode("utf-16-le") == "ab"
    assert severity == "major"
    [[start, end, _]] = field_highlights(text, [Highlight(6, 7, "major")])
    assert units[2 * start : 2 * end].decode("utf-16-le") == "c"


def test_highlights_travel_as_json():
    assert json.loads(json.dumps(field_highlights(CodedText("ab"), [Highlight(0, 1, "minor")]))) == [[0, 1, "minor"]]


@pytest.mark.parametrize(
    ("raw", "words"),
    [(A, "link to https://example.org/?a=1&b=2"), ("<em>", "emphasis"), ("<b>", "bold"), ("<br>", "line break")],
)
def test_a_code_is_explained_in_words(raw, words):
    assert describe(code("open", 0, raw)) == words


class _Balance(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        assert tag in {"span", "em", "strong", "mark", "a", "br"}
        assert {name for name, _ in attrs} <= {"class", "title", "href", "rel", "target"}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@st.composite
def coded(draw):
    text = draw(st.text(alphabet="ab<&\"'😀 ", max_size=12))
    raws = st.sampled_from([A, "<i>", "<b>", "<br>", "<script>", "</a>", '"><img onerror=x>'])
    codes = draw(
        st.lists(
            st.builds(
                code,
                st.sampled_from(["open", "close", "single"]),
                st.integers(0, len(text)),
                raws,
                st.sampled_from("123"),
            ),
            max_size=8,
        )
    )
    return CodedText(text, tuple(sorted(codes, key=lambda c: c.pos)))


@given(
    coded(),
    st.lists(st.builds(Highlight, st.integers(0, 12), st.integers(0, 14), st.sampled_from(["critical", "minor"]))),
    st.sampled_from(["styled", "live"]),
)
def test_whatever_the_codes_the_html_is_well_formed_and_keeps_the_text(text, highlights, links):
    balance = _Balance()
    balance.feed(to_html(text, highlights, links=links))
    balance.close()
    assert balance.open == []
    assert balance.text == text.text
