"""Writes what score files say: people's ratings with their marks, and scores of metrics that ran elsewhere.

All rows of a file are matched first, then written in one transaction, so that a crash leaves nothing half-written; the
same file again changes nothing. A row belongs to the text that its engine has in force for the segment; what has no
such partner is counted by reason, never moved to a neighbour.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from reviews.importing.scorefiles.base import Judgement, Mark
from reviews.models import (
    Campaign,
    Document,
    ErrorAnnotation,
    Hypothesis,
    MetricConfig,
    Project,
    Protocol,
    Rating,
    ReferenceSet,
    Score,
    ScoreTarget,
    System,
    TargetKind,
)
from reviews.models.audit import append_event
from reviews.models.in_force import Texts, texts_in, whole
from reviews.models.scores import STATISTICS_COLUMNS
from reviews.values import canonical_json, in_batches, join_texts, sha256_hex

from .base import Languages
from .external import ExternalMetric
from .runner import Changes, SetTarget, SourceTarget, Wanted, write

NO_SYSTEM = "the project has no such engine"
NO_DOCUMENT = "the project has no such document"
NO_SEGMENT = "the document has no such segment"
NO_TEXT = "the engine has no text of its own there"
OTHER_TEXT = "the engine's text is another one"
IN_PART = "not every segment of the document was judged, and the file does not say which"
BEYOND = "an error is marked beyond the end of the text"
OTHER_RUN = "the reference covers this text together with a neighbour's"

#: Rows without a partner that are named one by one; the others are only counted.
EXAMPLES = 20


class ScoreFileError(ValueError):
    """What a file says does not go with what is stored; the message says what to do. Nothing was written."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the scores come from, for the record."""

    file: str
    sha256: str


@dataclass(slots=True)
class Outcome:
    """What came of a file: rows by what happened to them. `unmatched` counts rows without a partner by reason."""

    counts: Counter[str] = field(default_factory=Counter)
    unmatched: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, Any]] = field(default_factory=list)

    def leave_out(self, judgement: Judgement, reason: str) -> None:
        self.unmatched[reason] += 1
        if len(self.examples) < EXAMPLES:
            place = {"document": judgement.document, "segment": judgement.segment, "system": judgement.system}
            self.examples.append({"line": judgement.line, **place, "reason": reason})

    @property
    def matched(self) -> int:
        return self.counts.total()

    def to_json(self) -> dict[str, Any]:
        return {
            **{name: self.counts[name] for name in ("new", "changed", "same")},
            "unmatched": dict(sorted(self.unmatched.items())),
            "examples": self.examples,
        }


# --- whose text a row is about -----------------------------------------------------------------------


def segment_names(ids: Sequence[str]) -> Sequence[str]:
    """What score files call the segments of a document with these ids: so, or by number where it has none."""
    return ids if any(ids) else [str(number) for number in range(1, len(ids) + 1)]


@dataclass(frozen=True, slots=True)
class _Matched:
    judgement: Judgement
    hypothesis: Hypothesis


@dataclass(frozen=True, slots=True)
class _Article:
    """A document's texts in force; `places` says where each segment stands, by what score files call it."""

    texts: Texts
    order: Sequence[int]
    places: Mapping[str, int]

    @classmethod
    def of(cls, document: Document) -> _Article:
        texts = texts_in(document, whole(document))
        names = segment_names([placement.segment.external_id for placement in texts.placements])
        return cls(texts, texts.order, {name: place for place, name in enumerate(names)})

    def find(self, judgement: Judgement, system: int) -> Hypothesis | str:
        """The text that is judged, or why there is none."""
        if judgement.of is not None and judgement.of != len(self.order):
            return IN_PART
        place = int(judgement.segment) - 1 if judgement.of else self.places.get(judgement.segment)
        if place is None:
            return NO_SEGMENT
        hypothesis = self.texts.hypotheses.get(system, {}).get(self.order[place])
        if hypothesis is None:
            return NO_TEXT
        if judgement.target is not None and judgement.target != hypothesis.text:
            return OTHER_TEXT
        in_source = _reach(judgement, "source")
        if _reach(judgement, "target") > len(hypothesis.text):
            return BEYOND
        if in_source and in_source > self._source_length(place, hypothesis.covers):
            return BEYOND
        return hypothesis

    def _source_length(self, place: int, covers: int) -> int:
        return len(join_texts([placement.source.content for placement in self.texts.sources(place, covers)]).text)


def _reach(judgement: Judgement, side: str) -> int:
    """Where the last mark on a side ends; 0 without one."""
    return max((mark.span[1] for mark in judgement.marks if mark.span and mark.side == side), default=0)


