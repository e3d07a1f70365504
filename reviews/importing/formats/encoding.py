"""In which encoding a table is, decided over the whole file, and its text read strictly in that encoding.

Nothing is ever replaced: a file whose bytes do not fit is refused with the place of the first that does not.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from .base import ReadError
from .text import opened, shown

_CHUNK = 1 << 20

_TITLES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16 LE", "utf-16-be": "UTF-16 BE", "cp1252": "Windows-1252"}

#: In this order: the mark of UTF-32 LE begins with that of UTF-16 LE.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: A character of several bytes in UTF-8, or one that the end of the file cuts off.
_MULTIBYTE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
    rb"|[\xe0-\xef][\x80-\xbf]\Z|[\xf0-\xf4][\x80-\xbf]{1,2}\Z"
)

#: What looks like one, but is how Windows-1252 ends a quotation: `Spaß“`, `MENÜ…“`, `Café“ –` without the blanks.
_LETTER_AND_MARKS = re.compile(rb"[\xd6\xdc\xdf-\xff][\x85\x92-\x94\x96\x97\xa0\xab\xbb]+")

_REMEDY = "Save the file as UTF-8 and import it again."

#: Around a byte: what a reader needs to see whether it was read right.
_WORD_BEFORE = re.compile(rb"[^\s,;|\"]{0,20}\Z")
_WORD_AFTER = re.compile(rb"[^\s,;|\"]{0,20}")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file that is text in this encoding from byte `start` on; `remark` is to be said unless it is UTF-8."""

    path: Path
    name: str
    codec: str
    start: int = 0
    remark: str = ""

    @contextmanager
    def opened(self) -> Iterator[TextIO]:
        """Its text with the line ends it has; lines end at `\\n`, `\\r\\n` and `\\r`."""
        try:
            with opened(self.path, self.name) as stream:
                stream.seek(self.start)
                with io.TextIOWrapper(stream, encoding=self.codec, newline="") as text:
                    yield text
        except UnicodeDecodeError as error:
            raise ReadError(self.name, None, "was changed while it was read. Import it again.") from error


@dataclass(frozen=True, slots=True)
class _Flaw:
    """The first byte that does not belong to an encoding: its line, its place in the file from 1, what stands there."""

    line: int
    place: int
    byte: int
    word: bytes

    def __str__(self) -> str:
        return f"byte 0x{self.byte:02X} in line {self.line}, byte {self.place:,} of the file"


def find_encoding(path: Path, file: str) -> TextFile:
    """The file with the encoding its text is in.

    That is UTF-8 or UTF-16 by the byte order mark; UTF-16 where every other byte is NUL; UTF-8 if all of the file
    is; else Windows-1252, as spreadsheets on Windows write it, unless the file has bytes that mean nothing there or
    also holds characters in UTF-8. Raises ReadError for anything else, naming line and byte.
    """
    with opened(path, file) as stream:
        head = stream.read(4096)
        mark, codec = next(((m, c) for m, c in _MARKS if head.startswith(m)), (b"", _codec_by_nuls(head)))
        if codec == "utf-32":
            raise ReadError(file, 1, f"is UTF-32. {_REMEDY}")
        flaw = _first_flaw(stream, codec, len(mark))
        if flaw is None:
            told_by = "its byte order mark" if mark else "the NUL bytes between its letters"
            remark = "" if codec == "utf-8" else f"is read as {_TITLES[codec]}, told by {told_by}."
            return TextFile(path, file, codec, len(mark), remark)
        if mark or codec != "utf-8":
            raise ReadError(file, flaw.line, f"begins as {_TITLES[codec]}, but is not: {flaw}. {_REMEDY}")
        return TextFile(path, file, "cp1252", 0, _windows(stream, file, flaw))


def _codec_by_nuls(head: bytes) -> str:
    """UTF-16 without a mark: most letters of our languages have a NUL byte on one side and none on the other."""
    even, odd = head[0::2], head[1::2]
    if 2 * odd.count(0) > len(odd) and 0 not in even:
        return "utf-16-le"
    if 2 * even.count(0) > len(even) and 0 not in odd:
        return "utf-16-be"
    return "utf-8"


def _windows(stream: BinaryIO, file: str, flaw: _Flaw) -> str:
    """The remark for a file that is Windows-1252. Raises ReadError when it is not."""
    undefined = _first_flaw(stream, "cp1252", 0)
    if undefined is not None:
        raise ReadError(file, flaw.line, f"is neither UTF-8 ({flaw}) nor Windows-1252 ({undefined}). {_REMEDY}")
    if _holds_utf8(stream):
        raise ReadError(file, flaw.line, f"is UTF-8 in part, but not here: {flaw}. {_REMEDY}")
    word = shown(flaw.word.decode("cp1252"))
    return f"is read as Windows-1252, since it is not UTF-8 ({flaw}). See that {word} is right."


def _first_flaw(stream: BinaryIO, codec: str, start: int) -> _Flaw | None:
    """Where the file stops being text in an encoding, read from `start`; lines end at `\\n`, `\\r\\n` and `\\r`."""
    decoder = codecs.getincrementaldecoder(codec)()
    stream.seek(start)
    read, line, after_return = start, 1, False
    while True:
        chunk = stream.read(_CHUNK)
        try:
            text = decoder.decode(chunk, not chunk)
        except UnicodeDecodeError as error:
            # What the decoder kept from the chunk before stands in front of this one.
            data, at = error.object, error.start
            line += _line_ends(data[:at].decode(codec), after_return)
            word = b"".join(
                found[0] for found in (_WORD_BEFORE.search(data[:at]), _WORD_AFTER.match(data, at)) if found
            )
            return _Flaw(line, read - (len(data) - len(chunk)) + at + 1, data[at], word)
        if not chunk:
            return None
        read += len(chunk)
        line += _line_ends(text, after_return)
        after_return = text.endswith("\r") if text else after_return


def _line_ends(text: str, after_return: bool) -> int:
    """Line ends that begin in this text; a `\\n` right after the `\\r` of the text before is none of its own."""
    ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return ends - (after_return and text.startswith("\n"))


def _holds_utf8(stream: BinaryIO) -> bool:
    """Whether something in the file is a character in UTF-8 rather than several in Windows-1252."""
    stream.seek(0)
    chunk = stream.read(_CHUNK)
    while chunk:
        following = stream.read(_CHUNK)
        # Three more bytes complete any character that begins in this chunk, unless the file ends before.
        for match in _MULTIBYTE.finditer(chunk + following[:3]):
            if match.start() < len(chunk) and not _LETTER_AND_MARKS.fullmatch(match[0]):
                return True
        chunk = following
    return False
