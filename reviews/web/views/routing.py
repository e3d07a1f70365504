"""The routing policy of a project: its rules in their order, tried on last week's articles before they are saved."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.editing.permissions import PUBLISH
from reviews.editing.policies import RoutingMovedError, set_routing_policy
from reviews.models import Project
from reviews.reports.routing_trial import DAYS, Trial, try_policy
from reviews.routing.policy import MOST_RULES, Policy, PolicyError, Problem, parse_policy
from reviews.web.access import Viewer, person_of, project_for, signed_in
from reviews.web.forms import RoutingForm, first_error
from reviews.web.pages import page
from reviews.web.selectors import routing as selectors
from reviews.web.selectors.routing import Draft


@require_GET
@signed_in
def routing(request: HttpRequest, slug: str) -> HttpResponse:
    project, viewer = project_for(person_of(request), slug, names_engines=True)
    standing = parse_policy(project.routing_policy)
    return _page(request, project, viewer, selectors.draft_of(standing), seen=standing)


@require_POST
@signed_in
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Add, move or remove a rule in the form, or show what its rules would do. Nothing is saved."""
    project, viewer = project_for(person_of(request), slug, PUBLISH)
    form = RoutingForm(request.POST)
    if not form.is_valid():
        return _damaged(request, project, form)
    act, seen = form.cleaned_data["act"], form.cleaned_data["seen"]
    draft = selectors.draft_from(request.POST, form.cleaned_data["rules"]).changed(act)
    if act != "preview":
        return _page(request, project, viewer, draft, seen=seen)
    try:
        trial = try_policy(project, draft.policy(), parse_policy(project.routing_policy), timezone.now())
    except PolicyError as error:
        return _page(request, project, viewer, draft, seen=seen, problems=error.problems)
    return _page(request, project, viewer, draft, seen=seen, trial=trial)


@require_POST
@signed_in
def save(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the rules of the form in force, unless others were put in force meanwhile: then both are shown."""
    person = person_of(request)
    project, viewer = project_for(person, slug, PUBLISH)
    form = RoutingForm(request.POST)
    if not form.is_valid():
        return _damaged(request, project, form)
    draft = selectors.draft_from(request.POST, form.cleaned_data["rules"])
    try:
        policy = draft.policy()
        with transaction.atomic():
            changed = set_routing_policy(
                project_id=project.pk, person=person, policy=policy, seen=form.cleaned_data["seen"]
            )
            if changed:
                pipeline.after_routing_policy(project.pk)
    except PolicyError as error:
        return _page(request, project, viewer, draft, seen=form.cleaned_data["seen"], problems=error.problems)
    except RoutingMovedError as error:
        return _page(request, project, viewer, draft, seen=error.standing, moved=str(error))
    if changed:
        messages.success(request, _("Saved. Articles in work are routed anew in the background."))
    else:
        messages.success(request, _("Nothing changed."))
    return redirect("reviews:routing", slug=project.slug)


def _damaged(request: HttpRequest, project: Project, form: RoutingForm) -> HttpResponse:
    messages.error(request, first_error(form))
    return redirect("reviews:routing", slug=project.slug)


def _page(
    request: HttpRequest,
    project: Project,
    viewer: Viewer,
    draft: Draft,
    *,
    seen: Policy,
    problems: tuple[Problem, ...] = (),
    trial: Trial | None = None,
    moved: str = "",
) -> HttpResponse:
    project.refresh_from_db(fields=["routing_policy", "routing_changed_at"])
    standing = parse_policy(project.routing_policy)
    skills = selectors.skills_known(project)
    context: dict[str, Any] = {
        "project": project,
        "viewer": viewer,
        "rules": selectors.rule_fields(draft, problems),
        "may_add": len(draft.rules) < MOST_RULES,
        "most_rules": MOST_RULES,
        "problems": selectors.problem_lines(problems),
        "seen": json.dumps(seen.to_json()),
        "unsaved": list(draft.rules) != standing.to_json().get("rules", []),
        "standing": standing,
        "setting": selectors.last_setting(project),
        "moved": moved,
        "trial": trial,
        "days": DAYS,
        "skills": skills,
        "nobody_knows": [skill for skill in standing.skills if skill not in skills],
    }
    context["set_by"] = viewer.name_of(context["setting"].person) if context["setting"] else ""
    return page(request, "reviews/routing.html", context, status=422 if problems else 409 if moved else 200)
