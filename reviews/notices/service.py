"""Who is told what: notices are written here, in the transaction of what they tell of.

Each `tell_…` looks at what stands and tells what was not told yet. So it may be called after anything that might
have changed that, any number of times. A notice names nobody and quotes nothing: it leads to a place, and what the
person may see there is decided there, for blind reviewers too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from reviews.models import (
    Assignment,
    Decision,
    DecisionKind,
    Document,
    Lane,
    MailChoice,
    Membership,
    Notice,
    NoticeChoice,
    NoticeKind,
    Person,
    Placement,
    Project,
    Role,
    SegmentState,
    SourceRevision,
    Step,
    WorkItem,
    WorkState,
)
from reviews.models.work import LIVE_WORK_STATES
from reviews.values import in_batches

from .kinds import KINDS, kind_of
from .times import mail_time

#: How long a notice that was read is kept. What is older than that is not told any more: nobody could know that it
#: was told before.
KEPT = timedelta(days=90)

#: Notices one call of `forget_old` removes at most, so that it stays a short transaction.
FORGOTTEN_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Telling:
    """What one person is to be told; `key` is what makes it the same thing when it comes up again."""

    person: int
    key: str
    text: str
    segment: int | None = None
    item: int | None = None


def tell(document: Document, kind: NoticeKind, tellings: Iterable[Telling]) -> int:
    """Write the notices that are new, for those who belong to the project; how many there were.

    Two that tell the same at once write it once. Called in the transaction of what it tells of.
    """
    wanted = _untold(kind, tellings)
    if not wanted:
        return 0
    now = timezone.now()
    mail_at = _mail_times(document.project_id, kind, {person for person, _ in wanted}, now)
    rows = [
        Notice(
            person_id=each.person,
            document=document,
            segment_id=each.segment,
            item_id=each.item,
            kind=kind,
            key=each.key,
            text=each.text,
            mail_at=mail_at[each.person],
        )
        # In one order everywhere: two that tell the same people at once wait for one another and never in a circle.
        for each in sorted(wanted.values(), key=lambda each: (each.person, each.key))
        if each.person in mail_at
    ]
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _untold(kind: NoticeKind, tellings: Iterable[Telling]) -> dict[tuple[int, str], Telling]:
    """Those that nobody has told yet, by person and key."""
    wanted = {(each.person, each.key): each for each in tellings}
    if wanted:
        told = Notice.objects.filter(
            person__in={person for person, _ in wanted}, kind=kind, key__in={key for _, key in wanted}
        )
        for known in told.values_list("person_id", "key"):
            wanted.pop(known, None)
    return wanted


def _mail_times(
    project_id: int, kind: NoticeKind, people: Collection[int], now: datetime
) -> dict[int, datetime | None]:
    """By person when a notice of today is mailed (None: not at all); who left the project or the house is not there."""
    members = Person.objects.filter(
        pk__in=people, is_active=True, memberships__project=project_id, memberships__project__archived_at=None
    )
    chosen = choices_of(members)
    return {
        pk: mail_time(chosen.get((pk, kind), kind_of(kind).mail), now) if email else None
        for pk, email in members.values_list("pk", "email").distinct()
    }


# --- what is told ---------------------------------------------------------------------------------------

_ASKED_FOR = {
    Step.EDIT: "to edit",
    Step.SPECIALIST: "to read as a specialist",
    Step.BLIND: "for a second review",
    Step.ADJUDICATE: "to settle two reviews",
    Step.APPROVE: "to approve",
}


def tell_assigned(document: Document) -> int:
    """Tell everybody of live work in the document that was given to them by somebody else, or by a rule."""
    standing = Assignment.objects.filter(
        item__document=document, item__state__in=LIVE_WORK_STATES, ended_at=None, created_at__gt=timezone.now() - KEPT
    )
    return tell(
        document,
        NoticeKind.ASSIGNED,
        [
            Telling(
                row.person_id,
                f"assignment:{row.pk}",
                _given(row.item, row.item.due_at or document.deadline_at),
                item=row.item_id,
            )
            for row in standing.select_related("item")
            if row.by_id != row.person_id
        ],
    )


def _given(item: WorkItem, due: datetime | None) -> str:
    when = f", due {_moment(due)}" if due is not None else ""
    return f"The article was given to you {_ASKED_FOR[Step(item.step)]}{_skill(item)}{when}."


def _skill(item: WorkItem) -> str:
    return f" ({item.skill})" if item.skill else ""


def tell_sent_back(document: Document) -> int:
    """Tell whoever wrote a text that stands as sent back, or marked it as reviewed; one notice for several texts.

    The caller holds the document's lock, so that its decisions are numbered in the order they are told.
    """
    if not document.segments_sent_back:
        return 0
    rows = Placement.objects.filter(
        source_revision=document.current_source_id,
        segment__state=SegmentState.SENT_BACK,
        segment__covered_by=None,
        segment__latest_decision__created_at__gt=timezone.now() - KEPT,
    ).order_by("rank")
    decisions = [
        row.segment.latest_decision
        for row in rows.select_related("segment__latest_decision__revision")
        if row.segment.latest_decision is not None
    ]
    reviewers = _reviewers([decision.revision_id for decision in decisions])
    by_person: defaultdict[int, list[Decision]] = defaultdict(list)
    for decision in decisions:
        for person in {decision.revision.author_id, *reviewers[decision.revision_id]} - {decision.person_id}:
            by_person[person].append(decision)
    told = _last_told(document, by_person)
    new = {
        person: [decision for decision in theirs if decision.pk > told.get(person, 0)]
        for person, theirs in by_person.items()
    }
    return tell(
        document,
        NoticeKind.SENT_BACK,
        [
            Telling(
                person,
                f"decision:{max(decision.pk for decision in theirs)}",
                "A text of yours was sent back."
                if len(theirs) == 1
                else f"{len(theirs)} texts of yours were sent back.",
                theirs[0].segment_id,
            )
            for person, theirs in new.items()
            if theirs
        ],
    )


def _reviewers(revisions: Sequence[int]) -> Mapping[int, set[int]]:
    """By revision who said that it is done."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    rows = Decision.objects.filter(revision__in=revisions, lane=Lane.MAIN, kind=DecisionKind.REVIEWED)
    for revision, person in rows.values_list("revision_id", "person_id"):
        found[revision].add(person)
    return found


