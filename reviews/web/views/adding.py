"""A sentence that only the English has: its form, and adding it behind a text."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.editing.adding import add_text
from reviews.editing.permissions import EDIT
from reviews.models import Segment
from reviews.web.access import from_script, person_of, segment_for, signed_in
from reviews.web.forms import first_error
from reviews.web.forms_adding import AddForm
from reviews.web.pages import page
from reviews.web.selectors.article import Languages

from .article import field_address
from .rows import REFUSALS


@require_GET
@signed_in
def panel(request: HttpRequest, segment_id: int) -> HttpResponse:
    """The form: a part of the article's page for a script, else a page of its own."""
    segment, _ = segment_for(person_of(request), segment_id, EDIT)
    return _form(request, segment)


@require_POST
@signed_in
def add(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Add it, and go to it. A script is told where that is, or why nothing was added."""
    segment, viewer = segment_for(person_of(request), segment_id, EDIT)
    form = AddForm(request.POST)
    if not form.is_valid():
        return _refused(request, segment, first_error(form))
    try:
        with transaction.atomic():
            saved = add_text(segment_id=segment.pk, person=viewer.person, **form.cleaned_data)
            if saved.created:
                pipeline.after_revision(segment.document_id)
    except REFUSALS as error:
        return _refused(request, segment, str(error))
    address = field_address(segment.document_id, saved.revision.segment_id)
    return JsonResponse({"address": address}) if from_script(request) else HttpResponseRedirect(address)


def _refused(request: HttpRequest, segment: Segment, error: str) -> HttpResponse:
    if from_script(request):
        return JsonResponse({"error": error}, status=422)
    return _form(request, segment, typed=request.POST.get("typed", ""), error=error, status=422)


def _form(
    request: HttpRequest, segment: Segment, *, typed: str = "", error: str = "", status: int = 200
) -> HttpResponse:
    project = segment.document.project
    context = {
        "segment": segment.pk,
        "document": segment.document,
        "project": project,
        "languages": Languages.of(project),
        "save_key": uuid.uuid4().hex,
        "typed": typed,
        "error": error,
    }
    if from_script(request):
        return render(request, "reviews/_add.html", context, status=status)
    return page(request, "reviews/add.html", context, status=status)
