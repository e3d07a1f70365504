"""XLIFF of any version: its files as documents, the segments of its units as rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviews.values import Rejected, gettext_noop

from ..base import Item, Notice, ReadError, ReadOptions
from ..languages import same_language
from ..remarks import CODES_ALONE, SUBFLOWS, Remarks, UniqueIds
from ..rows import RowFields, RowMaker, target_fields
from ..text import shown
from ..xml_stream import Element, read_events, survey
from . import v1, v2
from .segment import Scope, Segment, UnitError, locator

_UNITS = {"1": v1.UNIT, "2": v2.UNIT}
_READ: dict[str, Callable[[Element, Scope], Iterator[Segment]]] = {"1": v1.read_unit, "2": v2.read_unit}

#: The version at the end of a namespace, for files that have no `version`.
_NAMESPACE = re.compile(r"urn:oasis:names:tc:xliff:document:(\d[\d.]*)\Z")

#: How much of `original` becomes part of a document's id.
_LONGEST_ORIGINAL = 100


class Xliff:
    """XLIFF 1.1, 1.2, 2.0 and 2.1, and SDLXLIFF.

    A file is one document called after its stem; where several `<file>` elements hold units each is one, called
    `stem:original`. A row is a segment: `mrk mtype="seg"` in XLIFF 1, `<segment>` in 2; its id is the unit's, and
    `unit:segment` where the unit has several. White space is the text's own under `xml:space="preserve"`; elsewhere a
    line break with the blanks around it is one blank, and at either end none.

    What is not to be translated, and what holds codes or white space alone, is no work and only counted. A blank
    translation is none. Refused is a `<file>` in other languages than asked for, and of SDLXLIFF and the others
    whatever is no XML.
    """

    name = "xliff"
    title = gettext_noop("XLIFF 1 or 2, SDLXLIFF")
    suffixes: tuple[str, ...] = (".xlf", ".xliff", ".sdlxliff", ".mqxliff", ".mxliff")

    def sniff(self, path: Path, head: bytes) -> bool:
        return path.suffix.lower() in self.suffixes or re.search(rb"<(\w+:)?xliff[\s>]", head) is not None

    def read(self, path: Path, options: ReadOptions, *, name: str | None = None) -> Iterator[Item]:
        file = name or str(path)
        outline = _outline(path, file)
        return _Reader(file, options, outline).read(path)


@dataclass(slots=True)
class _Outline:
    """What has to be known before the first unit: the version (1 or 2) and how many files hold units."""

    version: str = ""
    files: int = 0


def _outline(path: Path, file: str) -> _Outline:
    """Raises ReadError for what is no XLIFF of a version that is read."""
    root: dict[str, str] | None = None
    outline = _Outline()
    waiting = False

    def visit(tag: str, attributes: dict[str, str]) -> None:
        nonlocal root, waiting
        name = tag.rpartition(":")[2]
        if root is None:
            root = attributes
            if name != "xliff":
                raise ReadError(file, None, f"is no XLIFF: its first element is <{name}>.")
            outline.version = _version(attributes, file)
        elif name == "file":
            waiting = True
        elif name == _UNITS[outline.version] and (waiting or not outline.files):
            outline.files += 1
            waiting = False

    survey(path, file, visit)
    if not outline.files:
        raise ReadError(file, None, "holds no unit to translate.")
    return outline


def version_of(path: Path, file: str) -> str:
    """The version of a file, 1 or 2. Raises ReadError."""
    _, root = next(read_events(path, file, ()))
    return _version(root.attributes, file)


def _version(root: Mapping[str, str], file: str) -> str:
    version = root.get("version") or _version_of_namespace(root)
    if version[:1] not in _UNITS:
        raise ReadError(file, None, f"is XLIFF {version or 'of no version'}; 1.1, 1.2, 2.0 and 2.1 are read.")
    return version[:1]


def _version_of_namespace(attributes: Mapping[str, str]) -> str:
    found = (_NAMESPACE.match(value) for name, value in attributes.items() if name.startswith("xmlns"))
    return next((match[1] for match in found if match), "")


@dataclass(slots=True)
class _File:
    """The `<file>` that is being read: its place in the XLIFF, its document, its languages, its ids."""

    place: int
    document: str
    languages: tuple[str | None, str | None]
    ids: UniqueIds
    refused: bool = False
    units: int = -1


class _Reader:
    def __init__(self, file: str, options: ReadOptions, outline: _Outline) -> None:
        self.file = file
        self.options = options
        self.outline = outline
        self.maker = RowMaker(file, Path(file).stem, options, ids_are_unique=True)
        self.remarks = Remarks(file)
        self.documents = UniqueIds(self.remarks)
        self.scopes = [Scope()]
        self.root: Element | None = None
        self.current: _File | None = None
        self.files = 0

    def read(self, path: Path) -> Iterator[Item]:
        found = False
        for kind, element in read_events(path, self.file, (_UNITS[self.outline.version],)):
            if kind == "unit":
                found = True
                yield from self._unit(element)
            elif kind == "end":
                self.scopes.pop()
            else:
                self.scopes.append(self.scopes[-1].within(element.attributes))
                self.root = self.root or element
                if element.name == "file" and element.namespace == self.root.namespace:
                    yield from self._file(element)
        if not found:
            raise ReadError(self.file, None, "holds units in another namespace than its first element's alone.")
        yield from self.remarks.notices()

    # --- files

    def _file(self, element: Element) -> Iterator[Item]:
        assert self.root is not None
        if self.outline.version == "1":
            said = element.attributes.get("source-language"), element.attributes.get("target-language")
        else:
            said = self.root.attributes.get("srcLang"), self.root.attributes.get("trgLang")
        languages = said[0] or None, said[1] or None
        self.current = _File(self.files, self._document(element), languages, UniqueIds(self.remarks))
        self.files += 1
        wanted = self.options.source_lang, self.options.target_lang
        for side, language, project in zip(("source", "target"), languages, wanted, strict=True):
            if language is None:
                yield from self._unsaid(element.line, side, project)
            elif not self.options.languages_guessed and not same_language(language, project):
                reason = (
                    f"has the {side} language {shown(language)} where {shown(project)} is wanted. Import it into a "
                    "project of its languages, or correct the file if it is mistaken."
                )
                if self.outline.files == 1:
                    raise ReadError(self.file, element.line, reason)
                self.current.refused = True
                yield Rejected(self.file, element.line, reason, self.current.document)
                return

    def _unsaid(self, line: int, side: str, project: str) -> Iterator[Notice]:
        if self.options.languages_guessed:
            yield from self.maker.notice_once(line, f"names no {side} language. Say it with --{side}-lang.")
        else:
            yield from self.maker.notice_once(line, f"names no {side} language; it is read as {shown(project)}.")

    def _document(self, element: Element) -> str:
        stem = Path(self.file).stem
        if self.outline.files == 1:
            return stem
        original = element.attributes.get("original") or element.attributes.get("id") or str(self.files + 1)
        # A path of somebody's machine is nobody's business; one within an archive tells files apart.
        if "\\" in original or original.startswith(("/", "file:")):
            original = re.split(r"[/\\]", original.rstrip("/\\"))[-1]
        return self.documents.take(element.line, f"{stem}:{original[-_LONGEST_ORIGINAL:]}")[0]

    # --- units

    def _unit(self, unit: Element) -> Iterator[Item]:
        file = self.current
        if file is None:
            raise ReadError(self.file, unit.line, "has a unit outside of <file>, so of no language. Put it into one.")
        if file.refused:
            return
        file.units += 1
        try:
            segments = list(_READ[self.outline.version](unit, self.scopes[-1].within(unit.attributes)))
        except UnitError as error:
            yield Rejected(self.file, unit.line, str(error), file.document)
            return
        for segment in segments:
            yield from self._segment(unit, segment, file)

    def _segment(self, unit: Element, segment: Segment, file: _File) -> Iterator[Item]:
        if segment.source.is_blank:
            self.remarks.count(segment.line, CODES_ALONE)
            return
        if not segment.translate:
            self.remarks.count(segment.line, "not read, since they are marked not to be translated")
            return
        self._remark(segment, file)
        unit_id = unit.attributes.get("id", "")
        wanted = f"{unit_id}:{segment.id}" if segment.id else unit_id
        given_id, notices = file.ids.take(segment.line, wanted) if wanted else ("", [])
        yield from notices
        texts = (segment.source, *((segment.target,) if segment.target else ()))
        target = segment.target.coded if segment.target else None
        hypotheses, references = target_fields(self.options, target, {}, {})
        fields = RowFields(
            source=segment.source.coded,
            document=file.document,
            id=given_id or None,
            hypotheses=hypotheses,
            references=references,
            state=segment.state,
            notes=(*segment.notes, *(f"text within a code: {sub}" for text in texts for sub in text.subflows)),
            locator=locator(file.place, file.units, segment.place),
            languages=file.languages,
        )
        yield from self.maker.make(segment.line, fields)

    def _remark(self, segment: Segment, file: _File) -> None:
        for remark in segment.remarks:
            self.remarks.count(segment.line, remark)
        for side, text, language in zip(
            ("source", "target"), (segment.source, segment.target), file.languages, strict=True
        ):
            if text is None:
                continue
            if text.language and language and not same_language(text.language, language):
                said = (
                    f"read as {shown(language)}, as the file says, though the {side} itself says {shown(text.language)}"
                )
                self.remarks.count(segment.line, said)
            if text.subflows:
                self.remarks.count(segment.line, SUBFLOWS)
