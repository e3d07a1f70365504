"""What holds in a whole project, and that every change of it is written into the project's record."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.checks.policy import Policy, PolicyError, parse_policy
from reviews.checks.registry import CHECKS
from reviews.models import Person, Project
from reviews.models.audit import append_event
from reviews.routing.policy import Policy as RoutingPolicy
from reviews.routing.policy import parse_policy as parse_routing_policy

from .permissions import LEAD, PUBLISH, require


@transaction.atomic
def set_policy(*, project_id: int, person: Person, policy: Policy, seen: Policy, via: str = "web") -> bool:
    """Put the policy in force; False when it is in force already.

    `seen` is the one the person had before them. The project says since when findings may still be counted by the
    policy before; the caller has its articles weighed anew. Raises NotAllowedError, or PolicyError when another was
    set meanwhile or the policy names a check there is not.
    """
    project = Project.objects.select_for_update(no_key=True).get(pk=project_id)
    require(project, person, PUBLISH, _("say what findings do"))
    before = parse_policy(project.check_policy)
    if before != seen:
        raise PolicyError(_("Somebody else changed these settings meanwhile. Look at them as they are now."))
    unknown = policy.checks.keys() - {check.id for check in CHECKS} - before.checks.keys()
    if unknown:
        raise PolicyError(_("There is no check %(check)s.") % {"check": ", ".join(sorted(unknown))})
    after = parse_policy(policy.to_json())
    if after == before:
        return False
    project.check_policy = after.to_json()
    project.checks_changed_at = timezone.now()
    project.save(update_fields=["check_policy", "checks_changed_at"])
    append_event(
        project,
        action="checks.policy",
        person=person,
        data={"before": before.to_json(), "after": after.to_json()},
        via=via,
    )
    return True


class RoutingMovedError(Exception):
    """Another routing policy was set meanwhile; `standing` is the one in force."""

    def __init__(self, standing: RoutingPolicy) -> None:
        super().__init__(_("Somebody else changed the rules meanwhile. Compare them with yours, then save again."))
        self.standing = standing


@transaction.atomic
def set_routing_policy(
    *, project_id: int, person: Person, policy: RoutingPolicy, seen: RoutingPolicy, via: str = "web"
) -> bool:
    """Put a routing policy in force; False when it is in force already.

    `seen` is the one the person had before them. The project says since when its articles may still be routed by the
    one before; the caller has them routed anew. Raises NotAllowedError, or RoutingMovedError when another policy was
    set meanwhile: nothing is written over.
    """
    project = Project.objects.select_for_update(no_key=True).get(pk=project_id)
    require(project, person, PUBLISH, _("say which text needs which work"))
    before = parse_routing_policy(project.routing_policy)
    if policy == before:
        return False
    if before != seen:
        raise RoutingMovedError(before)
    project.routing_policy = policy.to_json()
    project.routing_changed_at = timezone.now()
    project.save(update_fields=["routing_policy", "routing_changed_at"])
    append_event(
        project,
        action="routing.policy",
        person=person,
        data={"before": before.to_json(), "after": policy.to_json()},
        via=via,
    )
    return True


def record_four_eyes(project: Project, person: Person, before: Project, via: str = "admin") -> None:
    """Write into the record that four eyes are asked for otherwise than before, if they are.

    Called in the transaction that changed the project, by whoever checked that the person may.
    """
    was, now = _four_eyes(before), _four_eyes(project)
    if was != now:
        append_event(project, action="project.four_eyes", person=person, data={"before": was, "after": now}, via=via)


def record_engines(project: Project, person: Person, before: Project, via: str = "admin") -> None:
    """Write into the record that engines are nameless, or named again, or marked otherwise than before, if they are.

    Called in the transaction that changed the project, by whoever checked that the person may.
    """
    was, now = _engines(before), _engines(project)
    if was != now:
        append_event(project, action="project.engines", person=person, data={"before": was, "after": now}, via=via)


def _engines(project: Project) -> dict[str, object]:
    return {"blind": project.blind_engines, "marking": project.marking}


def _four_eyes(project: Project) -> dict[str, object]:
    return {"every_text": project.four_eyes, "kinds": sorted(project.four_eyes_kinds)}


@transaction.atomic
def set_assigns(*, project_id: int, person: Person, assigns: bool, via: str = "web") -> bool:
    """Say whether new work is given to people by rule; False when that holds already. Raises NotAllowedError."""
    project = Project.objects.select_for_update(no_key=True).get(pk=project_id)
    require(project, person, LEAD, _("say how work is given out"))
    if project.assigns == assigns:
        return False
    Project.objects.filter(pk=project_id).update(assigns=assigns)
    append_event(project, action="project.assigns", person=person, data={"after": assigns}, via=via)
    return True
