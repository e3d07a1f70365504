"""Slips of the keyboard and German habits in English punctuation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from reviews.values import FindingValue, SegmentText, gettext_noop

from .base import Check, Example
from .phrases.endings import UNMARKED_KINDS, is_closed, last_word
from .phrases.vocabulary import doubles_a_word


@dataclass(frozen=True, slots=True)
class _Slip:
    """What is wrong in English news text unless the source has it too, and its repair where that is certain.

    `may_have` is False of texts without the slip and sooner asked than the pattern is searched for.
    """

    pattern: re.Pattern[str]
    may_have: Callable[[str], bool]
    message: str
    repair: Callable[[re.Match[str]], str] | None = None


def _one_of(*signs: str) -> Callable[[str], bool]:
    return lambda text: any(sign in text for sign in signs)


_SLIPS = (
    _Slip(
        re.compile(
            r"(?<![\w-])(?P<word>(?!had\b|that\b|is\b|do\b|very\b|no\b|ha\b|so\b)[A-Za-z]{2,}) (?P=word)\b(?!-)",
            re.IGNORECASE,
        ),
        doubles_a_word,
        "The same word stands twice.",
        lambda match: match["word"],
    ),
    _Slip(re.compile(r"  (?<=\S  ) *(?=\S)"), _one_of("  "), "Two spaces.", lambda match: " "),
    _Slip(
        re.compile(r"(?<=\w) +(?=[,;:!?](?:\s|\Z))"),
        _one_of(" ,", " ;", " :", " !", " ?"),
        "A space before a punctuation mark.",
        lambda match: "",
    ),
    _Slip(re.compile(r",(?<=[a-z]{2},)(?=[A-Za-z]{2})"), _one_of(","), "No space after the comma.", lambda match: ", "),
    _Slip(
        re.compile(r",,|;;|::|\.(?<!\.\.)\.(?!\.)|,\.|\.,(?=\s[A-Z])"),
        _one_of(",,", ";;", "::", "..", ",.", ".,"),
        "Two punctuation marks.",
    ),
    _Slip(re.compile(r"\( +| +\)"), _one_of("( ", " )"), "A space inside a bracket.", lambda match: match[0].strip()),
    _Slip(
        re.compile(r"\b(?:said|says|believes|reported|announced|thinks|claims|knows), that\b"),
        _one_of(", that"),
        "A German comma before “that”.",
        lambda match: match[0].replace(",", ""),
    ),
)
#: A caption often is no sentence either.
_NEEDS_NO_END = UNMARKED_KINDS | {"caption"}


class TypographyMarks(Check):
    """Double words, stray spaces, doubled marks, brackets left open, a full stop that is gone.

    What the source has too is its author's and stays.
    """

    id = "typography.marks"
    version = 1
    name = gettext_noop("Punctuation and spacing")
    description = gettext_noop(
        "A double word, a stray space, a doubled or missing punctuation mark or an open bracket."
    )
    category = "linguistic-conventions/punctuation"
    severity = "minor"
    needs_source = False
    examples = (
        Example("Die Stadt prüft den Fall.", "The the city is looking into it.", fires=True),
        Example("Die Stadt prüft den Fall.", "The city  is looking into it.", fires=True),
        Example("Sie sagt, dass sie geht.", "She says, that she is leaving.", fires=True),
        Example("Die Stadt (Husum) prüft.", "The city (Husum is looking into it.", fires=True),
        Example("Die Stadt prüft den Fall.", "The city is looking into it", fires=True),
        Example("Er wusste, dass das so ist.", "He had had no doubt that that is so.", fires=False),
        Example("Wird er zahlen? ...", "Will he pay? ...", fires=False),
        Example("Stadt prüft Fall", "City looks into case", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        if not target.strip() or source == target or text.kind == "slug":
            return []
        return [*_slips(source, target), *_brackets(source, target), *_full_stop(text)]


def _slips(source: str, target: str) -> Iterator[FindingValue]:
    for slip in _SLIPS:
        # Few translations have the slip at all, so theirs is the first look.
        found = list(slip.pattern.finditer(target)) if slip.may_have(target) else []
        if not found or slip.pattern.search(source):
            continue
        for match in found:
            yield FindingValue(
                severity="minor",
                category="linguistic-conventions/punctuation",
                message=slip.message,
                target_spans=(match.span() if match.end() > match.start() else (match.start(), match.end() + 1),),
                suggestion=slip.repair(match) if slip.repair else None,
            )


def _brackets(source: str, target: str) -> Iterator[FindingValue]:
    for opening, closing in ("()", "[]"):
        if source.count(opening) != source.count(closing) or target.count(opening) == target.count(closing):
            continue
        mark = opening if target.count(opening) > target.count(closing) else closing
        at = target.rfind(mark)
        yield FindingValue(
            severity="minor",
            category="linguistic-conventions/punctuation",
            message=f"The bracket “{mark}” has no other half.",
            target_spans=((at, at + 1),),
        )


def _full_stop(text: SegmentText) -> Iterator[FindingValue]:
    source, target = text.source.text.rstrip(), text.target.text
    if text.kind not in _NEEDS_NO_END and is_closed(source) and not is_closed(target):
        yield FindingValue(
            severity="minor",
            category="linguistic-conventions/punctuation",
            message=f"The source ends with “{source[-1]}”, the translation without a mark.",
            target_spans=(last_word(target),),
        )
