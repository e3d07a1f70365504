"""After the run: what people were told, against what the database holds. Each function gives problems in words."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from django.db import connection

from reviews.models import (
    AuditEvent,
    Decision,
    DecisionKind,
    Document,
    Draft,
    DraftKind,
    Lane,
    Person,
    Revision,
    Segment,
    TaskRun,
    WorkItem,
)
from reviews.models.audit import verify_stream
from reviews.models.states import verify
from reviews.models.work import LIVE_WORK_STATES
from reviews.routing.work import sync_work

from .leases import Change
from .ledger import KEPT, SAVED, AskedText, Ledger

#: How a decision is asked for, and what the record calls it.
KINDS = {"approve": DecisionKind.APPROVED, "send_back": DecisionKind.SENT_BACK, "reopen": DecisionKind.REOPENED}
_FINISHING = (DecisionKind.REVIEWED, DecisionKind.APPROVED)
_MARKS = {"accept": DecisionKind.REVIEWED, "omit": DecisionKind.OMITTED, "copy": DecisionKind.COPIED}


class Record:
    """The texts, drafts and decisions as the database holds them, by who and where."""

    def __init__(self) -> None:
        self.people = dict(Person.objects.values_list("username", "pk"))
        self.by_key: dict[tuple[int, int, str], Revision] = {}
        self.by_segment: defaultdict[int, list[Revision]] = defaultdict(list)
        for row in Revision.objects.filter(lane=Lane.MAIN).order_by("segment", "number"):
            if row.save_key:
                self.by_key[row.author_id, row.segment_id, row.save_key] = row
            self.by_segment[row.segment_id].append(row)
        self.document_of = dict(Segment.objects.values_list("pk", "document_id"))
        self.drafts = list(Draft.objects.all())
        self.decisions = list(Decision.objects.filter(lane=Lane.MAIN).select_related("revision").order_by("pk"))


def texts(record: Record, ledger: Ledger) -> list[str]:
    """A text that was saved is in the history, one that was refused is kept, one that was not taken is nowhere."""
    person = record.people[ledger.person]
    refused = {(d.segment_id, d.base, d.text) for d in record.drafts if d.person_id == person and d.kind == "refused"}
    problems: list[str] = []
    missing: Counter[int] = Counter()
    for asked in ledger.texts:
        name = f"{ledger.person}, {asked.act} on segment {asked.segment} (key {asked.key}, told {asked.status})"
        row = record.by_key.get((person, asked.segment, asked.key))
        if row is not None:
            problems += _differences(asked, row, name)
        if asked.status == SAVED and row is None:
            problems += _standing(record, asked, person, name)
        elif asked.status == KEPT and row is not None:
            problems.append(f"{name}: refused, but in the history as number {row.number}")
        elif asked.status not in (None, SAVED, KEPT) and row is not None:
            problems.append(f"{name}: not taken, but in the history as number {row.number}")
        if asked.status == KEPT and not _kept(record, refused, asked, person):
            missing[asked.segment] += 1
    for segment, number in missing.items():
        if number > ledger.discarded[segment]:
            problems.append(f"{ledger.person}: {number} refused texts of segment {segment} are nowhere")
    return problems


def _differences(asked: AskedText, row: Revision, name: str) -> Iterable[str]:
    """A text under its key is the whole of what was sent, on top of what the person had before them."""
    if asked.text is not None and row.text != asked.text:
        yield f"{name}: the history has {row.text!r}, not {asked.text!r}"
    if asked.target_hash and row.content_hash != asked.target_hash:
        yield f"{name}: another text was accepted than the page showed"
    if row.number != asked.base + 1:
        yield f"{name}: number {row.number} does not follow {asked.base}"
    if asked.status == SAVED and not row.number <= asked.told:
        yield f"{name}: told number {asked.told}, but it is {row.number}"


def _standing(record: Record, asked: AskedText, person: int, name: str) -> Iterable[str]:
    """A text that was taken without a new revision stood there already, and bears the person's word on it."""
    earlier = [row for row in record.by_segment[asked.segment] if row.number <= asked.told]
    same = [
        row
        for row in earlier
        if row.text == asked.text or row.content_hash == asked.target_hash or (asked.act == "copy" and row.text)
    ]
    if not same:
        yield f"{name}: the history has no such text up to number {asked.told}"
    kind = _MARKS.get(asked.act)
    # A text that somebody reviewed or approved already gets no second word on it.
    words = {(row.person_id, row.kind) for row in record.decisions if row.segment_id == asked.segment}
    finished = {row.revision_id for row in record.decisions if row.kind in _FINISHING}
    if kind is not None and (person, kind) not in words and not any(row.pk in finished for row in same):
        yield f"{name}: there is no decision that says so"


def _kept(record: Record, refused: set[tuple[int, int, str]], asked: AskedText, person: int) -> bool:
    """Kept beside the text that stands, or saved later at its owner's wish."""
    kept = any(segment == asked.segment and text == asked.text for segment, _, text in refused)
    return kept or any(row.author_id == person and row.text == asked.text for row in record.by_segment[asked.segment])


