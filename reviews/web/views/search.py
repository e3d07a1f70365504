"""Search across the texts of a project."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from reviews.models.document import KIND_CHOICES
from reviews.models.search_words import SearchError
from reviews.web.access import person_of, project_for, signed_in
from reviews.web.forms_search import STATES, SearchQuery
from reviews.web.pages import page
from reviews.web.selectors import search as selectors
from reviews.web.selectors.article import Languages
from reviews.web.selectors.sections import sections_of


@require_GET
@signed_in
def search(request: HttpRequest, slug: str) -> HttpResponse:
    """The texts of the project that hold what was typed, as they stand now."""
    person = person_of(request)
    project, _ = project_for(person, slug)
    languages = Languages.of(project)
    query = SearchQuery(request.GET, languages=(languages.source, languages.target))
    asked = query.asked
    results, problem = None, " ".join(map(str, query.errors.get("q", ())))
    if asked["q"] and not problem:
        try:
            results = selectors.results(project, person, asked)
        except SearchError as error:
            problem = str(error)
    kept = {name: value for name, value in asked.items() if value and name != "before"}
    context = {
        "project": project,
        "languages": languages,
        "asked": asked,
        "sides": query.sides,
        "states": STATES,
        "kinds": KIND_CHOICES,
        "sections": sections_of([project.pk]),
        "results": results,
        "problem": problem,
        "kept": urlencode(kept),
        "counted": selectors.COUNTED,
    }
    return page(request, "reviews/search.html", context)
