"""What a person has to do and where every article stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Case, Exists, OuterRef, QuerySet, When

from reviews.editing.permissions import STEP_ROLES
from reviews.models import (
    Document,
    DocumentState,
    Draft,
    DraftKind,
    Lane,
    Membership,
    Person,
    Project,
    Revision,
    Role,
    Step,
    WorkItem,
    WorkState,
)
from reviews.models.work import USUAL_STEPS
from reviews.web.access import DASHBOARD, IMPORT
from reviews.web.timing import Due, due_of

#: Open work shown on the first screen; the rest is counted.
SHOWN = 8
DOCUMENTS_PER_PAGE = 25
KEPT_SHOWN = 50


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list."""

    document: Document
    due: Due | None


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    page: Page[Document]
    lines: Sequence[DocumentLine]


@dataclass(frozen=True, slots=True)
class WorkLine:
    item: WorkItem
    due: Due | None


@dataclass(frozen=True, slots=True)
class Queue:
    """Open work of one step, in the order it is handed out."""

    step: Step
    lines: Sequence[WorkLine]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


@dataclass(frozen=True, slots=True)
class Memberships:
    """A person's projects and roles."""

    projects: Sequence[Project]
    roles: dict[int, frozenset[str]]

    def with_roles(self, roles: frozenset[str]) -> list[int]:
        return [project.pk for project in self.projects if self.roles[project.pk] & roles]

    @property
    def dashboards(self) -> list[Project]:
        return self._projects_with(DASHBOARD)

    @property
    def imports(self) -> list[Project]:
        """Projects the person brings articles into."""
        return self._projects_with(IMPORT)

    def _projects_with(self, roles: frozenset[Role]) -> list[Project]:
        wanted = self.with_roles(frozenset(roles))
        return [project for project in self.projects if project.pk in wanted]


def memberships(person: Person) -> Memberships:
    """Live projects of the person, with the roles held in each; one query."""
    roles: dict[int, set[str]] = {}
    projects: dict[int, Project] = {}
    rows = Membership.objects.filter(person=person, project__archived_at=None).select_related("project")
    for row in rows.order_by("project__name"):
        projects[row.project_id] = row.project
        roles.setdefault(row.project_id, set()).add(row.role)
    return Memberships(list(projects.values()), {pk: frozenset(held) for pk, held in roles.items()})


def held_by(person: Person) -> list[WorkLine]:
    """Work the person has taken, the most urgent first."""
    items = WorkItem.objects.filter(lease_owner=person, state=WorkState.LEASED).select_related("document__project")
    return _lines(items.order_by("sort_key", "pk"))


def queues(person: Person, mine: Memberships) -> list[Queue]:
    """Per step the work the person could take next; under four eyes not what they wrote in."""
    found = []
    for step in Step:
        projects = mine.with_roles(frozenset(STEP_ROLES[step]))
        if not projects:
            continue
        items = WorkItem.objects.filter(project__in=projects, step=step, state=WorkState.OPEN)
        if step == Step.APPROVE:
            written = Revision.objects.filter(document=OuterRef("document"), author=person, lane=Lane.MAIN)
            items = items.exclude(Exists(written), project__four_eyes=True)
        first = items.select_related("document__project").order_by("sort_key", "pk")[:SHOWN]
        total = items.count()
        if total or step in USUAL_STEPS:
            found.append(Queue(step, _lines(first), total))
    return found


def kept_texts(person: Person) -> list[Draft]:
    """What waits for the person's word: their refused saves, then their unsaved typing, the newest of each first."""
    rows = Draft.objects.filter(person=person, lane=Lane.MAIN, segment__document__project__archived_at=None)
    refused_first = Case(When(kind=DraftKind.REFUSED, then=0), default=1)
    rows = rows.select_related("segment__document__project", "segment__latest_revision__author")
    return list(rows.order_by(refused_first, "-updated_at", "-pk")[:KEPT_SHOWN])


def count_refused(person: Person) -> int:
    return Draft.objects.filter(person=person, kind=DraftKind.REFUSED).count()


def documents(mine: Memberships, *, state: str, text: str, page: int) -> DocumentsPage:
    """Documents of the person's projects, newest first."""
    rows = Document.objects.filter(project__in=[p.pk for p in mine.projects])
    if state in DocumentState.values:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(title__icontains=text) | rows.filter(external_id__icontains=text)
    found = Paginator(rows.select_related("project").order_by("-created_at", "-pk"), DOCUMENTS_PER_PAGE).get_page(page)
    return DocumentsPage(found, [DocumentLine(document, due_of(document)) for document in found.object_list])


def _lines(items: QuerySet[WorkItem]) -> list[WorkLine]:
    return [WorkLine(item, due_of(item.document)) for item in items]
