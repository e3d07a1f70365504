"""A text of the engine that belongs to no sentence of the source."""

from __future__ import annotations

from collections.abc import Sequence

from reviews.values import FindingValue, SegmentText, gettext_noop

from .base import Check, Example

#: Of the text in question a message shows so many characters.
_SHOWN = 200


class AlignmentUnaligned(Check):
    """Names what the engine wrote beside this text and no sentence of the source calls for.

    Major, because it stands nowhere in the article as an editor sees it and as it would be published: either the
    engine made it up, or it is the rest of this sentence and is missing here. A sentence the engine dropped is an
    empty translation, which another check reports.
    """

    id = "alignment.unaligned"
    version = 1
    name = gettext_noop("Text without a source")
    description = gettext_noop(
        "The engine wrote a text beside this one that has no counterpart in the source and is not shown."
    )
    category = "accuracy/addition"
    severity = "major"
    reads = frozenset({"alignment"})
    examples = (
        Example("Der Rat tagt.", "The council meets.", fires=True, context=("Subscribe to our newsletter.",)),
        Example("Er tagt ab Mai.", "It meets.", fires=True, context=("From May onwards.",)),
        Example("Der Rat tagt.", "The council meets.", fires=False),
        Example("Er tagt ab Mai.", "It meets from May.", fires=False),
    )

    def context(self, article: Sequence[SegmentText], index: int) -> tuple[str, ...]:
        return article[index].unaligned

    def run(self, text: SegmentText) -> list[FindingValue]:
        target = text.target.text
        if not text.context or not target:
            return []
        shown = " ".join(text.context)
        shown = shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
        return [
            FindingValue(
                severity=self.severity,
                category=self.category,
                message=f"The engine also wrote “{shown}”, which belongs to no sentence of the source.",
                target_spans=((0, len(target)),),
            )
        ]
