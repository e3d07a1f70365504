"""Writing imported articles: one transaction a document, nothing twice, human text never touched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal, TypeVar

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery
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
    SegmentState,
    SourceRevision,
    System,
)
from reviews.models.audit import append_event
from reviews.models.document import TAKES_MORE, content_columns
from reviews.models.layout import TargetRow, current_runs, newest_runs
from reviews.models.quality import mark_week
from reviews.models.states import begin, placed, refresh
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

StoredRow = TypeVar("StoredRow", Hypothesis, Reference)


@dataclass(frozen=True, slots=True)
class PreparedDocument:
    """One article, read, segmented and aligned: everything that is about to be written.

    `segments` is None when the import brings translations only; indexes in the aligned texts then count the
    segments of the stored source, and `aligned_to` is the id of the source revision that was.
    """

    external_id: str
    meta: DocumentMeta
    segments: tuple[PlacedSource, ...] | None
    hypotheses: Mapping[str, Sequence[AlignedText]] = field(default_factory=dict)
    references: Mapping[str, Sequence[AlignedText]] = field(default_factory=dict)
    aligned_to: int | None = None
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
    """A document that cannot be written as prepared; the message says why and what to do.

    `line` is that of its file to blame, if one is.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.line = line


class SourceMovedError(ImportRefusedError):
    """Translations were aligned to a source that another import changed meanwhile; they can be aligned anew."""


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


#: Systems by label, kept from document to document of one import.
SystemCache = dict[str, System]


@transaction.atomic
def import_document(
    project: Project,
    prepared: PreparedDocument,
    batch: ImportBatch | None,
    *,
    dry_run: bool = False,
    systems: SystemCache | None = None,
    then: Callable[[Document], object] | None = None,
    action: str = "document.imported",
) -> DocumentResult:
    """Write one prepared document: new, changed or the same again, in one transaction.

    The same content again writes nothing. A changed source becomes a new source revision whose segments are
    matched to the old ones; revisions, decisions and findings stay with their segments. New machine texts are
    new hypotheses; what an editor has opened keeps the text it started from. `then` is called in the transaction
    of a document that was written, to queue what follows; `action` is what the audit trail calls that. With
    `dry_run` everything is counted and rolled back.

    Raises ImportRefusedError for translations of a document that is not there, and SourceMovedError for
    translations aligned to a source that is not the current one any more.
    """
    if dry_run:
        prepared = replace(prepared, raw=None)
    document, is_new = _document(project, prepared)
    standing = [] if is_new else placed(document)
    before = [placement for placement in standing if not placement.added]
    source = _write_source(document, standing, prepared, batch)
    translations = _Translations(document, source, batch, is_new=is_new)
    hypotheses = translations.write_hypotheses(project, prepared.hypotheses, {} if systems is None else systems)
    references = translations.write_references(prepared.references)
    meta_changed = not is_new and _write_meta(document, prepared)
    if is_new:
        chosen = _choose_first(translations.made)
        begin(document, [TargetRow(pk, chosen.get(pk, 1), has_revision=False) for pk in source.order])
    elif source.wrote or translations.wrote:
        document.save(update_fields=["current_source"])
        _choose(document, source, before)
        refresh(document)
    wrote = source.wrote or translations.wrote or meta_changed
    outcome: Outcome = "new" if is_new else "changed" if wrote else "same"
    result = DocumentResult(document, outcome, source.counts, hypotheses, references)
    if dry_run:
        transaction.set_rollback(True)
        return replace(result, document=None)
    if outcome != "same":
        _record(document, result, batch, action)
        if then is not None:
            then(document)
    return result


def _record(document: Document, result: DocumentResult, batch: ImportBatch | None, action: str) -> None:
    append_event(
        document,
        action=action,
        person=None,
        data={
            "batch": batch.pk if batch else None,
            "outcome": result.outcome,
            "segments": dict(result.segments),
            "hypotheses": dict(_total(result.hypotheses)),
            "references": dict(_total(result.references)),
        },
        via="import",
    )


