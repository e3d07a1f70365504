"""What is done to one row, whichever page the row is on: the article, or a second review apart from it.

A script gets the row back as it stands now, with a status that says how it went: 200 done, 409 somebody else saved
first and both texts are kept, 422 not done for the reason in the row. Without a script the page comes back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any, Protocol

from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from reviews import pipeline
from reviews.editing import dismissing, drafts, saving
from reviews.editing.deciding import DecisionError
from reviews.editing.leaving_out import leave_out
from reviews.editing.permissions import EDIT, NotAllowedError
from reviews.editing.quoting import QuoteError
from reviews.editing.saving import Saved, Stale
from reviews.editing.texts import TextError
from reviews.models import DecisionKind, Draft, Lane, Person, Role, Segment
from reviews.values import MarkError
from reviews.web.access import Viewer, from_script, person_of, signed_in, tab_of
from reviews.web.forms import DraftForm, FieldForm, LeaveOutForm, SaveForm, first_error
from reviews.web.selectors.kept import Field, text_with_both
from reviews.web.selectors.presence import MANY, Changes

#: What a service may answer to a person who may do it in principle; the message says what to do.
REFUSALS = (
    TextError,
    MarkError,
    DecisionError,
    NotAllowedError,
    dismissing.DismissError,
    drafts.DraftError,
    QuoteError,
)


class RowPage(Protocol):
    """A page of rows of one lane: which rows are the person's there, and how they are shown."""

    lane: Lane

    def find(self, person: Person, segment_id: int, roles: frozenset[Role]) -> tuple[Segment, Viewer]:
        """The row's segment; Http404 or PermissionDenied where it is not for the person."""

    def row(
        self,
        request: HttpRequest,
        segment: Segment,
        viewer: Viewer,
        *,
        error: str = "",
        status: int = 200,
        check_attempt: int = 0,
    ) -> HttpResponse:
        """The row as it stands now, for a script."""

    def page(
        self, request: HttpRequest, segment: Segment, viewer: Viewer, *, field: Field | None, error: str
    ) -> HttpResponse:
        """The whole page with the row open, what was typed still in its field, and why it was not taken."""

    def address(self, segment: Segment, viewer: Viewer) -> str:
        """The page at this row."""

    def next_address(self, segment: Segment, viewer: Viewer) -> str:
        """The page at the next row that is open for the viewer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A valid request to do something to a row."""

    segment: Segment
    viewer: Viewer
    lane: Lane
    form: Any
    tab: str = ""

    @property
    def person(self) -> Person:
        return self.viewer.person

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.form.cleaned_data
        return data


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: the text that was saved or refused, whether the person goes on, which other rows changed."""

    outcome: Saved | Stale | None = None
    move_on: bool = False
    dismissed: dismissing.Outcome | None = None


Act = Callable[[Asked], Done]
View = Callable[[HttpRequest, int], HttpResponse]


def row_action(page: RowPage, form_class: type[Form], roles: frozenset[Role]) -> Callable[[Act], View]:
    """Make an act on a row a view: who, on what, a valid form, one transaction, and the answer."""

    def decorate(act: Act) -> View:
        @require_POST
        @signed_in
        @wraps(act)
        def view(request: HttpRequest, segment_id: int) -> HttpResponse:
            segment, viewer = page.find(person_of(request), segment_id, roles)
            form = form_class(request.POST)
            if not form.is_valid():
                return refused(page, request, segment, viewer, first_error(form))
            try:
                with transaction.atomic():
                    done = act(Asked(segment, viewer, page.lane, form, tab_of(request)))
            except REFUSALS as error:
                return refused(page, request, segment, viewer, str(error), _typed(form))
            return answered(page, request, segment, viewer, done)

        return view

    return decorate


def _typed(form: Form) -> Field | None:
    """What stood in the row's field, for forms that bring it along."""
    if not isinstance(form, SaveForm):
        return None
    asked = form.cleaned_data
    return Field(asked["typed"], asked["base"], asked["started_from"], asked["origin"])


# --- acts of every lane -------------------------------------------------------------------------------


def save(asked: Asked) -> Done:
    """Save what was typed; with `reviewed` also say that the row is done."""
    data = asked.data
    outcome = saving.save_revision(
        segment_id=asked.segment.pk,
        person=asked.person,
        typed=data["typed"],
        base=data["base"],
        origin=data["origin"] or None,
        started_from_id=data["started_from"],
        parts=data["parts"],
        save_key=data["save_key"],
        reviewed=data["reviewed"],
        lane=asked.lane,
        tab=asked.form.tab(asked.tab),
    )
    go_on(asked.segment, asked.lane, outcome, decided=data["reviewed"])
    return Done(outcome, move_on=data["reviewed"])


def accept(asked: Asked) -> Done:
    """Say that the row is right as it stands."""
    outcome = saving.accept(segment_id=asked.segment.pk, person=asked.person, lane=asked.lane, **asked.data)
    go_on(asked.segment, asked.lane, outcome, decided=True)
    return Done(outcome, move_on=True)


