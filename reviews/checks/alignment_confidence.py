"""A translation that may belong to another sentence."""

from __future__ import annotations

from collections.abc import Sequence

from reviews.importing.aligning import LOW_CONFIDENCE
from reviews.values import FindingValue, SegmentText, gettext_noop

from .base import Check, Example

_UNSURE = "unsure"


class AlignmentConfidence(Check):
    """Says what the aligner was unsure of; texts that came in side by side, and people's, have no such doubt."""

    id = "alignment.confidence"
    version = 1
    name = gettext_noop("Unsure alignment")
    description = gettext_noop(
        "The article and its translation are divided so differently that this text may belong elsewhere."
    )
    category = "accuracy/mistranslation"
    severity = "minor"
    reads = frozenset({"alignment"})
    examples = (
        Example("Haus 45.", "Home 46.", fires=True, context=(_UNSURE,)),
        Example("Das ist alles.", "Nobody has said a word of it.", fires=True, context=(_UNSURE,)),
        Example("Haus 45.", "Home 45.", fires=False),
        Example("Das ist alles.", "That is all.", fires=False),
    )

    def context(self, article: Sequence[SegmentText], index: int) -> tuple[str, ...]:
        """That the aligner was unsure, and not how much: a figure that moves a little brings no finding back."""
        confidence = article[index].confidence
        return (_UNSURE,) if confidence is not None and confidence < LOW_CONFIDENCE else ()

    def run(self, text: SegmentText) -> list[FindingValue]:
        target = text.target.text
        if _UNSURE not in text.context or not target.strip():
            return []
        return [
            FindingValue(
                severity=self.severity,
                category=self.category,
                message="It is not sure that this is the translation of this text and not of one beside it.",
                target_spans=((0, len(target)),),
            )
        ]
