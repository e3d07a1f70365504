"""Files of an export: names that no external id can abuse, and never half a file."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

#: The longest file name common file systems take, in bytes.
LONGEST_NAME = 255

_UNSAFE = re.compile(r"[^\w.-]+")


def file_name(external_id: str, ending: str) -> str:
    """A file name for a document: its id where that is a plain name, else what is plain in it and a hash of it.

    Plain are letters, digits, `.`, `_` and `-`, with no `.` or `-` in front. No id gives a path, a hidden file or
    a name too long for the disk. Ids that differ give names that differ, but for upper and lower case: where the
    disk makes no difference, the caller has to.
    """
    plain = _UNSAFE.sub("_", external_id).lstrip(".-")
    room = LONGEST_NAME - len(ending.encode())
    if plain == external_id and plain and len(plain.encode()) <= room:
        return plain + ending
    mark = hashlib.sha256(external_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    cut = plain.encode()[: room - len(mark) - 1].decode(errors="ignore")
    return f"{cut}-{mark}{ending}" if cut else mark + ending


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that appears under its name, replacing what was there, only when it is complete.

    After an error, or when nothing was written to it, what was there stays.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with temporary.open("xb") as file:
            yield file
            empty = not file.tell()
            file.flush()
            os.fsync(file.fileno())
        if not empty:
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