def _total(counts: Mapping[str, Counter[str]]) -> Counter[str]:
    return sum(counts.values(), Counter())


def _document(project: Project, prepared: PreparedDocument) -> tuple[Document, bool]:
    """The document under its lock, made if it is new."""
    rows = Document.objects.select_for_update(of=("self",)).filter(project=project, external_id=prepared.external_id)
    found = rows.first()
    if prepared.segments is None:
        if found is None:
            raise ImportRefusedError(
                f"The project has no document {prepared.external_id!r}: import its source first, then its translations."
            )
        if prepared.aligned_to not in (None, found.current_source_id):
            raise SourceMovedError(
                f"Another import changed the source of {prepared.external_id!r} meanwhile: import the translation "
                "again."
            )
    if found is not None:
        return found, False
    # Whoever comes second of two imports of a new document waits here and finds it made.
    document, created = Document.objects.get_or_create(
        project=project, external_id=prepared.external_id, defaults=_meta_columns(prepared, is_new=True)
    )
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


def _meta_columns(prepared: PreparedDocument, *, is_new: bool) -> dict[str, object]:
    """What the file says about the article, by column of the document; only a source says it."""
    columns: dict[str, object] = {}
    if prepared.segments is None:
        return columns
    for name, column in _META_COLUMNS.items():
        value = getattr(prepared.meta, name)
        if name == "title" and value is None and is_new:
            value = _title_from(prepared.segments)
        if isinstance(value, str):
            value = value[: Document._meta.get_field(column).max_length]  # type: ignore[union-attr]
        if value is not None:
            columns[column] = value
    return columns


def _write_meta(document: Document, prepared: PreparedDocument) -> bool:
    """Take over what the file says about the article; what it does not say stays."""
    changed = []
    for column, value in _meta_columns(prepared, is_new=False).items():
        if getattr(document, column) != value:
            setattr(document, column, value)
            changed.append(column)
    if changed:
        # The week the article was counted in may not be that of its new date.
        mark_week(Document.objects.only("project_id", "published_at", "created_at").get(pk=document.pk))
        document.save(update_fields=changed)
    return bool(changed)


def _title_from(segments: Sequence[PlacedSource]) -> str:
    headline = next((s for s in segments if s.kind == "headline"), None)
    return headline.content.text if headline else ""


# --- the source -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Source:
    """A document's current source: its segments in article order and the hashes of their wordings.

    `wrote` says that this import brought it, `counts` what became of the segments.
    """

    segments: Sequence[Segment]
    hashes: Sequence[str]
    wrote: bool
    counts: Counter[str]

    @property
    def order(self) -> list[int]:
        return [segment.pk for segment in self.segments]


def _write_source(
    document: Document, standing: Sequence[Placement], prepared: PreparedDocument, batch: ImportBatch | None
) -> _Source:
    """Write a new source revision if the source differs from the current one; what editors added comes along."""
    pieces = prepared.segments
    before = [placement for placement in standing if not placement.added]
    current = document.current_source
    digest = source_hash(pieces) if pieces is not None else ""
    if pieces is None or (current is not None and current.content_hash == digest):
        counts = Counter(same=len(pieces)) if pieces is not None else Counter[str]()
        return _Source([p.segment for p in before], [p.source.content_hash for p in before], False, counts)
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
    counts = Counter()
    segments = _write_segments(document, before, pieces, counts)
    wordings = _write_wordings(document, segments, before, pieces)
    Placement.objects.bulk_create(
        (
            Placement(
                source_revision=revision,
                segment=segment,
                source_id=wordings[segment.pk],
                rank=(i + 1) * RANK_STEP,
                block=piece.block,
                sentence=piece.sentence,
                kind=piece.kind,
                locator=piece.locator,
            )
            for i, (segment, piece) in enumerate(zip(segments, pieces, strict=True))
        ),
        batch_size=_BATCH,
    )
    _place_added(revision, standing, segments, pieces)
    document.current_source = revision  # saved with what else is known of the document then
    return _Source(segments, [piece.content.content_hash for piece in pieces], True, counts)


