"""Imports: the upload page, what a check found, the way to confirm it, and the report to keep."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.importing import uploads as service
from reviews.importing.formats.registry import FORMATS
from reviews.importing.upload_files import MAX_FILE_BYTES, MAX_FILES, MAX_UPLOAD_BYTES, megabytes
from reviews.models import Project
from reviews.web.access import IMPORT, Viewer, batch_for, from_script, person_of, project_for, signed_in
from reviews.web.forms import ImportQuery, ImportsQuery, NoFieldsForm, UploadForm, first_error
from reviews.web.pages import page
from reviews.web.receiving import Receiver
from reviews.web.selectors import uploads as selectors

NO_FILES = gettext_lazy("Choose at least one file.")


@require_GET
@signed_in
def imports(request: HttpRequest, slug: str) -> HttpResponse:
    """The imports of a project; for whoever may import, the way to upload."""
    project, viewer = project_for(person_of(request), slug, names_engines=True)
    return _imports_page(request, project, viewer, UploadForm())


def _imports_page(
    request: HttpRequest, project: Project, viewer: Viewer, form: UploadForm, problem: str = "", status: int = 200
) -> HttpResponse:
    query = ImportsQuery(request.GET)
    number = query.cleaned_data["page"] if query.is_valid() else None
    context = {
        "project": project,
        "viewer": viewer,
        "form": form,
        "problem": problem,
        "imports": selectors.imports(project, viewer, number or 1),
        "formats": FORMATS,
        "limits": {
            "files": MAX_FILES,
            "file_bytes": MAX_FILE_BYTES,
            "bytes": MAX_UPLOAD_BYTES,
            "file_size": megabytes(MAX_FILE_BYTES),
            "size": megabytes(MAX_UPLOAD_BYTES),
        },
    }
    return page(request, "reviews/imports.html", context, status=status)


@csrf_exempt  # so that nothing reads the files before they have a place to go; _take_in checks the token
@require_POST
@signed_in
def upload(request: HttpRequest, slug: str) -> HttpResponse:
    """Take files in. Who may is settled before the first byte of them is read."""
    project, viewer = project_for(person_of(request), slug, IMPORT)
    folder = service.new_folder()
    receiver = Receiver(folder)
    request.upload_handlers = [receiver]
    response: HttpResponse = _take_in(request, project, viewer, receiver)
    if response.status_code not in (201, 302):
        folder.remove()
    return response


@csrf_protect
def _take_in(request: HttpRequest, project: Project, viewer: Viewer, receiver: Receiver) -> HttpResponse:
    form = UploadForm(request.POST)
    if receiver.problem or not receiver.folder.files or not form.is_valid():
        problem = receiver.problem or (first_error(form) if receiver.folder.files else str(NO_FILES))
        if from_script(request):
            return HttpResponse(problem, status=422, content_type="text/plain; charset=utf-8")
        return _imports_page(request, project, viewer, form, problem, status=422)
    with transaction.atomic():
        batch = service.receive(
            project=project, person=person_of(request), folder=receiver.folder, options=form.options()
        )
        pipeline.after_upload(batch)
    if from_script(request):
        response = HttpResponse(status=201)
        response["Location"] = reverse("reviews:import", args=[batch.pk])
        return response
    return redirect("reviews:import", batch_id=batch.pk)


@require_GET
@signed_in
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One import. A script asks how far it is, and is told to load the page anew when that is another one."""
    batch, viewer = batch_for(person_of(request), batch_id)
    if not from_script(request):
        return page(request, "reviews/import.html", selectors.import_context(batch, viewer))
    query = ImportQuery(request.GET)
    if not query.is_valid() or query.cleaned_data["seen"] != batch.state:
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    context = {"batch": batch, "progress": selectors.progress_of(batch)}
    return render(request, "reviews/_import_progress.html", context)


@require_POST
@signed_in
def confirm(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Have a checked upload imported. A second click finds it confirmed, which is what it wanted."""
    batch, _ = batch_for(person_of(request), batch_id, IMPORT)
    if NoFieldsForm(request.POST).is_valid():
        with transaction.atomic():
            if service.confirm(batch_id=batch.pk, person=person_of(request)):
                pipeline.after_upload(batch)
    return redirect("reviews:import", batch_id=batch.pk)


@require_POST
@signed_in
def cancel(request: HttpRequest, batch_id: int) -> HttpResponse:
    batch, _ = batch_for(person_of(request), batch_id, IMPORT)
    if NoFieldsForm(request.POST).is_valid():
        if service.cancel(batch_id=batch.pk, person=person_of(request)):
            messages.success(request, gettext("Cancelled. Nothing was imported."))
        else:
            messages.warning(request, gettext("It is too late to cancel: see how it stands below."))
    return redirect("reviews:import", batch_id=batch.pk)


@require_GET
@signed_in
def report(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The report of an import as JSON."""
    batch, viewer = batch_for(person_of(request), batch_id)
    options: dict[str, Any] = {"ensure_ascii": False, "indent": 1}
    response = JsonResponse(selectors.report_json(batch, viewer), json_dumps_params=options)
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}.json"'
    return response


@require_GET
@signed_in
def refused(request: HttpRequest, batch_id: int) -> HttpResponse:
    """What an import refused, for a spreadsheet."""
    batch, _ = batch_for(person_of(request), batch_id)
    response = HttpResponse(selectors.refused_csv(batch.rejected), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{batch.pk}-refused.csv"'
    return response
