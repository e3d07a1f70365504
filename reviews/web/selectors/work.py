"""What a person has to do and where every article stands."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, cast

from django.core.paginator import Page, Paginator
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from reviews.editing.eligibility import Place
from reviews.editing.queues import filled, first_items, open_queues
from reviews.editing.queues import lengths as queue_lengths
from reviews.models import (
    Assignment,
    Document,
    DocumentState,
    Draft,
    DraftKind,
    Hypothesis,
    Lane,
    Person,
    Project,
    Role,
    Skill,
    Step,
    Visit,
    WorkItem,
    WorkState,
)
from reviews.models.document import UNFINISHED
from reviews.models.project import roles_held
from reviews.models.work import LIVE_WORK_STATES, USUAL_STEPS
from reviews.web.access import DASHBOARD, IMPORT
from reviews.web.timing import Due, due_of

from .news import News, news_of

if TYPE_CHECKING:  # Django's own class takes no parameter when the code runs
    DocumentPaginator = Paginator[Document]
else:
    DocumentPaginator = Paginator

#: Open work shown on the first screen; the rest is counted.
SHOWN = 8
DOCUMENTS_PER_PAGE = 25
KEPT_SHOWN = 50
GIVEN_SHOWN = 50
#: A queue, and the list of articles, are counted up to here.
COUNTED = 99
DOCUMENTS_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list."""

    document: Document
    due: Due | None
    news: News | None = None


@dataclass(frozen=True, slots=True)
class DocumentsPage:
    page: Page[Document]
    lines: Sequence[DocumentLine]


@dataclass(frozen=True, slots=True)
class Counted:
    """A number of rows, counted no further than a page cares for."""

    number: int
    more: bool

    def __str__(self) -> str:
        return f"{self.number:,}+" if self.more else f"{self.number:,}"

    def __bool__(self) -> bool:
        return bool(self.number)

    @classmethod
    def up_to(cls, at_most: int, found: int) -> Counted:
        """Of a count that went on to `at_most` + 1."""
        return cls(min(found, at_most), found > at_most)


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """Which work and articles somebody wants to see; nothing of it for all.

    `due` is overdue, today, day, week or none; `changed` is source, engine or news; `needs` is waiting, critical or
    outdated; `whose` is mine or open, and about work only, as `step` is.
    """

    project: int | None = None
    section: str = ""
    step: str = ""
    due: str = ""
    changed: str = ""
    needs: str = ""
    whose: str = ""

    def __bool__(self) -> bool:
        return self != WorkFilter()

    @property
    def shows_mine(self) -> bool:
        return self.whose in ("", "mine")

    @property
    def shows_open(self) -> bool:
        return self.whose in ("", "open")

    def steps(self) -> list[Step]:
        return [step for step in Step if self.step in ("", step)]

    def articles(self, person: Person, prefix: str = "") -> Q:
        """The condition on articles; `prefix` leads to them."""
        wanted = Q(**{f"{prefix}project": self.project}) if self.project else Q()
        if self.section:
            wanted &= Q(**{f"{prefix}section": self.section})
        if self.due == "none":
            wanted &= Q(**{f"{prefix}deadline_at": None})
        elif self.due:
            wanted &= Q(**{f"{prefix}deadline_at__lt": _until(self.due, timezone.now())})
        if self.changed == "source":
            wanted &= Q(**{f"{prefix}segments_source_changed__gt": 0})
        elif self.changed == "engine":
            again = Hypothesis.objects.filter(
                document=OuterRef(f"{prefix}pk"), system__project=OuterRef(f"{prefix}project"), number__gt=1
            )
            wanted &= Q(Exists(again))
        elif self.changed == "news":
            seen = Visit.objects.filter(person=person, document=OuterRef(f"{prefix}pk"))
            wanted &= Q(Exists(seen.filter(seen_number__lt=OuterRef(f"{prefix}audit_number"))))
        if self.needs == "waiting":
            wanted &= Q(**{f"{prefix}state__in": UNFINISHED})
        elif self.needs == "critical":
            wanted &= Q(**{f"{prefix}critical_texts__gt": 0}) & ~Q(**{f"{prefix}state": DocumentState.PUBLISHED})
        elif self.needs == "outdated":
            wanted &= Q(**{f"{prefix}outdated": True})
        return wanted

    def work(self, person: Person) -> Q:
        """The condition on work items, but for what is left to their queues: project and step."""
        return replace(self, project=None).articles(person, "document__")


def _until(due: str, now: datetime) -> datetime:
    if due == "today":
        return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return now + {"overdue": timedelta(0), "day": timedelta(days=1), "week": timedelta(days=7)}[due]


