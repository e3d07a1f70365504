"""The caches on segments and documents, and the one place that writes them.

Truth is revisions, decisions and hashes. `derive_state` says what they make of a segment; `refresh` writes that
for the segments that changed, in the transaction of the change; `verify` derives everything anew and compares.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count, F, FilteredRelation, Max, OuterRef, Q, Subquery

from reviews.values import canonical_json, in_batches, run_hash, sha256_hex

from .document import Document, DocumentState, Placement, Segment, SegmentState
from .lanes import second_reviews, shares_in
from .layout import TargetRow, lay_out
from .passes import ReviewPass
from .publication import Publication
from .review import Decision, DecisionKind, Lane, Revision
from .search import write_words
from .work import WorkItem

#: Rows asked for or written in one statement.
BATCH = 500


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    id: int
    source_hash: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    kind: str
    revision: int
    source_hash: str
    target_hash: str


def derive_state(source_hash: str, revision: RevisionFacts | None, decision: DecisionFacts | None) -> SegmentState:
    """What the latest main-lane revision and the latest decision make of a run of segments.

    `source_hash` is the hash of the run's sources as they are now. A decision counts for the revision and the
    two hashes it was made on and for nothing else.
    """
    if revision is None:
        return SegmentState.NEW
    if revision.source_hash != source_hash and not _is_current(source_hash, revision, decision):
        return SegmentState.SOURCE_CHANGED
    if decision is None or decision.revision != revision.id:
        return SegmentState.IN_REVIEW
    if decision.kind == DecisionKind.SENT_BACK:
        return SegmentState.SENT_BACK
    if not _is_current(source_hash, revision, decision) or decision.kind == DecisionKind.REOPENED:
        return SegmentState.IN_REVIEW
    return SegmentState.APPROVED if decision.kind == DecisionKind.APPROVED else SegmentState.REVIEWED


def _is_current(source_hash: str, revision: RevisionFacts, decision: DecisionFacts | None) -> bool:
    """Whether the decision was made on exactly these two texts (also of a source that changed meanwhile)."""
    return (
        decision is not None
        and decision.revision == revision.id
        and decision.source_hash == source_hash
        and decision.target_hash == revision.content_hash
    )


@dataclass(frozen=True, slots=True)
class Truth:
    """Per segment what the caches must say."""

    state: SegmentState
    covered_by: int | None
    latest_revision: int | None
    latest_decision: int | None


def derive(segments: Sequence[Segment], sources: Mapping[int, str]) -> dict[int, Truth]:
    """The truth about a stretch of an article that starts at a leader and ends with a run.

    `segments` stand in article order; `sources` gives the hash of each one's current wording. Three queries,
    whatever the length.
    """
    ids = [segment.pk for segment in segments]
    revisions = _latest_revisions(ids)
    decisions = _latest_decisions(ids)
    covers = {s.pk: s.chosen.covers for s in segments if s.chosen is not None and s.pk not in revisions}
    rows = [
        TargetRow(pk, revisions[pk].covers if pk in revisions else covers.get(pk, 1), pk in revisions) for pk in ids
    ]
    truth: dict[int, Truth] = {}
    for run in lay_out(rows):
        revision = revisions.get(run.leader)
        decision = decisions.get(run.leader)
        state = derive_state(
            run_hash([sources[pk] for pk in run.segments]),
            RevisionFacts(revision.pk, revision.source_hash, revision.content_hash) if revision else None,
            DecisionFacts(decision.kind, decision.revision_id, decision.source_hash, decision.target_hash)
            if decision
            else None,
        )
        for pk in run.segments:
            own_revision, own_decision = revisions.get(pk), decisions.get(pk)
            truth[pk] = Truth(
                state=state,
                covered_by=None if pk == run.leader else run.leader,
                latest_revision=own_revision.pk if own_revision else None,
                latest_decision=own_decision.pk if own_decision else None,
            )
    return truth


def _latest_revisions(segment_ids: Sequence[int]) -> dict[int, Revision]:
    latest = (
        Revision.objects.filter(segment=OuterRef("segment"), lane=Lane.MAIN).order_by("-number").values("number")[:1]
    )
    found: dict[int, Revision] = {}
    for part in in_batches(segment_ids):
        rows = Revision.objects.filter(segment_id__in=part, lane=Lane.MAIN, number=Subquery(latest)).defer(
            "text", "codes", "derived_from"
        )
        found.update({row.segment_id: row for row in rows})
    return found


def _latest_decisions(segment_ids: Sequence[int]) -> dict[int, Decision]:
    found: dict[int, Decision] = {}
    for part in in_batches(segment_ids):
        latest = (
            Decision.objects.filter(segment_id__in=part, lane=Lane.MAIN)
            .values("segment")
            .annotate(latest=Max("id"))
            .values("latest")
        )
        found.update({row.segment_id: row for row in Decision.objects.filter(pk__in=latest)})
    return found


def placed(document: Document, segment_ids: Sequence[int] | None = None) -> list[Placement]:
    """Placements of the document's current source in article order, with segment, wording and chosen hypothesis."""
    rows = Placement.objects.filter(source_revision_id=document.current_source_id)
    if segment_ids is not None:
        rows = rows.filter(segment_id__in=segment_ids)
    return list(rows.select_related("segment__chosen", "source").order_by("rank"))


