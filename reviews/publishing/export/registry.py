"""The export formats, in the order they are offered."""

from __future__ import annotations

from .article import Writer
from .html import HtmlPages
from .jsonl import JsonLines

WRITERS: tuple[Writer, ...] = (
    HtmlPages(),
    JsonLines(),
)

BY_NAME: dict[str, Writer] = {writer.name: writer for writer in WRITERS}
