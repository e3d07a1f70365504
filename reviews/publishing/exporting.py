"""Writing articles to files: one a document in a folder, or all of them in one stream."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from reviews.models import Document

from .export.article import ExportError, Writer
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
        for outcome in export_to_file(group, writer=writer, state=state, path=folder / name):
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
    if not writer.needs_file:
        for document in documents:
            yield _name(document, writer.suffix), [document]
        return
    groups: dict[str, list[Document]] = {}
    for document in documents:
        source = document.current_source
        if source is not None and source.reader in FILE_READERS:
            groups.setdefault(f"{source.raw_hash} {source.raw_name}", []).append(document)
        else:
            groups[f"{document.pk}"] = [document]
    for group in groups.values():
        source = group[0].current_source
        if source is not None and source.reader in FILE_READERS:
            kept = PurePath(source.raw_name)
            yield file_name(kept.stem, f".{group[0].project.target_lang}{kept.suffix}"), group
        else:
            yield _name(group[0], writer.suffix), group


def _name(document: Document, suffix: str) -> str:
    return file_name(document.external_id, f".{document.project.target_lang}.{suffix}")


def _as_the_disk_may_see(name: str) -> str:
    """Names that are equal here are one file on disks that fold case or compose letters."""
    return unicodedata.normalize("NFC", name).casefold()
