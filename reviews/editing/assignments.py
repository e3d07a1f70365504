"""Giving work to people: by a desk head, from hand to hand, or by rule where the project wants that.

An assignment says for whom the work is kept and why; it refuses no save. It ends when the work is done, its time runs
out, it is passed on or given back, or the person cannot do it any more; then the work is everybody's again. Each is an
event of the article's audit chain. Every write takes the document's lock first, as saves and `sync_work` do; `take
next` takes none, so what it may change meanwhile (a lease) is asked for again in the statement that writes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reviews.models import (
    Assignment,
    Availability,
    Document,
    Membership,
    Person,
    Skill,
    Step,
    WorkItem,
    WorkState,
)
from reviews.models.audit import append_event
from reviews.models.words import as_kept
from reviews.models.work import LIVE_WORK_STATES, NO_LEASE, away
from reviews.routing.assigning import Candidate, Work, choose

from .eligibility import people_with_a_hand, why_not
from .locking import lock_document
from .permissions import LEAD, STEP_ROLES, NotAllowedError

#: What the rule gives is kept for its person for half of the time that is left, within these.
KEPT_AT_LEAST = timedelta(minutes=30)
KEPT_AT_MOST = timedelta(hours=24)

#: Ends after which the rule lets the work be everybody's: people had a say in it, or had their chance.
_LEFT_ALONE = (Assignment.End.GIVEN_BACK, Assignment.End.RAN_OUT, Assignment.End.PASSED_ON)


class AssignmentError(Exception):
    """The work cannot be given so; the message says why and what to do."""


# --- by hand ----------------------------------------------------------------------------------------------


@transaction.atomic
def assign(
    *, item_id: int, person: Person, by: Person, reason: str, until: datetime | None = None, via: str = "web"
) -> Assignment:
    """Give work to a person, who keeps it until it is done, or until the time given.

    A desk head gives any work; whoever has it (was given or has taken it) passes it on. A lease of somebody else on it
    ends; what they saved stays. The same again changes nothing. Raises NotAllowedError, or AssignmentError when the
    work is done, the person cannot do it or is away, or no reason is given.
    """
    document, item = _locked(item_id)
    standing = _standing(item)
    _require_say(item, standing, by)
    reason = _require_reason(reason)
    now = timezone.now()
    if standing is not None and standing.person_id == person.pk and standing.until == until:
        return standing
    if until is not None and until <= now:
        raise AssignmentError(_("The time it is kept for is over already. Choose a later one, or none."))
    if refusal := why_not(person, item):
        raise AssignmentError(_("%(person)s %(refusal)s.") % {"person": person.shown_name, "refusal": refusal})
    availability = Availability.objects.filter(person=person).first()
    if availability is not None and availability.is_away(now):
        raise AssignmentError(_away(person, availability))
    if standing is not None:
        _end(standing, Assignment.End.PASSED_ON, reason, now)
    rows = WorkItem.objects.filter(pk=item.pk)
    rows.update(assignee=person, updated_at=now)
    rows.filter(state=WorkState.LEASED).exclude(lease_owner=person).update(
        state=WorkState.OPEN, updated_at=now, **NO_LEASE
    )
    had = standing.person if standing is not None else item.lease_owner
    return _record(document, item, person, had, by=by, reason=reason, until=until, via=via)


@transaction.atomic
def unassign(*, item_id: int, by: Person, reason: str, via: str = "web") -> bool:
    """Give work back to everybody; False when it was nobody's.

    A desk head takes any work back; whoever has it gives it back. The lease of whoever had it ends with it. Raises
    NotAllowedError, or AssignmentError when no reason is given.
    """
    document, item = _locked(item_id)
    standing = _standing(item)
    _require_say(item, standing, by)
    reason = _require_reason(reason)
    return _give_back(document, item, standing, by=by, reason=reason, via=via)


def give_back_everything(person: Person, *, by: Person, reason: str, via: str) -> int:
    """Give back to everybody what somebody has who will not come again; how many pieces of work."""
    theirs = WorkItem.objects.filter(Q(assignee=person) | Q(lease_owner=person), state__in=LIVE_WORK_STATES)
    given_back = 0
    for item_id in theirs.order_by("pk").values_list("pk", flat=True):
        try:
            document, item = _locked(item_id)
        except AssignmentError:
            continue  # it was finished meanwhile
        if person.pk in (item.assignee_id, item.lease_owner_id):
            given_back += _give_back(document, item, _standing(item), by=by, reason=reason, via=via)
    return given_back


def _give_back(
    document: Document, item: WorkItem, standing: Assignment | None, *, by: Person, reason: str, via: str
) -> bool:
    had = standing.person if standing is not None else item.lease_owner
    if had is None:
        return False
    now = timezone.now()
    if standing is not None:
        _end(standing, Assignment.End.GIVEN_BACK, reason, now)
    _nobodys(item, now)
    WorkItem.objects.filter(pk=item.pk, state=WorkState.LEASED, lease_owner=had).update(
        state=WorkState.OPEN, updated_at=now, **NO_LEASE
    )
    _record_end(document, item, had, by=by, ended_as=Assignment.End.GIVEN_BACK, reason=reason, via=via)
    return True


def may_assign(item: WorkItem, person: Person) -> bool:
    """Whether the person may give the work to somebody or back to everybody."""
    return person.pk in (item.assignee_id, item.lease_owner_id) or bool(item.document.project.roles_of(person) & LEAD)


def _locked(item_id: int) -> tuple[Document, WorkItem]:
    """A live work item under its document's lock. Raises AssignmentError for one that is finished."""
    document = lock_document(WorkItem.objects.values_list("document_id", flat=True).get(pk=item_id))
    item = WorkItem.objects.select_related("lease_owner").get(pk=item_id)
    item.document = document
    if item.state not in LIVE_WORK_STATES:
        raise AssignmentError(
            _("This work is %(state)s: there is nothing to give any more.")
            % {"state": item.get_state_display().lower()}
        )
    return document, item


