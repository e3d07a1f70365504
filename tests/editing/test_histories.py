"""The three promises, whatever people, imports and engines do in whatever order.

1. No edit is lost: every saved text is in the history, every refused one is kept until its owner says otherwise,
   what is being typed stays, and neither an import nor an engine's re-run touches a text somebody has opened.
2. Nothing unreviewed counts or goes out as approved: a state is what the rows say, by a reading of them of its own
   here; nobody approves what they wrote; a publication holds approved texts and nothing else.
3. The counts are exact, each decision names the hashes of the texts it was made on, and the chain holds.
"""

import json
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from reviews.checks.runner import check_targets
from reviews.editing.adding import add_text
from reviews.editing.claims import ClaimError
from reviews.editing.deciding import DecisionError, Seen, approve_all, decide
from reviews.editing.dividing import divide, join, text_before
from reviews.editing.drafts import discard_text, keep_text, save_draft
from reviews.editing.jobs import JobError, start_job, work
from reviews.editing.leaving_out import leave_out
from reviews.editing.passes import give_back, settle, take
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import Saved, Stale, accept, save_revision
from reviews.editing.texts import TextError, run_sources, sources_hash
from reviews.importing.service import PreparedDocument, import_document
from reviews.models import (
    BulkJob,
    Decision,
    DecisionKind,
    Document,
    Draft,
    DraftKind,
    Hypothesis,
    Lane,
    Origin,
    Placement,
    Project,
    ReviewPass,
    Revision,
    Segment,
    SegmentState,
    Step,
    WorkItem,
)
from reviews.models.audit import verify_stream
from reviews.models.lanes import second_reviews, to_settle
from reviews.models.states import verify
from reviews.models.work import LIVE_WORK_STATES
from reviews.publishing.service import PublishError, publish
from reviews.values import AlignedText, CodedText, DocumentMeta, PlacedSource, run_hash
from tests.editing.lanes import both, more_people, work_on
from tests.factories import make_cast, make_project, segments_of

#: Mostly people who may; those who may not are there to be refused.
NAMES = st.sampled_from(["anna", "ben", "dora"] * 3 + ["emil", "frieda"] * 2 + ["rolf", "carla"])
PLACES = st.integers(0, 3)
TEXTS = st.sampled_from(["Rain.", "Wind.", "Sun.", "⟦1⟧x", "", "a\x00b"])
#: Whether a person decides on a text that is no longer the latest; most do not.
BEHIND = st.sampled_from([False, False, False, True])
BEGUN = [f"Am Hafen von Kiel rechnen alle heute mit {what}." for what in ("Regen", "Wind", "Sonne", "Schnee")]
#: The article as it may come in again: sentences gone, moved, doubled, and edited by one word.
GERMAN = st.lists(
    st.sampled_from([*BEGUN, *(text.replace("heute", "morgen") for text in BEGUN)]), min_size=1, max_size=4
)
#: What an engine says of each segment; None joins it to the one before.
ENGLISH = st.lists(st.sampled_from(["Rain.", "The wind.", "", None]), min_size=4, max_size=4)
REFUSALS = (NotAllowedError, DecisionError, TextError, ValueError)