def placed_sources(document: Document) -> list[Placement]:
    """The same without what editors added: what an import brought, and translations are aligned to."""
    return [placement for placement in placed(document) if not placement.added]


def run_around(segment: Segment) -> list[int]:
    """Ids of the segments that share a target with this one, leader first; the segment itself if none does."""
    return with_covered([segment.covered_by_id or segment.pk])


def with_covered(leaders: Sequence[int]) -> list[int]:
    """Ids of these leading segments, and of those their texts serve, too."""
    return [*leaders, *Segment.objects.filter(covered_by__in=leaders).values_list("pk", flat=True)]


def refresh(document: Document, segment_ids: Sequence[int] | None = None) -> None:
    """Write the caches of these segments (None: of all, also of those that left the source) and of the document.

    The given segments must be whole runs. The caller holds the document's lock.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("caches are written in the transaction of the change")
    placements = placed(document, segment_ids)
    segments = [placement.segment for placement in placements]
    truth = derive(segments, {p.segment_id: p.source.content_hash for p in placements})
    if segment_ids is None:
        placed_ids = {s.pk for s in segments}
        retired = [s for s in Segment.objects.filter(document=document) if s.pk not in placed_ids]
        for segment in retired:
            truth[segment.pk] = _retired(segment)
        segments += retired
    changes: Counter[str] = Counter()
    changed = []
    reworded = []
    regrouped = False
    for segment in segments:
        wanted = truth[segment.pk]
        cached = _cached(segment)
        if cached != wanted:
            changes[segment.state] -= 1
            changes[wanted.state] += 1
            if _serves(cached) != _serves(wanted):
                reworded.append(segment.pk)
            regrouped |= cached.covered_by != wanted.covered_by or wanted.state == SegmentState.RETIRED
            segment.state, segment.covered_by_id = wanted.state, wanted.covered_by
            segment.latest_revision_id, segment.latest_decision_id = wanted.latest_revision, wanted.latest_decision
            if wanted.state == SegmentState.RETIRED:
                segment.open_findings, segment.open_criticals = [], 0
            changed.append(segment)
    Segment.objects.bulk_update(
        changed,
        ["state", "covered_by", "latest_revision", "latest_decision", "open_findings", "open_criticals"],
        batch_size=BATCH,
    )
    write_words(document, reworded)
    if regrouped:
        count_criticals(document.pk)
    if segment_ids is None:
        _write_counters(document, count_states(document))
    else:
        _write_counters(document, {state: F(column(state)) + n for state, n in changes.items() if n})
    _write_document_state(document)


def begin(document: Document, rows: Sequence[TargetRow]) -> None:
    """Write the caches of a document that is new in this transaction, and with them its current source.

    `rows` are all of its segments in article order. What `refresh` would find out is known here: nobody has written
    or decided anything.
    """
    for run in lay_out(rows):
        if len(run.segments) > 1:
            Segment.objects.filter(pk__in=run.segments[1:]).update(covered_by=run.leader)
    document.segments_new = document.segments_total = len(rows)
    document.save(update_fields=["current_source", "segments_new", "segments_total"])


def admit(document: Document) -> None:
    """Count a segment that is new in an article that was there before; `refresh` of it has to follow."""
    Document.objects.filter(pk=document.pk).update(
        segments_new=F("segments_new") + 1, segments_total=F("segments_total") + 1
    )


def _retired(segment: Segment) -> Truth:
    return Truth(SegmentState.RETIRED, None, segment.latest_revision_id, segment.latest_decision_id)


def _cached(segment: Segment) -> Truth:
    return Truth(
        SegmentState(segment.state), segment.covered_by_id, segment.latest_revision_id, segment.latest_decision_id
    )


def _serves(truth: Truth) -> tuple[object, ...]:
    """What decides which text of the article the segment has, if any."""
    return truth.latest_revision, truth.covered_by, truth.state == SegmentState.RETIRED


COUNTED_STATES = tuple(state for state in SegmentState if state != SegmentState.RETIRED)


def column(state: str) -> str:
    """The document's counter of a segment state."""
    return f"segments_{state}"


