"""Decisions on a text: reviewed, approved, sent back, omitted, copied, reopened.

A decision is bound to the source and the target the person had before them. The state that follows from it is
derived in `reviews.models.states`; here stands who may decide what, and from which state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reviews.checks.policy import parse_policy
from reviews.checks.runner import PlacedPair, reported, target_pair_of, target_pairs
from reviews.models import (
    Decision,
    DecisionKind,
    Document,
    Lane,
    Person,
    Placement,
    Revision,
    Role,
    Segment,
    SegmentState,
)
from reviews.models.audit import append_event
from reviews.models.lanes import SecondReview, open_passes, second_reviews, shares_in
from reviews.models.review import DONE_KINDS, REASON_REQUIRED
from reviews.models.states import refresh, run_around
from reviews.routing.work import skill_missing

from .lanes import is_own_unsettled, note_agreements, require_main
from .locking import lock_document, lock_segment
from .permissions import APPROVE, EDIT, require
from .texts import run_sources, sources_content, sources_hash


class DecisionError(Exception):
    """The decision cannot be taken now; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may take a decision, and from which states."""

    roles: frozenset[Role]
    from_states: frozenset[SegmentState]


_TOUCHED = frozenset(
    {
        SegmentState.IN_REVIEW,
        SegmentState.SENT_BACK,
        SegmentState.SOURCE_CHANGED,
        SegmentState.REVIEWED,
    }
)
_FINISHED = frozenset({SegmentState.REVIEWED, SegmentState.APPROVED})

#: What whoever wants to approve a text is told of its second review, and nothing more of it.
UNSETTLED = gettext_lazy("A second review of this text is not settled yet. It can be approved afterwards.")

#: The group of checks that a decision to copy answers.
UNTRANSLATED = "untranslated."

#: The state machine: from these states, by these roles.
RULES: dict[DecisionKind, Rule] = {
    DecisionKind.REVIEWED: Rule(EDIT, _TOUCHED),
    DecisionKind.OMITTED: Rule(EDIT, _TOUCHED),
    DecisionKind.COPIED: Rule(EDIT, _TOUCHED),
    DecisionKind.APPROVED: Rule(APPROVE, frozenset({SegmentState.REVIEWED})),
    DecisionKind.SENT_BACK: Rule(APPROVE, _FINISHED),
    DecisionKind.REOPENED: Rule(EDIT, _FINISHED),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person had before them: the latest revision's id (0: none yet) and the hash of the German."""

    revision: int
    source_hash: str


@transaction.atomic
def decide(
    *, segment_id: int, person: Person, kind: DecisionKind, seen: Seen, reason: str = "", via: str = "web"
) -> Decision:
    """Take one decision on a segment (on its whole run, where one text serves several).

    Raises NotAllowedError, or DecisionError when the texts moved on, the state does not allow it, a reason is
    missing or four eyes are asked for and the person wrote the text.
    """
    document, segment = lock_segment(segment_id)
    _require_role(document, person, kind)
    if kind == DecisionKind.APPROVED and parse_policy(document.project.check_policy).blocks_approval:
        pair = target_pair_of(segment)
        _require_clean(segment, _unanswered(document, {segment.pk: pair} if pair else {}))
    ids = run_around(segment)
    require_main(document, person, ids)
    _require_settled(kind, second_reviews(document, ids).get(segment.pk))
    _require_specialist(segment, skill_missing(document, [segment], person) if kind == DecisionKind.APPROVED else {})
    decision = _decide(document, segment, person, kind, seen, reason.strip(), via)
    refresh(document, ids)
    if kind in DONE_KINDS:
        note_agreements(document, ids, via)
    return decision


@dataclass(frozen=True, slots=True)
class Refusal:
    """A segment that a decision on several left as it was, and why."""

    segment: int
    reason: str


def approve_all(
    *, document_id: int, person: Person, seen: Mapping[int, Seen], via: str = "web"
) -> tuple[list[Decision], list[Refusal]]:
    """Approve every segment in `seen` that may be approved; the others are named with the reason."""
    return decide_all(document_id=document_id, person=person, kind=DecisionKind.APPROVED, seen=seen, via=via)


