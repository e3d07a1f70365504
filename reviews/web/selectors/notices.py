"""A person's notices as the screens show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator

from reviews.models import MailChoice, Notice, Person
from reviews.notices.kinds import KINDS, Kind, kind_of
from reviews.notices.service import choices_of, visible_to

from .work import Memberships

NOTICES_PER_PAGE = 25

#: More unread notices than this are not counted: the head of every page asks.
COUNTED = 99


@dataclass(frozen=True, slots=True)
class NoticeLine:
    notice: Notice

    @property
    def kind(self) -> Kind:
        return kind_of(self.notice.kind)


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """One page of notices; `newest` is the newest of all that the person could see when it was drawn."""

    page: Page[Notice]
    lines: Sequence[NoticeLine]
    newest: int


@dataclass(frozen=True, slots=True)
class ChoiceLine:
    """How a person hears of one kind of notice."""

    kind: Kind
    mail: MailChoice


def unread(person: Person, mine: Memberships) -> str:
    """How many notices the person has not read, as the head of a page shows it; "" for none."""
    rows = visible_to(person, [project.pk for project in mine.projects]).filter(read_at=None).order_by()
    number = rows[: COUNTED + 1].count()
    return f"{COUNTED}+" if number > COUNTED else str(number or "")


def notices(person: Person, mine: Memberships, page: int) -> NoticesPage:
    """The person's notices, the newest first."""
    rows = visible_to(person, [project.pk for project in mine.projects]).select_related("document__project")
    found = Paginator(rows, NOTICES_PER_PAGE).get_page(page)
    newest = rows.values_list("pk", flat=True).first() or 0
    return NoticesPage(found, [NoticeLine(notice) for notice in found.object_list], newest)


def choices(person: Person) -> list[ChoiceLine]:
    """How the person hears of each kind, chosen or not."""
    chosen = choices_of(Person.objects.filter(pk=person.pk))
    return [ChoiceLine(kind, chosen.get((person.pk, kind.kind), kind.mail)) for kind in KINDS]