def count_states(document: Document) -> dict[str, int]:
    """Segments of the document by state, counted afresh."""
    counted = dict(Segment.objects.filter(document=document).values_list("state").annotate(Count("id")).order_by())
    return {state.value: counted.get(state.value, 0) for state in COUNTED_STATES}


def _write_counters(document: Document, values: Mapping[str, object]) -> None:
    columns = {column(state): value for state, value in values.items() if state != SegmentState.RETIRED}
    if all(isinstance(value, int) for value in columns.values()) and len(columns) == len(COUNTED_STATES):
        columns["segments_total"] = sum(int(str(value)) for value in columns.values())
    if columns:
        Document.objects.filter(pk=document.pk).update(**columns)
        document.refresh_from_db(fields=[*columns, "segments_total"])


def critical_texts(document_id: int) -> int:
    """How many texts of a document have a critical finding that stood open when they were last checked."""
    rows = Segment.objects.filter(document_id=document_id, open_criticals__gt=0, covered_by=None)
    return rows.exclude(state=SegmentState.RETIRED).count()


def count_criticals(document_id: int) -> None:
    """Write that number, where it changed; the caller holds the document's lock."""
    number = critical_texts(document_id)
    Document.objects.filter(pk=document_id).exclude(critical_texts=number).update(critical_texts=number)


def _write_document_state(document: Document) -> None:
    before = document.state, document.outdated
    document.state = derive_document_state(document)
    document.outdated = is_outdated(document)
    if before != (document.state, document.outdated):
        Document.objects.filter(pk=document.pk).update(state=document.state, outdated=document.outdated)


def derive_document_state(document: Document) -> DocumentState:
    """What the counters and the latest publication make of a document."""
    total = document.segments_total
    if total and document.segments_approved == total:
        return DocumentState.PUBLISHED if is_published_as_it_stands(document) else DocumentState.APPROVED
    if total and document.segments_edited == total:
        return DocumentState.REVIEWED
    return DocumentState.NEW if document.segments_new == total else DocumentState.IN_REVIEW


def is_published_as_it_stands(document: Document) -> bool:
    """Whether the latest publication holds exactly the sources and targets that are approved now."""
    if document.latest_publication_id is None:
        return False
    published = Publication.objects.values_list("state_hash", flat=True).get(pk=document.latest_publication_id)
    return published == state_hash(document)


def is_outdated(document: Document) -> bool:
    """Whether the article is out, and its original changed since, so that what readers have is no longer of it."""
    if document.latest_publication_id is None or document.state == DocumentState.PUBLISHED:
        return False
    published = Publication.objects.values_list("source_revision_id", flat=True).get(pk=document.latest_publication_id)
    return published != document.current_source_id


