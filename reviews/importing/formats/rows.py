"""From the fields of one row to an ImportedRow: the rules every row format shares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from reviews.importing.codes import normalised
from reviews.values import SEGMENT_KINDS, CodedText, DocumentMeta, ImportedRow, Rejected, normalise, sha256_hex

from .base import (
    LONGEST_ID,
    LONGEST_REFERENCE,
    LONGEST_SYSTEM,
    LONGEST_VERSION,
    Item,
    Notice,
    ReadOptions,
)
from .text import illegal_character, shown

#: A text as a reader hands it over.
Given = str | CodedText


_NO_META = DocumentMeta()


class RowError(Exception):
    """One row cannot be taken; the message says which value is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class RowFields:
    """One row as the file has it; None is a field the file does not have.

    A text with inline codes comes with them, any other as it is.
    """

    source: Given | None
    document: str | None = None
    id: str | None = None
    kind: str | None = None
    hypotheses: Mapping[str, Given] = field(default_factory=dict)
    references: Mapping[str, Given] = field(default_factory=dict)
    section: str | None = None
    url: str | None = None
    published: str | None = None
    deadline: str | None = None
    state: str | None = None
    notes: tuple[str, ...] = ()
    locator: str = ""
    languages: tuple[str | None, str | None] | None = None


class RowMaker:
    """Makes the rows of one file and remembers what one row cannot know: ids in use, notices given.

    Ids are remembered for one document at a time, so that memory does not grow with the file: the rows of a
    document stand together, an import refuses others. A reader that gives unique ids itself says so.
    """

    def __init__(self, file: str, document: str, options: ReadOptions, *, ids_are_unique: bool = False) -> None:
        self._ids_are_unique = ids_are_unique
        self.file = file
        self.document = document
        self.options = options
        self._ids_of = ""
        self._ids: dict[str, tuple[int, str]] = {}
        self._noticed: set[str] = set()

    def notice_once(self, line: int, message: str) -> Iterator[Notice]:
        """A notice, the first time this is to be said of the file."""
        if message not in self._noticed:
            self._noticed.add(message)
            yield Notice(self.file, line, message)

    def make(self, line: int, fields: RowFields) -> Iterator[Item]:
        """The row, after what is to be noticed about it, or why it is rejected."""
        document = (self.document if fields.document is None else fields.document).strip()
        try:
            check_id("document", document)
        except RowError as error:
            yield Rejected(self.file, line, str(error))
            return
        try:
            meta, remarks = self._meta(fields)
            row = self._row(line, document, fields, meta)
            self._check_unused(row)
        except RowError as error:
            yield Rejected(self.file, line, str(error), document)
            return
        if self.options.role == "source" and (fields.hypotheses or fields.references):
            remarks.append("translations are left out: the file was given with the role source.")
        for remark in remarks:
            yield from self.notice_once(line, remark)
        yield row

    def _row(self, line: int, document: str, fields: RowFields, meta: DocumentMeta) -> ImportedRow:
        # Soft hyphens alone are a text in the file and none here.
        source = _text("source", fields.source or "")
        if not source.text.strip():
            raise RowError("has no source text. Give every row its source, or leave the row out.")
        kind = fields.kind or "body"
        if kind not in SEGMENT_KINDS:
            raise RowError(f"has the unknown kind {shown(kind)}. Known kinds: {', '.join(SEGMENT_KINDS)}.")
        segment_id = (fields.id or "").strip()
        if segment_id:
            check_id("id", segment_id)
        translated = self.options.role != "source"
        return ImportedRow(
            line=line,
            document=document,
            id=segment_id,
            kind=kind,
            source=source,
            hypotheses=_texts("system", fields.hypotheses) if translated else {},
            references=_texts("reference", fields.references) if translated else {},
            meta=meta,
            state=_plain("state", fields.state),
            notes=fields.notes,
            locator=fields.locator,
            languages=fields.languages,
        )

    def _meta(self, fields: RowFields) -> tuple[DocumentMeta, list[str]]:
        """What the row says of its article, and what is to be remarked about it."""
        if not (fields.section or fields.url or fields.published or fields.deadline):
            return _NO_META, []
        zone = self.options.zone
        published, published_naive = parse_time("published", fields.published, zone)
        deadline, deadline_naive = parse_time("deadline", fields.deadline, zone)
        section = _plain("section", fields.section)
        meta = DocumentMeta(section=section, url=_plain("url", fields.url), published=published, deadline=deadline)
        naive = {"published": published_naive, "deadline": deadline_naive}
        return meta, [zone_remark(name, zone) for name, is_naive in naive.items() if is_naive]

    def _check_unused(self, row: ImportedRow) -> None:
        """An id names one segment; the row that repeats it is refused, and with it its document."""
        if row.document != self._ids_of:
            self._ids_of, self._ids = row.document, {}
        if not row.id or self._ids_are_unique:
            return
        wording = sha256_hex(row.source.text)
        line, first_wording = self._ids.setdefault(row.id, (row.line, wording))
        if line != row.line:
            compared = "the same source" if wording == first_wording else "a different source"
            raise RowError(
                f"repeats the id {shown(row.id)} of line {line} with {compared}. Give every row of a document an id "
                "of its own."
            )


