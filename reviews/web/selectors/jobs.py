"""What a person chose to do something to, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from reviews.editing.jobs import DECISIONS, MAX_DOCUMENTS, NEEDS_REASON, ROLES
from reviews.editing.permissions import LEAD
from reviews.models import BulkJob, Document, DocumentState, Membership, Person, Project
from reviews.web.selectors.work import Memberships

JOBS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class ActOffered:
    """One act a person may ask for in a project."""

    value: str
    label: str
    needs_reason: bool
    needs_person: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """The chosen articles of one project, what may be done to them, and to whom work can be given."""

    project: Project
    documents: Sequence[Document]
    acts: Sequence[ActOffered]
    people: Sequence[Person]

    @property
    def entries(self) -> Sequence[str]:
        """Each article with the number of its last event, as the form sends them back."""
        return [f"{document.pk}:{document.audit_number}" for document in self.documents]


def matching(mine: Memberships, *, state: str, text: str) -> QuerySet[Document]:
    """Documents of the person's projects as the list of articles filters them, newest first."""
    rows = Document.objects.filter(project__in=[project.pk for project in mine.projects])
    if state in DocumentState.values:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(external_id__icontains=text))
    return rows.select_related("project").order_by("-pk")


def chosen(mine: Memberships, rows: QuerySet[Document]) -> tuple[list[Chosen], bool]:
    """The chosen articles by project, and whether there were more than one job takes on."""
    found = list(rows[: MAX_DOCUMENTS + 1])
    by_project: dict[int, list[Document]] = {}
    for document in found[:MAX_DOCUMENTS]:
        by_project.setdefault(document.project_id, []).append(document)
    projects = {project.pk: project for project in mine.projects}
    return [
        Chosen(projects[pk], documents, _offered(mine.roles[pk]), _people(projects[pk], mine.roles[pk]))
        for pk, documents in by_project.items()
    ], len(found) > MAX_DOCUMENTS


def _offered(roles: frozenset[str]) -> list[ActOffered]:
    return [
        ActOffered(act.value, str(act.label), act in NEEDS_REASON, act == BulkJob.Act.ASSIGN)
        for act in BulkJob.Act
        if roles & ROLES[act]
    ]


def _people(project: Project, roles: frozenset[str]) -> list[Person]:
    """Who work can be given to, for whoever may give it."""
    if not roles & LEAD:
        return []
    members = Membership.objects.filter(project=project, person__is_active=True).values("person")
    return list(Person.objects.filter(pk__in=members).order_by("first_name", "last_name", "username"))


@dataclass(frozen=True, slots=True)
class JobLine:
    """What became of one article of a job; `done` in words is empty where nothing was done."""

    document: Document | None
    done: str
    refused: Sequence[tuple[str, int]]
    failed: str


@dataclass(frozen=True, slots=True)
class JobShown:
    """A job as its page shows it: how far it is, and article by article what came of it, what was not done first."""

    job: BulkJob
    lines: Sequence[JobLine]
    touched: int
    done: str

    @property
    def handled(self) -> int:
        return len(self.job.report)

    @property
    def running(self) -> bool:
        return self.job.state == BulkJob.State.RUNNING

    @property
    def left(self) -> int:
        return len(self.job.todo)


def job_shown(job: BulkJob) -> JobShown:
    report: list[dict[str, Any]] = job.report
    documents = Document.objects.in_bulk([line["document"] for line in report])
    lines = [
        JobLine(
            documents.get(line["document"]),
            _amount(job, line["done"]),
            sorted(line["refused"].items()),
            line["failed"],
        )
        for line in report
    ]
    lines.sort(key=lambda line: not (line.refused or line.failed))
    return JobShown(
        job,
        lines,
        touched=sum(bool(line.done) for line in lines),
        done=_amount(job, sum(line["done"] for line in report)),
    )


def _amount(job: BulkJob, number: int) -> str:
    """How many texts or tasks a job did something to, in words; nothing for none."""
    if not number:
        return ""
    if job.act in DECISIONS:
        words = ngettext("%(number)d text", "%(number)d texts", number)
    else:
        words = ngettext("%(number)d task", "%(number)d tasks", number)
    return words % {"number": number}


def jobs_of(person: Person, mine: Memberships) -> list[BulkJob]:
    """The person's own jobs, and those of the desks they head; the newest first."""
    rows = BulkJob.objects.filter(project__in=[project.pk for project in mine.projects])
    own = rows.filter(person=person) | rows.filter(project__in=mine.with_roles(LEAD))
    return list(own.select_related("project", "person").defer("todo", "report").order_by("-pk")[:JOBS_SHOWN])
