"""One row of the article: saved, accepted, decided on, and kept while it is being typed.

A script gets the row back as it stands now, with a status that says how it went: 200 done, 409 somebody else saved
first and both texts are kept, 422 not done for the reason in the row. Without a script the article comes back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.editing import dismissing, drafts, saving
from reviews.editing.deciding import DecisionError, decide
from reviews.editing.leaving_out import leave_out
from reviews.editing.permissions import APPROVE, EDIT
from reviews.editing.saving import Saved, Stale
from reviews.editing.texts import TextError
from reviews.models import DecisionKind, Dismissal, Role, Segment
from reviews.values import MarkError
from reviews.web.access import Viewer, from_script, kept_text_for, person_of, segment_for, signed_in
from reviews.web.forms import (
    AcceptForm,
    DecisionForm,
    DismissForm,
    DraftForm,
    KeepForm,
    LeaveOutForm,
    NoFieldsForm,
    RowQuery,
    SaveForm,
    UndoForm,
    first_error,
)
from reviews.web.selectors.article import Field, Languages, article_row, article_rows, first_open
from reviews.web.selectors.presence import MANY, Changes

from .article import article_page, to_row

#: What a service may answer to a person who may do it in principle; the message says what to do.
REFUSALS = (TextError, MarkError, DecisionError, dismissing.DismissError, drafts.DraftError)


@require_GET
@signed_in
def row(request: HttpRequest, segment_id: int) -> HttpResponse:
    """The row as it stands now; asked again, ever more slowly, while its checks run."""
    segment, viewer = segment_for(person_of(request), segment_id)
    query = RowQuery(request.GET)
    attempt = (query.cleaned_data["checks"] or 0) if query.is_valid() else 0
    if not from_script(request):
        return _at_row(segment)
    return _row(request, segment, viewer, check_attempt=attempt + 1 if attempt else 0)


@require_POST
@signed_in
def save(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Save what was typed; with `reviewed` also say that the row is done."""
    person = person_of(request)
    segment, viewer = segment_for(person, segment_id, EDIT)
    form = SaveForm(request.POST)
    if not form.is_valid():
        return _refused(request, segment, viewer, first_error(form))
    asked = form.cleaned_data
    try:
        with transaction.atomic():
            outcome = saving.save_revision(
                segment_id=segment.pk,
                person=person,
                typed=asked["typed"],
                base=asked["base"],
                origin=asked["origin"] or None,
                started_from_id=asked["started_from"],
                save_key=asked["save_key"],
                reviewed=asked["reviewed"],
            )
            _go_on(segment, outcome, decided=asked["reviewed"])
    except REFUSALS as error:
        field = Field(asked["typed"], asked["base"], asked["started_from"], asked["origin"])
        return _refused(request, segment, viewer, str(error), field)
    return _saved(request, segment, viewer, outcome, move_on=asked["reviewed"])


