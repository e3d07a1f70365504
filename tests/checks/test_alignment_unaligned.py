from __future__ import annotations

from dataclasses import replace

import pytest

from reviews.checks.alignment_unaligned import AlignmentUnaligned
from reviews.checks.article import check_text, contexts_of
from reviews.checks.runner import check_document, findings_for, target_pairs
from reviews.editing.saving import save_revision
from reviews.importing.service import PreparedDocument, import_document
from reviews.models import Document, Project
from reviews.reports.findings import document_findings
from reviews.values import AlignedText, CodedText, DocumentMeta, FindingValue, PlacedSource, SegmentText
from tests.checks.texts import pair
from tests.factories import add_hypothesis, make_cast, make_project, segments_of

CHECK = AlignmentUnaligned()
EXTRA = "Subscribe to our newsletter."


def findings(text: SegmentText) -> list[FindingValue]:
    return [finding for result in check_text([text], 0, [CHECK]) for finding in result.findings]


def test_what_stands_beside_a_text_without_a_source_is_named() -> None:
    (finding,) = findings(replace(pair("Der Rat tagt.", "The council meets."), unaligned=(EXTRA, "It is free.")))
    assert finding.message == (
        "The engine also wrote “Subscribe to our newsletter. It is free.”, which belongs to no sentence of the source."
    )
    assert (finding.severity, finding.source_spans, finding.target_spans) == ("major", (), ((0, 18),))


def test_a_long_text_is_shown_in_part() -> None:
    (finding,) = findings(replace(pair("Der Rat tagt.", "The council meets."), unaligned=("x" * 5000,)))
    assert f"“{'x' * 199}…”" in finding.message
    assert len(finding.message) < 300


def test_a_text_that_stands_alone_is_quiet_and_read_by_itself() -> None:
    text = pair("Der Rat tagt.", "The council meets.")
    assert findings(text) == []
    assert contexts_of([text], 0, [CHECK]) == {}


# --- of texts in the tables --------------------------------------------------------------------

SOURCES = tuple(PlacedSource(CodedText(t), "body", i, 0) for i, t in enumerate(("Der Zug hält.", "Es regnet.")))
FIRST, SECOND = "The train stops.", "It is raining."


def import_texts(project: Project, *texts: str) -> Document:
    """A document and one engine's texts of it in order; what is neither sentence has no source."""
    rows = [
        AlignedText((FIRST, SECOND).index(text), 1, CodedText(text))
        if text in (FIRST, SECOND)
        else AlignedText(None, 1, CodedText(text), reason="unaligned")
        for text in texts
    ]
    prepared = PreparedDocument("nx-1", DocumentMeta(), SOURCES, {"engine-a": rows}, reader="test")
    document = import_document(project, prepared, None).document
    assert document is not None
    check_document(document.pk)
    return document


def found(document: Document) -> list[tuple[str, str]]:
    """(the text it is beside, what the message quotes) of each finding on what would be published."""
    pairs = target_pairs(document).values()
    rows = findings_for(document.project, pairs)
    return [
        (pair.pair.target.text, row.message.split("“")[1].split("”")[0])
        for pair in pairs
        for row in rows[pair.key]
        if row.check_name == CHECK.id
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((FIRST, SECOND), []),
        ((FIRST, EXTRA, SECOND), [(FIRST, EXTRA)]),
        ((FIRST, SECOND, EXTRA), [(SECOND, EXTRA)]),
        ((EXTRA, FIRST, SECOND), [(FIRST, EXTRA)]),
        ((FIRST, EXTRA, "It is free.", SECOND), [(FIRST, f"{EXTRA} It is free.")]),
    ],
)
def test_the_finding_stands_at_the_text_beside_it(texts: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    document = import_texts(make_project(), *texts)
    assert found(document) == expected
    assert len(document_findings(document).rows) == len(expected)


@pytest.mark.django_db
def test_it_goes_when_the_engine_no_longer_writes_it_and_comes_back_when_it_does() -> None:
    project = make_project()
    import_texts(project, FIRST, EXTRA, SECOND)
    assert found(import_texts(project, FIRST, SECOND)) == []
    assert found(import_texts(project, FIRST, SECOND, EXTRA)) == [(SECOND, EXTRA)]


@pytest.mark.django_db
def test_a_human_text_has_nothing_beside_it() -> None:
    project = make_project()
    document = import_texts(project, FIRST, EXTRA, SECOND)
    save_revision(segment_id=segments_of(document)[0].pk, person=make_cast(project)["anna"], typed=FIRST, base=0)
    check_document(document.pk)
    assert found(document) == []
    assert [row["state"] for row in document_findings(document).rows] == ["fixed"]


@pytest.mark.django_db
def test_what_an_engine_added_is_not_the_other_engines() -> None:
    project = make_project()
    document = import_texts(project, FIRST, EXTRA, SECOND)
    for place, text in enumerate((FIRST, SECOND)):
        add_hypothesis(document, "engine-b", place, text)
    check_document(document.pk)
    assert [row["system"] for row in document_findings(document).rows] == ["engine-a"]
