"""What the desk's decisions are called in translation files.

A state is written only where a decision of ours changed it. What a file says of a text that nobody here decided on
stays, except that a text somebody changed is no longer what others reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reviews.importing.formats.xliff import v1
from reviews.models import SegmentState

#: Weakest first: what a whole can say is what its weakest part can.
_ORDER: tuple[str, ...] = (
    SegmentState.NEW,
    SegmentState.SOURCE_CHANGED,
    SegmentState.SENT_BACK,
    SegmentState.IN_REVIEW,
    SegmentState.REVIEWED,
    SegmentState.APPROVED,
)


def weakest(states: Iterable[str]) -> str:
    return min(states, key=_ORDER.index)


@dataclass(frozen=True, slots=True)
class Words:
    """The states of one format. A plural names all that say as much already, so that they can stay.

    `claims` are those that say somebody reviewed the text, `reopened` is what follows when it was changed since.
    """

    approved: str
    approveds: frozenset[str]
    reviewed: str
    revieweds: frozenset[str]
    sent_back: str
    sent_backs: frozenset[str]
    claims: frozenset[str]
    reopened: str

    def instead(self, said: str | None, state: str, *, changed: bool) -> str | None:
        """What to say instead of `said` (None: nothing) of a text in a state of ours; None where that stays."""
        if state == SegmentState.APPROVED:
            return None if said in self.approveds else self.approved
        if state == SegmentState.REVIEWED:
            return None if said in self.revieweds or (said in self.claims and not changed) else self.reviewed
        if state in (SegmentState.SENT_BACK, SegmentState.SOURCE_CHANGED):
            return None if said in self.sent_backs else self.sent_back
        return self.reopened if changed and said in self.claims else None


#: `state` of XLIFF 1.2: signed-off is "reviewed and approved", translated is not yet reviewed.
XLIFF_1 = Words(
    approved="signed-off",
    approveds=frozenset({"signed-off", "final"}),
    reviewed="translated",
    revieweds=frozenset({"translated"}),
    sent_back="needs-review-translation",
    sent_backs=v1.STATES - {"translated", "signed-off", "final"},
    claims=frozenset({"signed-off", "final"}),
    reopened="needs-review-translation",
)

#: `state` of XLIFF 2; it has none for a text that was sent back but `translated`.
XLIFF_2 = Words(
    approved="final",
    approveds=frozenset({"final"}),
    reviewed="reviewed",
    revieweds=frozenset({"reviewed"}),
    sent_back="translated",
    sent_backs=frozenset({"initial", "translated"}),
    claims=frozenset({"reviewed", "final"}),
    reopened="translated",
)

#: `conf` of SDLXLIFF.
SDL = Words(
    approved="ApprovedTranslation",
    approveds=frozenset({"ApprovedTranslation", "ApprovedSignOff"}),
    reviewed="Translated",
    revieweds=frozenset({"Translated"}),
    sent_back="RejectedTranslation",
    sent_backs=frozenset({"Draft", "RejectedTranslation", "RejectedSignOff"}),
    claims=frozenset({"ApprovedTranslation", "ApprovedSignOff"}),
    reopened="Draft",
)
