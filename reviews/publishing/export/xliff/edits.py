"""Changes to a file that is otherwise kept to the byte: collected first, then written in one pass."""

from __future__ import annotations

import codecs
import mmap
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reviews.importing.formats.inline import as_attribute, end_tag
from reviews.importing.formats.xml_stream import Element, Span

_DECLARED = re.compile(rb"<\?xml[^>]*?\sencoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_HEAD = 1024
_CHUNK = 1 << 20


def encoding_of(head: bytes) -> str:
    """The encoding of an XML file, as Python calls it: that of its byte order mark, else the one it names, or UTF-8."""
    if head.startswith((codecs.BOM_UTF16_LE, b"<\0")):
        return "utf-16-le"
    if head.startswith((codecs.BOM_UTF16_BE, b"\0<")):
        return "utf-16-be"
    declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    return declared[1].decode("ascii") if declared else "utf-8"


def span_of(element: Element) -> Span:
    """Where an element stands that was read with its place."""
    assert element.span is not None
    return element.span


@dataclass(slots=True)
class _Tag:
    """A start tag to be changed: its attributes (None takes one out), and what comes in where it had no content."""

    element: Element
    attributes: dict[str, str | None] = field(default_factory=dict)
    content: str | None = None


class Edits:
    """Changes to one file, by byte. Nothing is changed twice, but for the attributes of a tag."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        self.encoding = encoding_of(content[:_HEAD])
        self._replaced: list[tuple[int, int, str]] = []
        self._tags: dict[int, _Tag] = {}

    def add(self, other: Edits) -> None:
        """Take over the changes that were collected apart, of other places of the same file."""
        self._replaced += other._replaced
        self._tags |= other._tags

    def text(self, start: int, end: int) -> str:
        """What the file has from one byte to another."""
        return self._content[start:end].decode(self.encoding)

    def replace(self, start: int, end: int, text: str) -> None:
        """Put XML in the place of some bytes; of none, to put it between two."""
        self._replaced.append((start, end, text))

    def fill(self, element: Element, content: str) -> None:
        """Put XML in the place of all that an element holds."""
        span = span_of(element)
        if self.is_one_tag(element):
            self._tag(element).content = content
        else:
            self.replace(span.inside, span.until, content)

    def attribute(self, element: Element, name: str, value: str | None) -> None:
        self._tag(element).attributes[name] = value

    def is_one_tag(self, element: Element) -> bool:
        """Whether an element is written `<x/>`."""
        span = span_of(element)
        return span.inside == span.until and self.text(span.start, span.inside).endswith("/>")

    def _tag(self, element: Element) -> _Tag:
        return self._tags.setdefault(span_of(element).start, _Tag(element))

    def encoded(self, text: str) -> bytes:
        """XML in the encoding of the file; what that does not have is written as a reference."""
        return text.encode(self.encoding, "xmlcharrefreplace")

    def has_all(self, text: str) -> bool:
        """Whether the encoding of the file has every character of a text."""
        return text.encode(self.encoding, "ignore").decode(self.encoding) == text

    def written(self) -> Iterator[bytes]:
        """The whole file with its changes, piece by piece."""
        done = 0
        changes = [*self._replaced, *map(self._rewritten, self._tags.values())]
        for start, end, text in sorted(changes, key=lambda change: change[:2]):
            yield from self._kept(done, start)
            yield self.encoded(text)
            done = end
        yield from self._kept(done, len(self._content))

    def _kept(self, start: int, end: int) -> Iterator[bytes]:
        for at in range(start, end, _CHUNK):
            yield self._content[at : min(at + _CHUNK, end)]

    def _rewritten(self, tag: _Tag) -> tuple[int, int, str]:
        span = span_of(tag.element)
        written = with_attributes(self.text(span.start, span.inside), tag.attributes)
        if tag.content is not None:
            written = f"{written.removesuffix('/>').rstrip()}>{tag.content}{end_tag(tag.element)}"
        return span.start, span.inside, written


def with_attributes(tag: str, attributes: Mapping[str, str | None]) -> str:
    """A start tag with these attributes; None takes one out. All else of it stays as it is written."""
    for name, value in attributes.items():
        found = re.search(rf"\s+{re.escape(name)}\s*=\s*(\"[^\"]*\"|'[^']*')", tag)
        written = "" if value is None else f' {name}="{as_attribute(value)}"'
        if found is not None:
            tag = tag[: found.start()] + written + tag[found.end() :]
        elif written:
            end = len(tag.removesuffix(">").removesuffix("/").rstrip())
            tag = tag[:end] + written + tag[end:]
    return tag
