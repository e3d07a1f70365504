"""Values that cross rooms: frozen, plain Python, no Django.

Rooms hand each other these and table ids, nothing else, so that readers, metrics, checks and routing
rules can be run and tested without a database.

Offsets everywhere are 0-based, half-open and count Unicode code points of the plain text.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any, Literal, TypeVar

Item = TypeVar("Item")

CodePart = Literal["open", "close", "single"]
Severity = Literal["critical", "major", "minor"]

SEGMENT_KINDS: tuple[str, ...] = (
    "kicker",
    "headline",
    "teaser",
    "heading",
    "body",
    "list_item",
    "quote",
    "caption",
    "alt",
    "table_cell",
    "update",
    "seo_title",
    "meta_description",
    "slug",
    "credit",
    "byline",
    "related_link",
    "disclosure",
    "other",
)

#: Kinds that are one segment whatever they hold; every other kind is split into sentences.
UNDIVIDED_KINDS = frozenset({"kicker", "headline", "alt", "caption", "credit", "byline", "slug", "seo_title"})

SEVERITIES: tuple[Severity, ...] = ("critical", "major", "minor")

SOFT_HYPHEN = "\u00ad"


def gettext_noop(text: str) -> str:
    """Mark a text of a room that knows no Django for the catalogue: whoever shows it asks for it in a language."""
    return text


def normalise(text: str) -> str:
    """Text as the product keeps it: Unicode NFC without soft hyphens; no-break spaces stay."""
    return unicodedata.normalize("NFC", text.replace(SOFT_HYPHEN, ""))


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, no escapes beyond the standard's."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def in_batches(items: Iterable[Item], size: int = 500) -> Iterator[list[Item]]:
    """The items in lists of at most `size`: what one statement asks for or one short transaction writes."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def sha256_hex(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class InlineCode:
    """One inline code beside the plain text, such as the start of a link.

    `pos` is the code point offset it stands before; codes at the same offset keep their list order.
    An opening and a closing code share their `id`. `raw` is the markup as the file had it.
    """

    id: str
    kind: str
    part: CodePart
    pos: int
    raw: str
    can_delete: bool = True
    can_reorder: bool = True

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "kind": self.kind,
            "part": self.part,
            "pos": self.pos,
            "can_delete": self.can_delete,
            "can_reorder": self.can_reorder,
            "raw": self.raw,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> InlineCode:
        return cls(
            id=str(value["id"]),
            kind=str(value["kind"]),
            part=value["part"],
            pos=int(value["pos"]),
            raw=str(value["raw"]),
            can_delete=bool(value["can_delete"]),
            can_reorder=bool(value["can_reorder"]),
        )


