"""Inline markup of translation files: elements as codes beside the plain text, each with what a writer puts back."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from reviews.values import CodedText, CodePart, InlineCode

from .xml_stream import Element

#: What a mark in a typed text cannot hold, see `values.to_marked`.
_NO_MARK = re.compile(r"[⟦⟧/\s]+")
_LONGEST_CODE_ID = 60

#: White space that a tool put in to make the file pretty: a run that breaks the line.
PRETTY = re.compile(r"[ \t]*[\r\n][ \t\r\n]*")


@dataclass(frozen=True, slots=True)
class CodeRule:
    """How an element stands for codes.

    A `pair` holds text between two codes, `open` and `close` are elements of their own that belong together where
    their `key` attributes (the first that is there) are the same; what they and a `single` hold is code, not text.
    `ids` are the attributes that name the code, `family` keeps keys of different elements apart.
    """

    part: CodePart | str
    ids: tuple[str, ...] = ("id",)
    key: tuple[str, ...] = ()
    family: str = ""


#: How the elements of one format stand for codes, by name. Any other element is one code, with all it holds.
Dialect = Mapping[str, CodeRule]

_OTHER = CodeRule("single")


@dataclass(frozen=True, slots=True)
class InlineText:
    """A text with its codes, and the texts that stand inside codes: sub-flows, such as what a picture shows."""

    coded: CodedText
    subflows: tuple[str, ...] = ()


@dataclass(slots=True)
class _Code:
    """A code as it is met: `wanted` is the id the file gives it, `key` what an opening and a closing one share."""

    name: str
    kind: str
    part: str
    pos: int
    raw: str
    wanted: str
    key: tuple[str, str]
    can_delete: bool
    can_reorder: bool


def read_inline(element: Element, dialect: Dialect) -> InlineText:
    """What an element holds as text and codes."""
    pieces = [part for part in element.content if isinstance(part, str)]
    if len(pieces) == len(element.content):
        return InlineText(CodedText("".join(pieces)))
    reader = _Reader(dialect, element.namespace)
    reader.read(element)
    return InlineText(CodedText("".join(reader.text), tuple(_numbered(reader.codes))), tuple(reader.subflows))


def rule_of(element: Element, dialect: Dialect, namespace: str) -> CodeRule:
    """How an element within a text stands for codes; `namespace` is that of the text."""
    return dialect.get(element.name, _OTHER) if element.namespace == namespace else _OTHER


class _Reader:
    def __init__(self, dialect: Dialect, namespace: str) -> None:
        self.dialect = dialect
        self.namespace = namespace
        self.text: list[str] = []
        self.codes: list[_Code] = []
        self.subflows: list[str] = []
        self._length = 0
        self._pairs = 0

    def read(self, element: Element) -> None:
        for part in element.content:
            if isinstance(part, str):
                self.text.append(part)
                self._length += len(part)
            else:
                self._code(part)

    def _code(self, element: Element) -> None:
        rule = rule_of(element, self.dialect, self.namespace)
        if rule.part == "pair":
            self._pairs += 1
            key = str(self._pairs)
            self._add(element, rule, "open", start_tag(element), ("pair", key))
            self.read(element)
            self._add(element, rule, "close", end_tag(element), ("pair", key))
            return
        key = _first(element.attributes, rule.key)
        self._add(element, rule, rule.part, serialised(element), (rule.family, key))
        if any(isinstance(part, Element) for part in element.content):
            subflows = (part.text().strip() for part in element.elements() if part.name == "sub")
            self.subflows += [text for text in subflows if text]

    def _add(self, element: Element, rule: CodeRule, part: str, raw: str, key: tuple[str, str]) -> None:
        attributes = element.attributes
        self.codes.append(
            _Code(
                name=element.name,
                kind=_kind(element, rule),
                part=part,
                pos=self._length,
                raw=raw,
                wanted=_first(attributes, rule.ids),
                key=key,
                can_delete=attributes.get("canDelete") != "no",
                can_reorder=attributes.get("canReorder", "yes") == "yes",
            )
        )


def _kind(element: Element, rule: CodeRule) -> str:
    """What the code is to an editor: the type the standard has for it, else what it shows or holds, else its name."""
    said = _first(element.attributes, ("ctype", "type"))
    if not said or said.startswith("x-"):
        shows = _first(element.attributes, ("disp", "equiv-text"))
        said = shows or (element.text().strip() if rule.part != "pair" else "") or element.name
    return said[:_LONGEST_CODE_ID]


def _first(attributes: Mapping[str, str], names: Sequence[str]) -> str:
    """The first of these attributes that says something."""
    for name in names:
        if value := attributes.get(name):
            return value
    return ""


def _numbered(codes: Sequence[_Code]) -> Iterator[InlineCode]:
    """The codes with ids that no other code of the text has; a half whose other half is elsewhere is a single code.

    An id is the file's where it gives one, else the element's name and how many of these there were.
    """
    halves = _halves(codes)
    taken = {_fit(code.wanted) for code in codes if code.wanted}
    used: set[str] = set()
    ids: dict[int, str] = {}
    counts: dict[str, int] = {}
    for number, code in enumerate(codes):
        other = halves.get(number)
        if other is not None and other < number:
            ids[number] = ids[other]
        else:
            wanted = _fit(code.wanted)
            while not wanted or wanted in used:
                counts[code.name] = counts.get(code.name, 0) + 1
                fresh = f"{code.name}{counts[code.name]}"
                wanted = "" if fresh in taken else fresh
            used.add(wanted)
            ids[number] = wanted
        part: CodePart = "single" if other is None else "open" if other > number else "close"
        yield InlineCode(ids[number], code.kind, part, code.pos, code.raw, code.can_delete, code.can_reorder)


def _halves(codes: Sequence[_Code]) -> dict[int, int]:
    """Which opening code belongs to which closing one behind it, both ways, by index."""
    waiting: dict[tuple[str, str], int] = {}
    halves: dict[int, int] = {}
    for number, code in enumerate(codes):
        if code.part == "open":
            waiting.setdefault(code.key, number)
        elif code.part == "close" and code.key in waiting:
            other = waiting.pop(code.key)
            halves |= {number: other, other: number}
    return halves


def _fit(wanted: str) -> str:
    return (wanted if wanted.isalnum() else _NO_MARK.sub("_", wanted))[:_LONGEST_CODE_ID]


# --- markup as text ----------------------------------------------------------------------------


_SPECIAL = re.compile('[&<>"\n\r\t]')
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE = _IN_TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def _escaped(text: str, table: dict[int, str]) -> str:
    return text.translate(table) if _SPECIAL.search(text) else text


def as_text(text: str) -> str:
    """A text as XML writes it between tags."""
    return _escaped(text, _IN_TEXT)


def as_attribute(text: str) -> str:
    """A text as XML writes it between double quotes."""
    return _escaped(text, _IN_ATTRIBUTE)


def start_tag(element: Element, end: str = ">") -> str:
    attributes = [f' {name}="{as_attribute(value)}"' for name, value in element.attributes.items()]
    return f"<{element.tag}{''.join(attributes)}{end}"


def end_tag(element: Element) -> str:
    return f"</{element.tag}>"


def serialised(element: Element) -> str:
    """An element as XML again, its names, prefixes and attributes as the file had them."""
    if not element.content:
        return start_tag(element, "/>")
    parts = [as_text(part) if isinstance(part, str) else serialised(part) for part in element.content]
    return f"{start_tag(element)}{''.join(parts)}{end_tag(element)}"


# --- white space -------------------------------------------------------------------------------


def folded(coded: CodedText) -> CodedText:
    """The text without the line breaks and indents of a file made pretty: each is one blank, at either end none.

    Blanks within a line are the text's own.
    """
    if "\n" not in coded.text and "\r" not in coded.text:
        return coded
    runs = list(PRETTY.finditer(coded.text))
    length = len(coded.text)
    #: What goes of each run: all of it at either end, else what is behind its first character, which becomes the blank.
    begins = [run.start() + (run.start() > 0 and run.end() < length) for run in runs]
    ends = [run.end() for run in runs]
    out: list[str] = []
    done = 0
    for run, begin in zip(runs, begins, strict=True):
        out += [coded.text[done : run.start()], " " * (begin - run.start())]
        done = run.end()
    text = "".join([*out, coded.text[done:]])
    cut = list(accumulate((end - begin for begin, end in zip(begins, ends, strict=True)), initial=0))

    def moved(pos: int) -> int:
        at = bisect_left(begins, pos)
        return pos - cut[at] + (max(0, ends[at - 1] - pos) if at else 0)

    return CodedText(text, tuple(replace(code, pos=moved(code.pos)) for code in coded.codes))
