"""Forms of which only a part arrived: what is cut off may still look like a form, with half a reason or half a key."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, UnreadablePostError
from django.utils.translation import gettext as _

Answer = Callable[[HttpRequest], HttpResponse]


def whole_forms_only(get_response: Answer) -> Answer:
    """Middleware: a form whose connection went down half-way is not acted on.

    The web server hands over whatever arrived as if it were all. Uploads are read elsewhere (`receiving`).
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.content_type == "application/x-www-form-urlencoded" and not _is_whole(request):
            return HttpResponseBadRequest(
                _("The connection ended before the form was complete."), content_type="text/plain"
            )
        return get_response(request)

    return middleware


def _is_whole(request: HttpRequest) -> bool:
    try:
        return len(request.body) >= int(request.META.get("CONTENT_LENGTH") or 0)
    except (UnreadablePostError, ValueError):
        return False
