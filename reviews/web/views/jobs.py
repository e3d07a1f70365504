"""Doing one thing to many articles: choosing them, saying what, and the report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.editing import jobs
from reviews.editing.permissions import NotAllowedError
from reviews.models import Membership, Person, Step
from reviews.web.access import from_script, job_for, person_of, project_for, signed_in
from reviews.web.forms import BulkQuery, JobForm, NoFieldsForm, first_error
from reviews.web.pages import page
from reviews.web.selectors import jobs as selectors
from reviews.web.selectors.work import memberships

#: Steps whose work can be given out many at once.
STEPS = (Step.EDIT, Step.SPECIALIST, Step.APPROVE)


@require_GET
@signed_in
def choose(request: HttpRequest) -> HttpResponse:
    """The chosen articles, and what may be done to them: what the person sees here is what a job goes by."""
    mine = memberships(person_of(request))
    query = BulkQuery(request.GET)
    nothing: dict[str, Any] = {"state": "", "q": "", "all": False, "document": []}
    asked = query.cleaned_data if query.is_valid() else nothing
    rows = selectors.matching(mine, state=asked["state"], text=asked["q"])
    if not asked["all"]:
        rows = selectors.matching(mine, state="", text="").filter(pk__in=asked["document"])
    chosen, more = selectors.chosen(mine, rows)
    context = {
        "mine": mine,
        "chosen": chosen,
        "more": more,
        "most": jobs.MAX_DOCUMENTS,
        "steps": [(step.value, step.label) for step in STEPS],
    }
    return page(request, "reviews/bulk.html", context)


@require_POST
@signed_in
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the job."""
    person = person_of(request)
    project, _ = project_for(person, slug)
    form = JobForm(request.POST, steps=STEPS)
    if not form.is_valid():
        messages.error(request, first_error(form))
        return redirect("reviews:my-work")
    asked = form.cleaned_data
    members = Membership.objects.filter(project=project).values("person")
    to = Person.objects.filter(pk=asked["to"], pk__in=members).first() if asked["to"] else None
    try:
        with transaction.atomic():
            job = jobs.start_job(
                project_id=project.pk,
                person=person,
                act=asked["act"],
                seen=asked["entries"],
                reason=asked["reason"],
                to=to,
                step=asked["step"] or Step.EDIT,
            )
            pipeline.after_job(job)
    except (jobs.JobError, NotAllowedError) as error:
        messages.error(request, str(error))
        return redirect("reviews:my-work")
    return redirect("reviews:job", job_id=job.pk)


@require_GET
@signed_in
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """How far a job is and what came of it; asked again by the open page while it runs."""
    found, viewer = job_for(person_of(request), job_id)
    shown = selectors.job_shown(found)
    context = {"shown": shown, "job": found, "project": found.project, "who": viewer.name_of(found.person)}
    if from_script(request):
        return render(request, "reviews/_job.html", context)
    return page(request, "reviews/job.html", context)


@require_POST
@signed_in
def cancel(request: HttpRequest, job_id: int) -> HttpResponse:
    """Stop a job before its next article."""
    person = person_of(request)
    found, _ = job_for(person, job_id)
    if NoFieldsForm(request.POST).is_valid():
        stopped = jobs.cancel_job(job_id=found.pk, person=person)
        said = gettext("Stopped. What was done before stays.") if stopped else gettext("It had ended already.")
        messages.info(request, said)
    return redirect("reviews:job", job_id=found.pk)


@require_GET
@signed_in
def job_list(request: HttpRequest) -> HttpResponse:
    """Jobs the person may look at."""
    person = person_of(request)
    mine = memberships(person)
    return page(request, "reviews/jobs.html", {"mine": mine, "jobs": selectors.jobs_of(person, mine)})
