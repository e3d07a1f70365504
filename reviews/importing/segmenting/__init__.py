"""Sentences: where a block of text is divided, for segments and for alignment.

German and English newspaper text is divided by our own rules (`rules.py`, words in `german.py` and `english.py`),
every other language by the sentencex library (`library.py`). Conventions, see `docs/segmentation.md`:

- The closing quotation mark or bracket belongs to the sentence it closes, the opening one to that which it opens.
- Sentences within a longer quotation are divided; a bracket within a sentence is not.
- A colon divides nothing; a line break (`\\n` or a `<br>`) divides unless the text goes on in lower case.
- A number with a full stop before a noun is an ordinal; before a word that begins sentences it ends one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reviews.values import UNDIVIDED_KINDS, CodedText, ImportedBlock, PlacedSource

from . import library, rules
from .english import ENGLISH
from .german import GERMAN

#: Languages we have rules for, by the first part of their code.
LANGUAGES = {"de": GERMAN, "en": ENGLISH}

#: White space other than a blank.
_BLANK = re.compile(r"[^\S ]")

_LINE_BREAK = re.compile(r"[\n\r]\s*")

#: "b)" at the beginning of a line.
_LIST_LETTER = re.compile(r"[a-z]\)\s")


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
    """Where the sentences of a text begin, in code points from 0; `breaks` are places of line breaks besides `\\n`."""
    code = lang.lower().partition("-")[0]
    plain = _BLANK.sub(" ", text)  # one blank for one: offsets stay
    forced = sorted(set(_after_breaks(text, breaks)))
    language = LANGUAGES.get(code)
    found = library.starts_of(plain, code) if language is None else rules.starts_of(plain, language, forced)
    return sorted({0, *found, *forced})


def _breaks(content: CodedText) -> list[int]:
    return [code.pos for code in content.codes if code.kind == "br"]


def _after_breaks(text: str, breaks: Iterable[int]) -> Iterator[int]:
    for place in (*(match.end() for match in _LINE_BREAK.finditer(text)), *breaks):
        start = place
        while start < len(text) and text[start].isspace():
            start += 1
        if 0 < start < len(text) and (not text[start].islower() or _LIST_LETTER.match(text, start)):
            yield start
