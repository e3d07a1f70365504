"""The history of one text: what stood there, who saved and decided it, and the way back to each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reviews.models import Segment
from reviews.web.access import from_script, person_of, segment_for, signed_in
from reviews.web.forms import HistoryQuery
from reviews.web.pages import page
from reviews.web.selectors.history import history as history_of


@require_GET
@signed_in
def history(request: HttpRequest, segment_id: int) -> HttpResponse:
    """A panel for the row of an open page, or a page of its own."""
    segment, viewer = segment_for(person_of(request), segment_id)
    query = HistoryQuery(request.GET)
    before = query.cleaned_data["before"] if query.is_valid() else None
    leader = Segment.objects.select_related("document__project", "chosen__system", "latest_revision").get(
        pk=segment.covered_by_id or segment.pk
    )
    document = leader.document
    context = {
        "segment": leader,
        "document": document,
        "project": document.project,
        "viewer": viewer,
        "history": history_of(leader, viewer, before),
        "base": leader.latest_revision.number if leader.latest_revision else 0,
    }
    if from_script(request):
        return render(request, "reviews/_history.html", context)
    return page(request, "reviews/history.html", context)
