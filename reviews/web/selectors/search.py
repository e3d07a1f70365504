"""What a search of a project's texts shows: segments that fit as they are now, the newest first.

The index proposes (`reviews.models.search`); every text is read from its rows and looked at again before it is shown,
and articles the person is kept apart from are left out, as they are everywhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import F
from django.utils.safestring import SafeString

from reviews.models import Document, Person, Placement, Project, Segment, SegmentState
from reviews.models.lanes import open_passes
from reviews.models.search import proposed, unsearchable
from reviews.models.search_words import Search, read_search
from reviews.values import CodedText, Span, in_batches
from reviews.web.rendering import Highlight, to_html

#: Texts on one page.
PAGE = 50

#: So many proposals are asked for in turn until a page is full. Then the person decides whether to look on: with a
#: filter that hardly any of them passes, all texts of a project would have to be read.
PROPOSALS = (100, 2_000, 4_000)

#: Proposals that are looked at in one go where hardly any of them fits.
AT_ONCE = 500

#: Articles that are not listed yet are counted up to here.
COUNTED = 99


@dataclass(frozen=True, slots=True)
class Hit:
    """One segment that fits; `leader` is the row it stands in, `joined` that its text serves several."""

    segment: int
    leader: int
    kind: str
    state: SegmentState
    source: SafeString
    target: SafeString
    joined: bool


@dataclass(frozen=True, slots=True)
class ArticleHits:
    """What fits in one article, in the order it came in."""

    document: Document
    hits: Sequence[Hit]


@dataclass(frozen=True, slots=True)
class Results:
    """One page of a search. `before` leads to the next one; `looked_at` says how far it got where it is not full.

    `waiting` is the number of articles that came in just now and are not searched yet, up to COUNTED + 1.
    """

    articles: Sequence[ArticleHits]
    number: int
    before: int | None
    looked_at: int | None
    waiting: int


@dataclass(frozen=True, slots=True)
class _Page:
    hits: list[tuple[Document, Hit]]
    before: int | None = None
    looked_at: int | None = None


def results(project: Project, person: Person, asked: Mapping[str, Any]) -> Results:
    """The texts of the project that fit. Raises SearchError for a search nobody can carry out."""
    page = _page(project, person, read_search(asked["q"]), asked)
    articles = [
        ArticleHits(document, sorted((hit for _, hit in group), key=lambda hit: hit.segment))
        for document, group in groupby(page.hits, key=lambda pair: pair[0])
    ]
    waiting = unsearchable(project).order_by()[: COUNTED + 1].count()
    return Results(articles, len(page.hits), page.before, page.looked_at, waiting)


def _page(project: Project, person: Person, search: Search, asked: Mapping[str, Any]) -> _Page:
    found: list[tuple[Document, Hit]] = []
    before: int | None = asked["before"]
    closed = list(open_passes(person).values_list("segment__document_id", flat=True).distinct())
    looked_at = 0
    for at_most in PROPOSALS:
        ids = proposed(project, search, asked["side"], before=before, at_most=at_most)
        for part in in_batches(ids, PAGE if at_most == PROPOSALS[0] else AT_ONCE):
            for document, hit in _hits(part, search, asked, closed):
                if len(found) == PAGE:
                    return _Page(found, before=found[-1][1].segment)
                found.append((document, hit))
        looked_at += len(ids)
        if len(ids) < at_most:
            return _Page(found)
        before = ids[-1]
    return _Page(found, before, looked_at)


def _hits(
    ids: Sequence[int], search: Search, asked: Mapping[str, Any], closed: Sequence[int]
) -> Iterator[tuple[Document, Hit]]:
    """Those of the proposals that fit, as they stand now, in their order."""
    rows = Placement.objects.filter(
        segment__in=ids, source_revision=F("segment__document__current_source"), **_filters(asked)
    )
    rows = rows.exclude(segment__document__in=closed).select_related(
        "source",
        "segment__document",
        "segment__chosen",
        "segment__latest_revision",
        "segment__covered_by__chosen",
        "segment__covered_by__latest_revision",
    )
    for placement in rows.order_by("-segment"):
        hit = _hit(placement, search, asked["side"])
        if hit is not None:
            yield placement.segment.document, hit


def _filters(asked: Mapping[str, Any]) -> dict[str, Any]:
    columns = {"state": "segment__state", "kind": "kind", "section": "segment__document__section"}
    return {column: asked[name] for name, column in columns.items() if asked[name]}


def _hit(placement: Placement, search: Search, side: str) -> Hit | None:
    segment = placement.segment
    leader: Segment = segment.covered_by or segment
    source, target = placement.source.content, leader.target()
    english = target.content if target is not None else CodedText("")
    in_source = search.spans(source.text) if side != "target" else []
    # What serves several segments is found once, at the first of them.
    in_target = search.spans(english.text) if side != "source" and leader is segment else []
    if not in_source and not in_target:
        return None
    return Hit(
        segment=segment.pk,
        leader=leader.pk,
        kind=placement.get_kind_display(),
        state=SegmentState(segment.state),
        source=_marked(source, in_source),
        target=_marked(english, in_target),
        joined=leader is not segment,
    )


def _marked(text: CodedText, spans: Sequence[Span]) -> SafeString:
    return to_html(text, [Highlight(start, end, "found") for start, end in spans])
