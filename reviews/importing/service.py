"""Writing imported articles: one transaction a document, nothing twice, human text never touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from reviews.models import (
    Document,
    Hypothesis,
    ImportBatch,
    Placement,
    Project,
    Reference,
    Segment,
    SegmentSource,
    SourceRevision,
    System,
)
from reviews.models.audit import append_event
from reviews.models.document import content_columns
from reviews.models.layout import newest_runs
from reviews.models.states import placed, refresh
from reviews.values import (
    AlignedText,
    DocumentMeta,
    PlacedSource,
    canonical_json,
    in_batches,
    run_hash,
    sha256_hex,
)

from .matching import StoredSegment, match_segments, moved_pieces
from .raw import store_raw
from .report import Outcome

#: Ranks are sparse so that a later issue can place a segment between two others.
RANK_STEP = 1024

_BATCH = 500


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """One article, read, segmented and aligned: everything that is about to be written.

    `segments` is None when the import brings translations only; indexes in the aligned texts then count the
    segments of the stored source.
    """

    external_id: str
    meta: DocumentMeta
    segments: tuple[PlacedSource, ...] | None
    hypotheses: Mapping[str, Sequence[AlignedText]] = field(default_factory=dict)
    references: Mapping[str, Sequence[AlignedText]] = field(default_factory=dict)
    reader: str = ""
    raw: bytes | None = None
    raw_hash: str = ""
    raw_name: str = ""


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """What an import did to one document, counted by outcome: texts by system and by reference.

    Segments are new, changed, same, moved (some of the same ones) and removed.
    """

    document: Document | None
    outcome: Outcome
    segments: Counter[str]
    hypotheses: Mapping[str, Counter[str]]
    references: Mapping[str, Counter[str]]


class ImportRefusedError(Exception):
    """A document that cannot be written as prepared; the message says why and what to do."""


def system_named(project: Project, label: str) -> System:
    """The project's system of that label (`name` or `name@version`), made at the end of the list if it is new."""
    name, _, version = label.partition("@")
    found = System.objects.filter(project=project, name=name, version=version).first()
    if found is not None:
        return found
    # Two imports may want the same new system: whoever waits here finds it made.
    Project.objects.select_for_update().get(pk=project.pk)
    last = System.objects.filter(project=project).aggregate(last=Max("position"))["last"]
    return System.objects.get_or_create(
        project=project, name=name, version=version, defaults={"position": 0 if last is None else last + 1}
    )[0]


def source_hash(segments: Sequence[PlacedSource]) -> str:
    """One hash of a whole source: order, kinds, blocks, ids, texts and codes."""
    return sha256_hex(
        canonical_json([[s.external_id, s.kind, s.block, s.sentence, s.content.content_hash] for s in segments])
    )


@transaction.atomic
def import_document(
    project: Project, prepared: PreparedDocument, batch: ImportBatch | None, *, dry_run: bool = False
) -> DocumentResult:
    """Write one prepared document: new, changed or the same again, in one transaction.

    The same content again writes nothing. A changed source becomes a new source revision whose segments are
    matched to the old ones; revisions, decisions and findings stay with their segments. New machine texts are
    new hypotheses; what an editor has opened keeps the text it started from. With `dry_run` everything is
    counted and rolled back.

    Raises ImportRefusedError for translations of a document that is not there.
    """
    if dry_run:
        prepared = replace(prepared, raw=None)
    document, is_new = _document(project, prepared)
    segments: Counter[str] = Counter()
    new_source = _write_source(document, prepared, batch, segments)
    order = placed(document)
    aligned = _Aligned(document, order, batch)
    hypotheses = aligned.write_hypotheses(project, prepared.hypotheses)
    references = aligned.write_references(prepared.references)
    meta_changed = _write_meta(document, prepared, is_new)
    wrote = new_source or aligned.wrote
    if wrote:
        _choose(document, order)
        refresh(document)
    outcome: Outcome = "new" if is_new else "changed" if wrote or meta_changed else "same"
    if outcome != "same":
        append_event(
            document,
            action="document.imported",
            person=None,
            data={
                "batch": batch.pk if batch else None,
                "outcome": outcome,
                "segments": dict(segments),
                "hypotheses": dict(_total(hypotheses)),
                "references": dict(_total(references)),
            },
            via="import",
        )
    result = DocumentResult(document, outcome, segments, hypotheses, references)
    if dry_run:
        transaction.set_rollback(True)
        return DocumentResult(None, outcome, segments, hypotheses, references)
    return result


def _total(counts: Mapping[str, Counter[str]]) -> Counter[str]:
    return sum(counts.values(), Counter())


