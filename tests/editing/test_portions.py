"""Where a text of several sentences is cut at first: a proposal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.editing.portions import propose
from reviews.values import CodedText, InlineCode

EQUAL = ["Ein Satz.", "Ein Satz."]


@pytest.mark.parametrize(
    ("text", "sources", "portions"),
    [
        pytest.param("One. Two.", ["Eins.", "Zwei, sehr viel länger."], ["One.", "Two."], id="a sentence for each"),
        pytest.param(
            "Dr. Meyer came. He saw. He won.",
            ["Dr. Meyer kam und sah.", "Er siegte."],
            ["Dr. Meyer came. He saw.", "He won."],
            id="more sentences than sources",
        ),
        pytest.param(
            "When it rains, everybody waits inside.",
            ["Es regnet jetzt.", "Alle warten drinnen."],
            ["When it rains,", "everybody waits inside."],
            id="after a clause",
        ),
        pytest.param("one two three four", EQUAL, ["one two", "three four"], id="between words"),
        pytest.param("one", EQUAL, ["one", ""], id="too few words"),
        pytest.param("", EQUAL, ["", ""], id="no text"),
        pytest.param("a b c", ["", "", ""], ["a", "b", "c"], id="empty sources"),
    ],
)
def test_proposals(text, sources, portions):
    found = propose(CodedText(text), [CodedText(source) for source in sources], "en")
    assert [each.text for each in found] == portions


def test_a_link_over_the_cut_is_closed_and_opened_again():
    link = InlineCode("1", "link", "open", 0, "<a>"), InlineCode("1", "link", "close", 9, "</a>")
    first, second = propose(CodedText("One. Two.", link), [CodedText(text) for text in EQUAL], "en")
    assert [(code.part, code.pos) for code in first.codes] == [("open", 0), ("close", 4)]
    assert [(code.part, code.pos) for code in second.codes] == [("open", 0), ("close", 4)]


@given(st.text(alphabet="ab .,;\u00a0\u2003😀", max_size=60), st.lists(st.text(max_size=20), min_size=2, max_size=5))
def test_no_word_is_lost_doubled_or_moved(text, sources):
    portions = propose(CodedText(text), [CodedText(source) for source in sources], "en")
    assert len(portions) == len(sources)
    assert " ".join(portion.text for portion in portions).split() == text.split()
