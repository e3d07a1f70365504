"""Who is on a desk, what they say of themselves, and what they were given: nothing that measures them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from reviews.editing.permissions import STEP_ROLES
from reviews.models import Assignment, Availability, Membership, Person, Project, Role, Skill, Step, WorkItem
from reviews.models.work import LIVE_WORK_STATES
from reviews.web.timing import Due, due_of

#: Pieces of work shown of each person; the rest is counted.
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Given:
    """A piece of work somebody was given."""

    assignment: Assignment
    due: Due | None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on the desk. `load` is how many pieces of work they were given, in all their projects."""

    person: Person
    roles: Sequence[str]
    skills: Sequence[str]
    time: Availability
    away: bool
    load: int
    given: Sequence[Given]
    rest: int

    @property
    def words(self) -> str:
        """What somebody who gives work wants to know of them."""
        parts = []
        if self.away:
            until = self.time.away_until
            parts.append(
                _("away until %(time)s") % {"time": date_format(timezone.localtime(until), _("j M, H:i"))}
                if until
                else _("away")
            )
        parts.append(_("was given %(load)d of %(most)d pieces") % {"load": self.load, "most": self.time.most_open})
        if self.skills:
            parts.append(_("knows %(skills)s") % {"skills": ", ".join(self.skills)})
        if self.time.sections:
            parts.append(_("takes on %(sections)s") % {"sections": ", ".join(self.time.sections)})
        return " · ".join(parts)


def members(project: Project, step: Step | None = None) -> list[Member]:
    """The desk by name (with `step` those whose roles cover it); five queries, whatever its size."""
    roles: defaultdict[int, list[str]] = defaultdict(list)
    people: dict[int, Person] = {}
    rows = Membership.objects.filter(project=project, person__is_active=True).select_related("person")
    for row in rows if step is None else rows.filter(role__in=STEP_ROLES[step]):
        people[row.person_id] = row.person
        roles[row.person_id].append(str(Role(row.role).label))
    skills: defaultdict[int, list[str]] = defaultdict(list)
    for pk, name in Skill.objects.filter(project=project).order_by("name").values_list("person_id", "name"):
        skills[pk].append(name)
    said = {row.person_id: row for row in Availability.objects.filter(person__in=people)}
    given: defaultdict[int, list[Given]] = defaultdict(list)
    load: defaultdict[int, int] = defaultdict(int)
    standing = Assignment.objects.filter(person__in=people, ended_at=None, item__state__in=LIVE_WORK_STATES)
    for assignment in standing.select_related("item__document__project").order_by("item__sort_key", "pk"):
        load[assignment.person_id] += 1
        if assignment.item.project_id == project.pk:
            given[assignment.person_id].append(Given(assignment, due_of(assignment.item.document)))
    now = timezone.now()
    found = []
    for pk, person in sorted(people.items(), key=lambda pair: (pair[1].shown_name.casefold(), pair[0])):
        time = said.get(pk) or Availability(person=person)
        found.append(
            Member(
                person=person,
                roles=sorted(roles[pk]),
                skills=skills[pk],
                time=time,
                away=time.is_away(now),
                load=load[pk],
                given=given[pk][:SHOWN],
                rest=max(len(given[pk]) - SHOWN, 0),
            )
        )
    return found


def skills_asked_for(project: Project) -> list[str]:
    """Skills that open work of the project asks for, or somebody has; by name."""
    asked = WorkItem.objects.filter(project=project, state__in=LIVE_WORK_STATES).exclude(skill="")
    known = Skill.objects.filter(project=project)
    return sorted({*asked.values_list("skill", flat=True).distinct()[:100], *known.values_list("name", flat=True)})
