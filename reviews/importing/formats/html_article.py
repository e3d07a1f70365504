"""One HTML page as an article: the source, one system's translation or one reference."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path

from reviews.values import DocumentMeta, ImportedArticle, ImportedBlock

from .base import Notice, ReadError, Role
from .html_page import LARGEST_PAGE, Page, read_page
from .languages import same_language
from .rows import RowError, check_id, parse_time, zone_remark
from .text import illegal_character, opened, shown


def read_article(
    path: Path,
    file: str,
    *,
    role: Role,
    name: str,
    language: str,
    document: str,
    zone: tzinfo,
    id_by_address: bool = False,
) -> tuple[ImportedArticle, list[Notice]]:
    """Read a page as an article, with what is to be noticed about it.

    The document id is the page's `article:id`, for a translation before it the id of the article it says it
    translates (`x-translation-of`); else, with `id_by_address`, the last part of the article's address; else
    `document`. Raises ReadError for pages that cannot be read.
    """
    with opened(path, file) as stream:
        raw = stream.read(LARGEST_PAGE + 1)
    page = read_page(raw, file)
    head = page.head
    document = (
        (head.meta.get("x-translation-of") if role != "source" else "")
        or head.meta.get("article:id")
        or (_id_by_address(page) if id_by_address else "")
        or document
    )
    published, notices = _published(page, file, zone)
    meta = DocumentMeta(
        title=_headline(page) or head.title or None,
        section=head.section or None,
        url=head.canonical or None,
        author=head.author or None,
        published=published,
    )
    _check_meta(meta, document, file)
    article = ImportedArticle(
        path=file,
        document=document,
        role=role,
        name=name,
        language=language,
        meta=meta,
        blocks=tuple(ImportedBlock(block.kind, block.content, block.locator) for block in page.blocks),
        raw=raw,
    )
    return article, [*_language_notice(page, file, language), *notices]


def _language_notice(page: Page, file: str, language: str) -> Iterator[Notice]:
    """A page that calls itself another language than it is read as.

    It is read all the same: templates of sites and engines that copy the page leave a wrong one often enough.
    """
    named = page.head.language
    if named and not same_language(named, language):
        yield Notice(
            file,
            None,
            f"says that it is in {shown(named)} (lang of its <html>), but is read as {language}. Make sure that it is "
            "the right file.",
        )


def contradiction(page: ImportedArticle, source: ImportedArticle) -> str | None:
    """Why a page read for the source's folder cannot be its translation; None when nothing speaks against it."""
    if page.document == source.document:
        return None
    return (
        f"says it belongs to the article {shown(page.document)}, but {source.path} is {shown(source.document)}. Put "
        "it into that article's folder, or correct its article:id or x-translation-of."
    )


def _id_by_address(page: Page) -> str:
    """The last part of the article's address, unless it is nothing to call a document by."""
    part = page.head.id_by_address()
    try:
        check_id("document id", part)
    except RowError:
        return ""
    return part


def _check_meta(meta: DocumentMeta, document: str, file: str) -> None:
    try:
        check_id("document id", document)
    except RowError as error:
        raise ReadError(file, None, str(error)) from None
    for value in (meta.title, meta.section, meta.url, meta.author):
        if found := illegal_character(value or ""):
            raise ReadError(file, None, f"holds {found} in its head: {shown(value)}. Take it out and import again.")


def _headline(page: Page) -> str:
    return next((block.content.text for block in page.blocks if block.kind == "headline"), "")


def _published(page: Page, file: str, zone: tzinfo) -> tuple[datetime | None, list[Notice]]:
    """When the page says it was published; a page is not refused for a date that cannot be read."""
    try:
        published, naive = parse_time("article:published_time", page.head.published or None, zone)
    except RowError as error:
        return None, [Notice(file, None, f"{error} It is left out.")]
    remark = zone_remark("article:published_time", zone)
    return published, [Notice(file, None, remark)] if naive else []
