"""How far the second review of a text is: read from passes, decisions and hashes, never from a cached word.

A text has a second review where work of the step BLIND asks for one (an open row of WorkItemSegment), or where one
was made of today's source. The second text is independent of the first, so a change of the first leaves the pass as
it is and only asks to settle the two anew; a change of the source makes the pass one of another text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models import QuerySet

from reviews.values import in_batches, run_hash

from .document import EDITED_STATES, Document, Placement, Segment, runs_of
from .lineage import people_behind
from .passes import PassOutcome, ReviewPass
from .people import Person
from .review import Decision, Lane, Revision
from .work import LIVE_WORK_STATES, Step, WorkItem, WorkItemSegment

#: missing: asked for, nobody finished one of today's source. waiting: finished, but the first review is not.
#: differing: both are, and somebody has to settle them. settled: nothing is in the way of an approval.
Standing = Literal["missing", "waiting", "differing", "settled"]


@dataclass(frozen=True, slots=True)
class RunText:
    """A run of segments as it stands in the main lane: its source now, its latest human text, whether that is done."""

    segments: tuple[int, ...]
    source_hash: str
    revision: Revision | None
    done: bool

    @property
    def leader(self) -> int:
        return self.segments[0]


@dataclass(frozen=True, slots=True)
class SecondReview:
    """The second review of one text. `review_pass` is the finished one that holds; None while it is missing.

    `decision` settled the two; None where they agree by themselves, or nothing is settled.
    """

    standing: Standing
    review_pass: ReviewPass | None = None
    decision: Decision | None = None

    @property
    def settled(self) -> bool:
        return self.standing == "settled"


def second_reviews(document: Document, segment_ids: Sequence[int] | None = None) -> dict[int, SecondReview]:
    """The second reviews of a document, or of its texts that start at one of these segments, by leading segment.

    Texts of which no second review is asked are left out. The states of the main lane are taken from the caches. One
    query where none was ever asked for.
    """
    if not _ever_asked(document):
        return {}
    return second_reviews_of(document, run_texts(document, segment_ids))


def _ever_asked(document: Document) -> bool:
    """Whether there ever was work of the step BLIND, which every pass and every request for one belongs to."""
    return WorkItem.objects.filter(document=document, step=Step.BLIND).exists()


def run_texts(document: Document, segment_ids: Sequence[int] | None = None) -> list[RunText]:
    """The document's texts in article order as the caches lay them out, or only those that start at these segments."""
    rows = Placement.objects.sourced().filter(source_revision_id=document.current_source_id)
    if segment_ids is not None:
        leaders = Segment.objects.filter(pk__in=segment_ids, covered_by=None) | Segment.objects.filter(
            covered_by__in=segment_ids
        )
        rows = rows.filter(segment_id__in=list(leaders.values_list("pk", flat=True)))
    return [
        RunText(
            segments=tuple(placement.segment_id for placement in run),
            source_hash=run_hash([placement.source.content_hash for placement in run]),
            revision=run[0].segment.latest_revision,
            done=run[0].segment.state in EDITED_STATES,
        )
        for run in runs_of(rows.select_related("source", "segment__latest_revision").order_by("rank"))
    ]


def second_reviews_of(document: Document, texts: Sequence[RunText]) -> dict[int, SecondReview]:
    """As `second_reviews`, of texts that were read already. At most three queries, one more of some per 500 texts."""
    passes = _finished_passes(document, texts)
    asked = _asked(document)
    settlements = _settlements(document) if passes else {}
    found: dict[int, SecondReview] = {}
    for text in texts:
        done = [each for each in passes.get(text.leader, ()) if _fits(each, text)]
        if done:
            found[text.leader] = _standing(text, done[-1], settlements)
        elif not asked.isdisjoint(text.segments):
            found[text.leader] = SecondReview("missing")
    return found


def _fits(review_pass: ReviewPass, text: RunText) -> bool:
    return review_pass.decision is not None and review_pass.decision.source_hash == text.source_hash


def _standing(text: RunText, review_pass: ReviewPass, settlements: Mapping[int, Sequence[Decision]]) -> SecondReview:
    if text.revision is None or not text.done:
        return SecondReview("waiting", review_pass)
    second = review_pass.decision
    assert second is not None
    if second.target_hash == text.revision.content_hash and text.revision.author_id != review_pass.person_id:
        return SecondReview("settled", review_pass)
    for decision in settlements.get(text.revision.pk, ()):
        # One that was made before the pass ended was about another pass.
        if decision.source_hash == text.source_hash and decision.pk > second.pk:
            return SecondReview("settled", review_pass, decision)
    return SecondReview("differing", review_pass)


