"""What every engine made of a row of the article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from reviews.models import Document, Hypothesis, System
from reviews.models.layout import newest_runs
from reviews.values import CodePart, InlineCode, join_texts, to_marked
from reviews.web.rendering import to_html


@dataclass(frozen=True, slots=True)
class EngineText:
    """One engine's text for a row. `hypothesis` is what a text that starts from it names as its origin."""

    name: str
    html: SafeString
    marked: str
    hypothesis: int | None
    note: str = ""

    @property
    def adoptable(self) -> bool:
        return self.hypothesis is not None


class EngineTexts:
    """The newest texts of a document's engines over a stretch of it, read in one query."""

    def __init__(self, document: Document, order: Sequence[int]) -> None:
        self._order = order
        self._index = {segment: i for i, segment in enumerate(order)}
        rows = Hypothesis.objects.filter(document=document, segment_id__in=order).select_related("system")
        by_system: dict[System, list[Hypothesis]] = {}
        for row in rows:
            by_system.setdefault(row.system, []).append(row)
        self._texts: list[tuple[System, Mapping[int, Hypothesis]]] = [
            (system, newest_runs(by_system[system], order))
            for system in sorted(by_system, key=lambda system: system.position)
        ]

    def of_row(self, segments: Sequence[int], known: Iterable[InlineCode]) -> list[EngineText]:
        """Per engine its text for the row's segments.

        `known` are the codes of source and target: a text joined from several of an engine's may hold no others,
        because the field could not give them back.
        """
        marks = {(code.id, code.part) for code in known}
        return [self._of_engine(system, texts, segments, marks) for system, texts in self._texts]

    def _of_engine(
        self,
        system: System,
        texts: Mapping[int, Hypothesis],
        segments: Sequence[int],
        marks: set[tuple[str, CodePart]],
    ) -> EngineText:
        first, last = self._index[segments[0]], self._index[segments[-1]]
        runs = [
            (start, row)
            for start, row in ((self._index[segment], row) for segment, row in texts.items())
            if start <= last and start + row.covers > first
        ]
        runs.sort(key=lambda run: run[0])
        if not runs:
            return EngineText(system.label, SafeString(""), "", None, "no text for this passage")
        content = join_texts([row.content for _, row in runs])
        html = to_html(content)
        if not content.text:
            return EngineText(system.label, html, "", None, "left this passage out")
        if runs[0][0] < first or runs[-1][0] + runs[-1][1].covers > last + 1:
            return EngineText(system.label, html, "", None, "one text together with a neighbouring passage")
        starts_here = runs[0][0] == first
        fits = len(runs) == 1 or all((code.id, code.part) in marks for code in content.codes)
        return EngineText(system.label, html, to_marked(content), runs[0][1].pk if starts_here and fits else None)