@transaction.atomic
def decide_all(
    *,
    document_id: int,
    person: Person,
    kind: DecisionKind,
    seen: Mapping[int, Seen],
    reason: str = "",
    via: str = "web",
) -> tuple[list[Decision], list[Refusal]]:
    """Take one decision on every segment in `seen` that allows it; the others are named with the reason.

    Raises NotAllowedError where the person's roles do not cover the decision.
    """
    document = lock_document(document_id)
    _require_role(document, person, kind)
    decisions: list[Decision] = []
    refusals: list[Refusal] = []
    touched: list[int] = []
    approving = kind == DecisionKind.APPROVED
    policy = parse_policy(document.project.check_policy)
    unanswered = _unanswered(document, target_pairs(document)) if approving and policy.blocks_approval else {}
    reviews = second_reviews(document)
    segments = list(_segments(document, seen))
    lacking = skill_missing(document, segments, person) if approving else {}
    kept_out = set(open_passes(person).filter(segment__document=document).values_list("segment_id", flat=True))
    for segment in segments:
        try:
            review = reviews.get(segment.pk)
            if segment.pk in kept_out or (review is not None and is_own_unsettled(review, person)):
                raise DecisionError(_("You are its second reviewer, apart from the others, until the two are settled."))
            _require_settled(kind, review)
            _require_specialist(segment, lacking)
            _require_clean(segment, unanswered)
            decisions.append(_decide(document, segment, person, kind, seen[segment.pk], reason.strip(), via))
            touched += run_around(segment)
        except DecisionError as error:
            refusals.append(Refusal(segment.pk, str(error)))
    if touched:
        refresh(document, touched)
    return decisions, refusals


def _require_settled(kind: DecisionKind, review: SecondReview | None) -> None:
    """An approval waits for a second review that was asked for, and for the settling of the two."""
    if kind == DecisionKind.APPROVED and review is not None and not review.settled:
        raise DecisionError(UNSETTLED)


def _require_specialist(segment: Segment, lacking: Mapping[int, str]) -> None:
    """An approval waits for somebody with the skill that the project's policy asks for, unless the approver has it."""
    if segment.pk in lacking:
        raise DecisionError(lacks_specialist(lacking[segment.pk]))


def lacks_specialist(skill: str) -> str:
    """Why a text cannot be approved that waits for somebody with that skill."""
    return _("Somebody who knows %(skill)s has to review this text first.") % {"skill": skill}


def _segments(document: Document, ids: Iterable[int]) -> Iterable[Segment]:
    rows = Segment.objects.filter(document=document, pk__in=list(ids)).select_related(
        "latest_revision", "latest_decision"
    )
    for segment in rows.order_by("pk"):
        segment.document = document
        yield segment


def _unanswered(document: Document, pairs: Mapping[int, PlacedPair]) -> dict[int, list[tuple[str, str]]]:
    """By segment what keeps its text from being approved, each with the check that says so ("" if none ran)."""
    entries = reported(document, pairs.values())
    found: dict[int, list[tuple[str, str]]] = {}
    for segment, pair in pairs.items():
        if pair.key not in entries:
            found[segment] = [("", _("The checks have not run on it yet. Wait a moment, then approve it."))]
            continue
        found[segment] = [
            (
                entry.finding.check_name,
                _("%(message)s Change the text or dismiss the finding.") % {"message": entry.finding.message},
            )
            for entry in entries[pair.key]
            if entry.open and entry.effect == "approval"
        ]
    return found


def _require_clean(segment: Segment, unanswered: Mapping[int, Sequence[tuple[str, str]]]) -> None:
    """A text that was left out has nothing to answer for; one left in the source language may be untranslated."""
    decision, revision = segment.latest_decision, segment.latest_revision
    if revision is None or not revision.text:
        return
    copied = decision is not None and decision.kind == DecisionKind.COPIED and decision.revision_id == revision.pk
    for check, problem in unanswered.get(segment.pk, ()):
        if not (copied and check.startswith(UNTRANSLATED)):
            raise DecisionError(_("The text cannot be approved yet. %(problem)s") % {"problem": problem})


def _require_role(document: Document, person: Person, kind: DecisionKind) -> None:
    require(document.project, person, RULES[kind].roles, _("mark texts as %(kind)s") % {"kind": kind.label})


