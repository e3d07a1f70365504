"""What is stored about whoever asks: a page, and all of it as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from reviews.models import Person
from reviews.reports.stored import STORED, counted, own_row, rows_of
from reviews.web.access import person_of, signed_in
from reviews.web.pages import page


@require_GET
@signed_in
def my_data(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    return page(request, "reviews/my_data.html", {"own": own_row(person), "stored": counted(person)})


@require_GET
@signed_in
def my_data_file(request: HttpRequest) -> HttpResponse:
    """Everything, one JSON object: the person's own row, then each place with its rows."""
    response = HttpResponse(_everything(person_of(request)), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="stored-about-me.json"'
    return response


def _everything(person: Person) -> Iterator[str]:
    yield '{"person": ' + _json(own_row(person))
    for stored in STORED:
        yield f',\n"{stored.key}": ['
        for number, row in enumerate(rows_of(stored, person)):
            yield (",\n" if number else "\n") + _json(row)
        yield "]"
    yield "}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
