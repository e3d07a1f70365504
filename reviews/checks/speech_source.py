"""A named source of a statement that the translation leaves out."""

from __future__ import annotations

from reviews.values import FindingValue, SegmentText, gettext_noop

from .base import NAME_KINDS, Check, Example
from .phrases.attribution import named_sources, names_a_source
from .phrases.places import counterpart


class SpeechSource(Check):
    """Looks for "laut", "zufolge", "nach Angaben" and the like, and for anybody who says so in the translation."""

    id = "speech.source"
    version = 2
    name = gettext_noop("Named source")
    description = gettext_noop("The source says on whose word it rests (“laut Polizei”), the translation does not.")
    category = "accuracy/omission"
    severity = "major"
    direction = ("de", "en")
    examples = (
        Example("Laut Polizei war die Tür offen.", "The door was open.", fires=True),
        Example("Der Firma zufolge fehlen Daten.", "Data is missing.", fires=True),
        Example("Nach Angaben des Amts ist alles sicher.", "Everything is safe.", fires=True),
        Example("Laut Polizei war die Tür offen.", "The door was open, according to police.", fires=False),
        Example("Der Firma zufolge fehlen Daten.", "Data is missing, the company says.", fires=False),
        Example("Die Musik war laut.", "The music was loud.", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source, target = text.source.text, text.target.text
        if text.kind in NAME_KINDS or not target.strip() or source == target:
            return []
        said = list(named_sources(source))
        if not said or names_a_source(target):
            return []
        return [
            FindingValue(
                severity="major",
                category="accuracy/omission",
                message=f"“{source[slice(*span)]}” in the source: the translation does not say on whose word it rests.",
                source_spans=(span,),
                target_spans=(place,) if (place := counterpart(source, span, target)) else (),
            )
            for span in said
        ][:1]