def _document(project: Project, prepared: PreparedDocument) -> tuple[Document, bool]:
    """The document under its lock, made if it is new."""
    rows = Document.objects.select_for_update(of=("self",)).filter(project=project, external_id=prepared.external_id)
    found = rows.first()
    if found is not None:
        return found, False
    if prepared.segments is None:
        raise ImportRefusedError(
            f"The project has no document {prepared.external_id!r}: import its source first, then its translations."
        )
    document, created = Document.objects.get_or_create(project=project, external_id=prepared.external_id)
    return (document, True) if created else (rows.get(), False)


_META_COLUMNS = {
    "title": "title",
    "section": "section",
    "url": "url",
    "author": "author",
    "published": "published_at",
    "deadline": "deadline_at",
    "reach": "reach",
}


def _write_meta(document: Document, prepared: PreparedDocument, is_new: bool) -> bool:
    """Take over what the file says about the article; what it does not say stays. Only a source says it."""
    if prepared.segments is None:
        return False
    changed = []
    for name, column in _META_COLUMNS.items():
        value = getattr(prepared.meta, name)
        if name == "title" and value is None and is_new:
            value = _title_from(prepared.segments)
        if isinstance(value, str):
            value = value[: Document._meta.get_field(column).max_length]  # type: ignore[union-attr]
        if value is not None and getattr(document, column) != value:
            setattr(document, column, value)
            changed.append(column)
    if changed:
        document.save(update_fields=changed)
    return bool(changed)


def _title_from(segments: Sequence[PlacedSource]) -> str:
    headline = next((s for s in segments if s.kind == "headline"), None)
    return headline.content.text if headline else ""


def _write_source(
    document: Document, prepared: PreparedDocument, batch: ImportBatch | None, counts: Counter[str]
) -> bool:
    """Write a new source revision if the source differs from the current one."""
    if prepared.segments is None:
        return False
    digest = source_hash(prepared.segments)
    current = document.current_source
    if current is not None and current.content_hash == digest:
        counts["same"] += len(prepared.segments)
        return False
    raw_hash = store_raw(prepared.raw) if prepared.raw is not None else prepared.raw_hash
    revision = SourceRevision.objects.create(
        document=document,
        number=current.number + 1 if current else 1,
        content_hash=digest,
        raw_hash=raw_hash,
        raw_name=prepared.raw_name[-500:],
        reader=prepared.reader,
        batch=batch,
    )
    segment_ids = _write_segments(document, prepared.segments, counts)
    sources = _write_wordings(segment_ids, prepared.segments)
    Placement.objects.bulk_create(
        (
            Placement(
                source_revision=revision,
                segment_id=segment_id,
                source_id=source_id,
                rank=(i + 1) * RANK_STEP,
                block=piece.block,
                sentence=piece.sentence,
                kind=piece.kind,
                locator=piece.locator,
            )
            for i, (segment_id, source_id, piece) in enumerate(
                zip(segment_ids, sources, prepared.segments, strict=True)
            )
        ),
        batch_size=_BATCH,
    )
    document.current_source = revision
    document.save(update_fields=["current_source"])
    return True


def _write_segments(document: Document, pieces: Sequence[PlacedSource], counts: Counter[str]) -> list[int]:
    """The segment of each piece: the one it continues, else a new one."""
    before = placed(document) if document.current_source_id else []
    old = [StoredSegment(p.segment.external_id, p.kind, p.source.text, p.source.content_hash) for p in before]
    places = match_segments(old, pieces)
    fresh = [
        Segment(document=document, external_id=piece.external_id)
        for piece, place in zip(pieces, places, strict=True)
        if place is None
    ]
    made = iter(Segment.objects.bulk_create(fresh, batch_size=_BATCH))
    same = {
        i
        for i, (piece, place) in enumerate(zip(pieces, places, strict=True))
        if place is not None and old[place].content_hash == piece.content.content_hash
    }
    counts.update(
        new=len(fresh),
        same=len(same),
        changed=len(pieces) - len(fresh) - len(same),
        moved=len(same & moved_pieces(places)),
        removed=len(old) - (len(pieces) - len(fresh)),
    )
    return [before[place].segment_id if place is not None else next(made).pk for place in places]


def _write_wordings(segment_ids: Sequence[int], pieces: Sequence[PlacedSource]) -> list[int]:
    """The SegmentSource of each piece, written where the segment has not had this wording before."""
    known: dict[tuple[int, str], int] = {}
    for part in in_batches(segment_ids):
        rows = SegmentSource.objects.filter(segment_id__in=part)
        known.update({(s, h): pk for pk, s, h in rows.values_list("pk", "segment_id", "content_hash")})
    wanted = list(zip(segment_ids, pieces, strict=True))
    fresh = [
        SegmentSource(segment_id=segment_id, **content_columns(piece.content))
        for segment_id, piece in wanted
        if (segment_id, piece.content.content_hash) not in known
    ]
    for row in SegmentSource.objects.bulk_create(fresh, batch_size=_BATCH):
        known[row.segment_id, row.content_hash] = row.pk
    return [known[segment_id, piece.content.content_hash] for segment_id, piece in wanted]


