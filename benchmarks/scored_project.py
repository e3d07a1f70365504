"""A big project of really scored texts, for measuring queries: the WMT22 segments, repeated.

Every segment is one of WMT 2022 de-en with its texts, its reference A and the scores and statistics our metrics give
them, so that any slice's corpus score can be recomputed with sacrebleu from texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from reviews.metrics.base import Batch, Languages
from reviews.metrics.registry import REFERENCE_METRICS, SOURCE_SIGNALS
from reviews.models import (
    Document,
    Hypothesis,
    MetricConfig,
    Placement,
    Project,
    Reference,
    ReferenceSet,
    Score,
    ScoreTarget,
    Segment,
    SegmentSource,
    SourceRevision,
    System,
    TargetKind,
)
from reviews.models.document import content_columns
from reviews.models.scores import STATISTICS_COLUMNS
from reviews.values import CodedText, SegmentScore, in_batches, sha256_hex

WMT22 = Path(__file__).resolve().parents[2] / "shared" / "data" / "wmt22-de-en"
REFERENCE = "A"
LANGUAGES = Languages("de", "en")
NEWEST = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAYS = 365


@dataclass(frozen=True, slots=True)
class Texts:
    """The lines of WMT22: one source, one reference, and one text per system."""

    sources: list[str]
    references: list[str]
    systems: Mapping[str, list[str]]

    @classmethod
    def read(cls, folder: Path = WMT22) -> Texts:
        lines = lambda path: path.read_text(encoding="utf-8").removesuffix("\n").split("\n")  # noqa: E731
        return cls(
            lines(folder / "source.de"),
            lines(folder / f"ref.{REFERENCE}.en"),
            {path.stem: lines(path) for path in sorted((folder / "systems").glob("*.en"))},
        )


@dataclass(frozen=True, slots=True)
class Size:
    """How big the project is; `sections` share its documents evenly."""

    systems: int = 10
    documents: int = 5_000
    segments_per_document: int = 20
    sections: int = 10

    @property
    def segments(self) -> int:
        return self.documents * self.segments_per_document

    @property
    def pairs(self) -> int:
        return self.systems * self.segments


@dataclass(slots=True)
class ScoredProject:
    """The project, and which WMT22 line stands where: document number × segments_per_document + place → line."""

    project: Project
    size: Size
    texts: Texts
    #: Our system's label → the WMT22 system whose texts it has.
    origins: dict[str, str] = field(default_factory=dict)

    def line_of(self, number: int) -> int:
        """The WMT22 line that the segment with this number repeats."""
        return number % len(self.texts.sources)

    def lines_in_section(self, section: int) -> list[int]:
        """The WMT22 lines of all segments in this section, in order."""
        per_document = self.size.segments_per_document
        return [
            self.line_of(document * per_document + place)
            for document in range(section, self.size.documents, self.size.sections)
            for place in range(per_document)
        ]


def section_name(number: int) -> str:
    return f"section-{number}"


def build(texts: Texts, size: Size, slug: str = "million") -> ScoredProject:
    """Write the project; the newest documents were published on NEWEST, the oldest a year before."""
    project = Project.objects.create(slug=slug, name=slug, source_lang="de", target_lang="en")
    built = ScoredProject(project, size, texts)
    names = list(texts.systems)
    systems = []
    for position in range(size.systems):
        origin = names[position % len(names)]
        systems.append(System.objects.create(project=project, name=f"engine-{position}", position=position))
        built.origins[systems[-1].label] = origin
    with transaction.atomic():
        _write_articles(built)
    _write_texts_and_scores(built, systems)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return built


def _write_articles(built: ScoredProject) -> None:
    size, texts = built.size, built.texts
    documents = Document.objects.bulk_create(
        Document(
            project=built.project,
            external_id=f"nx-{number}",
            title=f"Article {number}",
            section=section_name(number % size.sections),
            published_at=NEWEST - timedelta(days=DAYS) * (1 - (number + 1) / size.documents),
            segments_total=size.segments_per_document,
            segments_new=size.segments_per_document,
        )
        for number in range(size.documents)
    )
    sources = SourceRevision.objects.bulk_create(
        SourceRevision(document=document, number=1, content_hash=sha256_hex(document.external_id), reader="benchmark")
        for document in documents
    )
    for document, source in zip(documents, sources, strict=True):
        document.current_source = source
    Document.objects.bulk_update(documents, ["current_source"], batch_size=1000)
    hashed = [content_columns(CodedText(text)) for text in texts.sources]
    references = [content_columns(CodedText(text)) for text in texts.references]
    for batch in in_batches(enumerate(zip(documents, sources, strict=True)), 100):
        places = [(number, place, *both) for number, both in batch for place in range(size.segments_per_document)]
        lines = [built.line_of(number * size.segments_per_document + place) for number, place, _, _ in places]
        segments = Segment.objects.bulk_create(Segment(document=document) for _, _, document, _ in places)
        wordings = SegmentSource.objects.bulk_create(
            SegmentSource(segment=segment, **hashed[line]) for segment, line in zip(segments, lines, strict=True)
        )
        Placement.objects.bulk_create(
            Placement(
                source_revision=source,
                segment=segment,
                source=wording,
                rank=(place + 1) * 1024,
                block=place,
                sentence=0,
                kind="headline" if place == 0 else "body",
            )
            for (_, place, _, source), segment, wording in zip(places, segments, wordings, strict=True)
        )
        Reference.objects.bulk_create(
            Reference(
                document=document,
                segment=segment,
                name=REFERENCE,
                number=1,
                ordinal=place,
                source_hash=hashed[line]["content_hash"],
                **references[line],
            )
            for (_, place, document, _), segment, line in zip(places, segments, lines, strict=True)
        )


# --- texts and scores --------------------------------------------------------------------------------------


def _write_texts_and_scores(built: ScoredProject, systems: Sequence[System]) -> None:
    """The million rows: multiplied in the database from one row per WMT22 text and metric, in an import's order."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE text_template (origin text, line int, text text, hash text) ON COMMIT DROP"
        )
        cursor.execute(
            "CREATE TEMPORARY TABLE score_template (origin text, line int, target_id bigint, config_id bigint, "
            "value double precision, reason text, target_hash text, "
            + ", ".join(f"{column} int" for column in STATISTICS_COLUMNS)
            + ") ON COMMIT DROP"
        )
        _copy(cursor, "text_template", _text_rows(built.texts))
        _copy(cursor, "score_template", _score_rows(built))
        cursor.execute("CREATE INDEX ON text_template (origin, line)")
        cursor.execute("CREATE INDEX ON score_template (origin, line)")
        cursor.execute("ANALYZE text_template")
        cursor.execute("ANALYZE score_template")
        cursor.execute("CREATE TEMPORARY TABLE origins (system_id bigint, origin text) ON COMMIT DROP")
        _copy(cursor, "origins", ((system.pk, built.origins[system.label]) for system in systems))
        numbered = (
            "SELECT g.id AS segment_id, g.document_id, "
            "(row_number() OVER (ORDER BY g.id) - 1) AS number "
            f"FROM {_table(Segment)} g JOIN {_table(Document)} d ON d.id = g.document_id WHERE d.project_id = %s"
        )
        cursor.execute(
            f"INSERT INTO {_table(Hypothesis)} (text, codes, content_hash, covers, number, ordinal, block, reason, "
            "source_hash, created_at, document_id, segment_id, system_id) "
            "SELECT t.text, '[]', t.hash, 1, 1, s.number %% %s, 0, '', '', now(), "
            "s.document_id, s.segment_id, o.system_id "
            f"FROM ({numbered}) s CROSS JOIN origins o "
            "JOIN text_template t ON t.origin = o.origin AND t.line = s.number %% %s "
            "ORDER BY s.document_id, o.system_id, s.segment_id",
            [built.size.segments_per_document, built.project.pk, len(built.texts.sources)],
        )
        columns = ", ".join(STATISTICS_COLUMNS)
        cursor.execute(
            f"INSERT INTO {_table(Score)} (hypothesis_id, target_id, config_id, value, reason, hypothesis_hash, "
            f"target_hash, updated_at, {columns}) "
            "SELECT h.id, t.target_id, t.config_id, t.value, t.reason, h.content_hash, t.target_hash, now(), "
            f"{columns} FROM ({numbered}) s JOIN {_table(Hypothesis)} h ON h.segment_id = s.segment_id "
            "JOIN origins o ON o.system_id = h.system_id "
            "JOIN score_template t ON t.origin = o.origin AND t.line = s.number %% %s "
            "ORDER BY h.document_id, t.target_id, t.config_id, h.system_id, h.segment_id",
            [built.project.pk, len(built.texts.sources)],
        )