def _last_told(document: Document, people: Collection[int]) -> dict[int, int]:
    """By person the newest decision in the document that they were told of."""
    told: dict[int, int] = {}
    rows = Notice.objects.filter(person__in=people, document=document, kind=NoticeKind.SENT_BACK)
    for person, key in rows.values_list("person_id", "key"):
        told[person] = max(told.get(person, 0), int(key.removeprefix("decision:")))
    return told


def tell_source_changed(document: Document, by: int | None = None) -> int:
    """Tell the authors of the texts whose original the newest source changed, and whoever has work on the article.

    `by` is the person who brought the source in, and knows. Once for each state of the source.
    """
    source = document.current_source
    if source is None or source.number == 1 or source.created_at <= timezone.now() - KEPT:
        return 0
    texts: defaultdict[int, dict[int, None]] = defaultdict(dict)
    for author, leader in _changed_texts(source):
        texts[author][leader] = None
    holders = WorkItem.objects.filter(document=document, state__in=LIVE_WORK_STATES)
    people = {person for held in holders.values_list("lease_owner_id", "assignee_id") for person in held}
    return tell(
        document,
        NoticeKind.SOURCE_CHANGED,
        [
            Telling(person, f"source:{source.pk}", _changed(len(texts[person])), next(iter(texts[person]), None))
            for person in {*texts, *people} - {None, by}
            if person is not None
        ],
    )


def tell_outdated(document: Document, by: int | None = None) -> int:
    """Tell the desk heads of an article that is out that its original changed since. Once for each state of it.

    `by` is the person who brought the source in, and knows.
    """
    if not document.outdated or document.current_source_id is None:
        return 0
    heads = Membership.objects.filter(project=document.project_id, role=Role.DESK_HEAD)
    number = document.latest_publication.number if document.latest_publication is not None else 0
    text = f"The original changed after the article was published as number {number}."
    return tell(
        document,
        NoticeKind.OUTDATED,
        [
            Telling(person, f"source:{document.current_source_id}", text, None)
            for person in heads.exclude(person=by).values_list("person_id", flat=True)
        ],
    )


def _changed_texts(source: SourceRevision) -> Iterable[tuple[int, int]]:
    """Author and segment of each human text that has another original in this source, in article order."""
    before = Placement.objects.filter(
        source_revision__document=source.document_id, source_revision__number=source.number - 1
    )
    rows = (
        Placement.objects.filter(source_revision=source, segment__state=SegmentState.SOURCE_CHANGED)
        .exclude(source__in=before.values("source"))
        .order_by("rank")
        .annotate(
            leader=Coalesce("segment__covered_by", "segment"),
            author=Coalesce("segment__covered_by__latest_revision__author", "segment__latest_revision__author"),
        )
    )
    return [(author, leader) for author, leader in rows.values_list("author", "leader") if author is not None]


def _changed(texts: int) -> str:
    if not texts:
        return "The original changed while you have work on the article."
    return (
        "The original of a text of yours changed."
        if texts == 1
        else f"The originals of {texts} texts of yours changed."
    )


def tell_deadlines(now: datetime | None = None) -> int:
    """Tell whoever has work that is due within the project's lead time, and desk heads where nobody has it.

    Once for each piece of work and time it is due. Who was given the work within that time learned then when it is
    due.
    """
    now = now or timezone.now()
    told = 0
    leads = Project.objects.filter(archived_at=None, deadline_lead__gt=0).values_list("deadline_lead", flat=True)
    for lead in (timedelta(minutes=minutes) for minutes in sorted(set(leads))):
        for items in in_batches(_due_within(now, lead)):
            told += _tell_deadlines(items, lead)
    return told


