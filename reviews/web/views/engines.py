"""Which engine is better, and are we sure: the comparison as a page, as files, and down to single texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reviews.models import Project
from reviews.reports.comparison import (
    MAXIMUM_ROWS,
    Comparison,
    ComparisonError,
    SegmentDifference,
    Unit,
    compare,
    csv_text,
    segments_that_differ,
)
from reviews.web.access import DASHBOARD, Viewer, from_script, person_of, project_for, signed_in
from reviews.web.forms import EnginesQuery, SegmentsQuery
from reviews.web.pages import page
from reviews.web.selectors import comparison as selectors
from reviews.web.selectors.article import Languages

Query = TypeVar("Query", bound=EnginesQuery)

#: The address asks for something that is not there; the page says what, at the form.
NOT_AS_ASKED = 422

JSON, CSV = "application/json", "text/csv; charset=utf-8"

#: Of the texts that differ most; the file has more of them.
SEGMENTS_SHOWN = 20


@require_GET
@signed_in
def engines(request: HttpRequest, slug: str) -> HttpResponse:
    """The comparison; a script that changed the form gets it alone, to put in the place of the one before."""
    project, viewer, form = _asked(request, slug, EnginesQuery)
    comparison = _compared(project, form)
    context: dict[str, Any] = {"project": project, "viewer": viewer, "form": form, "comparison": comparison}
    if comparison is not None:
        context |= selectors.shown(comparison) | {"query": form.as_query()}
    # An address that asks nothing is no mistake, even where nothing can be compared yet.
    status = NOT_AS_ASKED if comparison is None and request.GET else 200
    if from_script(request) and not request.headers.get("HX-History-Restore-Request"):
        response = render(request, "reviews/_engines.html", context | {"alone": True}, status=status)
        # The page has the same address: the back button must not bring up this in its place.
        response["Cache-Control"] = "no-store"
        return response
    return page(request, "reviews/engines.html", context, status=status)


def _asked(request: HttpRequest, slug: str, query: type[Query]) -> tuple[Project, Viewer, Query]:
    """The project, for those who may see its figures, and the question in the address."""
    project, viewer = project_for(person_of(request), slug, DASHBOARD)
    return project, viewer, query(request.GET, **selectors.offered(project))


def _compared(project: Project, form: EnginesQuery) -> Comparison | None:
    """The comparison the form asks for; None with an error at the form where there is none."""
    if not form.is_valid():
        return None
    asked = form.cleaned_data
    by: Unit = asked["by"] or "document"
    try:
        return compare(
            project,
            asked["reference"] or None,
            metrics=form.metric_ids,
            baseline=asked["baseline"] or None,
            part=form.part,
            by=by,
            samples=selectors.samples_for(project, form.part, by),
        )
    except ComparisonError as error:
        _blame(form, error)
        return None


def _blame(form: EnginesQuery, error: ComparisonError) -> None:
    form.add_error(error.field if error.field in form.fields else None, str(error))


def _file_of(kind: str, content_type: str, write: Callable[[Comparison], str]) -> Callable[..., HttpResponse]:
    """The view that gives the figures of a question as a file, or says what is wrong with the question."""

    @require_GET
    @signed_in
    def view(request: HttpRequest, slug: str) -> HttpResponse:
        project, _, form = _asked(request, slug, EnginesQuery)
        comparison = _compared(project, form)
        if comparison is None:
            return refused(form)
        return as_file(write(comparison), f"{project.slug}-{kind}", content_type)

    return view


#: What `compare_systems --json` and `--csv` print, and what is not in the figures.
engines_json = _file_of("engines.json", JSON, lambda comparison: json.dumps(comparison.to_json(), ensure_ascii=False))
engines_csv = _file_of("engines.csv", CSV, csv_text)
left_out_csv = _file_of("left-out.csv", CSV, selectors.left_out_csv)


@require_GET
@signed_in
def segments(request: HttpRequest, slug: str) -> HttpResponse:
    """The texts on which an engine differs most from the baseline, each with the way to it."""
    project, viewer, form = _asked(request, slug, SegmentsQuery)
    found = _differing(project, form, SEGMENTS_SHOWN)
    context: dict[str, Any] = {"project": project, "viewer": viewer, "form": form, "found": found}
    context["languages"] = Languages.of(project)
    if found is not None:
        names = form.cleaned_data["system"], form.cleaned_data["baseline"]
        context |= {"segments": selectors.segments(found, *names), "query": form.as_query()}
    return page(request, "reviews/engine_segments.html", context, status=NOT_AS_ASKED if found is None else 200)


@require_GET
@signed_in
def segments_csv(request: HttpRequest, slug: str) -> HttpResponse:
    project, _, form = _asked(request, slug, SegmentsQuery)
    found = _differing(project, form, MAXIMUM_ROWS)
    if found is None:
        return refused(form)
    return as_file(selectors.segments_csv(found), f"{project.slug}-segments.csv", CSV)


def _differing(project: Project, form: SegmentsQuery, limit: int) -> list[SegmentDifference] | None:
    if not form.is_valid():
        return None
    asked = form.cleaned_data
    try:
        return segments_that_differ(
            project,
            asked["reference"] or None,
            metric=asked["metric"],
            system=asked["system"],
            baseline=asked["baseline"],
            part=form.part,
            limit=limit,
            direction=asked["direction"] or "both",
        )
    except ComparisonError as error:
        _blame(form, error)
        return None


def refused(form: forms.Form) -> HttpResponse:
    """What is wrong with the question, in place of a file."""
    words = "\n".join(str(error) for errors in form.errors.values() for error in errors)
    return HttpResponse(words, status=NOT_AS_ASKED, content_type="text/plain; charset=utf-8")


def as_file(text: str, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(text, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
