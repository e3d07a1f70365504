from __future__ import annotations

import pytest

from reviews.checks.base import Example
from reviews.checks.codes_inline import CodesInline
from reviews.values import CodedText, InlineCode, SegmentText

CHECK = CodesInline()


def findings(source: str, target: str):
    return CHECK.run(Example(source, target, fires=True).text())


def test_a_link_that_is_gone_is_shown_where_it_stood():
    (finding,) = findings("Das ⟦1⟧neue Gesetz⟦/1⟧ gilt.", "The new law applies.")
    assert (finding.severity, finding.source_spans, finding.target_spans) == ("minor", ((4, 15),), ())
    assert finding.message == "A link around “neue Gesetz” in the source: the translation has none there."


def test_a_link_the_source_does_not_have_is_major():
    (finding,) = findings("Das Gesetz gilt.", "The ⟦1⟧law⟦/1⟧ applies.")
    assert (finding.severity, finding.target_spans) == ("major", ((4, 7),))


@pytest.mark.parametrize("target", ["⟦1⟧a ⟦2⟧b⟦/1⟧ c⟦/2⟧"])
def test_codes_that_overlap_are_major(target):
    (finding,) = findings("⟦1⟧a ⟦2⟧b⟦/2⟧ c⟦/1⟧", target)
    assert (finding.severity, finding.message) == (
        "major",
        "A link in the translation is not opened and closed in order.",
    )


def test_codes_in_another_order_are_no_finding():
    assert findings("⟦1⟧Das⟦/1⟧ ⟦2⟧Gesetz⟦/2⟧", "The ⟦2⟧law⟦/2⟧, ⟦1⟧that⟦/1⟧") == []


def test_a_text_that_is_missing_altogether_is_no_business_of_codes():
    assert findings("Das ⟦1⟧Gesetz⟦/1⟧", "") == []


@pytest.mark.parametrize(
    ("kind", "severity"), [("link", "major"), ("image", "major"), ("em", "minor"), ("code", "minor")]
)
def test_what_a_page_calls_content_is_graver_than_style(kind, severity):
    """The kinds are those that the page reader gives codes."""
    codes = (InlineCode("7", kind, "open", 4, "<x>"), InlineCode("7", kind, "close", 7, "</x>"))
    (finding,) = CHECK.run(SegmentText(CodedText("Das Gesetz."), CodedText("The law.", codes), "de", "en"))
    assert finding.severity == severity
