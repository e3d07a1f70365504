"""What every page carries beside its own content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .access import person_of
from .selectors.work import count_refused, memberships


def page(request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A whole page for somebody who is logged in: its content, the way around, and the texts that wait for them."""
    person = person_of(request)
    around = {"mine": memberships(person), "refused_count": count_refused(person), "person": person}
    response = render(request, template, around | dict(context), status=status)
    # The back button must not bring up texts as they stood before.
    response["Cache-Control"] = "no-store"
    return response
