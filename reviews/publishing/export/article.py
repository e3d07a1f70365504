"""An article on its way out, as every export format gets it: plain values, no tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self

from reviews.values import CodedText, DocumentMeta


class ExportError(Exception):
    """An article cannot be written in this format; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One segment of the article: its number in the tables and its id in the file.

    `target` is the text to hand over: empty where a person left the passage out, None where there is none yet or
    where the text of an earlier segment, `covered_by` (its id in the file), serves this one too. `hypotheses` and
    `references` hold the texts that start at this segment, by name.
    """

    segment: int
    id: str
    kind: str
    block: int
    source: CodedText
    target: CodedText | None
    state: str
    locator: str = ""
    covered_by: str | None = None
    hypotheses: Mapping[str, CodedText] = field(default_factory=dict)
    references: Mapping[str, CodedText] = field(default_factory=dict)
    added: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What readers are told of a publication that followed another, as it is printed: a `correction` or an `update`."""

    kind: str
    line: str


@dataclass(frozen=True, slots=True)
class KeptFile:
    """The kept file of translations that an article came from: where it lies, and what it was called."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Article:
    """One document with its segments in article order.

    `reviewed` says that the text went through the gate; only then is `closing_line` the disclosure, else it is a
    notice that this is a working copy. `systems` are the engines of its project in their order. `notes` and the two
    times are those of a publication. `page` is the kept source page of an article that came from one, and None for
    others and for formats that do not ask for it; so is `file` for one that came from a file of translations.
    """

    document: str
    meta: DocumentMeta
    source_lang: str
    target_lang: str
    reviewed: bool
    closing_line: str
    pieces: tuple[Piece, ...]
    systems: tuple[str, ...] = ()
    notes: tuple[Told, ...] = ()
    first_published: datetime | None = None
    published: datetime | None = None
    page: bytes | None = field(repr=False, default=None)
    file: KeptFile | None = None


class Output(Protocol):
    """One file on its way in a format, article by article."""

    def begin(self, article: Article) -> bytes:
        """What stands once in front, `article` being the first; asked anew as long as none was written."""
        ...

    def write(self, article: Article) -> bytes:
        """One article, in UTF-8 where it is text. Raises ExportError, and then nothing of it is in the file."""
        ...

    def end(self) -> Iterable[bytes]:
        """What stands once behind the articles, piece by piece."""
        ...


class Writer(Protocol):
    """An export format.

    `per_document`: one file a document in a folder; otherwise the documents follow one another in one file.
    `needs_page`: whether it writes into the page the article came from. `needs_file`: whether it asks for the file of
    translations the article came from, to write into it.
    """

    name: str
    suffix: str
    per_document: bool
    needs_page: bool
    needs_file: bool

    def start(self) -> Output:
        """A new file."""
        ...

    def goes_back(self, file: KeptFile) -> bool:
        """Whether articles that came from this file are written into it, all of them together. Raises ExportError."""
        ...


class IntoOneFile:
    """What most formats do: articles follow one another in a new file."""

    per_document = False
    needs_page = False
    needs_file = False

    def goes_back(self, file: KeptFile) -> bool:
        return False


class Stateless(IntoOneFile):
    """A format in which an article is written the same wherever it stands, so that one output serves every file."""

    def start(self) -> Self:
        return self

    def begin(self, article: Article) -> bytes:
        return b""

    def end(self) -> Iterable[bytes]:
        return ()


def said_of_article(meta: DocumentMeta) -> dict[str, str]:
    """What the import record says of an article beside its text, times in ISO 8601; without what is not known."""
    given = {
        "section": meta.section,
        "url": meta.url,
        "published": meta.published.isoformat() if meta.published else None,
        "deadline": meta.deadline.isoformat() if meta.deadline else None,
    }
    return {name: value for name, value in given.items() if value}
