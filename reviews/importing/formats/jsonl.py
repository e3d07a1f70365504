"""JSON Lines: one import record a line, one segment a record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from reviews.values import Rejected, gettext_noop

from .base import Item, ReadError, ReadOptions
from .rows import RowError, RowFields, RowMaker, target_fields, with_documents
from .text import LONGEST_LINE, byte_lines, not_utf8, opened, shown

#: What our own export writes besides the import record.
_NOT_READ = frozenset({"covered_by"})

_KNOWN = _NOT_READ | {
    "document",
    "id",
    "kind",
    "state",
    "source",
    "target",
    "hypotheses",
    "reference",
    "references",
    "section",
    "url",
    "published",
    "deadline",
}


class JsonLines:
    """The import record of the command-line contract, UTF-8, one object a line; blank lines are passed over.

    Lines end at `\\n` or `\\r\\n`. A line that is no record is rejected, the others are read; a file of blank lines
    alone is refused. No `document` means the file's stem.
    """

    name = "jsonl"
    title = gettext_noop("JSON Lines")
    suffixes: tuple[str, ...] = (".jsonl", ".ndjson")

    def sniff(self, path: Path, head: bytes) -> bool:
        return path.suffix.lower() in self.suffixes or head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{")

    def read(self, path: Path, options: ReadOptions, *, name: str | None = None) -> Iterator[Item]:
        file = name or str(path)
        return with_documents(_read(path, file, RowMaker(file, Path(file).stem, options)))


def _read(path: Path, file: str, maker: RowMaker) -> Iterator[Item]:
    blank = True
    with opened(path, file) as stream:
        for number, line in byte_lines(stream):
            blank = blank and line is not None and not line.strip()
            if line is None:
                yield Rejected(file, number, f"is longer than {LONGEST_LINE:,} bytes. Is this JSON Lines?")
            elif line.strip():
                yield from _line(file, number, line, maker)
    if blank:
        raise ReadError(file, None, "is empty. JSON Lines has one object a line.")


def _line(file: str, number: int, line: bytes, maker: RowMaker) -> Iterator[Item]:
    try:
        record = parse_object(line)
    except RowError as error:
        yield Rejected(file, number, str(error))
        return
    if record.get("added") is True:
        yield from maker.notice_once(number, "rows marked added are an editor's English without a source: not read.")
        return
    for key in (key for key in record if key not in _KNOWN):
        yield from maker.notice_once(number, f"the key {shown(key)} is not known and not read.")
    try:
        fields = _fields(record, maker.options)
    except RowError as error:
        yield Rejected(file, number, str(error), _document(record, maker))
        return
    yield from maker.make(number, fields)


def parse_object(line: bytes) -> dict[str, Any]:
    """The JSON object of one line: strict UTF-8, no key twice, no NaN. Raises RowError with what is wrong."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RowError(not_utf8(line, error.start)) from None
    try:
        record = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except RecursionError:
        raise RowError("is nested too deeply. Give one flat object a line.") from None
    except json.JSONDecodeError as error:
        # Some of the parser's messages end in "at" already.
        problem = error.msg.removesuffix(" at")
        raise RowError(f"is no JSON: {problem} at character {error.pos + 1}. Give one object a line.") from None
    except ValueError as error:
        raise RowError(f"is no JSON: {error}. Give one object a line.") from None
    if not isinstance(record, dict):
        raise RowError(f"holds {shown(record)} instead of an object. Give one object a line.")
    return record


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise RowError(f"has the key {shown(twice)} twice. Keep one of them.")
    return record


def _no_constant(constant: str) -> NoReturn:
    raise RowError(f"holds {constant}, which is no JSON. Write null, or leave the key out.")


def _fields(record: Mapping[str, Any], options: ReadOptions) -> RowFields:
    named = _texts(record, "references")
    reference = _text(record, "reference")
    if reference is not None:
        if "reference" in named:
            raise RowError("gives 'reference' twice, by itself and in references. Keep one of them.")
        named["reference"] = reference
    hypotheses, references = target_fields(options, _text(record, "target"), _texts(record, "hypotheses"), named)
    return RowFields(
        source=_text(record, "source"),
        document=_id(record, "document"),
        id=_id(record, "id"),
        kind=_text(record, "kind"),
        hypotheses=hypotheses,
        references=references,
        section=_text(record, "section"),
        url=_text(record, "url"),
        published=_text(record, "published"),
        deadline=_text(record, "deadline"),
        state=_text(record, "state"),
    )


def _document(record: Mapping[str, Any], maker: RowMaker) -> str | None:
    """The document a rejected record belongs to, as far as the record says."""
    try:
        document = _id(record, "document")
    except RowError:
        return None
    return maker.document if document is None else document.strip() or None


def _text(record: Mapping[str, Any], key: str) -> str | None:
    value = record.get(key)
    if value is None or isinstance(value, str):
        return value
    raise RowError(f"has {shown(value)} for {key}. Write text in quotation marks.")


def _id(record: Mapping[str, Any], key: str) -> str | None:
    """An id; a whole number is one as well, scripts often write it so."""
    value = record.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(record, key)


def _texts(record: Mapping[str, Any], key: str) -> dict[str, str]:
    value = record.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RowError(f'has {shown(value)} for {key}. Write an object: {{"name": "text"}}.')
    for name, text in value.items():
        if text is not None and not isinstance(text, str):
            raise RowError(f"has {shown(text)} for {shown(name)} in {key}. Write text in quotation marks.")
    return {name: text for name, text in value.items() if text is not None}
