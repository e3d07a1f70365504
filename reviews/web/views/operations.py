"""How the installation is, for whoever operates it: staff. No text, no title and nobody's figures stand here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reviews import broker, pipeline
from reviews.reports import operations as reports
from reviews.web.access import person_of, signed_in, staff_only
from reviews.web.pages import page
from reviews.web.selectors import operations as selectors


@require_GET
@signed_in
@staff_only
def operations(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    runs = reports.runs()
    context = {
        "signs": selectors.signs(broker.queue(), broker.workers(), reports.last_sweep(), runs, now),
        "storage": selectors.storage_lines(reports.storage()),
        "runs": [selectors.RunLine(run, reports.error_class(run)) for run in runs.failed],
        "failed": runs.failed_number,
        "imports": reports.imports(now),
        "now": now,
    }
    return page(request, "reviews/operations.html", context)


@require_POST
@signed_in
@staff_only
def retry(request: HttpRequest, run_id: int) -> HttpResponse:
    """Have a failed run done anew."""
    if pipeline.retry(run_id, person_of(request)):
        messages.success(request, _("It is under way again."))
    else:
        messages.info(request, _("That run has not failed, or not any more: there was nothing to do."))
    return redirect("reviews:operations")
