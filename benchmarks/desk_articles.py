"""Articles of any length for measuring the desk, and for its tests: written in bulk, straight into the tables.

Every text is a sentence of some 14 words with numbers of its own; four make a paragraph. Three engines translate them.
Of every ten texts the first engine, which an editor starts from, gets a number wrong in one; three were reviewed by
another person, and one was begun. What an import would leave behind besides (files, tasks, events) is not there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction

from reviews.models import (
    Decision,
    DecisionKind,
    Document,
    Hypothesis,
    Origin,
    Person,
    Placement,
    Project,
    Revision,
    Segment,
    SegmentSource,
    SourceRevision,
    System,
)
from reviews.models.document import content_columns
from reviews.models.states import refresh
from reviews.values import CodedText, sha256_hex

ENGINES = ("engine-a", "engine-b", "engine-c")
PARAGRAPH = 4
AT_ONCE = 2_000
RANK_STEP = 1024


@transaction.atomic
def write_article(project: Project, name: str, size: int, other: Person) -> Document:
    """An article of `size` texts, of which `other` reviewed and began some, ranked by risk from its end."""
    document = Document.objects.create(
        project=project, external_id=name, title=f"Sicherheitslücken: {name}", section="Security"
    )
    source = SourceRevision.objects.create(
        document=document, number=1, content_hash=sha256_hex(f"{name} {size}"), reader="benchmark"
    )
    document.current_source = source
    document.save(update_fields=["current_source"])
    systems = [_system(project, engine, i) for i, engine in enumerate(ENGINES)]
    for start in range(0, size, AT_ONCE):
        _write_part(document, source, systems, range(start, min(start + AT_ONCE, size)), size, other)
    refresh(document)
    document.refresh_from_db()
    return document


def _system(project: Project, name: str, position: int) -> System:
    return System.objects.get_or_create(project=project, name=name, version="", defaults={"position": position})[0]


def german(i: int) -> CodedText:
    return CodedText(
        f"Das Update Nummer {i + 1} schließt {i % 90 + 10} Lücken in {i * 7 + 1200} Geräten des Herstellers."
    )


def english(i: int, engine: int) -> CodedText:
    devices = i * 7 + 1200 + (10 if engine == 0 and i % 10 == 5 else 0)
    verb = ("closes", "fixes", "shuts")[engine]
    return CodedText(f"Update number {i + 1} {verb} {i % 90 + 10} gaps in {devices} devices of the manufacturer.")


def _write_part(
    document: Document, source: SourceRevision, systems: list[System], part: range, size: int, other: Person
) -> None:
    segments = Segment.objects.bulk_create(
        Segment(
            document=document,
            external_id=str(i + 1),
            risk_score=(i + 1) / size,
            risk_rank=size - i,
            risk_ranked=True,
            risk_reasons=["the engines differ"],
        )
        for i in part
    )
    sources = SegmentSource.objects.bulk_create(
        SegmentSource(segment=segment, **content_columns(german(i))) for i, segment in zip(part, segments, strict=True)
    )
    Placement.objects.bulk_create(
        Placement(
            source_revision=source,
            segment=wording.segment,
            source=wording,
            rank=(i + 1) * RANK_STEP,
            block=(i + PARAGRAPH - 1) // PARAGRAPH,
            sentence=(i + PARAGRAPH - 1) % PARAGRAPH if i else 0,
            kind="body" if i else "headline",
        )
        for i, wording in zip(part, sources, strict=True)
    )
    for engine, system in enumerate(systems):
        texts = Hypothesis.objects.bulk_create(
            Hypothesis(
                document=document,
                segment=wording.segment,
                system=system,
                number=1,
                ordinal=i,
                source_hash=wording.content_hash,
                **content_columns(english(i, engine)),
            )
            for i, wording in zip(part, sources, strict=True)
        )
        if engine == 0:
            for segment, text in zip(segments, texts, strict=True):
                segment.chosen = text
            Segment.objects.bulk_update(segments, ["chosen"], batch_size=500)
    _write_reviews(document, sources, part, other)


def _write_reviews(document: Document, sources: list[SegmentSource], part: range, other: Person) -> None:
    saved = Revision.objects.bulk_create(
        Revision(
            document=document,
            segment=wording.segment,
            number=1,
            author=other,
            origin=Origin.ACCEPTED if i % 10 < 3 else Origin.TYPED,
            started_from=wording.segment.chosen,
            source_hash=wording.content_hash,
            **content_columns(english(i, 0)),
        )
        for i, wording in zip(part, sources, strict=True)
        if i % 10 < 4
    )
    Decision.objects.bulk_create(_decisions(document, saved, part, other))


def _decisions(document: Document, saved: list[Revision], part: range, other: Person) -> Iterator[Decision]:
    for i, revision in zip((i for i in part if i % 10 < 4), saved, strict=True):
        if i % 10 < 3:
            yield Decision(
                document=document,
                segment=revision.segment,
                revision=revision,
                kind=DecisionKind.REVIEWED,
                person=other,
                source_hash=revision.source_hash,
                target_hash=revision.content_hash,
            )


# --- a backlog, by the database itself -------------------------------------------------------------------


def backlog(postgresql: bool, project: Project, articles: int, size: int, author: Person) -> Iterator[str]:
    """Statements that write so many articles of `size` texts each with two engines, every third text saved.

    Texts and hashes are alike: nobody opens these articles, they only have to be there.
    """
    first = 1 + (Document.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)
    systems = [_system(project, engine, i).pk for i, engine in enumerate(ENGINES[:2])]
    low = {
        model: 1 + (model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)  # type: ignore[attr-defined]
        for model in (Segment, SegmentSource, Placement, Hypothesis, Revision, SourceRevision)
    }
    total = articles * size

    def numbers(upto: int) -> str:
        if postgresql:
            return f"generate_series(0, {upto - 1}) AS series(n)"
        return f"(WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n < {upto - 1}) SELECT n FROM s)"

    now = "CURRENT_TIMESTAMP"
    empty, route, true = ("'[]'::jsonb", "'{}'::jsonb", "TRUE") if postgresql else ("'[]'", "'{}'", "1")
    digest = "md5(n::text)" if postgresql else "printf('%032x', n)"
    article = f"{first} + n / {size}"
    yield (
        "INSERT INTO reviews_document (id, project_id, external_id, title, section, url, author, created_at, "
        "audit_number, state, segments_total, segments_new, segments_in_review, segments_reviewed, segments_approved, "
        f"segments_sent_back, segments_source_changed) SELECT {first} + n, {project.pk}, 'backlog-' || n, "
        f"'Article ' || n, 'Politics', '', '', {now}, 0, 'in_review', {size}, {size - size // 3}, {size // 3}, 0, 0, "
        f"0, 0 FROM {numbers(articles)}"
    )
    yield (
        "INSERT INTO reviews_sourcerevision (id, document_id, number, content_hash, raw_hash, raw_name, reader, "
        f"created_at) SELECT {low[SourceRevision]} + n, {first} + n, 1, {digest}, '', '', 'benchmark', {now} "
        f"FROM {numbers(articles)}"
    )
    yield (f"UPDATE reviews_document SET current_source_id = id - {first} + {low[SourceRevision]} WHERE id >= {first}")
    yield (
        "INSERT INTO reviews_segment (id, document_id, external_id, created_at, state, risk_score, risk_rank, "
        f"risk_reasons, risk_ranked, route) SELECT {low[Segment]} + n, {article}, n % {size} + 1, {now}, "
        f"CASE WHEN n % 3 = 0 THEN 'in_review' ELSE 'new' END, 0, n % {size} + 1, {empty}, {true}, {route} "
        f"FROM {numbers(total)}"
    )
    text = "'Das Update Nummer ' || n || ' schließt Lücken in vielen Geräten des Herstellers aus der Stadt.'"
    yield (
        "INSERT INTO reviews_segmentsource (id, segment_id, text, codes, content_hash, created_at) "
        f"SELECT {low[SegmentSource]} + n, {low[Segment]} + n, {text}, {empty}, {digest}, {now} FROM {numbers(total)}"
    )
    yield (
        "INSERT INTO reviews_placement (id, source_revision_id, segment_id, source_id, rank, block, sentence, kind, "
        f"locator) SELECT {low[Placement]} + n, {low[SourceRevision]} + n / {size}, {low[Segment]} + n, "
        f"{low[SegmentSource]} + n, (n % {size} + 1) * {RANK_STEP}, n % {size} / {PARAGRAPH}, n % {PARAGRAPH}, 'body', "
        f"'' FROM {numbers(total)}"
    )
    text = "'Update number ' || n || ' closes gaps in many devices of the manufacturer from the city.'"
    for i, system in enumerate(systems):
        yield (
            "INSERT INTO reviews_hypothesis (id, document_id, segment_id, system_id, number, ordinal, covers, block, "
            f"reason, source_hash, text, codes, content_hash, created_at) SELECT {low[Hypothesis] + i * total} + n, "
            f"{article}, {low[Segment]} + n, {system}, 1, n % {size}, 1, 0, '', {digest}, {text}, {empty}, {digest}, "
            f"{now} FROM {numbers(total)}"
        )
    yield (f"UPDATE reviews_segment SET chosen_id = id - {low[Segment]} + {low[Hypothesis]} WHERE id >= {low[Segment]}")
    yield (
        "INSERT INTO reviews_revision (id, document_id, segment_id, lane, number, covers, author_id, origin, "
        f"derived_from, source_hash, text, codes, content_hash, created_at) SELECT {low[Revision]} + n, {article}, "
        f"{low[Segment]} + n, 'main', 1, 1, {author.pk}, 'typed', {empty}, {digest}, {text}, {empty}, {digest}, {now} "
        f"FROM {numbers(total)} WHERE n % 3 = 0"
    )
    yield (
        f"UPDATE reviews_segment SET latest_revision_id = id - {low[Segment]} + {low[Revision]} "
        f"WHERE id >= {low[Segment]} AND state = 'in_review'"
    )


def identities() -> Iterator[str]:
    """Statements that let PostgreSQL number on after rows that came with their own numbers."""
    for model in (Document, SourceRevision, Segment, SegmentSource, Placement, Hypothesis, Revision):
        table: Any = model._meta.db_table
        yield f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
