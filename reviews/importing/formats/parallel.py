"""Parallel text: a source file and translations of it, line k of each being the same segment (WMT style)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reviews.values import CodedText, DocumentMeta, ImportedRow, Rejected, gettext_noop, normalise

from .base import Item, Notice, ReadError, ReadOptions
from .languages import KNOWN_CODES
from .rows import RowError, check_id, check_reference, check_system
from .text import LONGEST_LINE, byte_lines, illegal_character, not_utf8, opened, shown

#: Control characters that some tools print for white space; none of them ends a line here.
_SPACING = re.compile("[\x0b\x0c\x1c-\x1f]")


class ParallelText:
    """One segment a line and nothing else: only `\\n` and `\\r\\n` end one, not U+2028, U+0085 or form feeds.

    The options name the files of the systems and references and the `--docs` file, which is tab-separated with one
    row a line: under a header naming `doc_id` (and `domain`, kept as the section), or without one as
    `domain TAB doc_id` or `doc_id`. Without it the document is the source file's stem. A segment's id is its line
    within the document. Lines that are blank in every file are passed over but counted.

    Every file is read twice, first to check it: files of unequal length, in another encoding or with documents that
    are not in one piece are refused before the first row.
    """

    name = "parallel"
    title = gettext_noop("Parallel text")
    suffixes: tuple[str, ...] = (".txt",)

    def sniff(self, path: Path, head: bytes) -> bool:
        """A `.txt` file, or one that ends in a language code as those of WMT do (`source.de`)."""
        suffix = path.suffix.lower()
        return suffix in self.suffixes or suffix.removeprefix(".") in KNOWN_CODES

    def read(self, path: Path, options: ReadOptions, *, name: str | None = None) -> Iterator[Item]:
        file = name or str(path)
        source = _File(path, file)
        _check_names(source, options)
        translations = _translations("system", options.system_files)
        translations |= _translations("reference", options.reference_files)
        count = _count_lines(source, may_be_blank=False)
        for translation in translations.values():
            _check_count(translation, _count_lines(translation), source, count)
        if options.docs is not None:
            docs = _File(options.docs, str(options.docs))
            _check_count(docs, _check_documents(docs), source, count)
        return _rows(source, translations, options)


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    name: str

    def lines(self) -> Iterator[str]:
        """The lines without their ends. Raises ReadError for one that is not UTF-8 or too long to be one segment."""
        with opened(self.path, self.name) as stream:
            for number, line in byte_lines(stream):
                if line is None:
                    raise ReadError(self.name, number, f"is longer than {LONGEST_LINE:,} bytes. Is this parallel text?")
                try:
                    yield line.decode("utf-8")
                except UnicodeDecodeError as error:
                    raise ReadError(self.name, number, not_utf8(line, error.start)) from error


@dataclass(frozen=True, slots=True)
class _Label:
    """What a translation is called, and whether it is a system's or a reference."""

    role: Literal["system", "reference"]
    name: str


def _translations(role: Literal["system", "reference"], files: Mapping[str, Path]) -> dict[_Label, _File]:
    return {_Label(role, name): _File(path, str(path)) for name, path in files.items()}


@dataclass(frozen=True, slots=True)
class _Row:
    """What the docs file says of one line."""

    document: str
    section: str | None


def _check_names(source: _File, options: ReadOptions) -> None:
    if options.docs is None:
        try:
            check_id("document", Path(source.name).stem)
        except RowError as error:
            raise ReadError(source.name, None, f"gives its document a name that cannot be used: it {error}") from None
    for labels, check in ((options.system_files, check_system), (options.reference_files, check_reference)):
        for label, path in labels.items():
            try:
                check(label)
            except RowError as error:
                raise ReadError(str(path), None, f"is given for a name that cannot be used: {error}") from None


def _count_lines(file: _File, *, may_be_blank: bool = True) -> int:
    count, blank = 0, True
    for line in file.lines():
        count += 1
        blank = blank and not line.strip()
    if count == 0 or (blank and not may_be_blank):
        raise ReadError(file.name, None, "is empty. Parallel text has one segment a line.")
    return count


def _check_count(file: _File, count: int, source: _File, wanted: int) -> None:
    if count != wanted:
        raise ReadError(
            file.name,
            None,
            f"has {count} lines, but {source.name} has {wanted}. Line k of both has to be the same segment; "
            "nothing was read.",
        )


@dataclass(frozen=True, slots=True)
class _DocColumns:
    """Where document and section stand in a docs file."""

    count: int
    document: int
    section: int | None
    is_header: bool


