"""What people say of themselves for the sharing out of work: their time, their sections, what they know.

Declared by the person, or by a desk head of a project of theirs. Skills are a project's matter and stand in its record;
when somebody is away is theirs: that it was changed by somebody else is recorded, the dates are not.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from reviews.models import Availability, Person, Project, Skill
from reviews.models.audit import append_event

from .permissions import LEAD, NotAllowedError


@dataclass(frozen=True, slots=True)
class Time:
    """When somebody is away, how many pieces of work they take on, and of which sections first."""

    away_from: datetime | None = None
    away_until: datetime | None = None
    most_open: int = 5
    sections: tuple[str, ...] = ()


@transaction.atomic
def set_time(*, person: Person, by: Person, project: Project | None = None, time: Time, via: str = "web") -> None:
    """Put down somebody's time: their own, or as desk head of `project`. Raises NotAllowedError."""
    if by.pk != person.pk:
        _require_lead(project, person, by)
    Availability.objects.update_or_create(
        person=person,
        defaults={
            "away_from": time.away_from,
            "away_until": time.away_until,
            "most_open": time.most_open,
            "sections": list(time.sections),
        },
    )
    if by.pk != person.pk and project is not None:
        append_event(project, action="person.time", person=by, data={"person": str(person.public_id)}, via=via)


@transaction.atomic
def set_skills(*, project: Project, person: Person, by: Person, names: Collection[str], via: str = "web") -> bool:
    """Say what a member knows, as the queues of the project name it; False when nothing changed.

    Their own, or as desk head. Raises NotAllowedError.
    """
    if by.pk != person.pk or not project.roles_of(person):
        _require_lead(project, person, by)
    project = Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    before = set(Skill.objects.filter(project=project, person=person).values_list("name", flat=True))
    after = set(names)
    if before == after:
        return False
    Skill.objects.filter(project=project, person=person, name__in=before - after).delete()
    Skill.objects.bulk_create(Skill(project=project, person=person, name=name) for name in sorted(after - before))
    append_event(
        project,
        action="person.skills",
        person=by,
        data={"person": str(person.public_id), "before": sorted(before), "after": sorted(after)},
        via=via,
    )
    return True


def _require_lead(project: Project | None, person: Person, by: Person) -> None:
    if project is None or not by.is_active or not project.roles_of(by) & LEAD or not project.roles_of(person):
        raise NotAllowedError(_("Only a desk head can say this of somebody else, and only of a member of the project."))
