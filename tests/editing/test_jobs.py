"""Acts on many articles at once: one article at a time, through the doors of single acts."""

from __future__ import annotations

import json

import pytest

from reviews import pipeline
from reviews.editing import jobs, marking, passes
from reviews.editing.permissions import NotAllowedError
from reviews.models import (
    AuditEvent,
    BulkJob,
    Decision,
    DecisionKind,
    DocumentState,
    SegmentState,
    Step,
    WorkItem,
)
from reviews.models.states import verify
from tests.editing.lanes import more_people, now, work_on, write
from tests.factories import make_document, segments_of

pytestmark = pytest.mark.django_db

Act, State = BulkJob.Act, BulkJob.State


@pytest.fixture
def desk(project, cast):
    """Three articles that Anna reviewed."""
    people = cast | more_people(project)
    documents = [make_document(project) for _ in range(3)]
    for document in documents:
        for segment in segments_of(document):
            write(segment, people["anna"], "Anna’s.")
        document.refresh_from_db()
    return people, documents


def ask(person, documents, act=Act.APPROVE, **options):
    for document in documents:
        document.refresh_from_db()
    seen = {document.pk: document.audit_number for document in documents}
    return jobs.start_job(project_id=documents[0].project_id, person=person, act=act, seen=seen, **options)


def run(job):
    while jobs.work(job.pk, after=lambda document: None):
        pass
    job.refresh_from_db()
    return job


def state(document):
    document.refresh_from_db()
    assert verify(document) == []
    return document.state


def test_everything_reviewed_is_approved_in_the_persons_name(desk):
    people, documents = desk
    job = run(ask(people["frieda"], documents))
    assert (job.state, job.todo) == (State.DONE, [])
    assert [(line["done"], line["refused"]) for line in job.report] == [(2, {})] * 3
    assert [state(document) for document in documents] == [DocumentState.APPROVED] * 3
    assert set(Decision.objects.filter(kind=DecisionKind.APPROVED).values_list("person", flat=True)) == {
        people["frieda"].pk
    }
    event = AuditEvent.objects.filter(action="decision.approved").first()
    assert json.loads(event.body)["via"] == "bulk job"
    assert AuditEvent.objects.get(action="bulk.started").stream == f"project:{documents[0].project_id}"


def test_marks_in_an_engines_text_are_no_change_of_the_article(desk):
    people, documents = desk
    job = ask(people["frieda"], documents)
    text = segments_of(documents[0])[0].chosen
    marking.rate(hypothesis_id=text.pk, person=people["anna"], value=None, base=0)
    assert [line["done"] for line in run(job).report] == [2, 2, 2]


@pytest.mark.parametrize(
    ("act", "after"), [(Act.SEND_BACK, SegmentState.SENT_BACK), (Act.REOPEN, SegmentState.IN_REVIEW)]
)
def test_articles_are_sent_back_and_reopened_for_a_reason(desk, act, after):
    people, documents = desk
    with pytest.raises(jobs.JobError, match="why"):
        ask(people["frieda"], documents, act)
    run(ask(people["frieda"], documents, act, reason="The embargo holds."))
    assert {segment.state for document in documents for segment in segments_of(document)} == {after}
    assert set(Decision.objects.exclude(reason="").values_list("reason", flat=True)) == {"The embargo holds."}


def test_what_is_refused_by_hand_is_refused_here_and_named(desk):
    people, (own, second, unread) = desk
    write(segments_of(own)[0], people["frieda"], "Frieda’s.")
    work_on(second, Step.BLIND, segments_of(second)[:1])
    for segment in segments_of(unread):
        write(segment, people["anna"], "Not done.", reviewed=False)
    job = run(ask(people["frieda"], [own, second, unread]))
    refused = {line["document"]: (line["done"], *line["refused"]) for line in job.report}
    assert refused[own.pk] == (1, "You wrote this text. Somebody else has to approve it.")
    assert refused[second.pk][0] == 1
    assert "second review" in refused[second.pk][1]
    assert refused[unread.pk] == (0, "No text of it can be marked as approved as it stands.")
    assert job.state == State.DONE


def test_a_text_nobody_saw_is_not_approved(desk):
    people, documents = desk
    job = ask(people["frieda"], documents)
    write(segments_of(documents[0])[0], people["emil"], "Emil’s, a moment ago.")
    run(job)
    assert job.report[0]["refused"] == {"The article changed after you chose it. Open it and look.": 1}
    assert now(segments_of(documents[0])[0]).state == SegmentState.REVIEWED
    assert state(documents[1]) == DocumentState.APPROVED


def test_what_happens_beside_the_texts_does_not_hold_it_up(desk):
    people, documents = desk
    job = ask(people["frieda"], documents)
    item = work_on(documents[0], Step.BLIND, segments_of(documents[0])[:1])
    passes.take(item_id=item.pk, person=people["emil"])
    run(job)
    assert job.report[0]["done"] == 1


def test_a_second_reviewer_does_nothing_to_the_article(desk):
    people, documents = desk
    item = work_on(documents[0], Step.BLIND, segments_of(documents[0])[:1])
    passes.take(item_id=item.pk, person=people["frieda"])
    job = run(ask(people["frieda"], documents[:1]))
    assert job.report[0]["refused"] == {"You are at work on this article apart from the others.": 1}


