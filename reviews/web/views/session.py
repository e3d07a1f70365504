"""Who is logged in now, and logging in again: for pages that stayed open while the session ended."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from reviews.web.access import person_of


@require_GET
@never_cache
def session(request: HttpRequest) -> HttpResponse:
    """The person and the token a page needs to go on; 401 when nobody is logged in, with the token for doing so."""
    if not request.user.is_authenticated:
        return JsonResponse({"person": None, "csrf": get_token(request)}, status=401)
    return JsonResponse({"person": str(person_of(request).public_id), "csrf": get_token(request)})


@sensitive_post_parameters("password")
@require_POST
@never_cache
def log_in_again(request: HttpRequest) -> HttpResponse:
    """Log the person of an open page in again, as X-Person names them; nobody else.

    422 with the reason where name and password do not match, 409 where they are somebody else's: then nobody is logged
    in who was not before.
    """
    form = AuthenticationForm(request, request.POST)
    if not form.is_valid():
        words = _("Name and password do not match. Capital letters count in both.")
        return JsonResponse({"error": words}, status=422)
    person = form.get_user()
    if str(person.public_id) != request.headers.get("X-Person"):
        words = _("This page holds what somebody else typed: only they can go on here. Use a new window.")
        return JsonResponse({"error": words}, status=409)
    login(request, person)
    return JsonResponse({"person": str(person.public_id), "csrf": get_token(request)})