#: The names of rules in the reason of a piece of work.
_IN_BRACKETS = re.compile(r" *\(.*\)")


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A piece of work in a list, with the assignment that stands, where it was given to somebody."""

    item: WorkItem
    due: Due | None
    given: Assignment | None = None
    news: News | None = None

    @property
    def asks_for(self) -> str:
        """What the work is, where it is not a whole article's."""
        return gettext("asks for %(skill)s") % {"skill": self.item.skill} if self.item.skill else ""

    @property
    def doing(self) -> str:
        return str(STEP_WORDS[Step(self.item.step)].doing)

    @property
    def reason(self) -> str:
        """Why there is the work; where engines are nameless without the rules, one of which may name an engine."""
        why, dot, risks = self.item.reason.partition(" · ")
        return (_IN_BRACKETS.sub("", why) if self.item.document.project.blind_engines else why) + dot + risks


@dataclass(frozen=True, slots=True)
class StepWords:
    """How screens speak of a step: what somebody is doing, its queue, taking from it, and that it is empty."""

    doing: Promise
    heading: Promise
    take: Promise
    empty: Promise


STEP_WORDS: dict[Step, StepWords] = {
    Step.EDIT: StepWords(
        gettext_lazy("editing"),
        gettext_lazy("Open to edit"),
        gettext_lazy("Take next to edit"),
        gettext_lazy("Nothing is waiting to be edited."),
    ),
    Step.SPECIALIST: StepWords(
        gettext_lazy("reading as a specialist"),
        gettext_lazy("Open to specialists"),
        gettext_lazy("Take next as a specialist"),
        gettext_lazy("Nothing waits for a specialist."),
    ),
    Step.BLIND: StepWords(
        gettext_lazy("doing a second review"),
        gettext_lazy("Open to a second review"),
        gettext_lazy("Take next second review"),
        gettext_lazy("No second review is waiting."),
    ),
    Step.ADJUDICATE: StepWords(
        gettext_lazy("settling two texts"),
        gettext_lazy("Open to settle"),
        gettext_lazy("Take next to settle"),
        gettext_lazy("Nothing is to settle."),
    ),
    Step.APPROVE: StepWords(
        gettext_lazy("approving"),
        gettext_lazy("Open to approve"),
        gettext_lazy("Take next to approve"),
        gettext_lazy("Nothing is waiting for your approval. What you wrote yourself is for somebody else."),
    ),
}


@dataclass(frozen=True, slots=True)
class OpenWork:
    """Open work of one step, in the order it is handed out; `skills` have queues of their own in it."""

    step: Step
    lines: Sequence[WorkLine]
    total: Counted
    skills: Sequence[tuple[str, Counted]]

    @property
    def words(self) -> StepWords:
        return STEP_WORDS[self.step]

    @property
    def rest(self) -> Counted:
        return Counted(self.total.number - len(self.lines), self.total.more)


@dataclass(frozen=True, slots=True)
class Memberships:
    """A person's projects and roles."""

    projects: Sequence[Project]
    roles: dict[int, frozenset[str]]

    def places(self, person: Person) -> list[Place]:
        """The projects as places to take work from, with the skills the person has there; one query."""
        skills: defaultdict[int, list[str]] = defaultdict(list)
        for project, name in Skill.objects.filter(person=person).order_by("name").values_list("project_id", "name"):
            skills[project].append(name)
        return [Place(project, self.roles[project.pk], tuple(skills[project.pk])) for project in self.projects]

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
    held = roles_held(person)
    return Memberships([project for project, _ in held], {project.pk: roles for project, roles in held})


def held_by(person: Person, wanted: WorkFilter) -> list[WorkLine]:
    """Work the person has taken, the most urgent first."""
    items = WorkItem.objects.filter(
        wanted.articles(person, "document__"), lease_owner=person, state=WorkState.LEASED, step__in=wanted.steps()
    )
    return _lines(items.select_related("document__project").order_by("sort_key", "pk"))


def given_to(person: Person, wanted: WorkFilter) -> list[WorkLine]:
    """Work that was given to the person and is not in their hands, the most urgent first."""
    standing = Assignment.objects.filter(
        wanted.articles(person, "item__document__"),
        item__step__in=wanted.steps(),
        person=person,
        ended_at=None,
        item__state__in=LIVE_WORK_STATES,
        item__project__archived_at=None,
    ).exclude(item__state=WorkState.LEASED, item__lease_owner=person)
    rows = standing.select_related("item__document__project", "item__lease_owner", "by").order_by(
        "item__sort_key", "item__pk"
    )
    return [WorkLine(row.item, due_of(row.item.document), row) for row in rows[:GIVEN_SHOWN]]


