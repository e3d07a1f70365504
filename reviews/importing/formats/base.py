"""What every reader takes and gives, and how it says no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Literal, Protocol

from reviews.values import ImportedArticle, ImportedRow, Rejected

Role = Literal["source", "hypothesis", "reference"]

#: The longest ids and names the tables take, in characters.
LONGEST_ID = 200
LONGEST_SYSTEM = 100
LONGEST_VERSION = 60
LONGEST_REFERENCE = 100


class ReadError(Exception):
    """A whole file is refused: where the trouble stands, and why with the remedy in the reason.

    `line` counts from 1 and is None where no line is to blame.
    """

    def __init__(self, file: str, line: int | None, reason: str) -> None:
        super().__init__(file, line, reason)
        self.file = file
        self.line = line
        self.reason = reason

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.reason}"

    def rejected(self, document: str | None = None) -> Rejected:
        """The same as one entry of an import's list of what it did not take."""
        return Rejected(self.file, self.line, self.reason, document)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something an import did not use or read in a way worth saying; nothing was refused for it."""

    file: str
    line: int | None
    message: str


Item = ImportedRow | ImportedArticle | Rejected | Notice


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a reader cannot know from the file.

    `system` and `reference` name a translation that the file does not name; `role` says what it is (None: a
    hypothesis in tables and JSON Lines, as the file names say in a folder). `zone` is that of times without one.
    The files by name and `docs` are for parallel text only. `columns` is for tables whose header does not name them
    as we do: names in their order (`id,source,-`), which says that there is no header, or by header cell
    (`source=Quelle,target=Ziel`). `sheet` names the sheet of a workbook. `languages_guessed` says that nobody asked
    for these languages: a file that names its own is read in those.
    """

    source_lang: str
    target_lang: str
    zone: tzinfo
    system: str = "imported"
    reference: str = "reference"
    role: Role | None = None
    system_files: Mapping[str, Path] = field(default_factory=dict)
    reference_files: Mapping[str, Path] = field(default_factory=dict)
    docs: Path | None = None
    columns: str = ""
    languages_guessed: bool = False
    sheet: str = ""


class Format(Protocol):
    """A file format that can be imported."""

    name: str
    title: str
    suffixes: tuple[str, ...]

    def sniff(self, path: Path, head: bytes) -> bool:
        """Whether the path looks like this format; `head` is the beginning of the file, empty for a folder."""
        ...

    def read(self, path: Path, options: ReadOptions, *, name: str | None = None) -> Iterator[Item]:
        """Its rows or articles, and what it did not take, in file order; `name` is what messages call the file.

        Raises ReadError when the whole file is refused. A reader that can tell does so before its first item.
        """
        ...
