"""The glossary of a project: how the desk says things. Desk heads write it, everybody in the project reads it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.conf.locale import LANG_INFO
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reviews.editing.permissions import LEAD
from reviews.editing.terms import TermMovedError, add_term, change_term, import_terms, retire_term, value_of
from reviews.glossary.tables import Problem, read_table
from reviews.models import Project, Term, Use
from reviews.web.access import Viewer, person_of, project_for, signed_in
from reviews.web.forms import NoFieldsForm
from reviews.web.forms_terms import GlossaryQuery, TableForm, TermForm
from reviews.web.pages import page
from reviews.web.selectors import terms as selectors
from reviews.web.selectors.article import Languages

#: So many lines of a refused table are named at once.
MOST_PROBLEMS = 50


@require_GET
@signed_in
def glossary(request: HttpRequest, slug: str) -> HttpResponse:
    """The terms that hold, those with the words somebody looks for, and for desk heads the way to change them."""
    project, viewer = project_for(person_of(request), slug)
    return _page(request, project, viewer)


@require_POST
@signed_in
def add(request: HttpRequest, slug: str) -> HttpResponse:
    project, viewer = project_for(person_of(request), slug, LEAD)
    form = TermForm(request.POST)
    if not form.is_valid():
        return _page(request, project, viewer, added=form, problem=_first_error(form), status=422)
    try:
        term = add_term(project_id=project.pk, person=viewer.person, value=form.value)
    except TermMovedError as error:
        return _page(request, project, viewer, added=form, problem=str(error), status=409)
    messages.success(request, _("“%(term)s” is in the glossary.") % {"term": term})
    return redirect("reviews:glossary", slug=project.slug)


@require_POST
@signed_in
def change(request: HttpRequest, slug: str, term_id: int) -> HttpResponse:
    project, viewer = project_for(person_of(request), slug, LEAD)
    form = TermForm(request.POST)
    if not form.is_valid():
        return _page(request, project, viewer, changed=(term_id, form), problem=_first_error(form), status=422)
    try:
        change_term(project_id=project.pk, term_id=term_id, person=viewer.person, value=form.value)
    except TermMovedError as error:
        return _page(request, project, viewer, changed=(term_id, form), problem=str(error), status=409)
    messages.success(request, _("Saved."))
    return redirect(_address(request, project))


@require_POST
@signed_in
def retire(request: HttpRequest, slug: str, term_id: int) -> HttpResponse:
    project, viewer = project_for(person_of(request), slug, LEAD)
    if NoFieldsForm(request.POST).is_valid():
        try:
            retire_term(project_id=project.pk, term_id=term_id, person=viewer.person)
        except TermMovedError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("The term is not in the glossary any more."))
    return redirect(_address(request, project))


@require_POST
@signed_in
def import_table(request: HttpRequest, slug: str) -> HttpResponse:
    """Take in a table of terms: all of it, or nothing and why."""
    project, viewer = project_for(person_of(request), slug, LEAD)
    form = TableForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, project, viewer, table=form, table_problem=_first_error(form), status=422)
    table = read_table(*form.table(), _header_names(project))
    if table.problems:
        return _page(request, project, viewer, table=form, refused=table.problems, status=422)
    done = import_terms(project_id=project.pk, person=viewer.person, values=table.terms)
    said = _("%(added)d added, %(changed)d changed, %(unchanged)d stood there already.")
    messages.success(request, said % {"added": done.added, "changed": done.changed, "unchanged": done.unchanged})
    if table.remark:
        messages.warning(request, _("The file %(remark)s") % {"remark": table.remark})
    return redirect("reviews:glossary", slug=project.slug)


@require_GET
@signed_in
def glossary_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """All terms that hold, as a table that can be imported again."""
    project, _ = project_for(person_of(request), slug)
    response = HttpResponse(selectors.glossary_csv(project), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="glossary-{project.slug}.csv"'
    return response


def _first_error(form: Form) -> str:
    return str(next(iter(form.errors.values()))[0])


def _header_names(project: Project) -> tuple[list[str], list[str]]:
    """What a table may call the project's languages: by code, in English and by their own name."""
    languages = Languages.of(project)
    source, target = (
        [code, name, str(LANG_INFO.get(code.partition("-")[0], {}).get("name_local", code))]
        for code, name in ((project.source_lang, languages.source), (project.target_lang, languages.target))
    )
    return source, target


def _address(request: HttpRequest, project: Project) -> str:
    """The part of the glossary the person was looking at."""
    asked = GlossaryQuery(request.POST).asked
    kept = urlencode({name: asked[name] for name in ("q", "page") if asked[name] not in ("", 1)})
    address = reverse("reviews:glossary", args=[project.slug])
    return f"{address}?{kept}" if kept else address


def _page(
    request: HttpRequest,
    project: Project,
    viewer: Viewer,
    *,
    added: TermForm | None = None,
    changed: tuple[int, TermForm] | None = None,
    table: TableForm | None = None,
    problem: str = "",
    table_problem: str = "",
    refused: Sequence[Problem] = (),
    status: int = 200,
) -> HttpResponse:
    asked = GlossaryQuery(request.GET if request.method == "GET" else request.POST).asked
    found = selectors.page_of_terms(project, asked["q"], asked["page"])
    open_id, open_form = changed or (asked["change"], None)
    changing = changed is not None and any(term.pk == open_id for term in found)
    if changed is not None and not changing:
        # It is gone; what was typed can still be added.
        added = open_form
    lines = [
        (term, viewer.name_of(term.person), (open_form or _form_of(term)) if term.pk == open_id else None)
        for term in found
    ]
    context = {
        "project": project,
        "viewer": viewer,
        "languages": Languages.of(project),
        "asked": asked,
        "kept": urlencode({"q": asked["q"]}) if asked["q"] else "",
        "terms": found,
        "lines": lines,
        "writes": bool(viewer.roles & LEAD),
        "uses": Use.choices,
        "added": added or TermForm(),
        "table": table or TableForm(),
        "problem": problem,
        "changing": changing,
        "table_problem": table_problem,
        "refused": refused[:MOST_PROBLEMS],
        "refused_more": len(refused[MOST_PROBLEMS:]),
    }
    return page(request, "reviews/glossary.html", context, status=status)


def _form_of(term: Term) -> TermForm:
    value = value_of(term)
    initial = {"source": value.source, "target": value.target, "use": value.use, "note": value.note}
    return TermForm(initial=initial)
