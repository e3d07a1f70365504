"""Keeping how far somebody has seen an article, so that they can be told what is new. No act of record."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Case, F, When
from django.utils import timezone

from reviews.models import Document, Person, Visit

#: Whoever comes back after so long sits down to the article anew: what came before then is no longer new to them.
SITTING = timedelta(minutes=30)


def note_visit(document: Document, person: Person, number: int) -> None:
    """The person has the article before them as it stood after its event `number`; an older number changes nothing."""
    now = timezone.now()
    rows = Visit.objects.filter(document=document, person=person)
    anew = Case(When(at__lt=now - SITTING, then=F("seen_number")), default=F("since_number"))
    if rows.filter(seen_number__lte=number).update(since_number=anew, seen_number=number, at=now):
        return
    # Two first visits at once are one.
    Visit.objects.bulk_create(
        [Visit(document=document, person=person, seen_number=number, since_number=number, at=now)],
        ignore_conflicts=True,
    )