def state_hash(document: Document) -> str:
    """One hash over the source and target hashes of all segments in article order."""
    rows = (
        Placement.objects.filter(source_revision_id=document.current_source_id)
        .order_by("rank")
        .values_list("source__content_hash", "segment__latest_revision__content_hash", "segment__covered_by_id")
    )
    return sha256_hex(canonical_json([[source, None if covered else target] for source, target, covered in rows]))


def verify(document: Document) -> list[str]:
    """Differences between the caches and the truth, and breaches no constraint can express, in words."""
    placements = placed(document)
    segments = [placement.segment for placement in placements]
    truth = derive(segments, {p.segment_id: p.source.content_hash for p in placements})
    name = f"document {document.pk} ({document.external_id})"
    problems = []
    for segment in segments:
        if _cached(segment) != truth[segment.pk]:
            problems.append(f"{name}: segment {segment.pk} is cached as {_cached(segment)}, not {truth[segment.pk]}")
    placed_ids = {segment.pk for segment in segments}
    for segment in Segment.objects.filter(document=document).exclude(state=SegmentState.RETIRED):
        if segment.pk not in placed_ids:
            problems.append(f"{name}: segment {segment.pk} left the source but is {segment.state}")
    for placement in placements:
        if placement.source.segment_id != placement.segment_id or placement.segment.document_id != document.pk:
            problems.append(f"{name}: placement {placement.pk} mixes segments or documents")
        if placement.added and (placement.source.text or placement.segment.chosen_id is not None):
            problems.append(f"{name}: placement {placement.pk} is an editor's, but something is translated there")
    counted = count_states(document)
    for state, number in counted.items():
        if getattr(document, column(state)) != number:
            problems.append(f"{name}: {column(state)} is {getattr(document, column(state))}, not {number}")
    if document.segments_total != sum(counted.values()):
        problems.append(f"{name}: segments_total is {document.segments_total}, not {sum(counted.values())}")
    if document.state != derive_document_state(document):
        problems.append(f"{name}: state is {document.state}, not {derive_document_state(document)}")
    if document.outdated != is_outdated(document):
        problems.append(f"{name}: outdated is {document.outdated}, not {is_outdated(document)}")
    if document.critical_texts != critical_texts(document.pk):
        problems.append(f"{name}: critical_texts is {document.critical_texts}, not {critical_texts(document.pk)}")
    return (
        problems
        + _number_gaps(document, name)
        + _overlapping_revisions(placements, name)
        + _approved_by_authors(document, name)
        + _lanes_mixed(document, name)
        + _approved_unsettled(document, name)
        + _given_otherwise(document, name)
    )


def _number_gaps(document: Document, name: str) -> list[str]:
    problems = []
    numbers: dict[tuple[int, str], list[int]] = {}
    rows = Revision.objects.filter(document=document).order_by("segment", "lane", "number")
    for segment, lane, number in rows.values_list("segment_id", "lane", "number"):
        numbers.setdefault((segment, lane), []).append(number)
    for (segment, lane), found in numbers.items():
        if found != list(range(1, len(found) + 1)):
            problems.append(f"{name}: segment {segment} ({lane}) has revisions {found}, with gaps")
    return problems


def _overlapping_revisions(placements: Sequence[Placement], name: str) -> list[str]:
    """Runs of human texts that reach into one another."""
    problems = []
    covers = dict(
        Revision.objects.filter(
            pk__in=[p.segment.latest_revision_id for p in placements if p.segment.latest_revision_id]
        ).values_list("segment_id", "covers")
    )
    end = 0
    for i, placement in enumerate(placements):
        if covers.get(placement.segment_id):
            if i < end:
                problems.append(f"{name}: the text of segment {placement.segment_id} lies inside another one's run")
            end = max(end, i + covers[placement.segment_id])
    return problems