def _write_segments(
    document: Document, before: Sequence[Placement], pieces: Sequence[PlacedSource], counts: Counter[str]
) -> list[Segment]:
    """The segment of each piece: the one it continues, one that comes back, else a new one."""
    old = [StoredSegment(p.segment.external_id, p.kind, p.source.text, p.source.content_hash) for p in before]
    places = match_segments(old, pieces)
    continued = {i: before[place].segment for i, place in enumerate(places) if place is not None}
    returned = _returned(document, pieces, continued) if document.current_source_id is not None else {}
    known = {**continued, **returned}
    fresh = {
        i: Segment(document=document, external_id=piece.external_id) for i, piece in enumerate(pieces) if i not in known
    }
    Segment.objects.bulk_create(fresh.values(), batch_size=_BATCH)
    same = {
        i
        for i, place in enumerate(places)
        if place is not None and old[place].content_hash == pieces[i].content.content_hash
    }
    counts.update(
        new=len(fresh),
        same=len(same) + len(returned),
        changed=len(continued) - len(same),
        moved=len(same & moved_pieces(places)),
        removed=len(old) - len(continued),
    )
    return [known.get(i) or fresh[i] for i in range(len(pieces))]


def _place_added(
    revision: SourceRevision,
    standing: Sequence[Placement],
    segments: Sequence[Segment],
    pieces: Sequence[PlacedSource],
) -> None:
    """Give what editors added its place in a new source: behind the text it stood behind, or what is left before that.

    Where no running text is left it leaves the article, as a text does whose source was taken out.
    """
    takes = {
        segment.pk: i
        for i, (segment, piece) in enumerate(zip(segments, pieces, strict=True))
        if piece.kind in TAKES_MORE
    }
    behind: dict[int, list[Placement]] = {}
    last = min(takes.values(), default=None)
    for placement in standing:
        if not placement.added:
            last = takes.get(placement.segment_id, last)
        elif last is not None:
            behind.setdefault(last, []).append(placement)
    Placement.objects.bulk_create(
        (
            Placement(
                source_revision=revision,
                segment=placement.segment,
                source_id=placement.source_id,
                rank=(i + 1) * RANK_STEP + n * RANK_STEP // (len(here) + 1),
                block=pieces[i].block,
                sentence=pieces[i].sentence,
                kind=pieces[i].kind,
                locator=pieces[i].locator,
                added=True,
            )
            for i, here in behind.items()
            for n, placement in enumerate(here, 1)
        ),
        batch_size=_BATCH,
    )


def _returned(document: Document, pieces: Sequence[PlacedSource], continued: Collection[int]) -> dict[int, Segment]:
    """Segments that left the source earlier and come back, word for word and under the id they had.

    They bring with them what was written for them and decided.
    """
    wanted: dict[tuple[str, str], list[int]] = {}
    for i, piece in enumerate(pieces):
        # An empty wording is that of what editors added.
        if i not in continued and (piece.content.text or piece.content.codes):
            wanted.setdefault((piece.external_id, piece.content.content_hash), []).append(i)
    returned: dict[int, Segment] = {}
    used: set[int] = set()
    for part in in_batches(wanted):
        rows = SegmentSource.objects.filter(
            segment__document=document,
            segment__state=SegmentState.RETIRED,
            content_hash__in={digest for _, digest in part},
        )
        for row in rows.select_related("segment__chosen").order_by("-segment_id"):
            waiting = wanted.get((row.segment.external_id, row.content_hash))
            if waiting and row.segment_id not in used:
                returned[waiting.pop(0)] = row.segment
                used.add(row.segment_id)
    return returned