@dataclass(frozen=True, slots=True)
class CodedText:
    """Plain text with the inline codes that stand in it."""

    text: str
    codes: tuple[InlineCode, ...] = ()

    def __post_init__(self) -> None:
        for code in self.codes:
            if not 0 <= code.pos <= len(self.text):
                raise ValueError(f"code {code.id} stands at {code.pos}, outside a text of {len(self.text)} characters")

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) over text and codes: equal exactly when both are equal."""
        return sha256_hex(canonical_json([self.text, self.codes_json()]))

    def codes_json(self) -> list[dict[str, Any]]:
        return [code.to_json() for code in self.codes]

    @classmethod
    def from_json(cls, text: str, codes: Iterable[Mapping[str, Any]]) -> CodedText:
        return cls(text, tuple(InlineCode.from_json(code) for code in codes))

    def slice(self, start: int, end: int) -> CodedText:
        """The part [start, end); a pair of codes that straddles an edge is closed and opened again there.

        A code that stands exactly on an edge between two parts goes to one of them only: a closing code to the
        part that ends there, any other to the part that starts there (to the last part at the end of the text).
        """
        kept: list[InlineCode] = []
        open_before: dict[str, InlineCode] = {}
        still_open: dict[str, InlineCode] = {}
        closing = {code.id: code for code in self.codes if code.part == "close"}
        for code in self.codes:
            if _belongs_before(code, start):
                if code.part == "open":
                    open_before[code.id] = code
                elif code.part == "close":
                    open_before.pop(code.id, None)
            elif _belongs_before(code, end) or end == len(self.text):
                kept.append(replace(code, pos=code.pos - start))
                if code.part == "open":
                    still_open[code.id] = code
                elif code.part == "close":
                    still_open.pop(code.id, None)
        reopened = [replace(code, pos=0) for code in open_before.values() if code.id in closing]
        closed_here = {code.id for code in kept if code.part == "close"}
        unclosed = [c for c in open_before.values() if c.id not in closed_here] + list(still_open.values())
        closers = [replace(closing[c.id], pos=end - start) for c in reversed(unclosed) if c.id in closing]
        return CodedText(self.text[start:end], tuple(reopened + kept + closers))

    def strip(self) -> CodedText:
        """Without white space at both ends; codes that stood there move to the new edge."""
        left = len(self.text) - len(self.text.lstrip())
        text = self.text.strip()
        codes = tuple(replace(code, pos=min(max(code.pos - left, 0), len(text))) for code in self.codes)
        return CodedText(text, codes)


def _belongs_before(code: InlineCode, edge: int) -> bool:
    return code.pos < edge or (code.pos == edge and code.part == "close" and edge > 0)


def join_texts(parts: Sequence[CodedText], separator: str = " ") -> CodedText:
    """Several texts as one run, in order; empty ones leave no separator behind.

    A code id that an earlier part already used for another code gets a new one, so that pairs stay pairs.
    """
    filled = [part for part in parts if part.text or part.codes]
    text = ""
    codes: list[InlineCode] = []
    owner: dict[str, tuple[int, str]] = {}
    for number, part in enumerate(filled):
        if text and part.text:
            text += separator
        offset = len(text)
        renamed: dict[str, str] = {}
        for code in part.codes:
            if code.id not in renamed:
                new = code.id
                while new in owner and owner[new][0] != number:
                    new = f"{new}.{number}"
                owner[new] = (number, code.id)
                renamed[code.id] = new
            codes.append(replace(code, id=renamed[code.id], pos=code.pos + offset))
        text += part.text
    return CodedText(text, tuple(codes))


# --- texts as an editor types them -------------------------------------------------------------

_MARK = re.compile(r"⟦(⟦|(/?)([^⟦⟧/\s]+?)(/?)⟧)")


def to_marked(coded: CodedText) -> str:
    """Text with its codes as visible marks: `⟦1⟧link⟦/1⟧`, `⟦2/⟧`; a literal `⟦` is doubled.

    What a plain text field shows and takes back; `from_marked` is the way back.
    """
    out: list[str] = []
    done = 0
    for code in coded.codes:
        out.append(coded.text[done : code.pos].replace("⟦", "⟦⟦"))
        done = code.pos
        out.append({"open": f"⟦{code.id}⟧", "close": f"⟦/{code.id}⟧", "single": f"⟦{code.id}/⟧"}[code.part])
    out.append(coded.text[done:].replace("⟦", "⟦⟦"))
    return "".join(out)


class MarkError(ValueError):
    """A typed text whose code marks cannot be understood; the message says which and what to do."""


def from_marked(marked: str, known: Iterable[InlineCode]) -> CodedText:
    """A typed text with marks as text and codes; `known` are the codes that may be used.

    Text that merely looks like a mark but names no known code stays text: nothing typed is dropped.
    Raises MarkError for a code that is used twice, or closed before or without being opened.
    """
    by_mark = {(code.id, code.part): code for code in known}
    out: list[str] = []
    codes: list[InlineCode] = []
    used: set[tuple[str, CodePart]] = set()
    length = 0
    done = 0

    def add(piece: str) -> None:
        nonlocal length
        out.append(piece)
        length += len(piece)

    for match in _MARK.finditer(marked):
        add(marked[done : match.start()])
        done = match.end()
        if match[1] == "⟦":
            add("⟦")
            continue
        part: CodePart = "close" if match[2] else "single" if match[4] else "open"
        code = by_mark.get((match[3], part))
        if code is None or (match[2] and match[4]):
            add(match[0])
            continue
        if (code.id, part) in used:
            raise MarkError(f"The mark {match[0]} stands twice. Keep one of them.")
        if part == "close" and (code.id, "open") not in used and (code.id, "open") in by_mark:
            raise MarkError(f"The mark {match[0]} closes what is not open yet. Put ⟦{code.id}⟧ before it.")
        used.add((code.id, part))
        codes.append(replace(code, pos=length))
    add(marked[done:])
    for code_id, part in used:
        if part == "open" and (code_id, "close") in by_mark and (code_id, "close") not in used:
            raise MarkError(f"The mark ⟦{code_id}⟧ is not closed. Put ⟦/{code_id}⟧ where it ends.")
    return CodedText("".join(out), tuple(codes))


# --- what an import hands over -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DocumentMeta:
    """What is known of an article beside its text; `None` means the file did not say."""

    title: str | None = None
    section: str | None = None
    url: str | None = None
    author: str | None = None
    published: datetime | None = None
    deadline: datetime | None = None
    reach: int | None = None


@dataclass(frozen=True, slots=True)
class ImportedBlock:
    """One block of a page in page order: a paragraph, a headline, a caption, an alt text.

    `locator` lets the writer of the same format find the place in the raw file again.
    """

    kind: str
    content: CodedText
    locator: str = ""


@dataclass(frozen=True, slots=True)
class ImportedArticle:
    """One file of an article: the source, one system's translation or one reference."""

    path: str
    document: str
    role: Literal["source", "hypothesis", "reference"]
    name: str
    language: str
    meta: DocumentMeta
    blocks: tuple[ImportedBlock, ...]
    raw: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One row of a table or one unit of a translation file: one segment, not split again.

    `state` is what the file says, in its own words; it is never a decision of ours. `locator` lets the writer of the
    same format find the place in the raw file again. `languages` are those of source and target where the file says
    them (None in it: it does not say this one).
    """

    line: int
    document: str
    id: str
    kind: str
    source: CodedText
    hypotheses: Mapping[str, CodedText]
    references: Mapping[str, CodedText]
    meta: DocumentMeta
    state: str | None = None
    notes: tuple[str, ...] = ()
    locator: str = ""
    languages: tuple[str | None, str | None] | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """One thing an import did not take: where it stands and why, with the remedy in the reason."""

    file: str
    line: int | None
    reason: str
    document: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {"file": self.file, "line": self.line, "document": self.document, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class PlacedSource:
    """One segment of a source: its wording and its place in the article."""

    content: CodedText
    kind: str
    block: int
    sentence: int
    external_id: str = ""
    locator: str = ""


@dataclass(frozen=True, slots=True)
class AlignedText:
    """A translation of `covers` consecutive segments, the first of which has the index `segment`.

    `segment` is None for text without a source (`reason` says why; `block` is its place in its own file).
    An empty `content` with covers 1 is a sentence the engine dropped.
    """

    segment: int | None
    covers: int
    content: CodedText
    confidence: float | None = None
    block: int = 0
    reason: str = ""


# --- cells of spreadsheets -----------------------------------------------------------------------

#: Where a spreadsheet may take what follows for a formula: in front of a cell, and behind what it may divide cells at.
_FORMULA = re.compile(r"(^|[,;|\t\r\n])(['\"]*)(?=[=+\-@\t\r])")
_SHIELDED = re.compile(r"(^|[,;|\t\r\n])'(['\"]*)(?=[=+\-@\t\r])")


#: The column of a table whose cells are `shielded`, and what it says in each such row.
SHIELD_COLUMN = "formula_guard"
SHIELD_SAID = "apostrophe"


def shielded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands in front of what looks like one.

    Also within, as a spreadsheet set to another language divides a row at other characters. The apostrophe is added
    to those that are there, so `unshielded` gives back every text as it was. After OWASP, "CSV Injection".
    """
    return _FORMULA.sub(r"\1'\2", cell)


