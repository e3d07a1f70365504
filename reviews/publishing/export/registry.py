"""The export formats, in the order they are offered."""

from __future__ import annotations

from .article import Writer
from .html import HtmlPages
from .jsonl import JsonLines
from .po import Po
from .table import Csv
from .text import PlainText
from .tmx import Tmx
from .xliff.writer import Xliff, Xliff2
from .xlsx import Xlsx

WRITERS: tuple[Writer, ...] = (
    HtmlPages(),
    JsonLines(),
    Csv(),
    Xlsx(),
    PlainText(),
    Xliff(),
    Xliff2(),
    Tmx(),
    Po(),
)

BY_NAME: dict[str, Writer] = {writer.name: writer for writer in WRITERS}

#: What `--excel` takes instead, by the same name.
FOR_SPREADSHEETS: dict[str, Writer] = {"csv": Csv(for_spreadsheets=True)}