@require_POST
@signed_in
def accept(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Say that the row is right as it stands."""
    person = person_of(request)
    segment, viewer = segment_for(person, segment_id, EDIT)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        return _refused(request, segment, viewer, first_error(form))
    try:
        with transaction.atomic():
            outcome = saving.accept(segment_id=segment.pk, person=person, **form.cleaned_data)
            _go_on(segment, outcome, decided=True)
    except REFUSALS as error:
        return _refused(request, segment, viewer, str(error))
    return _saved(request, segment, viewer, outcome, move_on=True)


def _go_on(segment: Segment, outcome: Saved | Stale, *, decided: bool) -> None:
    """Tell the pipeline what was written, in the transaction that wrote it."""
    if isinstance(outcome, Saved) and outcome.created:
        pipeline.after_revision(segment.document_id)
    if isinstance(outcome, Saved) and decided:
        pipeline.after_decision(segment.document_id)


def _decision(kind: DecisionKind, roles: frozenset[Role]) -> Callable[[HttpRequest, int], HttpResponse]:
    """The view that takes one kind of decision."""

    @require_POST
    @signed_in
    def view(request: HttpRequest, segment_id: int) -> HttpResponse:
        person = person_of(request)
        segment, viewer = segment_for(person, segment_id, roles)
        form = DecisionForm(request.POST)
        if not form.is_valid():
            return _refused(request, segment, viewer, first_error(form))
        try:
            with transaction.atomic():
                decide(
                    segment_id=segment.pk,
                    person=person,
                    kind=kind,
                    seen=form.seen(),
                    reason=form.cleaned_data["reason"],
                )
                pipeline.after_decision(segment.document_id)
        except REFUSALS as error:
            return _refused(request, segment, viewer, str(error))
        return _done(request, segment, viewer, move_on=kind == DecisionKind.APPROVED)

    return view


def _leaving_out(kind: DecisionKind) -> Callable[[HttpRequest, int], HttpResponse]:
    """The view that omits a row or copies its source."""

    @require_POST
    @signed_in
    def view(request: HttpRequest, segment_id: int) -> HttpResponse:
        person = person_of(request)
        segment, viewer = segment_for(person, segment_id, EDIT)
        form = LeaveOutForm(request.POST)
        if not form.is_valid():
            return _refused(request, segment, viewer, first_error(form))
        try:
            with transaction.atomic():
                outcome = leave_out(
                    segment_id=segment.pk,
                    person=person,
                    kind=kind,
                    seen=form.seen(),
                    reason=form.cleaned_data["reason"],
                    save_key=form.cleaned_data["save_key"],
                )
                _go_on(segment, outcome, decided=True)
        except REFUSALS as error:
            return _refused(request, segment, viewer, str(error))
        return _saved(request, segment, viewer, outcome, move_on=True)

    return view


omit = _leaving_out(DecisionKind.OMITTED)
copy = _leaving_out(DecisionKind.COPIED)
approve = _decision(DecisionKind.APPROVED, APPROVE)
send_back = _decision(DecisionKind.SENT_BACK, APPROVE)
reopen = _decision(DecisionKind.REOPENED, EDIT)


@require_POST
@signed_in
def dismiss(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Say that a finding is no matter, here or wherever the same words are marked."""
    person = person_of(request)
    segment, viewer = segment_for(person, segment_id, EDIT)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _refused(request, segment, viewer, first_error(form))
    asked = form.cleaned_data
    try:
        outcome = dismissing.dismiss(
            segment_id=segment.pk,
            finding_id=asked["finding"],
            person=person,
            scope=asked["scope"],
            reason=asked["reason"],
        )
    except REFUSALS as error:
        return _refused(request, segment, viewer, str(error))
    return _with_other_rows(_done(request, segment, viewer), segment, outcome)


@require_POST
@signed_in
def undo_dismissal(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Take back a dismissal that holds in the row."""
    person = person_of(request)
    segment, viewer = segment_for(person, segment_id, EDIT)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _refused(request, segment, viewer, first_error(form))
    row = Dismissal.objects.filter(pk=form.cleaned_data["dismissal"], project=segment.document.project).first()
    if row is None:
        raise Http404
    outcome = dismissing.undo_dismissal(dismissal_id=row.pk, person=person)
    return _with_other_rows(_done(request, segment, viewer), segment, outcome)


def _with_other_rows(response: HttpResponse, segment: Segment, outcome: dismissing.Outcome) -> HttpResponse:
    """Have an open page fetch the other rows that a dismissal of words changed."""
    others = [each for each in outcome.segments if each != segment.pk]
    if others:
        moved = Changes(others, reload=False) if len(others) <= MANY else Changes((), reload=True)
        response["HX-Trigger"] = json.dumps({"article:moved": asdict(moved)})
    return response


@require_POST
@signed_in
def draft(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Keep what is being typed; asked by a script every moment or two."""
    person = person_of(request)
    segment, _ = segment_for(person, segment_id, EDIT)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": first_error(form)}, status=422)
    try:
        kept = drafts.save_draft(segment_id=segment.pk, person=person, **form.cleaned_data)
    except drafts.DraftError as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse({"kept": kept})


@require_POST
@signed_in
def discard_draft(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Drop one's own unsaved typing."""
    segment, viewer = segment_for(person_of(request), segment_id, EDIT)
    if NoFieldsForm(request.POST).is_valid():
        drafts.discard_draft(segment_id=segment.pk, person=viewer.person)
    return _done(request, segment, viewer)


@require_POST
@signed_in
def keep_refused(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Save one's refused text after all, on top of the one that was saved before it."""
    person = person_of(request)
    refused, viewer = kept_text_for(person, draft_id)
    form = KeepForm(request.POST)
    if not form.is_valid():
        return _refused(request, refused.segment, viewer, first_error(form))
    try:
        with transaction.atomic():
            outcome = drafts.keep_refused(draft_id=refused.pk, person=person, base=form.cleaned_data["base"])
            _go_on(refused.segment, outcome, decided=False)
    except REFUSALS as error:
        return _refused(request, refused.segment, viewer, str(error))
    return _saved(request, refused.segment, viewer, outcome)


@require_POST
@signed_in
def discard_refused(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Drop one's refused text."""
    refused, viewer = kept_text_for(person_of(request), draft_id)
    if NoFieldsForm(request.POST).is_valid():
        drafts.discard_refused(draft_id=refused.pk, person=viewer.person)
    return _done(request, refused.segment, viewer)


# --- answers ----------------------------------------------------------------------------------------


def _saved(
    request: HttpRequest, segment: Segment, viewer: Viewer, outcome: Saved | Stale, *, move_on: bool = False
) -> HttpResponse:
    if isinstance(outcome, Stale):
        return _row(request, segment, viewer, status=409) if from_script(request) else _at_row(segment)
    return _done(request, segment, viewer, move_on=move_on, check_attempt=1)


def _done(
    request: HttpRequest, segment: Segment, viewer: Viewer, *, move_on: bool = False, check_attempt: int = 0
) -> HttpResponse:
    if from_script(request):
        return _row(request, segment, viewer, check_attempt=check_attempt)
    if move_on:
        rows = article_rows(segment.document, viewer)
        return to_row(segment.document, first_open(rows, after=segment.pk))
    return _at_row(segment)


def _refused(
    request: HttpRequest, segment: Segment, viewer: Viewer, reason: str, field: Field | None = None
) -> HttpResponse:
    """The row with the reason in it, and what was typed still in its field."""
    if from_script(request):
        return _row(request, segment, viewer, error=reason, status=422)
    return article_page(request, segment.document, viewer, opened=segment.pk, field=field, error=reason, status=422)


def _at_row(segment: Segment) -> HttpResponse:
    leader = segment.covered_by_id or segment.pk
    return HttpResponseRedirect(reverse("reviews:document", args=[segment.document_id]) + f"#s-{leader}")


def _row(
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
