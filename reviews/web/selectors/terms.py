"""A project's glossary: its page, and what it says of the texts of an article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reviews.editing.terms import value_of
from reviews.glossary.matching import Entry, Glossary, Hit, first_keys, has_target, wanted
from reviews.glossary.tables import write_table
from reviews.models import Placement, Project, Term, Use
from reviews.values import CodedText, in_batches, join_texts

#: Terms on one page of the glossary.
PER_PAGE = 100

#: So many keys are asked for at once: more than the texts of a page have.
KEYS_AT_ONCE = 10_000


# --- in an article ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TargetShown:
    """What a term is to be, or not to be, in the translation, and whether the text has that."""

    entry: Entry
    there: bool

    @property
    def text(self) -> str:
        return self.entry.target

    @property
    def note(self) -> str:
        return self.entry.note

    @property
    def data(self) -> SafeString:
        """By what the script finds it in the field, as attributes."""
        found = wanted(self.entry.target)
        attributes = format_html(' data-term="{}" data-pattern="{}"', self.entry.target, found.pattern)
        flags = [(" data-exact", found.exact), (" data-there", self.there), (" data-avoid", self.entry.avoid)]
        return attributes + SafeString("".join(flag for flag, given in flags if given))


@dataclass(frozen=True, slots=True)
class TermShown:
    """A term of a text, as the desk writes it, with what the glossary says of it."""

    source: str
    preferred: Sequence[TargetShown]
    avoided: Sequence[TargetShown]


class TermRow(Protocol):
    """What is read of a row."""

    @property
    def id(self) -> int: ...
    @property
    def placements(self) -> Sequence[Placement]: ...
    @property
    def target(self) -> CodedText | None: ...


def terms_in(project: Project, rows: Sequence[TermRow]) -> dict[int, list[TermShown]]:
    """The terms of each row by its id, in their order and each once. One query."""
    sources = {row.id: join_texts([placement.source.content for placement in row.placements]).text for row in rows}
    glossary = Glossary(_entries(project, first_keys(sources.values())))
    return {row.id: _shown(glossary.hits(sources[row.id]), row.target) for row in rows}


def _entries(project: Project, keys: Iterable[str]) -> list[Entry]:
    rows: list[Entry] = []
    for part in in_batches(sorted(keys), KEYS_AT_ONCE):
        found = Term.objects.in_force().filter(project=project, key__in=part).order_by("words", "target", "pk")
        columns = found.values_list("pk", "source", "target", "use", "note", "forms")
        rows += [
            Entry(pk, source, target, use == Use.AVOID, note, forms) for pk, source, target, use, note, forms in columns
        ]
    return rows


def _shown(hits: Iterable[Hit], target: CodedText | None) -> list[TermShown]:
    text = target.text if target is not None else ""
    shown = {}
    for hit in hits:
        targets = [TargetShown(entry, has_target(text, entry.target)) for entry in hit.entries]
        shown[tuple(entry.id for entry in hit.entries)] = TermShown(
            source=hit.entries[0].source,
            preferred=[each for each in targets if not each.entry.avoid],
            avoided=[each for each in targets if each.entry.avoid],
        )
    return list(shown.values())


# --- the page -----------------------------------------------------------------------------------------------


def terms_of(project: Project, words: str = "") -> QuerySet[Term]:
    """The terms that hold, in the order of a dictionary; with words only those that have them anywhere."""
    found = Term.objects.in_force().filter(project=project).select_related("person").order_by("words", "target")
    if words:
        found = found.filter(Q(source__icontains=words) | Q(target__icontains=words) | Q(note__icontains=words))
    return found


def page_of_terms(project: Project, words: str, number: int) -> Page[Term]:
    return Paginator(terms_of(project, words), PER_PAGE).get_page(number)


def glossary_csv(project: Project) -> str:
    return write_table(value_of(term) for term in terms_of(project))
