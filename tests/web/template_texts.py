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
SPOKEN = (
    "title",
    "aria-label",
    "aria-description",
    "aria-roledescription",
    "placeholder",
    "alt",
    "label",
    "data-label",
)
#: Elements whose words are none: keys, codes.
SILENT = ("script", "style", "kbd", "code")
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
        self.silent += tag in SILENT
        if ("translate", "no") in attrs:
            return
        for name, value in attrs:
            if name in SPOKEN:
                self.note(value or "")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.note(data)

    def note(self, text: str) -> None:
        if LETTERS.search(text):
            self.found.append(Bare(self.getpos()[0], " ".join(text.split())))


#: The strings in a tag, and whether they go through the catalogue: `_("Articles by state")`.
STRINGS = re.compile(r"""(_\()?(?:"([^"]*)"|'([^']*)')""")
#: Words for people begin with a capital letter or are several; codes and names of templates do neither.
WORDS = re.compile(r"^[A-Z]\w|[^\W\d_] \S")
#: Filters that put words or forms of one language into a page.
FILTERS = re.compile(r"\|(?:pluralize|yesno)\b|\|(?:date|time):[\"'](?!c[\"'])")


def _said_by(tag: str) -> Iterator[str]:
    for translated, *quoted in STRINGS.findall(tag):
        text = "".join(quoted)
        if not translated and WORDS.search(text):
            yield text
    for match in FILTERS.finditer(tag):
        yield match.group()


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
            for text in _said_by(token.contents):
                yield Bare(token.lineno or 0, text)
    reader = _Reader()
    reader.feed("".join(outside))
    reader.close()
    yield from reader.found
