"""An article of two texts with a second review asked for, and people enough for it."""

from __future__ import annotations

from reviews.editing import passes
from reviews.editing.deciding import Seen, decide
from reviews.editing.passes import SeenTwo
from reviews.editing.saving import Saved, accept, save_revision
from reviews.editing.texts import run_sources, sources_hash
from reviews.models import (
    Decision,
    DecisionKind,
    Document,
    Lane,
    Membership,
    Person,
    Project,
    Revision,
    Role,
    Segment,
    Step,
    WorkItem,
    WorkItemSegment,
    WorkState,
)
from tests.factories import make_document, make_person, segments_of


def more_people(project: Project) -> dict[str, Person]:
    """Emil edits as Anna does; Frieda and Gül approve and edit as Ben does."""
    people = {}
    for name, roles in {"emil": [Role.EDITOR], "frieda": [Role.APPROVER], "guel": [Role.APPROVER]}.items():
        people[name] = make_person(name)
        Membership.objects.bulk_create(Membership(project=project, person=people[name], role=role) for role in roles)
    return people


def ask_twice(project: Project) -> None:
    """The project's policy asks for a second review of every text, so that routing leaves that work alone."""
    project.routing_policy = {"rules": [{"name": "Twice", "when": {}, "then": {"second_review": True}}]}
    project.save(update_fields=["routing_policy"])


def work_on(document: Document, step: Step, segments: list[Segment] | None = None) -> WorkItem:
    """Open work of a step on these segments, as routing makes it."""
    item = WorkItem.objects.create(project=document.project, document=document, step=step, state=WorkState.OPEN)
    for segment in segments if segments is not None else segments_of(document):
        WorkItemSegment.objects.create(item=item, segment=segment, step=step)
    return item


def end_work(item: WorkItem, state: WorkState = WorkState.DONE) -> None:
    """The work is done, or nobody wants it any more, as routing says it."""
    WorkItem.objects.filter(pk=item.pk).update(state=state, lease_owner=None, lease_until=None, lease_token=None)
    item.segments.update(open=False)


def now(segment: Segment) -> Segment:
    return Segment.objects.select_related("latest_revision", "document").get(pk=segment.pk)


def source_of(segment: Segment) -> str:
    return sources_hash(run_sources(now(segment)))


def write(segment: Segment, person: Person, text: str, *, lane: Lane = Lane.MAIN, reviewed: bool = True) -> Revision:
    """Save a text on top of what stands in the lane for this person."""
    rows = Revision.objects.filter(segment=segment, lane=lane)
    if lane != Lane.MAIN:
        rows = rows.filter(author=person)
    latest = rows.order_by("-number").first()
    outcome = save_revision(
        segment_id=segment.pk,
        person=person,
        typed=text,
        base=latest.number if latest else 0,
        reviewed=reviewed,
        lane=lane,
    )
    assert isinstance(outcome, Saved)
    return outcome.revision


def decide_on(segment: Segment, person: Person, kind: DecisionKind, reason: str = "why") -> Decision:
    here = now(segment)
    seen = Seen(here.latest_revision_id or 0, source_of(segment))
    return decide(segment_id=segment.pk, person=person, kind=kind, seen=seen, reason=reason)


def both(segment: Segment) -> SeenTwo:
    """What the page shows whoever settles: both texts as they stand, and the source."""
    first = now(segment).latest_revision
    second = Revision.objects.filter(segment=segment, lane=Lane.BLIND).order_by("-number").first()
    assert first is not None
    assert second is not None
    return SeenTwo(frozenset({first.content_hash, second.content_hash}), source_of(segment))


class TwoReviews:
    """Anna reviews an article, Emil reviews it a second time; Frieda may settle, Gül approve."""

    def __init__(self, project: Project, cast: dict[str, Person], texts: int = 2) -> None:
        ask_twice(project)
        self.people = cast | more_people(project)
        sources = [f"Satz {number}." for number in range(1, texts + 1)]
        self.document = make_document(project, sources)
        self.segments = segments_of(self.document)
        self.item = work_on(self.document, Step.BLIND)

    @property
    def first(self) -> Segment:
        return now(self.segments[0])

    def review(self, text: str = "Anna’s.") -> None:
        for segment in self.segments:
            write(segment, self.people["anna"], text)

    def review_again(self, text: str = "Emil’s.") -> None:
        passes.take(item_id=self.item.pk, person=self.people["emil"])
        for segment in self.segments:
            write(segment, self.people["emil"], text, lane=Lane.BLIND)
        end_work(self.item)

    def settling(self, person: Person) -> WorkItem:
        """The work of settling, taken by this person."""
        item = work_on(self.document, Step.ADJUDICATE)
        passes.take(item_id=item.pk, person=person)
        return item

    def accept_again(self, person: Person) -> None:
        for segment in self.segments:
            accept(segment_id=segment.pk, person=person, base=0, lane=Lane.BLIND)