def test_work_is_given_and_taken_back(desk, project):
    people, documents = desk
    items = [WorkItem.objects.create(project=project, document=document, step=Step.EDIT) for document in documents[:2]]
    job = run(ask(people["dora"], documents, Act.ASSIGN, reason="Knows the subject.", to=people["anna"]))
    assert [line["done"] for line in job.report] == [1, 1, 0]
    assert "There is no work" in next(iter(job.report[2]["refused"]))
    assert {WorkItem.objects.get(pk=item.pk).assignee for item in items} == {people["anna"]}
    job = run(ask(people["dora"], documents[:2], Act.UNASSIGN, reason="She is ill."))
    assert [line["done"] for line in job.report] == [1, 1]
    assert {WorkItem.objects.get(pk=item.pk).assignee for item in items} == {None}


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("anna", Act.APPROVE),
        ("anna", Act.SEND_BACK),
        ("frieda", Act.ASSIGN),
        ("rolf", Act.REOPEN),
        ("carla", Act.APPROVE),
    ],
)
def test_nobody_asks_for_what_their_role_does_not_cover(desk, name, act):
    people, documents = desk
    with pytest.raises(NotAllowedError):
        ask(people[name], documents, act, reason="why", to=people["anna"])
    assert not BulkJob.objects.exists()


def test_a_role_lost_meanwhile_ends_what_it_covered(desk):
    people, documents = desk
    job = ask(people["frieda"], documents)
    people["frieda"].memberships.all().delete()
    run(job)
    assert {line["done"] for line in job.report} == {0}


def test_a_job_takes_articles_of_its_project_and_not_too_many(desk, monkeypatch):
    people, documents = desk
    for seen, words in (({}, "at least one"), ({10**9: 1}, "not in this project")):
        with pytest.raises(jobs.JobError, match=words):
            jobs.start_job(project_id=documents[0].project_id, person=people["frieda"], act=Act.APPROVE, seen=seen)
    monkeypatch.setattr(jobs, "MAX_DOCUMENTS", 2)
    with pytest.raises(jobs.JobError, match="at most 2"):
        ask(people["frieda"], documents)


def test_a_job_is_stopped_between_two_articles(desk, monkeypatch):
    people, documents = desk
    monkeypatch.setattr(jobs, "AT_A_TIME", 1)
    job = ask(people["frieda"], documents)
    assert jobs.work(job.pk, after=lambda document: None) is True
    with pytest.raises(NotAllowedError):
        jobs.cancel_job(job_id=job.pk, person=people["anna"])
    assert jobs.cancel_job(job_id=job.pk, person=people["dora"])
    assert jobs.work(job.pk, after=lambda document: None) is False
    job.refresh_from_db()
    assert (job.state, len(job.todo)) == (State.CANCELLED, 2)
    assert [state(document) for document in documents] == [DocumentState.APPROVED] + [DocumentState.REVIEWED] * 2
    assert not jobs.cancel_job(job_id=job.pk, person=people["frieda"])


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(desk):
    people, documents = desk
    job = ask(people["frieda"], documents)
    calls = []

    def dies(document):
        calls.append(document)
        if len(calls) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        jobs.work(job.pk, after=dies)
    job.refresh_from_db()
    assert [line["document"] for line in job.report] == [documents[0].pk]
    assert state(documents[1]) == DocumentState.REVIEWED
    run(job)
    run(job)  # delivered once more
    assert [state(document) for document in documents] == [DocumentState.APPROVED] * 3
    assert Decision.objects.filter(kind=DecisionKind.APPROVED).count() == 6
    assert [line["document"] for line in job.report] == [document.pk for document in documents]


def test_an_article_that_kills_its_worker_each_time_is_left(desk):
    people, documents = desk
    job = ask(people["frieda"], documents)

    def dies(document):
        if document == documents[0].pk:
            raise KeyboardInterrupt

    for _ in range(jobs.MAX_STARTS):
        with pytest.raises(KeyboardInterrupt):
            jobs.work(job.pk, after=dies)
    run(job)
    assert job.report[0]["failed"] == "It was begun 3 times and never finished."
    assert [state(document) for document in documents] == [DocumentState.REVIEWED] + [DocumentState.APPROVED] * 2


def test_what_goes_wrong_in_one_article_is_named_and_leaves_the_others(desk):
    people, documents = desk
    job = ask(people["frieda"], documents)

    def breaks(document):
        if document == documents[1].pk:
            raise RuntimeError

    jobs.work(job.pk, after=breaks)
    job.refresh_from_db()
    assert job.report[1]["failed"] == "It could not be done (RuntimeError)."
    assert [state(document) for document in documents] == [
        DocumentState.APPROVED,
        DocumentState.REVIEWED,
        DocumentState.APPROVED,
    ]


def test_the_sweep_takes_up_a_job_that_was_left_behind(desk, django_capture_on_commit_callbacks, monkeypatch):
    people, documents = desk
    monkeypatch.setattr(pipeline._broker, "send", lambda *args, **options: False)
    with django_capture_on_commit_callbacks(execute=True):
        job = ask(people["frieda"], documents)
        pipeline.after_job(job)
    job.refresh_from_db()
    assert job.error == pipeline.NOT_QUEUED
    pipeline.sweep(inline=True)
    job.refresh_from_db()
    assert (job.state, job.error) == (State.DONE, "")
