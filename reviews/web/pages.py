"""What every page carries beside its own content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .access import person_of
from .selectors.notices import unread
from .selectors.work import count_refused, memberships


def page(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A whole page for somebody who is logged in: its content, the way around, and what waits for them.

    A view that has looked up the person's `memberships` hands them on as `mine`.
    """
    person = person_of(request)
    mine = context.get("mine") or memberships(person)
    around = {
        "mine": mine,
        "refused_count": count_refused(person),
        "unread": unread(person, mine),
        "person": person,
    }
    response = render(request, template, around | dict(context), status=status)
    # The back button must not bring up texts as they stood before.
    response["Cache-Control"] = "no-store"
    return response
