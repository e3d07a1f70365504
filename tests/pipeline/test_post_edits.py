"""Scores against approved texts follow from whatever an approval follows from, or ends with."""

from __future__ import annotations

import pytest
import sacrebleu
from django.db import transaction

from reviews import pipeline, tasks
from reviews.editing.deciding import Seen, decide
from reviews.editing.saving import save_revision
from reviews.models import DecisionKind, Score, TargetKind, TaskRun
from reviews.models.in_force import cut
from tests.factories import add_hypothesis, make_cast, make_document, make_project, segments_of
from tests.workers import running_broker, running_worker, wait_until

pytestmark = pytest.mark.django_db

SOURCES = ["Guten Morgen.", "Es regnet in Kiel."]
ENGINE = ["Good morning.", "It is raining in Kiel."]
POST_EDIT = TaskRun.Kind.POST_EDIT
#: Tasks run at once in tests, if they are known by then.
assert tasks.post_edit_chunk


@pytest.fixture
def document():
    return make_document(make_project(), SOURCES, {"engine-a": ENGINE})


@pytest.fixture
def cast(document):
    return make_cast(document.project)


def save(segment, person, text):
    segment.refresh_from_db()
    number = segment.latest_revision.number if segment.latest_revision else 0
    with transaction.atomic():
        save_revision(segment_id=segment.pk, person=person, typed=text, base=number, reviewed=True)
        pipeline.after_revision(segment.document_id)


def decided(segment, person, kind, reason=""):
    segment.refresh_from_db()
    seen = Seen(segment.latest_revision.pk, segment.latest_revision.source_hash)
    with transaction.atomic():
        decide(segment_id=segment.pk, person=person, kind=kind, seen=seen, reason=reason)
        pipeline.after_decision(segment.document_id)


def scored():
    """The hypotheses' texts with their TER against what is approved."""
    rows = Score.objects.filter(target__kind=TargetKind.POST_EDIT, config__metric="ter", value__isnull=False)
    return {row.hypothesis.text: row.value for row in rows.select_related("hypothesis")}


def ter(hypothesis, reference):
    return sacrebleu.sentence_ter(hypothesis, [reference]).score


def test_an_approval_is_scored_against_and_a_reopened_one_no_longer(document, cast, django_capture_on_commit_callbacks):
    [first, _] = segments_of(document)
    with django_capture_on_commit_callbacks(execute=True):
        save(first, cast["anna"], "Good morning to you.")
    assert not TaskRun.objects.filter(kind=POST_EDIT).exists()
    with django_capture_on_commit_callbacks(execute=True):
        decided(first, cast["ben"], DecisionKind.APPROVED)
    assert scored() == {ENGINE[0]: ter(ENGINE[0], "Good morning to you.")}
    with django_capture_on_commit_callbacks(execute=True):
        decided(first, cast["ben"], DecisionKind.REOPENED, "Too long.")
    assert scored() == {}


def test_a_later_text_ends_the_scores_against_the_approved_one(document, cast, django_capture_on_commit_callbacks):
    [first, _] = segments_of(document)
    with django_capture_on_commit_callbacks(execute=True):
        save(first, cast["anna"], "Good morning to you.")
        decided(first, cast["ben"], DecisionKind.APPROVED)
    assert scored()
    with django_capture_on_commit_callbacks(execute=True):
        save(first, cast["anna"], "Morning.")
    assert scored() == {}


def test_an_engine_that_comes_later_is_scored_against_what_was_approved_before(
    document, cast, django_capture_on_commit_callbacks
):
    [first, _] = segments_of(document)
    with django_capture_on_commit_callbacks(execute=True):
        save(first, cast["anna"], "Good morning to you.")
        decided(first, cast["ben"], DecisionKind.APPROVED)
    add_hypothesis(document, "engine-b", 0, "Morning to you.")
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        pipeline.after_import(document)
    assert set(scored()) == {ENGINE[0], "Morning to you."}


def test_working_through_a_scoring_in_this_process_leaves_no_post_edit_unscored(document, cast):
    [first, _] = segments_of(document)
    save(first, cast["anna"], "Good morning to you.")
    decided(first, cast["ben"], DecisionKind.APPROVED)
    assert scored() == {}
    pipeline.work_through(pipeline.rescore(document, publish=False).pk)
    assert set(scored()) == {ENGINE[0]}


def test_nothing_is_queued_where_nothing_was_ever_approved(document, cast, django_capture_on_commit_callbacks):
    [first, _] = segments_of(document)
    with django_capture_on_commit_callbacks(execute=True):
        save(first, cast["anna"], "Good morning to you.")
        decided(first, cast["ben"], DecisionKind.SENT_BACK, "Too long.")
        with transaction.atomic():
            pipeline.after_import(document)
    assert not TaskRun.objects.filter(kind=POST_EDIT).exists()


def test_a_document_has_one_row_for_it_and_a_decision_meanwhile_starts_it_afresh(document, cast, monkeypatch):
    [first, second] = segments_of(document)
    save(first, cast["anna"], "Good morning to you.")
    decided(first, cast["ben"], DecisionKind.APPROVED)
    run = TaskRun.objects.get(kind=POST_EDIT)
    save(second, cast["anna"], "Rain in Kiel.")

    def decide_meanwhile(document):
        monkeypatch.undo()
        decided(second, cast["ben"], DecisionKind.APPROVED)
        return cut(document)

    monkeypatch.setattr("reviews.metrics.runner.cut", decide_meanwhile)
    run.refresh_from_db()
    pipeline.run_chunk(run.pk, run.generation, 0)
    assert scored() == {}
    again = TaskRun.objects.get(kind=POST_EDIT)
    assert (again.pk, again.state, again.todo) == (run.pk, TaskRun.State.RUNNING, [0])
    pipeline.run_chunk(again.pk, again.generation, 0)
    assert set(scored()) == set(ENGINE)
    before = list(Score.objects.order_by("pk").values())
    pipeline.run_chunk(again.pk, again.generation, 0)
    assert list(Score.objects.order_by("pk").values()) == before


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_worker_scores_against_what_was_approved(document, cast):
    [first, _] = segments_of(document)
    with running_broker() as broker:
        save(first, cast["anna"], "Good morning to you.")
        decided(first, cast["ben"], DecisionKind.APPROVED)
        with running_worker(broker):
            wait_until(lambda: TaskRun.objects.get(kind=POST_EDIT).state == TaskRun.State.DONE)
    assert scored() == {ENGINE[0]: ter(ENGINE[0], "Good morning to you.")}
