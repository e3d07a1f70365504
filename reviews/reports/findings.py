"""What the automatic checks found in a document, beside the texts it was found in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from reviews.checks.runner import PairKey, PlacedPair, Reported, pairs_in, reported
from reviews.models import Document, Finding, Placement, Revision, System
from reviews.models.in_force import TextPair, target_runs, texts_in, whole

Side = Literal["hypothesis", "revision", "reference"]
State = Literal["open", "dismissed", "fixed"]

#: One finding whatever text it stands in: the check, and the words it is about.
Identity = tuple[str, tuple[str, ...]]

#: What is found in a human text, and whether it is open there.
Standing = Mapping[Identity, bool]


@dataclass(frozen=True, slots=True)
class Text:
    """A text that holds and the run of segments it translates; `name` is its engine, number or translator."""

    side: Side
    name: str | int
    placements: Sequence[Placement]
    placed: PlacedPair

    @property
    def pair(self) -> TextPair:
        return self.placed.pair


@dataclass(frozen=True, slots=True)
class DocumentFindings:
    """Findings of a document in article order, as rows for scripts, and how many of its texts nobody checked yet."""

    rows: list[dict[str, Any]]
    unchecked: int


def document_findings(document: Document, *, references: bool = False) -> DocumentFindings:
    """Findings on every engine's texts and on the latest human texts, and with `references` on those too.

    A finding on an engine's text is fixed once checked human texts stand in its place and do not have it, and
    dismissed once it is dismissed there or in the human texts. Findings of muted checks are left out. The number of
    queries does not grow with the article, but for three more per 250 texts.
    """
    texts = sorted(_texts(document), key=lambda text: text.placements[0].rank)
    found = reported(document, [text.placed for text in texts])
    human = _by_segment([text for text in texts if text.side == "revision"], found)
    shown = [text for text in texts if references or text.side != "reference"]
    rows = [
        _row(document, text, entry.finding, _state(text, entry, human))
        for text in shown
        for entry in found.get(text.placed.key, ())
    ]
    return DocumentFindings(rows, sum(text.placed.key not in found for text in shown))


def _texts(document: Document) -> Iterator[Text]:
    texts = texts_in(document, whole(document))
    pairs = pairs_in(texts)
    position = {segment: i for i, segment in enumerate(texts.order)}
    for system in System.objects.filter(pk__in=texts.hypotheses).order_by("position"):
        for segment, row in texts.hypotheses[system.pk].items():
            run = texts.sources(position[segment], row.covers)
            yield Text("hypothesis", system.label, run, pairs.hypotheses[row.pk])
    for target, run in (*target_runs(texts.placements), *target_runs(texts.added)):
        if isinstance(target, Revision):
            yield Text("revision", target.number, run, pairs.targets[run[0].segment_id])
    for name, references in sorted(texts.references.items()):
        for segment, reference in references.items():
            run = texts.sources(position[segment], reference.covers)
            yield Text("reference", name, run, pairs.references[reference.pk])


def _by_segment(revisions: Sequence[Text], found: Mapping[PairKey, Sequence[Reported]]) -> dict[int, Standing | None]:
    """Per segment with a human text what is found in it; None where nobody checked it yet."""
    by_segment: dict[int, Standing | None] = {}
    for text in revisions:
        entries = found.get(text.placed.key)
        identities = None if entries is None else {_identity(text, entry.finding): entry.open for entry in entries}
        by_segment.update((placement.segment_id, identities) for placement in text.placements)
    return by_segment


def _identity(text: Text, finding: Finding) -> Identity:
    """Offsets differ between two texts, and in the source between two runs; the words do not."""
    source, target = text.pair.source.text, text.pair.target.text
    words = [source[start:end] for start, end in finding.source_spans]
    return finding.check_name, tuple(words or [target[start:end] for start, end in finding.target_spans])


def _state(text: Text, entry: Reported, human: Mapping[int, Standing | None]) -> State:
    if not entry.open:
        return "dismissed"
    if text.side != "hypothesis":
        return "open"
    identity = _identity(text, entry.finding)
    standing = [human.get(placement.segment_id) for placement in text.placements]
    if any(found is None or found.get(identity) for found in standing):
        return "open"
    return "dismissed" if any(found is not None and identity in found for found in standing) else "fixed"


def _row(document: Document, text: Text, finding: Finding, state: State) -> dict[str, Any]:
    first = text.placements[0]
    row = {
        "document": document.external_id,
        "segment": first.segment_id,
        "block": first.block,
        "kind": first.kind,
        "sentence": first.sentence,
        "covers": len(text.placements),
        {"hypothesis": "system"}.get(text.side, text.side): text.name,
        "check": finding.check_name,
        "severity": finding.severity,
        "category": finding.category,
        "message": finding.message,
        "side": text.side,
        "state": state,
        "source": text.pair.source.text,
        "target": text.pair.target.text,
        "source_spans": finding.source_spans,
        "target_spans": finding.target_spans,
    }
    return row if finding.suggestion is None else row | {"suggestion": finding.suggestion}
