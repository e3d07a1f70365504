"""Nothing where a translation should be."""

from __future__ import annotations

from reviews.values import FindingValue, SegmentText, gettext_noop

from .base import Check, Example


class LengthEmptyTarget(Check):
    """A source with a letter or digit needs a translation; a source of signs alone ("***") may go without."""

    id = "length.empty_target"
    version = 1
    name = gettext_noop("Empty translation")
    description = gettext_noop("The source has text and the translation is empty.")
    category = "accuracy/omission"
    severity = "critical"
    examples = (
        Example("Für das Modell F5 gibt es keine Patches mehr.", "", fires=True),
        Example("2026", " ", fires=True),
        Example("***", "", fires=False),
        Example("Linux", "Linux", fires=False),
    )

    def run(self, text: SegmentText) -> list[FindingValue]:
        source = text.source.text
        if not any(char.isalnum() for char in source) or any(_is_visible(char) for char in text.target.text):
            return []
        start = len(source) - len(source.lstrip())
        return [
            FindingValue(
                severity=self.severity,
                category=self.category,
                message="The source has text, the translation is empty.",
                source_spans=((start, len(source.rstrip())),),
            )
        ]


def _is_visible(char: str) -> bool:
    """Blanks and invisible characters (zero-width space, byte order mark, directional marks) are no translation."""
    return not char.isspace() and char.isprintable()
