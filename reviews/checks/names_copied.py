"""Addresses, handles, file names and product codes that must be copied letter by letter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from rapidfuzz.distance import DamerauLevenshtein

from reviews.values import FindingValue, SegmentText, Span, gettext_noop

from .base import Check, Example
from .phrases.vocabulary import TellingWords, tokens_of

_URL = r"(?:https?://|www\.)[^\s<>„“”\"»«]*[^\s<>„“”\"»«.,;:!?)\]’']"
_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"
_HANDLE = r"(?<![\w@])@\w{2,}"
_HASHTAG = r"(?<![\w@#&])#\w+"
_DOMAIN = r"\b[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,5}\.(?:de|com|org|net|eu|at|ch|io|info|uk|fr)\b(?!-)"
_FILE = r"\b[\w-]{1,80}\.(?:exe|dll|zip|docx?|xlsx?|pdf|js|php|py|sh|json|xml|csv|apk|iso|msi|bat|html?)\b"
#: Letters and digits in one word: WPA2, RTX-4090, Mi-24. A number word or a unit is no code.
_CODE = r"\b(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[A-Z]{2})[A-Za-z][\w]*(?:-[\w]+)*\b|\b[a-z]+[A-Z]\w+\b"
_PATTERN = re.compile(
    f"(?P<address>{_URL}|{_EMAIL}|{_HANDLE}|{_DOMAIN}|{_FILE})|(?P<hashtag>{_HASHTAG})|(?P<code>{_CODE})"
)
#: Every one of these has a sign, a point inside a word or a capital behind a small letter, or capitals and a digit.
_SIGN_OF_ONE = re.compile(r"[@#]|://|\.[a-z]|[a-z][A-Z]|www")
_CAPITALS = re.compile("[A-Z]{2}")
_DIGIT = re.compile(r"\d")
#: "CVE-2026-1" and other numbers are compared by value elsewhere; a German compound is translated.
_NUMBERED = re.compile(r"(?:CVE|CWE|ISO|DIN|EN|RFC|KB)\b", re.IGNORECASE)
_COMPOUND = re.compile(r"-[A-ZÄÖÜ]?[a-zäöüß]{3,}")
_LIKE = 0.75
#: A slip of the pen is looked for in names up to this length, and among so many that were added.
_LONGEST_COMPARED = 200
_MOST_COMPARED = 20


class NamesCopied(Check):
    """Compares what both sides have of each kind; a likely slip of the pen is shown beside what it should be."""

    id = "names.copied"
    version = 2
    name = gettext_noop("Addresses and codes")
    description = gettext_noop("A web or e-mail address, handle, file name or product code is missing or was changed.")
    category = "accuracy/mistranslation"
    severity = "major"
    examples = (
        Example("Mehr auf www.beispiel.de/hilfe.", "More at www.example.de/hilfe.", fires=True),
        Example("Die GPU RTX4090 ist knapp.", "The GPU RTX4080 is scarce.", fires=True),
        Example("Schreiben Sie an info@amt.de.", "Write to us.", fires=True),
        Example("Danke für #Wohlstand!", "Thanks for prosperity!", fires=True),
        Example("Danke für #Wohlstand!", "Thanks for #prosperity!", fires=False),
        Example("Mehr auf www.beispiel.de.", "More at www.beispiel.de!", fires=False),
        Example("Die 5G-Antenne und WPA2 fehlen.", "The 5G antenna and WPA2 are missing.", fires=False),
        Example("Der US-Konzern baut E-Autos.", "The US company builds electric cars.", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        if not target.strip() or source == target or text.kind == "slug":
            return []
        if not _NAMING.among(tokens_of(source) | tokens_of(target)):
            return []
        wanted, given = list(_names(source)), list(_names(target))
        missing = _without(wanted, Counter(target[slice(*span)].casefold() for span in given), source)
        folded_source, folded_target = source.casefold(), target.casefold()
        missing = [span for span in missing if source[slice(*span)].casefold() not in folded_target]
        added = _without(given, Counter(source[slice(*span)].casefold() for span in wanted), target)
        added = [span for span in added if target[slice(*span)].casefold() not in folded_source]
        # A hashtag is a word, and translated as words are.
        replaced = len(re.findall(_HASHTAG, target)) >= len(re.findall(_HASHTAG, source))
        missing = [span for span in missing if not (replaced and source[span[0]] == "#")]
        return [*_findings(source, target, missing, added)]


def _names(text: str) -> Iterator[Span]:
    if not (_SIGN_OF_ONE.search(text) or (_CAPITALS.search(text) and _DIGIT.search(text))):
        return
    for match in _PATTERN.finditer(text):
        if match["address"] or match["hashtag"] or not (_NUMBERED.match(match[0]) or _COMPOUND.search(match[0])):
            yield match.span()


#: No name has a blank in it, and each ends where its token does not go on: what stands around a token adds none.
_NAMING = TellingWords(lambda token: any(True for _ in _names(token)))


def _without(spans: Iterable[Span], others: Counter[str], text: str) -> list[Span]:
    """The spans whose text has no counterpart left among the others."""
    left = []
    for span in spans:
        key = text[slice(*span)].casefold()
        if others[key]:
            others[key] -= 1
        else:
            left.append(span)
    return left


def _findings(source: str, target: str, missing: list[Span], added: list[Span]) -> Iterator[FindingValue]:
    for span in missing:
        name = source[slice(*span)]
        slip = max(added[:_MOST_COMPARED], key=lambda other: _likeness(name, target[slice(*other)]), default=None)
        if slip is not None and _likeness(name, target[slice(*slip)]) >= _LIKE:
            added.remove(slip)
            yield _finding(f"“{name}” in the source, “{target[slice(*slip)]}” in the translation.", span, slip, name)
        else:
            yield _finding(f"“{name}” in the source is missing from the translation.", span, None, None)


def _likeness(one: str, other: str) -> float:
    if max(len(one), len(other)) > _LONGEST_COMPARED:
        return 0.0
    return DamerauLevenshtein.normalized_similarity(one.casefold(), other.casefold())


def _finding(message: str, source: Span, target: Span | None, suggestion: str | None) -> FindingValue:
    return FindingValue(
        severity="major",
        category="accuracy/mistranslation" if target else "accuracy/omission",
        message=message,
        source_spans=(source,),
        target_spans=(target,) if target else (),
        suggestion=suggestion,
    )
