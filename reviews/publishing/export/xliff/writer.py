"""XLIFF as export formats: back into the file an article came from, or a new one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..article import Article, ExportError, KeptFile, Output
from ..units import check_texts
from . import new_1, new_2
from .kept import BackIntoFile, is_version_2


@dataclass(frozen=True, slots=True)
class _New:
    """How a new file is written: its beginning, an article with its number, its end."""

    head: Callable[[Article], str]
    file: Callable[[Article, int], str]
    tail: str


class Xliff:
    """XLIFF: an article that came from a file of any version goes back into it, any other gets one of 1.2."""

    name = "xliff"
    suffix = "xlf"
    per_document = False
    needs_page = False
    needs_file = True

    def start(self) -> Output:
        return _Output(_New(new_1.head, new_1.file, new_1.TAIL), goes_back=lambda article: article.file is not None)


class Xliff2:
    """XLIFF 2: an article that came from a file of it goes back into that, any other gets one of 2.1."""

    name = "xliff2"
    suffix = "xlf"
    per_document = False
    needs_page = False
    needs_file = True

    def start(self) -> Output:
        return _Output(
            _New(new_2.head, new_2.file, new_2.TAIL),
            goes_back=lambda article: article.file is not None and is_version_2(article.file),
        )


@dataclass(slots=True)
class _Output:
    """One file: either a kept one with all that goes back into it, or a new one."""

    new: _New
    goes_back: Callable[[Article], bool]
    back: BackIntoFile | None = None
    count: int = field(default=0)

    def begin(self, article: Article) -> bytes:
        if article.file is not None and self.goes_back(article):
            self.back = BackIntoFile(article.file)
            return b""
        self.back = None
        return self.new.head(article).encode()

    def write(self, article: Article) -> bytes:
        kept = article.file if self.goes_back(article) else None
        writing = self.back.file if self.back else None
        if kept != writing:
            raise ExportError(
                f"It {_came_from(kept)}, and what is being written {_came_from(writing)}. "
                "Export it to a file of its own, or all of them to a folder."
            )
        if self.back is not None:
            self.back.take(article)
            return b""
        check_texts(article)
        self.count += 1
        return self.new.file(article, self.count).encode()

    def end(self) -> Iterable[bytes]:
        return self.back.written() if self.back is not None else (self.new.tail.encode(),)


def _came_from(file: KeptFile | None) -> str:
    return f"came from the file {file.name}" if file else "came from no such file"
