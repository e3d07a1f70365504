"""The way through an article: its next texts, and the parts of a long one that an open page has not loaded yet."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reviews.web.access import document_for, from_script, person_of, signed_in
from reviews.web.forms_article import NextQuery, WindowQuery
from reviews.web.selectors.article import Languages, blocks, window_rows
from reviews.web.selectors.news import seen_before, since_there
from reviews.web.selectors.walking import next_row
from reviews.web.selectors.windows import window_at

from .article import ShownWindow, row_address, text_address


@require_GET
@signed_in
def next_text(request: HttpRequest, document_id: int) -> HttpResponse:
    """The article at the next text that is open for the person, the riskiest of these, or the next with a finding.

    A script is told the leading segment and its rank; null when there is none.
    """
    document, viewer = document_for(person_of(request), document_id)
    query = NextQuery(request.GET)
    asked = query.cleaned_data if query.is_valid() else {}
    row = next_row(document, viewer, asked.get("aim") or "open", asked.get("after"))
    if not from_script(request):
        return HttpResponseRedirect(row_address(document, row))
    found = row and {"segment": row.id, "rank": row.placements[0].rank}
    return JsonResponse({"found": found})


@require_GET
@signed_in
def window(request: HttpRequest, document_id: int) -> HttpResponse:
    """The rows of one window of a long article, for an open page that is about to show them."""
    document, viewer = document_for(person_of(request), document_id)
    query = WindowQuery(request.GET)
    if not query.is_valid():
        raise Http404
    found = window_at(document, query.cleaned_data["first"], query.cleaned_data["last"])
    if found is None:
        raise Http404
    if not from_script(request):
        return HttpResponseRedirect(text_address(document, found.leader))
    context = {
        "document": document,
        "project": document.project,
        "languages": Languages.of(document.project),
        "viewer": viewer,
        "since": since_there(document, viewer.person, seen_before(document, viewer.person)),
        "window": ShownWindow(found, blocks(window_rows(document, viewer, found))),
    }
    return render(request, "reviews/_window.html", context)