def _by_article(
    project: Project, judgements: Iterable[Judgement], outcome: Outcome
) -> Iterator[tuple[_Article, list[_Matched]]]:
    """Per document of the file what of it has a partner; a fixed number of queries each."""
    systems = {system.label: system.pk for system in System.objects.filter(project=project)}
    groups: defaultdict[str, list[Judgement]] = defaultdict(list)
    for judgement in judgements:
        if judgement.system in systems:
            groups[judgement.document].append(judgement)
        else:
            outcome.leave_out(judgement, NO_SYSTEM)
    for names in in_batches(groups):
        documents = {row.external_id: row for row in Document.objects.filter(project=project, external_id__in=names)}
        for name in names:
            if name not in documents:
                for judgement in groups[name]:
                    outcome.leave_out(judgement, NO_DOCUMENT)
                continue
            article = _Article.of(documents[name])
            matched = []
            for judgement in groups[name]:
                found = article.find(judgement, systems[judgement.system])
                if isinstance(found, str):
                    outcome.leave_out(judgement, found)
                else:
                    matched.append(_Matched(judgement, found))
            yield article, matched


# --- people ------------------------------------------------------------------------------------------


def take_ratings(
    project: Project,
    judgements: Iterable[Judgement],
    *,
    campaign: str,
    protocol: Protocol,
    origin: Origin,
    dry_run: bool,
) -> Outcome:
    """Write a campaign's ratings; an annotator who says something else of a text than before gets a further row.

    A judgement without a value is one of marks only: its number follows from them. Raises ScoreFileError when the
    campaign is known with another protocol, or is the one that people of the project mark in.
    """
    outcome = Outcome()
    with transaction.atomic():
        _lock(project)
        row = Campaign.objects.filter(project=project, name=campaign).first()
        if row is not None and row.own:
            raise ScoreFileError(
                f"The campaign {campaign} holds what people marked in {project.slug} itself. Name another with "
                "--campaign."
            )
        if row is not None and row.protocol != protocol:
            raise ScoreFileError(
                f"The campaign {campaign} is known with the protocol {row.protocol}. Name another with --campaign."
            )
        row = row or Campaign(project=project, name=campaign, protocol=protocol)
        new = _new_ratings(row, project, judgements, outcome)
        if new and not dry_run:
            row.save()
            _write_ratings(new)
            _record(project, {"campaign": campaign, "protocol": str(protocol)}, origin, outcome)
    return outcome


@dataclass(frozen=True, slots=True)
class _NewRating:
    row: Rating
    marks: Sequence[Mark]


def _new_ratings(
    campaign: Campaign, project: Project, judgements: Iterable[Judgement], outcome: Outcome
) -> list[_NewRating]:
    new = []
    for _, matched in _by_article(project, judgements, outcome):
        latest = _latest_ratings(campaign, [one.hypothesis.pk for one in matched])
        for one in matched:
            judgement = one.judgement
            digest = judgement_hash(judgement.value, judgement.marks)
            before = latest.get((one.hypothesis.pk, judgement.annotator))
            if before is not None and before.content_hash == digest:
                outcome.counts["same"] += 1
                continue
            outcome.counts["changed" if before is not None else "new"] += 1
            rating = Rating(
                campaign=campaign,
                hypothesis=one.hypothesis,
                annotator=judgement.annotator,
                number=before.number + 1 if before is not None else 1,
                value=judgement.value,
                content_hash=digest,
            )
            new.append(_NewRating(rating, judgement.marks))
    return new


def _latest_ratings(campaign: Campaign, hypotheses: Sequence[int]) -> dict[tuple[int, str], Rating]:
    latest: dict[tuple[int, str], Rating] = {}
    if campaign.pk is not None:
        for ids in in_batches(hypotheses):
            for row in Rating.objects.filter(campaign=campaign, hypothesis__in=ids).order_by("number"):
                latest[row.hypothesis_id, row.annotator] = row
    return latest


def judgement_hash(value: float | None, marks: Iterable[Mark]) -> str:
    """One hash over a rating's number and marks."""
    listed = [[mark.side, mark.span, mark.category, mark.severity, mark.comment] for mark in marks]
    return sha256_hex(canonical_json([value, listed]))


def _write_ratings(new: Sequence[_NewRating]) -> None:
    for batch in in_batches(new):
        Rating.objects.bulk_create([entry.row for entry in batch])
    for rows in in_batches(row for entry in new for row in mark_rows(entry.row, entry.marks)):
        ErrorAnnotation.objects.bulk_create(rows)


def mark_rows(rating: Rating, marks: Iterable[Mark]) -> Iterator[ErrorAnnotation]:
    """The rows of a rating's marks, not written yet."""
    for ordinal, mark in enumerate(marks):
        start, end = mark.span or (None, None)
        yield ErrorAnnotation(
            rating=rating,
            ordinal=ordinal,
            side=mark.side,
            start=start,
            end=end,
            category=mark.category,
            severity=mark.severity,
            comment=mark.comment,
        )


