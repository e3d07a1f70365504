"""TMX: a translation memory, one segment a unit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviews.values import CodedText, gettext_noop

from .base import Item, ReadError, ReadOptions
from .inline import CodeRule, Dialect, read_inline
from .languages import same_language, same_tag
from .remarks import CODES_ALONE, SUBFLOWS, Remarks, UniqueIds
from .rows import Given, RowFields, RowMaker
from .text import shown
from .xml_stream import Element, read_events, survey

#: `x` is what codes of source and target have in common, `i` what the two halves of one code have.
INLINE: Dialect = {
    "bpt": CodeRule("open", ids=("x", "i"), key=("i",)),
    "ept": CodeRule("close", ids=("x", "i"), key=("i",)),
    "hi": CodeRule("pair", ids=("x",)),
    "it": CodeRule("single", ids=("x",)),
    "ph": CodeRule("single", ids=("x",)),
    "ut": CodeRule("single", ids=("x",)),
}

#: So many different languages are told apart; a file of more is no memory.
_MOST_TAGS = 1_000

#: What `srclang` says where any language may be the source.
_ANY = "*all*"


class Tmx:
    """TMX 1.1 to 1.4; the whole file is one document, called after the file's stem.

    A unit is read where it has a text in both languages, in whatever order they stand. A language takes its regions,
    in upper or lower case, with `-` or `_`. Of several texts in one language the one with exactly the tag that was
    asked for is read, else the first; further translations come as texts of `<system> <tag>`, further sources as
    notes, and both are said. A unit's own source language counts for nothing but a remark: a memory serves both ways.

    What stands in `bpt`, `ept`, `ph`, `it` and `ut` is code and no text; texts within it (`sub`) are notes. Languages
    that nobody asked for and the file does not have are replaced by the file's: its `srclang` and the first other.
    """

    name = "tmx"
    title = gettext_noop("TMX (translation memory)")
    suffixes: tuple[str, ...] = (".tmx",)

    def sniff(self, path: Path, head: bytes) -> bool:
        return path.suffix.lower() in self.suffixes or b"<tmx" in head

    def read(self, path: Path, options: ReadOptions, *, name: str | None = None) -> Iterator[Item]:
        file = name or str(path)
        languages = _languages(path, file, options)
        return _Reader(file, options, languages).read(path)


def _languages(path: Path, file: str, options: ReadOptions) -> tuple[str, str]:
    """The languages to read. Raises ReadError when the file does not have them, or is no TMX."""
    tags: dict[str, None] = {}
    roots: list[str] = []
    source = ""

    def visit(tag: str, attributes: dict[str, str]) -> None:
        nonlocal source
        if not roots:
            roots.append(tag.rpartition(":")[2])
        if tag.endswith("tuv") and len(tags) < _MOST_TAGS:
            tags.setdefault(_tag(attributes))
        elif tag.endswith("header"):
            source = attributes.get("srclang", "")

    survey(path, file, visit)
    if roots != ["tmx"]:
        raise ReadError(file, None, f"is no TMX: its first element is <{roots[0]}>.")
    wanted = options.source_lang, options.target_lang
    missing = [code for code in wanted if not any(same_language(tag, code) for tag in tags)]
    if not missing:
        return wanted
    if options.languages_guessed and len(tags) > 1:
        first = next((tag for tag in tags if same_language(tag, source)), next(iter(tags)))
        other = next((tag for tag in tags if not same_language(tag, first)), None)
        if other is not None:
            return first, other
    there = ", ".join(shown(tag) for tag in list(tags)[:20]) or "none"
    reason = f"has no text in {' or '.join(map(shown, missing))}. Its languages: {there}."
    raise ReadError(file, None, f"{reason} Choose a project, or languages, that it has.")


def _tag(attributes: Mapping[str, str]) -> str:
    """The language of a variant; TMX 1.1 wrote the attribute without a prefix."""
    return attributes.get("xml:lang") or attributes.get("lang") or ""


@dataclass(frozen=True, slots=True)
class _Variant:
    """One language's text of a unit."""

    language: str
    coded: CodedText
    subflows: tuple[str, ...]

    @property
    def note(self) -> str:
        return f"{self.language}: {self.coded.text}"


