"""One article, segment by segment, as plain values for scripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reviews.metrics.external import external_metric
from reviews.models import Document, Hypothesis, Publication, Score, System
from reviews.models.in_force import Texts, texts_in, whole
from reviews.models.quotes import provenance_json, standing_provenance
from reviews.routing.risk import per_word
from reviews.routing.rules import shown_route
from reviews.routing.service import hypothesis_risks
from reviews.values import Risk

from .human_scores import ratings_by_text


def segment_rows(document: Document) -> Iterator[dict[str, Any]]:
    """The rows of `segments --json` in article order; a constant number of queries per document."""
    texts = texts_in(document, whole(document))
    systems = System.objects.filter(pk__in=texts.hypotheses).order_by("position")
    starts = {system.label: _starts(texts, texts.hypotheses[system.pk]) for system in systems}
    scores = _scores(document)
    risks = hypothesis_risks(document)
    ratings = ratings_by_text(document)
    published = _is_published(document)
    quotes = standing_provenance([*texts.order, *(placement.segment_id for placement in texts.added)])
    placements = sorted((*texts.placements, *texts.added), key=lambda placement: placement.rank)
    for position, placement in enumerate(placements, start=1):
        segment = placement.segment
        leader = segment.covered_by_id
        target = segment.target()
        yield {
            "document": document.external_id,
            "segment": segment.pk,
            "id": segment.external_id,
            "published": published,
            "position": position,
            "block": placement.block,
            "kind": placement.kind,
            "source": placement.source.text,
            "added": placement.added,
            "target": target.text if target is not None and leader is None else "",
            "covered_by": leader,
            "state": segment.state,
            "provenance": provenance_json(quotes[segment.pk]) if segment.pk in quotes else None,
            "risk": {
                "score": segment.risk_score,
                "rank": segment.risk_rank,
                "reasons": segment.risk_reasons,
                "ranked": segment.risk_ranked,
                "per_word": per_word(segment.risk_score, target.text)
                if target is not None and leader is None
                else None,
            },
            "route": dict(shown_route(segment.route)),
            "hypotheses": {
                label: _hypothesis(segment.pk, by_segment.get(segment.pk), scores, risks, ratings)
                for label, by_segment in starts.items()
            },
            "references": {
                name: rows[segment.pk].text for name, rows in sorted(texts.references.items()) if segment.pk in rows
            },
        }


def _starts(texts: Texts, rows: Mapping[int, Hypothesis]) -> dict[int, Hypothesis]:
    """Per segment the text that covers it, whether it starts there or earlier."""
    position = {segment: i for i, segment in enumerate(texts.order)}
    return {
        placement.segment_id: row
        for segment, row in rows.items()
        for placement in texts.sources(position[segment], row.covers)
    }


def _hypothesis(
    segment: int,
    row: Hypothesis | None,
    scores: Mapping[int, Mapping[str, Any]],
    risks: Mapping[int, Risk],
    ratings: Mapping[int, Mapping[str, Any]],
) -> dict[str, Any] | None:
    if row is None:
        return None
    if row.segment_id != segment:
        return {"covered_by": row.segment_id}
    # A text that came in after the others were read has no risk yet; null is not 0.
    risk = risks.get(row.pk)
    return {
        "text": row.text,
        "covers": row.covers,
        "scores": scores.get(row.pk, {}),
        "ratings": ratings.get(row.pk, {}),
        "risk": _risk(risk, row) if risk else None,
    }


def _risk(risk: Risk, row: Hypothesis) -> dict[str, Any]:
    return {
        "score": risk.score,
        "reasons": list(risk.reasons),
        "ranked": risk.ranked,
        "per_word": per_word(risk.score, row.text),
    }


def _scores(document: Document) -> dict[int, dict[str, Any]]:
    """Per hypothesis, metric by metric (`bleu`, or `bleu:A` where it was measured against several references).

    A number of a score file is not ours, and goes with its orientation.
    """
    found: dict[int, dict[str, Any]] = {}
    rows = Score.objects.filter(hypothesis__document=document).select_related("config", "target__reference_set")
    labels = {row.target.reference_set.label for row in rows if row.target.reference_set}
    for row in rows:
        reference = row.target.reference_set
        name = f"{row.config.metric}:{reference.label}" if reference and len(labels) > 1 else row.config.metric
        found.setdefault(row.hypothesis_id, {})[name] = _score(row)
    return found


def _score(row: Score) -> float | dict[str, Any]:
    if row.value is None:
        return {"value": None, "reason": row.reason}
    external = external_metric(row.config.metric, row.config.signature)
    if external is None:
        return row.value
    better = "higher" if external.higher_is_better else "lower"
    return {"value": row.value, "better": better, "against": external.against}


def _is_published(document: Document) -> str | None:
    if document.latest_publication_id is None:
        return None
    return Publication.objects.values_list("created_at", flat=True).get(pk=document.latest_publication_id).isoformat()
