"""Writing articles to files: one a document in a folder, or all of them in one stream."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reviews.models import Document

from .export.article import Article, ExportError, Writer
from .export.files import file_name, whole_file
from .gate import Missing
from .handover import NotReadyError, State, hand_over


@dataclass(frozen=True, slots=True)
class Exported:
    """One document that was written; `publication` is the number of the release whose frozen text it is."""

    document: str
    segments: int
    publication: int | None
    file: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "document": self.document,
            "segments": self.segments,
            "publication": self.publication,
            "file": self.file,
        }


@dataclass(frozen=True, slots=True)
class Refused:
    """One document that was not written, and why; `missing` is the gate's list."""

    document: str
    reason: str
    missing: tuple[Missing, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "document": self.document,
            "reason": self.reason,
            "missing": [item.to_json() for item in self.missing],
        }


def export_to_folder(
    documents: Iterable[Document], *, writer: Writer, state: State, folder: Path
) -> Iterator[Exported | Refused]:
    """Write one file a document into a folder that exists; what came of each, as it is done.

    A file appears whole or not at all and replaces one of the same name. Raises OSError when the disk does not
    take it.
    """
    taken: dict[str, str] = {}
    for document in documents:
        name = file_name(document.external_id, f".{document.project.target_lang}.{writer.suffix}")
        clash = taken.setdefault(_as_the_disk_may_see(name), document.external_id)
        if clash != document.external_id:
            yield Refused(
                document.external_id,
                f"Its file {name} would replace that of document {clash!r} on some disks. Export it to another folder.",
            )
            continue
        rendered = _render(document, writer, state)
        if isinstance(rendered.outcome, Exported) and rendered.article is not None:
            with whole_file(folder / name) as file:
                file.write(writer.begin(rendered.article) + rendered.content)
            yield replace(rendered.outcome, file=name)
        else:
            yield rendered.outcome


def export_to_stream(
    documents: Iterable[Document], *, writer: Writer, state: State, write: Callable[[bytes], object]
) -> Iterator[Exported | Refused]:
    """Write the documents one after the other; what came of each, as it is done."""
    begun = False
    for document in documents:
        rendered = _render(document, writer, state)
        if rendered.article is not None:
            if not begun:
                write(writer.begin(rendered.article))
                begun = True
            write(rendered.content)
        yield rendered.outcome


def export_to_file(
    documents: Iterable[Document], *, writer: Writer, state: State, path: Path
) -> Iterator[Exported | Refused]:
    """Write the documents to one file, which appears when the last one is in it.

    Where every document was refused no file appears, and an older one stays as it is. Raises OSError when the
    disk does not take it.
    """
    with whole_file(path) as file:
        yield from export_to_stream(documents, writer=writer, state=state, write=file.write)


@dataclass(frozen=True, slots=True)
class _Rendered:
    """What came of a document: the article and its content where it goes out."""

    outcome: Exported | Refused
    article: Article | None = None
    content: bytes = b""


def _render(document: Document, writer: Writer, state: State) -> _Rendered:
    """The document in the writer's format, or why it does not go out."""
    try:
        handed = hand_over(document, state=state, with_page=writer.needs_page)
        content = writer.write(handed.article)
    except NotReadyError as error:
        return _Rendered(Refused(document.external_id, str(error), error.missing))
    except ExportError as error:
        return _Rendered(Refused(document.external_id, str(error)))
    exported = Exported(document.external_id, len(handed.article.pieces), handed.publication)
    return _Rendered(exported, handed.article, content)


def _as_the_disk_may_see(name: str) -> str:
    """Names that are equal here are one file on disks that fold case or compose letters."""
    return unicodedata.normalize("NFC", name).casefold()
