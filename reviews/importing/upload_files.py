"""The files of an upload: what they are called, how they are kept until they are imported, what belongs together.

Names come from somebody's browser. They are cleaned before anything is done with them, shown with every message, and
never become a path of the data folder: there a file is called by the hash of its bytes.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from reviews.values import normalise, sha256_hex

from .formats.folder import HtmlArticles

#: What one upload may hold. Larger imports are for the command line, which reads files where they lie.
MAX_FILES = 1000
MAX_FILE_BYTES = 200 * 1024 * 1024
MAX_UPLOAD_BYTES = 500 * 1024 * 1024

#: Longest part of a path, in bytes of UTF-8: file systems take 255, and a reader may add an ending.
_LONGEST_PART = 200
#: Folders above a file that are kept.
_DEEPEST = 8

#: The reader of article folders and pages.
PAGES = HtmlArticles()

_TOKEN = re.compile(r"[0-9a-f]{32}\Z")


class UploadRefusedError(Exception):
    """An upload that is not taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """One file of an upload: its cleaned relative path, the hash it is kept under, its size in bytes."""

    name: str
    hash: str
    size: int

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "hash": self.hash, "size": self.size}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> UploadedFile:
        return cls(str(value["name"]), str(value["hash"]), int(value["size"]))

    @property
    def parent(self) -> str:
        """The folder it came in; empty for a loose file."""
        parent = str(PurePosixPath(self.name).parent)
        return "" if parent == "." else parent


def clean_path(sent: str) -> str:
    """A relative path that can be shown and rebuilt: no way up, no root, nothing invisible, no endless names.

    Both kinds of slash separate folders. What cannot be seen (control characters, changes of writing direction)
    becomes `_`. A shortened part keeps its ending and gets a piece of its hash, so that two long names stay two.
    """
    parts = []
    for part in re.split(r"[/\\]", normalise(sent)):
        seen = "".join(char if char.isprintable() else "_" for char in part).strip()
        if seen.strip(".") and seen != "":
            parts.append(_shortened(seen))
    return "/".join(parts[-_DEEPEST:]) or "unnamed"


def _shortened(part: str) -> str:
    if len(part.encode("utf-8", "replace")) <= _LONGEST_PART:
        return part
    stem, dot, ending = part.rpartition(".")
    if not dot or len(ending) > 10:
        stem, ending = part, ""
    mark = f"~{sha256_hex(part)[:8]}{dot if ending else ''}{ending}"
    room = _LONGEST_PART - len(mark.encode("utf-8", "replace"))
    return stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + mark


# --- keeping them ----------------------------------------------------------------------------------------


class UploadFolder:
    """Where the files of one upload lie, each under the hash of its bytes, until the upload is done with.

    `begin`, `write` and `end` take in a file as it arrives and never hold it in memory. They raise
    UploadRefusedError as soon as the upload is too large; whoever called removes the folder then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: list[UploadedFile] = []
        self._bytes = 0
        self._name = ""
        self._size = 0
        self._hash = hashlib.sha256()
        self._stream: BinaryIO | None = None

    def begin(self, sent_name: str) -> None:
        self._name = clean_path(sent_name)
        if len(self.files) >= MAX_FILES:
            raise UploadRefusedError(
                f"More than {MAX_FILES:,} files in one upload. Upload them in several parts, or use bulk_import."
            )
        self._size = 0
        self._hash = hashlib.sha256()
        self.path.mkdir(parents=True, exist_ok=True)
        self._stream = self._incoming.open("wb")

    def write(self, chunk: bytes) -> None:
        assert self._stream is not None
        self._size += len(chunk)
        self._bytes += len(chunk)
        if self._size > MAX_FILE_BYTES:
            raise UploadRefusedError(
                f"{self._name} is larger than {megabytes(MAX_FILE_BYTES)}. Split it by document, or use bulk_import."
            )
        if self._bytes > MAX_UPLOAD_BYTES:
            raise UploadRefusedError(
                f"Together the files are larger than {megabytes(MAX_UPLOAD_BYTES)}. Upload them in several parts, "
                "or use bulk_import."
            )
        self._hash.update(chunk)
        self._stream.write(chunk)

    def end(self) -> None:
        """The file is whole: it is on disk under its hash. The same file again adds nothing."""
        assert self._stream is not None
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self.close()
        file = UploadedFile(self._name, self._hash.hexdigest(), self._size)
        os.replace(self._incoming, self.path / file.hash)
        same_name = next((other for other in self.files if other.name == file.name), None)
        if same_name is None:
            self.files.append(file)
        elif same_name.hash != file.hash:
            raise UploadRefusedError(
                f"Two different files are called {file.name}. Upload them one after the other, or with their folders."
            )

    def close(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def remove(self) -> None:
        self.close()
        shutil.rmtree(self.path, ignore_errors=True)

    @property
    def _incoming(self) -> Path:
        return self.path / "incoming"


def upload_folder(root: Path, token: str) -> UploadFolder:
    """The folder of an upload. Raises ValueError for what is no token of ours, which a path must not be made of."""
    if not _TOKEN.match(token):
        raise ValueError(f"{token!r} is not the folder of an upload")
    return UploadFolder(root / token)


def megabytes(size: int) -> str:
    """A size in words: `200 MB`, `34 kB`."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024)):,} kB"
    return f"{size / 1024 / 1024:,.1f}".removesuffix(".0") + " MB"


# --- reading them ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """What a reader is given: one file, or the folder of an article.

    `path` is where it was rebuilt, `shown` what messages call it. `nameless` says that its folder has no name of
    its own, so that no document may be called after it.
    """

    path: Path
    shown: str
    nameless: bool

    def name_of(self, file: str) -> str:
        """What messages call a file below `path`."""
        if file == str(self.path):
            return self.shown
        inside = file.removeprefix(f"{self.path}/")
        return file if inside == file else f"{self.shown}/{inside}" if self.shown else inside


#: The folder of loose pages. No document may be called so.
NO_FOLDER = "no-folder-name"


def rebuild(files: Sequence[UploadedFile], kept: Path, place: Path, *, articles: bool) -> list[Unit]:
    """Give the readers files and folders by name again, below `place`, and say what to read one by one.

    `kept` is where the files lie by hash. With `articles` a folder that holds the pages of an article is handed
    over whole, and so are loose pages that came together. Readers judge by a file's name and an article by its
    folder's, so each folder is rebuilt under its own name, beside the others and not inside them.
    """
    by_parent: dict[str, list[UploadedFile]] = {}
    for file in files:
        by_parent.setdefault(file.parent, []).append(file)
    units = []
    for number, (parent, members) in enumerate(by_parent.items()):
        name = PurePosixPath(parent).name or NO_FOLDER
        pages = [file for file in members if parent or file.name.lower().endswith(PAGES.suffixes)]
        if articles and pages:
            folder = _filled(place / str(number) / name, pages, kept)
            if PAGES.sniff(folder, b""):
                units.append(Unit(folder, parent, nameless=not parent))
                members = [file for file in members if file not in pages]
        folder = _filled(place / f"{number}-files" / name, members, kept)
        units += [Unit(folder / PurePosixPath(f.name).name, f.name, nameless=not parent) for f in members]
    return units


def _filled(folder: Path, files: Sequence[UploadedFile], kept: Path) -> Path:
    folder.mkdir(parents=True)
    for file in files:
        try:
            os.link(kept / file.hash, folder / PurePosixPath(file.name).name)
        except OSError:  # not every file system has hard links
            shutil.copyfile(kept / file.hash, folder / PurePosixPath(file.name).name)
    return folder
