from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from reviews.checks.alignment_confidence import AlignmentConfidence
from reviews.checks.article import check_text, contexts_of
from reviews.checks.runner import check_document, target_pairs
from reviews.editing.saving import save_revision
from reviews.importing.aligning import LOW_CONFIDENCE, align_article
from reviews.importing.segmenting import segment_source
from reviews.importing.service import PreparedDocument, import_document
from reviews.models import Document, Project
from reviews.reports.findings import document_findings
from reviews.values import AlignedText, CodedText, DocumentMeta, PlacedSource, SegmentText
from tests.checks.texts import pair
from tests.factories import make_cast, make_project, segments_of
from tests.importing.formats.reading import articles, read
from tests.shared import shared_path

CHECK = AlignmentConfidence()
SOURCES = tuple(PlacedSource(CodedText(text), "body", i, 0) for i, text in enumerate(("Der Zug hält.", "Es regnet.")))
ENGLISH = ("The train stops.", "It is raining.")


def findings(article: Sequence[SegmentText], index: int = 0) -> list[str]:
    return [finding.message for result in check_text(article, index, [CHECK]) for finding in result.findings]


@pytest.mark.parametrize(
    ("confidence", "fires"),
    [(0.0, True), (LOW_CONFIDENCE - 0.001, True), (LOW_CONFIDENCE, False), (1.0, False), (None, False)],
)
def test_it_fires_below_what_is_low_and_never_where_nobody_aligned(confidence: float | None, fires: bool) -> None:
    text = replace(pair("Haus 45.", "Home 46."), confidence=confidence)
    assert bool(findings([text])) is fires


def test_a_dropped_sentence_is_no_unsure_one() -> None:
    assert findings([replace(pair("Haus 45.", ""), confidence=0.1)]) == []


def test_what_is_sure_has_no_context_and_what_is_not_the_same_for_every_figure() -> None:
    text = pair("Haus 45.", "Home 46.")
    contexts = [contexts_of([replace(text, confidence=value)], 0, [CHECK]) for value in (None, 0.9, 0.1, 0.4)]
    assert contexts[:2] == [{}, {}]
    assert contexts[2] == contexts[3] == {"alignment.confidence": ("unsure",)}


@pytest.mark.parametrize(
    "name", ["chipfabrik-foerderung", "handy-sicherheitsluecke", "open-source-verwaltung", "ransomware-kommunen"]
)
def test_the_translations_of_the_articles_are_sure(name: str) -> None:
    source, *translations = articles(read("html", shared_path(f"articles/{name}")))
    segments = segment_source(source.blocks, "de")
    for translation in translations:
        texts = align_article(segments, translation.blocks, "de", "en")
        article = [
            SegmentText(segments[text.segment].content, text.content, "de", "en", confidence=text.confidence)
            for text in texts
            if text.segment is not None
        ]
        assert len(article) == len(segments)
        assert [findings(article, i) for i in range(len(article))] == [[]] * len(article)


def import_texts(project: Project, external_id: str, *confidences: float | None) -> Document:
    """A document whose two sentences were aligned that surely."""
    texts = [
        AlignedText(i, 1, CodedText(text), confidence=confidence)
        for i, (text, confidence) in enumerate(zip(ENGLISH, confidences, strict=True))
    ]
    prepared = PreparedDocument(external_id, DocumentMeta(), SOURCES, {"engine-a": texts}, reader="test")
    document = import_document(project, prepared, None).document
    assert document is not None
    return document


@pytest.mark.django_db
def test_only_the_unsure_text_of_an_import_is_found_and_others_keep_their_keys() -> None:
    project = make_project()
    unsure = import_texts(project, "unsure", 0.9, 0.2)
    others = [import_texts(project, "sure", 0.9, 0.8), import_texts(project, "by the file", None, None)]
    for document in (unsure, *others):
        check_document(document.pk)
    assert [(row["check"], row["segment"]) for row in document_findings(unsure).rows] == [
        ("alignment.confidence", segments_of(unsure)[1].pk)
    ]
    assert [document_findings(document).rows for document in others] == [[], []]
    first, second = (pair.key for pair in target_pairs(unsure).values())
    for document in others:
        assert [
            pair.key == key for pair, key in zip(target_pairs(document).values(), (first, second), strict=True)
        ] == [
            True,
            False,
        ]


@pytest.mark.django_db
def test_a_human_text_is_not_unsure() -> None:
    project = make_project()
    document = import_texts(project, "nx-1", 0.2, 0.2)
    first, second = segments_of(document)
    save_revision(segment_id=first.pk, person=make_cast(project)["anna"], typed=ENGLISH[0], base=0)
    check_document(document.pk)
    rows = [(row["side"], row["segment"], row["state"]) for row in document_findings(document).rows]
    assert rows == [("hypothesis", first.pk, "fixed"), ("hypothesis", second.pk, "open")]
