"""Second reviews apart from the article, and the settling of two reviews."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.editing import claims, passes
from reviews.editing.claims import ClaimError
from reviews.editing.permissions import APPROVE, EDIT, PUBLISH, NotAllowedError
from reviews.models import DecisionKind, Lane, Person, ReviewPass, Role, Segment, Step, WorkItem
from reviews.web.access import (
    Viewer,
    from_script,
    person_of,
    second_review_for,
    second_segment_for,
    segment_for,
    signed_in,
    tab_of,
)
from reviews.web.forms import (
    AcceptForm,
    ArticleQuery,
    NoFieldsForm,
    ReopenSecondForm,
    SaveForm,
    SettleForm,
    first_error,
)
from reviews.web.pages import page
from reviews.web.selectors.article import Languages, by_block
from reviews.web.selectors.kept import Field
from reviews.web.selectors.passes import (
    SecondRow,
    first_open,
    hold_of,
    pairs,
    row_of,
    second_rows,
    seen_two,
)
from reviews.web.timing import due_of

from . import rows
from .rows import REFUSALS, RowPage, row_action


class _Second:
    """A second review: rows of a lane that is its reviewer's alone."""

    lane = Lane.BLIND

    def find(self, person: Person, segment_id: int, roles: frozenset[Role]) -> tuple[Segment, Viewer]:
        segment, viewer, _ = second_segment_for(person, segment_id, roles)
        return segment, viewer

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
        item = self._item(segment, viewer)
        viewer = replace(viewer, tab=tab_of(request))
        rows_now = second_rows(item, viewer)
        shown = row_of(rows_now, segment)
        if shown is None:
            raise Http404
        shown.error = error
        # The field belongs to the page: an answer never brings one along.
        shown.field = None
        context = _context(item, viewer) | {"row": shown} | _progress(rows_now)
        response = render(request, "reviews/_second_row_answer.html", context, status=status)
        response["X-Row"] = str(shown.id)
        return response

    def page(
        self, request: HttpRequest, segment: Segment, viewer: Viewer, *, field: Field | None, error: str
    ) -> HttpResponse:
        item = self._item(segment, viewer)
        return _review_page(request, item, viewer, opened=segment.pk, field=field, error=error, status=422)

    def address(self, segment: Segment, viewer: Viewer) -> str:
        return reverse("reviews:second-review", args=[self._item(segment, viewer).pk]) + f"#s-{segment.pk}"

    def next_address(self, segment: Segment, viewer: Viewer) -> str:
        item = self._item(segment, viewer)
        row = first_open(second_rows(item, viewer), after=segment.pk)
        address = reverse("reviews:second-review", args=[item.pk])
        return f"{address}?edit={row.id}#s-{row.id}" if row is not None else f"{address}#end"

    def _item(self, segment: Segment, viewer: Viewer) -> WorkItem:
        """The work of the person's latest pass of the segment, which `find` has seen."""
        rows = WorkItem.objects.select_related("document__project", "document__current_source", "lease_owner")
        own = rows.filter(passes__person=viewer.person, passes__segment=segment, passes__lane=self.lane)
        item = own.order_by("-passes__pk").first()
        if item is None:
            raise Http404
        return item


SECOND: RowPage = _Second()


def open_work(request: HttpRequest, item: WorkItem) -> HttpResponseRedirect:
    """To the page where work that was just taken is done; apart from the article where the step asks for that."""
    if item.step not in passes.LANES:
        return redirect("reviews:document-next", document_id=item.document_id)
    person = person_of(request)
    try:
        with transaction.atomic():
            passes.take(item_id=item.pk, person=person)
            pipeline.after_decision(item.document_id)
    except (ClaimError, NotAllowedError) as error:
        if WorkItem.objects.filter(pk=item.pk, lease_owner=person).exists():
            claims.release(item_id=item.pk, person=person)
        messages.error(request, str(error))
        return redirect("reviews:my-work")
    return redirect("reviews:second-review", item_id=item.pk)


@require_GET
@signed_in
def second_review(request: HttpRequest, item_id: int) -> HttpResponse:
    """The page of a second review, or of two reviews to be settled."""
    item, viewer = second_review_for(person_of(request), item_id)
    if item.step == Step.ADJUDICATE:
        return _settle_page(request, item, viewer)
    query = ArticleQuery(request.GET)
    return _review_page(request, item, viewer, opened=query.cleaned_data["edit"] if query.is_valid() else None)


def _context(item: WorkItem, viewer: Viewer) -> dict[str, Any]:
    document = item.document
    return {
        "item": item,
        "document": document,
        "project": document.project,
        "languages": Languages.of(document.project),
        "viewer": viewer,
        "due": due_of(document),
        "hold": hold_of(item, viewer),
    }


