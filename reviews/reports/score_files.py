"""Human scores and foreign metric scores as files again, for other tools."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import BinaryIO

from django.db.models import F

from reviews.importing.scorefiles import appraise, mqm, segscore, spans
from reviews.importing.scorefiles.places import Place
from reviews.metrics.mqm import weight
from reviews.metrics.service import segment_names
from reviews.models import Campaign, Hypothesis, Placement, Project, Rating, Score, System
from reviews.models.in_force import texts_in, whole
from reviews.values import in_batches, join_texts

from .human_scores import Rated, mean_by_text, ratings_in_force

CAMPAIGN_FORMATS = ("segscore", "spans", "mqm", "esa")


class ExportError(ValueError):
    """What was asked for cannot be written; the message says why."""


def write_campaign(stream: BinaryIO, campaign: Campaign, format_name: str, places: Sequence[Place] | None) -> int:
    """The campaign's ratings that hold, in one of CAMPAIGN_FORMATS; how many ratings were written.

    `places` orders the lines of formats that name no segment; without them they follow the project's documents.
    Raises ExportError.
    """
    rated = ratings_in_force(Rating.objects.filter(campaign=campaign).select_related("hypothesis"))
    if format_name == "segscore":
        return write_segment_scores(stream, campaign.project, mean_by_text(rated), places)
    if format_name == "spans":
        return _write_spans(stream, campaign.project, rated, places)
    if format_name == "mqm":
        return _write_mqm(stream, campaign.project, rated)
    return _write_appraise(stream, campaign.project, rated)


def write_metric(
    stream: BinaryIO, project: Project, metric: str, reference: str | None, places: Sequence[Place] | None
) -> int:
    """A metric's segment scores as a `.seg.score` file; how many. Raises ExportError."""
    scores = Score.objects.filter(target__project=project, config__metric=metric, value__isnull=False)
    if reference is not None:
        scores = scores.filter(target__reference_set__label=reference)
    made = {(row.config_id, row.target_id) for row in scores.only("config", "target")}
    if not made:
        raise ExportError(f"{project.slug} has no scores of {metric!r}{f' against {reference}' if reference else ''}.")
    if len(made) > 1:
        raise ExportError(f"{metric} was measured against several references: name one with --reference.")
    values = {pk: value for pk, value in scores.values_list("hypothesis", "value") if value is not None}
    return write_segment_scores(stream, project, values, places)


def write_segment_scores(
    stream: BinaryIO, project: Project, values: Mapping[int, float], places: Sequence[Place] | None
) -> int:
    """`.seg.score` lines of every system that has any of these values (by hypothesis); how many have one."""
    lines = [(system, values.get(text)) for system, text in _lines(project, values, places)]
    segscore.write_values(stream, ((system, segscore.as_text(value)) for system, value in lines))
    return sum(value is not None for _, value in lines)


def _write_spans(stream: BinaryIO, project: Project, rated: Sequence[Rated], places: Sequence[Place] | None) -> int:
    by_text = {entry.rating.hypothesis_id: entry for entry in rated}
    if len(by_text) < len(rated):
        raise ExportError("These files hold one rating a text, and here several people rated the same: write mqm.")
    lines = [(system, by_text.get(text)) for system, text in _lines(project, by_text, places)]
    spans.write_judgements(
        stream,
        (
            (system, None if entry is None else [(mark, weight(mark.category, mark.severity)) for mark in entry.marks])
            for system, entry in lines
        ),
    )
    return sum(entry is not None for _, entry in lines)


def _lines(project: Project, wanted: Mapping[int, object], places: Sequence[Place] | None) -> Iterator[tuple[str, int]]:
    """(system, hypothesis) of each line of files that name no segments, 0 for none; systems without any are left out.

    Raises ExportError for a place that the project does not have.
    """
    segments = _segments(project)
    missing = next((place for place in places or () if place not in segments), None)
    if missing is not None:
        raise ExportError(f"{project.slug} has no segment {missing.segment} in the document {missing.document!r}.")
    texts = {(row.system_id, row.segment_id): row.pk for row in _hypotheses(wanted)}
    having = {system for system, _ in texts}
    for system in System.objects.filter(project=project, pk__in=having).order_by("position"):
        for place in segments if places is None else places:
            yield system.label, texts.get((system.pk, segments[place]), 0)


