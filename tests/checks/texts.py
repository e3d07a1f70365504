"""Pairs of texts for checks, and the shared articles sentence by sentence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reviews.checks.base import Check
from reviews.values import SEGMENT_KINDS, CodedText, FindingValue, SegmentText
from tests.shared import shared_path

ARTICLES = ("chipfabrik-foerderung", "handy-sicherheitsluecke", "open-source-verwaltung", "ransomware-kommunen")


def pair(source: str, target: str, kind: str = "body", languages: tuple[str, str] = ("de", "en")) -> SegmentText:
    return SegmentText(CodedText(source), CodedText(target), *languages, kind)


def spans(text: str, found: tuple[tuple[int, int], ...]) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in found)


def only_finding(check: Check, source: str, target: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The severity of the one finding of a pair, and the passages it marks in source and translation."""
    (finding,) = check.run(pair(source, target))
    return finding.severity, spans(source, finding.source_spans), spans(target, finding.target_spans)


@dataclass(frozen=True)
class ArticlePair:
    """One German sentence of a shared article with an engine's or the reference's English."""

    article: str
    segment: str
    engine: str
    text: SegmentText


def article_pairs() -> Iterator[ArticlePair]:
    for article in ARTICLES:
        for row in json.loads(shared_path(f"articles/{article}/gold_alignment.json").read_text("utf-8")):
            kind = row["segment"].partition(".")[0]
            for engine in ("engine_a", "engine_b", "reference"):
                # A dropped sentence is null.
                text = pair(row["de"], row[engine] or "", kind if kind in SEGMENT_KINDS else "body")
                yield ArticlePair(article, row["segment"], engine.replace("_", "-"), text)


def planted(article: str, key: str) -> list[dict[str, Any]]:
    """The planted `errors` or the `not_errors` of a shared article."""
    return json.loads(shared_path(f"articles/{article}/planted_errors.json").read_text("utf-8"))[key]


def human_pairs(folder: str, reference: str, domain: str | None = None) -> list[SegmentText]:
    """WMT segments with a human translation, of one domain if the set has several."""
    lines = {
        name: shared_path(f"data/{folder}/{name}").read_text("utf-8").split("\n")[:-1]
        for name in ("source.de", f"ref.{reference}.en")
    }
    chosen = range(len(lines["source.de"]))
    if domain is not None:
        rows = shared_path(f"data/{folder}/docs.tsv").read_text("utf-8").split("\n")[1:-1]
        chosen = [place for place in chosen if rows[place].split("\t")[2] == domain]
    return [pair(lines["source.de"][place], lines[f"ref.{reference}.en"][place]) for place in chosen]


def share_with_findings(check: Check, texts: list[SegmentText]) -> float:
    return sum(bool(check.run(text)) for text in texts) / len(texts)


def overlaps(finding: FindingValue, error: dict[str, Any]) -> bool:
    """Whether a finding lies on a planted error: on the source for an omission, else on the translation."""
    found = finding.source_spans if error["side"] == "source" else finding.target_spans
    start, end = (
        (error["source_start"], error["source_end"]) if error["side"] == "source" else (error["start"], error["end"])
    )
    longest = max(40, 3 * (end - start))
    return any(left < end and start < right and right - left <= longest for left, right in found)
