"""An article as its readers will see it, in pieces one can point at: the page of the HTML export, before its release.

The writers of the export do the work, so what is previewed is what would be handed over. Each text lies in an element
of a class of its own, by which whoever shows the page finds it again. What comes from outside is not made harmless
here: that is for whoever shows it.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from reviews.models import Document
from reviews.values import CodedText, InlineCode

from .export.article import Article, ExportError
from .export.inline import append_content
from .export.markup import Element, Markup
from .export.plain_page import HEAD_KINDS, plain_page
from .export.source_page import translated_page
from .handover import standing_article
from .standing import StandingRun


@dataclass(frozen=True, slots=True)
class Previewed:
    """The page of an article: the element that holds all of it, and what stands in no element of its body.

    `alts` are descriptions of pictures with the segment each belongs to, in page order; `head` is what search engines
    and links show. `missing_page` says why the page it came from could not be used; then the page is a plain one.
    `closing_line` is what stands under it once it is approved.
    """

    body: Element
    alts: tuple[tuple[int, str, Element], ...]
    head: tuple[tuple[int, Element], ...]
    missing_page: str
    closing_line: str
    _mark: re.Pattern[str]

    def segment_of(self, element: Element) -> int | None:
        """The segment whose text begins with this element; None for any other element."""
        match = self._mark.search(element.get("class", ""))
        return int(match[1]) if match else None


def preview(document: Document, runs: Sequence[StandingRun], shown: Mapping[int, CodedText] | None = None) -> Previewed:
    """The document as it stands. `shown` has texts to show instead of the targets, by their leading segments.

    Raises ExportError for a document without a source.
    """
    # Nobody who wrote a page can know the mark of this preview.
    mark = f"piece-{secrets.token_hex(8)}"
    find = re.compile(rf"\b{mark}-(\d+)\b")
    try:
        article, missing = standing_article(document, runs, reviewed=True, with_page=True), ""
    except ExportError as error:
        article, missing = standing_article(document, runs, reviewed=True, with_page=False), str(error)
    pieces = []
    for piece in article.pieces:
        text = (shown or {}).get(piece.segment, piece.target)
        pieces.append(replace(piece, target=_marked(text, piece.segment, mark) if text and text.text else text))
    article = replace(article, pieces=tuple(pieces))
    root, unusable = _page(article)
    return Previewed(
        body=_smallest_around(root, find),
        alts=tuple((segment, text.text, _element(text)) for segment, text in _texts(article, {"alt"})),
        head=tuple((segment, _element(text)) for segment, text in _texts(article, HEAD_KINDS)),
        missing_page=missing or unusable,
        closing_line=article.closing_line,
        _mark=find,
    )


def _page(article: Article) -> tuple[Element, str]:
    """The page the article came from with its texts, else a plain one; and why it could not be used."""
    if article.page is None:
        return plain_page(article), ""
    try:
        return translated_page(article, article.page), ""
    except ExportError as error:
        return plain_page(article), str(error)


def _marked(text: CodedText, segment: int, mark: str) -> CodedText:
    code = InlineCode(f"{mark}-{segment}", "preview", "open", 0, f'<span class="{mark}-{segment}">')
    end = replace(code, part="close", pos=len(text.text), raw="</span>")
    return CodedText(text.text, (code, *text.codes, end))


def _smallest_around(root: Element, find: re.Pattern[str]) -> Element:
    """The innermost element that holds every marked text; the body where there is none."""
    elements = (each for each in root.iter() if isinstance(each.tag, str))
    marked = [each for each in elements if find.search(each.get("class", ""))]
    common = [*marked[0].iterancestors()] if marked else []
    for element in marked[1:]:
        above = set(element.iterancestors())
        common = [each for each in common if each in above]
    return common[0] if common else next(root.iter("body"), root)


def _texts(article: Article, kinds: Collection[str]) -> Iterator[tuple[int, CodedText]]:
    for piece in article.pieces:
        if piece.kind in kinds and piece.target is not None and piece.target.text:
            yield piece.segment, piece.target


def _element(text: CodedText) -> Element:
    element = etree.Element("span")
    append_content(element, text, Markup())
    return element