def _table(model: Any) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _copy(cursor: Any, table: str, rows: Iterable[Sequence[Any]]) -> None:
    rows = list(rows)  # making them asks the database too, which COPY would make wait for itself
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _text_rows(texts: Texts) -> Iterator[tuple[Any, ...]]:
    for name, lines in texts.systems.items():
        for number, text in enumerate(lines):
            yield name, number, text, CodedText(text).content_hash


def _score_rows(built: ScoredProject) -> Iterator[tuple[Any, ...]]:
    """Per system, line and metric what the product keeps of it."""
    texts = built.texts
    source = ScoreTarget.objects.create(project=built.project, kind=TargetKind.SOURCE)
    names = ReferenceSet.objects.create(project=built.project, names=[REFERENCE], label=REFERENCE)
    target = ScoreTarget.objects.create(project=built.project, kind=TargetKind.REFERENCE, reference_set=names)
    source_hashes = [CodedText(text).content_hash for text in texts.sources]
    target_hashes = [CodedText(text).content_hash for text in texts.references]
    for name in dict.fromkeys(built.origins.values()):
        lines = texts.systems[name]
        batch = Batch(lines, [(text,) for text in texts.references])
        for metric in REFERENCE_METRICS:
            config = MetricConfig.objects.get_or_create(metric=metric.id, signature=metric.signature(1))[0]
            yield from _rows(name, target.pk, config.pk, metric.scores(batch), target_hashes)
        for signal in SOURCE_SIGNALS:
            config = MetricConfig.objects.get_or_create(metric=signal.id, signature=signal.signature(LANGUAGES))[0]
            scores = signal.scores(lines, texts.sources, LANGUAGES)
            yield from _rows(name, source.pk, config.pk, scores, source_hashes)


def _rows(
    name: str, target: int, config: int, scores: Sequence[SegmentScore], hashes: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    for line, (score, target_hash) in enumerate(zip(scores, hashes, strict=True)):
        statistics = [*score.statistics, *[None] * (len(STATISTICS_COLUMNS) - len(score.statistics))]
        yield name, line, target, config, score.value, score.reason, target_hash, *statistics
