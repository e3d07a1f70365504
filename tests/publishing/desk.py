"""A small desk that works an article through, by the services the screens use."""

from __future__ import annotations

from reviews.checks.runner import check_targets
from reviews.editing import leaving_out
from reviews.editing.deciding import Seen, decide
from reviews.editing.saving import Saved, accept, save_revision
from reviews.editing.texts import run_sources, sources_hash
from reviews.models import Decision, DecisionKind, Document, Person, Revision, Segment, SegmentState
from tests.factories import segments_of


def current(segment: Segment) -> Segment:
    return Segment.objects.select_related("document__project", "latest_revision", "chosen").get(pk=segment.pk)


def leaders(document: Document) -> list[Segment]:
    """The segments that have a text of their own, in article order."""
    return [segment for segment in segments_of(document) if segment.covered_by_id is None]


def save(segment: Segment, person: Person, typed: str, *, reviewed: bool = True) -> Revision:
    latest = current(segment).latest_revision
    saved = save_revision(
        segment_id=segment.pk, person=person, typed=typed, base=latest.number if latest else 0, reviewed=reviewed
    )
    assert isinstance(saved, Saved)
    return saved.revision


def seen(segment: Segment) -> Seen:
    now = current(segment)
    assert now.latest_revision is not None
    return Seen(now.latest_revision.pk, sources_hash(run_sources(now)))


def take(segment: Segment, person: Person, kind: DecisionKind, reason: str = "") -> Decision:
    return decide(segment_id=segment.pk, person=person, kind=kind, seen=seen(segment), reason=reason)


def approve(segment: Segment, person: Person) -> Decision:
    return take(segment, person, DecisionKind.APPROVED)


def leave_out(segment: Segment, editor: Person, kind: DecisionKind, reason: str = "") -> None:
    """Omit a segment or copy its source; one that is approved is reopened first."""
    if current(segment).state == SegmentState.APPROVED:
        take(segment, editor, DecisionKind.REOPENED, "To be left out.")
    now = current(segment)
    revision = now.latest_revision.pk if now.latest_revision else 0
    there = Seen(revision, sources_hash(run_sources(now)))
    leaving_out.leave_out(segment_id=segment.pk, person=editor, kind=kind, seen=there, reason=reason)


#: What a desk head of tests waives: nobody reads there, and pull quotes of demo articles are their own.
AT_ONCE = {"review.pace": "A test is quicker than people.", "quotes.provenance": "Said to us in German."}


def work_through(document: Document, *, editor: Person, approver: Person) -> Document:
    """Accept and approve every text that is not approved yet, and let the checks run."""
    for segment in leaders(document):
        if segment.state in ("new", "in_review"):
            accept(segment_id=segment.pk, person=editor, base=0)
        if current(segment).state == "reviewed":
            approve(segment, approver)
    check_targets(document.pk)
    document.refresh_from_db()
    return document
