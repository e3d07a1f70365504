"""What a routing policy would do with the articles of the last days, beside what the one in force does.

Both policies see every text afresh, as if they had been in force when the article came in: what people did since then,
and which rule held before, plays no part. Nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from reviews.models import Document, Project
from reviews.routing.policy import DEPTHS, SECOND_REVIEW, Policy, by_specialist
from reviews.routing.rules import Route, route
from reviews.routing.work import texts_of

#: How far back a trial looks, and how much it takes on at most; the newest articles come first.
DAYS = 7
MOST_DOCUMENTS = 200
MOST_SEGMENTS = 10_000

#: How much of what changes is listed.
LISTED_DOCUMENTS = 20
LISTED_TEXTS = 3


@dataclass(frozen=True, slots=True)
class Line:
    """Texts and articles under the policy in force, and under the one that is tried."""

    label: str
    texts: tuple[int, int]
    documents: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Move:
    """A text that another rule decides about, or that gets other work: its place in the article from 1, and why."""

    number: int
    before: Route
    after: Route


@dataclass(frozen=True, slots=True)
class Change:
    """An article in which something changes, with the first of its texts of which that is so."""

    document: Document
    moves: tuple[Move, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Trial:
    """The outcome. `left_out` counts articles of these days that were too many to look at."""

    documents: int
    left_out: int
    texts: int
    rules: tuple[Line, ...]
    steps: tuple[Line, ...]
    changes: tuple[Change, ...]
    more_changes: int
    changed_texts: int


Routes = list[tuple[Route, Route]]


def try_policy(project: Project, policy: Policy, standing: Policy, now: datetime) -> Trial:
    """Hold a policy against the one in force; four queries, whatever there is."""
    documents, left_out = _newest(project, now)
    texts = texts_of(documents)
    routes = {
        pk: [(route(text.facts, standing), route(text.facts, policy)) for text in own] for pk, own in texts.items()
    }
    changes = [change for each in documents if (change := _change(each, routes[each.pk])) is not None]
    return Trial(
        documents=len(documents),
        left_out=left_out,
        texts=sum(map(len, routes.values())),
        rules=tuple(_lines(routes, _rule, _names(policy, standing))),
        steps=tuple(_lines(routes, _steps, _step_names(policy, standing))),
        changes=tuple(changes[:LISTED_DOCUMENTS]),
        more_changes=max(0, len(changes) - LISTED_DOCUMENTS),
        changed_texts=sum(len(change.moves) + change.more for change in changes),
    )


def _newest(project: Project, now: datetime) -> tuple[list[Document], int]:
    rows = Document.objects.filter(
        project=project, created_at__gte=now - timedelta(days=DAYS), current_source__isnull=False
    )
    taken: list[Document] = []
    segments = 0
    for document in rows.order_by("-created_at", "-pk")[:MOST_DOCUMENTS]:
        segments += document.segments_total
        if taken and segments > MOST_SEGMENTS:
            break
        taken.append(document)
    return taken, rows.count() - len(taken)


def _change(document: Document, routes: Routes) -> Change | None:
    moves = [
        Move(number, before, after)
        for number, (before, after) in enumerate(routes, start=1)
        if (before.rule.name, before.rule.then) != (after.rule.name, after.rule.then)
    ]
    return Change(document, tuple(moves[:LISTED_TEXTS]), max(0, len(moves) - LISTED_TEXTS)) if moves else None


def _rule(route: Route) -> tuple[str, ...]:
    return (route.rule.name,)


def _steps(route: Route) -> tuple[str, ...]:
    return route.rule.then.steps_in_words


def _names(policy: Policy, standing: Policy) -> Iterable[str]:
    """Rules of both, those of the tried one first; the last of both is the one that fits every text."""
    names = [rule.name for rule in (*policy.rules, *standing.rules)]
    return dict.fromkeys([*names, policy.all_rules[-1].name])


def _step_names(policy: Policy, standing: Policy) -> Iterable[str]:
    skills = [by_specialist(skill) for skill in (*policy.skills, *standing.skills)]
    twice = any(rule.then.second_review for rule in (*policy.rules, *standing.rules))
    return dict.fromkeys([*DEPTHS.values(), *skills, *([SECOND_REVIEW] if twice else [])])


def _lines(
    routes: Mapping[int, Routes], labels: Callable[[Route], Sequence[str]], order: Iterable[str]
) -> Iterator[Line]:
    before, after = (_count(routes, labels, side) for side in (0, 1))
    for label in order:
        texts = before[0][label], after[0][label]
        yield Line(label, texts, (before[1][label], after[1][label]))


def _count(
    routes: Mapping[int, Routes], labels: Callable[[Route], Sequence[str]], side: int
) -> tuple[Counter[str], Counter[str]]:
    """Texts and articles by label, under the policy in force (0) or the tried one (1)."""
    texts: Counter[str] = Counter()
    documents: Counter[str] = Counter()
    for own in routes.values():
        found = [label for pair in own for label in labels(pair[side])]
        texts.update(found)
        documents.update(set(found))
    return texts, documents
