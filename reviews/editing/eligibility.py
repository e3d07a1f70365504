"""Who may be handed which work: by role, by skill, and by whether they have a hand in the article already.

One rule for everything that hands out work: `take next`, the queues on a page, an assignment. Saving and deciding have
rules of their own and never ask here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.models import (
    Decision,
    Lane,
    Person,
    Placement,
    Project,
    ReviewPass,
    Revision,
    Skill,
    Step,
    WorkItem,
)
from reviews.models.project import roles_held
from reviews.models.review import DONE_KINDS

from .permissions import STEP_ROLES, roles_in_words

#: Why a step is for somebody else, in words that follow their name.
HAND: dict[Step, Promise] = {
    Step.APPROVE: gettext_lazy("wrote in this article, or marked a text of it as reviewed"),
    Step.BLIND: gettext_lazy("worked on this article already"),
    Step.ADJUDICATE: gettext_lazy("worked on one of the texts to be settled"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A person in a live project: the roles and skills held there."""

    project: Project
    roles: frozenset[str]
    skills: tuple[str, ...] = ()

    def covers(self, step: Step) -> bool:
        return bool(self.roles & STEP_ROLES[step])


def places_of(person: Person) -> list[Place]:
    """The person's live projects by name, with the roles and skills held there; two queries."""
    skills: dict[int, list[str]] = {}
    for project, name in Skill.objects.filter(person=person).order_by("name").values_list("project_id", "name"):
        skills.setdefault(project, []).append(name)
    return [Place(project, roles, tuple(skills.get(project.pk, ()))) for project, roles in roles_held(person)]


def without_hand_of(person: Person, rows: QuerySet[WorkItem], step: Step, project: Project) -> QuerySet[WorkItem]:
    """Of work items of a step in a project those that are not somebody else's because of what the person did.

    Asked for item by item, as a value: of NOT EXISTS a database may make a join that begins with everything the person
    ever wrote, and of "is null" PostgreSQL expects so few that it reads the whole queue to sort it.
    """
    for number, (hand, who) in enumerate(hands_in(step, project, OuterRef("document"))):
        found = Subquery(hand.filter(**{who: person}).order_by().annotate(found=Value(True)).values("found")[:1])
        name = f"hand_{number}"
        rows = rows.alias(**{name: Coalesce(found, False, output_field=BooleanField())}).filter(**{name: False})
    return rows


def has_a_hand(person: Person, item: WorkItem) -> bool:
    """Whether the work is for somebody else because of what the person did in the article."""
    found = hands_in(Step(item.step), item.document.project, item.document_id)
    return any(rows.filter(**{who: person}).exists() for rows, who in found)


def people_with_a_hand(item: WorkItem) -> set[int]:
    """Ids of everybody the work is not for because of what they did in the article."""
    found = hands_in(Step(item.step), item.document.project, item.document_id)
    return {person for rows, who in found for person in rows.values_list(who, flat=True)}


def hands_in(step: Step, project: Project, document: Any) -> Iterator[tuple[QuerySet[Any], str]]:
    """What makes a step of a document somebody else's, each as rows and the column of the person.

    `document` is an id or a reference to one. Under four eyes (for every text or for some kinds) whoever wrote a text
    or vouched for it last does not approve. Whoever worked in the main lane has read it, so a second review would not
    be blind; and both sides of a difference are settled by a third, who may go on with what they settled before.
    """
    revisions = Revision.objects.filter(document=document, lane=Lane.MAIN)
    decisions = Decision.objects.filter(document=document, lane=Lane.MAIN)
    if step == Step.APPROVE:
        if project.four_eyes or project.four_eyes_kinds:
            kinds = None if project.four_eyes else project.four_eyes_kinds
            vouched = decisions.filter(kind__in=DONE_KINDS, segment__latest_decision=F("pk"))
            yield _serving(revisions, kinds), "author"
            yield _serving(vouched, kinds), "person"
    elif step == Step.BLIND:
        yield revisions, "author"
        yield decisions, "person"
    elif step == Step.ADJUDICATE:
        settled = Decision.objects.filter(lane=Lane.ADJUDICATION, revision=OuterRef("pk"), person=OuterRef("author"))
        chosen = Decision.objects.filter(
            lane=Lane.ADJUDICATION, revision=OuterRef("revision"), person=OuterRef("person")
        )
        vouched = decisions.filter(kind__in=DONE_KINDS, segment__latest_decision=F("pk"))
        yield revisions.exclude(Exists(settled)), "author"
        yield vouched.exclude(Exists(chosen)), "person"
        yield ReviewPass.objects.filter(item__document=document, lane=Lane.BLIND, decision__isnull=False), "person"


def _serving(rows: QuerySet[Any], kinds: Collection[str] | None) -> QuerySet[Any]:
    """Those whose text serves a segment of one of these kinds as the article stands; None for all."""
    if kinds is None:
        return rows
    placed = Placement.objects.filter(
        source_revision=OuterRef("document__current_source"), kind__in=sorted(kinds)
    ).annotate(leader=Coalesce("segment__covered_by", "segment"))
    return rows.filter(Exists(placed.filter(leader=OuterRef("segment"))))


def why_not(person: Person, item: WorkItem) -> str:
    """Why work cannot be given to somebody, in words that follow their name; "" if it can."""
    project, step = item.document.project, Step(item.step)
    if not person.is_active or not project.roles_of(person) & STEP_ROLES[step]:
        return _("has no role for this in %(project)s (%(roles)s)") % {
            "project": project.name,
            "roles": roles_in_words(STEP_ROLES[step]),
        }
    if item.skill and not Skill.objects.filter(project=project, person=person, name=item.skill).exists():
        return _("is not known for %(skill)s") % {"skill": item.skill}
    if has_a_hand(person, item):
        return str(HAND[step])
    return ""
