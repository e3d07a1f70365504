"""The file an article came from, with its translations replaced and every other byte as it was.

The file is read once for the places of what changed, then copied. A translation is changed from its first character
that differs to its last; one that is the same is not touched.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.inline import Dialect
from reviews.importing.formats.xliff import v1, v2
from reviews.importing.formats.xliff.reader import version_of
from reviews.importing.formats.xliff.segment import Scope, Segment, UnitError, locator
from reviews.importing.formats.xml_stream import Element, read_events
from reviews.values import normalise

from ..article import Article, ExportError, KeptFile
from . import targets_1, targets_2
from .change import Change, compared
from .edits import Edits
from .splice import Markup
from .wanted import Wanted, wanted_of


@dataclass(frozen=True, slots=True)
class _Version:
    """What differs between versions: reading a unit, its codes, writing it, and where a file names its language."""

    read: Callable[[Element, Scope], Iterator[Segment]]
    inline: Dialect
    write: Callable[[Edits, Element, Scope, Sequence[Change], Markup], bool]
    language_in: str
    language: str


_VERSIONS = {
    v1.UNIT: _Version(v1.read_unit, v1.INLINE, targets_1.write_unit, "file", "target-language"),
    v2.UNIT: _Version(v2.read_unit, v2.INLINE, targets_2.write_unit, "xliff", "trgLang"),
}


class BackIntoFile:
    """One kept file that articles are written back into, one after another."""

    def __init__(self, file: KeptFile) -> None:
        self.file = file
        with file.path.open("rb") as stream:
            self._content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._edits = Edits(self._content)
        self._walk = _units(file)

    def take(self, article: Article) -> None:
        """Note what the article changes. Raises ExportError, and then nothing of the article is in the file."""
        edits = Edits(self._content)
        wanted = dict(wanted_of(article))
        try:
            for unit in self._once_around():
                _write(edits, unit, wanted, article.target_lang)
                if not wanted:
                    break
        except ReadError as error:
            raise ExportError(str(error)) from error
        if wanted:
            raise self._moved(next(iter(wanted.values())))
        self._edits.add(edits)

    def written(self) -> Iterator[bytes]:
        """The whole file, piece by piece."""
        return self._edits.written()

    def _once_around(self) -> Iterator[_Unit]:
        """Every unit, from where the last article ended: articles in the order of the file need one pass for all."""
        for unit in self._walk:
            yield unit
        self._walk = _units(self.file)
        for unit in self._walk:
            yield unit

    def _moved(self, wanted: Wanted) -> ExportError:
        return ExportError(
            f"{self.file.name} does not hold the text of segment {wanted.id} where it was read. Import the file again: "
            "it is then read anew."
        )


def is_version_2(file: KeptFile) -> bool:
    """Whether a file that was read as XLIFF is one of version 2."""
    try:
        return version_of(file.path, file.name) == "2"
    except ReadError as error:
        raise ExportError(str(error)) from error


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit with what is around it, and its place in the file."""

    element: Element
    scope: Scope
    around: dict[str, Element]
    place: tuple[int, int]


def _units(file: KeptFile) -> Iterator[_Unit]:
    """The units of a file in its order, counted as the reader counts them."""
    scopes = [Scope()]
    around: dict[str, Element] = {}
    files, units = -1, -1
    for kind, element in read_events(file.path, file.name, tuple(_VERSIONS), spans=True):
        if kind == "unit":
            units += 1
            yield _Unit(element, scopes[-1].within(element.attributes), around, (files, units))
        elif kind == "end":
            scopes.pop()
        else:
            scopes.append(scopes[-1].within(element.attributes))
            root = around.setdefault("xliff", element)
            if element.name == "file" and element.namespace == root.namespace:
                around["file"] = element
                files, units = files + 1, -1


def _write(edits: Edits, unit: _Unit, wanted: dict[str, Wanted], language: str) -> None:
    """Change a unit, and take out of `wanted` what was wanted of it."""
    version = _VERSIONS[unit.element.name]
    try:
        segments = list(version.read(unit.element, unit.scope))
    except UnitError:
        return  # not read either when the file was imported
    changes = []
    for segment in segments:
        place = locator(*unit.place, segment.place)
        if place in wanted and _same_bar_space(wanted[place].source.text, segment.source.coded.text):
            changes.append(compared(segment, wanted.pop(place)))
    new = [change for change in changes if change.is_new]
    markup = Markup()
    for element in (element for segment in segments for element in (segment.source_in, segment.target_in)):
        if new and element is not None:
            markup.learn(edits, element, version.inline)
    for change in new:
        _check(change, markup)
    if changes and version.write(edits, unit.element, unit.scope, changes, markup):
        around = unit.around[version.language_in]
        if not around.attributes.get(version.language):
            edits.attribute(around, version.language, language)


def _check(change: Change, markup: Markup) -> None:
    try:
        markup.check(change.content)
    except ExportError as error:
        raise ExportError(f"The translation of segment {change.wanted.id} {error}") from None


def _same_bar_space(one: str, other: str) -> bool:
    """Whether two texts are the same but for white space, which splitting into sentences does not keep."""
    return one == other or _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return "".join(normalise(text).split())
