"""A text of several sentences: divided, kept while that is being made, and joined again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.editing import dividing
from reviews.editing.dividing import Moved
from reviews.editing.division_drafts import discard_division_draft, save_division_draft
from reviews.editing.drafts import DraftError
from reviews.editing.permissions import EDIT
from reviews.editing.saving import Stale
from reviews.models import Segment
from reviews.web.access import Viewer, from_script, person_of, segment_for, signed_in
from reviews.web.forms import NoFieldsForm, first_error
from reviews.web.forms_dividing import DivideForm, DivisionDraftForm, JoinForm
from reviews.web.pages import page
from reviews.web.selectors.article import Languages, article_row
from reviews.web.selectors.dividing import Division, Joining, division_of, joining_of

from .rows import REFUSALS
from .segments import ARTICLE


@require_GET
@signed_in
def panel(request: HttpRequest, segment_id: int) -> HttpResponse:
    """The fields for dividing a text: a part of the article's page for a script, else a page of their own."""
    segment, viewer = segment_for(person_of(request), segment_id, EDIT)
    division = division_of(segment, viewer)
    if division is None:
        raise Http404
    return _fields(request, segment, division)


@require_POST
@signed_in
def divide(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Save the parts as texts of their own. A script gets all their rows, or the one row that says why not."""
    segment, viewer = segment_for(person_of(request), segment_id, EDIT)
    form = DivideForm(request.POST)
    if not form.is_valid():
        return _refused(request, segment, viewer, first_error(form), form)
    asked = form.cleaned_data
    try:
        with transaction.atomic():
            outcome = dividing.divide(
                segment_id=segment.pk,
                person=viewer.person,
                texts=asked["texts"],
                base=asked["base"],
                source_hash=asked["source_hash"],
                save_key=asked["save_key"],
            )
            if isinstance(outcome, Moved) and outcome.created:
                pipeline.after_revision(segment.document_id)
    except REFUSALS as error:
        return _refused(request, segment, viewer, str(error), form)
    if not from_script(request):
        return HttpResponseRedirect(ARTICLE.address(segment, viewer))
    if isinstance(outcome, Stale):
        return ARTICLE.row(request, segment, viewer, status=409)
    return _rows(request, [revision.segment_id for revision in outcome.revisions], viewer)


@require_GET
@signed_in
def joining(request: HttpRequest, segment_id: int) -> HttpResponse:
    """The two texts that would be one, for whoever has no script."""
    segment, _ = segment_for(person_of(request), segment_id, EDIT)
    shown = joining_of(segment)
    if shown is None:
        raise Http404
    return _both(request, shown)


@require_POST
@signed_in
def join(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Make one text of two again. A script gets the row of the joined one, and `X-Gone` names the one that went."""
    segment, viewer = segment_for(person_of(request), segment_id, EDIT)
    form = JoinForm(request.POST)
    if not form.is_valid():
        return _not_joined(request, segment, viewer, first_error(form))
    try:
        with transaction.atomic():
            outcome = dividing.join(segment_id=segment.pk, person=viewer.person, **form.cleaned_data)
            if outcome.created:
                pipeline.after_revision(segment.document_id)
    except REFUSALS as error:
        return _not_joined(request, segment, viewer, str(error))
    joined = outcome.revisions[0].segment
    if not from_script(request):
        return HttpResponseRedirect(ARTICLE.address(joined, viewer))
    response = ARTICLE.row(request, joined, viewer, check_attempt=1)
    response["X-Gone"] = str(segment.pk)
    return response


@require_POST
@signed_in
def draft(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Keep what is in the fields; asked by a script every moment or two."""
    segment, viewer = segment_for(person_of(request), segment_id, EDIT)
    form = DivisionDraftForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"error": first_error(form)}, status=422)
    asked = form.cleaned_data
    try:
        kept = save_division_draft(
            segment_id=segment.pk,
            person=viewer.person,
            texts=asked["texts"],
            base=asked["base"],
            sequence=asked["sequence"],
        )
    except DraftError as error:
        return JsonResponse({"error": str(error)}, status=422)
    return JsonResponse({"kept": kept})


@require_POST
@signed_in
def discard(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Drop one's own unsaved division."""
    segment, viewer = segment_for(person_of(request), segment_id, EDIT)
    if NoFieldsForm(request.POST).is_valid():
        discard_division_draft(segment_id=segment.pk, person=viewer.person)
    if from_script(request):
        return ARTICLE.row(request, segment, viewer)
    return HttpResponseRedirect(ARTICLE.address(segment, viewer))


# --- answers ------------------------------------------------------------------------------------------


def _fields(
    request: HttpRequest, segment: Segment, division: Division, *, error: str = "", status: int = 200
) -> HttpResponse:
    project = segment.document.project
    context = {
        "division": division,
        "document": segment.document,
        "project": project,
        "languages": Languages.of(project),
        "error": error,
    }
    if from_script(request):
        return render(request, "reviews/_divide.html", context, status=status)
    return page(request, "reviews/divide.html", context, status=status)


def _both(request: HttpRequest, shown: Joining, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {"joining": shown, "document": shown.segment.document, "error": error}
    context |= {"project": shown.segment.document.project}
    return page(request, "reviews/join.html", context, status=status)


def _refused(request: HttpRequest, segment: Segment, viewer: Viewer, reason: str, form: DivideForm) -> HttpResponse:
    """The row with the reason for a script, whose fields stay as they are; else the page, with what was typed."""
    if from_script(request):
        return ARTICLE.row(request, segment, viewer, error=reason, status=422)
    division = division_of(segment, viewer, form.cleaned_data.get("texts"))
    if division is None:
        return ARTICLE.page(request, segment, viewer, field=None, error=reason)
    return _fields(request, segment, division, error=reason, status=422)


def _not_joined(request: HttpRequest, segment: Segment, viewer: Viewer, reason: str) -> HttpResponse:
    if from_script(request):
        return ARTICLE.row(request, segment, viewer, error=reason, status=422)
    return ARTICLE.page(request, segment, viewer, field=None, error=reason)


def _rows(request: HttpRequest, segment_ids: Sequence[int], viewer: Viewer) -> HttpResponse:
    """The rows of these texts as they stand now, in order."""
    segments = Segment.objects.select_related("document__project").in_bulk(segment_ids)
    shown = [row for pk in segment_ids if (row := article_row(segments[pk], viewer)) is not None]
    for row in shown:
        row.check_attempt, row.field = 1, None
    document = segments[segment_ids[0]].document
    project = document.project
    context = {
        "rows": shown,
        "document": document,
        "project": project,
        "languages": Languages.of(project),
        "viewer": viewer,
    }
    response = render(request, "reviews/_rows_answer.html", context)
    response["X-Row"] = str(segment_ids[0])
    return response
