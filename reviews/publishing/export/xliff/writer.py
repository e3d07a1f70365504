"""XLIFF as export formats: back into the file an article came from, or a new one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..article import Article, ExportError, IntoOneFile, KeptFile, Output
from ..units import check_texts
from . import new_1, new_2
from .kept import BackIntoFile, is_version_2


@dataclass(frozen=True, slots=True)
class _New:
    """How a new file is written: its beginning, an article with its number, its end."""

    head: Callable[[Article], str]
    file: Callable[[Article, int], str]
    tail: str


class Xliff(IntoOneFile):
    """XLIFF: an article that came from a file of any version goes back into it, any other gets one of 1.2."""

    name = "xliff"
    suffix = "xlf"
    needs_file = True

    def start(self) -> Output:
        return _Output(_New(new_1.head, new_1.file, new_1.TAIL), self.goes_back)

    def goes_back(self, file: KeptFile) -> bool:
        return True


class Xliff2(IntoOneFile):
    """XLIFF 2: an article that came from a file of it goes back into that, any other gets one of 2.1."""

    name = "xliff2"
    suffix = "xlf"
    needs_file = True

    def start(self) -> Output:
        return _Output(_New(new_2.head, new_2.file, new_2.TAIL), self.goes_back)

    def goes_back(self, file: KeptFile) -> bool:
        return is_version_2(file)


@dataclass(slots=True)
class _Output:
    """One file: either a kept one with all that goes back into it, or a new one."""

    new: _New
    goes_back: Callable[[KeptFile], bool]
    back: BackIntoFile | None = None
    count: int = 0

    def begin(self, article: Article) -> bytes:
        kept = self._kept(article)
        self.back = BackIntoFile(kept) if kept is not None else None
        if self.back is not None:
            return b""
        return self.new.head(article).encode()

    def write(self, article: Article) -> bytes:
        kept = self._kept(article)
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

    def _kept(self, article: Article) -> KeptFile | None:
        """The file the article goes back into."""
        return article.file if article.file is not None and self.goes_back(article.file) else None

    def end(self) -> Iterable[bytes]:
        return self.back.written() if self.back is not None else (self.new.tail.encode(),)


def _came_from(file: KeptFile | None) -> str:
    return f"came from the file {file.name}" if file else "came from no such file"
