"""The segments of an article as translation tools know them: a text and its translation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from reviews.importing.formats.inline import as_attribute, as_text
from reviews.importing.formats.text import illegal_character
from reviews.values import CodedText, InlineCode

from .article import Article, ExportError, Piece
from .blocks import joined


@dataclass(frozen=True, slots=True)
class Unit:
    """One text and its translation; `target` is None where there is none, or where it stands with an earlier unit.

    `notes` are for whoever opens the file elsewhere.
    """

    id: str
    source: CodedText
    target: CodedText | None
    state: str
    notes: tuple[str, ...]


def units_of(article: Article) -> list[Unit]:
    """A unit a segment. What an editor added has no source and stands at the end of the text before it."""
    units: list[Unit] = []
    with_text = -1
    for piece in article.pieces:
        if piece.added:
            if piece.target is not None and with_text >= 0:
                before = units[with_text]
                text = joined([part for part in (before.target, piece.target) if part is not None])
                units[with_text] = replace(before, target=text)
            continue
        if piece.covered_by is None:
            with_text = len(units)
        units.append(Unit(piece.id, piece.source, piece.target, piece.state, tuple(_notes(piece))))
    return units


def pairs_of(article: Article) -> list[Unit]:
    """A unit a translation, with all the segments it renders as its source; without what an editor added."""
    pairs: list[Unit] = []
    for piece in article.pieces:
        if piece.covered_by is not None:
            if pairs and pairs[-1].id == piece.covered_by:
                pairs[-1] = replace(pairs[-1], source=joined([pairs[-1].source, piece.source]))
        elif not piece.added and piece.target is not None and piece.target.text.strip():
            pairs.append(Unit(piece.id, piece.source, piece.target, piece.state, tuple(_notes(piece))))
    return pairs


def _notes(piece: Piece) -> Iterable[str]:
    if piece.kind != "body":
        yield piece.kind
    if piece.covered_by is not None:
        yield f"Its translation stands with {piece.covered_by}."


def check_texts(article: Article) -> None:
    """Raise ExportError naming the segment for a character that no XML can hold."""
    for piece in article.pieces:
        for text in filter(None, (piece.source, piece.target)):
            found = illegal_character(text.text + "".join(code.raw for code in text.codes))
            if found:
                raise ExportError(f"Segment {piece.id} holds {found}, which no such file can hold. Take it out.")


def paired(content: CodedText) -> frozenset[str]:
    """The ids of codes of which the text has both halves, the opening one first."""
    opened: set[str] = set()
    both: set[str] = set()
    for code in content.codes:
        if code.part == "open":
            opened.add(code.id)
        elif code.part == "close" and code.id in opened:
            both.add(code.id)
    return frozenset(both)


def with_codes(content: CodedText, written: Callable[[InlineCode], str]) -> str:
    """A text as XML, each of its codes as `written` has it."""
    parts: list[str] = []
    done = 0
    for code in content.codes:
        parts += [as_text(content.text[done : code.pos]), written(code)]
        done = code.pos
    return "".join([*parts, as_text(content.text[done:])])


def lines_of(article: Article) -> list[str]:
    """What readers are told, and what the text is: reviewed, or a working copy."""
    return [line for line in (*(note.line for note in article.notes), article.closing_line) if line]


def element(name: str, content: str, attributes: Mapping[str, str | None] | None = None) -> str:
    """An element with content that is XML already; an attribute that is None is none."""
    given = "".join(f' {key}="{as_attribute(value)}"' for key, value in (attributes or {}).items() if value is not None)
    return f"<{name}{given}>{content}</{name}>" if content else f"<{name}{given}/>"


def text_element(name: str, text: str, attributes: Mapping[str, str | None] | None = None) -> str:
    """An element that holds a text."""
    return element(name, as_text(text), attributes)