def _review_page(
    request: HttpRequest,
    item: WorkItem,
    viewer: Viewer,
    *,
    opened: int | None = None,
    field: Field | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = second_rows(item, viewer)
    mine = any(row.review_pass is not None for row in shown)
    for row in shown:
        if row.id == opened:
            row.open_field()
            row.field = field or row.field
            row.error = error
    context = _context(item, viewer) | {"rows": shown, "blocks": by_block(shown) if mine else []} | _progress(shown)
    return page(request, "reviews/second_review.html", context, status=status)


def _progress(shown: list[SecondRow]) -> dict[str, Any]:
    own = [row for row in shown if row.review_pass is not None]
    return {"own": len(own), "finished": sum(row.finished for row in own), "open": any(row.is_open for row in own)}


def _settle_page(
    request: HttpRequest,
    item: WorkItem,
    viewer: Viewer,
    *,
    asked: tuple[int, str, str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page; with what was asked for one pair and not done: its segment, what was typed, the reason, and why not."""
    shown = pairs(item, viewer)
    for pair in shown:
        if asked is not None and pair.id == asked[0]:
            pair.typed, pair.reason, pair.error = asked[1:]
    left = sum(not pair.settled for pair in shown)
    return page(request, "reviews/settle.html", _context(item, viewer) | {"pairs": shown, "left": left}, status=status)


@require_POST
@signed_in
def take(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take the work, or go on with it where the article changed."""
    item, _ = second_review_for(person_of(request), item_id)
    return open_work(request, item)


@require_POST
@signed_in
def give_back(request: HttpRequest, item_id: int) -> HttpResponse:
    """Give the work back: what is finished of it counts, the rest is for somebody else."""
    person = person_of(request)
    item, _ = second_review_for(person, item_id)
    if NoFieldsForm(request.POST).is_valid():
        try:
            with transaction.atomic():
                passes.give_back(item_id=item.pk, person=person)
                pipeline.after_decision(item.document_id)
        except NotAllowedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("You gave back “%(document)s”.") % {"document": item.document})
    return redirect("reviews:my-work")


@require_POST
@signed_in
def presence(request: HttpRequest, item_id: int) -> HttpResponse:
    """Asked by an open page: keeps the person's own work theirs."""
    person = person_of(request)
    item, viewer = second_review_for(person, item_id)
    claims.heartbeat(item_id=item.pk, person=person)
    item.refresh_from_db()
    return render(request, "reviews/_second_presence.html", _context(item, viewer))


@require_GET
@signed_in
def row(request: HttpRequest, segment_id: int) -> HttpResponse:
    """A row of a second review as it stands now."""
    segment, viewer = SECOND.find(person_of(request), segment_id, EDIT)
    if not from_script(request):
        return HttpResponseRedirect(SECOND.address(segment, viewer))
    return SECOND.row(request, segment, viewer)


save = row_action(SECOND, SaveForm, EDIT)(rows.save)
accept = row_action(SECOND, AcceptForm, EDIT)(rows.accept)
omit = rows.leaving_out(SECOND, DecisionKind.OMITTED)
copy = rows.leaving_out(SECOND, DecisionKind.COPIED)
draft = rows.keeping_draft(SECOND)
discard_draft = rows.discarding_draft(SECOND)


@require_POST
@signed_in
def settle(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Choose one of two texts, or write a third."""
    person = person_of(request)
    _, viewer, review_pass = second_segment_for(person, segment_id, APPROVE, Lane.ADJUDICATION)
    item, _ = second_review_for(person, review_pass.item_id)
    form = SettleForm(request.POST)
    typed, reason = request.POST.get("typed", ""), request.POST.get("reason", "")
    if not form.is_valid():
        asked = (segment_id, typed, reason, first_error(form))
        return _settle_page(request, item, viewer, asked=asked, status=422)
    data = form.cleaned_data
    try:
        with transaction.atomic():
            passes.settle(
                segment_id=segment_id,
                person=person,
                seen=seen_two(data["seen"], data["source_hash"]),
                chosen=data["chosen"] or None,
                typed=data["typed"],
                reason=data["reason"],
            )
            pipeline.after_revision(item.document_id)
    except REFUSALS as error:
        return _settle_page(request, item, viewer, asked=(segment_id, typed, reason, str(error)), status=422)
    if ReviewPass.objects.filter(item=item, person=person, closed_at=None).exists():
        return redirect("reviews:second-review", item_id=item.pk)
    messages.success(request, gettext("The two reviews of “%(document)s” are settled.") % {"document": item.document})
    return redirect("reviews:document", document_id=item.document_id)


@require_POST
@signed_in
def reopen(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Ask for another second review of a text, though there is one."""
    person = person_of(request)
    segment, _ = segment_for(person, segment_id, PUBLISH)
    form = ReopenSecondForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
    else:
        try:
            with transaction.atomic():
                passes.reopen(segment_id=segment.pk, person=person, reason=form.cleaned_data["reason"])
                pipeline.after_decision(segment.document_id)
        except REFUSALS as error:
            messages.error(request, str(error))
        else:
            messages.success(request, gettext("Somebody will review the text a second time again."))
    return HttpResponseRedirect(reverse("reviews:document", args=[segment.document_id]) + f"#s-{segment.pk}")
