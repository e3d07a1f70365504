"""A project's glossary is written here: every change of it stands in the project's record.

Terms are nobody's check: they find nothing, block nothing and are no part of a text's provenance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.glossary.terms import TermValue
from reviews.glossary.words import key, term_forms
from reviews.models import Person, Project, Term
from reviews.models.audit import append_event
from reviews.values import in_batches

from .permissions import LEAD, require


class TermMovedError(Exception):
    """The glossary is not as the person saw it any more; the message says what to do."""


def value_of(term: Term) -> TermValue:
    """What a row says."""
    return TermValue(term.source, term.target, "avoid" if term.use == "avoid" else "preferred", term.note)


@transaction.atomic
def add_term(*, project_id: int, person: Person, value: TermValue, via: str = "web") -> Term:
    """Put a term into the glossary. Raises NotAllowedError, or TermMovedError when it stands there already."""
    project = _locked(project_id, person)
    _require_new(project, value)
    [term] = _write(project, person, [value])
    append_event(project, action="glossary.added", person=person, data=_told(value), via=via)
    return term


@transaction.atomic
def change_term(*, project_id: int, term_id: int, person: Person, value: TermValue, via: str = "web") -> Term:
    """Put another wording in place of a term's; the same term when nothing changes.

    Raises NotAllowedError, or TermMovedError when somebody else changed or retired it, or the new one stands already.
    """
    project = _locked(project_id, person)
    term = _standing(project, term_id)
    before = value_of(term)
    if before == value:
        return term
    _retire(person, [term.pk])
    _require_new(project, value)
    [changed] = _write(project, person, [value])
    data = {"before": _told(before), "after": _told(value)}
    append_event(project, action="glossary.changed", person=person, data=data, via=via)
    return changed


@transaction.atomic
def retire_term(*, project_id: int, term_id: int, person: Person, via: str = "web") -> None:
    """Take a term out of the glossary. Raises NotAllowedError, or TermMovedError when it is out or changed already."""
    project = _locked(project_id, person)
    term = _standing(project, term_id)
    _retire(person, [term.pk])
    append_event(project, action="glossary.retired", person=person, data=_told(value_of(term)), via=via)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a table of terms did."""

    added: int
    changed: int
    unchanged: int


@transaction.atomic
def import_terms(*, project_id: int, person: Person, values: Sequence[TermValue], via: str = "web") -> Imported:
    """Put the terms of a table into the glossary: new ones, and other uses or notes for those it has.

    What the table does not have stays. The values are different terms. Raises NotAllowedError.
    """
    project = _locked(project_id, person)
    standing = {(term.words, term.target): term for term in Term.objects.in_force().filter(project=project)}
    wanted = [(value, standing.get((value.compared, value.target))) for value in values]
    added = [value for value, term in wanted if term is None]
    changed = [(term, value) for value, term in wanted if term is not None and value_of(term) != value]
    if added or changed:
        _retire(person, [term.pk for term, _ in changed])
        _write(project, person, [*added, *(value for _, value in changed)])
        data = {
            "added": [_told(value) for value in added],
            "changed": [{"before": _told(value_of(term)), "after": _told(value)} for term, value in changed],
        }
        append_event(project, action="glossary.imported", person=person, data=data, via=via)
    return Imported(len(added), len(changed), len(values) - len(added) - len(changed))


def _locked(project_id: int, person: Person) -> Project:
    """The project, whose glossary nobody else changes until the transaction ends."""
    project = Project.objects.select_for_update(no_key=True).get(pk=project_id)
    require(project, person, LEAD, _("change the glossary"))
    return project


def _standing(project: Project, term_id: int) -> Term:
    term = Term.objects.in_force().filter(project=project, pk=term_id).first()
    if term is None:
        raise TermMovedError(_("Somebody else changed or retired this term meanwhile. Look at it as it is now."))
    return term


def _require_new(project: Project, value: TermValue) -> None:
    standing = Term.objects.in_force().filter(project=project, words=value.compared, target=value.target).first()
    if standing is not None:
        said = _("“%(term)s” stands in the glossary already (%(use)s). Change that one.")
        raise TermMovedError(said % {"term": standing, "use": standing.get_use_display()})


def _retire(person: Person, term_ids: Iterable[int]) -> None:
    for part in in_batches(term_ids):
        Term.objects.in_force().filter(pk__in=part).update(retired_at=timezone.now(), retired_by=person)


def _write(project: Project, person: Person, values: Iterable[TermValue]) -> list[Term]:
    rows = []
    for value in values:
        forms = term_forms(value.words, project.source_lang)
        rows.append(
            Term(
                project=project,
                person=person,
                source=value.source,
                target=value.target,
                use=value.use,
                note=value.note,
                words=value.compared,
                key=key(forms[0][0]),
                forms=forms,
            )
        )
    return Term.objects.bulk_create(rows, batch_size=500)


def _told(value: TermValue) -> dict[str, str]:
    return {"source": value.source, "target": value.target, "use": value.use, "note": value.note}