def nothing_invented(record: Record, ledgers: Sequence[Ledger]) -> list[str]:
    """Each text in the history and each kept one was sent by its author; each decision was asked for."""
    keys = {(record.people[led.person], asked.segment, asked.key) for led in ledgers for asked in led.texts}
    sent = {(record.people[led.person], asked.segment, asked.text) for led in ledgers for asked in led.texts}
    problems = [
        f"revision {row.pk} of segment {row.segment_id}: nobody sent it"
        for rows in record.by_segment.values()
        for row in rows
        if (row.author_id, row.segment_id, row.save_key) not in keys
        and (row.author_id, row.segment_id, row.text) not in sent
    ]
    problems += [
        f"draft {draft.pk} of segment {draft.segment_id}: its owner never sent that text"
        for draft in record.drafts
        if draft.kind == DraftKind.REFUSED and (draft.person_id, draft.segment_id, draft.text) not in sent
    ]
    decided = {
        (record.people[led.person], asked.segment, asked.revision, KINDS[asked.kind])
        for led in ledgers
        for asked in led.decisions
    }
    problems += [
        f"decision {row.pk} ({row.kind}) on segment {row.segment_id}: nobody asked for it"
        for row in record.decisions
        if row.kind in KINDS.values() and (row.person_id, row.segment_id, row.revision_id, row.kind) not in decided
    ]
    return problems


def decisions(record: Record, ledger: Ledger) -> list[str]:
    """Each decision a person was told of stands in the record, and approvals in one go add up."""
    person = record.people[ledger.person]
    mine = [row for row in record.decisions if row.person_id == person]
    made = {(row.segment_id, row.revision_id, row.kind) for row in mine}
    problems = [
        f"{ledger.person}: told that segment {asked.segment} is {asked.kind}, but no decision says so"
        for asked in ledger.decisions
        if asked.status == SAVED and (asked.segment, asked.revision, KINDS[asked.kind]) not in made
    ]
    approved = Counter(row.document_id for row in mine if row.kind == DecisionKind.APPROVED)
    asked_alone = [asked for asked in ledger.decisions if asked.kind == "approve" and asked.status is not None]
    told_alone = Counter(record.document_of[asked.segment] for asked in asked_alone if asked.status == SAVED)
    # One that is said not to be done may be: sent again, because the answer to the first time was lost.
    perhaps = Counter(record.document_of[asked.segment] for asked in asked_alone if asked.status != SAVED)
    for document, told in ledger.approved_in_one.items():
        least = told + told_alone[document]
        if told >= 0 and not least <= approved[document] <= least + perhaps[document]:
            problems.append(f"{ledger.person}: told of {least} approvals in document {document}: {approved[document]}")
    return problems


def typing(record: Record, ledger: Ledger) -> list[str]:
    """What the server said it keeps of unsaved typing is there."""
    person = record.people[ledger.person]
    kept = {
        draft.segment_id: draft.text
        for draft in record.drafts
        if draft.person_id == person and draft.kind == DraftKind.TYPING
    }
    return [
        f"{ledger.person}: typed {text!r} in segment {segment}, kept is {kept.get(segment)!r}"
        for segment, text in ledger.typing.items()
        if text is not None and kept.get(segment) != text
    ]


def taken(record: Record, ledger: Ledger, noted: Sequence[Change]) -> list[str]:
    """Whoever was told to have work had it: the lease was theirs when they were told."""
    person = record.people[ledger.person]
    mine = [change for change in noted if change.new_owner == person and change.new_token is not None]
    return [
        f"{ledger.person}: told at {each.ended} to have document {each.document} to {each.step}, but had no lease"
        for each in ledger.taken
        if each.document is not None
        and each.ended is not None
        and not any(
            change.document == each.document and change.step == each.step and each.began <= change.at <= each.ended
            for change in mine
        )
    ]


def unfinished() -> list[str]:
    """Articles that are not approved throughout, and background runs that did not come to an end."""
    problems = [
        f"document {document.pk} has {document.segments_approved} of {document.segments_total} texts approved"
        for document in Document.objects.order_by("pk")
        if not document.segments_total or document.segments_approved != document.segments_total
    ]
    return problems + [
        f"run {run.pk} ({run.kind}) is {run.state}: {run.error}"
        for run in TaskRun.objects.exclude(state=TaskRun.State.DONE)
    ]


def work_items() -> list[str]:
    """No work is left for finished articles, and syncing once more changes nothing."""
    problems = [
        f"item {item.pk} ({item.step}) of document {item.document_id} is still {item.state}"
        for item in WorkItem.objects.filter(state__in=LIVE_WORK_STATES)
    ]
    before = list(WorkItem.objects.order_by("pk").values())
    for pk in Document.objects.values_list("pk", flat=True):
        sync_work(pk)
    if list(WorkItem.objects.order_by("pk").values()) != before:
        problems.append("syncing the work once more changes it")
    return problems


def caches_and_chains() -> list[str]:
    """What verify_state looks at."""
    problems: list[str] = []
    for document in Document.objects.select_related("project").order_by("pk"):
        problems += verify(document)
    for stream in AuditEvent.objects.order_by("stream").values_list("stream", flat=True).distinct():
        problems += verify_stream(stream)
    return problems


def deadlocks() -> int:
    """How many deadlocks PostgreSQL had to break in this database; SQLite has one writer at a time."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
