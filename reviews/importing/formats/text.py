"""Bytes and characters: what may stand in a text, and the lines of a file in UTF-8."""

from __future__ import annotations

import codecs
import re
import reprlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .base import ReadError

#: Longest line or cell that is read, in bytes or characters; a text beyond it is a broken file.
LONGEST_LINE = 10_000_000

_CHUNK = 1 << 20

#: What XML 1.0 (production Char) leaves out, NUL and surrogates being what PostgreSQL refuses as well.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@contextmanager
def opened(path: Path, file: str) -> Iterator[BinaryIO]:
    """The file's bytes; a file that cannot be read is a ReadError like any other trouble with it."""
    try:
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReadError(file, None, f"cannot be read: {reason}.") from error


def shown(value: object, limit: int = 60) -> str:
    """A value as a message quotes it: one line, nothing invisible, not longer than needed."""
    # reprlib stays shallow: what a hostile file nests deeply must not end in a RecursionError here.
    text = repr(value[:limit]) if isinstance(value, str) else reprlib.repr(value)
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def illegal_character(text: str) -> str | None:
    """Which character of a text cannot be kept, in words, or None.

    Allowed is what XML 1.0 allows: of the control characters below U+0020 only tab, line feed, carriage return.
    """
    match = _ILLEGAL.search(text)
    if match is None:
        return None
    code = ord(match[0])
    named = {0: "a NUL character"}.get(code, "half of a surrogate pair" if 0xD800 <= code <= 0xDFFF else "a character")
    return f"{named} (U+{code:04X}, at character {match.start() + 1})"


def not_utf8(line: bytes, start: int) -> str:
    """The reason to give for bytes that are not UTF-8, `start` being the offset of the first bad one."""
    return (
        f"is not UTF-8: byte 0x{line[start]:02X} at byte {start + 1} of the line. "
        "Save the file as UTF-8 and import it again."
    )


def byte_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """(line number, line without its end) of a file whose lines end at `\\n` or `\\r\\n` and nothing else.

    A byte order mark in front is left out. A line longer than LONGEST_LINE comes as None.
    """
    number = 0
    while line := stream.readline(LONGEST_LINE + 2):
        number += 1
        if number == 1:
            line = line.removeprefix(codecs.BOM_UTF8)
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
                pass
            yield number, None
            continue
        yield number, line.removesuffix(b"\n").removesuffix(b"\r")
