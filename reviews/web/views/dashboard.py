"""The dashboard of a project, for whoever heads the desk; researchers read the same figures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from reviews.metrics.registry import REFERENCE_METRICS
from reviews.reports.comparison import Comparison, NoReferenceError, compare, reference_labels
from reviews.web.access import DASHBOARD, person_of, project_for, signed_in
from reviews.web.forms import DashboardQuery
from reviews.web.pages import page
from reviews.web.selectors import dashboard as selectors


@require_GET
@signed_in
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    project, viewer = project_for(person_of(request), slug, DASHBOARD)
    labels = reference_labels(project)
    form = DashboardQuery(request.GET, labels=labels)
    wanted = form.cleaned_data["reference"] if form.is_valid() else ""
    comparison: Comparison | None = None
    no_comparison = ""
    try:
        comparison = compare(project, wanted or next(iter(labels), None), samples=0)
    except NoReferenceError as error:
        no_comparison = str(error)
    documents = selectors.documents_by_state(project)
    segments = selectors.segments_by_state(project)
    batch = selectors.last_import(project)
    columns, counts = selectors.import_table(batch.counts if batch else {})
    context = {
        "project": project,
        "viewer": viewer,
        "documents": documents,
        "document_shares": selectors.shares(documents),
        "segments": segments,
        "segment_shares": selectors.shares(segments),
        "backlog": selectors.backlog(project),
        "due_soon": selectors.due_soon(project),
        "references": labels,
        "comparison": comparison,
        "no_comparison": no_comparison,
        "metrics": REFERENCE_METRICS,
        "engines": selectors.engine_lines(comparison) if comparison else [],
        "failed": selectors.failed_runs(project),
        "batch": batch,
        "import_columns": columns,
        "import_counts": counts,
    }
    return page(request, "reviews/dashboard.html", context)
