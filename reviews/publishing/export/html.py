"""HTML: one page a document, the page it came from where there is one."""

from __future__ import annotations

from lxml import etree

from .article import Article, Stateless
from .head import describe
from .markup import Element, legal
from .plain_page import plain_page
from .source_page import translated_page

#: What the serialiser puts before a page that has no document type of its own.
_DEFAULT_DOCTYPE = (
    b'<!DOCTYPE html PUBLIC "-//W3C//DTD HTML 4.0 Transitional//EN" "http://www.w3.org/TR/REC-html40/loose.dtd">\n'
)


class HtmlPages(Stateless):
    """Pages in the target language, with notes to readers and the disclosure line (or the notice of a working copy) at
    the end, and a head that says what the page is a translation of."""

    name = "html"
    suffix = "html"
    per_document = True
    needs_page = True

    def write(self, article: Article) -> bytes:
        if article.page is None:
            page = plain_page(article)
            _complete(page, article)
            return _serialised(page, doctype="<!DOCTYPE html>")
        page = translated_page(article, article.page)
        _complete(page, article)
        written = _serialised(page)
        has_doctype = b"<!doctype" in article.page.replace(b"\0", b"").lower()
        return written if has_doctype else written.removeprefix(_DEFAULT_DOCTYPE)


def _complete(page: Element, article: Article) -> None:
    """Put the closing lines at the end of the article's text, and into the head what machines read of it."""
    inside = next(found for tag in ("article", "main", "body") for found in page.iter(tag))
    lines = [(note.kind, note.line) for note in article.notes]
    for name, text in [*lines, ("disclosure" if article.reviewed else "working-copy", article.closing_line)]:
        line = etree.SubElement(inside, "p", {"class": name})
        line.text = legal(text)
        line.tail = "\n"
    describe(page, article)


def _serialised(page: Element, doctype: str | None = None) -> bytes:
    """The whole page in UTF-8, ending with a line end."""
    written: bytes = etree.tostring(page.getroottree(), method="html", encoding="utf-8", doctype=doctype)
    return written + b"\n"
