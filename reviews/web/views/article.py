"""The article: all of it side by side, who is on it, how it will read, and its release."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.editing.claims import heartbeat
from reviews.editing.deciding import approve_all
from reviews.editing.dismissing import dismiss_many
from reviews.editing.permissions import APPROVE, EDIT, PUBLISH
from reviews.editing.visits import note_visit
from reviews.models import Document, Origin, Placement, Segment, SegmentState
from reviews.models.publication import NoteKind
from reviews.publishing.gate import gate, waivable_checks
from reviews.publishing.service import PublishError, publish
from reviews.web.access import Viewer, document_for, from_script, person_of, signed_in
from reviews.web.forms import ApproveAllForm, DismissAllForm, PresenceForm, ReleaseForm, first_error
from reviews.web.forms_article import PageQuery
from reviews.web.pages import page
from reviews.web.rendering import safe_address
from reviews.web.selectors.article import (
    Block,
    Languages,
    Row,
    blocks,
    is_unranked,
    open_findings,
    window_rows,
)
from reviews.web.selectors.division_tools import begun_divisions
from reviews.web.selectors.history import saved_text
from reviews.web.selectors.kept import Field
from reviews.web.selectors.news import since_there
from reviews.web.selectors.presence import changes_since, live_items, presence_of
from reviews.web.selectors.windows import LONGEST_WHOLE, Window, rank_of, windows_of
from reviews.web.timing import due_of


@require_GET
@signed_in
def article(request: HttpRequest, document_id: int) -> HttpResponse:
    document, viewer = document_for(person_of(request), document_id)
    query = PageQuery(request.GET)
    asked = query.cleaned_data if query.is_valid() else {}
    opened, restore = asked.get("edit"), asked.get("restore")
    field = _restored(document, viewer, opened, restore) if opened and restore else None
    return article_page(
        request,
        document,
        viewer,
        opened=opened,
        adopt=asked.get("use"),
        at=asked.get("at"),
        gate_asked=bool(asked.get("gate")),
        field=field,
    )


def _restored(document: Document, viewer: Viewer, segment_id: int, number: int) -> Field | None:
    """A text that was saved earlier, for the row's field; None for somebody who edits nothing."""
    segments = Segment.objects.select_related("document__project", "chosen", "latest_revision")
    segment = segments.filter(document=document, pk=segment_id).first()
    if segment is None or segment.latest_revision is None or not viewer.may_edit:
        return None
    text = saved_text(segment, viewer, number)
    if text is None:
        return None
    return Field(text.marked, segment.latest_revision.number, text.started_from, Origin.RESTORED)