class _Reader:
    def __init__(self, file: str, options: ReadOptions, languages: tuple[str, str]) -> None:
        self.file = file
        self.options = options
        self.source, self.target = languages
        self.maker = RowMaker(file, Path(file).stem, options, ids_are_unique=True)
        self.remarks = Remarks(file)
        self.ids = UniqueIds(self.remarks)
        self.srclang = ""

    def read(self, path: Path) -> Iterator[Item]:
        position = -1
        for kind, element in read_events(path, self.file, ("tu",)):
            if kind == "start" and element.name == "header":
                self.srclang = element.attributes.get("srclang", "")
            elif kind == "unit":
                position += 1
                yield from self._unit(element, f"tu/{position}")
        if position < 0:
            raise ReadError(self.file, None, "holds no <tu>. Is this a translation memory?")
        yield from self.remarks.notices()

    def _unit(self, unit: Element, locator: str) -> Iterator[Item]:
        variants = [variant for tuv in unit.children("tuv") if (variant := _variant(tuv)) is not None]
        sources = _in(self.source, variants)
        targets = [variant for variant in _in(self.target, variants) if variant.coded.text.strip()]
        missing = [code for code, found in ((self.source, sources), (self.target, targets)) if not found]
        if self.options.role == "source" and sources:
            missing = []
        if missing:
            self.remarks.count(unit.line, f"not read, since they have no text in {' or '.join(map(shown, missing))}")
            return
        if not sources[0].coded.text.strip():
            self.remarks.count(unit.line, CODES_ALONE)
            return
        self._remark(unit, sources, targets)
        given_id, notices = self.ids.take(unit.line, tuid) if (tuid := unit.attributes.get("tuid")) else ("", [])
        yield from notices
        yield from self._row(unit, given_id, sources, targets, locator)

    def _row(
        self, unit: Element, given_id: str, sources: Sequence[_Variant], targets: Sequence[_Variant], locator: str
    ) -> Iterator[Item]:
        source, further = sources[0], sources[1:]
        subflows = [text for variant in (source, *targets[:1]) for text in variant.subflows]
        as_reference = self.options.role == "reference"
        name = self.options.reference if as_reference else self.options.system
        texts: dict[str, Given] = {}
        for number, target in enumerate(targets, 1):
            label = name if number == 1 else f"{name} {target.language}"
            texts[f"{label} {number}" if label in texts else label] = target.coded
        fields = RowFields(
            source=source.coded,
            id=given_id or None,
            hypotheses={} if as_reference else texts,
            references=texts if as_reference else {},
            notes=(
                *(note for element in unit.children("note") if (note := element.text().strip())),
                *(variant.note for variant in further),
                *(f"text within a code: {text}" for text in subflows),
            ),
            locator=locator,
            languages=(source.language, targets[0].language if targets else None),
        )
        yield from self.maker.make(unit.line, fields)

    def _remark(self, unit: Element, sources: Sequence[_Variant], targets: Sequence[_Variant]) -> None:
        """Say what is read in one way of several."""
        for code, found in ((self.source, sources), (self.target, targets)):
            if len(found) > 1:
                chosen = "the one with exactly this tag is read, else the first, and the others are kept beside it"
                self.remarks.count(
                    unit.line, f"read in one way of several, since there are several texts in {shown(code)}: {chosen}"
                )
        written = unit.attributes.get("srclang", self.srclang)
        if written and written != _ANY and not same_language(written, self.source):
            message = f"read the other way round, from {shown(self.source)}, though written in {shown(written)}"
            self.remarks.count(unit.line, message)
        if any(variant.subflows for variant in (sources[0], *targets[:1])):
            self.remarks.count(unit.line, SUBFLOWS)


def _variant(tuv: Element) -> _Variant | None:
    seg = tuv.child("seg")
    if seg is None:
        return None
    text = read_inline(seg, INLINE)
    return _Variant(_tag(tuv.attributes), text.coded, text.subflows)


def _in(language: str, variants: Sequence[_Variant]) -> list[_Variant]:
    """The texts in a language, that with exactly its tag first, each wording once."""
    found = [variant for variant in variants if same_language(variant.language, language)]
    if len(found) < 2:
        return found
    found.sort(key=lambda variant: not same_tag(variant.language, language))
    wordings: dict[CodedText, _Variant] = {}
    for variant in found:
        wordings.setdefault(variant.coded, variant)
    return list(wordings.values())