def _due_within(now: datetime, lead: timedelta) -> Iterable[WorkItem]:
    """Work that can be done now and is due soon. Each half reads a few rows of an index."""
    soon = (now, now + lead)
    minutes = lead // timedelta(minutes=1)
    work = WorkItem.objects.filter(
        state__in=(WorkState.OPEN, WorkState.LEASED), project__deadline_lead=minutes, project__archived_at=None
    ).select_related("document")
    yield from work.filter(due_at__range=soon).order_by("pk")
    yield from work.filter(due_at=None, document__deadline_at__range=soon).order_by("pk")


def _tell_deadlines(items: Sequence[WorkItem], lead: timedelta) -> int:
    given = dict(
        Assignment.objects.filter(item__in=[item.pk for item in items], ended_at=None).values_list("item", "created_at")
    )
    heads: defaultdict[int, set[int]] = defaultdict(set)
    untaken = {item.project_id for item in items if not _holders(item)}
    for project, person in Membership.objects.filter(project__in=untaken, role=Role.DESK_HEAD).values_list(
        "project_id", "person_id"
    ):
        heads[project].add(person)
    tellings: dict[int, list[Telling]] = {}
    for item in items:
        due = item.due_at or item.document.deadline_at
        assert due is not None
        people = _holders(item) or heads[item.project_id]
        if item.pk in given and given[item.pk] > due - lead:
            people = people - {item.assignee_id}
        key = f"item:{item.pk}:{due.astimezone(UTC):%Y-%m-%dT%H:%M}"
        tellings[item.pk] = [
            Telling(person, key, _near(item, due), item=item.pk) for person in people if person is not None
        ]
    new = _untold(NoticeKind.DEADLINE, [each for group in tellings.values() for each in group])
    told = 0
    for item in items:
        wanted = [each for each in tellings[item.pk] if (each.person, each.key) in new]
        if wanted:
            # Each article by itself: no lock is held on one while another is waited for.
            with transaction.atomic():
                told += tell(item.document, NoticeKind.DEADLINE, wanted)
    return told


def _holders(item: WorkItem) -> set[int | None]:
    """Who has the work: took it or was given it."""
    return {item.lease_owner_id, item.assignee_id} - {None}


def _near(item: WorkItem, due: datetime) -> str:
    if _holders(item):
        return f"Your work on the article is due {_moment(due)}."
    return f"Nobody has taken it {_ASKED_FOR[Step(item.step)]}{_skill(item)}; it is due {_moment(due)}."


def _moment(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local:%A} {local.day} {local:%B} at {local:%H:%M}"


# --- what becomes of notices --------------------------------------------------------------------------


def visible_to(person: Person, projects: Collection[int]) -> QuerySet[Notice]:
    """The person's notices of these projects, the newest first: those of projects they left are not theirs any more."""
    return Notice.objects.filter(person=person, document__project__in=projects).order_by("-pk")


def mark_read(notices: QuerySet[Notice]) -> int:
    """Mark these as read, and have none of them mailed any more; how many were unread."""
    return notices.filter(read_at=None).order_by().update(read_at=timezone.now(), mail_at=None)


def old_notices(now: datetime) -> QuerySet[Notice]:
    """Notices that were read and are older than KEPT."""
    return Notice.objects.filter(read_at__isnull=False, created_at__lt=now - KEPT)


def forget_old(now: datetime | None = None) -> int:
    """Remove notices that were read and are older than KEPT; how many."""
    old = old_notices(now or timezone.now())
    ids = list(old.order_by("created_at").values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    Notice.objects.filter(pk__in=ids).delete()
    return len(ids)


# --- choices --------------------------------------------------------------------------------------------


def choices_of(people: QuerySet[Person]) -> dict[tuple[int, str], MailChoice]:
    """By person and kind how they want to hear of it, where they chose."""
    rows = NoticeChoice.objects.filter(person__in=people.values("pk"))
    return {(person, kind): MailChoice(mail) for person, kind, mail in rows.values_list("person_id", "kind", "mail")}


@transaction.atomic
def choose(person: Person, choices: Mapping[NoticeKind, MailChoice]) -> None:
    """Keep how a person wants to hear of each kind. It holds from now on; what they want no mail of is not mailed."""
    for kind in KINDS:
        if kind.kind in choices:
            NoticeChoice.objects.update_or_create(person=person, kind=kind.kind, defaults={"mail": choices[kind.kind]})
    unwanted = [kind for kind, mail in choices.items() if mail == MailChoice.NONE]
    Notice.objects.filter(person=person, kind__in=unwanted, mail_at__isnull=False).update(mail_at=None)
