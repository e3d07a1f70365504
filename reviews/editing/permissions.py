"""Who may do what to a text. Services ask here, whatever screen or command called them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from reviews.models import Person, Project, Role, Step

EDIT = frozenset({Role.EDITOR, Role.APPROVER, Role.DESK_HEAD})
APPROVE = frozenset({Role.APPROVER, Role.DESK_HEAD})
PUBLISH = frozenset({Role.DESK_HEAD})
#: Who assigns work and keeps what is known of people's skills and time.
LEAD = frozenset({Role.DESK_HEAD})
#: Who judges engines' texts: everybody who reads them.
MARK = frozenset(Role)

#: Who does the work of a step.
STEP_ROLES: dict[Step, frozenset[Role]] = {
    Step.EDIT: EDIT,
    Step.SPECIALIST: EDIT,
    Step.BLIND: EDIT,
    Step.ADJUDICATE: APPROVE,
    Step.APPROVE: APPROVE,
}


class NotAllowedError(Exception):
    """The person's roles in the project do not cover the act; the message says what would."""


def require(project: Project, person: Person, roles: frozenset[Role], act: str) -> None:
    """Raise NotAllowedError unless the person has one of the roles in the project."""
    if not person.is_active or not project.roles_of(person) & roles:
        raise NotAllowedError(
            _("%(person)s may not %(act)s in %(project)s: that takes the role %(roles)s.")
            % {"person": person.shown_name, "act": act, "project": project.name, "roles": roles_in_words(roles)}
        )


def roles_in_words(roles: Iterable[Role]) -> str:
    """The roles of which one is needed: "approver or desk head"."""
    return _(" or ").join(sorted(role.label.lower() for role in roles))
