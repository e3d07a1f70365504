"""Taking away the name of somebody who left: the record keeps what was done, and no longer says by whom."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.models import Membership, Notice, NoticeChoice, Person, Project, Visit
from reviews.models.audit import append_event
from reviews.models.words import as_kept
from reviews.models.work import Availability, Skill

from .assignments import give_back_everything
from .permissions import NotAllowedError


class DepartureError(Exception):
    """The name cannot be taken away; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Departure:
    """What came of it: false `removed` says that it was done before. Counts are of what ended or went with the name."""

    person: str
    removed: bool
    memberships: int = 0
    work: int = 0
    notices: int = 0


@transaction.atomic
def remove_name(*, person_id: int, by: Person, via: str = "command line") -> Departure:
    """Take name, salt, e-mail, log-in and every right from a person; once, and for good.

    Texts, decisions and events stay as they are: they name the person by public id and a hash which, without its salt,
    leads to nobody. Their work goes back to everybody. What they typed and did not save stays where it is kept. Each
    of their projects has an event that says by whom it was done, and not whose name it was.

    `by` is a superuser, and another person. Raises NotAllowedError and DepartureError; then nothing was changed.
    """
    person = Person.objects.get(pk=person_id)
    if not (by.is_active and by.is_superuser):
        raise NotAllowedError(_("Only a superuser can take a name away."))
    if person.name_removed_at is not None:
        return Departure(str(person.public_id), removed=False)
    if person == by:
        raise DepartureError(_("Nobody takes their own name away: have another superuser do it."))
    with as_kept():
        reason = _("The person left.")
    work = give_back_everything(person, by=by, reason=reason, via=via)
    projects = list(Project.objects.filter(memberships__person=person).distinct().order_by("pk"))
    for project in projects:
        append_event(project, action="person.name_removed", person=by, data={"id": str(person.public_id)}, via=via)
    memberships, _counts = Membership.objects.filter(person=person).delete()
    notices, _counts = Notice.objects.filter(person=person).delete()
    for kept in (NoticeChoice, Visit, Skill, Availability):
        kept._default_manager.filter(person=person).delete()
    # Saves share-lock the person's row under the lock of a document, so it is written last.
    done = Person.objects.filter(pk=person.pk, name_removed_at=None).update(
        username=f"removed-{person.public_id}",
        first_name="",
        last_name="",
        email="",
        salt="",
        keys={},
        password=make_password(None),
        is_active=False,
        is_staff=False,
        is_superuser=False,
        last_login=None,
        name_removed_at=timezone.now(),
    )
    if not done:
        raise DepartureError(_("Somebody else takes this name away right now."))
    return Departure(str(person.public_id), True, memberships, work, notices)
