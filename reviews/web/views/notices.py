"""Notices: what a person was told, the places it leads to, and what they want by e-mail."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reviews.models import MailChoice, Notice, Step, WorkItem
from reviews.notices import service
from reviews.web.access import notice_for, person_of, signed_in
from reviews.web.forms import NoticeChoicesForm, NoticesQuery, NoticesReadForm, first_error
from reviews.web.pages import page
from reviews.web.selectors import notices as selectors
from reviews.web.selectors.work import memberships

#: Steps that are not done on the article's page, which would show what a second reviewer must not know.
APART = (Step.BLIND, Step.ADJUDICATE)


@require_GET
@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    query = NoticesQuery(request.GET)
    number = query.cleaned_data["page"] if query.is_valid() else None
    mine = memberships(person)
    context = {"mine": mine, "notices": selectors.notices(person, mine, number or 1)}
    return page(request, "reviews/notices.html", context)


@require_GET
@signed_in
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Go to what a notice is about; that marks it as read, unless a browser only fetches ahead."""
    found = notice_for(person_of(request), notice_id)
    if "prefetch" not in request.headers.get("Sec-Purpose", ""):
        service.mark_read(Notice.objects.filter(pk=found.pk))
    return HttpResponseRedirect(_place_of(found))


def _place_of(notice: Notice) -> str:
    """Where what a notice tells of is seen or done: at a text, at a piece of work, in the article."""
    if notice.segment is not None:
        row = notice.segment.covered_by_id or notice.segment_id
        return reverse("reviews:document", args=[notice.document_id]) + f"#s-{row}"
    if notice.item is not None:
        return _place_of_work(notice.item, notice.person_id)
    return reverse("reviews:document", args=[notice.document_id])


def _place_of_work(item: WorkItem, person: int) -> str:
    """The first text that is open; a second review has a page of its own once the person has taken it."""
    if item.step not in APART:
        return reverse("reviews:document-next", args=[item.document_id])
    if item.lease_owner_id == person:
        return reverse("reviews:second-review", args=[item.pk])
    return reverse("reviews:my-work")


@require_POST
@signed_in
def read(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark one notice as read and stay where it is."""
    found = notice_for(person_of(request), notice_id)
    service.mark_read(Notice.objects.filter(pk=found.pk))
    form = NoticesQuery(request.POST)
    number = form.cleaned_data["page"] if form.is_valid() else None
    return HttpResponseRedirect(f"{reverse('reviews:notices')}?page={number or 1}#notice-{found.pk}")


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read that was there when the page was drawn; what came in since stays unread."""
    person = person_of(request)
    form = NoticesReadForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
    else:
        projects = [project.pk for project in memberships(person).projects]
        service.mark_read(service.visible_to(person, projects).filter(pk__lte=form.cleaned_data["newest"]))
    return redirect("reviews:notices")


@require_GET
@signed_in
def choices(request: HttpRequest) -> HttpResponse:
    """How the person wants to hear of each kind."""
    context = {
        "lines": selectors.choices(person_of(request)),
        "mail_choices": MailChoice.choices,
        "digest_at": settings.NOTICES_DIGEST_AT,
    }
    return page(request, "reviews/notice_choices.html", context)


@require_POST
@signed_in
def choose(request: HttpRequest) -> HttpResponse:
    form = NoticeChoicesForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
    else:
        service.choose(person_of(request), form.choices())
        messages.success(request, _("Saved. It holds for what you are told from now on."))
    return redirect("reviews:notice-choices")