def open_work(person: Person, places: Sequence[Place], wanted: WorkFilter) -> list[OpenWork]:
    """Per step the work the person could take next; four queries, whatever the length of the queues."""
    places = [place for place in places if wanted.project in (None, place.project.pk)]
    steps = wanted.steps()
    within = wanted.work(person)
    queues = [replace(queue, within=within) for step in steps for queue in open_queues(person, places, step)]
    queues = filled(queues)
    lengths = dict(zip(queues, queue_lengths(queues, COUNTED + 1), strict=True))
    rows = WorkItem.objects.filter(pk__in=first_items(queues, SHOWN)).select_related("document__project")
    by_step: defaultdict[str, list[WorkItem]] = defaultdict(list)
    for item in rows.order_by("sort_key", "pk"):
        by_step[item.step].append(item)
    found = []
    for step in steps:
        own = {queue: length for queue, length in lengths.items() if queue.step == step}
        total = sum(own.values())
        usual = step in USUAL_STEPS and any(place.covers(step) for place in places)
        if not total and not usual:
            continue
        by_skill = Counter[str]()
        for queue, length in own.items():
            by_skill[queue.skill] += length
        skills = [(name, Counted.up_to(COUNTED, length)) for name, length in by_skill.items() if name and length]
        lines = [WorkLine(item, due_of(item.document)) for item in by_step[step][:SHOWN]]
        found.append(OpenWork(step, lines, Counted.up_to(COUNTED, total), skills))
    return found


def kept_texts(person: Person) -> list[Draft]:
    """What waits for the person's word: their refused saves, then their unsaved typing, the newest of each first."""
    rows = Draft.objects.filter(person=person, lane=Lane.MAIN, segment__document__project__archived_at=None)
    refused_first = Case(When(kind=DraftKind.REFUSED, then=0), default=1)
    rows = rows.select_related("segment__document__project", "segment__latest_revision__author")
    return list(rows.order_by(refused_first, "-updated_at", "-pk")[:KEPT_SHOWN])


def count_refused(person: Person) -> int:
    return Draft.objects.filter(person=person, kind=DraftKind.REFUSED).count()


def documents(
    person: Person, mine: Memberships, wanted: WorkFilter, *, state: str, text: str, page: int
) -> DocumentsPage:
    """Documents of the person's projects: the newest first, those with a certain deadline by that."""
    rows = Document.objects.filter(wanted.articles(person), project__in=[p.pk for p in mine.projects])
    if state in DocumentState.values:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(title__icontains=text) | rows.filter(external_id__icontains=text)
    # By id: documents come in that order, and the first page is read without sorting them all.
    order = (F("deadline_at").asc(), "-pk") if wanted.due not in ("", "none") else ("-pk",)
    # Joined with its project, SQLite would read and sort every article for a page of them.
    found = DocumentPages(rows.prefetch_related("project").order_by(*order), DOCUMENTS_PER_PAGE).get_page(page)
    return DocumentsPage(found, [DocumentLine(document, due_of(document)) for document in found.object_list])


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything the page lists: what the person holds and was given, what is open to them, and the articles."""

    held: Sequence[WorkLine]
    given: Sequence[WorkLine]
    queues: Sequence[OpenWork]
    documents: DocumentsPage


def with_news(desk: Desk, person: Person) -> Desk:
    """The same, each article with what is new in it to the person; at most three queries."""
    work = [line for lines in (desk.held, desk.given, *(queue.lines for queue in desk.queues)) for line in lines]
    news = news_of(person, [*(line.item.document for line in work), *desk.documents.page.object_list])

    def told(lines: Sequence[WorkLine]) -> list[WorkLine]:
        return [replace(line, news=news.get(line.item.document_id)) for line in lines]

    return Desk(
        held=told(desk.held),
        given=told(desk.given),
        queues=[replace(queue, lines=told(queue.lines)) for queue in desk.queues],
        documents=replace(
            desk.documents,
            lines=[replace(line, news=news.get(line.document.pk)) for line in desk.documents.lines],
        ),
    )


class DocumentPages(DocumentPaginator):
    """Pages of documents: those beyond the last counted one are found by title, not by leafing."""

    @cached_property
    def found(self) -> Counted:
        rows = cast("QuerySet[Document]", self.object_list)
        return Counted.up_to(DOCUMENTS_COUNTED, rows.order_by()[: DOCUMENTS_COUNTED + 1].count())

    @property
    def count(self) -> int:
        return self.found.number


def _lines(items: QuerySet[WorkItem]) -> list[WorkLine]:
    return [WorkLine(item, due_of(item.document)) for item in items]
