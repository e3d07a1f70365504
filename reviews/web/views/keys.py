"""The keys of the article screen: what they are for this person, and other ones in their place."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reviews.web import keys as service
from reviews.web.access import person_of, signed_in
from reviews.web.forms_keys import KeysForm
from reviews.web.pages import page


@require_GET
@signed_in
def keys(request: HttpRequest) -> HttpResponse:
    return page(request, "reviews/keys.html", {"form": KeysForm(service.Keys(person_of(request).keys))})


@require_POST
@signed_in
def save(request: HttpRequest) -> HttpResponse:
    """Keep them all, or none: two actions may have changed places."""
    person = person_of(request)
    form = KeysForm(service.Keys(person.keys), request.POST)
    if not form.is_valid():
        return page(request, "reviews/keys.html", {"form": form}, status=422)
    service.choose(person, form.chosen)
    messages.success(request, _("Saved. Pages that are open have the new keys once they are loaded again."))
    return redirect("reviews:keys")