def _standing(item: WorkItem) -> Assignment | None:
    return Assignment.objects.filter(item=item, ended_at=None).select_related("person").first()


def _require_say(item: WorkItem, standing: Assignment | None, by: Person) -> None:
    roles = item.document.project.roles_of(by) if by.is_active else frozenset()
    has_it = by.pk in (standing.person_id if standing else None, item.lease_owner_id)
    if not roles & LEAD and not (has_it and roles & STEP_ROLES[Step(item.step)]):
        raise NotAllowedError(_("Only a desk head, or whoever has this work, can pass it on."))


def _require_reason(reason: str) -> str:
    reason = " ".join(reason.split())
    longest = Assignment._meta.get_field("reason").max_length or 0
    if not reason:
        raise AssignmentError(_("Say in a few words why, so that whoever has it next knows."))
    if len(reason) > longest:
        raise AssignmentError(_("Keep the reason under %(longest)s characters.") % {"longest": longest})
    return reason


def _away(person: Person, availability: Availability) -> str:
    if availability.away_until is None:
        return _("%(person)s is away. Choose somebody else.") % {"person": person.shown_name}
    until = date_format(timezone.localtime(availability.away_until), _("j M, H:i"))
    return _("%(person)s is away until %(until)s. Choose somebody else.") % {
        "person": person.shown_name,
        "until": until,
    }


# --- by rule ----------------------------------------------------------------------------------------------


@transaction.atomic
def follow(document_id: int) -> list[Assignment]:
    """Make a document's assignments fit its work: called after whatever changed the work, or the people.

    Ends those of finished work, those whose time ran out, and those of people who cannot do the work any more; where
    the project assigns by rule, gives open work that was nobody's yet. The assignments made. Any number of calls.
    """
    now = timezone.now()
    standing = Assignment.objects.filter(item__document=document_id, ended_at=None)
    if not standing.exists() and not _unassigned(document_id).exists():
        return []
    document = lock_document(document_id)
    for assignment in standing.select_related("item", "person").order_by("pk"):
        assignment.item.document = document
        _follow(document, assignment, now)
    if document.project.archived_at is not None:
        return []
    made = [_assign_by_rule(document, item, now) for item in list(_unassigned(document_id).order_by("pk"))]
    return [assignment for assignment in made if assignment is not None]


def out_of_step(now: datetime | None = None, *, person: Person | None = None) -> list[int]:
    """Documents with an assignment (of the person) that time or people left behind.

    Its time ran out, or its person is away or has no longer the role or the skill.
    """
    now = now or timezone.now()
    member = Membership.objects.filter(project=OuterRef("item__project"), person=OuterRef("person"))
    skilled = Skill.objects.filter(
        project=OuterRef("item__project"), person=OuterRef("person"), name=OuterRef("item__skill")
    )
    lost = Q(until__lte=now) | Q(person__is_active=False) | away(now, "person__availability__")
    for step, roles in STEP_ROLES.items():
        lost |= Q(~Exists(member.filter(role__in=roles)), item__step=step)
    lost |= Q(~Q(item__skill=""), ~Exists(skilled))
    at_work = Q(item__state=WorkState.LEASED, item__lease_owner=F("person"))
    rows = Assignment.objects.filter(lost, ended_at=None).exclude(at_work)
    if person is not None:
        rows = rows.filter(person=person)
    return list(rows.order_by("item__document").values_list("item__document", flat=True).distinct())


def _follow(document: Document, assignment: Assignment, now: datetime) -> None:
    """End an assignment that does not fit any more. Somebody at work is left to it."""
    item = assignment.item
    if item.state not in LIVE_WORK_STATES:
        with as_kept():
            why = item.get_state_display().lower()
        _end(assignment, Assignment.End.DONE, why, now)
        _nobodys(item, now)
        return
    if assignment.until is not None and assignment.until <= now:
        ended_as, why = Assignment.End.RAN_OUT, "the time it was kept for is over"
    elif Availability.objects.filter(away(now), person=assignment.person_id).exists():
        ended_as, why = Assignment.End.UNFIT, "is away"
    else:
        with as_kept():
            ended_as, why = Assignment.End.UNFIT, why_not(assignment.person, item)
        if not why:
            return
    # A heartbeat or a take may come in this very moment: only what they do not work on is taken from them.
    left = WorkItem.objects.filter(pk=item.pk, assignee=assignment.person_id).exclude(
        state=WorkState.LEASED, lease_owner=assignment.person_id
    )
    if left.update(assignee=None, updated_at=now):
        _end(assignment, ended_as, why, now)
        _record_end(document, item, assignment.person, by=None, ended_as=ended_as, reason=why, via="rule")


