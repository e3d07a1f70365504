"""How a document stands: per run of segments the text that holds and what was decided on it.

Read from revisions, decisions and hashes, never from the cached states: gate, release and export all start here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reviews.models import Document, Hypothesis, Placement, Revision, SegmentState
from reviews.models.states import Truth, derive, placed
from reviews.values import in_batches, join_texts, run_hash


@dataclass(frozen=True, slots=True)
class StandingRun:
    """Consecutive segments served by one text. `position` is the first one's place in the article, from 1.

    `revision` is the latest human text; without one, `hypothesis` is what the machine suggests. `decision` is the
    id of the latest decision: in the state approved, the approval.
    """

    position: int
    placements: tuple[Placement, ...]
    state: SegmentState
    revision: Revision | None
    hypothesis: Hypothesis | None
    decision: int | None

    @property
    def leader(self) -> Placement:
        return self.placements[0]

    @property
    def source_hash(self) -> str:
        return run_hash([placement.source.content_hash for placement in self.placements])

    @property
    def source_text(self) -> str:
        return join_texts([placement.source.content for placement in self.placements]).text

    @property
    def target(self) -> Revision | Hypothesis | None:
        """What would be published now."""
        return self.revision or self.hypothesis


def standing(document: Document) -> list[StandingRun]:
    """The runs of the document's current source in article order; empty without a source.

    The same number of queries whatever the article holds, one more of some per 500 segments. The texts are those
    the states were derived from, even if somebody saves meanwhile.
    """
    placements = placed(document)
    truth = derive([p.segment for p in placements], {p.segment_id: p.source.content_hash for p in placements})
    groups = list(_by_leader(placements, truth))
    revisions = _revisions(truth[group[0].segment_id].latest_revision for _, group in groups)
    runs = []
    for position, group in groups:
        leader = truth[group[0].segment_id]
        revision = revisions.get(leader.latest_revision) if leader.latest_revision else None
        runs.append(
            StandingRun(
                position=position,
                placements=tuple(group),
                state=leader.state,
                revision=revision,
                hypothesis=None if revision else group[0].segment.chosen,
                decision=leader.latest_decision,
            )
        )
    return runs


def _by_leader(placements: Sequence[Placement], truth: Mapping[int, Truth]) -> Iterator[tuple[int, list[Placement]]]:
    """Runs with the position of their first segment."""
    group: list[Placement] = []
    position = 0
    for position, placement in enumerate(placements, 1):
        if truth[placement.segment_id].covered_by is None and group:
            yield position - len(group), group
            group = []
        group.append(placement)
    if group:
        yield position - len(group) + 1, group


def _revisions(ids: Iterable[int | None]) -> dict[int, Revision]:
    found: dict[int, Revision] = {}
    for part in in_batches(pk for pk in ids if pk is not None):
        found.update(Revision.objects.select_related("started_from__system", "author").in_bulk(part))
    return found
