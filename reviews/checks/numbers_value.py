"""Numbers by value: the figures, dates and times of the source must come back in the translation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from reviews.values import SEVERITIES, FindingValue, SegmentText, Severity, Span, gettext_noop

from .base import Check, Example, primary_language
from .quantities import READERS, Code, Date, Number, Quantity, Reading, Time
from .quantities.matching import compare

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
#: A date as German writes it in digits, with its year if it is glued on.
_DOTTED_DATE = re.compile(r"[0-9]{1,2}\.[0-9]{1,2}\.(?:[0-9]{4}|[0-9]{2})?")
#: Between numbers that went missing or were added together: "7. bis 9. Mai 2021".
_JOINED = re.compile(r"\.?,?\s?(?:(?:bis|und|to|and|-|–)\s)?|[-–/:]")
_SWAP_MARKS = str.maketrans(".,", ",.")
#: Beyond this a table of figures went wrong as a whole, and the rest is told in one finding.
_MOST_FINDINGS = 20
_LONGEST_QUOTE = 60


class NumbersValue(Check):
    """Compares values, not strings, and keeps quiet when a number can be read in a way that agrees.

    Severity: a figure that changed, and a scale or date that did, is critical: the reader cannot see it; so is a part
    of one that became a count ("ein Fünftel", "five"). Another number word up to twelve that changed, a length of time
    that became a time of day, and a figure dropped or added are major; a number word up to twelve dropped or added is
    minor, since "alle drei" may well be "all of them". German notation left in English is major where English reads
    another value ("1.450"), else minor ("9,8").
    """

    id = "numbers.value"
    version = 3
    name = gettext_noop("Numbers")
    description = gettext_noop(
        "A number, date or time of the source has another value in the translation, is missing or was added."
    )
    category = "accuracy/mistranslation"
    severity = "critical"
    languages = frozenset(READERS)
    examples = (
        Example("EU genehmigt 3,6 Milliarden Euro", "EU approves 3.6 million euros", fires=True),
        Example("Sie schaffen 1.450 Arbeitsplätze.", "They create 1.450 jobs.", fires=True),
        Example("Seit dem 03.04. ist das Amt offline.", "The office has been offline since March 4.", fires=True),
        Example("Nur 8 Prozent stammen aus Europa.", "Only a few come from Europe.", fires=True),
        Example("Sie schaffen 1.450 Arbeitsplätze.", "They create 1,450 jobs.", fires=False),
        Example("Rund 400 Mio. Euro fehlen.", "About €0.4bn is missing.", fires=False),
        Example("Stand: 05.01.2026, 14:20 Uhr", "As of January 5, 2026, 2:20 p.m.", fires=False),
        Example("Ein Fünftel der Städte spart.", "Five of the cities are saving.", fires=True),
        Example("Ein Fünftel der zwölf Städte spart.", "A fifth of the 12 cities are saving.", fires=False),
        Example("Ein Drittel lehnt das ab.", "33 percent reject it.", fires=False),
        Example("Ein Drittel lehnt das ab.", "30 percent reject it.", fires=True),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        # Empty and untranslated texts have checks of their own, and a slug drops numbers as it drops words.
        if text.kind == "slug" or not source.strip() or not target.strip() or source == target:
            return []
        of_source = READERS[primary_language(text.source_lang)](source)
        of_target = READERS[primary_language(text.target_lang)](target)
        comparison = compare(of_source, of_target)
        findings = [
            *(_changed(*pair) for pair in comparison.changed),
            *(_missing(source, run) for run in _runs(source, comparison.missing)),
            *(_added(target, run) for run in _runs(target, comparison.added)),
            *(_notation(*pair) for pair in comparison.notation),
        ]
        if primary_language(text.target_lang) == "en":
            findings += _german_dates(target, of_source, of_target)
        return _in_order(findings)


def _runs(text: str, quantities: Iterable[Quantity]) -> list[list[Quantity]]:
    """A date and its year, or the two ends of a range, are told in one finding."""
    runs: list[list[Quantity]] = []
    for quantity in quantities:
        if runs and _JOINED.fullmatch(text, runs[-1][-1].end, quantity.start):
            runs[-1].append(quantity)
        else:
            runs.append([quantity])
    return runs


def _changed(source: Quantity, target: Quantity) -> FindingValue:
    return FindingValue(
        severity=_severity_of_change(source, target),
        category="accuracy/mistranslation",
        message=f"{_quoted(source)} in the source, {_quoted(target)} in the translation.",
        source_spans=(source.span,),
        target_spans=(target.span,),
        # An identifier is copied, so what must stand there is certain.
        suggestion=source.text if _is_identifier(source) and _is_identifier(target) else None,
    )


def _missing(source: str, run: Sequence[Quantity]) -> FindingValue:
    span = run[0].start, run[-1].end
    return FindingValue(
        severity=min((_severity_on_one_side(quantity) for quantity in run), key=SEVERITIES.index),
        category="accuracy/omission",
        message=f"“{_shortened(source[slice(*span)])}” in the source is missing from the translation.",
        source_spans=(span,),
    )


def _added(target: str, run: Sequence[Quantity]) -> FindingValue:
    span = run[0].start, run[-1].end
    return FindingValue(
        severity=min((_severity_on_one_side(quantity) for quantity in run), key=SEVERITIES.index),
        category="accuracy/addition",
        message=f"“{_shortened(target[slice(*span)])}” in the translation has no counterpart in the source.",
        target_spans=(span,),
    )


def _notation(source: Quantity, target: Quantity) -> FindingValue:
    another_value = any(isinstance(reading, Number) for reading in target.readings)
    consequence = "which reads as another number here" if another_value else "which is no number here"
    return FindingValue(
        severity="major" if another_value else "minor",
        category="locale-conventions/number-format",
        message=f"{_quoted(target)} is written as in the source language, {consequence}.",
        source_spans=(source.span,),
        target_spans=(target.span,),
        suggestion=target.text.translate(_SWAP_MARKS),
    )


def _german_dates(target: str, of_source: Sequence[Quantity], of_target: Sequence[Quantity]) -> Iterator[FindingValue]:
    """Right dates of an English text that are written the German way."""
    dates = {reading for quantity in of_source for reading in quantity.readings if isinstance(reading, Date)}
    for quantity in of_target:
        date = _main_reading(quantity)
        dotted = _DOTTED_DATE.match(target, quantity.start)
        if dotted and isinstance(date, Date) and date in dates:
            yield FindingValue(
                severity="minor",
                category="locale-conventions/date-format",
                message=f"“{dotted.group()}” is a date written the German way; it means {_day(date)}.",
                target_spans=(dotted.span(),),
            )


def _severity_of_change(source: Quantity, target: Quantity) -> Severity:
    kinds = {type(_main_reading(source)), type(_main_reading(target))}
    duration_as_time = kinds == {Number, Time} and _digits(source) == _digits(target)
    small_words = _is_small_word(source) and _is_small_word(target) and _is_part(source) == _is_part(target)
    return "major" if duration_as_time or small_words else "critical"


def _severity_on_one_side(quantity: Quantity) -> Severity:
    return "minor" if _is_small_word(quantity) else "major"


def _main_reading(quantity: Quantity) -> Reading | None:
    return quantity.readings[0] if quantity.readings else quantity.foreign


def _is_small_word(quantity: Quantity) -> bool:
    first = _main_reading(quantity)
    return not _digits(quantity) and isinstance(first, Number) and first.value <= 12


def _is_part(quantity: Quantity) -> bool:
    first = _main_reading(quantity)
    return isinstance(first, Number) and first.value < 1


def _is_identifier(quantity: Quantity) -> bool:
    return isinstance(_main_reading(quantity), Code)


def _digits(quantity: Quantity) -> str:
    return "".join(char for char in quantity.text if char.isdigit())


def _quoted(quantity: Quantity) -> str:
    """The words of the text, and for a date in digits the day it means."""
    date = _main_reading(quantity)
    meaning = f" ({_day(date)})" if isinstance(date, Date) and quantity.text[0].isdigit() else ""
    return f"“{_shortened(quantity.text)}”{meaning}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"


def _day(date: Date) -> str:
    return f"{date.day} {_MONTHS[date.month - 1]}"


def _in_order(findings: Sequence[FindingValue]) -> list[FindingValue]:
    ordered = sorted(findings, key=_position)
    if len(ordered) <= _MOST_FINDINGS:
        return ordered
    rest = ordered[_MOST_FINDINGS:]
    return [
        *ordered[:_MOST_FINDINGS],
        FindingValue(
            severity=min((finding.severity for finding in rest), key=SEVERITIES.index),
            category=rest[0].category,
            message=f"{len(rest)} more numbers differ between source and translation.",
            source_spans=tuple(span for finding in rest for span in finding.source_spans),
            target_spans=tuple(span for finding in rest for span in finding.target_spans),
        ),
    ]


def _position(finding: FindingValue) -> tuple[bool, Span]:
    """In the order of the translation; what is missing from it comes last, in the order of the source."""
    return not finding.target_spans, (finding.target_spans or finding.source_spans)[0]
