"""What the readers of score files give."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reviews.importing.formats.base import ReadError
from reviews.importing.formats.text import LONGEST_LINE, byte_lines, illegal_character, not_utf8, opened, shown
from reviews.values import Span

#: What the tables keep of a name, a category, a comment.
LONGEST_NAME = 100
LONGEST_CATEGORY = 120
LONGEST_COMMENT = 1000

SEVERITIES = ("neutral", "minor", "major", "critical", "undecided")

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Mark:
    """One error that a person marked.

    The span is in code points of the side's plain text, half-open; it may be empty (something is missing there).
    None means that the error has no place in the text.
    """

    side: Literal["source", "target"]
    span: Span | None
    category: str
    severity: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one annotator (or one metric, or an average: `annotator` is "") says of one system's text for a segment.

    `segment` is the segment's id within `document`, or its number there from 1. `of` says, where it is not None, how
    many segments of the document were judged: the number only means a segment when they are all of them.
    `value` is None where only errors were marked. `target` is the text that was judged, where the file shows it.
    """

    line: int
    system: str
    document: str
    segment: str
    annotator: str
    value: float | None
    marks: tuple[Mark, ...] = ()
    target: str | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """Rows that say nothing of a translation, such as a campaign's control items: how many, and what they are."""

    reason: str
    rows: int


def text_lines(path: Path, file: str) -> Iterator[tuple[int, str]]:
    """(line number from 1, line) of a UTF-8 file whose lines end at `\\n` or `\\r\\n` and nothing else.

    Raises ReadError for other bytes, for characters no text may hold and for a line that is too long.
    """
    with opened(path, file) as stream:
        for number, line in byte_lines(stream):
            if line is None:
                raise ReadError(file, number, f"is longer than {LONGEST_LINE:,} bytes. Is this a score file?")
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError as error:
                raise ReadError(file, number, not_utf8(line, error.start)) from error
            if found := illegal_character(text):
                raise ReadError(file, number, f"holds {found}. Take it out and import again.")
            yield number, text


def number(text: str, file: str, line: int) -> float:
    """A finite decimal number. Raises ReadError for anything else, nan and infinity included."""
    if _NUMBER.fullmatch(text) is None or not math.isfinite(value := float(text)):
        raise ReadError(file, line, f"has {shown(text)} where a number belongs, such as -5.1 or 87.")
    return value


def name(text: str, what: str, file: str, line: int) -> str:
    """A system's or annotator's name. Raises ReadError for an empty or too long one."""
    if not text.strip():
        raise ReadError(file, line, f"names no {what}. Fill it in every row.")
    if len(text) > LONGEST_NAME:
        raise ReadError(file, line, f"has {len(text)} characters for the {what}; at most {LONGEST_NAME} are kept.")
    return text


def severity(text: str, file: str, line: int) -> str:
    """One of SEVERITIES, in whatever case the file writes it. Raises ReadError for any other word."""
    if text.lower() not in SEVERITIES:
        known = ", ".join(SEVERITIES)
        raise ReadError(file, line, f"has the severity {shown(text)}, which has no weight here. Known: {known}.")
    return text.lower()


def short(text: str, longest: int, what: str, file: str, line: int) -> str:
    """The text if the tables take it whole. Raises ReadError, also for characters that came in as JSON escapes."""
    if found := illegal_character(text):
        raise ReadError(file, line, f"holds {found} in a {what}. Take it out and import again.")
    if len(text) > longest:
        raise ReadError(file, line, f"has a {what} of {len(text):,} characters; at most {longest:,} are kept.")
    return text
