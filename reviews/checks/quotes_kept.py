"""Quotations: every quoted passage of the source is quoted in the translation, in English marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reviews.values import FindingValue, SegmentText, Span, gettext_noop

from .base import Check, Example
from .phrases.places import distance

#: A quoted passage of at least one word, in any of the marks that German and English papers use.
_QUOTED = re.compile(
    r"„[^„“”]*[“”]|“[^“”]*”|»[^«»]*«|«[^«»]*»|›[^‹›]*‹|‹[^‹›]*›|\"[^\"]*\"|‚[^‚‘’]*[‘’]|(?<!\w)‘[^‘]*?’(?!\w)|(?<!\w)'[^']*'(?!\w)"
)
_MARK = re.compile("[„“”«»‹›‚‘’\"']")
_OPEN_ONLY = re.compile(r"\A\s*[„“»\"]|[„“»\"](?=\w)")
_GERMAN_LEFT = re.compile(r"„[^„“”]*[“”]?|»[^«»]*«|‚\w[^‚‘’]*[‘’]")
_WORD = re.compile(r"\w")
#: Shorter than this many words it may be a title or a coined word, which English often sets in italics or not at all.
_SPEECH = 4


class QuotesKept(Check):
    """Counts quoted passages; a missing long one is major: somebody's words became the paper's.

    German quotation marks left in English are minor, with the English ones as the suggestion.
    """

    id = "quotes.kept"
    version = 2
    name = gettext_noop("Quotations")
    description = gettext_noop("A quoted passage is not quoted in the translation, or its quotation marks are German.")
    category = "linguistic-conventions/punctuation"
    severity = "minor"
    direction = ("de", "en")
    examples = (
        Example("„Wir zahlen kein Lösegeld“, sagte sie.", "We are paying no ransom, she said.", fires=True),
        Example("Die Gruppe „Grauwolf“ droht.", "The group „Grauwolf“ makes threats.", fires=True),
        Example("„Wir zahlen“, sagte sie.", "“We are paying,” she said.", fires=False),
        Example("»Wir zahlen«, sagte sie.", '"We are paying," she said.', fires=False),
        Example("Er las „Die Zeit“ und ‚Der Spiegel‘.", "He read “Die Zeit” and ‘Der Spiegel’.", fires=False),
        Example("Das ist Peters’ Haus.", "That is Peter’s house.", fires=False),
        Example("Das schrieb die „New York Times“.", "The New York Times wrote that.", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        if not target.strip() or source == target:
            return []
        return [*_lost(source, target), *_german(target)]


def _lost(source: str, target: str) -> Iterator[FindingValue]:
    said = [span for span in _passages(source) if not _is_copied_name(source[slice(*span)], target)]
    if not said:
        return
    kept = _passages(target)
    # A quotation over several sentences opens in one and closes in another.
    missing = len(said) - len(kept) - (1 if _is_open(target) and not _is_open(source) else 0)
    if missing <= 0:
        return
    for span in sorted(_unmatched(said, kept, source, target)[:missing]):
        words = len(source[slice(*span)].split())
        yield FindingValue(
            severity="major" if words >= _SPEECH else "minor",
            category="linguistic-conventions/punctuation",
            message=f"{_shortened(source[slice(*span)])} is quoted in the source and not in the translation.",
            source_spans=(span,),
        )


def _passages(text: str) -> list[Span]:
    if not _MARK.search(text):
        return []
    return [match.span() for match in _QUOTED.finditer(text) if _WORD.search(match[0])]


def _is_copied_name(passage: str, target: str) -> bool:
    """Whether a short quoted passage stands in the translation as it is: a name needs no marks in English."""
    name = passage[1:-1].strip()
    return len(name.split()) < _SPEECH and name[:1].isupper() and name in _QUOTED.sub("", target)


def _is_open(text: str) -> bool:
    rest = _QUOTED.sub("", text)
    return _OPEN_ONLY.search(rest) is not None


def _unmatched(said: Sequence[Span], kept: Sequence[Span], source: str, target: str) -> list[Span]:
    """Quoted passages of the source, those first that have none of the translation near where they belong."""
    places = [sum(other) / 2 / len(target) for other in kept]
    return sorted(said, key=lambda span: (-distance(sum(span) / 2 / len(source), places), span))


def _german(target: str) -> Iterator[FindingValue]:
    for match in _GERMAN_LEFT.finditer(target):
        inner = match[0].strip("„“”»«‚‘’")
        marks = "‘’" if match[0][0] == "‚" else "“”"
        closed = match[0][-1] in "“”«‘’"
        yield FindingValue(
            severity="minor",
            category="linguistic-conventions/punctuation",
            message="German quotation marks in the translation.",
            target_spans=(match.span() if closed else (match.start(), match.start() + 1),),
            suggestion=f"{marks[0]}{inner}{marks[1]}" if closed else marks[0],
        )


def _shortened(passage: str) -> str:
    return passage if len(passage) <= 60 else f"{passage[:58]}…{passage[-1]}"