def as_mark(row: ErrorAnnotation) -> Mark:
    """A stored mark as a plain value."""
    span = None if row.start is None or row.end is None else (row.start, row.end)
    return Mark("source" if row.side == "source" else "target", span, row.category, row.severity, row.comment)


# --- metrics -----------------------------------------------------------------------------------------


def take_scores(
    project: Project,
    judgements: Iterable[Judgement],
    *,
    metric: ExternalMetric,
    reference: ReferenceSet | None,
    origin: Origin,
    dry_run: bool,
) -> Outcome:
    """Write a metric's scores beside ours; a score of a text that has one already replaces it.

    `reference` is what the metric looked at, None for the source. Raises ScoreFileError when the project knows the
    metric with another signature.
    """
    outcome = Outcome()
    with transaction.atomic():
        _lock(project)
        _refuse_other_signature(project, metric)
        kind = TargetKind.SOURCE if reference is None else TargetKind.REFERENCE
        target = ScoreTarget.objects.filter(project=project, kind=kind, reference_set=reference).first()
        config = MetricConfig.objects.filter(metric=metric.id, signature=metric.signature).first()
        found = list(_found_scores(project, judgements, reference, outcome))
        new = _new_scores(found, target, config, outcome)
        if new and not dry_run:
            target = target or ScoreTarget.objects.create(project=project, kind=kind, reference_set=reference)
            config = config or MetricConfig.objects.create(metric=metric.id, signature=metric.signature)
            write(Changes(rows=[_score_row(value, wanted, target, config) for value, wanted in new]))
            data = {
                "metric": metric.id,
                "signature": metric.signature,
                "reference": reference.label if reference else "",
            }
            _record(project, data, origin, outcome)
    return outcome


def _refuse_other_signature(project: Project, metric: ExternalMetric) -> None:
    others = MetricConfig.objects.filter(metric=metric.id).exclude(signature=metric.signature)
    for other in others:
        if Score.objects.filter(config=other, target__project=project).exists():
            raise ScoreFileError(
                f"{metric.id} is known in {project.slug} as {other.signature}, and this would be {metric.signature}. "
                "Say the same, or give the file's metric another name, such as with @ and a version."
            )


def _found_scores(
    project: Project, judgements: Iterable[Judgement], reference: ReferenceSet | None, outcome: Outcome
) -> Iterator[tuple[float, Wanted]]:
    """Values with what they compare, hashes included."""
    languages = Languages(project.source_lang, project.target_lang)
    target = SetTarget(0, tuple(reference.names), {}) if reference else SourceTarget(0, {}, languages)
    for article, matched in _by_article(project, judgements, outcome):
        wanted = {entry.hypothesis: entry for entry in target.wanted(article.texts)}
        for one in matched:
            entry = wanted[one.hypothesis.pk]
            if entry.reason:
                outcome.leave_out(one.judgement, entry.reason)
            elif entry.hypothesis_hash != one.hypothesis.content_hash:
                outcome.leave_out(one.judgement, OTHER_RUN)
            elif one.judgement.value is not None:
                yield one.judgement.value, entry


def _new_scores(
    found: Sequence[tuple[float, Wanted]], target: ScoreTarget | None, config: MetricConfig | None, outcome: Outcome
) -> list[tuple[float, Wanted]]:
    stored: dict[int, tuple[float | None, str, str]] = {}
    if target is not None and config is not None:
        for ids in in_batches([wanted.hypothesis for _, wanted in found]):
            rows = Score.objects.filter(hypothesis__in=ids, target=target, config=config)
            for row in rows.defer(*STATISTICS_COLUMNS):
                stored[row.hypothesis_id] = (row.value, row.hypothesis_hash, row.target_hash)
    new = []
    for value, wanted in found:
        before = stored.get(wanted.hypothesis)
        if before == (value, wanted.hypothesis_hash, wanted.target_hash):
            outcome.counts["same"] += 1
        else:
            outcome.counts["changed" if before else "new"] += 1
            new.append((value, wanted))
    return new


def _score_row(value: float, wanted: Wanted, target: ScoreTarget, config: MetricConfig) -> Score:
    return Score(
        hypothesis_id=wanted.hypothesis,
        target=target,
        config=config,
        value=value,
        hypothesis_hash=wanted.hypothesis_hash,
        target_hash=wanted.target_hash,
    )


# --- the record --------------------------------------------------------------------------------------


def _lock(project: Project) -> None:
    """Two imports into one project one after the other (SQLite has one writer anyway)."""
    Project.objects.select_for_update().get(pk=project.pk)


def _record(project: Project, what: Mapping[str, str], origin: Origin, outcome: Outcome) -> None:
    counts = {name: outcome.counts[name] for name in ("new", "changed", "same")}
    data = {**what, **counts, "unmatched": outcome.unmatched.total(), "file": origin.file, "sha256": origin.sha256}
    append_event(project, action="scores_imported", person=None, data=data, via="command line")
