"""Who sees which screen: one helper per object, and every role rule in one place.

Outsiders get 404, as if the object did not exist; members whose roles do not cover a screen get 403 with a sentence
that says what would. Being a superuser opens the admin and nothing else: texts are for members.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from reviews.editing.permissions import APPROVE, EDIT, PUBLISH, STEP_ROLES, roles_in_words
from reviews.models import (
    BulkJob,
    Document,
    Draft,
    ImportBatch,
    Lane,
    Notice,
    Person,
    Project,
    ReviewPass,
    Role,
    Segment,
    Step,
    WorkItem,
)
from reviews.models.lanes import open_passes

READ = frozenset(Role)
DASHBOARD = frozenset({Role.DESK_HEAD, Role.RESEARCHER})
#: Roles whose holders bring articles in. Every member may read what became of an import.
IMPORT = frozenset({Role.DESK_HEAD})
#: Roles whose holders see who wrote and decided what. Researchers see texts and figures, never names.
SEES_NAMES = frozenset({Role.EDITOR, Role.APPROVER, Role.DESK_HEAD})

View = Callable[..., HttpResponse]

_TAB = re.compile(r"[0-9a-f]{1,32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member before a project's screen, and what the screen may offer."""

    person: Person
    roles: frozenset[str]
    #: The open page they sit at, where a script said which one it is.
    tab: str = ""

    @property
    def may_edit(self) -> bool:
        return bool(self.roles & EDIT)

    @property
    def may_approve(self) -> bool:
        return bool(self.roles & APPROVE)

    @property
    def may_publish(self) -> bool:
        return bool(self.roles & PUBLISH)

    @property
    def may_import(self) -> bool:
        return bool(self.roles & IMPORT)

    @property
    def sees_dashboard(self) -> bool:
        return bool(self.roles & DASHBOARD)

    @property
    def sees_names(self) -> bool:
        return bool(self.roles & SEES_NAMES)

    def name_of(self, person: Person | None) -> str:
        """How the screen names somebody to this viewer."""
        if person is None:
            return _("nobody")
        if person.pk == self.person.pk:
            return _("you")
        return person.shown_name if self.sees_names else _("an editor")


def signed_in(view: View) -> View:
    """Only for people who logged in.

    A page sends anybody else to the log-in and back; a request of a script gets a bare 401, because a log-in page
    is no answer to it and the text it carries must stay where it is. A script also says whose page it runs in: if
    somebody else logged in meanwhile in the same browser, nothing is done in their name.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            if from_script(request):
                return HttpResponse(_("Log in again, then go on."), status=401, content_type="text/plain")
            return HttpResponseRedirect(f"{reverse('login')}?{urlencode({'next': request.get_full_path()}, safe='/')}")
        expected = request.headers.get("X-Person")
        if expected and expected != str(person_of(request).public_id):
            return HttpResponse(_("Somebody else is logged in now."), status=401, content_type="text/plain")
        try:
            return view(request, *args, **kwargs)
        except KeptApartError as apart:
            if request.method != "GET" or from_script(request):
                raise
            return HttpResponseRedirect(reverse("reviews:second-review", args=[apart.item]))

    return guarded


def staff_only(view: View) -> View:
    """A page about the installation, for those who may open the look-ups; inside of `signed_in`."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not person_of(request).is_staff:
            raise PermissionDenied(_("This page is for those who operate the workbench (staff)."))
        return view(request, *args, **kwargs)

    return guarded


class KeptApartError(PermissionDenied):
    """The article is not for the person's eyes while they review it a second time, or settle two reviews of it."""

    def __init__(self, item: int) -> None:
        self.item = item
        super().__init__(_("You are at work on this article apart from the others. Finish that or give it back first."))


def refuse_kept_apart(person: Person, document_id: int) -> None:
    """Raise KeptApartError for somebody with an open pass in the document: what others wrote would not be unseen."""
    item = open_passes(person).filter(segment__document=document_id).values_list("item", flat=True).first()
    if item is not None:
        raise KeptApartError(item)


def from_script(request: HttpRequest) -> bool:
    """Whether a script of an open page asks, which wants a fragment or a bare status and no redirect."""
    return request.headers.get("HX-Request") == "true"


def tab_of(request: HttpRequest) -> str:
    """The key of the open page whose script asks; empty without one."""
    key = request.headers.get("X-Tab", "")
    return key if _TAB.fullmatch(key) else ""


def person_of(request: HttpRequest) -> Person:
    """The person who is logged in; only in views that are `signed_in`."""
    return cast(Person, request.user)


