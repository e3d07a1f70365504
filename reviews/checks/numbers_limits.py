"""What stands beside a number and turns it round: at least, at most, at the earliest, per year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviews.values import FindingValue, SegmentText, Span, gettext_noop

from .base import Check, Example
from .phrases.vocabulary import TellingWords, words_of
from .quantities import READERS, Quantity
from .quantities.matching import meanings


@dataclass(frozen=True, slots=True)
class _Limit:
    """German words beside a number, and English ones of which the translation must have one."""

    german: re.Pattern[str]
    english: re.Pattern[str]
    #: How far from the number the English words may stand.
    near: int


def _limit(german: str, english: str, near: int = 40) -> _Limit:
    return _Limit(re.compile(rf"\b(?:{german})\b", re.IGNORECASE), re.compile(rf"(?:{english})", re.IGNORECASE), near)


def _rate(german: str, english: str) -> _Limit:
    """How often: English likes to say that at the end of the sentence."""
    return _limit(german, english, near=90)


_LIMITS = (
    _limit(
        "mindestens|wenigstens|nicht weniger als|nicht unter",
        r"at least|minimum|no (?:less|fewer) than|not (?:less|fewer)|or (?:more|older|over|above)|upwards?|\bmin\b|"
        r"and (?:over|older|above)|over|more than|\+|≥",
    ),
    _limit(
        "höchstens|maximal|nicht mehr als|bis zu",
        r"up to|at (?:the )?most|maxim|\bmax\b|no (?:more|longer|greater|larger|higher|later) than|"
        r"not (?:more|exceed|over)|as (?:much|many|long|high|far|low) as|"
        r"or (?:less|fewer|under)|under|limit|within|"
        r"less than|fewer than|through|≤|up until|until|till|between|capped|cap of|\bby\b|reach|potentially|\bto\b",
    ),
    _limit(
        "frühestens|nicht vor",
        r"earliest|not (?:\w+ )?(?:before|until|earlier)|n[’']t (?:\w+ )*(?:before|until)|no (?:earlier|sooner)|only|"
        r"soonest|not .*\b(?:before|until)\b",
    ),
    _limit("spätestens", r"latest|no later|\bby\b|before|until|within|as late as|end of|deadline|at most"),
    _rate(r"(?:pro|je) Jahr|im Jahr(?! \d{4}\b)|jährlich\w*", r"year|annu|p\.a\.|(?:12|twelve) months"),
    _rate(r"(?:pro|je|im) Monat|monatlich\w*", r"month"),
    _rate(r"(?:pro|je|am) Tag|täglich\w*", r"day|daily|24 hours"),
    _rate(r"pro Woche|wöchentlich\w*", r"week"),
    _rate(r"pro Stunde|stündlich\w*|Stundenkilometer\w*", r"hour|km/?h|kph|mph|kmh"),
    _rate(r"pro Kopf", r"capita|per (?:head|person)|each|every"),
)
#: How far from the German words their number may stand.
_NEAR = 40
#: A source with none of these words, and one with no number, bounds none.
_BOUNDING = re.compile(
    r"mindestens|wenigstens|weniger|unter|höchstens|maximal|mehr|bis|frühestens|vor|spätestens|jahr|monat|tag|woche|"
    r"stunde|kopf|(?:jähr|monat|täg|wöchent|stünd)lich\w*|stundenkilometer\w*"
)
_BOUNDS = TellingWords(lambda word: _BOUNDING.fullmatch(word) is not None)


def _may_bound(source: str) -> bool:
    return bool(_BOUNDS.among(words_of(source)) and READERS["de"](source))


class NumbersLimits(Check):
    """Asks that a bound or a rate that stands beside a number of the source has some counterpart in English."""

    id = "numbers.limits"
    version = 3
    name = gettext_noop("Bounds and rates")
    description = gettext_noop(
        "The source bounds a number (“mindestens”, “frühestens”, “pro Jahr”), the translation does not."
    )
    category = "accuracy/mistranslation"
    severity = "major"
    direction = ("de", "en")
    examples = (
        Example("Es soll frühestens Ende 2029 anlaufen.", "It is to start by the end of 2029.", fires=True),
        Example("Das Land spart pro Jahr 15 Millionen Euro.", "The state saves 15 million euros.", fires=True),
        Example("Das dauert bis zu zwei Wochen.", "That takes two weeks.", fires=True),
        Example("Es kommen mindestens 40 Gäste.", "At least 40 guests are coming.", fires=False),
        Example("Es soll frühestens 2029 anlaufen.", "It will not start before 2029.", fires=False),
        Example("Er liest täglich.", "He reads.", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        if text.kind == "slug" or not target.strip() or source == target or not _may_bound(source):
            return []
        return [*_findings(source, target)]


def _findings(source: str, target: str) -> Iterator[FindingValue]:
    for limit in _LIMITS:
        match = limit.german.search(source)
        number = _number_beside(source, match.span()) if match else None
        if match is None or number is None:
            continue
        place = _same_number(number, target)
        beside = slice(max(place[0] - limit.near, 0), place[1] + limit.near) if place else slice(None)
        if not limit.english.search(target[beside]):
            yield FindingValue(
                severity="major",
                category="accuracy/mistranslation" if place else "accuracy/omission",
                message=f"“{match[0]}” in the source: the translation does not say it.",
                source_spans=(match.span(),),
                target_spans=(place,) if place else (),
            )


def _number_beside(source: str, span: Span) -> Quantity | None:
    near = [
        quantity
        for quantity in READERS["de"](source)
        if -_NEAR <= quantity.start - span[1] <= _NEAR and not span[0] <= quantity.start < span[1]
    ]
    return min(near, key=lambda quantity: (quantity.start < span[0], abs(quantity.start - span[1])), default=None)


def _same_number(number: Quantity, target: str) -> Span | None:
    wanted = set(meanings(number))
    return next((other.span for other in READERS["en"](target) if wanted.intersection(other.readings)), None)
