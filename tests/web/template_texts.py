"""Finding the words in templates that no catalogue can translate.

A page shows what its template says outside of tags, and what filters and tags say for it. Both are looked for: what
stands outside is parsed as HTML, with all branches of a template one after the other, so that what a page says only
when something went wrong is found too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

from django.template.base import Lexer, TokenType

#: Attributes whose values people read or hear.
SPOKEN = ("title", "aria-label", "placeholder", "alt", "label", "content", "aria-description", "aria-roledescription")
LETTERS = re.compile(r"[^\W\d_]{2,}|\b[^\W\d_]\b(?=\s)")


class Bare(NamedTuple):
    """Words that stand in a template as they are, and the line they begin on."""

    line: int
    text: str


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.found: list[Bare] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in ("script", "style", "kbd", "code")
        for name, value in attrs:
            if name in SPOKEN and tag != "meta":
                self.note(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "kbd", "code")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.note(data)

    def note(self, text: str) -> None:
        if LETTERS.search(text):
            self.found.append(Bare(self.getpos()[0], " ".join(text.split())))


#: What a tag may say itself: `default:"A new rule"`, `with label="Articles by state"`, `pluralize`, dates in one format.
SAID_BY_TAGS = re.compile(
    r"""(?<!_\()(["'])(?:[^\W\d_a-z]\w*[^\W\d_]|[^"']*[^\W\d_] [^"']*)[^"']*\1"""
    r"""|\|pluralize|\|yesno|\|(?:date|time):["'](?!c["'])"""
)


def bare_texts(template: str) -> Iterator[Bare]:
    """The words of a template that do not go through a catalogue."""
    outside: list[str] = []
    translated = False
    named = ""
    for token in Lexer(template).tokenize():
        lines = "\n" * token.contents.count("\n")
        first = token.contents.split(" ", 1)[0]
        if token.token_type == TokenType.TEXT:
            # A block of this name holds names of classes.
            outside.append(lines if translated or named.endswith("_class") else token.contents)
            continue
        outside.append(lines)
        if token.token_type == TokenType.BLOCK and first in ("blocktranslate", "endblocktranslate"):
            translated = first == "blocktranslate"
        elif token.token_type == TokenType.BLOCK and first in ("block", "endblock"):
            named = token.contents.split()[1] if first == "block" else ""
        elif token.token_type != TokenType.COMMENT and first != "translate":
            for match in SAID_BY_TAGS.finditer(token.contents):
                yield Bare(token.lineno or 0, match.group())
    reader = _Reader()
    reader.feed("".join(outside))
    reader.close()
    yield from reader.found