def project_for(
    person: Person, slug: str, roles: frozenset[Role] = READ, *, names_engines: bool = False
) -> tuple[Project, Viewer]:
    """`names_engines` is for a screen that does: where engines are nameless it is for those who compare them."""
    project = Project.objects.filter(slug=slug, archived_at=None).first()
    if project is None:
        raise Http404
    return project, viewer_in(project, person, _seeing_names(project, roles) if names_engines else roles)


def document_for(person: Person, document_id: int, roles: frozenset[Role] = READ) -> tuple[Document, Viewer]:
    rows = Document.objects.select_related("project", "current_source", "latest_publication")
    document = rows.filter(pk=document_id, project__archived_at=None).first()
    if document is None:
        raise Http404
    viewer = viewer_in(document.project, person, roles)
    refuse_kept_apart(person, document.pk)
    return document, viewer


def batch_for(person: Person, batch_id: int, roles: frozenset[Role] = READ) -> tuple[ImportBatch, Viewer]:
    rows = ImportBatch.objects.select_related("project", "person")
    batch = rows.filter(pk=batch_id, project__archived_at=None).first()
    if batch is None:
        raise Http404
    return batch, viewer_in(batch.project, person, _seeing_names(batch.project, roles))


def segment_for(person: Person, segment_id: int, roles: frozenset[Role] = READ) -> tuple[Segment, Viewer]:
    rows = Segment.objects.select_related("document__project", "document__current_source")
    segment = rows.filter(pk=segment_id, document__project__archived_at=None).first()
    if segment is None:
        raise Http404
    viewer = viewer_in(segment.document.project, person, roles)
    refuse_kept_apart(person, segment.document_id)
    return segment, viewer


def second_segment_for(
    person: Person, segment_id: int, roles: frozenset[Role], lane: Lane = Lane.BLIND
) -> tuple[Segment, Viewer, ReviewPass]:
    """A segment of which the person has, or had, a pass of this lane; the latest one."""
    rows = ReviewPass.objects.filter(person=person, segment=segment_id, lane=lane).select_related(
        "item", "segment__document__project", "segment__document__current_source"
    )
    found = rows.filter(segment__document__project__archived_at=None).order_by("-pk").first()
    if found is None:
        raise Http404
    return found.segment, viewer_in(found.segment.document.project, person, roles), found


def kept_text_for(person: Person, draft_id: int) -> tuple[Draft, Viewer]:
    """A refused save or unsaved typing of the person's own."""
    rows = Draft.objects.select_related("segment__document__project", "segment__document__current_source")
    draft = rows.filter(pk=draft_id, person=person).first()
    if draft is None:
        raise Http404
    return draft, viewer_in(draft.segment.document.project, person, EDIT)


def work_item_for(person: Person, item_id: int) -> tuple[WorkItem, Viewer]:
    item = WorkItem.objects.select_related("document__project").filter(pk=item_id, project__archived_at=None).first()
    if item is None:
        raise Http404
    return item, viewer_in(item.document.project, person, EDIT)


def job_for(person: Person, job_id: int) -> tuple[BulkJob, Viewer]:
    """A job of the person's own, or of a desk they head."""
    job = BulkJob.objects.select_related("project", "person").filter(pk=job_id, project__archived_at=None).first()
    if job is None:
        raise Http404
    return job, viewer_in(job.project, person, READ if job.person_id == person.pk else PUBLISH)


def second_review_for(person: Person, item_id: int) -> tuple[WorkItem, Viewer]:
    """Work that is done apart from the article: a second review, or the settling of two."""
    rows = WorkItem.objects.select_related("document__project", "document__current_source", "lease_owner")
    item = rows.filter(pk=item_id, step__in=[Step.BLIND, Step.ADJUDICATE], project__archived_at=None).first()
    if item is None:
        raise Http404
    return item, viewer_in(item.document.project, person, STEP_ROLES[Step(item.step)])


def notice_for(person: Person, notice_id: int) -> Notice:
    """A notice of the person's own, about a project they still belong to."""
    projects = Project.objects.visible_to(person)
    rows = Notice.objects.filter(person=person, document__project__in=projects.values("pk"))
    notice = rows.filter(pk=notice_id).select_related("segment", "item").first()
    if notice is None:
        raise Http404
    return notice


def _seeing_names(project: Project, roles: frozenset[Role]) -> frozenset[Role]:
    """Of these roles those whose holders see which engine is which."""
    return roles & DASHBOARD if project.blind_engines else roles


def viewer_in(project: Project, person: Person, roles: frozenset[Role]) -> Viewer:
    """The person's view of the project; Http404 for outsiders, PermissionDenied without one of the roles."""
    held = project.roles_of(person)
    if not held:
        raise Http404
    if not held & roles:
        raise PermissionDenied(
            _("This takes the role %(roles)s in %(project)s. Ask your desk head.")
            % {"roles": roles_in_words(roles), "project": project.name}
        )
    return Viewer(person, held)
