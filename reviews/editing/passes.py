"""Second reviews apart from the first, and the settling of the two.

Somebody takes the work, and for each of its texts a pass is theirs: they see the source and what the machine made of
it, and write and decide in a lane of their own. Once everything is done the passes end. Where both reviews came to the
same text that settles it; where they differ, somebody who made neither chooses, or writes a third.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.models import (
    Decision,
    DecisionKind,
    Document,
    Lane,
    Origin,
    Person,
    ReviewPass,
    Revision,
    Segment,
    Step,
    WorkItem,
)
from reviews.models.audit import append_event
from reviews.models.lanes import SecondReview, open_passes, run_texts, second_reviews, wrote_or_decided
from reviews.models.passes import PassOutcome
from reviews.models.states import refresh
from reviews.values import CodedText

from .claims import claim, release
from .deciding import DecisionError, record_decision
from .lanes import LaneError, close, done_decision, is_reachable, main_desk, note_agreements
from .locking import lock_document, lock_segment
from .permissions import APPROVE, PUBLISH, require
from .saving import write_revision
from .texts import TextError, known_codes, parse_typed, run_sources, share_kept, sources_hash

#: The lane of each step that is worked on apart from the article.
LANES: dict[str, Lane] = {Step.BLIND: Lane.BLIND, Step.ADJUDICATE: Lane.ADJUDICATION}


@transaction.atomic
def take(*, item_id: int, person: Person, via: str = "web") -> list[ReviewPass]:
    """Take work that is done apart, and open the person's passes on its texts; all that are theirs now.

    What somebody who had it before finished stays finished; what they did not is given up, and their texts stay in
    the record. Again by the same person it changes nothing but what changed in the article.

    Raises ClaimError where somebody else has the work, NotAllowedError without the role, and LaneError for somebody
    who has a part in the texts already.
    """
    document = lock_document(WorkItem.objects.values_list("document_id", flat=True).get(pk=item_id))
    item = claim(item_id=item_id, person=person)
    lane = LANES[item.step]
    leaders = _leaders(document, item)
    require_neutral(document, person, lane, leaders)
    _end_those_before(document, item, person, leaders, via)
    held = {each.segment_id: each for each in open_passes(person).filter(item=item, lane=lane)}
    reviews = second_reviews(document, leaders)
    for leader in leaders:
        if leader not in held and _is_wanted(lane, reviews.get(leader)):
            held[leader] = _open(document, item, leader, person, via)
    Segment.objects.filter(pk__in=held, opened_at=None).update(opened_at=timezone.now())
    return list(held.values())


def _leaders(document: Document, item: WorkItem) -> list[int]:
    """The texts of an item as the article is laid out now, in its order."""
    asked = set(item.segments.filter(open=True).values_list("segment_id", flat=True))
    return [text.leader for text in run_texts(document) if not asked.isdisjoint(text.segments)]


def _is_wanted(lane: Lane, review: SecondReview | None) -> bool:
    return review is not None and review.standing == ("missing" if lane == Lane.BLIND else "differing")


def require_neutral(document: Document, person: Person, lane: Lane, leaders: Iterable[int]) -> None:
    """Raise LaneError for somebody who has a part in one of these texts.

    A second review is by nobody who wrote or decided there. The two are settled by neither of those who made them;
    having settled that text once before is no part in it.
    """
    leaders = list(leaders)
    if lane == Lane.BLIND:
        if wrote_or_decided(person, leaders):
            raise LaneError(_("You wrote or decided in these texts. Somebody else has to review them a second time."))
        return
    for leader, review in second_reviews(document, leaders).items():
        if review.review_pass is not None and review.review_pass.person_id == person.pk:
            raise LaneError(_("You made one of the two reviews. Somebody else has to settle them."))
        if _made_the_first(leader, person):
            raise LaneError(_("You have a part in the first review of these texts. Somebody else has to settle them."))


def _made_the_first(leader: int, person: Person) -> bool:
    """Whether the person wrote in the main lane since the last approval, or said that its text is done."""
    segment = Segment.objects.select_related("latest_decision").get(pk=leader)
    approved = Decision.objects.filter(segment=leader, lane=Lane.MAIN, kind=DecisionKind.APPROVED)
    since = approved.aggregate(last=Max("revision__number"))["last"] or 0
    settled = Decision.objects.filter(segment=leader, lane=Lane.ADJUDICATION, person=person).values("revision")
    wrote = Revision.objects.filter(segment=leader, lane=Lane.MAIN, author=person, number__gt=since)
    if wrote.exclude(pk__in=settled).exists():
        return True
    decision = segment.latest_decision
    return (
        decision is not None
        and decision.person_id == person.pk
        and decision.revision_id not in set(settled.values_list("revision", flat=True))
    )


def _open(document: Document, item: WorkItem, leader: int, person: Person, via: str) -> ReviewPass:
    lane = LANES[item.step]
    last = Revision.objects.filter(segment_id=leader, lane=lane).order_by("-number").first()
    opened = ReviewPass.objects.create(
        item=item, segment_id=leader, lane=lane, person=person, after=last.number if last is not None else 0
    )
    append_event(
        document,
        action="second_review.taken",
        person=person,
        data={"lane": lane.value, "segment": leader, "pass": opened.pk, "item": item.pk},
        via=via,
    )
    return opened


def _end_those_before(document: Document, item: WorkItem, person: Person, leaders: list[int], via: str) -> None:
    """End passes that are in the way: other people's on these texts, and those of texts that left the item."""
    lane = LANES[item.step]
    standing = ReviewPass.objects.filter(lane=lane, closed_at=None, segment__document=document)
    for each in standing.select_related("segment", "person", "item"):
        own = each.person_id == person.pk and each.item_id == item.pk
        if each.segment_id in leaders if not own else each.segment_id not in leaders:
            _end(document, each, person, via)


