"""Reading pages in tests: elements by CSS-like questions, with lxml."""

from __future__ import annotations

from typing import Any

from lxml import html


def page_of(response: Any) -> html.HtmlElement:
    return html.fromstring(response.content.decode())


def text_of(element: html.HtmlElement) -> str:
    """The element's words with single spaces."""
    return " ".join(element.text_content().split())


def row_of(page: html.HtmlElement, segment: Any) -> html.HtmlElement:
    """The row of a segment; the page may be the row's own fragment."""
    [row] = page.xpath(f"descendant-or-self::article[@id='s-{segment.pk}']")
    return row


def part(row: html.HtmlElement, name: str) -> html.HtmlElement:
    [found] = row.xpath(f".//*[@data-part='{name}']")
    return found


def buttons(element: html.HtmlElement) -> list[str]:
    return [text_of(button) for button in element.xpath(".//button")]