def _unassigned(document_id: int) -> QuerySet[WorkItem]:
    """Open work that the rule may give: nobody has it, nobody gave it back."""
    had = Assignment.objects.filter(item=OuterRef("pk"), ended_as__in=_LEFT_ALONE)
    return WorkItem.objects.filter(
        ~Exists(had), document=document_id, state=WorkState.OPEN, assignee=None, project__assigns=True
    )


def _assign_by_rule(document: Document, item: WorkItem, now: datetime) -> Assignment | None:
    item.document = document
    people = _able(item)
    choice = choose(
        Work(str(item.pk), item.step, item.skill, item.section or document.section), _candidates(item, people, now)
    )
    if choice.person is None:
        return None
    person = next(each for each in people if str(each.public_id) == choice.person)
    # Somebody may have taken it this very moment: then it is theirs.
    nobodys = WorkItem.objects.filter(pk=item.pk, state=WorkState.OPEN, assignee=None)
    if not nobodys.update(assignee=person, updated_at=now):
        return None
    until = _kept_until(item.due_at or document.deadline_at, now)
    return _record(document, item, person, None, by=None, reason=choice.reason, until=until, via="rule")


def _kept_until(due: datetime | None, now: datetime) -> datetime:
    half = (due - now) / 2 if due is not None else KEPT_AT_MOST
    return now + min(max(half, KEPT_AT_LEAST), KEPT_AT_MOST)


def _able(item: WorkItem) -> list[Person]:
    """Everybody whose roles cover the step, locked: two rules at once do not count the same room for more twice."""
    members = Membership.objects.filter(
        project=item.project_id, role__in=STEP_ROLES[Step(item.step)], person__is_active=True
    )
    rows = Person.objects.filter(pk__in=members.values("person")).order_by("pk")
    return list(rows.select_for_update(no_key=True))


def _candidates(item: WorkItem, people: Sequence[Person], now: datetime) -> list[Candidate]:
    """What `choose` may know of people, in five queries."""
    ids = [person.pk for person in people]
    skills: defaultdict[int, set[str]] = defaultdict(set)
    for person, name in Skill.objects.filter(project=item.project_id, person__in=ids).values_list("person", "name"):
        skills[person].add(name)
    said = {row.person_id: row for row in Availability.objects.filter(person__in=ids)}
    standing = Assignment.objects.filter(person__in=ids, ended_at=None).values_list("person", flat=True)
    load = Counter(standing)
    had_it = set(Assignment.objects.filter(item=item).values_list("person", flat=True))
    with_a_hand = people_with_a_hand(item)
    return [
        Candidate(
            key=str(person.public_id),
            skills=frozenset(skills[person.pk]),
            sections=frozenset(availability.sections),
            away=availability.is_away(now),
            has_a_hand=person.pk in with_a_hand,
            had_it=person.pk in had_it,
            open_load=load[person.pk],
            most_open=availability.most_open,
        )
        for person in people
        for availability in [said.get(person.pk) or Availability(person=person)]
    ]


# --- rows and events --------------------------------------------------------------------------------------


def _record(
    document: Document,
    item: WorkItem,
    person: Person,
    had: Person | None,
    *,
    by: Person | None,
    reason: str,
    until: datetime | None,
    via: str,
) -> Assignment:
    """Write an assignment and its event; `had` is whoever had the work before."""
    assignment = Assignment.objects.create(item=item, person=person, by=by, reason=reason, until=until)
    data = {
        "to": str(person.public_id),
        "from": str(had.public_id) if had is not None else None,
        "until": until.isoformat() if until is not None else None,
        "reason": reason,
    }
    append_event(document, action="work.assigned", person=by, data=_about(item) | data, via=via)
    return assignment


def _end(assignment: Assignment, ended_as: Assignment.End, reason: str, now: datetime) -> None:
    Assignment.objects.filter(pk=assignment.pk, ended_at=None).update(
        ended_at=now, ended_as=ended_as, end_reason=reason
    )


def _nobodys(item: WorkItem, now: datetime) -> None:
    WorkItem.objects.filter(pk=item.pk).update(assignee=None, updated_at=now)


def _record_end(
    document: Document,
    item: WorkItem,
    had: Person,
    *,
    by: Person | None,
    ended_as: Assignment.End,
    reason: str,
    via: str,
) -> None:
    data = {"from": str(had.public_id), "as": ended_as.value, "reason": reason}
    append_event(document, action="work.unassigned", person=by, data=_about(item) | data, via=via)


def _about(item: WorkItem) -> dict[str, object]:
    """How events of work name it."""
    return {"item": item.pk, "step": item.step, "skill": item.skill}