def _segments(project: Project) -> dict[Place, int]:
    """Every segment of the project's current sources, documents as they came in, by its place in score files."""
    rows = Placement.objects.sourced().filter(
        source_revision__document__project=project, source_revision=F("source_revision__document__current_source")
    )
    found: dict[Place, int] = {}
    columns = ("source_revision__document__external_id", "segment__external_id", "segment_id")
    ordered = rows.order_by("source_revision__document_id", "rank").values_list(*columns)
    for document, of_document in groupby(ordered, key=lambda row: row[0]):
        entries = list(of_document)
        names = segment_names([external_id for _, external_id, _ in entries])
        found |= {Place(document, name): pk for name, (_, _, pk) in zip(names, entries, strict=True)}
    return found


def _hypotheses(wanted: Iterable[int]) -> Iterator[Hypothesis]:
    """In the order of their runs, so that of two for one segment the newer comes last."""
    for ids in in_batches(sorted(wanted)):
        yield from Hypothesis.objects.filter(pk__in=ids).select_related("system", "document").order_by("pk")


# --- files that name their segments ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Written:
    """A rating with all that a file says of it; `number` is the segment's place among all of the project."""

    rated: Rated
    hypothesis: Hypothesis
    place: Place
    number: int


def _written(project: Project, rated: Sequence[Rated]) -> list[_Written]:
    """The ratings of texts that have a segment, engine by engine in article order."""
    places = {pk: (number, place) for number, (place, pk) in enumerate(_segments(project).items(), 1)}
    texts = {row.pk: row for row in _hypotheses({entry.rating.hypothesis_id for entry in rated})}
    written = []
    for entry in rated:
        hypothesis = texts[entry.rating.hypothesis_id]
        if hypothesis.segment_id in places:
            number, place = places[hypothesis.segment_id]
            written.append(_Written(entry, hypothesis, place, number))
    return sorted(written, key=lambda one: (one.hypothesis.system.position, one.number, one.rated.rating.annotator))


def _write_mqm(stream: BinaryIO, project: Project, rated: Sequence[Rated]) -> int:
    written = _written(project, rated)
    sources = _sources([one.hypothesis for one in written])
    rows = (
        mqm.WrittenRating(
            system=one.hypothesis.system.label,
            document=one.place.document,
            segment=one.place.segment,
            number=one.number,
            annotator=one.rated.rating.annotator or "unnamed",
            source=sources[one.hypothesis.pk],
            target=one.hypothesis.text,
            marks=one.rated.marks,
        )
        for one in written
    )
    try:
        mqm.write_judgements(stream, rows)
    except ValueError as error:
        raise ExportError(f"{error}.") from None
    return len(written)


def _sources(hypotheses: Iterable[Hypothesis]) -> dict[int, str]:
    """The source text of each hypothesis, article by article."""
    of_document: defaultdict[int, list[Hypothesis]] = defaultdict(list)
    for row in hypotheses:
        of_document[row.document_id].append(row)
    found = {}
    for rows in of_document.values():
        texts = texts_in(rows[0].document, whole(rows[0].document))
        position = {segment: i for i, segment in enumerate(texts.order)}
        for row in rows:
            if row.segment_id in position:
                placements = texts.sources(position[row.segment_id], row.covers)
                found[row.pk] = join_texts([placement.source.content for placement in placements]).text
    return found


def _write_appraise(stream: BinaryIO, project: Project, rated: Sequence[Rated]) -> int:
    if any(entry.rating.value is None for entry in rated):
        raise ExportError("These files hold a number from 0 to 100, and this campaign has marks only: write mqm.")
    written = _written(project, rated)
    items: Counter[str] = Counter()
    rows = []
    for one in written:
        annotator = one.rated.rating.annotator or "unnamed"
        items[annotator] += 1
        system = one.hypothesis.system.label
        value = one.rated.value
        rows.append(
            appraise.WrittenItem(annotator, system, items[annotator], one.place.document, value, one.rated.marks)
        )
    appraise.write_judgements(stream, rows, (project.source_lang, project.target_lang))
    return len(written)
