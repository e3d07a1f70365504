"""What an import says of each document."""

import json

import pytest

from reviews.importing.report import (
    OUTLIERS_SHOWN,
    AlignmentReport,
    DocumentReport,
    alignment_report,
    excerpt,
    length_outliers,
    preview,
)
from reviews.values import AlignedText, CodedText, PlacedSource, Rejected


def pieces(*texts):
    return [PlacedSource(CodedText(text), "body", i, 0) for i, text in enumerate(texts)]


def texts(*rows):
    """(segment, covers, text, confidence) each."""
    return [AlignedText(segment, covers, CodedText(text), confidence) for segment, covers, text, confidence in rows]


def one_each(*targets):
    return texts(*((i, 1, target, 0.9) for i, target in enumerate(targets)))


SENTENCES = [f"Der Satz Nummer {i} sagt ungefähr so viel wie alle anderen." for i in range(30)]
TRANSLATED = [f"Sentence number {i} says about as much as all the others." for i in range(30)]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([], AlignmentReport(None, 0, 0, 0, 0), id="nothing"),
        pytest.param([(0, 1, "a", None)], AlignmentReport(None, 0, 0, 0, 0), id="rows of a table are not aligned"),
        pytest.param([(0, 1, "a", 0.9), (1, 1, "b", 0.4)], AlignmentReport(0.65, 1, 0, 0, 0), id="one is uncertain"),
        pytest.param([(0, 1, "a", 1.0), (1, 1, "", None)], AlignmentReport(1.0, 0, 1, 0, 0), id="one dropped"),
        pytest.param([(0, 3, "abc", 0.6), (None, 1, "x", None)], AlignmentReport(0.6, 0, 0, 1, 1), id="joined, extra"),
    ],
)
def test_alignment_is_counted(rows, expected):
    assert alignment_report(texts(*rows)) == expected


def test_a_translation_cut_short_has_an_odd_length():
    cut = [*TRANSLATED[:7], TRANSLATED[7][:20], *TRANSLATED[8:]]
    (outlier,) = length_outliers(pieces(*SENTENCES), {"engine-a": one_each(*TRANSLATED), "engine-b": one_each(*cut)})
    assert (outlier.segment, outlier.system, outlier.target) == (8, "engine-b", TRANSLATED[7][:20])
    assert outlier.ratio == pytest.approx(20 / len(SENTENCES[7]), abs=1e-4)


def test_the_worst_lengths_come_first_and_the_others_are_left_out():
    cut = [text[: 5 + i // 2] if i < 12 else text for i, text in enumerate(TRANSLATED)]
    found = length_outliers(pieces(*SENTENCES), {"x": one_each(*cut)})
    assert len(found) == OUTLIERS_SHOWN
    assert [outlier.segment for outlier in found[:4]] == [1, 2, 3, 4]


@pytest.mark.parametrize("changed", ["", "Sentence 7."])
def test_the_usual_length_is_the_translators_own(changed):
    """Texts twice as long throughout are that translator's way; a dropped one has no length."""
    long = [f"{text} {text}" for text in TRANSLATED]
    long[7] = changed
    found = length_outliers(pieces(*SENTENCES), {"x": one_each(*long)})
    assert [outlier.segment for outlier in found] == ([8] if changed else [])


def test_a_joined_text_is_measured_against_all_its_sources():
    joined = texts((0, 2, f"{TRANSLATED[0]} {TRANSLATED[1]}", 0.9), *((i, 1, TRANSLATED[i], 0.9) for i in range(2, 30)))
    assert length_outliers(pieces(*SENTENCES), {"x": joined}) == ()


def test_a_short_text_may_differ_more():
    sources = [*SENTENCES, "Ja!"]
    assert length_outliers(pieces(*sources), {"x": one_each(*TRANSLATED, "Of course!")}) == ()


def test_two_texts_have_no_usual_length():
    assert length_outliers(pieces(*SENTENCES[:2]), {"x": one_each(TRANSLATED[0], "x")}) == ()


def test_the_preview_shows_the_first_translation_beside_its_sources():
    joined = texts((None, 1, "extra", None), (0, 2, "One and two.", 0.9), (2, 1, "Three.", 0.9))
    shown = [pair.to_json() for pair in preview(pieces("Eins.", "Zwei.", "Drei."), {"a": [], "b": joined})]
    assert shown == [
        {"position": 1, "kind": "body", "source": "Eins. Zwei.", "system": "b", "target": "One and two."},
        {"position": 3, "kind": "body", "source": "Drei.", "system": "b", "target": "Three."},
    ]


def test_the_preview_of_a_bare_source_has_no_translations():
    shown = preview(pieces(*SENTENCES), {})
    assert [(pair.position, pair.system, pair.target) for pair in shown] == [(i, None, None) for i in range(1, 6)]


def test_long_texts_are_cut_with_a_mark():
    assert excerpt("a" * 300) == "a" * 300
    assert excerpt("a" * 301) == "a" * 299 + "…"


def test_a_rejected_document_says_why_in_one_line():
    report = DocumentReport("nx-1", "a.csv", "", "rejected", rejected=(Rejected("a.csv", 3, "is not UTF-8", "nx-1"),))
    assert list(report.lines()) == ["nx-1: rejected: is not UTF-8"]
    as_json = json.loads(json.dumps(report.to_json()))
    assert as_json["rejected"] == [{"file": "a.csv", "line": 3, "document": "nx-1", "reason": "is not UTF-8"}]
    assert as_json["segments"] == {"new": 0, "changed": 0, "moved": 0, "same": 0, "removed": 0}
