"""The shared articles as documents, imported as the product imports them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from reviews.importing.aligning import align_article
from reviews.importing.formats.html_article import read_article
from reviews.importing.segmenting import segment_source
from reviews.importing.service import PreparedDocument, import_document
from reviews.models import Document, Project
from reviews.values import ImportedArticle
from tests.shared import shared_path

ARTICLES = ("chipfabrik-foerderung", "handy-sicherheitsluecke", "open-source-verwaltung", "ransomware-kommunen")


def page(name: str, file: str) -> ImportedArticle:
    path = shared_path(f"articles/{name}/{file}")
    role = "source" if file.startswith("source") else "hypothesis"
    article, _ = read_article(
        path,
        str(path),
        role=role,  # type: ignore[arg-type]
        name=file.partition(".")[0],
        language=file.rsplit(".", 2)[1],
        document=name,
        zone=ZoneInfo("Europe/Berlin"),
    )
    return article


def import_article(project: Project, name: str, *translations: str, source: str = "source.de.html") -> Document:
    """The article with translations (files of its folder) as systems, the first one chosen as the start."""
    german = page(name, source)
    segments = segment_source(german.blocks, "de")
    result = import_document(
        project,
        PreparedDocument(
            external_id=german.document,
            meta=german.meta,
            segments=tuple(segments),
            hypotheses={
                file.partition(".")[0]: align_article(segments, page(name, file).blocks, "de", "en")
                for file in translations
            },
            reader="html",
            raw=german.raw,
            raw_name=source,
        ),
        None,
    )
    assert result.document is not None
    return result.document
