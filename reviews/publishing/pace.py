"""Whether an article was reviewed faster than anybody reads.

A record in which every text was accepted within seconds proves no deliberate review, so whoever publishes is told
before. It is reckoned from the times of decisions that are on the record anyway, for one article, when its gate is
asked; nothing of it is kept, and it says nothing of who was quick.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, pairwise

from reviews.models import Decision

from .reviewed import Reviewed
from .standing import StandingRun

#: Words a second, source and translation together, above which nobody has read both. Adults read 4 words a second
#: silently (Brysbaert, "How many words do we read per minute?", 2019); this is two and a half times as fast, which
#: leaves room for skimming and for texts one knows by heart.
WORDS_PER_SECOND = 10

#: Of fewer texts at a time nothing is said: a glance at two headlines is quick and may be enough.
FEWEST_TEXTS = 5


@dataclass(frozen=True, slots=True)
class Quick:
    """`texts` texts took `seconds` seconds; reading them takes `needed` at least."""

    texts: int
    seconds: int
    needed: int


@dataclass(frozen=True, slots=True)
class Act:
    """One decision on one text: who, when, from when on the text could be read, and its words in both languages."""

    person: int
    at: datetime
    ready: datetime
    words: int

    @property
    def needs(self) -> timedelta:
        return timedelta(seconds=self.words / WORDS_PER_SECOND)


def quick_review(runs: Sequence[StandingRun], reviewed: Mapping[int, Reviewed]) -> Quick | None:
    """More than half of the texts marked one after the other in less time than reading each takes; else None."""
    acts = [_act(run, pair.review) for run in runs if (pair := reviewed[run.leader.segment_id]).review is not None]
    judged = [(before.at, act) for own in _by_person(acts) for before, act in pairwise(own)]
    quick = [(since, act) for since, act in judged if act.at - since < act.needs]
    if len(quick) < FEWEST_TEXTS or len(quick) * 2 <= len(judged):
        return None
    return _quick([act for _, act in quick], sum((act.at - since for since, act in quick), timedelta()))


def quick_approval(runs: Sequence[StandingRun], reviewed: Mapping[int, Reviewed]) -> Quick | None:
    """The most texts somebody approved in less time than reading them takes, counted from when they were ready.

    Texts that the same person reviewed or wrote were read before. All approvals of an article may be one act, so
    between them no time is looked for.
    """
    acts = [
        _act(run, pair.approval)
        for run in runs
        if (pair := reviewed[run.leader.segment_id]).approval.person_id not in _readers(run, pair)
    ]
    found = [quick for own in _by_person(acts) if (quick := _too_soon(own)) is not None]
    return max(found, key=lambda quick: quick.texts, default=None)


def _too_soon(acts: Sequence[Act]) -> Quick | None:
    """The most texts that were ready at some moment or later and approved sooner than they can be read from then on."""
    by_ready = sorted(acts, key=lambda act: act.ready)
    last, needed = by_ready[-1].at, timedelta()
    found = None
    for first, act in reversed(list(enumerate(by_ready))):
        last, needed = max(last, act.at), needed + act.needs
        if first and by_ready[first - 1].ready == act.ready:
            continue  # it was ready with the one before: both count, or neither
        if len(by_ready) - first >= FEWEST_TEXTS and last - act.ready < needed:
            found = (first, last - act.ready)
    return _quick(by_ready[found[0] :], found[1]) if found is not None else None


def _quick(acts: Sequence[Act], took: timedelta) -> Quick:
    needed = sum(act.words for act in acts) / WORDS_PER_SECOND
    return Quick(len(acts), int(took.total_seconds()), math.ceil(needed))


def _readers(run: StandingRun, pair: Reviewed) -> set[int]:
    assert run.revision is not None
    return {run.revision.author_id, *([pair.review.person_id] if pair.review is not None else [])}


def _act(run: StandingRun, decision: Decision | None) -> Act:
    assert run.revision is not None
    assert decision is not None
    return Act(decision.person_id, decision.created_at, run.revision.created_at, _words(run))


def _words(run: StandingRun) -> int:
    assert run.revision is not None
    return len(run.source_text.split()) + len(run.revision.text.split())


def _by_person(acts: Iterable[Act]) -> Iterable[list[Act]]:
    for _, own in groupby(sorted(acts, key=lambda act: (act.person, act.at)), key=lambda act: act.person):
        yield list(own)
