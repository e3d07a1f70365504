"""Who is logged in now: asked by pages that stayed open while the session ended."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from reviews.web.access import person_of


@require_GET
@never_cache
def session(request: HttpRequest) -> HttpResponse:
    """The person and the token a page needs to go on; 401 when nobody is logged in."""
    if not request.user.is_authenticated:
        return JsonResponse({"person": None}, status=401)
    return JsonResponse({"person": str(person_of(request).public_id), "csrf": get_token(request)})
