"""The checks on the demo articles: how many of the planted errors they point at, and what else they say.

An error counts as found when a finding on the right side (in the source for an omission) overlaps the planted span
and is no longer than 40 characters or three times that span, so that a finding about the whole sentence finds only
errors of that length.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from itertools import groupby
from pathlib import Path
from typing import Any

from reviews.checks.article import check_text
from reviews.importing.aligning import align_article
from reviews.importing.formats.base import ReadOptions
from reviews.importing.formats.folder import HtmlArticles
from reviews.importing.segmenting import segment_source
from reviews.values import (
    SEVERITIES,
    AlignedText,
    FindingValue,
    ImportedArticle,
    PlacedSource,
    SegmentText,
    Severity,
    Span,
    join_texts,
)

ENGINES = ("engine-a", "engine-b")
REFERENCE = "reference"
_LANGUAGES = {"source_lang": "de", "target_lang": "en"}
_SHORTEST_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Found:
    """One finding and the pair it was made on."""

    article: str
    version: str
    text: SegmentText
    check: str
    finding: FindingValue

    def line(self) -> str:
        spans = [self.text.source.text[slice(*span)] for span in self.finding.source_spans]
        spans += [self.text.target.text[slice(*span)] for span in self.finding.target_spans]
        return f"{self.version} {self.finding.severity} {self.check}: {self.finding.message} {spans}"


@dataclass(frozen=True, slots=True)
class Planted:
    """A planted error, with its span in the sentence of its side."""

    id: str
    engine: str
    severity: Severity
    category: str
    source: str
    target: str
    on_source: bool
    span: Span


@dataclass(slots=True)
class Report:
    """What the checks said of all articles."""

    errors: list[tuple[Planted, Found | None]] = field(default_factory=list)
    false_alarms: list[Found] = field(default_factory=list)
    further: list[Found] = field(default_factory=list)
    references: list[tuple[SegmentText, Sequence[Found]]] = field(default_factory=list)

    def found(self, engine: str, *severities: Severity) -> tuple[int, int]:
        """How many errors of an engine were found, of how many."""
        asked = [found for error, found in self.errors if error.engine == engine and error.severity in severities]
        return sum(found is not None for found in asked), len(asked)

    def reference_sentences(self, *severities: Severity) -> int:
        """Sentences of the references with a finding of one of these severities."""
        return sum(any(f.finding.severity in severities for f in found) for _, found in self.references)


def measure(articles: Path) -> Report:
    """Read, align and check all articles of the folder. Raises OSError where they are missing."""
    report = Report()
    for folder in sorted(path for path in articles.iterdir() if path.is_dir()):
        planted = json.loads((folder / "planted_errors.json").read_text(encoding="utf-8"))
        versions = dict(_versions(folder))
        found = {name: list(_findings(folder.name, name, article)) for name, article in versions.items()}
        for engine in ENGINES:
            _compare(report, engine, planted, found[engine])
        for text, group in groupby(found[REFERENCE], key=lambda pair: pair[0]):
            report.references.append((text, [f for _, f in group if f is not None]))
    return report


def _versions(folder: Path) -> Iterator[tuple[str, list[SegmentText]]]:
    """Each translation of an article as the pairs that an import makes of it."""
    options = ReadOptions(zone=UTC, **_LANGUAGES)
    read = [item for item in HtmlArticles().read(folder, options) if isinstance(item, ImportedArticle)]
    source = next(article for article in read if article.role == "source")
    segments = segment_source(source.blocks, "de")
    for article in read:
        if article.role != "source":
            aligned = align_article(segments, article.blocks, "de", "en")
            yield article.name, [_pair(segments, row) for row in aligned if row.segment is not None]


def _pair(segments: Sequence[PlacedSource], row: AlignedText) -> SegmentText:
    assert row.segment is not None
    run = segments[row.segment : row.segment + row.covers]
    return SegmentText(join_texts([s.content for s in run]), row.content, kind=run[0].kind, **_LANGUAGES)


def _findings(article: str, version: str, texts: Sequence[SegmentText]) -> Iterator[tuple[SegmentText, Found | None]]:
    """Every pair with each of its findings, or once with None."""
    for i, text in enumerate(texts):
        found = [
            Found(article, version, text, result.check.id, finding)
            for result in check_text(texts, i)
            for finding in result.findings
        ]
        yield from ((text, f) for f in found or [None])


def _compare(
    report: Report, engine: str, planted: dict[str, Any], found: Sequence[tuple[SegmentText, Found | None]]
) -> None:
    findings = [f for _, f in found if f is not None]
    pointing: set[int] = set()
    for error in (_planted(entry) for entry in planted["errors"] if entry["engine"] == engine):
        hits = [f for f in findings if _points_at(f, error)]
        pointing.update(id(f) for f in hits)
        report.errors.append((error, min(hits, key=lambda f: SEVERITIES.index(f.finding.severity), default=None)))
    for right in (entry for entry in planted["not_errors"] if entry["engine"] == engine):
        report.false_alarms += [f for f in findings if _touches(f, right["source_span"], right["span"])]
    report.further += [f for f in findings if id(f) not in pointing]


def _planted(entry: dict[str, Any]) -> Planted:
    on_source = entry["side"] == "source"
    start, end = ("source_start", "source_end") if on_source else ("start", "end")
    return Planted(
        entry["id"],
        entry["engine"],
        entry["severity"],
        entry["mqm_category"],
        entry["source_sentence"],
        entry["target_sentence"] or "",
        on_source,
        (entry[start], entry[end]),
    )


def _points_at(found: Found, error: Planted) -> bool:
    text = found.text.source.text if error.on_source else found.text.target.text
    sentence = error.source if error.on_source else error.target
    offset = text.find(sentence)
    if offset < 0 or error.source not in found.text.source.text:
        return False
    start, end = offset + error.span[0], offset + error.span[1]
    longest = max(_SHORTEST_LIMIT, 3 * (end - start))
    spans = found.finding.source_spans if error.on_source else found.finding.target_spans
    return any(a < end and b > start and b - a <= longest for a, b in spans)


def _touches(found: Found, source: str, target: str) -> bool:
    """Whether a finding lies on a passage that is right."""
    return _overlaps(found.text.source.text, source, found.finding.source_spans) and (
        not found.finding.target_spans or _overlaps(found.text.target.text, target, found.finding.target_spans)
    )


def _overlaps(text: str, passage: str, spans: Sequence[Span]) -> bool:
    at = text.find(passage)
    return at >= 0 and any(a < at + len(passage) and b > at for a, b in spans)


def print_report(report: Report) -> None:
    """Print what was found by engine, severity and category, and everything else the checks said."""
    for engine in ENGINES:
        found, of = report.found(engine, "critical", "major")
        print(f"{engine}: critical and major {found} of {of}")
        by_category: defaultdict[tuple[str, Severity], list[bool]] = defaultdict(list)
        for error, hit in report.errors:
            if error.engine == engine:
                by_category[error.category, error.severity].append(hit is not None)
        for (category, severity), hits in sorted(by_category.items()):
            print(f"  {severity:8} {category:45} {sum(hits):2} of {len(hits):2}")
    for error, hit in report.errors:
        if hit is None and error.severity != "minor":
            print(f"not found: {error.id} {error.severity} {error.category}")
    print(f"findings on passages that are right: {len(report.false_alarms)}")
    for found_ in report.false_alarms:
        print("  " + found_.line())
    sentences = len(report.references)
    print(
        f"references: {report.reference_sentences('critical', 'major')} of {sentences} sentences with major or worse, "
        f"{report.reference_sentences(*SEVERITIES)} with anything"
    )
    for _, findings in report.references:
        for found_ in findings:
            print("  " + found_.line())
    counts = Counter(found_.version for found_ in report.further)
    print(f"further findings: {dict(counts)}")
    for found_ in report.further:
        if found_.version == "engine-a":
            print("  " + found_.line())
