"""Whatever people do in whatever order, caches equal truth, the chain verifies and no text is lost."""

from collections.abc import Sequence

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from reviews.editing.deciding import DecisionError, Seen, approve_all, decide
from reviews.editing.drafts import discard_refused, keep_refused, save_draft
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import Saved, Stale, accept, save_revision
from reviews.editing.texts import TextError, run_sources, sources_hash
from reviews.models import DecisionKind, Document, Draft, DraftKind, Placement, Revision, Segment, SegmentSource
from reviews.models.audit import verify_stream
from reviews.models.document import content_columns
from reviews.models.states import refresh, verify
from reviews.values import CodedText
from tests.factories import make_cast, make_document, make_project, segments_of

NAMES = st.sampled_from(["anna", "ben", "dora", "rolf", "carla"])
PLACES = st.integers(0, 4)
TEXTS = st.sampled_from(["One.", "Two.", "Three.", "⟦1⟧x", "", "a\x00b"])
REFUSALS = (NotAllowedError, DecisionError, TextError, ValueError)


class History(RuleBasedStateMachine):
    """Five segments, two of them one run; five people with different rights."""

    def __init__(self) -> None:
        super().__init__()
        # A history starts from nothing and leaves nothing: what an earlier one left would steer this one.
        self.example = transaction.atomic()
        self.example.__enter__()
        project = make_project()
        self.people = make_cast(project)
        self.document = make_document(
            project,
            [f"Satz {i}." for i in range(5)],
            {"engine-a": ["One.", ("Two. Three.", 2), "", "Four.", "Five."]},
        )
        self.saved: list[tuple[int, str]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    def segment(self, place: int) -> Segment:
        return segments_of(self.document)[place]

    def seen(self, segment: Segment) -> Seen:
        latest = Segment.objects.get(pk=segment.pk).latest_revision_id
        return Seen(latest or 0, sources_hash(run_sources(segment)))

    def note(self, segment: Segment, outcome: Saved | Stale) -> None:
        if isinstance(outcome, Saved) and outcome.created:
            self.saved.append((segment.pk, outcome.revision.text))

    @rule(name=NAMES, place=PLACES, text=TEXTS, behind=st.integers(0, 1), reviewed=st.booleans())
    def save(self, name: str, place: int, text: str, behind: int, reviewed: bool) -> None:
        segment = self.segment(place)
        latest = segment.latest_revision.number if segment.latest_revision else 0
        try:
            outcome = save_revision(
                segment_id=segment.pk,
                person=self.people[name],
                typed=text,
                base=max(latest - behind, 0),
                reviewed=reviewed,
            )
        except REFUSALS:
            return
        self.note(segment, outcome)

    @rule(name=NAMES, place=PLACES)
    def accept_as_it_stands(self, name: str, place: int) -> None:
        segment = self.segment(place)
        latest = segment.latest_revision.number if segment.latest_revision else 0
        try:
            self.note(segment, accept(segment_id=segment.pk, person=self.people[name], base=latest))
        except REFUSALS:
            return

    @rule(name=NAMES, place=PLACES, kind=st.sampled_from(list(DecisionKind)), reason=st.sampled_from(["", "why"]))
    def decide_on_one(self, name: str, place: int, kind: DecisionKind, reason: str) -> None:
        segment = self.segment(place)
        try:
            decide(segment_id=segment.pk, person=self.people[name], kind=kind, seen=self.seen(segment), reason=reason)
        except REFUSALS:
            return

    @rule(name=NAMES)
    def approve_everything(self, name: str) -> None:
        segments: Sequence[Segment] = segments_of(self.document)
        try:
            approve_all(
                document_id=self.document.pk,
                person=self.people[name],
                seen={segment.pk: self.seen(segment) for segment in segments},
            )
        except REFUSALS:
            return

    @rule(place=PLACES, text=st.sampled_from(["Neu.", "Anders.", "Satz 1."]))
    def german_changes(self, place: int, text: str) -> None:
        segment = self.segment(place)
        columns = content_columns(CodedText(text))
        source = SegmentSource.objects.filter(segment=segment, content_hash=columns["content_hash"]).first()
        source = source or SegmentSource.objects.create(segment=segment, **columns)
        Placement.objects.filter(segment=segment).update(source=source)
        refresh(Document.objects.get(pk=self.document.pk))

    @rule(place=PLACES, text=TEXTS, sequence=st.integers(1, 5))
    def type_a_draft(self, place: int, text: str, sequence: int) -> None:
        save_draft(segment_id=self.segment(place).pk, person=self.people["anna"], typed=text, base=0, sequence=sequence)

    @precondition(lambda self: Draft.objects.filter(kind=DraftKind.REFUSED).exists())
    @rule(keep=st.booleans())
    def settle_a_refused_text(self, keep: bool) -> None:
        draft = Draft.objects.filter(kind=DraftKind.REFUSED).select_related("person", "segment").first()
        assert draft is not None
        if not keep:
            discard_refused(draft_id=draft.pk, person=draft.person)
            return
        latest = draft.segment.latest_revision.number if draft.segment.latest_revision else 0
        self.note(draft.segment, keep_refused(draft_id=draft.pk, person=draft.person, base=latest))

    @invariant()
    def caches_equal_truth(self) -> None:
        assert verify(Document.objects.get(pk=self.document.pk)) == []

    @invariant()
    def the_chain_holds(self) -> None:
        assert verify_stream(f"document:{self.document.pk}") == []

    @invariant()
    def every_saved_text_is_there(self) -> None:
        rows = Revision.objects.filter(document=self.document).order_by("id").values_list("segment_id", "text")
        assert list(rows) == self.saved


class TestHistories(TestCase):
    def test_random_histories(self) -> None:
        run_state_machine_as_test(
            History,
            settings=settings(
                max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
