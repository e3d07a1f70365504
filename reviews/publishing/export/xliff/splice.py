"""A text put into an element that holds an older one: what is the same in both stays as the file wrote it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from reviews.importing.formats.inline import (
    PRETTY,
    Dialect,
    as_text,
    end_tag,
    rule_of,
    serialised,
    start_tag,
)
from reviews.importing.formats.text import illegal_character
from reviews.importing.formats.xml_stream import Element
from reviews.values import SOFT_HYPHEN, CodedText

from ..article import ExportError
from .edits import Edits, span_of

#: One character of a text, or the markup of a code behind a mark that no text can hold.
Item = str
_CODE = "\0"

KEEP_SPACE = ("xml:space", "preserve")

#: What stands between two tags: what is no text, references, line ends, characters.
_TOKEN = re.compile(r"<!\[CDATA\[|<!--.*?-->|<\?.*?\?>|&[^;]+;|\r\n?|.", re.DOTALL)
_IN_CDATA = re.compile(r"\]\]>|\r\n?|.", re.DOTALL)
_CDATA, _END = "<![CDATA[", "]]>"
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'"}


class _Atom(NamedTuple):
    """A stretch of the file that stays or goes as a whole, in bytes, and what a reader has of it: often nothing.

    `section` tells CDATA sections apart.
    """

    start: int
    end: int
    items: tuple[Item, ...]
    section: int | None = None


def items_of(content: CodedText) -> list[Item]:
    """Characters and codes in one row."""
    items: list[Item] = []
    done = 0
    for code in content.codes:
        items += content.text[done : code.pos]
        done = code.pos
        items.append(_CODE + code.raw)
    return items + list(content.text[done:])


def breaks_lines(content: CodedText) -> bool:
    """Whether a text has line breaks, which only stay where white space is said to count."""
    return PRETTY.search(content.text) is not None


class Markup:
    """The codes that may stand in a translation: those of its unit, each as the file wrote it."""

    def __init__(self) -> None:
        self._written: dict[str, str] = {}

    def learn(self, edits: Edits, element: Element, dialect: Dialect) -> None:
        """Take up the codes that stand in an element."""
        for atom in _read(edits, element, dialect, element.namespace, lambda *_: ()):
            if len(atom.items) == 1:
                self._written.setdefault(atom.items[0], edits.text(atom.start, atom.end))
            for code in atom.items:
                self._written.setdefault(code, code.removeprefix(_CODE))

    def written(self, items: Sequence[Item]) -> str:
        """Characters and codes as XML."""
        return "".join(self._written[item] if item.startswith(_CODE) else as_text(item) for item in items)

    def check(self, content: CodedText) -> None:
        """Raise ExportError where a text cannot be written: a code of elsewhere, or one across the end of another."""
        if found := illegal_character(content.text):
            raise ExportError(f"holds {found}, which XML cannot hold. Take it out.")
        inside: list[str] = []
        for code in content.codes:
            if _CODE + code.raw not in self._written:
                raise ExportError(f"holds the code ⟦{code.id}⟧, which the file does not have there. Take it out.")
            if code.raw.startswith("</"):
                if not inside or inside.pop() != code.id:
                    raise ExportError(
                        f"ends the code ⟦{code.id}⟧ where another one is still open, and in the file one has to be "
                        "within the other. Move one of its marks."
                    )
            elif is_start_tag(code.raw):
                inside.append(code.id)
        if inside:
            raise ExportError(f"does not end the code ⟦{inside[-1]}⟧. Put ⟦/{inside[-1]}⟧ where it ends.")


def is_start_tag(raw: str) -> bool:
    """Whether the markup of a code is half of an element: no text within it is written with a `>`."""
    return raw.startswith("<") and raw.index(">") == len(raw) - 1 and not raw.endswith("/>")


def put(
    edits: Edits, element: Element, content: CodedText, *, dialect: Dialect, markup: Markup, preserve: bool
) -> None:
    """Let an element hold this text. Between what stays at its beginning and at its end, the rest is replaced.

    `preserve` is false where line breaks are the file's, as the reader takes them; a text that has its own then says
    that they are.
    """
    if not preserve and breaks_lines(content):
        edits.attribute(element, *KEEP_SPACE)
        edits.fill(element, markup.written(items_of(content)))
        return
    if edits.is_one_tag(element):
        if content.text or content.codes:
            edits.fill(element, markup.written(items_of(content)))
        return
    raw = _atoms(edits, element, dialect)
    new = items_of(content)
    span = span_of(element)
    stays = _what_stays(edits, raw, new, preserve=preserve)
    if stays is None:
        edits.fill(element, markup.written(new))
    else:
        start = raw[stays.head - 1].end if stays.head else span.inside
        end = raw[stays.tail].start if stays.tail < len(raw) else span.until
        middle = new[stays.first : stays.last]
        edits.replace(start, end, "".join(middle) if stays.verbatim else markup.written(middle))


@dataclass(frozen=True, slots=True)
class _Stays:
    """What of a text stays: the atoms before `head` and from `tail` on, which are the items before `first` and from
    `last` on. `verbatim` says that what comes between is in a CDATA section, where nothing is escaped."""

    head: int
    tail: int
    first: int
    last: int
    verbatim: bool


def _what_stays(edits: Edits, raw: Sequence[_Atom], new: Sequence[Item], *, preserve: bool) -> _Stays | None:
    """The most that can stay so that a reader reads the new text; None where all has to be written anew.

    What a reader does not see, such as indents and comments, stays where something beside it does; but white space that
    stays may swallow a blank of the new text, and then it goes.
    """
    read = _as_read(raw, preserve=preserve)
    if not unicodedata.is_normalized("NFC", _plain(read)):
        return None  # a letter and its accent are one character of the text and two of the file
    for greedy in (True, False):
        head = _same(read, new, greedy=greedy)
        rest = _same(read[head:][::-1], new[_length(read[:head]) :][::-1], greedy=greedy)
        stays = _whole_sections(edits, read, new, head, len(read) - rest)
        between = _Atom(0, 0, tuple(new[stays.first : stays.last]))
        made = _as_read([*raw[: stays.head], between, *raw[stays.tail :]], preserve=preserve)
        if [item for atom in made for item in atom.items] == new:
            return stays
    return None


def _same(atoms: Sequence[_Atom], new: Sequence[Item], *, greedy: bool) -> int:
    """How many atoms from the beginning are the beginning of the new text; `greedy` takes what nobody sees as well."""
    same = done = 0
    for number, atom in enumerate(atoms, 1):
        items = atom.items
        if tuple(new[done : done + len(items)]) != items:
            break
        done += len(items)
        if items or greedy or not done:
            same = number
    return same


def _length(atoms: Sequence[_Atom]) -> int:
    return sum(len(atom.items) for atom in atoms)


def _whole_sections(edits: Edits, read: Sequence[_Atom], new: Sequence[Item], head: int, tail: int) -> _Stays:
    """The same with no CDATA section cut, unless what is new can stand in it as it is."""

    def cuts(at: int) -> bool:
        return 0 < at < len(read) and read[at].section is not None and read[at - 1].section == read[at].section

    def stays(*, verbatim: bool) -> _Stays:
        return _Stays(head, tail, _length(read[:head]), len(new) - _length(read[tail:]), verbatim)

    within = cuts(head) and cuts(tail) and read[head - 1].section == read[tail].section
    found = stays(verbatim=within)
    middle = "".join(new[found.first : found.last])
    if within and not set(middle) & {_CODE, "]", ">", "\r"} and edits.has_all(middle):
        return found
    while cuts(head):
        head -= 1
    while cuts(tail):
        tail += 1
    return stays(verbatim=False)


# --- what an element holds -----------------------------------------------------------------------


def _atoms(edits: Edits, element: Element, dialect: Dialect) -> list[_Atom]:
    return list(_read(edits, element, dialect, element.namespace, partial(_text, edits)))


def _read(
    edits: Edits, element: Element, dialect: Dialect, namespace: str, text: Callable[[int, int], Iterable[_Atom]]
) -> Iterator[_Atom]:
    """The codes in an element, with what `text` gives for what stands between them."""
    span = span_of(element)
    done = span.inside
    for part in element.content:
        if isinstance(part, str):
            continue
        code = span_of(part)
        yield from text(done, code.start)
        if rule_of(part, dialect, namespace).part != "pair":
            yield _Atom(code.start, code.end, (_CODE + serialised(part),))
        elif edits.is_one_tag(part):
            yield _Atom(code.start, code.end, (_CODE + start_tag(part), _CODE + end_tag(part)))
        else:
            yield _Atom(code.start, code.inside, (_CODE + start_tag(part),))
            yield from _read(edits, part, dialect, namespace, text)
            yield _Atom(code.until, code.end, (_CODE + end_tag(part),))
        done = code.end
    yield from text(done, span.until)


def _text(edits: Edits, start: int, end: int) -> Iterator[_Atom]:
    """Text between two tags: characters, references and what is no text."""
    content = edits.text(start, end)
    section: int | None = None
    at = 0
    while at < len(content):
        found = (_TOKEN if section is None else _IN_CDATA).match(content, at)
        assert found is not None
        token = found[0]
        length = len(edits.encoded(token))
        if token == _CDATA:
            section = start
        yield _Atom(start, start + length, tuple(_read_as(token)), section)
        if token == _END:
            section = None
        start, at = start + length, found.end()


def _read_as(token: str) -> str:
    """What a reader has of a piece of XML between tags."""
    if token.startswith("\r"):
        return "\n"
    if len(token) == 1:
        return token
    return _referred(token[1:-1]) if token.startswith("&") else ""


def _referred(name: str) -> str:
    if name.startswith("#x"):
        return chr(int(name[2:], 16))
    return chr(int(name[1:])) if name.startswith("#") else _NAMED[name]


def _as_read(atoms: Sequence[_Atom], *, preserve: bool) -> list[_Atom]:
    """The atoms with what a reader makes of them: without soft hyphens, and without the file's own line breaks."""
    shown = _unfolded(_plain(atoms)) if preserve else _folded(_plain(atoms))
    at = iter(shown)

    def read(item: Item) -> Item:
        return item if item.startswith(_CODE) else next(at)

    return [_Atom(start, end, tuple(filter(None, map(read, items))), section) for start, end, items, section in atoms]


def _plain(atoms: Sequence[_Atom]) -> str:
    return "".join(item for atom in atoms for item in atom.items if not item.startswith(_CODE))


def _unfolded(text: str) -> list[str]:
    return ["" if character == SOFT_HYPHEN else character for character in text]


def _folded(text: str) -> list[str]:
    """Each character, or what stands in its place, as `inline.folded` has it."""
    shown = _unfolded(text)
    for run in PRETTY.finditer(text):
        inner = run.start() > 0 and run.end() < len(text)
        shown[run.start() : run.end()] = [" " if inner else "", *[""] * (run.end() - run.start() - 1)]
    return shown
