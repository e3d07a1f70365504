"""Who is on the desk and who does what: giving work, and what people say of their time and skills."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.editing import assignments, people, policies
from reviews.editing.permissions import LEAD, NotAllowedError
from reviews.models import Availability, Person, Project, Skill, Step, WorkItem
from reviews.web.access import person_of, project_for, signed_in, work_item_for
from reviews.web.forms_people import EVERYBODY, AssignsForm, PassOnForm, SkillsForm, TimeForm, local
from reviews.web.pages import page
from reviews.web.selectors import team as selectors
from reviews.web.selectors.work import memberships
from reviews.web.timing import due_of


@require_GET
@signed_in
def team(request: HttpRequest, slug: str) -> HttpResponse:
    project, _ = project_for(person_of(request), slug, LEAD)
    return page(request, "reviews/team.html", {"project": project, "members": selectors.members(project)})


@require_POST
@signed_in
def rule(request: HttpRequest, slug: str) -> HttpResponse:
    """Give new work by rule from now on, or no longer."""
    project, _ = project_for(person_of(request), slug, LEAD)
    form = AssignsForm(request.POST)
    if form.is_valid():
        policies.set_assigns(project_id=project.pk, person=person_of(request), assigns=form.cleaned_data["assigns"])
    return redirect("reviews:team", slug=project.slug)


# --- passing work on ----------------------------------------------------------------------------------------


@require_GET
@signed_in
def pass_on(request: HttpRequest, item_id: int) -> HttpResponse:
    """Whom a piece of work could go to."""
    item, _ = work_item_for(person_of(request), item_id)
    return _pass_on_page(request, item, None)


@require_POST
@signed_in
def assign(request: HttpRequest, item_id: int) -> HttpResponse:
    """Give a piece of work to somebody, or back to everybody, with a reason."""
    by = person_of(request)
    item, _ = work_item_for(by, item_id)
    form = _pass_on_form(item, request.POST)
    if not form.is_valid():
        return _pass_on_page(request, item, form, status=422)
    to, asked = form.person(), form.cleaned_data
    try:
        with transaction.atomic():
            if to is None:
                assignments.unassign(item_id=item.pk, by=by, reason=asked["reason"])
                pipeline.after_decision(item.document_id)
            else:
                assignments.assign(item_id=item.pk, person=to, by=by, reason=asked["reason"], until=asked["until"])
                pipeline.after_assignment(item.document)
    except (assignments.AssignmentError, NotAllowedError) as error:
        form.add_error(None, str(error))
        return _pass_on_page(request, item, form, status=422)
    if to is None:
        said = gettext("“%(document)s” is everybody’s now.")
    elif to == by:
        said = gettext("“%(document)s” is yours now.")
    else:
        said = gettext("“%(document)s” is %(person)s’s now.")
    messages.success(request, said % {"document": item.document, "person": to.shown_name if to else ""})
    return redirect("reviews:my-work")


def _pass_on_form(item: WorkItem, data: Any = None) -> PassOnForm:
    return PassOnForm([member.person for member in selectors.members(item.project, Step(item.step))], data)


def _pass_on_page(request: HttpRequest, item: WorkItem, form: PassOnForm | None, status: int = 200) -> HttpResponse:
    person = person_of(request)
    given = item.assignments.filter(ended_at=None).select_related("person", "by").first()
    context = {
        "item": item,
        "given": given,
        "due": due_of(item.document),
        "members": selectors.members(item.project, Step(item.step)),
        "form": form or _pass_on_form(item),
        "may": assignments.may_assign(item, person),
        "everybody": EVERYBODY,
    }
    return page(request, "reviews/pass_on.html", context, status=status)


# --- time and skills ----------------------------------------------------------------------------------------


@require_GET
@signed_in
def availability(request: HttpRequest) -> HttpResponse:
    """What I say of my time and skills."""
    return _said_page(request, person_of(request), memberships(person_of(request)).projects)


@require_POST
@signed_in
def say(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    projects = memberships(person).projects
    return _save(request, person, projects, None)


@require_GET
@signed_in
def member(request: HttpRequest, slug: str, public_id: uuid.UUID) -> HttpResponse:
    """The same of a member of the desk, for its head."""
    project, person = _member_for(request, slug, public_id)
    return _said_page(request, person, [project], project=project)


@require_POST
@signed_in
def say_of_member(request: HttpRequest, slug: str, public_id: uuid.UUID) -> HttpResponse:
    project, person = _member_for(request, slug, public_id)
    return _save(request, person, [project], project)


def _member_for(request: HttpRequest, slug: str, public_id: uuid.UUID) -> tuple[Project, Person]:
    project, _ = project_for(person_of(request), slug, LEAD)
    person = Person.objects.filter(public_id=public_id, memberships__project=project).first()
    if person is None:
        raise Http404
    return project, person


def _save(request: HttpRequest, person: Person, projects: Any, project: Project | None) -> HttpResponse:
    time = TimeForm(request.POST)
    skills = [(each, SkillsForm(request.POST, prefix=f"p{each.pk}")) for each in projects]
    if not all([time.is_valid(), *(form.is_valid() for _, form in skills)]):
        return _said_page(request, person, projects, project=project, forms=(time, skills), status=422)
    by = person_of(request)
    with transaction.atomic():
        people.set_time(person=person, by=by, project=project, time=time.time())
        for each, form in skills:
            people.set_skills(project=each, person=person, by=by, names=form.cleaned_data["skills"])
    pipeline.after_people(person)
    messages.success(request, gettext("Saved. New work is given out by this from now on."))
    return redirect("reviews:team", slug=project.slug) if project is not None else redirect("reviews:availability")


def _said_page(
    request: HttpRequest,
    person: Person,
    projects: Any,
    *,
    project: Project | None = None,
    forms: Any = None,
    status: int = 200,
) -> HttpResponse:
    said = Availability.objects.filter(person=person).first() or Availability(person=person)
    names: dict[int, list[str]] = {}
    for pk, name in Skill.objects.filter(person=person).order_by("name").values_list("project_id", "name"):
        names.setdefault(pk, []).append(name)
    time, skills = forms or (
        TimeForm(
            initial={
                "away_from": local(said.away_from),
                "away_until": local(said.away_until),
                "most_open": said.most_open,
                "sections": said.sections,
            }
        ),
        [(each, SkillsForm(initial={"skills": names.get(each.pk, [])}, prefix=f"p{each.pk}")) for each in projects],
    )
    context = {
        "of": person,
        "project": project,
        "time": time,
        "skills": [(each, form, selectors.skills_asked_for(each)) for each, form in skills],
    }
    return page(request, "reviews/availability.html", context, status=status)
