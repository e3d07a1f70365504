"""My work: what I hold, what I could take, what waits for my word, and where every article stands."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.editing import claims, passes
from reviews.editing.jobs import MAX_DOCUMENTS
from reviews.editing.permissions import EDIT, NotAllowedError
from reviews.models import DocumentState, Step
from reviews.web.access import person_of, signed_in, work_item_for
from reviews.web.forms import NoFieldsForm, TakeForm
from reviews.web.forms_work import CHANGED, DUE, NEEDS, STEPS, WHOSE, WorkQuery
from reviews.web.pages import page
from reviews.web.selectors import work as selectors
from reviews.web.selectors.sections import sections_of

from .passes import open_work

NOTHING_OPEN = {
    Step.EDIT: gettext_lazy("Nothing is open for you to edit right now."),
    Step.APPROVE: gettext_lazy(
        "Nothing is open for you to approve right now. What you wrote yourself is for somebody else."
    ),
}
NOTHING_OPEN_HERE = gettext_lazy("Nothing is open for you here right now.")


@require_GET
@signed_in
def my_work(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    claims.return_expired()
    mine = selectors.memberships(person)
    query = WorkQuery(request.GET, projects=mine.projects)
    asked, wanted = query.asked, query.filter
    desk = selectors.Desk(
        held=selectors.held_by(person, wanted) if wanted.shows_mine else [],
        given=selectors.given_to(person, wanted) if wanted.shows_mine else [],
        queues=selectors.open_work(person, mine.places(person), wanted) if wanted.shows_open else [],
        documents=selectors.documents(
            person, mine, wanted, state=asked["state"], text=asked["q"], page=query.page_number
        ),
    )
    desk = selectors.with_news(desk, person)
    context = {
        "mine": mine,
        "held": desk.held,
        "given": desk.given,
        "queues": desk.queues,
        "documents": desk.documents,
        "kept": selectors.kept_texts(person),
        "asked": asked,
        "wanted": wanted,
        "address": query.address,
        "filters": WorkQuery.FILTERS,
        "sections": sections_of([project.pk for project in mine.projects]),
        "steps": STEPS,
        "due": DUE,
        "changed": CHANGED,
        "needs": NEEDS,
        "whose": WHOSE,
        "states": DocumentState.choices,
        "may_act": bool(mine.with_roles(EDIT)),
        "most": MAX_DOCUMENTS,
    }
    return page(request, "reviews/my_work.html", context)


@require_POST
@signed_in
def take(request: HttpRequest) -> HttpResponse:
    """Take the next piece of work of a step and open it."""
    form = TakeForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Choose what you want to take."))
        return redirect("reviews:my-work")
    step = Step(form.cleaned_data["step"])
    skill = form.cleaned_data["skill"] or None
    item = claims.take_next(person=person_of(request), step=step, skill=skill)
    if item is None:
        messages.info(request, NOTHING_OPEN.get(step, NOTHING_OPEN_HERE))
        return redirect("reviews:my-work")
    return open_work(request, item)


@require_POST
@signed_in
def claim(request: HttpRequest, item_id: int) -> HttpResponse:
    """Take one certain piece of work."""
    item, _ = work_item_for(person_of(request), item_id)
    if NoFieldsForm(request.POST).is_valid():
        try:
            claims.claim(item_id=item.pk, person=person_of(request))
        except (claims.ClaimError, NotAllowedError) as error:
            messages.error(request, str(error))
        else:
            return open_work(request, item)
    return redirect("reviews:document-next", document_id=item.document_id)


@require_POST
@signed_in
def release(request: HttpRequest, item_id: int) -> HttpResponse:
    """Give a piece of work back, so that others can take it."""
    item, _ = work_item_for(person_of(request), item_id)
    if NoFieldsForm(request.POST).is_valid():
        try:
            with transaction.atomic():
                given_back = passes.give_back(item_id=item.pk, person=person_of(request))
                pipeline.after_decision(item.document_id)
        except NotAllowedError as error:
            messages.error(request, str(error))
        else:
            said = (
                gettext("You gave back “%(document)s”.") if given_back else gettext("Nobody has taken “%(document)s”.")
            )
            messages.success(request, said % {"document": item.document})
    return redirect("reviews:my-work")
