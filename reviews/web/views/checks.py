"""The checks of a project: what they find, what became of it, and what their findings do."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from reviews import pipeline
from reviews.checks.policy import EFFECTS, SEVERITY_EFFECTS, PolicyError, parse_policy
from reviews.editing.permissions import PUBLISH
from reviews.editing.policies import set_policy
from reviews.reports.precision import ENOUGH, NEWEST, USEFUL, check_figures
from reviews.values import SEVERITIES
from reviews.web.access import DASHBOARD, person_of, project_for, signed_in
from reviews.web.forms import PolicyForm, first_error
from reviews.web.pages import page
from reviews.web.selectors.checks import CheckLine, percent

FINDINGS = {"critical": _("Critical findings"), "major": _("Major findings"), "minor": _("Minor findings")}


@require_GET
@signed_in
def checks(request: HttpRequest, slug: str) -> HttpResponse:
    project, viewer = project_for(person_of(request), slug, DASHBOARD)
    policy = parse_policy(project.check_policy)
    lines = [CheckLine(each, policy) for each in check_figures(project, timezone.now())]
    context = {
        "project": project,
        "viewer": viewer,
        "lines": lines,
        "proposed": [line for line in lines if line.proposed],
        "severities": [(severity, FINDINGS[severity], policy.severities[severity]) for severity in SEVERITIES],
        "severity_effects": [(effect, _(EFFECTS[effect])) for effect in SEVERITY_EFFECTS],
        "effects": [(effect, _(words)) for effect, words in EFFECTS.items()],
        "seen": json.dumps(policy.to_json()),
        "newest": NEWEST,
        "enough": ENOUGH,
        "useful": percent(USEFUL),
    }
    return page(request, "reviews/checks.html", context)


@require_POST
@signed_in
def policy(request: HttpRequest, slug: str) -> HttpResponse:
    """Set what findings do."""
    person = person_of(request)
    project = project_for(person, slug, PUBLISH)[0]
    form = PolicyForm(request.POST)
    if not form.is_valid():
        messages.error(request, first_error(form))
    else:
        try:
            changed = set_policy(
                project_id=project.pk, person=person, policy=form.policy(), seen=form.cleaned_data["seen"]
            )
        except PolicyError as error:
            messages.error(request, str(error))
        else:
            if changed:
                pipeline.after_check_policy(project.pk)
            messages.success(request, _("Saved. It holds from now on.") if changed else _("Nothing changed."))
    return redirect("reviews:checks", slug=project.slug)
