"""What every engine made of a row of the article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from reviews.models import Document, Hypothesis, System
from reviews.models.layout import newest_runs
from reviews.values import CodePart, InlineCode, join_texts, run_hash, to_marked
from reviews.web.rendering import to_html

from .naming import EngineNames

#: Stands beside a text that nobody may take for a translation of today's German.
STALE = "of the German before it changed"


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


@dataclass(frozen=True, slots=True)
class _Run:
    """One text of an engine and the places in the order of the article it covers, the last one excluded."""

    start: int
    end: int
    text: Hypothesis


class EngineTexts:
    """The newest texts of a document's engines over a stretch of it, read in one query."""

    def __init__(self, document: Document, order: Sequence[int]) -> None:
        self.names = EngineNames(document)
        self._index = {segment: i for i, segment in enumerate(order)}
        rows = Hypothesis.objects.filter(document=document, segment_id__in=order).select_related("system")
        by_system: dict[System, list[Hypothesis]] = {}
        for row in rows:
            by_system.setdefault(row.system, []).append(row)
        self._engines = [
            (system, self._covering(newest_runs(by_system[system], order))) for system in self.names.in_order(by_system)
        ]

    def _covering(self, texts: Mapping[int, Hypothesis]) -> dict[int, _Run]:
        """Per place in the article the run that covers it."""
        covering = {}
        for segment, text in texts.items():
            start = self._index[segment]
            run = _Run(start, start + text.covers, text)
            covering.update(dict.fromkeys(range(run.start, run.end), run))
        return covering

    def of_row(self, segments: Sequence[int], hashes: Sequence[str], known: Iterable[InlineCode]) -> list[EngineText]:
        """Per engine its text for the row's segments, whose wordings have these hashes.

        `known` are the codes of source and target: a text joined from several of an engine's may hold no others,
        because the field could not give them back.
        """
        marks = {(code.id, code.part) for code in known}
        first, end = self._index[segments[0]], self._index[segments[-1]] + 1
        found = []
        for system, covering in self._engines:
            runs = list(dict.fromkeys(covering[i] for i in range(first, end) if i in covering))
            stale = any(_is_stale(run, first, end, hashes) for run in runs)
            found.append(self._text(system, runs, first, end, marks, stale=stale))
        return found

    def _text(
        self,
        system: System,
        runs: Sequence[_Run],
        first: int,
        end: int,
        marks: set[tuple[str, CodePart]],
        *,
        stale: bool,
    ) -> EngineText:
        """What the runs that touch a row's places [first, end) come to."""
        name = self.names.of(system)
        if not runs:
            return EngineText(name, SafeString(""), "", None, "no text for this passage")
        content = join_texts([run.text.content for run in runs])
        html = to_html(content)
        if not content.text:
            return EngineText(name, html, "", None, "left this passage out")
        if runs[0].start < first or runs[-1].end > end:
            return EngineText(name, html, "", None, "one text together with a neighbouring passage")
        fits = len(runs) == 1 or all((code.id, code.part) in marks for code in content.codes)
        origin = self.names.id_of(runs[0].text.pk) if runs[0].start == first and fits else None
        return EngineText(name, html, to_marked(content), origin, STALE if stale else "")


def _is_stale(run: _Run, first: int, end: int, hashes: Sequence[str]) -> bool:
    """Whether a run inside the row translates another wording than today's."""
    inside = first <= run.start and run.end <= end
    return inside and run.text.source_hash != run_hash(hashes[run.start - first : run.end - first])
