"""Length of the translation against that of its source."""

from __future__ import annotations

from collections.abc import Sequence

from reviews.values import SegmentScore, gettext_noop

from .base import EMPTY_SOURCE, Languages, SourceSignal, require_same_length


class LengthRatio(SourceSignal):
    """Characters of the hypothesis for each character of the source.

    Characters are Unicode code points of the plain text, white space at both ends aside. What is usual depends on
    languages and engine: far from a project's median means that something was left out, added or repeated. An empty
    hypothesis gives 0; without a source there is no ratio.
    """

    id = "length_ratio"
    name = gettext_noop("Length ratio")
    description = gettext_noop("How long the translation is, compared with the source.")
    unit = gettext_noop("characters for each character of the source")
    higher_is_better = None

    def signature(self, languages: Languages) -> str:
        return "unit:code-points|ends:stripped|rules:1"

    def scores(self, hypotheses: Sequence[str], sources: Sequence[str], languages: Languages) -> list[SegmentScore]:
        require_same_length(hypotheses, sources, "sources")
        return [_ratio(hypothesis, source) for hypothesis, source in zip(hypotheses, sources, strict=True)]


def _ratio(hypothesis: str, source: str) -> SegmentScore:
    length = len(source.strip())
    if not length:
        return SegmentScore(None, reason=EMPTY_SOURCE)
    return SegmentScore(len(hypothesis.strip()) / length)
