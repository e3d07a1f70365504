"""Notices by e-mail: who is due, and one e-mail with all that is due to one person.

A notice is claimed before it is sent, by putting off when it is due. So two workers never send it both, and a worker
that is killed in between delays it: until then it went out or did not. If it did, it goes out once more, with the same
Message-ID. A server that does not take it is asked again by the same means.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Collection, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from reviews.models import Notice, Person, Project
from reviews.values import sha256_hex

from .kinds import KINDS, kind_of
from .letters import Line, compose
from .times import BATCH

logger = logging.getLogger(__name__)

#: After a failure, or a worker that was killed, a notice is due again this much later. Longer than any e-mail takes.
TRY_AGAIN = timedelta(minutes=10)

#: After so long nobody needs the e-mail any more; the notice itself stays.
GIVE_UP = timedelta(days=3)

#: Notices one e-mail takes up.
MOST_IN_ONE = 1000

#: What may go wrong with one e-mail: the server, the network, an address that is none.
_FAILURES = (smtplib.SMTPException, OSError, ValueError)


def due_people(limit: int = 500) -> list[int]:
    """People something is to be mailed to now, whoever has waited longest first."""
    due = Notice.objects.filter(mail_at__lte=timezone.now()).order_by("mail_at").values_list("person_id", flat=True)
    return list(dict.fromkeys(due[: limit * 4]))[:limit]


def send(person_id: int) -> int:
    """Mail one person what is due to them; how many notices went out. Any number of workers, any number of times."""
    claimed = _claim(person_id)
    if not claimed:
        return 0
    person = claimed[0].person
    wanted = _still_wanted(person, claimed)
    _settle({notice.pk for notice in claimed} - {notice.pk for notice in wanted}, went_out=False)
    if not wanted:
        return 0
    try:
        _message(person, wanted).send()
    except _FAILURES as error:
        # Not the address, and not the error's own words, which quote it.
        logger.warning("No e-mail to person %s (%s): the next try is later.", person.public_id, type(error).__name__)
        return 0
    _settle({notice.pk for notice in wanted}, went_out=True)
    return len(wanted)


@transaction.atomic
def _claim(person_id: int) -> list[Notice]:
    """Put off what is due, and what would be due in a minute with it; nothing when somebody else has it."""
    now = timezone.now()
    due = Notice.objects.filter(person=person_id, mail_at__lte=now + BATCH)
    locked = due.select_for_update(of=("self",)).select_related("person", "document__project")
    rows = list(locked.order_by("pk")[:MOST_IN_ONE])
    if not any(row.mail_at is not None and row.mail_at <= now for row in rows):
        return []
    due.filter(pk__in=[row.pk for row in rows]).update(mail_at=now + TRY_AGAIN)
    return rows


def _still_wanted(person: Person, notices: Sequence[Notice]) -> list[Notice]:
    """Those that were not read meanwhile, are no old story, and are about a project the person still belongs to."""
    if not person.is_active or not person.email:
        return []
    projects = set(Project.objects.visible_to(person).values_list("pk", flat=True))
    since = timezone.now() - GIVE_UP
    return [
        notice
        for notice in notices
        if notice.read_at is None and notice.document.project_id in projects and notice.created_at > since
    ]


def _message(person: Person, notices: Sequence[Notice]) -> EmailMessage:
    order = [kind.kind for kind in KINDS]
    in_order = sorted(
        notices, key=lambda notice: (order.index(kind_of(notice.kind).kind), notice.document_id, notice.pk)
    )
    letter = compose(
        [
            Line(
                heading=kind_of(notice.kind).heading,
                title=str(notice.document),
                project=notice.document.project.name,
                text=notice.text,
                link=_link(reverse("reviews:notice", args=[notice.pk])),
            )
            for notice in in_order
        ],
        choices_link=_link(reverse("reviews:notice-choices")),
    )
    # The same notices make the same id, so that a repeated e-mail is shown once by programs that heed it.
    name = sha256_hex(",".join(str(notice.pk) for notice in in_order))[:32]
    return EmailMessage(
        letter.subject,
        letter.body,
        to=[person.email],
        headers={
            "Message-ID": f"<notices.{name}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def _link(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _settle(ids: Collection[int], *, went_out: bool) -> None:
    """Nothing of these is to be mailed any more; `went_out` says whether it was."""
    if ids:
        Notice.objects.filter(pk__in=ids).update(mail_at=None, mailed_at=timezone.now() if went_out else None)