def target_fields(
    options: ReadOptions, text: Given | None, hypotheses: Mapping[str, Given], references: Mapping[str, Given]
) -> tuple[Mapping[str, Given], Mapping[str, Given]]:
    """Hypotheses and references with the text of a `target` field put where the options say it belongs.

    Raises RowError when a field that names that place holds another text.
    """
    if text is None:
        return hypotheses, references
    as_reference = options.role == "reference"
    name, taken = (options.reference, references) if as_reference else (options.system, hypotheses)
    if taken.get(name, text) != text:
        raise RowError(f"gives {shown(name)} twice, as the target and by its name, and they differ. Keep one of them.")
    if as_reference:
        return hypotheses, {**references, name: text}
    return {**hypotheses, name: text}, references


def check_id(what: str, value: str) -> None:
    """Raise RowError for a document or segment id that is empty, too long or not plain text."""
    if not value.strip():
        raise RowError(f"has an empty {what}. Fill it in every row, or leave the field out.")
    if len(value) > LONGEST_ID:
        raise RowError(f"has a {what} of {len(value)} characters ({shown(value)}); at most {LONGEST_ID} are kept.")
    _legal(what, value)
    if not value.isprintable():
        raise RowError(f"has the {what} {shown(value)}. Take out line breaks, tabs and invisible characters.")


@lru_cache(maxsize=1000)
def check_system(label: str) -> None:
    """Raise RowError for what is no `name` or `name@version` of a system."""
    name, at, version = label.partition("@")
    if not name.strip() or (at and not version.strip()) or not label.isprintable():
        raise RowError(f"names the system {shown(label)}. Write a name, or name@version.")
    if len(name) > LONGEST_SYSTEM or len(version) > LONGEST_VERSION:
        raise RowError(
            f"names the system {shown(label)}; at most {LONGEST_SYSTEM} characters of name and {LONGEST_VERSION} of "
            "version are kept."
        )


def check_reference(name: str) -> None:
    """Raise RowError for what is no name of a reference; `+` joins names on the command line."""
    if not name.strip() or not name.isprintable() or "+" in name or len(name) > LONGEST_REFERENCE:
        raise RowError(
            f"names the reference {shown(name)}. Write a name of at most {LONGEST_REFERENCE} characters without +."
        )


def parse_time(what: str, value: str | None, zone: tzinfo) -> tuple[datetime | None, bool]:
    """A time in ISO 8601, in `zone` if the text names none; and whether it named none. Raises RowError."""
    if value is None or not value.strip():
        return None, False
    try:
        time = datetime.fromisoformat(value.strip())
        naive = time.tzinfo is None
        time = time.replace(tzinfo=zone) if naive else time
        # Databases keep times in UTC, which those at either end of the calendar do not reach.
        time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowError(
            f"has {shown(value)} for {what}, which is no time in ISO 8601. Write it like 2026-11-24T09:30:00+01:00."
        ) from None
    return time, naive


def zone_remark(what: str, zone: tzinfo) -> str:
    return f"{what} has times without a zone; they are read as {zone}."


def _legal(what: str, value: str) -> str:
    found = illegal_character(value)
    if found:
        raise RowError(f"holds {found} in {what}, which no text may hold. Take it out and import again.")
    return value


def _plain_text(given: Given) -> str:
    return given.text if isinstance(given, CodedText) else given


def _text(what: str, value: Given) -> CodedText:
    _legal(what, _plain_text(value))
    return normalised(value) if isinstance(value, CodedText) else CodedText(normalise(value))


def _texts(what: str, values: Mapping[str, Given]) -> dict[str, CodedText]:
    texts = {}
    for name, value in values.items():
        check_system(name) if what == "system" else check_reference(name)
        texts[name] = _text(f"{what} {shown(name)}", value)
    return texts


def _plain(what: str, value: str | None) -> str | None:
    return normalise(_legal(what, value)).strip() or None if value is not None else None


def with_documents(items: Iterable[Item]) -> Iterator[Item]:
    """The items, with a document for each rejected row that does not name one.

    A row whose document cannot be read belongs to the document of the row before it or of the row after it: where
    these differ it is rejected for both, since neither can be called complete.
    """
    before: str | None = None
    waiting: list[Rejected] = []
    for item in items:
        if isinstance(item, Rejected) and item.document is None:
            waiting.append(item)
            if before is not None:
                yield _of(item, before)
            continue
        after = item.document if isinstance(item, ImportedRow | Rejected) else None
        if after is not None:
            yield from (_of(rejected, after) for rejected in waiting if after != before)
            waiting = []
            before = after
        yield item
    if before is None:
        yield from waiting


def _of(rejected: Rejected, document: str) -> Rejected:
    return Rejected(rejected.file, rejected.line, rejected.reason, document)
