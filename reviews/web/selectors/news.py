"""What changed in articles since somebody was there: in words for a list, and row by row for the article itself.

Told is what became of texts, without names. Not told is what the person did themselves, what lies in a lane beside the
main one, and anything at all of an article they are kept apart from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews.models import AuditEvent, Document, Lane, Person, Placement, Visit
from reviews.models.audit import stream_of
from reviews.models.lanes import open_passes

#: Events of one article that are looked at; with more of them "much changed" is all that is said.
MOST = 200

#: Texts an article names as new; all of them are marked.
MOST_NAMED = 12

#: What an event made of the texts it names.
_SAVED = frozenset({"revision.saved", "revision.divided", "revision.joined"})
_DECIDED = frozenset({"reviewed", "omitted", "copied", "reopened", "approved", "sent_back"})


@dataclass(slots=True)
class News:
    """What changed in one article: segments by what became of them, and what concerns all of it."""

    much: bool = False
    imported: bool = False
    translated: bool = False
    released: bool = False
    segments: dict[str, set[int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.much or self.imported or self.translated or self.released or bool(self.segments)

    @property
    def touched(self) -> set[int]:
        """Every segment that something became of."""
        return {segment for found in self.segments.values() for segment in found}

    @property
    def words(self) -> str:
        """In one line: "German changed, 3 texts saved, 1 sent back"."""
        return ", ".join(self._said())

    def _said(self) -> Iterable[str]:
        if self.much:
            yield _("much changed")
        if self.imported:
            yield _("the original came in anew")
        if self.translated:
            yield _("new text from an MT engine")
        for name, number in ((name, len(found)) for name, found in self.segments.items()):
            yield _counted(name, number)
        if self.released:
            yield _("published")

    def take(self, event: Mapping[str, Any], person: Person) -> None:
        """Count one event in, unless it is none of the person's news."""
        action, data = event["action"], event["data"]
        by = event["person"]
        if (by is not None and by["id"] == str(person.public_id)) or data.get("lane", Lane.MAIN) != Lane.MAIN:
            return
        kind, _dot, what = action.partition(".")
        if action in _SAVED:
            self._touch("saved", data)
        elif kind == "decision" and what in _DECIDED:
            self._touch(what, data)
        elif kind == "document":
            self._came_in(data)
        elif action == "publication.released":
            self.released = True

    def _touch(self, what: str, data: Mapping[str, Any]) -> None:
        several, one = data.get("segments"), data.get("segment")
        found = several if isinstance(several, list) else [] if one is None else [one]
        if found:
            self.segments.setdefault(what, set()).update(found)

    def _came_in(self, data: Mapping[str, Any]) -> None:
        self.imported = self.imported or _anything_new(data.get("segments"))
        self.translated = self.translated or _anything_new(data.get("hypotheses"))


def _anything_new(counts: Mapping[str, int] | None) -> bool:
    """Whether an import brought something, by the counts of its event."""
    return any(number for outcome, number in (counts or {}).items() if outcome != "same")


def _counted(name: str, number: int) -> str:
    if name == "saved":
        return ngettext("%(n)d text saved", "%(n)d texts saved", number) % {"n": number}
    if name == "approved":
        return ngettext("%(n)d approved", "%(n)d approved", number) % {"n": number}
    if name == "sent_back":
        return ngettext("%(n)d sent back", "%(n)d sent back", number) % {"n": number}
    if name == "reopened":
        return ngettext("%(n)d reopened", "%(n)d reopened", number) % {"n": number}
    return ngettext("%(n)d reviewed", "%(n)d reviewed", number) % {"n": number}


def news_of(person: Person, documents: Iterable[Document]) -> dict[int, News]:
    """By document what is new in it since the person last had it before them; at most three queries."""
    by_id = {document.pk: document for document in documents}
    visits = Visit.objects.filter(person=person, document__in=by_id)
    moved = [visit for visit in visits if by_id[visit.document_id].audit_number > visit.seen_number]
    return _news(person, by_id, {visit.document_id: visit.seen_number for visit in moved})


def seen_before(document: Document, person: Person) -> int:
    """The event up to which somebody had seen an article before they sat down to it; its last one for a stranger."""
    numbers = Visit.objects.filter(person=person, document=document).values_list("since_number", flat=True)
    number = numbers.first()
    return document.audit_number if number is None else number


@dataclass(frozen=True, slots=True)
class Since:
    """What an open article marks as new to somebody: in words, and the first of the texts concerned."""

    words: str
    segments: frozenset[int]
    first: Sequence[tuple[int, str]]


def since_there(document: Document, person: Person, number: int) -> Since | None:
    """What is new in an article after its event `number` to somebody who has it open; no query where nothing is."""
    if document.audit_number <= number:
        return None
    news = _news(person, {document.pk: document}, {document.pk: number}).get(document.pk)
    if news is None:
        return None
    rows = Placement.objects.filter(source_revision=document.current_source_id, segment__in=news.touched)
    first = list(rows.order_by("rank").values_list("segment_id", "source__text")[:MOST_NAMED])
    return Since(news.words, frozenset(news.touched), first)


def _news(person: Person, documents: Mapping[int, Document], seen: Mapping[int, int]) -> dict[int, News]:
    """By document what came after the event up to which each was seen."""
    if not seen:
        return {}
    apart = set(open_passes(person).values_list("segment__document_id", flat=True))
    streams = {stream_of(documents[pk]): pk for pk in seen if pk not in apart}
    wanted = Q()
    for stream, pk in streams.items():
        wanted |= Q(stream=stream, number__gt=seen[pk], number__lte=seen[pk] + MOST)
    if not wanted:
        return {}
    found = {pk: News(much=documents[pk].audit_number > seen[pk] + MOST) for pk in streams.values()}
    for stream, body in AuditEvent.objects.filter(wanted).order_by("pk").values_list("stream", "body"):
        found[streams[stream]].take(json.loads(body), person)
    return {pk: news for pk, news in found.items() if news}
