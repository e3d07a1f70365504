"""Errors in the engines' texts of one passage: marked, taken back, judged.

A script gets the passage's panel back as it stands now, with a status that says how it went: 200 done, 409 another tab
of the same person was there first, 422 not done for the reason in the panel. Without a script there is a page.
"""

from __future__ import annotations

from collections.abc import Callable

from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reviews.editing import marking
from reviews.editing.permissions import MARK, NotAllowedError
from reviews.models import Hypothesis, Person, Segment
from reviews.models.states import run_around
from reviews.web.access import DASHBOARD, Viewer, from_script, person_of, segment_for, signed_in
from reviews.web.forms import first_error
from reviews.web.forms_marks import MarkForm, RateForm, UnmarkForm
from reviews.web.pages import page
from reviews.web.selectors.article import Languages
from reviews.web.selectors.marks import everybodys_marks, own_marking

View = Callable[[HttpRequest, int], HttpResponse]


@require_GET
@signed_in
def marks(request: HttpRequest, segment_id: int) -> HttpResponse:
    """The engines' texts of the passage, to be marked."""
    segment, viewer = segment_for(person_of(request), segment_id, MARK)
    return _panel(request, segment, viewer)


@require_GET
@signed_in
def all_marks(request: HttpRequest, segment_id: int) -> HttpResponse:
    """What everybody marked in them, without saying who."""
    segment, viewer = segment_for(person_of(request), segment_id, DASHBOARD)
    context = _around(segment, viewer) | {"texts": everybodys_marks(segment)}
    return page(request, "reviews/all_marks.html", context)


def _act(form_class: type[Form], act: Callable[[Person, Form], object]) -> View:
    """The view of one act on a text of the passage."""

    @require_POST
    @signed_in
    def view(request: HttpRequest, segment_id: int) -> HttpResponse:
        segment, viewer = segment_for(person_of(request), segment_id, MARK)
        form = form_class(request.POST)
        if not form.is_valid():
            return _panel(request, segment, viewer, error=_wrong(form), status=422)
        if not Hypothesis.objects.filter(pk=form.cleaned_data["text"], segment__in=run_around(segment)).exists():
            error = _("This text is none of the passage any more. Open the marks again.")
            return _panel(request, segment, viewer, error=error, status=422)
        try:
            act(viewer.person, form)
        except marking.MarksMovedError as moved:
            return _panel(request, segment, viewer, error=str(moved), status=409)
        except (marking.MarkingError, NotAllowedError) as refused:
            return _panel(request, segment, viewer, error=str(refused), status=422)
        if from_script(request):
            return _panel(request, segment, viewer)
        return HttpResponseRedirect(reverse("reviews:segment-marks", args=[segment.pk]))

    return view


def _wrong(form: Form) -> str:
    """What is wrong, in words about the field where a person filled it in."""
    written = next((errors[0] for name, errors in form.errors.items() if name in ("value", "comment")), None)
    return str(written) if written is not None else first_error(form)


def _mark(person: Person, form: Form) -> object:
    assert isinstance(form, MarkForm)
    data = form.cleaned_data
    return marking.mark(hypothesis_id=data["text"], person=person, error=form.mark(), base=data["base"])


def _unmark(person: Person, form: Form) -> object:
    data = form.cleaned_data
    return marking.unmark(hypothesis_id=data["text"], person=person, ordinal=data["ordinal"], base=data["base"])


def _rate(person: Person, form: Form) -> object:
    data = form.cleaned_data
    return marking.rate(hypothesis_id=data["text"], person=person, value=data["value"], base=data["base"])


mark = _act(MarkForm, _mark)
unmark = _act(UnmarkForm, _unmark)
rate = _act(RateForm, _rate)


def _panel(
    request: HttpRequest, segment: Segment, viewer: Viewer, *, error: str = "", status: int = 200
) -> HttpResponse:
    context = _around(segment, viewer) | {"marking": own_marking(segment, viewer), "error": error}
    if not from_script(request):
        return page(request, "reviews/marks.html", context, status=status)
    response = render(request, "reviews/_errors.html", context, status=status)
    response["X-Row"] = str(segment.pk)
    return response


def _around(segment: Segment, viewer: Viewer) -> dict[str, object]:
    project = segment.document.project
    return {
        "segment": segment,
        "document": segment.document,
        "project": project,
        "languages": Languages.of(project),
        "viewer": viewer,
    }
