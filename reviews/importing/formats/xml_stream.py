"""XML of any size, read as a stream and trusted with nothing: what every XML format of translation tools is read by.

The parser is expat, since it reads names as the file wrote them, prefixes included, and so what a writer has to put
back; lxml also refuses files of real tools over the address of a namespace they never use.

Nothing is fetched or expanded. A DOCTYPE may name a DTD, which is passed over; one that declares entities refuses the
file, as does any entity XML itself does not know. Depth, attributes, and the length of one tag and of one unit are
limited, so that memory grows with none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal
from xml.parsers import expat

from .base import ReadError
from .text import opened, shown

#: Longest tag, comment or declaration, in bytes of the file.
LONGEST_TAG = 2_000_000
#: Most characters and elements of one unit.
LONGEST_UNIT = 500_000
MOST_ELEMENTS = 5_000
DEEPEST = 200
MOST_ATTRIBUTES = 200

_CHUNK = 1 << 16

_REMEDY = "Export it again from the tool it comes from."

_XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(slots=True, eq=False)
class Span:
    """Where an element stands in its file, in bytes: its start tag is [start, inside), its end tag [until, end).

    Of an element that is one tag (`<x/>`) `inside`, `until` and `end` are the same.
    """

    start: int
    inside: int = -1
    until: int = -1
    end: int = -1


@dataclass(slots=True, eq=False)
class Element:
    """One element: `tag` and attributes as the file wrote them, its name without prefix, what its prefix stands for.

    `content` is in order; text may come in several pieces. `span` is there for whoever asked for it.
    """

    tag: str
    name: str
    namespace: str
    attributes: Mapping[str, str]
    line: int
    content: list[Element | str] = field(default_factory=list)
    span: Span | None = None

    def children(self, name: str) -> Iterator[Element]:
        """Its children of that name in its own namespace."""
        for part in self.content:
            if isinstance(part, Element) and part.name == name and part.namespace == self.namespace:
                yield part

    def child(self, name: str) -> Element | None:
        return next(self.children(name), None)

    def elements(self) -> Iterator[Element]:
        """Everything within it, in the order of the file."""
        for part in self.content:
            if isinstance(part, Element):
                yield part
                yield from part.elements()

    def text(self) -> str:
        """All text within it, markup left out."""
        return "".join(part if isinstance(part, str) else part.text() for part in self.content)


#: An element outside all units begins (without content) or ends; a unit is whole.
Event = tuple[Literal["start", "end", "unit"], Element]


def survey(path: Path, file: str, visit: Callable[[str, dict[str, str]], None] | None = None) -> None:
    """Read a file to its end, so that one that is no XML gives nothing; `visit` gets each tag with its attributes.

    Raises ReadError with the line for what is no XML or not allowed.
    """
    with opened(path, file) as stream:
        survey_stream(stream, file, visit)


def survey_stream(stream: IO[bytes], file: str, visit: Callable[[str, dict[str, str]], None] | None = None) -> None:
    """The same for a file that is open already, such as a part of an archive."""
    parser = _hardened(file)
    if visit is not None:
        parser.StartElementHandler = visit
    for _ in _fed(parser, stream, file):
        pass


def read_events(path: Path, file: str, units: Collection[str], *, spans: bool = False) -> Iterator[Event]:
    """The file as events; elements called as in `units`, in the namespace of the root, come whole.

    With `spans` every element says where it stands: all within a unit that is whole, else what has been passed. Raises
    ReadError with the line for what is no XML or not allowed.
    """
    parser = _hardened(file)
    builder = _PlacingBuilder(parser, file, units) if spans else _Builder(parser, file, units)
    with opened(path, file) as stream:
        for _ in _fed(parser, stream, file):
            yield from builder.events
            builder.events.clear()


# --- the parser --------------------------------------------------------------------------------


def _hardened(file: str) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.specified_attributes = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def declared(name: str, *_: object) -> None:
        reason = f"declares the entity {shown(name)}: a translation file needs none, and they are how files do harm."
        raise ReadError(file, parser.CurrentLineNumber, f"{reason} Take the declaration out, or {_REMEDY.lower()}")

    def unknown(name: str, is_parameter: bool) -> None:
        if not is_parameter:
            reason = f"holds the entity &{name}; which it does not declare. Write the character itself."
            raise ReadError(file, parser.CurrentLineNumber, reason)

    parser.EntityDeclHandler = declared
    parser.SkippedEntityHandler = unknown
    return parser


def _fed(parser: expat.XMLParserType, stream: IO[bytes], file: str) -> Iterator[None]:
    """Feed the file to the parser; yields after each piece. Raises ReadError."""
    fed = 0
    while True:
        chunk = stream.read(_CHUNK)
        try:
            parser.Parse(chunk, not chunk)
        except expat.ExpatError as error:
            raise ReadError(file, error.lineno, _in_words(error)) from None
        except (ValueError, LookupError) as error:
            # What Python says of encodings that it has and expat cannot use.
            raise ReadError(file, 1, f"is in an encoding that is not read: {error}. Save it as UTF-8.") from None
        yield
        if not chunk:
            return
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > LONGEST_TAG:
            reason = f"holds a tag or comment of more than {LONGEST_TAG:,} bytes. Is this a translation file?"
            raise ReadError(file, parser.CurrentLineNumber, reason)


def _in_words(error: expat.ExpatError) -> str:
    said = expat.errors.messages.get(error.code, str(error))
    place = f"{said}, at character {error.offset + 1}"
    ends = expat.errors.XML_ERROR_NO_ELEMENTS, expat.errors.XML_ERROR_UNCLOSED_TOKEN
    if said in (*ends, expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION):
        return f"ends too early: elements that were opened are not closed ({place}). Fetch it again, it is cut off."
    if said == expat.errors.XML_ERROR_INVALID_TOKEN:
        reason = "a stray < or &, a control character, or a byte that is not in the encoding the file names"
        return f"is no XML here: {reason} ({place}). {_REMEDY}"
    if said == expat.errors.XML_ERROR_UNKNOWN_ENCODING:
        return f"names an encoding that is not known ({place}). Save it as UTF-8."
    return f"is no XML here: {place}. {_REMEDY}"


class _Scope:
    """What prefixes stand for in one part of a file; what a tag is called there is looked up once."""

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self._namespaces = namespaces
        self._names: dict[str, tuple[str, str]] = {}

    def within(self, attributes: Mapping[str, str]) -> _Scope:
        """The scope of an element that declares prefixes."""
        declared = {key[6:]: value for key, value in attributes.items() if key == "xmlns" or key.startswith("xmlns:")}
        return _Scope({**self._namespaces, **declared})

    def named(self, tag: str) -> tuple[str, str]:
        """The name of a tag without its prefix, and what that stands for."""
        found = self._names.get(tag)
        if found is None:
            prefix, _, name = tag.rpartition(":")
            found = self._names[tag] = name, self._namespaces.get(prefix, "")
        return found


class _Builder:
    """Makes events of what the parser says. Raises ReadError for what is too deep, too long or too much."""

    def __init__(self, parser: expat.XMLParserType, file: str, units: Collection[str]) -> None:
        self.events: list[Event] = []
        self._parser = parser
        self._file = file
        self._units = units
        self._open: list[Element] = []
        self._scopes = [_Scope({"xml": _XML})]
        self._unit: Element | None = None
        self._elements = 0
        self._characters = 0
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            self._refuse(f"nests more than {DEEPEST} elements")
        if len(attributes) > MOST_ATTRIBUTES:
            self._refuse(f"has an element of more than {MOST_ATTRIBUTES} attributes")
        scope = self._scopes[-1]
        for key in attributes:
            if key.startswith("xmlns"):
                scope = scope.within(attributes)
                break
        self._scopes.append(scope)
        name, namespace = scope.named(tag)
        element = Element(tag, name, namespace, attributes, self._parser.CurrentLineNumber)
        if self._unit is not None:
            self._elements += 1
            if self._elements > MOST_ELEMENTS:
                self._refuse(f"has a unit of more than {MOST_ELEMENTS:,} elements")
            self._open[-1].content.append(element)
        elif name in self._units and self._open and element.namespace == self._open[0].namespace:
            self._unit, self._elements, self._characters = element, 0, 0
        else:
            self.events.append(("start", element))
        self._open.append(element)

    def _end(self, _tag: str) -> None:
        element = self._open.pop()
        self._scopes.pop()
        if self._unit is None:
            self.events.append(("end", element))
        elif element is self._unit:
            self._unit = None
            self.events.append(("unit", element))

    def _text(self, text: str) -> None:
        if self._unit is not None:
            self._characters += len(text)
            if self._characters > LONGEST_UNIT:
                self._refuse(f"has a unit of more than {LONGEST_UNIT:,} characters")
            self._open[-1].content.append(text)

    def _refuse(self, reason: str) -> None:
        raise ReadError(self._file, self._parser.CurrentLineNumber, f"{reason}. Is this a translation file?")


class _PlacingBuilder(_Builder):
    """A builder whose elements say where they stand. A tag ends where the next thing begins, whatever that is."""

    def __init__(self, parser: expat.XMLParserType, file: str, units: Collection[str]) -> None:
        super().__init__(parser, file, units)
        self._begun: Span | None = None
        self._ended: list[Span] = []
        # A text that is held back would be said to begin where it ends.
        parser.buffer_text = False
        parser.DefaultHandlerExpand = lambda _: self._pass()

    def _pass(self) -> int:
        """Note where the tags before this place ended; the place."""
        at = self._parser.CurrentByteIndex
        if self._begun is not None:
            self._begun.inside, self._begun = at, None
        for span in self._ended:
            span.end = at
        self._ended.clear()
        return at

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        at = self._pass()
        super()._start(tag, attributes)
        self._open[-1].span = self._begun = Span(at)

    def _end(self, tag: str) -> None:
        at = self._pass()
        span = self._open[-1].span
        assert span is not None
        span.until = at
        self._ended.append(span)
        super()._end(tag)

    def _text(self, text: str) -> None:
        self._pass()
        super()._text(text)
