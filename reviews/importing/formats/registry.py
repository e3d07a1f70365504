"""The formats that can be imported, in the order in which they are offered and asked whether a file is theirs."""

from __future__ import annotations

from pathlib import Path

from .base import Format, ReadError
from .folder import HtmlArticles
from .jsonl import JsonLines
from .parallel import ParallelText
from .po import Po
from .table import Table
from .text import opened
from .tmx import Tmx
from .xliff.reader import Xliff
from .xlsx import Xlsx

FORMATS: tuple[Format, ...] = (
    HtmlArticles(),
    Table(),
    Xlsx(),
    ParallelText(),
    JsonLines(),
    Xliff(),
    Tmx(),
    Po(),
)

BY_NAME: dict[str, Format] = {format_.name: format_ for format_ in FORMATS}

_HEAD = 4096


def sniff(path: Path, name: str | None = None) -> Format:
    """The format of a file or folder, from its name and beginning.

    Raises ReadError naming the known formats when it is none of them or cannot be read.
    """
    file = name or str(path)
    head = b""
    if not path.is_dir():
        with opened(path, file) as stream:
            head = stream.read(_HEAD)
    for format_ in FORMATS:
        if format_.sniff(path, head):
            return format_
    known = ", ".join(f"{format_.name} ({format_.title})" for format_ in FORMATS)
    what = "is a folder without a source.<lang>.html" if path.is_dir() else "is in no format that can be told by itself"
    raise ReadError(file, None, f"{what}. Name the format with --format: {known}.")