def leaving_out(page: RowPage, kind: DecisionKind) -> View:
    """The view that omits a row or copies its source."""

    @row_action(page, LeaveOutForm, EDIT)
    def view(asked: Asked) -> Done:
        outcome = leave_out(
            segment_id=asked.segment.pk,
            person=asked.person,
            kind=kind,
            seen=asked.form.seen(),
            reason=asked.data["reason"],
            save_key=asked.data["save_key"],
            lane=asked.lane,
        )
        go_on(asked.segment, asked.lane, outcome, decided=True)
        return Done(outcome, move_on=True)

    return view


def go_on(segment: Segment, lane: Lane, outcome: Saved | Stale, *, decided: bool) -> None:
    """Tell the pipeline what was written, in the transaction that wrote it; only the main lane is checked."""
    if not isinstance(outcome, Saved):
        return
    if outcome.created and lane == Lane.MAIN:
        pipeline.after_revision(segment.document_id)
    if decided:
        pipeline.after_decision(segment.document_id)


def keeping_draft(page: RowPage) -> View:
    """The view that keeps what is being typed; asked by a script every moment or two."""

    @require_POST
    @signed_in
    def draft(request: HttpRequest, segment_id: int) -> HttpResponse:
        segment, viewer = page.find(person_of(request), segment_id, EDIT)
        form = DraftForm(request.POST)
        if not form.is_valid():
            return JsonResponse({"error": first_error(form)}, status=422)
        try:
            kept = drafts.save_draft(
                segment_id=segment.pk,
                person=viewer.person,
                typed=form.cleaned_data["typed"],
                base=form.cleaned_data["base"],
                sequence=form.cleaned_data["sequence"],
                lane=page.lane,
                tab=form.tab(tab_of(request)),
            )
        except drafts.DraftError as error:
            return JsonResponse({"error": str(error)}, status=422)
        return JsonResponse({"kept": kept})

    return draft


def discarding_draft(page: RowPage) -> View:
    """The view that drops one's own unsaved typing."""

    @require_POST
    @signed_in
    def discard_draft(request: HttpRequest, segment_id: int) -> HttpResponse:
        segment, viewer = page.find(person_of(request), segment_id, EDIT)
        form = FieldForm(request.POST)
        if form.is_valid():
            tab = form.tab(tab_of(request))
            drafts.discard_draft(segment_id=segment.pk, person=viewer.person, lane=page.lane, tab=tab)
        return answered(page, request, segment, viewer, Done())

    return discard_draft


def keep(
    page: RowPage, request: HttpRequest, draft: Draft, viewer: Viewer, *, base: int, sequence: int, both: bool
) -> HttpResponse:
    """Save one's kept text after all, on top of the one that was saved before it, or the two taken together."""
    try:
        with transaction.atomic():
            text = None
            if both:
                base, text = both_texts(draft, base)
            outcome = drafts.keep_text(draft_id=draft.pk, person=viewer.person, base=base, sequence=sequence, text=text)
            go_on(draft.segment, page.lane, outcome, decided=False)
    except REFUSALS as error:
        return refused(page, request, draft.segment, viewer, str(error))
    return answered(page, request, draft.segment, viewer, Done(outcome))


def both_texts(draft: Draft, base: int) -> tuple[int, str]:
    """The revision the person read, and the text with the changes of both."""
    latest, text = text_with_both(draft)
    if latest != base or not text:
        raise DecisionError(_("The texts have changed since, or can no longer be taken together. Read them again."))
    return latest, text


# --- answers ------------------------------------------------------------------------------------------


def answered(page: RowPage, request: HttpRequest, segment: Segment, viewer: Viewer, done: Done) -> HttpResponse:
    """The row as it stands after the act, or where the person goes on."""
    stale = isinstance(done.outcome, Stale)
    if not from_script(request):
        address = page.next_address if done.move_on and not stale else page.address
        return HttpResponseRedirect(address(segment, viewer))
    attempt = 1 if isinstance(done.outcome, Saved) else 0
    response = page.row(request, segment, viewer, status=409 if stale else 200, check_attempt=attempt)
    return _with_other_rows(response, segment, done.dismissed)


def refused(
    page: RowPage, request: HttpRequest, segment: Segment, viewer: Viewer, reason: str, field: Field | None = None
) -> HttpResponse:
    """The row with the reason in it, and what was typed still in its field."""
    if from_script(request):
        return page.row(request, segment, viewer, error=reason, status=422)
    return page.page(request, segment, viewer, field=field, error=reason)


def _with_other_rows(response: HttpResponse, segment: Segment, outcome: dismissing.Outcome | None) -> HttpResponse:
    """Have an open page fetch the other rows that a dismissal of words changed."""
    others = [each for each in outcome.segments if each != segment.pk] if outcome is not None else []
    if others:
        moved = Changes(others, reload=False) if len(others) <= MANY else Changes((), reload=True)
        response["HX-Trigger"] = json.dumps({"article:moved": asdict(moved)})
    return response
