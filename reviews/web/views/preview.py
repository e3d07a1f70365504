"""How the article will read."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from reviews.publishing.export.article import ExportError
from reviews.web.access import document_for, person_of, signed_in
from reviews.web.pages import page
from reviews.web.selectors.article import Languages
from reviews.web.selectors.preview import previewed


class PreviewQuery(forms.Form):
    """How wide the page is shown, and what its texts are held against; what cannot be read is the usual."""

    width = forms.ChoiceField(required=False, choices=[("phone", "")])
    against = forms.ChoiceField(required=False, choices=[("machine", ""), ("publication", "")])


@require_GET
@signed_in
def preview(request: HttpRequest, document_id: int) -> HttpResponse:
    """The article in the target language as readers will see it."""
    document, viewer = document_for(person_of(request), document_id)
    query = PreviewQuery(request.GET)
    query.is_valid()
    width, against = (query.cleaned_data.get(name) or "" for name in ("width", "against"))
    context = {
        "document": document,
        "project": document.project,
        "languages": Languages.of(document.project),
        "viewer": viewer,
        "width": width,
        "against": against,
    }
    try:
        context["preview"] = previewed(document, against)
    except ExportError as error:
        context["problem"] = str(error)
    return page(request, "reviews/preview.html", context)