def _decide(
    document: Document, segment: Segment, person: Person, kind: DecisionKind, seen: Seen, reason: str, via: str
) -> Decision:
    if segment.covered_by_id is not None:
        raise DecisionError(
            _("This segment is translated together with the one before it. Decide there: it serves both.")
        )
    revision = segment.latest_revision
    if revision is None:
        raise DecisionError(_("Nobody has worked on this text yet. Save or accept it first."))
    placements = run_sources(segment)
    require_seen(revision, sources_hash(placements), seen)
    if segment.state not in RULES[kind].from_states:
        state = SegmentState(segment.state).label.lower()
        raise DecisionError(
            _("The text is %(state)s: it cannot be marked as %(kind)s from there.")
            % {"state": state, "kind": kind.label}
        )
    if kind in REASON_REQUIRED and not reason:
        raise DecisionError(_("Say in a few words why the text is %(kind)s.") % {"kind": kind.label})
    _require_fitting(revision, placements, kind)
    if kind == DecisionKind.APPROVED and _asks_second_person(document, placements):
        _require_second_person(segment, revision, person)
    return record_decision(document, segment, revision, placements, person=person, kind=kind, reason=reason, via=via)


def require_seen(revision: Revision | None, source_hash: str, seen: Seen) -> None:
    """Raise DecisionError when the texts are no longer those the person had before them."""
    if seen.revision != (revision.pk if revision else 0):
        raise DecisionError(_("Somebody saved another text meanwhile. Read it, then decide again."))
    if seen.source_hash != source_hash:
        raise DecisionError(_("The German changed meanwhile. Read it, then decide again."))


def _asks_second_person(document: Document, placements: Sequence[Placement]) -> bool:
    return document.project.asks_second_person(placement.kind for placement in placements)


def _require_fitting(revision: Revision, placements: Sequence[Placement], kind: DecisionKind) -> None:
    """An omission is of an empty text, a copy of the source's own; an empty text is not done by saying so."""
    if kind == DecisionKind.OMITTED and revision.text:
        raise DecisionError(_("There is a text here. Omit the segment as a whole: that takes the text out first."))
    if kind == DecisionKind.COPIED and revision.content != sources_content(placements):
        raise DecisionError(_("The text is not the source's own. Copy the source as a whole: that puts it in first."))
    if kind == DecisionKind.REVIEWED and not revision.text:
        raise DecisionError(_("There is no text here. Type one and save it, or omit the segment and say why."))


def _require_second_person(segment: Segment, revision: Revision, person: Person) -> None:
    """The text is not the person's own, not even one that was approved once before, nor in part nor by their word."""
    if revision.author_id == person.pk or wrote_since_approval(segment, person):
        raise DecisionError(_("You wrote this text. Somebody else has to approve it."))
    if segment.latest_decision is not None and segment.latest_decision.person_id == person.pk:
        raise DecisionError(_("You marked this text as reviewed. Somebody else has to approve it."))


def wrote_since_approval(segment: Segment, person: Person) -> bool:
    """Whether the person has a part in a main-lane revision of the segment since it was last approved.

    Theirs is also what was taken from their second review, and what they chose of two texts.
    """
    approved = Decision.objects.filter(segment=segment, lane=Lane.MAIN, kind=DecisionKind.APPROVED)
    last = approved.aggregate(last=Max("revision__number"))["last"] or 0
    since = Revision.objects.filter(segment=segment, lane=Lane.MAIN, number__gt=last)
    if since.filter(author=person).exists():
        return True
    shares = shares_in([segment.pk])
    theirs = {revision for revision, people in shares.items() if person.pk in people}
    return segment.latest_revision_id in theirs or since.filter(pk__in=theirs).exists()


def record_decision(
    document: Document,
    segment: Segment,
    revision: Revision,
    placements: Sequence[Placement],
    *,
    person: Person,
    kind: DecisionKind,
    reason: str = "",
    lane: Lane | None = None,
    via: str = "web",
) -> Decision:
    """Write a decision on a run (`placements`) and its audit event, in the revision's lane unless another is named.

    The caller holds the lock, has checked the rules, and finishes.
    """
    lane = lane or Lane(revision.lane)
    source_hash = sources_hash(placements)
    decision = Decision.objects.create(
        document=document,
        segment=segment,
        revision=revision,
        lane=lane,
        kind=kind,
        person=person,
        reason=reason,
        source_hash=source_hash,
        target_hash=revision.content_hash,
        four_eyes=_asks_second_person(document, placements),
    )
    append_event(
        document,
        action=f"decision.{kind.value}",
        person=person,
        data={
            "lane": lane.value,
            "segment": segment.pk,
            "decision": decision.pk,
            "revision": revision.pk,
            "source_hash": source_hash,
            "target_hash": revision.content_hash,
            "reason": reason,
        },
        via=via,
        rows=[decision],
    )
    return decision