class _Aligned:
    """Writes the translations of one document against its current source."""

    def __init__(self, document: Document, order: Sequence[Placement], batch: ImportBatch | None) -> None:
        self.document = document
        self.segments = [p.segment_id for p in order]
        self.hashes = [p.source.content_hash for p in order]
        self.batch = batch
        self.wrote = False

    def write_hypotheses(self, project: Project, texts: Mapping[str, Sequence[AlignedText]]) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = {label: Counter() for label in texts}
        for label, rows in texts.items():
            system = system_named(project, label)
            stored = list(Hypothesis.objects.filter(document=self.document, system=system))
            fresh = self._fresh(stored, rows, counts[label])
            Hypothesis.objects.bulk_create(
                (Hypothesis(system=system, **columns) for columns in fresh), batch_size=_BATCH
            )
        return counts

    def write_references(self, texts: Mapping[str, Sequence[AlignedText]]) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = {name: Counter() for name in texts}
        for name, rows in texts.items():
            stored = list(Reference.objects.filter(document=self.document, name=name))
            fresh = self._fresh(stored, rows, counts[name])
            Reference.objects.bulk_create((Reference(name=name, **columns) for columns in fresh), batch_size=_BATCH)
        return counts

    def _fresh(
        self, stored: Sequence[Hypothesis | Reference], rows: Sequence[AlignedText], counts: Counter[str]
    ) -> list[dict[str, object]]:
        """Columns of the rows a new run needs: those that differ from what holds now, and all unaligned ones."""
        in_force = newest_runs(stored, self.segments)
        last = max((row.number for row in stored), default=0)
        unaligned_now = [(r.block, r.content_hash) for r in stored if r.segment_id is None and r.number == last]
        unaligned = [row for row in rows if row.segment is None]
        changed = [row for row in rows if row.segment is not None and not self._holds(in_force, row)]
        counts["same"] += sum(row.segment is not None for row in rows) - len(changed)
        if not changed and [(r.block, r.content.content_hash) for r in unaligned] == unaligned_now:
            return []
        self.wrote = True
        for row in changed:
            assert row.segment is not None
            counts["changed" if self.segments[row.segment] in in_force else "new"] += 1
        return [self._columns(last + 1, i, row) for i, row in enumerate([*changed, *unaligned])]

    def _holds(self, in_force: Mapping[int, Hypothesis | Reference], row: AlignedText) -> bool:
        assert row.segment is not None
        now = in_force.get(self.segments[row.segment])
        return (
            now is not None
            and now.covers == row.covers
            and now.content_hash == row.content.content_hash
            and now.source_hash == self._source_hash(row)
        )

    def _source_hash(self, row: AlignedText) -> str:
        if row.segment is None:
            return ""
        return run_hash(self.hashes[row.segment : row.segment + row.covers])

    def _columns(self, number: int, ordinal: int, row: AlignedText) -> dict[str, object]:
        return {
            "document": self.document,
            "segment_id": None if row.segment is None else self.segments[row.segment],
            "covers": row.covers,
            "number": number,
            "ordinal": ordinal,
            "block": row.block,
            "reason": row.reason,
            "confidence": row.confidence,
            "source_hash": self._source_hash(row),
            "batch": self.batch,
            **content_columns(row.content),
        }


def _choose(document: Document, order: Sequence[Placement]) -> None:
    """Choose the text an editor starts from, for segments that nobody has opened yet.

    It is the project's first system's that has texts for this document.
    """
    segment_ids = [p.segment_id for p in order]
    first = (
        System.objects.filter(hypotheses__document=document, hypotheses__segment__isnull=False)
        .order_by("position")
        .first()
    )
    if first is None:
        return
    in_force = newest_runs(Hypothesis.objects.filter(document=document, system=first), segment_ids)
    changed = []
    for segment in (placement.segment for placement in order):
        wanted = in_force.get(segment.pk)
        if segment.chosen != wanted and segment.opened_at is None and segment.latest_revision_id is None:
            segment.chosen = wanted
            changed.append(segment)
    Segment.objects.bulk_update(changed, ["chosen"], batch_size=_BATCH)


@transaction.atomic
def finish_batch(
    batch: ImportBatch,
    *,
    counts: dict[str, object],
    rejected: list[dict[str, object]],
    unaligned: list[dict[str, object]],
    error: str = "",
) -> None:
    """Close a batch's row with what came of it; counts that workers added meanwhile stay."""
    row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    row.counts = {**row.counts, **counts}
    row.rejected = rejected
    row.unaligned = unaligned
    row.error = error
    row.state = ImportBatch.State.FAILED if error else ImportBatch.State.DONE
    row.finished_at = timezone.now()
    row.save()
    batch.refresh_from_db()
