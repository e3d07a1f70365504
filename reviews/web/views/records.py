"""The review record of a publication: read, downloaded, and each reading written down."""

from __future__ import annotations

from urllib.parse import quote

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from reviews.editing.permissions import PUBLISH
from reviews.models import Publication
from reviews.models.audit import append_event
from reviews.publishing.export.files import file_name
from reviews.publishing.record import review_record
from reviews.publishing.record_pdf import pdf_of
from reviews.publishing.record_words import sections_of
from reviews.publishing.verifying import verify_in_place
from reviews.values import canonical_json
from reviews.web.access import Viewer, document_for, person_of, signed_in
from reviews.web.pages import page


@require_GET
@signed_in
def record(request: HttpRequest, document_id: int, number: int) -> HttpResponse:
    """The record as a page, with what verification says of it."""
    publication, viewer = _read(request, document_id, number, "page")
    document = publication.document
    found = review_record(publication)
    verdict = verify_in_place(found)
    context = {
        "document": document,
        "project": document.project,
        "viewer": viewer,
        "publication": publication,
        "numbers": Publication.objects.filter(document=document).order_by("number").values_list("number", flat=True),
        "sections": sections_of(found, verdict),
        "verdict": verdict,
        "events": len(found["events"]),
    }
    return page(request, "reviews/record.html", context)


@require_GET
@signed_in
def record_json(request: HttpRequest, document_id: int, number: int) -> HttpResponse:
    """The record as the file that `verify_record` takes."""
    publication, _viewer = _read(request, document_id, number, "json")
    body = canonical_json(review_record(publication)).encode("utf-8", "surrogatepass")
    return _download(HttpResponse(body, content_type="application/json"), publication, "json")


@require_GET
@signed_in
def record_as_pdf(request: HttpRequest, document_id: int, number: int) -> HttpResponse:
    """The record on paper."""
    publication, _viewer = _read(request, document_id, number, "pdf")
    found = review_record(publication)
    body = pdf_of(found, verify_in_place(found))
    return _download(HttpResponse(body, content_type="application/pdf"), publication, "pdf")


def _read(request: HttpRequest, document_id: int, number: int, form: str) -> tuple[Publication, Viewer]:
    """The publication whose record a desk head may read. The record says who did what, so who reads it is written down:
    in the project's stream, not in the article's. Raises what `document_for` does, and 404 for a number there is not.
    """
    person = person_of(request)
    document, viewer = document_for(person, document_id, PUBLISH)
    publication = Publication.objects.filter(document=document, number=number).first()
    if publication is None:
        raise Http404
    publication.document = document
    with transaction.atomic():
        append_event(
            document.project,
            action="record.read",
            person=person,
            data={"document": document.external_id, "publication": number, "form": form},
        )
    return publication, viewer


def _download(response: HttpResponse, publication: Publication, ending: str) -> HttpResponse:
    name = file_name(publication.document.external_id, f".record-{publication.number}.{ending}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
