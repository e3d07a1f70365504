"""What people asked for and what they were told came of it: one ledger a person, compared with the database later."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

#: Answers by which a person knows where a text is: saved, refused and kept, not taken; None if nobody answered.
Status = int | None
SAVED, KEPT = 200, 409


@dataclass(slots=True)
class AskedText:
    """A text somebody sent to be saved, accepted, or put in by omitting or copying (`act`).

    `text` is None where the server takes it from elsewhere: then `target_hash` names it, if the page knew.
    """

    act: str
    segment: int
    base: int
    key: str
    text: str | None
    target_hash: str = ""
    status: Status = None
    #: The number of the latest text in the answer.
    told: int = 0


@dataclass(slots=True)
class AskedDecision:
    """A decision somebody asked for on a revision; `status` None also where only a total was told."""

    kind: str
    segment: int
    revision: int
    status: Status = None


@dataclass(slots=True)
class Taken:
    """A question for work: what was asked, when, and the document that was given, if any."""

    step: str
    began: datetime
    ended: datetime | None = None
    document: int | None = None


@dataclass
class Ledger:
    """Everything one person did. Kept by one thread: a person does one thing after another."""

    person: str
    texts: list[AskedText] = field(default_factory=list)
    decisions: list[AskedDecision] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    #: Items the person gave back, by address.
    released: set[int] = field(default_factory=set)
    #: What the server said it keeps of unsaved typing, by segment; None where its answer is not known.
    typing: dict[int, str | None] = field(default_factory=dict)
    #: Refused texts by draft that were to be discarded, by segment.
    discarded: Counter[int] = field(default_factory=Counter)
    #: Approvals in one go: how many were told, by document; -1 once an answer was not heard.
    approved_in_one: dict[int, int] = field(default_factory=dict)
    did: Counter[str] = field(default_factory=Counter)

    def take(self, step: str) -> Taken:
        taken = Taken(step, timezone.now())
        self.taken.append(taken)
        return taken