def unshielded(cell: str) -> str:
    """A cell that `shielded` wrote, as it was before."""
    return _SHIELDED.sub(r"\1\2", cell)


# --- metrics -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SegmentScore:
    """One metric on one pair: the value, or None with a reason, and its sufficient statistics.

    Statistics are integers, at most 24, summed over segments to give the corpus score.
    """

    value: float | None
    statistics: tuple[int, ...] = ()
    reason: str = ""


# --- checks ------------------------------------------------------------------------------------

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SegmentText:
    """What a check reads: one source text and its translation.

    `context` is what the check asked for of the rest of the article, and nothing else of it. How the two came together
    is for `Check.context` only: `confidence` (None where nobody aligned them), and `unaligned`, what stands beside the
    target in its translation and has no source.
    """

    source: CodedText
    target: CodedText
    source_lang: str
    target_lang: str
    kind: str = "body"
    context: tuple[str, ...] = ()
    confidence: float | None = None
    unaligned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingValue:
    """What a check found, with tight spans in both plain texts and a message in plain words."""

    severity: Severity
    category: str
    message: str
    source_spans: tuple[Span, ...] = ()
    target_spans: tuple[Span, ...] = ()
    suggestion: str | None = None


# --- routing -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Risk:
    """How urgently a segment wants a look: a score for ordering only, and the reasons in words.

    `ranked` says that a higher score means a worse text more often than not; without it the order is only one to read
    in.
    """

    score: float
    reasons: tuple[str, ...] = ()
    ranked: bool = False


def run_hash(hashes: Sequence[str]) -> str:
    """One hash for the sources of a run of consecutive segments; of a single segment it is its own hash."""
    return hashes[0] if len(hashes) == 1 else sha256_hex(canonical_json(list(hashes)))