def _end(document: Document, review_pass: ReviewPass, person: Person, via: str) -> None:
    """End a pass as it stands: with its decision if it is done, else given up."""
    reachable = review_pass.lane == Lane.BLIND and is_reachable(document, review_pass.segment)
    decision = done_decision(document, review_pass) if reachable else None
    close(document, review_pass, decision, person=person, via=via)
    if decision is not None:
        note_agreements(document, [review_pass.segment_id], via)


@transaction.atomic
def give_back(*, item_id: int, person: Person, via: str = "web") -> bool:
    """Give any work back, a desk head anybody's. False when there was nothing to give back.

    Of work that is done apart the person's passes end: what is finished of it stays so, the rest is for somebody else.
    Also for somebody whose lease ran out: as long as nobody else took it, the passes are theirs.
    """
    document = lock_document(WorkItem.objects.values_list("document_id", flat=True).get(pk=item_id))
    for each in ReviewPass.objects.filter(item_id=item_id, person=person, closed_at=None).select_related(
        "segment", "person", "item"
    ):
        _end(document, each, person, via)
    return release(item_id=item_id, person=person)


@transaction.atomic
def reopen(*, segment_id: int, person: Person, reason: str, via: str = "web") -> None:
    """Ask for a second review anew, though one holds; a desk head's right, for a reason that is written down."""
    document, segment = lock_segment(segment_id)
    require(document.project, person, PUBLISH, _("ask for another second review"))
    reason = reason.strip()
    if not reason:
        raise DecisionError(_("Say in a few words why it has to be reviewed a second time again."))
    review = second_reviews(document, [segment_id]).get(segment_id)
    if review is None or review.review_pass is None:
        raise DecisionError(_("No second review of this text holds now."))
    held = review.review_pass
    held.outcome = PassOutcome.REOPENED
    held.save(update_fields=["outcome"])
    append_event(
        document,
        action="second_review.reopened",
        person=person,
        data={"lane": held.lane, "segment": segment.pk, "pass": held.pk, "reason": reason},
        via=via,
    )


# --- settling -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SeenTwo:
    """What whoever settles had before them: the hashes of both texts, in whatever order, and of the source."""

    texts: frozenset[str]
    source_hash: str


@transaction.atomic
def settle(
    *,
    segment_id: int,
    person: Person,
    seen: SeenTwo,
    chosen: str | None = None,
    typed: str = "",
    reason: str = "",
    via: str = "web",
) -> Revision:
    """Settle two reviews: choose the text with the hash `chosen`, or write a third (`typed`).

    The main lane ends with that text, reviewed. Where its own text is chosen a decision says so and no copy is made.
    Whoever settled it has a part in it from then on, and so has whoever wrote the chosen text.

    Raises NotAllowedError without the role or a pass of the person's own, DecisionError where one of the texts moved
    on, TextError and values.MarkError for what cannot be saved; then nothing was written.
    """
    document, segment = lock_segment(segment_id)
    require(document.project, person, APPROVE, _("settle two reviews"))
    own = open_passes(person).filter(segment=segment, lane=Lane.ADJUDICATION).first()
    if own is None:
        raise LaneError(_("This is not yours to settle any more: it was given back, taken over or settled."))
    require_neutral(document, person, Lane.ADJUDICATION, [segment_id])
    review = second_reviews(document, [segment_id]).get(segment_id)
    first = segment.latest_revision
    if review is None or review.standing != "differing" or review.review_pass is None or first is None:
        raise DecisionError(_("There is nothing to settle in this text any more."))
    second = review.review_pass.decision
    assert second is not None
    placements = run_sources(segment)
    if seen != SeenTwo(frozenset({first.content_hash, second.target_hash}), sources_hash(placements)):
        raise DecisionError(_("One of the texts changed meanwhile. Read them again, then settle them."))
    if chosen is not None and chosen not in seen.texts:
        raise DecisionError(_("Choose one of the two texts, or write a third."))

    if chosen == first.content_hash:
        outcome = first
    else:
        content, kind, why = second.revision.content, DecisionKind(second.kind), second.reason
        made_of: list[dict[str, object]] = [{"pass": review.review_pass.pk}]
        if chosen is None:
            content, kind, why = _third(segment, typed, first, second), DecisionKind.REVIEWED, ""
            made_of.append({"revision": first.pk, "kept": share_kept(first.text, content.text)})
        made_of[0]["kept"] = share_kept(second.revision.text, content.text)
        outcome = write_revision(
            document,
            segment,
            placements,
            desk=main_desk(segment),
            person=person,
            content=content,
            origin=Origin.ADOPTED if chosen is not None else Origin.TYPED,
            started_from=second.revision.started_from,
            derived_from=made_of,
            via=via,
        )
        record_decision(document, segment, outcome, placements, person=person, kind=kind, reason=why or reason, via=via)
    decision = record_decision(
        document,
        segment,
        outcome,
        placements,
        person=person,
        kind=DecisionKind.REVIEWED,
        reason=reason.strip(),
        lane=Lane.ADJUDICATION,
        via=via,
    )
    refresh(document, [placement.segment_id for placement in placements])
    close(document, own, decision, person=person, via=via)
    return outcome


def _third(segment: Segment, typed: str, first: Revision, second: Decision) -> CodedText:
    placements = run_sources(segment)
    known = [*known_codes(segment, placements, first), *second.revision.content.codes]
    content = parse_typed(typed, known)
    if not content.text:
        raise TextError(_("The text is empty. Write one, or choose one of the two."))
    if content.content_hash in (first.content_hash, second.target_hash):
        raise TextError(_("This is one of the two texts. Choose it instead."))
    return content
