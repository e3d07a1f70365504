"""The dashboard of a project, for whoever heads the desk; researchers read the same figures."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from reviews.models import Project
from reviews.models.tally import tallies
from reviews.reports.desk.registry import PANELS, PANELS_BY_KEY
from reviews.web.access import DASHBOARD, person_of, project_for, signed_in
from reviews.web.forms_desk import DashboardQuery
from reviews.web.pages import page
from reviews.web.selectors import dashboard as selectors
from reviews.web.selectors import panels

from .engines import CSV, NOT_AS_ASKED, as_file, refused


@require_GET
@signed_in
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    project, viewer = project_for(person_of(request), slug, DASHBOARD)
    form = _asked(request, project)
    scope = form.scope(project, timezone.now())
    batch = selectors.last_import(project)
    columns, counts = selectors.import_table(batch.counts if batch else {})
    context = {
        "project": project,
        "viewer": viewer,
        "form": form,
        "scope": scope,
        "alarms": panels.alarms(scope),
        "panels": [panels.shown(panel, scope, form.query) for panel in PANELS],
        "failed": selectors.failed_runs(project),
        "batch": batch,
        "import_columns": columns,
        "import_counts": counts,
    }
    return page(request, "reviews/dashboard.html", context, status=200 if form.is_valid() else NOT_AS_ASKED)


@require_GET
@signed_in
def panel_csv(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The table of one panel as a file, narrowed as the page is."""
    project, _ = project_for(person_of(request), slug, DASHBOARD)
    panel = PANELS_BY_KEY.get(key)
    if panel is None:
        raise Http404
    form = _asked(request, project)
    if not form.is_valid():
        return refused(form)
    text = panels.csv_of(panel, form.scope(project, timezone.now()))
    return as_file(text, f"{project.slug}-{panel.key}.csv", CSV)


def _asked(request: HttpRequest, project: Project) -> DashboardQuery:
    form = DashboardQuery(request.GET, counts=tallies(project), today=timezone.localdate())
    form.is_valid()
    return form