def _finished_passes(document: Document, texts: Sequence[RunText]) -> dict[int, list[ReviewPass]]:
    """By segment the passes that ended with a text, in the order they did."""
    rows = ReviewPass.objects.filter(lane=Lane.BLIND, outcome=PassOutcome.DONE).select_related("decision")
    found: dict[int, list[ReviewPass]] = {}
    for part in in_batches(text.leader for text in texts):
        for row in rows.filter(segment_id__in=part).order_by("decision_id"):
            found.setdefault(row.segment_id, []).append(row)
    return found


def _asked(document: Document) -> set[int]:
    """Segments somebody is to review a second time, by the work there is."""
    rows = WorkItemSegment.objects.filter(
        item__document=document, step=Step.BLIND, open=True, item__state__in=LIVE_WORK_STATES
    )
    return set(rows.values_list("segment_id", flat=True))


def _settlements(document: Document) -> dict[int, list[Decision]]:
    """By revision of the main lane the decisions that settled it against a second text."""
    found: dict[int, list[Decision]] = {}
    for row in Decision.objects.filter(document=document, lane=Lane.ADJUDICATION).order_by("pk"):
        found.setdefault(row.revision_id, []).append(row)
    return found


# --- what routing asks --------------------------------------------------------------------------------


def to_settle(document: Document) -> list[int]:
    """Leading segments whose two reviews are done and differ: work of the step ADJUDICATE."""
    return [leader for leader, review in second_reviews(document).items() if review.standing == "differing"]


def reviewed_twice(document: Document) -> set[int]:
    """Segments of which a second review of today's source is finished: work of the step BLIND that is done."""
    if not _ever_asked(document):
        return set()
    texts = run_texts(document)
    found = second_reviews_of(document, texts)
    return {
        segment
        for text in texts
        if (review := found.get(text.leader)) is not None and review.review_pass is not None
        for segment in text.segments
    }


# --- who is kept apart --------------------------------------------------------------------------------


def open_passes(person: Person) -> QuerySet[ReviewPass]:
    """Passes the person is in: their work is still wanted, and what others wrote is not for them to see."""
    return ReviewPass.objects.filter(person=person, closed_at=None, item__state__in=LIVE_WORK_STATES)


def wrote_or_decided(person: Person, segment_ids: Iterable[int]) -> set[int]:
    """Those of the segments in which the person wrote or decided in the main lane."""
    found: set[int] = set()
    for part in in_batches(segment_ids):
        for rows in (
            Revision.objects.filter(segment_id__in=part, lane=Lane.MAIN, author=person),
            Decision.objects.filter(segment_id__in=part, lane=Lane.MAIN, person=person),
        ):
            found.update(rows.values_list("segment_id", flat=True))
    return found


def shares_in(segment_ids: Sequence[int]) -> dict[int, set[int]]:
    """By revision of the main lane the people who have a share in it though it is not theirs.

    By way of a second review: they wrote that very text in a pass of their own, the text was made from theirs, or they
    chose it of two. By way of a division: it has words of a text of theirs that was divided or joined. Whoever has a
    share in a text is not the second person to approve it. No query but two where there never was either.
    """
    shares = _second_review_shares(segment_ids)
    for revision, people in people_behind(segment_ids, _second_review_shares).items():
        shares.setdefault(revision, set()).update(people)
    return shares


def _second_review_shares(segment_ids: Sequence[int]) -> dict[int, set[int]]:
    passes: dict[int, list[ReviewPass]] = {}
    rows = ReviewPass.objects.filter(lane=Lane.BLIND, decision__isnull=False).select_related("decision")
    for part in in_batches(segment_ids):
        for row in rows.filter(segment_id__in=part):
            passes.setdefault(row.segment_id, []).append(row)
    shares: dict[int, set[int]] = {}
    for part in in_batches(passes):
        revisions = Revision.objects.filter(segment_id__in=part, lane=Lane.MAIN)
        for pk, segment, content_hash, derived in revisions.values_list(
            "pk", "segment_id", "content_hash", "derived_from"
        ):
            sources = {entry["pass"] for entry in derived if "pass" in entry}
            for each in passes[segment]:
                assert each.decision is not None
                if each.decision.target_hash == content_hash or each.pk in sources:
                    shares.setdefault(pk, set()).add(each.person_id)
        settled = Decision.objects.filter(segment_id__in=part, lane=Lane.ADJUDICATION)
        for revision, person in settled.values_list("revision_id", "person_id"):
            shares.setdefault(revision, set()).add(person)
    return shares
