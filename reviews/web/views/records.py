"""The review record of a publication: read, downloaded, and each reading written down."""

from __future__ import annotations

from urllib.parse import quote

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from reviews.editing.permissions import PUBLISH
from reviews.models import Document, Person, Publication
from reviews.models.audit import append_event
from reviews.publishing.export.files import file_name
from reviews.publishing.record import review_record
from reviews.publishing.record_pdf import pdf_of
from reviews.publishing.record_words import sections_of
from reviews.publishing.verifying import verify_in_place
from reviews.values import canonical_json
from reviews.web.access import document_for, person_of, signed_in
from reviews.web.pages import page


@require_GET
@signed_in
def record(request: HttpRequest, document_id: int, number: int) -> HttpResponse:
    """The record as a page, with what verification says of it."""
    person = person_of(request)
    document, viewer = document_for(person, document_id, PUBLISH)
    publication = _publication(document, number)
    _note_reading(person, publication, "page")
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
    person = person_of(request)
    document, _viewer = document_for(person, document_id, PUBLISH)
    publication = _publication(document, number)
    _note_reading(person, publication, "json")
    body = canonical_json(review_record(publication)).encode("utf-8", "surrogatepass")
    return _download(HttpResponse(body, content_type="application/json"), publication, "json")


@require_GET
@signed_in
def record_as_pdf(request: HttpRequest, document_id: int, number: int) -> HttpResponse:
    """The record on paper."""
    person = person_of(request)
    document, _viewer = document_for(person, document_id, PUBLISH)
    publication = _publication(document, number)
    _note_reading(person, publication, "pdf")
    found = review_record(publication)
    body = pdf_of(found, verify_in_place(found))
    return _download(HttpResponse(body, content_type="application/pdf"), publication, "pdf")


def _publication(document: Document, number: int) -> Publication:
    rows = Publication.objects.select_related("document__project").filter(document=document, number=number)
    if (found := rows.first()) is None:
        raise Http404
    return found


def _note_reading(person: Person, publication: Publication, form: str) -> None:
    """The record says who did what, so who reads it is written down: in the project's stream, not in the article's."""
    document = publication.document
    with transaction.atomic():
        append_event(
            document.project,
            action="record.read",
            person=person,
            data={"document": document.external_id, "publication": publication.number, "form": form},
        )


def _download(response: HttpResponse, publication: Publication, ending: str) -> HttpResponse:
    name = file_name(publication.document.external_id, f".record-{publication.number}.{ending}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
