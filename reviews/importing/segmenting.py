"""Sentences: where a block of text is divided, for segments and for alignment.

The sentencex library (MIT) finds the sentence ends; the rules here correct it where German and English newspaper
text plainly needs it. Conventions:

- The closing quotation mark or bracket belongs to the sentence it closes, the opening one to that which it opens.
- Sentences within a longer quotation are divided; a bracket within a sentence is not.
- A colon divides nothing; a line break (`\\n` or a `<br>`) divides unless the text goes on in lower case.
- A number with a full stop before a noun is an ordinal; before a word that begins sentences it ends one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import sentencex

from reviews.values import UNDIVIDED_KINDS, CodedText, ImportedBlock, PlacedSource

from .sentence_words import BY_LANGUAGE, SentenceWords

#: How far rules look to either side of a place, in characters.
_NEAR = 80

#: How much text the library gets at once: its time grows with the square of it where quotations are never closed.
_WINDOW = 20_000

#: White space other than line breaks.
_BLANK = re.compile(r"[^\S\n\r]")

_LINE_BREAK = re.compile(r"[\n\r]\s*")

_QUOTATION = re.compile(r"„[^„“”]*[“”]|“[^“”]*”|»[^«»]*«|«[^«»]*»|\"[^\"]*\"")
_BRACKETED_SENTENCE = re.compile(r"\([^()]*[.!?…][“”«»\"]?\)\s+")
_ELLIPSIS = re.compile(r"(?:…|\.\.\.)[“”«»\"]?\s+")
_NUMBER_AND_LETTER = re.compile(r"(?<=\d)\s?[A-Za-z]\.\s+")

_FIRST_WORD = re.compile(r"[„“”»«\"'‚‘(\[]*(\w+)")
_LIST_MARKER = re.compile(r"\s*\(?\d{1,3}[.)]\s*\Z")
_ORDINAL = re.compile(r"(?:^|[^\w.,:])\d{1,3}\.\s*\Z")
_LAST_WORD = re.compile(r"(\w+)\.\s*\Z")
_QUOTATION_CLOSED = re.compile(r"[“”«»\"]\s*\Z")
_ATTRIBUTION = re.compile(r"[–—-]\s[^.!?…]*\Z")


def split(content: CodedText, lang: str, kind: str = "body") -> list[CodedText]:
    """The sentences of a block with their inline codes, without white space at their ends.

    `lang` is a language code such as `de` or `en-GB`. Kinds that are one segment whatever they hold come back as
    one; a block without text as none. Joined, the sentences give the text back, white space between them aside.
    """
    starts = [0] if kind in UNDIVIDED_KINDS else sentence_starts(content.text, lang, _breaks(content))
    ends = [*starts[1:], len(content.text)]
    pieces = (content.slice(start, end).strip() for start, end in zip(starts, ends, strict=True))
    return [piece for piece in pieces if piece.text or piece.codes]


def segment_source(blocks: Sequence[ImportedBlock], lang: str) -> list[PlacedSource]:
    """The segments of a source article in page order, from the source alone.

    `block` is the index in `blocks`, `sentence` the index within the block, both from 0.
    """
    return [
        PlacedSource(sentence, block.kind, number, index, locator=block.locator)
        for number, block in enumerate(blocks)
        for index, sentence in enumerate(split(block.content, lang, block.kind))
    ]


def sentence_starts(text: str, lang: str, breaks: Iterable[int] = ()) -> list[int]:
    """Where the sentences of a text begin, in code points from 0; `breaks` are places of line breaks besides `\\n`.

    For languages other than German and English the library's judgement stands, line breaks aside.
    """
    code = lang.lower().partition("-")[0]
    # One blank for one: offsets stay, and sentencex 1.0.32 panics at a no-break space before a full stop, since it
    # takes white space for one byte wide.
    plain = _BLANK.sub(" ", text)
    starts = set(_library_starts(plain, code))
    words = BY_LANGUAGE.get(code)
    if words is not None:
        starts |= set(_within_quotations(plain, code, starts))
        starts |= set(_missed(plain, words, starts))
        starts = {start for start in starts if not _goes_on(plain, start, words)}
    starts |= set(_after_breaks(plain, breaks))
    return sorted({0, *starts})


def _library_starts(text: str, code: str) -> Iterator[int]:
    """Starts of all sentences but the first, window by window from a start well before the end of the last one."""
    begin = 0
    while begin < len(text):
        window = text[begin : begin + _WINDOW]
        boundaries = sentencex.get_sentence_boundaries(code, window)
        starts = [begin + _skip_blanks(window, boundary["start_index"]) for boundary in boundaries]
        last = begin + len(window) >= len(text)
        sure = [start for start in starts if begin < start < (len(text) if last else begin + _WINDOW - _NEAR)]
        yield from sure
        begin = len(text) if last else sure[-1] if sure else begin + _WINDOW - _NEAR


def _skip_blanks(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _breaks(content: CodedText) -> list[int]:
    return [code.pos for code in content.codes if code.kind == "br"]


def _after_breaks(text: str, breaks: Iterable[int]) -> Iterator[int]:
    for place in (*(match.end() for match in _LINE_BREAK.finditer(text)), *breaks):
        start = _skip_blanks(text, place)
        if 0 < start < len(text) and not text[start].islower():
            yield start


# --- starts the library misses -----------------------------------------------------------------


def _within_quotations(text: str, code: str, starts: set[int]) -> Iterator[int]:
    """Starts within direct speech, which the library leaves whole.

    Speech stands at the beginning of a sentence or after a colon or comma; other quotation marks are round a title
    or a few words.
    """
    for quotation in _QUOTATION.finditer(text):
        before = text[max(quotation.start() - _NEAR, 0) : quotation.start()].rstrip()
        if quotation.start() in starts or before[-1:] in ("", ":", ","):
            inner = quotation[0][1:-1]
            yield from (quotation.start() + 1 + start for start in _library_starts(inner, code))


def _missed(text: str, words: SentenceWords, starts: set[int]) -> Iterator[int]:
    for match in words.list_ends.finditer(text):
        if _is_upper(text, match.end()):
            yield match.end()
    for match in _ELLIPSIS.finditer(text):
        if _is_upper(text, match.end()) and _begins_with_starter(text, match.end(), words):
            yield match.end()
    for match in _BRACKETED_SENTENCE.finditer(text):
        if (match.start() == 0 or match.start() in starts) and _is_upper(text, match.end()):
            yield match.end()
    # "12 b." and "120 N." end sentences, their letter is no initial of a name; "300 v. Chr." goes on.
    for match in _NUMBER_AND_LETTER.finditer(text):
        is_unit = match[0].strip()[0].islower() or _begins_with_starter(text, match.end(), words)
        if is_unit and _is_upper(text, match.end()) and not text.startswith("Chr", match.end()):
            yield match.end()


def _first_word(text: str, start: int) -> str:
    match = _FIRST_WORD.match(text, start, start + _NEAR)
    return match[1] if match else ""


def _is_upper(text: str, start: int) -> bool:
    return _first_word(text, start)[:1].isupper()


def _begins_with_starter(text: str, start: int, words: SentenceWords) -> bool:
    return _first_word(text, start).lower() in words.starters


# --- starts the library finds that are none ----------------------------------------------------


def _goes_on(text: str, start: int, words: SentenceWords) -> bool:
    """Whether the sentence before goes on at what looks like the start of one."""
    head = text[max(start - _NEAR, 0) : start]
    if start <= _NEAR and _LIST_MARKER.match(head):
        return True
    if len(text) - start <= _NEAR and _QUOTATION_CLOSED.search(head) and _ATTRIBUTION.match(text, start):
        return True
    if _begins_with_starter(text, start, words):
        return False
    if words.ordinals and _ORDINAL.search(head):
        return True
    abbreviation = _LAST_WORD.search(head)
    return abbreviation is not None and abbreviation[1].lower() in words.abbreviations