class History(RuleBasedStateMachine):
    """One article, five people with different rights, and an outside world that changes it under their hands."""

    #: What came about in all histories, so that a test can say that they were about something.
    happened: Counter[str] = Counter()

    def __init__(self) -> None:
        super().__init__()
        # A history starts from nothing and leaves nothing: what an earlier one left would steer this one.
        self.example = transaction.atomic()
        self.example.__enter__()
        self.saved: list[tuple[int, str]] = []
        self.refused: dict[int, str] = {}
        self.typing: dict[tuple[int, int], str] = {}
        self.opened_with: dict[int, int | None] = {}
        self.machine_texts: dict[int, str] = {}

    def teardown(self) -> None:
        self.happened.update(Decision.objects.values_list("kind", flat=True))
        self.happened.update(Draft.objects.values_list("kind", flat=True))
        self.happened.update(Segment.objects.values_list("state", flat=True))
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize(four_eyes=st.booleans())
    def begin(self, four_eyes: bool) -> None:
        self.project = make_project(four_eyes=four_eyes)
        self.people = make_cast(self.project) | more_people(self.project)
        self.import_source(BEGUN, ["Rain.", "Wind. Sun.", None, ""])

    @property
    def document(self) -> Document:
        return Document.objects.get(project=self.project)

    def segment(self, place: int) -> Segment:
        placed = segments_of(self.document)
        return placed[place % len(placed)]

    def of_the_source(self) -> list[Segment]:
        """Without what editors added, which no engine and no second review is about."""
        added = Placement.objects.filter(source_revision=self.document.current_source_id, added=True)
        ids = set(added.values_list("segment_id", flat=True))
        return [segment for segment in segments_of(self.document) if segment.pk not in ids]

    def seen(self, segment: Segment, behind: bool = False) -> Seen:
        latest = Segment.objects.get(pk=segment.pk).latest_revision
        if behind and latest is not None:
            earlier = Revision.objects.filter(segment=segment, number=latest.number - 1).first()
            return Seen(earlier.pk if earlier else 0, sources_hash(run_sources(segment)))
        return Seen(latest.pk if latest else 0, sources_hash(run_sources(segment)))

    def note(self, segment: Segment, name: str, outcome: Saved | Stale, *, from_field: bool = True) -> None:
        typed = outcome.refused.text if isinstance(outcome, Stale) else outcome.revision.text
        if from_field or self.typing.get((segment.pk, self.people[name].pk)) == typed:
            self.typing.pop((segment.pk, self.people[name].pk), None)
        if isinstance(outcome, Stale):
            self.refused[outcome.refused.pk] = outcome.refused.text
        elif outcome.created:
            self.saved.append((segment.pk, outcome.revision.text))

    # --- people -----------------------------------------------------------------------------------------

    @rule(name=NAMES, place=PLACES, text=TEXTS, behind=st.integers(0, 1), reviewed=st.booleans())
    def save(self, name: str, place: int, text: str, behind: int, reviewed: bool) -> None:
        segment = self.segment(place)
        latest = segment.latest_revision
        number = latest.number if latest else 0
        base = max(number - behind, 0)
        try:
            outcome = save_revision(
                segment_id=segment.pk, person=self.people[name], typed=text, base=base, reviewed=reviewed
            )
        except REFUSALS:
            return
        assert isinstance(outcome, Stale) == (base != number and latest is not None and latest.text != text)
        self.note(segment, name, outcome)

    @rule(place=PLACES, text=st.sampled_from(["Hail.", "Fog."]))
    def two_save_from_the_same_text(self, place: int, text: str) -> None:
        segment = self.segment(place)
        base = segment.latest_revision.number if segment.latest_revision else 0
        try:
            first = save_revision(segment_id=segment.pk, person=self.people["anna"], typed=f"{text} Mist.", base=base)
        except REFUSALS:
            return
        self.note(segment, "anna", first)
        if isinstance(first, Saved) and first.created:
            late = save_revision(segment_id=segment.pk, person=self.people["ben"], typed=text, base=base)
            assert isinstance(late, Stale)
            self.note(segment, "ben", late)

    @rule(name=NAMES, place=PLACES)
    def accept_as_it_stands(self, name: str, place: int) -> None:
        segment = self.segment(place)
        latest = segment.latest_revision.number if segment.latest_revision else 0
        try:
            outcome = accept(segment_id=segment.pk, person=self.people[name], base=latest)
        except REFUSALS:
            return
        self.note(segment, name, outcome, from_field=False)

    @rule(
        name=NAMES,
        place=PLACES,
        kind=st.sampled_from([DecisionKind.OMITTED, DecisionKind.COPIED]),
        reason=st.sampled_from(["why", "why", ""]),
        behind=BEHIND,
    )
    def leave_out(self, name: str, place: int, kind: DecisionKind, reason: str, behind: bool) -> None:
        segment, person = self.segment(place), self.people[name]
        try:
            seen = self.seen(segment, behind)
            outcome = leave_out(segment_id=segment.pk, person=person, kind=kind, seen=seen, reason=reason)
        except REFUSALS:
            return
        if outcome.created:
            self.saved.append((segment.pk, outcome.revision.text))

    @rule(
        name=NAMES,
        place=PLACES,
        kind=st.sampled_from(list(DecisionKind)),
        reason=st.sampled_from(["why", "why", ""]),
        behind=BEHIND,
    )
    def decide_on_one(self, name: str, place: int, kind: DecisionKind, reason: str, behind: bool) -> None:
        segment, person = self.segment(place), self.people[name]
        seen = self.seen(segment, behind)
        try:
            decide(segment_id=segment.pk, person=person, kind=kind, seen=seen, reason=reason)
        except REFUSALS:
            return
        assert not behind or segment.latest_revision is None, "decided on a text that was not the latest"

    @rule(name=st.sampled_from(["anna", "ben"]))
    def accept_everything(self, name: str) -> None:
        for place in range(len(segments_of(self.document))):
            self.accept_as_it_stands(name=name, place=place)

    @rule(name=NAMES)
    def approve_everything(self, name: str) -> None:
        try:
            approve_all(
                document_id=self.document.pk,
                person=self.people[name],
                seen={segment.pk: self.seen(segment) for segment in segments_of(self.document)},
            )
        except REFUSALS:
            return

    @rule(place=PLACES, kind=st.sampled_from([DecisionKind.OMITTED, DecisionKind.COPIED]))
    def leave_out_with_a_reason(self, place: int, kind: DecisionKind) -> None:
        self.leave_out(name="anna", place=place, kind=kind, reason="why", behind=False)

    @rule(place=PLACES, kind=st.sampled_from([DecisionKind.SENT_BACK, DecisionKind.REOPENED]))
    def take_it_up_again(self, place: int, kind: DecisionKind) -> None:
        self.decide_on_one(name="dora", place=place, kind=kind, reason="why", behind=False)

    @rule(name=st.sampled_from(["anna", "ben"]), place=PLACES, text=TEXTS, sequence=st.integers(1, 5))
    def type_a_draft(self, name: str, place: int, text: str, sequence: int) -> None:
        segment, person = self.segment(place), self.people[name]
        if save_draft(segment_id=segment.pk, person=person, typed=text, base=0, sequence=sequence):
            self.typing[segment.pk, person.pk] = text.replace("\x00", "")

    @precondition(lambda self: self.refused)
    @rule(keep=st.booleans())
    def settle_a_refused_text(self, keep: bool) -> None:
        draft = Draft.objects.select_related("person", "segment__latest_revision").get(pk=min(self.refused))
        if not keep:
            discard_text(draft_id=draft.pk, person=draft.person)
            del self.refused[draft.pk]
            return
        latest = draft.segment.latest_revision.number if draft.segment.latest_revision else 0
        try:
            outcome = keep_text(draft_id=draft.pk, person=draft.person, base=latest)
        except REFUSALS:
            return
        del self.refused[draft.pk]
        self.note(draft.segment, draft.person.username, outcome, from_field=False)

    @rule(name=NAMES)
    def publish_the_article(self, name: str) -> None:
        check_targets(self.document.pk)
        try:
            published = publish(document_id=self.document.pk, person=self.people[name])
        except (NotAllowedError, PublishError):
            return
        self.happened["published"] += 1
        texts = {row["segment"]: row["target"] for row in json.loads(published.body)["segments"]}
        assert set(texts) == {segment.pk for segment in segments_of(self.document)}
        for leader, latest, _ in self.leaders():
            assert self.is_approved(leader)
            assert latest is not None
            assert (texts[leader.pk]["text"], texts[leader.pk]["hash"]) == (latest.text, latest.content_hash)

    # --- dividing and joining ---------------------------------------------------------------------------

    @rule(name=NAMES, place=PLACES, pieces=st.lists(TEXTS, min_size=2, max_size=4), behind=st.sampled_from([0, 0, 1]))
    def divide_a_text(self, name: str, place: int, pieces: list[str], behind: int) -> None:
        segment = self.segment(place)
        run = run_sources(segment)
        latest = segment.latest_revision.number if segment.latest_revision else 0
        texts = {each.segment_id: text for each, text in zip(run, [*pieces, *[""] * len(run)], strict=False)}
        try:
            outcome = divide(
                segment_id=segment.pk,
                person=self.people[name],
                texts=texts,
                base=max(latest - behind, 0),
                source_hash=sources_hash(run),
            )
        except REFUSALS:
            return
        self.happened["divided"] += 1
        if isinstance(outcome, Stale):
            self.find_refused(" ".join(text.strip() for text in texts.values() if text.strip()))
        else:
            self.saved += [(revision.segment_id, revision.text) for revision in outcome.revisions]

    def find_refused(self, typed: str) -> None:
        """What came too late is there, every word of it, whatever it stands beside now."""
        texts = dict(Draft.objects.filter(kind=DraftKind.REFUSED).values_list("pk", "text"))
        assert not set(typed.split()) - {word for text in texts.values() for word in text.split()}
        self.refused = texts | self.refused

    @rule(name=NAMES, place=PLACES)
    def join_again(self, name: str, place: int) -> None:
        segment = self.segment(place)
        before = text_before(segment)
        if before is None or before.latest_revision is None or segment.latest_revision is None:
            return
        given_up = segment.latest_revision.text
        try:
            outcome = join(
                segment_id=segment.pk,
                person=self.people[name],
                base=segment.latest_revision.number,
                base_before=before.latest_revision.number,
            )
        except REFUSALS:
            return
        self.happened["joined"] += 1
        self.saved += [(revision.segment_id, revision.text) for revision in outcome.revisions]
        for (where, person), text in list(self.typing.items()):
            if where == segment.pk:
                del self.typing[where, person]
                if text.strip() != given_up:
                    self.find_refused(text)
        moved = Draft.objects.filter(kind=DraftKind.REFUSED)
        assert set(self.refused.values()) <= {given_up, *moved.values_list("text", flat=True)}
        self.refused = dict(moved.values_list("pk", "text"))

    @rule(
        name=st.sampled_from(["anna", "ben"]),
        other=st.sampled_from(["anna", "ben"]),
        place=PLACES,
        pieces=st.lists(TEXTS, min_size=2, max_size=4),
    )
    def divide_a_text_and_join_it_again(self, name: str, other: str, place: int, pieces: list[str]) -> None:
        """Hardly ever is a text over several sources, or one that was just divided, hit by chance."""
        over_several = [
            each for each, segment in enumerate(segments_of(self.document)) if len(run_sources(segment)) > 1
        ]
        if over_several:
            place = over_several[place % len(over_several)]
        self.divide_a_text(name=name, place=place, pieces=pieces, behind=0)
        for each in range(len(segments_of(self.document))):
            self.join_again(name=other, place=each)

    @rule(name=NAMES, place=st.integers(0, 7), text=st.sampled_from(["Kiel is a port.", "A note.", ""]))
    def add_a_sentence(self, name: str, place: int, text: str) -> None:
        before = [segment.pk for segment in segments_of(self.document)]
        behind = self.segment(place)
        try:
            outcome = add_text(segment_id=behind.pk, person=self.people[name], typed=text)
        except REFUSALS:
            assert [segment.pk for segment in segments_of(self.document)] == before
            return
        self.happened["added"] += 1
        self.saved.append((outcome.revision.segment_id, text))

    @invariant()
    def what_was_added_stays_while_there_is_an_article(self) -> None:
        """Here every source has running text, so it never leaves; nor does an engine ever translate it."""
        added = set(Revision.objects.filter(segment__placements__added=True).values_list("segment_id", flat=True))
        assert {segment.pk for segment in segments_of(self.document)} >= added
        assert not Hypothesis.objects.filter(segment__in=added).exists()

    @rule()
    def bring_the_article_out(self) -> None:
        self.accept_everything(name="anna")
        self.approve_everything(name="ben")
        self.approve_everything(name="dora")
        self.publish_the_article(name="dora")

    # --- second reviews and jobs ------------------------------------------------------------------------

    @rule(places=st.lists(PLACES, min_size=1, max_size=2, unique=True))
    def ask_for_a_second_review(self, places: list[int]) -> None:
        if WorkItem.objects.filter(document=self.document, step=Step.BLIND, state__in=LIVE_WORK_STATES).exists():
            return
        placed = self.of_the_source()
        work_on(self.document, Step.BLIND, list({placed[place % len(placed)] for place in places}))

    @rule(name=NAMES)
    def take_what_is_apart(self, name: str) -> None:
        """A second review, or the settling of two; or give it back where the person has it."""
        document, person = self.document, self.people[name]
        if (differing := to_settle(document)) and not WorkItem.objects.filter(
            document=document, step=Step.ADJUDICATE, state__in=LIVE_WORK_STATES
        ).exists():
            work_on(document, Step.ADJUDICATE, list(Segment.objects.filter(pk__in=differing)))
        for item in WorkItem.objects.filter(document=document, state__in=LIVE_WORK_STATES):
            try:
                if item.lease_owner_id == person.pk:
                    give_back(item_id=item.pk, person=person)
                else:
                    take(item_id=item.pk, person=person)
            except (*REFUSALS, ClaimError):
                continue

    @rule(name=NAMES, place=PLACES, text=st.sampled_from(["Rain.", "Storm.", ""]), reviewed=st.booleans())
    def write_apart(self, name: str, place: int, text: str, reviewed: bool) -> None:
        segment, person = self.segment(place), self.people[name]
        own = ReviewPass.objects.filter(segment=segment, person=person, lane=Lane.BLIND, closed_at=None).first()
        rows = Revision.objects.filter(
            segment=segment, lane=Lane.BLIND, author=person, number__gt=own.after if own else 0
        )
        latest = rows.order_by("number").last()
        try:
            outcome = save_revision(
                segment_id=segment.pk,
                person=person,
                typed=text,
                base=latest.number if latest else 0,
                reviewed=reviewed,
                lane=Lane.BLIND,
            )
        except REFUSALS:
            return
        assert own is not None, "somebody wrote apart without a pass"
        if isinstance(outcome, Saved) and outcome.created:
            self.saved.append((segment.pk, outcome.revision.text))

    @rule(name=NAMES, third=st.booleans())
    def settle_two_reviews(self, name: str, third: bool) -> None:
        for own in ReviewPass.objects.filter(person=self.people[name], lane=Lane.ADJUDICATION, closed_at=None):
            segment = Segment.objects.get(pk=own.segment_id)
            before = Revision.objects.count()
            try:
                seen = both(segment)
                chosen = None if third else min(seen.texts)
                outcome = settle(
                    segment_id=segment.pk, person=self.people[name], seen=seen, chosen=chosen, typed="The third."
                )
            except (*REFUSALS, AssertionError):
                continue
            self.happened["settled"] += 1
            if Revision.objects.count() > before:
                self.saved.append((segment.pk, outcome.text))

    @rule(name=NAMES, act=st.sampled_from([BulkJob.Act.APPROVE, BulkJob.Act.SEND_BACK, BulkJob.Act.REOPEN]))
    def do_it_in_the_background(self, name: str, act: str) -> None:
        document = self.document
        seen = {document.pk: document.audit_number}
        try:
            job = start_job(project_id=self.project.pk, person=self.people[name], act=act, seen=seen, reason="why")
        except (*REFUSALS, JobError):
            return
        while work(job.pk, after=lambda document: None):
            pass
        job.refresh_from_db()
        assert (job.state, job.todo, len(job.report)) == (BulkJob.State.DONE, [], 1)
        assert not job.report[0]["failed"]

    @invariant()
    def nobody_is_on_both_sides(self) -> None:
        """A second review is by nobody who wrote the text it is held against, and settled by neither."""
        for leader, review in second_reviews(self.document).items():
            made, latest = review.review_pass, Segment.objects.get(pk=leader).latest_revision
            if made is None or latest is None or not review.settled:
                continue
            assert review.decision is not None or latest.author_id != made.person_id
            assert review.decision is None or review.decision.person_id != made.person_id

    # --- the world --------------------------------------------------------------------------------------

    @rule(german=GERMAN, english=st.one_of(st.none(), ENGLISH))
    def import_source(self, german: list[str], english: list[str | None] | None) -> None:
        """The article comes in again, changed: sentences new, moved, edited and gone; with or without an engine."""
        segments = tuple(PlacedSource(CodedText(text), "body", i, 0, str(i)) for i, text in enumerate(german))
        texts = {"engine-a": _aligned(english, len(german))} if english else {}
        prepared = PreparedDocument("nx-1", DocumentMeta(), segments, hypotheses=texts)
        import_document(self.project, prepared, None)

    @rule(place=PLACES)
    def the_german_of_one_text_changes(self, place: int) -> None:
        """By chance a sentence that somebody worked on is seldom edited, and not taken out."""
        self.accept_as_it_stands(name="anna", place=place)
        placed = Placement.objects.sourced().filter(source_revision_id=self.document.current_source_id)
        german = [each.source.text for each in placed.select_related("source").order_by("rank")]
        changed = place % len(german)
        german[changed] = f"{german[changed].rstrip('.')} und mehr."
        self.import_source(german=german, english=None)
        self.happened.update(Segment.objects.values_list("state", flat=True))

    @rule(english=ENGLISH, engine=st.sampled_from(["engine-a", "engine-b"]))
    def run_the_engine_again(self, english: list[str | None], engine: str) -> None:
        document = self.document
        texts = {engine: _aligned(english, len(self.of_the_source()))}
        prepared = PreparedDocument(
            "nx-1", DocumentMeta(), None, hypotheses=texts, aligned_to=document.current_source_id
        )
        import_document(self.project, prepared, None)

    # --- the first promise ------------------------------------------------------------------------------

    @invariant()
    def every_saved_text_is_there(self) -> None:
        rows = Revision.objects.order_by("id").values_list("segment_id", "text")
        assert list(rows) == self.saved

    @invariant()
    def every_refused_and_every_unsaved_text_is_there(self) -> None:
        assert dict(Draft.objects.filter(kind=DraftKind.REFUSED).values_list("pk", "text")) == self.refused
        typing = Draft.objects.filter(kind=DraftKind.TYPING).values_list("segment_id", "person_id", "text")
        assert {(segment, person): text for segment, person, text in typing} == self.typing

    @invariant()
    def a_text_is_hidden_only_where_somebody_joined_it(self) -> None:
        covered = Segment.objects.exclude(covered_by=None).exclude(latest_revision=None).exclude(state="retired")
        for latest in Revision.objects.filter(pk__in=covered.values("latest_revision")):
            assert (latest.origin, latest.covers, latest.text) == (Origin.JOINED, 0, "")

    @invariant()
    def what_somebody_opened_keeps_the_text_it_started_from(self) -> None:
        for pk, chosen in Segment.objects.exclude(opened_at=None).values_list("pk", "chosen_id"):
            assert self.opened_with.setdefault(pk, chosen) == chosen

    @invariant()
    def no_machine_text_is_rewritten(self) -> None:
        for pk, text in Hypothesis.objects.values_list("pk", "text"):
            assert self.machine_texts.setdefault(pk, text) == text
        assert Hypothesis.objects.count() == len(self.machine_texts)

    # --- the second -------------------------------------------------------------------------------------

    def leaders(self) -> Iterator[tuple[Segment, Revision | None, str]]:
        """Each text of the article as it stands: its segment, its latest revision, the hash of its sources now."""
        placements = Placement.objects.filter(source_revision_id=self.document.current_source_id).order_by("rank")
        runs: dict[int, list[Placement]] = {}
        for placement in placements.select_related("segment", "source"):
            runs.setdefault(placement.segment.covered_by_id or placement.segment_id, []).append(placement)
        for leader, run in runs.items():
            latest = Revision.objects.filter(segment=leader, lane=Lane.MAIN).order_by("number").last()
            yield run[0].segment, latest, run_hash([placement.source.content_hash for placement in run])

    def is_approved(self, leader: Segment) -> bool:
        latest, now = next((latest, now) for each, latest, now in self.leaders() if each == leader)
        last = Decision.objects.filter(segment=leader, lane=Lane.MAIN).order_by("pk").last()
        return (
            last is not None
            and latest is not None
            and last.kind == DecisionKind.APPROVED
            and (last.revision_id, last.source_hash, last.target_hash) == (latest.pk, now, latest.content_hash)
        )

    @invariant()
    def approved_is_what_somebody_approved_as_it_stands(self) -> None:
        for leader, _, _ in self.leaders():
            assert (leader.state == SegmentState.APPROVED) == self.is_approved(leader)

    @invariant()
    def nobody_approved_what_they_wrote_or_reviewed(self) -> None:
        if not Project.objects.get().four_eyes:
            return
        authors: dict[int, set[int]] = {}
        last: dict[int, int] = {}
        texts = {revision.pk: revision for revision in Revision.objects.filter(lane=Lane.MAIN).order_by("pk")}
        counted: set[int] = set()
        for decision in Decision.objects.filter(lane=Lane.MAIN).order_by("pk"):
            # A text is written before it is decided on; one written later than this has a higher number.
            upto = texts[decision.revision_id].number
            for pk, text in texts.items():
                if pk not in counted and text.segment_id == decision.segment_id and text.number <= upto:
                    authors.setdefault(text.segment_id, set()).add(text.author_id)
                    counted.add(pk)
            if decision.kind == DecisionKind.APPROVED:
                assert decision.person_id not in authors.pop(decision.segment_id, set())
                assert last.get(decision.segment_id) != decision.person_id
            last[decision.segment_id] = decision.person_id

    # --- the third --------------------------------------------------------------------------------------

    @invariant()
    def every_decision_names_the_texts_it_was_made_on(self) -> None:
        for decision in Decision.objects.select_related("revision"):
            assert decision.target_hash == decision.revision.content_hash
            assert decision.segment_id == decision.revision.segment_id
        for revision in Revision.objects.all():
            assert revision.content_hash == revision.content.content_hash

    @invariant()
    def counts_are_exact_and_caches_equal_truth(self) -> None:
        document = self.document
        states = [segment.state for segment in segments_of(document)]
        assert document.segments_total == len(states)
        assert document.segments_approved == states.count(SegmentState.APPROVED)
        assert verify(document) == []

    @invariant()
    def the_chain_holds(self) -> None:
        assert verify_stream(f"document:{self.document.pk}") == []


def _aligned(english: list[str | None], length: int) -> list[AlignedText]:
    """What an engine made of so many segments, with the joined ones under the first of them."""
    made: list[AlignedText] = []
    for place, text in enumerate(english[:length]):
        if text is None and made:
            made[-1] = AlignedText(made[-1].segment, made[-1].covers + 1, made[-1].content)
        else:
            made.append(AlignedText(place, 1, CodedText(text or "")))
    return made


class TestHistories(TestCase):
    def play(self, examples: int, steps: int) -> None:
        run_state_machine_as_test(
            History,
            settings=settings(
                max_examples=examples,
                stateful_step_count=steps,
                deadline=None,
                print_blob=True,
                suppress_health_check=list(HealthCheck),
            ),
        )

    def test_random_histories(self) -> None:
        self.play(examples=6, steps=20)

    @pytest.mark.long
    def test_many_long_random_histories(self) -> None:
        History.happened.clear()
        self.play(examples=40, steps=50)
        everything = {
            *DecisionKind.values,
            *DraftKind.values,
            *SegmentState.values,
            "published",
            "divided",
            "joined",
            "added",
        }
        assert everything <= set(History.happened), History.happened
