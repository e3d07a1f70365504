"""Who sees which screen: one helper per object, and every role rule in one place.

Outsiders get 404, as if the object did not exist; members whose roles do not cover a screen get 403 with a sentence
that says what would. Being a superuser opens the admin and nothing else: texts are for members.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from reviews.editing.permissions import APPROVE, EDIT, PUBLISH
from reviews.models import Document, Draft, DraftKind, ImportBatch, Person, Project, Role, Segment, WorkItem

READ = frozenset(Role)
DASHBOARD = frozenset({Role.DESK_HEAD, Role.RESEARCHER})
#: Roles whose holders bring articles in. Every member may read what became of an import.
IMPORT = frozenset({Role.DESK_HEAD})
#: Roles whose holders see who wrote and decided what. Researchers see texts and figures, never names.
SEES_NAMES = frozenset({Role.EDITOR, Role.APPROVER, Role.DESK_HEAD})

View = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member before a project's screen, and what the screen may offer."""

    person: Person
    roles: frozenset[str]

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
            return "nobody"
        if person.pk == self.person.pk:
            return "you"
        return person.shown_name if self.sees_names else "an editor"


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
                return HttpResponse("Log in again, then go on.", status=401, content_type="text/plain")
            return HttpResponseRedirect(f"{reverse('login')}?{urlencode({'next': request.get_full_path()}, safe='/')}")
        expected = request.headers.get("X-Person")
        if expected and expected != str(person_of(request).public_id):
            return HttpResponse("Somebody else is logged in now.", status=401, content_type="text/plain")
        return view(request, *args, **kwargs)

    return guarded


def from_script(request: HttpRequest) -> bool:
    """Whether a script of an open page asks, which wants a fragment or a bare status and no redirect."""
    return request.headers.get("HX-Request") == "true"


def person_of(request: HttpRequest) -> Person:
    """The person who is logged in; only in views that are `signed_in`."""
    return cast(Person, request.user)


def project_for(person: Person, slug: str, roles: frozenset[Role] = READ) -> tuple[Project, Viewer]:
    project = Project.objects.filter(slug=slug, archived_at=None).first()
    if project is None:
        raise Http404
    return project, viewer_in(project, person, roles)


def document_for(person: Person, document_id: int, roles: frozenset[Role] = READ) -> tuple[Document, Viewer]:
    rows = Document.objects.select_related("project", "current_source", "latest_publication")
    document = rows.filter(pk=document_id, project__archived_at=None).first()
    if document is None:
        raise Http404
    return document, viewer_in(document.project, person, roles)


def batch_for(person: Person, batch_id: int, roles: frozenset[Role] = READ) -> tuple[ImportBatch, Viewer]:
    rows = ImportBatch.objects.select_related("project", "person")
    batch = rows.filter(pk=batch_id, project__archived_at=None).first()
    if batch is None:
        raise Http404
    return batch, viewer_in(batch.project, person, roles)


def segment_for(person: Person, segment_id: int, roles: frozenset[Role] = READ) -> tuple[Segment, Viewer]:
    rows = Segment.objects.select_related("document__project", "document__current_source")
    segment = rows.filter(pk=segment_id, document__project__archived_at=None).first()
    if segment is None:
        raise Http404
    return segment, viewer_in(segment.document.project, person, roles)


def kept_text_for(person: Person, draft_id: int) -> tuple[Draft, Viewer]:
    """A refused save of the person's own."""
    rows = Draft.objects.select_related("segment__document__project", "segment__document__current_source")
    draft = rows.filter(pk=draft_id, person=person, kind=DraftKind.REFUSED).first()
    if draft is None:
        raise Http404
    return draft, viewer_in(draft.segment.document.project, person, EDIT)


def work_item_for(person: Person, item_id: int) -> tuple[WorkItem, Viewer]:
    item = WorkItem.objects.select_related("document__project").filter(pk=item_id, project__archived_at=None).first()
    if item is None:
        raise Http404
    return item, viewer_in(item.document.project, person, EDIT)


def viewer_in(project: Project, person: Person, roles: frozenset[Role]) -> Viewer:
    """The person's view of the project; Http404 for outsiders, PermissionDenied without one of the roles."""
    held = project.roles_of(person)
    if not held:
        raise Http404
    if not held & roles:
        needed = " or ".join(sorted(role.label.lower() for role in roles))
        raise PermissionDenied(f"This takes the role {needed} in {project.name}. Ask your desk head.")
    return Viewer(person, held)