def _approved_by_authors(document: Document, name: str) -> list[str]:
    """Approvals under four eyes by somebody with a part in the segment's texts since the approval before."""
    authors: dict[int, list[tuple[int, set[int]]]] = {}
    rows = Revision.objects.filter(document=document, lane=Lane.MAIN).order_by("number")
    written = list(rows.values_list("segment_id", "number", "author_id", "pk"))
    shares = shares_in(sorted({segment for segment, _, _, _ in written}))
    for segment, number, author, pk in written:
        authors.setdefault(segment, []).append((number, {author} | shares.get(pk, set())))
    problems = []
    last_approved: dict[int, int] = {}
    approvals = Decision.objects.filter(document=document, lane=Lane.MAIN, kind=DecisionKind.APPROVED).order_by("id")
    for approval in approvals.select_related("revision"):
        since, upto = last_approved.get(approval.segment_id, 0), approval.revision.number
        wrote = {
            person
            for number, people in authors.get(approval.segment_id, [])
            if since < number <= upto
            for person in people
        }
        if approval.four_eyes and approval.person_id in wrote:
            problems.append(f"{name}: segment {approval.segment_id} was approved by somebody who wrote it")
        last_approved[approval.segment_id] = upto
    return problems


def _lanes_mixed(document: Document, name: str) -> list[str]:
    """Passes by people of the first review, texts of nobody's pass, settlements by one of the two sides."""
    passes = list(ReviewPass.objects.filter(segment__document=document).select_related("decision").order_by("pk"))
    if not passes:
        return []
    problems = []
    main: dict[tuple[int, int], int] = {}
    rows = Decision.objects.filter(document=document, lane=Lane.MAIN).order_by("-pk")
    for segment, person, pk in rows.values_list("segment_id", "person_id", "pk"):
        main[segment, person] = pk
    held: dict[tuple[int, int], int] = {}
    second: dict[int, list[Decision]] = {}
    for each in passes:
        decision = each.decision
        if decision is not None and (decision.segment_id, decision.lane, decision.person_id) != (
            each.segment_id,
            each.lane,
            each.person_id,
        ):
            problems.append(f"{name}: pass {each.pk} ended with a decision that is not its own")
        if each.lane != Lane.BLIND:
            continue
        key = each.segment_id, each.person_id
        held[key] = min(held.get(key, each.after), each.after)
        if decision is not None:
            second.setdefault(each.segment_id, []).append(decision)
            if main.get(key, decision.pk) < decision.pk:
                problems.append(f"{name}: pass {each.pk} is by somebody who decided in the first review before")
    for segment, person, number in Revision.objects.filter(document=document, lane=Lane.BLIND).values_list(
        "segment_id", "author_id", "number"
    ):
        if number <= held.get((segment, person), number):
            problems.append(f"{name}: text {number} of segment {segment} (blind) belongs to nobody's pass")
    for settled in Decision.objects.filter(document=document, lane=Lane.ADJUDICATION):
        before = [decision for decision in second.get(settled.segment_id, ()) if decision.pk < settled.pk]
        if not before or before[-1].person_id == settled.person_id:
            problems.append(f"{name}: segment {settled.segment_id} was settled by its second reviewer, or without one")
    return problems


def _approved_unsettled(document: Document, name: str) -> list[str]:
    """Texts that were approved although their second review was finished and not settled."""
    problems = []
    for leader, review in second_reviews(document).items():
        finished = review.review_pass.decision_id if review.review_pass is not None else None
        if review.settled or finished is None:
            continue
        approval = Decision.objects.filter(segment=leader, lane=Lane.MAIN).order_by("-pk").first()
        if approval is not None and approval.kind == DecisionKind.APPROVED and approval.pk > finished:
            problems.append(f"{name}: segment {leader} was approved before its two reviews were settled")
    return problems


def _given_otherwise(document: Document, name: str) -> list[str]:
    """Work that is kept for somebody else than the standing assignment says."""
    rows = WorkItem.objects.filter(document=document).annotate(
        given=FilteredRelation("assignments", condition=Q(assignments__ended_at=None))
    )
    return [
        f"{name}: work item {item} is kept for person {kept}, but was given to {given}"
        for item, kept, given in rows.order_by("pk").values_list("pk", "assignee_id", "given__person_id")
        if kept != given
    ]
