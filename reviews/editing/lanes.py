"""In which lane a person writes, and what is in the way of it.

The main lane is everybody's. A lane beside it belongs to whoever has the pass: until the two texts are settled, that
person writes and decides nothing in the main lane of these segments, and nobody else anything in theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.models import (
    Decision,
    Document,
    Lane,
    Person,
    Placement,
    ReviewPass,
    Revision,
    Segment,
    SegmentState,
    WorkItem,
)
from reviews.models.audit import append_event
from reviews.models.document import EDITED_STATES
from reviews.models.lanes import SecondReview, open_passes, second_reviews
from reviews.models.passes import PassOutcome
from reviews.models.states import DecisionFacts, RevisionFacts, derive_state, refresh

from .permissions import NotAllowedError
from .texts import run_sources, sources_hash


class LaneError(NotAllowedError):
    """The person is kept out of this lane; the message says until when."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a person works on a segment: the lane, and its latest text, decision and state there.

    `last_number` is that of the lane's latest revision. In a lane beside the main one it may be another person's,
    whose pass ended without a text: then `revision` is None all the same.
    """

    lane: Lane
    revision: Revision | None
    decision: Decision | None
    state: SegmentState
    last_number: int
    review_pass: ReviewPass | None = None

    @property
    def base(self) -> int:
        """The number of the text a save starts from; 0 where there is none yet."""
        return self.revision.number if self.revision is not None else 0


def desk_of(segment: Segment, person: Person, lane: Lane, placements: Sequence[Placement]) -> Desk:
    """Where the person works on a run (`placements`), under the document's lock.

    Raises LaneError where they are kept out.
    """
    if lane == Lane.MAIN:
        require_main(segment.document, person, [placement.segment_id for placement in placements])
        return main_desk(segment)
    review_pass = (
        open_passes(person).filter(segment=segment, lane=lane).select_related("item").order_by("pk").first()
        if lane == Lane.BLIND
        else None
    )
    if review_pass is None:
        raise LaneError(_("This second review is not yours any more: it was given back, taken over or called off."))
    return second_desk(review_pass, sources_hash(placements))


def main_desk(segment: Segment) -> Desk:
    latest = segment.latest_revision
    return Desk(Lane.MAIN, latest, segment.latest_decision, SegmentState(segment.state), latest.number if latest else 0)


def second_desk(review_pass: ReviewPass, source_hash: str) -> Desk:
    """A pass as it stands, the state derived as in the main lane, from its own texts and decisions."""
    rows = Revision.objects.filter(segment_id=review_pass.segment_id, lane=review_pass.lane)
    last = rows.order_by("-number").first()
    own = rows.filter(author_id=review_pass.person_id, number__gt=review_pass.after).order_by("-number")
    revision = own.select_related("started_from__system").first()
    decision = revision.decisions.order_by("-pk").first() if revision is not None else None
    return Desk(
        Lane(review_pass.lane),
        revision,
        decision,
        second_state(source_hash, revision, decision),
        last.number if last is not None else 0,
        review_pass,
    )


def second_state(source_hash: str, revision: Revision | None, decision: Decision | None) -> SegmentState:
    """The state of a text in a lane beside the main one."""
    return derive_state(
        source_hash,
        RevisionFacts(revision.pk, revision.source_hash, revision.content_hash) if revision else None,
        DecisionFacts(decision.kind, decision.revision_id, decision.source_hash, decision.target_hash)
        if decision
        else None,
    )


def require_main(document: Document, person: Person, segment_ids: Collection[int]) -> None:
    """Raise LaneError for somebody who is in a second review of these segments, or made one that is not settled."""
    if open_passes(person).filter(segment_id__in=segment_ids).exists():
        raise LaneError(
            _("You are reviewing this text a second time, apart from the others. Finish that or give it back.")
        )
    if any(is_own_unsettled(review, person) for review in second_reviews(document, list(segment_ids)).values()):
        raise LaneError(_("You reviewed this text a second time. Somebody else settles it with the first review."))


def is_own_unsettled(review: SecondReview, person: Person) -> bool:
    """Whether the person made a second review that still has to be held against the first."""
    made = review.review_pass
    return made is not None and not review.settled and made.person_id == person.pk


def finish(document: Document, placements: Sequence[Placement], desk: Desk, *, decided: bool, via: str) -> None:
    """What follows from a save or a decision in a lane, under the document's lock: caches, or the end of a pass."""
    ids = [placement.segment_id for placement in placements]
    if desk.lane == Lane.MAIN:
        refresh(document, ids)
    elif desk.review_pass is not None and decided:
        close_when_done(document, desk.review_pass.item, via)
    if desk.lane == Lane.MAIN and decided:
        note_agreements(document, ids, via)


def close_when_done(document: Document, item: WorkItem, via: str) -> bool:
    """End the open passes of an item with their decisions once all of its texts are done; True when it was so."""
    passes = ReviewPass.objects.filter(item=item, lane=Lane.BLIND, closed_at=None).select_related("segment", "person")
    ended = [(each, done_decision(document, each)) for each in passes if is_reachable(document, each.segment)]
    if not ended or any(decision is None for _, decision in ended):
        return False
    for each, decision in ended:
        close(document, each, decision, person=each.person, via=via)
    note_agreements(document, [each.segment_id for each, _ in ended], via)
    return True


def is_reachable(document: Document, segment: Segment) -> bool:
    """Whether a segment is in the article and has a text of its own there."""
    placed = Placement.objects.filter(source_revision_id=document.current_source_id, segment=segment)
    return segment.covered_by_id is None and placed.exists()


def done_decision(document: Document, review_pass: ReviewPass) -> Decision | None:
    """The decision by which a pass may end: that its latest text is done, for the source of now."""
    segment = review_pass.segment
    segment.document = document
    desk = second_desk(review_pass, sources_hash(run_sources(segment)))
    return desk.decision if desk.state in EDITED_STATES else None


def close(document: Document, review_pass: ReviewPass, decision: Decision | None, *, person: Person, via: str) -> None:
    """End a pass: with its decision, or given up without one. The person is whoever ends it."""
    review_pass.outcome = PassOutcome.DONE if decision is not None else PassOutcome.GIVEN_UP
    review_pass.decision = decision
    review_pass.closed_at = timezone.now()
    review_pass.save(update_fields=["outcome", "decision", "closed_at"])
    append_event(
        document,
        action=f"second_review.{'finished' if decision is not None else 'given_up'}",
        person=person,
        data={
            "lane": review_pass.lane,
            "segment": review_pass.segment_id,
            "pass": review_pass.pk,
            "decision": decision.pk if decision is not None else None,
            "source_hash": decision.source_hash if decision is not None else None,
            "target_hash": decision.target_hash if decision is not None else None,
        },
        via=via,
    )


def note_agreements(document: Document, segment_ids: Sequence[int], via: str) -> None:
    """Write down that both reviews of these runs came to the same text: then nobody has to settle them."""
    for leader, review in second_reviews(document, segment_ids).items():
        if review.settled and review.decision is None and review.review_pass is not None:
            made = review.review_pass
            assert made.decision is not None
            append_event(
                document,
                action="second_review.settled",
                person=None,
                data={
                    "segment": leader,
                    "pass": made.pk,
                    "how": "same text",
                    "source_hash": made.decision.source_hash,
                    "target_hash": made.decision.target_hash,
                },
                via=via,
            )
