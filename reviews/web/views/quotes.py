"""Where the words of a quotation come from: the form, and noting it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reviews.editing.permissions import EDIT
from reviews.editing.quoting import note_provenance
from reviews.web.access import from_script, person_of, segment_for, signed_in
from reviews.web.forms_quotes import QuoteForm
from reviews.web.pages import page
from reviews.web.selectors.article import Languages
from reviews.web.selectors.quotes import quote_asked

from .rows import Asked, Done, row_action
from .segments import ARTICLE


@require_GET
@signed_in
def quote(request: HttpRequest, segment_id: int) -> HttpResponse:
    """The form: a part of the article's page for a script, else a page of its own."""
    segment, viewer = segment_for(person_of(request), segment_id, EDIT)
    project = segment.document.project
    context = {
        "quote": quote_asked(segment, viewer),
        "document": segment.document,
        "project": project,
        "languages": Languages.of(project),
    }
    if from_script(request):
        return render(request, "reviews/_quote.html", context)
    return page(request, "reviews/quote.html", context)


@row_action(ARTICLE, QuoteForm, EDIT)
def note(asked: Asked) -> Done:
    """Note it; without a language what stands is withdrawn."""
    note_provenance(segment_id=asked.segment.pk, person=asked.person, **asked.data)
    return Done()
