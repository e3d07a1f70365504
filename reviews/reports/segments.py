"""One article, segment by segment, as plain values for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reviews.models import Document, Hypothesis, Publication, Reference, Score
from reviews.models.layout import newest_runs
from reviews.models.states import placed


def segment_rows(document: Document) -> Iterator[dict[str, Any]]:
    """The rows of `segments --json` in article order; a constant number of queries per document."""
    placements = placed(document)
    order = [p.segment_id for p in placements]
    hypotheses = _hypotheses(document, order)
    references = _references(document, order)
    scores = _scores(document)
    published = _is_published(document)
    targets = _targets(document)
    for position, placement in enumerate(placements, start=1):
        segment = placement.segment
        leader = segment.covered_by_id
        yield {
            "document": document.external_id,
            "segment": segment.pk,
            "id": segment.external_id,
            "published": published,
            "position": position,
            "block": placement.block,
            "kind": placement.kind,
            "source": placement.source.text,
            "target": "" if leader else targets.get(segment.pk, ""),
            "covered_by": leader,
            "state": segment.state,
            "risk": {
                "score": segment.risk_score,
                "rank": segment.risk_rank,
                "reasons": segment.risk_reasons,
            },
            "hypotheses": {
                system: _hypothesis(runs, order, position - 1, scores) for system, runs in hypotheses.items()
            },
            "references": {name: runs[segment.pk].text for name, runs in references.items() if segment.pk in runs},
        }


def _hypothesis(
    runs: dict[int, Hypothesis], order: list[int], index: int, scores: dict[int, dict[str, Any]]
) -> dict[str, Any] | None:
    own = runs.get(order[index])
    if own is not None:
        return {"text": own.text, "covers": own.covers, "scores": scores.get(own.pk, {})}
    for back in range(index - 1, -1, -1):
        leader = runs.get(order[back])
        if leader is not None:
            return {"covered_by": order[back]} if back + leader.covers > index else None
    return None


def _hypotheses(document: Document, order: list[int]) -> dict[str, dict[int, Hypothesis]]:
    by_system: dict[str, list[Hypothesis]] = {}
    rows = Hypothesis.objects.filter(document=document).select_related("system").order_by("system__position")
    for row in rows:
        by_system.setdefault(row.system.label, []).append(row)
    return {system: newest_runs(rows, order) for system, rows in by_system.items()}


def _references(document: Document, order: list[int]) -> dict[str, dict[int, Reference]]:
    by_name: dict[str, list[Reference]] = {}
    for row in Reference.objects.filter(document=document).order_by("name"):
        by_name.setdefault(row.name, []).append(row)
    return {name: newest_runs(rows, order) for name, rows in by_name.items()}


def _scores(document: Document) -> dict[int, dict[str, Any]]:
    """Per hypothesis, metric by metric (`bleu`, or `bleu:A` where it was measured against several references)."""
    found: dict[int, dict[str, Any]] = {}
    rows = Score.objects.filter(hypothesis__document=document).select_related("config", "target__reference_set")
    labels = {row.target.reference_set.label for row in rows if row.target.reference_set}
    for row in rows:
        reference = row.target.reference_set
        name = f"{row.config.metric}:{reference.label}" if reference and len(labels) > 1 else row.config.metric
        found.setdefault(row.hypothesis_id, {})[name] = (
            row.value if row.value is not None else {"value": None, "reason": row.reason}
        )
    return found


def _targets(document: Document) -> dict[int, str]:
    rows = document.segments.select_related("latest_revision", "chosen")
    return {segment.pk: target.text for segment in rows if (target := segment.target()) is not None}


def _is_published(document: Document) -> str | None:
    if document.latest_publication_id is None:
        return None
    return Publication.objects.values_list("created_at", flat=True).get(pk=document.latest_publication_id).isoformat()