def _write_wordings(
    document: Document, segments: Sequence[Segment], before: Sequence[Placement], pieces: Sequence[PlacedSource]
) -> dict[int, int]:
    """By segment the SegmentSource of its piece, written where the segment has not had this wording before."""
    hashes = [piece.content.content_hash for piece in pieces]
    known = {(p.segment_id, p.source.content_hash): p.source_id for p in before}
    reworded = [
        segment.pk for segment, digest in zip(segments, hashes, strict=True) if (segment.pk, digest) not in known
    ]
    for part in in_batches(reworded if document.current_source_id is not None else ()):
        rows = SegmentSource.objects.filter(segment_id__in=part)
        known.update({(s, h): pk for pk, s, h in rows.values_list("pk", "segment_id", "content_hash")})
    fresh = (
        SegmentSource(segment=segment, **content_columns(piece.content))
        for segment, piece, digest in zip(segments, pieces, hashes, strict=True)
        if (segment.pk, digest) not in known
    )
    for row in SegmentSource.objects.bulk_create(fresh, batch_size=_BATCH):
        known[row.segment_id, row.content_hash] = row.pk
    return {segment.pk: known[segment.pk, digest] for segment, digest in zip(segments, hashes, strict=True)}


# --- translations -------------------------------------------------------------------------------------


