"""gettext PO: a catalogue of messages, one segment a message and one each plural form."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reviews.values import Rejected, gettext_noop

from .base import Item, ReadError, ReadOptions
from .languages import same_language
from .remarks import Remarks
from .rows import RowError, RowFields, RowMaker, target_fields
from .text import LONGEST_LINE, byte_lines, opened, shown

#: Where the charset is looked for: the header is the first entry.
_HEAD = 1 << 16
_CHARSET = re.compile(rb"charset=([A-Za-z0-9_.:+-]+)")

_KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[(\d{1,2})\])?)\s*(\"(?:[^\"\\]|\\.)*\")\s*\Z")
_BEGINS = re.compile(r"#|msgctxt\b|msgid\b")
_STRING = re.compile(r"\s*\"((?:[^\"\\]|\\.)*)\"\s*\Z")
_ESCAPE = re.compile(r"\\(?:([abfnrtv\"\\?'])|([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))")
_ESCAPED = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True))

#: Longest entry, in characters of its strings.
_LONGEST_ENTRY = 500_000


class Po:
    """A gettext catalogue (PO or POT); the file is one document, called after its stem.

    Text is read in the charset the header names, strictly; without one it is UTF-8. A message with plural forms is
    one segment for the singular and one for each further form. `fuzzy` is the state of its messages, context and
    comments are notes. Obsolete messages (`#~`) and the header are no segments. The language a header names has to be
    the one that is asked for.
    """

    name = "po"
    title = gettext_noop("gettext PO")
    suffixes: tuple[str, ...] = (".po", ".pot")

    def sniff(self, path: Path, head: bytes) -> bool:
        return path.suffix.lower() in self.suffixes

    def read(self, path: Path, options: ReadOptions, *, name: str | None = None) -> Iterator[Item]:
        file = name or str(path)
        charset = _charset(path, file)
        for _ in _lines(path, file, charset):
            pass  # bytes of another charset refuse the file before anything is read
        return _Reader(file, options).read(path, charset)


def _charset(path: Path, file: str) -> str:
    """The encoding of the file. Raises ReadError for one that is not known or does not write ASCII as ASCII."""
    with opened(path, file) as stream:
        head = stream.read(_HEAD)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ReadError(file, 1, "is UTF-16, which a catalogue cannot be. Save it as UTF-8.")
    found = _CHARSET.search(head)
    charset = found[1].decode("ascii") if found and found[1] != b"CHARSET" else "utf-8"
    try:
        plain = 'charset=+-~\\"'
        if plain.encode(charset) == plain.encode("ascii"):
            return charset
    except (LookupError, UnicodeError):
        pass
    line = head[: found.start()].count(b"\n") + 1 if found else None
    raise ReadError(file, line, f"names the charset {shown(charset)}, which is not read. Save it as UTF-8.")


def _lines(path: Path, file: str, charset: str) -> Iterator[tuple[int, str]]:
    """The numbered lines of the file. Raises ReadError for bytes that are not in its charset."""
    with opened(path, file) as stream:
        for number, line in byte_lines(stream):
            if line is None:
                raise ReadError(file, number, f"is a line of more than {LONGEST_LINE:,} bytes.")
            try:
                yield number, line.decode(charset)
            except UnicodeDecodeError as error:
                byte = f"byte 0x{line[error.start]:02X} at byte {error.start + 1} of the line"
                reason = f"is not in {charset}, which its header names or leaves to be: {byte}. Save it as UTF-8."
                raise ReadError(file, number, reason) from None


@dataclass(slots=True)
class _Entry:
    """One message as it is collected; `strings` by keyword, each with the line it begins in."""

    line: int
    comments: list[str] = field(default_factory=list)
    fuzzy: bool = False
    strings: dict[str, list[str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    length: int = 0
    problem: tuple[int, str] | None = None

    def text(self, keyword: str) -> str:
        return "".join(self.strings.get(keyword, ()))

    @property
    def is_header(self) -> bool:
        return list(self.strings) == ["msgid", "msgstr"] and not self.text("msgid") and self.problem is None

    @property
    def is_whole(self) -> bool:
        """Whether it has all that an entry needs, so that a blank line ends it."""
        return self.problem is not None or any(keyword.startswith("msgstr") for keyword in self.strings)


class _Reader:
    def __init__(self, file: str, options: ReadOptions) -> None:
        self.file = file
        self.options = options
        self.maker = RowMaker(file, Path(file).stem, options)
        self.remarks = Remarks(file)
        self.languages: tuple[str | None, str | None] = (options.source_lang, options.target_lang)
        if options.languages_guessed:
            self.languages = None, None

    def read(self, path: Path, charset: str) -> Iterator[Item]:
        place = -1
        for place, entry in enumerate(self._entries(path, charset)):
            if place == 0 and entry.is_header:
                self._header(entry)
            else:
                yield from self._message(entry, f"entry/{place}")
        if place < 0:
            raise ReadError(self.file, None, "holds no message. Is this a gettext catalogue?")
        yield from self.remarks.notices()

    # --- lines to entries

    def _entries(self, path: Path, charset: str) -> Iterator[_Entry]:
        entry: _Entry | None = None
        keyword = ""
        for number, line in _lines(path, self.file, charset):
            if line.startswith("#~"):
                if line[2:].lstrip().startswith("msgid "):
                    self.remarks.count(number, "not read, since they are marked obsolete")
                continue
            found = _KEYWORD.match(line)
            blank = not line.strip()
            begins = _BEGINS.match(line) is not None
            if entry is not None and (
                (blank and entry.is_whole) or (begins and ("msgid" in entry.strings or entry.problem))
            ):
                yield entry
                entry, keyword = None, ""
            if blank:
                continue
            if entry is None:
                entry = _Entry(number)
            keyword = self._line(entry, number, line, found, keyword)
        if entry is not None and (entry.strings or entry.problem):
            yield entry

    def _line(self, entry: _Entry, number: int, line: str, found: re.Match[str] | None, keyword: str) -> str:
        """Take one line into its entry; the keyword that a string in the next line continues."""
        if line.startswith("#"):
            _comment(entry, line)
            return keyword
        string = None if found is not None else _STRING.match(line)
        if found is not None:
            keyword = found[1]
            if keyword in entry.strings:
                entry.problem = entry.problem or (number, f"has {keyword} twice. Keep one of them.")
            entry.lines[keyword] = number
            entry.strings[keyword] = []
            text = found[3][1:-1]
        elif string is not None and keyword:
            text = string[1]
        else:
            entry.problem = entry.problem or (number, f"cannot be understood: {shown(line.strip())}.")
            return keyword
        entry.length += len(text)
        if entry.length > _LONGEST_ENTRY:
            raise ReadError(self.file, number, f"has a message of more than {_LONGEST_ENTRY:,} characters.")
        try:
            entry.strings[keyword].append(_unescaped(text))
        except RowError as error:
            entry.problem = entry.problem or (number, str(error))
        return keyword

    # --- entries to rows

    def _header(self, entry: _Entry) -> None:
        """Take the languages from the header. Raises ReadError when the file is not in the language wanted."""
        fields = dict(re.findall(r"^([\w-]+):[ \t]*(\S*)", entry.text("msgstr"), re.MULTILINE))
        source, target = fields.get("X-Source-Language") or None, fields.get("Language") or None
        if self.options.languages_guessed:
            self.languages = source, target
            return
        wanted = self.options.source_lang, self.options.target_lang
        for side, language, project in zip(("source", "target"), (source, target), wanted, strict=True):
            if language is not None and not same_language(language, project):
                reason = (
                    f"has the {side} language {shown(language)} where {shown(project)} is wanted. Import it into a "
                    "project of its languages, or correct its header if that is mistaken."
                )
                raise ReadError(self.file, entry.lines["msgstr"], reason)

    def _message(self, entry: _Entry, locator: str) -> Iterator[Item]:
        if entry.problem is None and not {"msgid", *_first_form(entry)} <= set(entry.strings):
            entry.problem = entry.line, "has no msgid or no msgstr. Give it both."
        if entry.problem is not None:
            yield Rejected(self.file, *entry.problem, self.maker.document)
            return
        if "msgid_plural" not in entry.strings:
            yield from self._row(entry, "msgid", "msgstr", locator)
            return
        forms = [keyword for keyword in entry.strings if keyword.startswith("msgstr[")]
        for form in forms:
            source = "msgid" if form == "msgstr[0]" else "msgid_plural"
            yield from self._row(entry, source, form, f"{locator}/form/{form[7:-1]}", f"plural form {form[7:-1]}")

    def _row(self, entry: _Entry, source: str, target: str, locator: str, *notes: str) -> Iterator[Item]:
        if not entry.text(source).strip():
            self.remarks.count(entry.line, "not read, since their msgid is empty")
            return
        text = entry.text(target)
        hypotheses, references = target_fields(self.options, text if text.strip() else None, {}, {})
        context = (f"context: {entry.text('msgctxt')}",) if "msgctxt" in entry.strings else ()
        fields = RowFields(
            source=entry.text(source),
            hypotheses=hypotheses,
            references=references,
            state="fuzzy" if entry.fuzzy else None,
            notes=(*context, *notes, *entry.comments),
            locator=locator,
            languages=self.languages,
        )
        yield from self.maker.make(entry.lines[source if target == "msgstr" else target], fields)


def _first_form(entry: _Entry) -> tuple[str, ...]:
    return ("msgstr[0]",) if "msgid_plural" in entry.strings else ("msgstr",)


def _comment(entry: _Entry, line: str) -> None:
    kind, text = line[1:2], line[2:].strip()
    if kind == ",":
        entry.fuzzy = entry.fuzzy or "fuzzy" in (flag.strip() for flag in text.split(","))
    elif kind in (" ", ".") and text:
        entry.comments.append(text)


def _unescaped(text: str) -> str:
    """The characters of a string. Raises RowError for an escape that C does not have."""

    def character(match: re.Match[str]) -> str:
        simple, octal, hexadecimal, other = match.groups()
        if other is not None:
            raise RowError(f"holds \\{other}, which means nothing. Write \\\\ for a backslash.")
        if simple is not None:
            return _ESCAPED.get(simple, simple)
        return chr(int(octal, 8) if octal is not None else int(hexadecimal, 16))

    return _ESCAPE.sub(character, text)
