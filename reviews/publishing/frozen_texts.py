"""The texts of a publication, read back from its frozen body."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviews.models import Publication, Revision
from reviews.models.in_force import TextPair
from reviews.values import CodedText, in_batches, join_texts


@dataclass(frozen=True, slots=True)
class FrozenText:
    """One published text with the sources of the run it serves; `segment` is the one it starts at.

    `segments` are all it serves. `position` counts from 1 in the article. `derived_from` is what its revision says.
    """

    segment: int
    segments: tuple[int, ...]
    position: int
    pair: TextPair
    derived_from: tuple[Mapping[str, Any], ...]

    @property
    def source(self) -> str:
        return self.pair.source.text

    @property
    def target(self) -> str:
        return self.pair.target.text


def frozen_texts(publication: Publication) -> list[FrozenText]:
    """In article order; no query. Texts are plain: their codes are left in the body."""
    rows = json.loads(publication.body)["segments"]
    runs: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        runs[row["covered_by"] or row["segment"]].append(row)
    return [_frozen_text(run) for run in runs.values()]


def _frozen_text(run: Sequence[Mapping[str, Any]]) -> FrozenText:
    first = run[0]
    target = first["target"]
    sources = [CodedText(row["source"]["text"]) for row in run]
    return FrozenText(
        segment=first["segment"],
        segments=tuple(row["segment"] for row in run),
        position=first["position"],
        pair=TextPair(
            source=sources[0] if len(sources) == 1 else join_texts(sources),
            target=CodedText(target["text"]),
            source_hash=target["source_hash"],
            target_hash=target["hash"],
            kind=first["kind"],
        ),
        derived_from=tuple(target["derived_from"]),
    )


def text_of(texts: Collection[FrozenText], segment_id: int) -> FrozenText | None:
    """The text that serves the segment; None where the publication holds no such segment."""
    return next((text for text in texts if segment_id in text.segments), None)


def engines_of(text: FrozenText) -> list[str]:
    """The engines of whose words any are left in the text, by label, in order.

    A text that was divided from another, or joined, says which one: its engines are followed through those. A query
    for each such step, and none for nearly all texts.
    """
    engines: set[str] = set()
    seen: set[int] = set()
    entries: list[Mapping[str, Any]] = list(text.derived_from)
    while entries:
        engines.update(entry["system"] for entry in entries if entry.get("system") and entry.get("kept"))
        further = {entry["revision"] for entry in entries if entry.get("revision") and entry.get("kept")} - seen
        seen |= further
        entries = []
        for part in in_batches(sorted(further)):
            for derived_from in Revision.objects.filter(pk__in=part).values_list("derived_from", flat=True):
                entries += derived_from
    return sorted(engines)