def article_page(
    request: HttpRequest,
    document: Document,
    viewer: Viewer,
    *,
    opened: int | None = None,
    adopt: int | None = None,
    at: int | None = None,
    gate_asked: bool = False,
    field: Field | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, with the field of one row open: its own text, an engine's, or what was typed and not taken.

    Of a long article the first window and the one with the row that is opened, or that the page is to be `at`.
    """
    windows = _shown_windows(document, viewer, opened or at)
    rows = [row for window in windows for block in window.blocks for row in block.rows]
    for row in rows:
        row.current = at is not None and row.id == at
        if row.id == opened:
            row.open_field(adopt)
            row.field = field or row.field
            row.error = error
    context = article_context(document, viewer, rows) | {"windows": windows}
    seen = note_visit(document, viewer.person, document.audit_number)
    context["since"] = since_there(document, viewer.person, seen)
    if viewer.may_publish:
        context |= _gate_context(document, later=not gate_asked)
    return page(request, "reviews/article.html", context, status=status)


@dataclass(frozen=True, slots=True)
class ShownWindow:
    """A window with the blocks of its rows; without any, a page has a place for it and loads it when it is needed."""

    window: Window
    blocks: Sequence[Block] = ()


def _shown_windows(document: Document, viewer: Viewer, near: int | None) -> list[ShownWindow]:
    """All windows of the document, with the rows of the first one and of the one around a segment."""
    windows = windows_of(document)
    rank = rank_of(document, near) if near is not None and len(windows) > 1 else None
    shown = []
    for i, window in enumerate(windows):
        is_near = rank is not None and window.first <= rank <= window.last
        rows = window_rows(document, viewer, window, near) if i == 0 or is_near else []
        shown.append(ShownWindow(window, blocks(rows)))
    return shown


def article_context(document: Document, viewer: Viewer, rows: list[Row]) -> dict[str, Any]:
    return {
        "document": document,
        "project": document.project,
        "languages": Languages.of(document.project),
        "viewer": viewer,
        "due": due_of(document),
        "original": safe_address(document.url),
        "items": presence_of(live_items(document), viewer),
        "approvable": sum(row.may_approve for row in rows),
        "open_findings": open_findings(rows),
        "unranked": is_unranked(rows),
        "divisions": begun_divisions(document, viewer),
    }


def row_address(document: Document, row: Row | None) -> str:
    """The article at a row: with its field open if it is to be edited; at the end without a row."""
    if row is None:
        return f"{reverse('reviews:document', args=[document.pk])}#end"
    return text_address(document, row.id) if row.may_approve else field_address(document.pk, row.id)


def field_address(document_id: int, leader: int) -> str:
    """The article with the field of one of its texts open."""
    return f"{reverse('reviews:document', args=[document_id])}?edit={leader}#s-{leader}"


def text_address(document: Document, leader: int) -> str:
    """The article at one of its texts, whichever window that is in."""
    return f"{reverse('reviews:document', args=[document.pk])}?at={leader}#s-{leader}"


@require_POST
@signed_in
def presence(request: HttpRequest, document_id: int) -> HttpResponse:
    """Who is on the article, asked by an open page: it keeps the person's own work theirs.

    The answer also names the rows that changed since the page last asked, for the page to fetch.
    """
    person = person_of(request)
    document, viewer = document_for(person, document_id)
    form = PresenceForm(request.POST)
    items = live_items(document)
    for item in items:
        if item.lease_owner_id == person.pk:
            heartbeat(item_id=item.pk, person=person)
    context = {"document": document, "viewer": viewer, "items": presence_of(items, viewer)}
    response = render(request, "reviews/_presence.html", context)
    if form.is_valid():
        note_visit(document, person, min(form.cleaned_data["seen"], document.audit_number))
        changes = changes_since(document, form.cleaned_data["seen"], person)
        if changes.segments or changes.reload:
            response["HX-Trigger"] = json.dumps({"article:moved": asdict(changes)})
    return response


@require_POST
@signed_in
def approve_reviewed(request: HttpRequest, document_id: int) -> HttpResponse:
    """Approve every reviewed text the page showed, where nothing moved since."""
    person = person_of(request)
    document, _ = document_for(person, document_id, APPROVE)
    form = ApproveAllForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("reviews:document", document_id=document.pk)
    with transaction.atomic():
        decisions, refusals = approve_all(document_id=document.pk, person=person, seen=form.cleaned_data["seen"])
        pipeline.after_decision(document.pk)
    if decisions:
        messages.success(
            request,
            _counted(
                ngettext("Approved %(number)d text.", "Approved %(number)d texts.", len(decisions)), len(decisions)
            ),
        )
    for reason, number in Counter(refusal.reason for refusal in refusals).items():
        messages.warning(
            request,
            _counted(
                ngettext("Not approved: %(number)d text.", "Not approved: %(number)d texts.", number), number, reason
            ),
        )
    return redirect("reviews:document", document_id=document.pk)


@require_POST
@signed_in
def dismiss_all(request: HttpRequest, document_id: int) -> HttpResponse:
    """Dismiss the open findings of one check that the page showed, where nothing moved since."""
    person = person_of(request)
    document, _ = document_for(person, document_id, EDIT)
    form = DismissAllForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("reviews:document", document_id=document.pk)
    asked = form.cleaned_data
    with transaction.atomic():
        outcome = dismiss_many(document_id=document.pk, seen=asked["findings"], person=person, reason=asked["reason"])
        pipeline.after_dismissal(document, outcome.dismissals)
    done = len(outcome.dismissals)
    if done:
        messages.success(
            request, _counted(ngettext("Dismissed %(number)d finding.", "Dismissed %(number)d findings.", done), done)
        )
    elif not outcome.refusals:
        messages.warning(request, gettext("Nothing was dismissed: none of these findings is open any more."))
    for reason, number in Counter(refusal.reason for refusal in outcome.refusals).items():
        messages.warning(
            request,
            _counted(
                ngettext("Not dismissed: %(number)d finding.", "Not dismissed: %(number)d findings.", number),
                number,
                reason,
            ),
        )
    return redirect("reviews:document", document_id=document.pk)


def _counted(words: str, number: int, reason: str = "") -> str:
    return " ".join(filter(None, (words % {"number": number}, reason)))


@require_GET
@signed_in
def gate_list(request: HttpRequest, document_id: int) -> HttpResponse:
    """What is missing before the article can be published."""
    document, viewer = document_for(person_of(request), document_id, PUBLISH)
    if not from_script(request):
        return HttpResponseRedirect(reverse("reviews:document", args=[document.pk]) + "#publish")
    context = {"document": document, "viewer": viewer, **_gate_context(document)}
    return render(request, "reviews/_publish.html", context)


def _gate_context(document: Document, *, later: bool = False) -> dict[str, Any]:
    """What is missing before the document may be published.

    Of a long one only how many texts are not approved, as long as some are not. Once all are, the gate reads every
    text, which an open page asks for by itself (`later`).
    """
    if document.segments_total > LONGEST_WHOLE:
        if document.segments_approved < document.segments_total:
            return {"unapproved": document.segments_total - document.segments_approved, "first": _unapproved(document)}
        if later:
            return {"later": True}
    missing = gate(document)
    return {
        "missing": missing,
        "waivable": waivable_checks(missing),
        "outdated": document.outdated,
        "note_kinds": NoteKind.choices,
    }


def _unapproved(document: Document) -> int | None:
    """The leading segment of the document's first text that is not approved."""
    rows = Placement.objects.filter(source_revision_id=document.current_source_id, segment__covered_by=None)
    left = rows.exclude(segment__state=SegmentState.APPROVED).order_by("rank")
    return left.values_list("segment_id", flat=True).first()


@require_POST
@signed_in
def release(request: HttpRequest, document_id: int) -> HttpResponse:
    """Publish the article, if its gate is open."""
    document, _ = document_for(person_of(request), document_id, PUBLISH)
    form = ReleaseForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
    elif form.cleaned_data["waive"] and not form.cleaned_data["reason"].strip():
        messages.error(request, gettext("Say why the article may go out all the same."))
    else:
        try:
            publication = publish(
                document_id=document.pk, person=person_of(request), waivers=form.waivers(), note=form.told()
            )
        except PublishError as error:
            messages.error(request, str(error))
        else:
            at = timezone.localtime(publication.created_at).strftime("%H:%M")
            messages.success(
                request, gettext("Published as number %(number)s at %(at)s.") % {"number": publication.number, "at": at}
            )
    return HttpResponseRedirect(reverse("reviews:document", args=[document.pk]) + "#publish")