def _doc_columns(file: _File, first: list[str]) -> _DocColumns:
    """From a header naming `doc_id`, else by the number of cells in the first row."""
    if "doc_id" in first:
        section = first.index("domain") if "domain" in first else None
        return _DocColumns(len(first), first.index("doc_id"), section, is_header=True)
    if len(first) <= 2:
        return _DocColumns(len(first), len(first) - 1, 0 if len(first) == 2 else None, is_header=False)
    raise ReadError(
        file.name,
        1,
        f"has {len(first)} tab-separated cells and names no doc_id: {', '.join(shown(cell) for cell in first)}. "
        "Write a header with doc_id (and domain), or rows of `domain TAB doc_id` or `doc_id`.",
    )


def _documents(file: _File) -> Iterator[tuple[int, _Row]]:
    """(line in the docs file, what it says). Raises ReadError for a row that cannot be read."""
    columns: _DocColumns | None = None
    for number, line in enumerate(file.lines(), 1):
        cells = [cell.strip() for cell in line.split("\t")]
        if columns is None:
            columns = _doc_columns(file, cells)
            if columns.is_header:
                continue
        if len(cells) != columns.count:
            raise ReadError(
                file.name,
                number,
                f"has {len(cells)} tab-separated cells where the first row has {columns.count}. Give every line of "
                "the source one row of the same columns.",
            )
        yield number, _doc_row(file, number, cells, columns)


def _doc_row(file: _File, number: int, cells: list[str], columns: _DocColumns) -> _Row:
    document = cells[columns.document]
    section = "" if columns.section is None else cells[columns.section]
    try:
        check_id("document", document)
    except RowError as error:
        raise ReadError(file.name, number, str(error)) from None
    if found := illegal_character(section):
        raise ReadError(file.name, number, f"holds {found} in the domain. Take it out.")
    return _Row(document, section or None)


def document_lines(docs: Path) -> Iterator[str]:
    """The document of each line of a parallel text, as its docs file says. Raises ReadError for one that cannot be
    used, before the first."""
    file = _File(docs, str(docs))
    _check_documents(file)
    return (row.document for _, row in _documents(file))


def _check_documents(file: _File) -> int:
    """The number of rows. Raises ReadError when a document comes back after another one began."""
    last_line: dict[str, int] = {}
    current = ""
    count = 0
    for number, row in _documents(file):
        if row.document != current and row.document in last_line:
            raise ReadError(
                file.name,
                number,
                f"comes back to the document {shown(row.document)}, which ended in line {last_line[row.document]}. "
                "Put the lines of a document together, in all files.",
            )
        current = row.document
        last_line[current] = number
        count += 1
    return count


def _rows(source: _File, translations: Mapping[_Label, _File], options: ReadOptions) -> Iterator[Item]:
    docs = None if options.docs is None else _documents(_File(options.docs, str(options.docs)))
    files = [source, *translations.values()]
    document, id_ = "", 0
    folded: set[str] = set()
    for number, lines in enumerate(zip(*(file.lines() for file in files), strict=True), 1):
        row = _Row(Path(source.name).stem, None) if docs is None else next(docs)[1]
        id_ = id_ + 1 if row.document == document else 1
        document = row.document
        for file, line in zip(files, lines, strict=True):
            if _SPACING.search(line) and file.name not in folded:
                folded.add(file.name)
                yield Notice(file.name, number, "holds form feeds or the like; they are read as blanks.")
        texts = [_SPACING.sub(" ", line) for line in lines]
        if any(text.strip() for text in texts):
            yield _row(number, str(id_), row, dict(zip(files, texts, strict=True)), source, translations)


def _row(
    number: int,
    id_: str,
    row: _Row,
    texts: Mapping[_File, str],
    source: _File,
    translations: Mapping[_Label, _File],
) -> ImportedRow | Rejected:
    for file, text in texts.items():
        if found := illegal_character(text):
            return Rejected(
                file.name, number, f"holds {found}, which no text may hold. Take it out and import again.", row.document
            )
    if not texts[source].strip():
        reason = "is empty, but a translation of it is not. Give the line its source, or empty it in every file."
        return Rejected(source.name, number, reason, row.document)

    def of(role: str) -> dict[str, CodedText]:
        return {
            label.name: CodedText(normalise(texts[file])) for label, file in translations.items() if label.role == role
        }

    return ImportedRow(
        line=number,
        document=row.document,
        id=id_,
        kind="body",
        source=CodedText(normalise(texts[source])),
        hypotheses=of("system"),
        references=of("reference"),
        meta=DocumentMeta(section=row.section),
    )
