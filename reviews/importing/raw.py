"""Raw files of sources: each kept once, under the hash of its bytes, in the data folder.

Writers re-read them to put a translation back into the page it came from, so a raw file is as lasting as the
source revision that names it.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, TypeVar

from django.conf import settings

Kept = TypeVar("Kept")

_HASH = re.compile(r"[0-9a-f]{64}\Z")


class RawFileError(Exception):
    """A raw file is missing or is not what its hash says; the message names it and what to do."""


def raw_path(raw_hash: str) -> Path:
    """Where the raw file of a hash lies. Raises RawFileError for what is no SHA-256 in lower-case hex."""
    if not _HASH.match(raw_hash):
        raise RawFileError(f"{raw_hash!r} is not the hash of a raw file: that is 64 hexadecimal digits.")
    return Path(settings.WORKBENCH_DATA) / "raw" / raw_hash[:2] / raw_hash


def store_raw(content: bytes) -> str:
    """Keep the bytes of a file and give their SHA-256 (hex); the same bytes again write nothing.

    On return the file is on disk whole: it is written beside its place, flushed, then renamed. A file under
    this hash that no longer holds these bytes is replaced. Raises OSError when the disk does not take it.
    """
    return _keep(hashlib.sha256(content).hexdigest(), lambda: io.BytesIO(content))


def store_raw_file(source: Path) -> str:
    """The same for a file of any size, which is never held in memory.

    Raises RawFileError when the file changes while it is read.
    """
    return _keep(_hash_of(source), lambda: source.open("rb"))


def _keep(raw_hash: str, original: Callable[[], BinaryIO]) -> str:
    path = raw_path(raw_hash)
    if _holds(path, raw_hash):
        return raw_hash
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{raw_hash[:8]}-")
    try:
        with os.fdopen(handle, "wb") as file, original() as content:
            shutil.copyfileobj(content, file)
            file.flush()
            os.fsync(file.fileno())
        if _hash_of(Path(temporary)) != raw_hash:
            raise RawFileError("The file changed while it was read. Import it again when nothing writes to it.")
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    # The new name must outlive a power cut too: the database row that refers to it will.
    _sync_folder(path.parent)
    return raw_hash


def _holds(path: Path, raw_hash: str) -> bool:
    """Whether the file is there and whole; then it is as young as a new one, so that nobody takes it for a left one."""
    try:
        os.utime(path)
        return _hash_of(path) == raw_hash
    except FileNotFoundError:
        return False


def left_raw(before: datetime) -> Iterator[Path]:
    """Raw files that no import touched since: those of them that no source revision names were left by failed ones."""
    for folder in sorted((Path(settings.WORKBENCH_DATA) / "raw").glob("??")):
        for path in sorted(folder.iterdir()):
            if _is_older(path, before):
                yield path


def remove_raw(path: Path, before: datetime) -> bool:
    """Remove a left raw file, unless an import came for it meanwhile.

    It is put aside first: an import that looks for it from then on writes its own, and one that touched it before is
    told by its age.
    """
    aside = path.with_name(f".{path.name}.gone")
    try:
        os.rename(path, aside)
    except FileNotFoundError:  # another run was quicker
        return False
    if _is_older(aside, before):
        aside.unlink(missing_ok=True)
        return True
    os.replace(aside, path)
    return False


def _is_older(path: Path, before: datetime) -> bool:
    try:
        return path.stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return False


def read_raw(raw_hash: str) -> bytes:
    """The bytes kept under a hash, checked against it. Raises RawFileError when they are missing or changed."""

    def checked(path: Path) -> tuple[bytes, str]:
        content = path.read_bytes()
        return content, hashlib.sha256(content).hexdigest()

    return _checked(raw_hash, checked)


def kept_raw(raw_hash: str) -> Path:
    """Where the bytes of a hash lie, checked as `read_raw` does, for a file of any size: it is not held in memory."""
    return _checked(raw_hash, lambda path: (path, _hash_of(path)))


def _checked(raw_hash: str, found: Callable[[Path], tuple[Kept, str]]) -> Kept:
    path = raw_path(raw_hash)
    try:
        kept, its_hash = found(path)
    except FileNotFoundError:
        raise RawFileError(
            f"The raw file {raw_hash} is missing in {path.parent.parent}. Restore the data folder from a backup, "
            "or import the source again: the same file is then kept anew."
        ) from None
    if its_hash != raw_hash:
        raise RawFileError(
            f"The raw file {path} was changed after the import: its content does not have the hash it is kept under. "
            "Restore it from a backup, or import the source again."
        )
    return kept


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
