"""Writing articles to files: one a document in a folder, or all of them in one stream."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from reviews.importing.raw import raw_path
from reviews.models import Document

from .export.article import ExportError, KeptFile, Writer
from .export.files import file_name, whole_file
from .gate import Missing
from .handover import FILE_READERS, NotReadyError, State, hand_over


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

    Documents that came from one file of translations share one in a format that writes into it. A file appears whole
    or not at all and replaces one of the same name. Raises OSError when the disk does not take it.
    """
    taken: dict[str, str] = {}
    for name, group in _files(documents, writer):
        first = group[0].external_id
        clash = taken.setdefault(_as_the_disk_may_see(name), first)
        if clash != first:
            reason = (
                f"Its file {name} would replace that of document {clash!r} on some disks. Export it to another folder."
            )
            yield from (Refused(document.external_id, reason) for document in group)
            continue
        for outcome in list(export_to_file(group, writer=writer, state=state, path=folder / name)):
            yield replace(outcome, file=name) if isinstance(outcome, Exported) else outcome


def export_to_stream(
    documents: Iterable[Document], *, writer: Writer, state: State, write: Callable[[bytes], object]
) -> Iterator[Exported | Refused]:
    """Write the documents one after the other; what came of each, as it is done."""
    output = writer.start()
    begun = False
    for document in documents:
        try:
            handed = hand_over(document, state=state, with_page=writer.needs_page, with_file=writer.needs_file)
            head = b"" if begun else output.begin(handed.article)
            content = output.write(handed.article)
        except NotReadyError as error:
            yield Refused(document.external_id, str(error), error.missing)
        except ExportError as error:
            yield Refused(document.external_id, str(error))
        else:
            write(head + content)
            begun = True
            yield Exported(document.external_id, len(handed.article.pieces), handed.publication)
    if begun:
        for piece in output.end():
            write(piece)


def export_to_file(
    documents: Iterable[Document], *, writer: Writer, state: State, path: Path
) -> Iterator[Exported | Refused]:
    """Write the documents to one file, which appears when the last one is in it.

    Where every document was refused no file appears, and an older one stays as it is. Raises OSError when the
    disk does not take it.
    """
    with whole_file(path) as file:
        yield from export_to_stream(documents, writer=writer, state=state, write=file.write)


def _files(documents: Iterable[Document], writer: Writer) -> Iterator[tuple[str, Sequence[Document]]]:
    """The files to be written, by name, each with its documents in their order."""
    together: dict[KeptFile, list[Document]] = {}
    for document in documents:
        kept = _kept(document, writer)
        if kept is None:
            yield file_name(document.external_id, f".{document.project.target_lang}.{writer.suffix}"), [document]
        else:
            together.setdefault(kept, []).append(document)
    for kept, group in together.items():
        name = PurePath(kept.name)
        yield file_name(name.stem, f".{group[0].project.target_lang}{name.suffix}"), group


def _kept(document: Document, writer: Writer) -> KeptFile | None:
    """The kept file that the document goes back into, if there is one and the format writes into it."""
    source = document.current_source
    if not writer.needs_file or source is None or source.reader not in FILE_READERS:
        return None
    file = KeptFile(raw_path(source.raw_hash), source.raw_name)
    try:
        return file if writer.goes_back(file) else None
    except ExportError:
        return file  # which is missing: whoever hands the document over says so


def _as_the_disk_may_see(name: str) -> str:
    """Names that are equal here are one file on disks that fold case or compose letters."""
    return unicodedata.normalize("NFC", name).casefold()