class _Translations:
    """Writes the translations of one document against its current source."""

    def __init__(self, document: Document, source: _Source, batch: ImportBatch | None, *, is_new: bool) -> None:
        self.document = document
        self.is_new = is_new
        self.order = source.order
        self.hashes = source.hashes
        self.batch = batch
        self.wrote = False
        #: The hypotheses written, by system.
        self.made: dict[System, list[Hypothesis]] = {}

    def write_hypotheses(
        self, project: Project, texts: Mapping[str, Sequence[AlignedText]], systems: SystemCache
    ) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = {label: Counter() for label in texts}
        for label in texts:
            if label not in systems:
                systems[label] = system_named(project, label)
        stored = self._stored(Hypothesis, "system_id")
        fresh = [
            Hypothesis(system=systems[label], **columns)
            for label, rows in texts.items()
            for columns in self._fresh(stored.get(systems[label].pk, ()), rows, counts[label])
        ]
        for row in Hypothesis.objects.bulk_create(fresh, batch_size=_BATCH):
            self.made.setdefault(row.system, []).append(row)
        return counts

    def write_references(self, texts: Mapping[str, Sequence[AlignedText]]) -> dict[str, Counter[str]]:
        counts: dict[str, Counter[str]] = {name: Counter() for name in texts}
        stored = self._stored(Reference, "name") if texts else {}
        fresh = [
            Reference(name=name, **columns)
            for name, rows in texts.items()
            for columns in self._fresh(stored.get(name, ()), rows, counts[name])
        ]
        Reference.objects.bulk_create(fresh, batch_size=_BATCH)
        return counts

    def _stored(self, model: type[StoredRow], name: Literal["system_id", "name"]) -> dict[object, list[StoredRow]]:
        """The rows of the document by system or reference name, without their texts."""
        stored: dict[object, list[StoredRow]] = {}
        if self.is_new:
            return stored
        for row in model._default_manager.filter(document=self.document).defer("text", "codes"):
            stored.setdefault(getattr(row, name), []).append(row)
        return stored

    def _fresh(
        self, stored: Sequence[Hypothesis | Reference], rows: Sequence[AlignedText], counts: Counter[str]
    ) -> list[dict[str, object]]:
        """Columns of the rows a new run needs: those that differ from what holds now, and all unaligned ones."""
        in_force = current_runs(stored, self.order, self.hashes)
        had_one = newest_runs(stored, self.order)
        last = max((row.number for row in stored), default=0)
        was_unaligned = [
            (row.block, row.content_hash)
            for row in sorted(stored, key=lambda row: row.ordinal)
            if row.segment_id is None and row.number == last
        ]
        unaligned = {i: row for i, row in enumerate(rows) if row.segment is None}
        aligned = {i: row for i, row in enumerate(rows) if row.segment is not None}
        changed = {i: row for i, row in aligned.items() if not self._holds(in_force, row)}
        if not changed and [(row.block, row.content.content_hash) for row in unaligned.values()] == was_unaligned:
            counts["same"] += len(aligned)
            return []
        self.wrote = True
        if not changed and not unaligned:
            # All that is new is that nothing stands unaligned any more: some text has to say that there was a new run.
            changed = dict(islice(aligned.items(), 1))
        counts["same"] += len(aligned) - len(changed)
        for row in changed.values():
            assert row.segment is not None
            counts["changed" if self.order[row.segment] in had_one else "new"] += 1
        return [self._columns(last + 1, i, rows[i]) for i in sorted([*changed, *unaligned])]

    def _holds(self, in_force: Mapping[int, Hypothesis | Reference], row: AlignedText) -> bool:
        assert row.segment is not None
        now = in_force.get(self.order[row.segment])
        return now is not None and now.covers == row.covers and now.content_hash == row.content.content_hash

    def _source_hash(self, row: AlignedText) -> str:
        if row.segment is None:
            return ""
        return run_hash(self.hashes[row.segment : row.segment + row.covers])

    def _columns(self, number: int, ordinal: int, row: AlignedText) -> dict[str, object]:
        return {
            "document": self.document,
            "segment_id": None if row.segment is None else self.order[row.segment],
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


def _choose_first(made: Mapping[System, Sequence[Hypothesis]]) -> dict[int, int]:
    """Choose the texts an editor starts from in a new document; how many segments each covers, by its first one."""
    texts = {system: [row for row in rows if row.segment_id is not None] for system, rows in made.items()}
    first = min((system for system, rows in texts.items() if rows), key=lambda system: system.position, default=None)
    if first is None:
        return {}
    _write_chosen({row.segment_id: row.pk for row in texts[first] if row.segment_id is not None})
    return {row.segment_id: row.covers for row in texts[first] if row.segment_id is not None}


def _choose(document: Document, source: _Source, before: Sequence[Placement]) -> None:
    """Choose the text an editor starts from, for segments that nobody has opened yet.

    It is the project's first system's that has texts for this document. A text of an older wording stays until there
    is one of today's, as long as the segments it stands for still follow one another.
    """
    first = (
        System.objects.filter(hypotheses__document=document, hypotheses__segment__isnull=False)
        .order_by("position")
        .first()
    )
    if first is None:
        return
    rows = Hypothesis.objects.filter(document=document, system=first).defer("text", "codes")
    current = current_runs(rows, source.order, source.hashes)
    stale = _standing_stale(current, source, [placement.segment_id for placement in before])
    changed: dict[int, int | None] = {}
    for segment in source.segments:
        wanted = current.get(segment.pk)
        chosen = wanted.pk if wanted else segment.chosen_id if segment.pk in stale else None
        if segment.chosen_id != chosen and segment.opened_at is None and segment.latest_revision_id is None:
            changed[segment.pk] = chosen
    _write_chosen(changed)


def _standing_stale(current: Mapping[int, Hypothesis], source: _Source, before: Sequence[int]) -> set[int]:
    """The segments whose chosen text is of an older wording but still stands for the same run, which has no other."""
    place = {segment: i for i, segment in enumerate(source.order)}
    place_before = {segment: i for i, segment in enumerate(before)}
    taken = {i for segment, row in current.items() for i in range(place[segment], place[segment] + row.covers)}
    stale = set()
    for i, segment in enumerate(source.segments):
        if segment.chosen is None or segment.pk in current:
            continue
        covers, was = segment.chosen.covers, place_before.get(segment.pk)
        unchanged = was is not None and source.order[i : i + covers] == before[was : was + covers]
        if unchanged and taken.isdisjoint(range(i, i + covers)):
            stale.add(segment.pk)
    return stale


def _write_chosen(chosen: Mapping[int, int | None]) -> None:
    """Each segment starts at one hypothesis of a run, so the ids alone say which goes where."""
    for emptied in in_batches([segment for segment, hypothesis in chosen.items() if hypothesis is None]):
        Segment.objects.filter(pk__in=emptied).update(chosen=None)
    given = {segment: hypothesis for segment, hypothesis in chosen.items() if hypothesis is not None}
    for part in in_batches(given):
        wanted = Hypothesis.objects.filter(segment=OuterRef("pk"), pk__in=[given[segment] for segment in part])
        Segment.objects.filter(pk__in=part).update(chosen=Subquery(wanted.values("pk")[:1]))


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
