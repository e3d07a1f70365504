"""One row of the article: saved, accepted, decided on, and kept while it is being typed."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.editing import dismissing, drafts
from reviews.editing.deciding import decide
from reviews.editing.permissions import APPROVE, EDIT
from reviews.models import DecisionKind, Dismissal, Draft, Lane, Person, Role, Segment
from reviews.web.access import Viewer, from_script, kept_text_for, person_of, segment_for, signed_in, tab_of
from reviews.web.forms import (
    AcceptForm,
    DecisionForm,
    DismissForm,
    KeepForm,
    KeptForm,
    RowQuery,
    SaveForm,
    UndoForm,
    first_error,
)
from reviews.web.selectors.article import Languages, article_row
from reviews.web.selectors.kept import Field
from reviews.web.selectors.walking import next_row

from . import rows
from .article import article_page, row_address, text_address
from .passes import SECOND
from .rows import Asked, Done, RowPage, View, answered, refused, row_action


class _Article:
    """The article itself: everybody's lane."""

    lane = Lane.MAIN

    def find(self, person: Person, segment_id: int, roles: frozenset[Role]) -> tuple[Segment, Viewer]:
        return segment_for(person, segment_id, roles)

    def row(
        self,
        request: HttpRequest,
        segment: Segment,
        viewer: Viewer,
        *,
        error: str = "",
        status: int = 200,
        check_attempt: int = 0,
    ) -> HttpResponse:
        # States and counters were written meanwhile.
        segment = Segment.objects.select_related("document__project").get(pk=segment.pk)
        viewer = replace(viewer, tab=tab_of(request))
        shown = article_row(segment, viewer)
        if shown is None:
            raise Http404
        shown.error = error
        shown.check_attempt = check_attempt
        # The field belongs to the page: an answer never brings one along.
        shown.field = None
        project = segment.document.project
        context = {
            "row": shown,
            "document": segment.document,
            "project": project,
            "languages": Languages.of(project),
            "viewer": viewer,
        }
        response = render(request, "reviews/_row_answer.html", context, status=status)
        response["X-Row"] = str(shown.id)
        return response

    def page(
        self, request: HttpRequest, segment: Segment, viewer: Viewer, *, field: Field | None, error: str
    ) -> HttpResponse:
        return article_page(request, segment.document, viewer, opened=segment.pk, field=field, error=error, status=422)

    def address(self, segment: Segment, viewer: Viewer) -> str:
        leader = segment.covered_by_id or segment.pk
        return text_address(segment.document, leader)

    def next_address(self, segment: Segment, viewer: Viewer) -> str:
        document = segment.document
        return row_address(document, next_row(document, viewer, after=segment.covered_by_id or segment.pk))


ARTICLE: RowPage = _Article()


@require_GET
@signed_in
def row(request: HttpRequest, segment_id: int) -> HttpResponse:
    """The row as it stands now; asked again, ever more slowly, while its checks run."""
    segment, viewer = segment_for(person_of(request), segment_id)
    query = RowQuery(request.GET)
    attempt = (query.cleaned_data["checks"] or 0) if query.is_valid() else 0
    if not from_script(request):
        return HttpResponseRedirect(ARTICLE.address(segment, viewer))
    return ARTICLE.row(request, segment, viewer, check_attempt=attempt + 1 if attempt else 0)


save = row_action(ARTICLE, SaveForm, EDIT)(rows.save)
accept = row_action(ARTICLE, AcceptForm, EDIT)(rows.accept)
omit = rows.leaving_out(ARTICLE, DecisionKind.OMITTED)
copy = rows.leaving_out(ARTICLE, DecisionKind.COPIED)
draft = rows.keeping_draft(ARTICLE)
discard_draft = rows.discarding_draft(ARTICLE)


def _decision(kind: DecisionKind, roles: frozenset[Role]) -> View:
    """The view that takes one kind of decision."""

    @row_action(ARTICLE, DecisionForm, roles)
    def view(asked: Asked) -> Done:
        decide(
            segment_id=asked.segment.pk,
            person=asked.person,
            kind=kind,
            seen=asked.form.seen(),
            reason=asked.data["reason"],
        )
        pipeline.after_decision(asked.segment.document_id)
        return Done(move_on=kind == DecisionKind.APPROVED)

    return view


approve = _decision(DecisionKind.APPROVED, APPROVE)
send_back = _decision(DecisionKind.SENT_BACK, APPROVE)
reopen = _decision(DecisionKind.REOPENED, EDIT)


@row_action(ARTICLE, DismissForm, EDIT)
def dismiss(asked: Asked) -> Done:
    """Say that a finding is no matter, here or wherever the same words are marked."""
    outcome = dismissing.dismiss(
        segment_id=asked.segment.pk,
        finding_id=asked.data["finding"],
        person=asked.person,
        scope=asked.data["scope"],
        reason=asked.data["reason"],
    )
    pipeline.after_dismissal(asked.segment.document, outcome.dismissals)
    return Done(dismissed=outcome)


@row_action(ARTICLE, UndoForm, EDIT)
def undo_dismissal(asked: Asked) -> Done:
    """Take back a dismissal that holds in the row."""
    project = asked.segment.document.project
    found = Dismissal.objects.filter(pk=asked.data["dismissal"], project=project).first()
    if found is None:
        raise Http404
    outcome = dismissing.undo_dismissal(dismissal_id=found.pk, person=asked.person)
    pipeline.after_dismissal(found.document, outcome.dismissals)
    return Done(dismissed=outcome)


# --- kept texts ------------------------------------------------------------------------------------


def _page_of(draft: Draft) -> RowPage:
    return SECOND if draft.lane == Lane.BLIND else ARTICLE


@require_POST
@signed_in
def keep(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Save one's kept text after all, on top of the one that was saved before it, or the two taken together."""
    kept, viewer = kept_text_for(person_of(request), draft_id)
    form = KeepForm(request.POST)
    if not form.is_valid():
        return refused(_page_of(kept), request, kept.segment, viewer, first_error(form))
    return rows.keep(_page_of(kept), request, kept, viewer, **form.cleaned_data)


@require_POST
@signed_in
def discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Drop one's kept text."""
    kept, viewer = kept_text_for(person_of(request), draft_id)
    form = KeptForm(request.POST)
    if not form.is_valid():
        return refused(_page_of(kept), request, kept.segment, viewer, first_error(form))
    try:
        drafts.discard_text(draft_id=kept.pk, person=viewer.person, sequence=form.cleaned_data["sequence"])
    except drafts.DraftError as error:
        return refused(_page_of(kept), request, kept.segment, viewer, str(error))
    return answered(_page_of(kept), request, kept.segment, viewer, Done())
