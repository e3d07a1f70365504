"""Which open page of a browser typing belongs to: what is typed in two of them is two texts."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from reviews.models import Draft, DraftKind, Lane, Person, Segment


@dataclass(frozen=True, slots=True)
class Tab:
    """An open page with the text field in it.

    `key` is the page's own. `took` and `took_sequence` name the draft of an earlier page that the field began with, as
    it stood when it was read: it is the newer page's from then on, unless typing in the earlier one went on.
    """

    key: str = ""
    took: str = ""
    took_sequence: int = 0

    @property
    def owns(self) -> Q:
        return Q(tab=self.key) | self.inherits

    @property
    def inherits(self) -> Q:
        """What of an earlier page was taken over and has not changed since; a sequence is never below 1."""
        return Q(tab=self.took, sequence__lte=self.took_sequence)


#: A page that gives itself no key, for want of a script.
UNNAMED = Tab()


def typing_of(segment: Segment | int, person: Person, lane: Lane) -> QuerySet[Draft]:
    """What is kept of a person's unsaved typing on a segment, whichever page it was typed in."""
    return Draft.objects.filter(segment=segment, person=person, lane=lane, kind=DraftKind.TYPING)


def end_typing(segment: Segment, person: Person, lane: Lane, *, tab: Tab | None, text: str) -> None:
    """Drop the typing that became the saved `text`: the page's own, and the same text wherever else it was typed.

    `tab` is None where the text was not typed in a field.
    """
    same = Q(text=text)
    typing_of(segment, person, lane).filter(same if tab is None else same | tab.owns).delete()
