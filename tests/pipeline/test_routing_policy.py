"""A changed routing policy reaches every article that is not approved, whatever happens on the way."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from reviews import pipeline
from reviews.editing.deciding import Seen, decide
from reviews.editing.permissions import NotAllowedError
from reviews.editing.policies import RoutingMovedError, set_routing_policy
from reviews.editing.saving import accept
from reviews.models import AuditEvent, DecisionKind, Project, Segment, TaskRun, WorkItem
from reviews.routing.policy import Policy, parse_policy
from tests.factories import make_cast, make_document, make_project, segments_of
from tests.threads import at_once
from tests.workers import publishing_to, running_broker, running_worker, wait_until

pytestmark = pytest.mark.django_db

LAW = parse_policy({"rules": [{"name": "All", "then": {"specialist": "law"}}]})
TWICE = parse_policy({"rules": [{"name": "All", "then": {"second_review": True}}]})


def put(project, person, policy, seen=None):
    return set_routing_policy(project_id=project.pk, person=person, policy=policy, seen=seen or Policy())


def steps():
    return set(WorkItem.objects.exclude(state="cancelled").values_list("step", flat=True))


def test_a_change_is_in_the_record_and_waits_to_be_applied(project, cast):
    assert put(project, cast["dora"], LAW)
    project.refresh_from_db()
    assert parse_policy(project.routing_policy) == LAW
    assert project.routing_changed_at is not None
    event = AuditEvent.objects.get(action="routing.policy")
    body = json.loads(event.body)
    assert (event.stream, body["person"]["id"]) == (f"project:{project.pk}", str(cast["dora"].public_id))
    assert body["data"] == {"before": {}, "after": LAW.to_json()}
    assert not put(project, cast["dora"], LAW, LAW)
    assert AuditEvent.objects.count() == 1


def test_only_a_desk_head_changes_it(project, cast):
    for name in ("anna", "ben", "rolf", "carla"):
        with pytest.raises(NotAllowedError, match="may not say which text needs which work"):
            put(project, cast[name], LAW)
    assert Project.objects.get().routing_policy == {}


def test_whoever_comes_second_is_told_and_writes_nothing_over(project, cast):
    put(project, cast["dora"], LAW)
    with pytest.raises(RoutingMovedError) as caught:
        put(project, cast["dora"], TWICE)
    assert caught.value.standing == LAW
    assert parse_policy(Project.objects.get().routing_policy) == LAW
    # The same change asked for twice is no clash.
    assert not put(project, cast["dora"], LAW)


@pytest.mark.django_db(transaction=True)
def test_of_two_desk_heads_at_once_one_is_told(cast):
    project = Project.objects.get()

    def save(number: int) -> str:
        try:
            return "saved" if put(project, cast["dora"], [LAW, TWICE][number]) else "same"
        except RoutingMovedError:
            return "told"

    assert sorted(at_once(save, 2)) == ["saved", "told"]
    assert AuditEvent.objects.filter(action="routing.policy").count() == 1


def test_every_article_that_is_not_approved_gets_a_run_and_no_other(project, cast):
    project.four_eyes = False
    project.save()
    documents = [make_document(project, ["Satz."]) for _ in range(3)]
    segment = segments_of(documents[0])[0]
    saved = accept(segment_id=segment.pk, person=cast["ben"], base=0)
    seen = Seen(saved.revision.pk, saved.revision.source_hash)
    decide(segment_id=segment.pk, person=cast["dora"], kind=DecisionKind.APPROVED, seen=seen)
    put(project, cast["dora"], LAW)
    pipeline.route_project(project.pk)
    assert set(TaskRun.objects.values_list("document_id", "kind")) == {(d.pk, "route") for d in documents[1:]}
    assert Project.objects.get().routing_changed_at is None
    for run in TaskRun.objects.all():
        pipeline.run_chunk(run.pk, run.generation, 0)
        pipeline.run_chunk(run.pk, run.generation, 0)
    assert set(TaskRun.objects.values_list("state", flat=True)) == {"done"}
    assert WorkItem.objects.filter(step="specialist").count() == 2


def test_a_policy_that_changes_while_one_is_applied_is_applied_too(project, cast):
    document = make_document(project)
    put(project, cast["dora"], LAW)

    def meanwhile(document_id: int) -> None:
        pipeline.route_document(document_id)
        put(project, cast["dora"], TWICE, LAW)

    pipeline.route_project(project.pk, meanwhile)
    assert Project.objects.get().routing_changed_at is not None
    pipeline.sweep(left_behind=timedelta(0), inline=True)
    assert Project.objects.get().routing_changed_at is None
    assert steps() == {"edit", "blind", "approve"}
    assert segments_of(document)[0].route["second_review"]


def test_a_sweep_leaves_a_policy_that_was_just_changed_to_the_workers(project, cast):
    make_document(project)
    put(project, cast["dora"], LAW)
    pipeline.sweep(inline=True)
    assert not WorkItem.objects.exists()
    Project.objects.update(routing_changed_at=timezone.now() - pipeline.LEFT_BEHIND * 2)
    pipeline.sweep(inline=True)
    assert steps() == {"edit", "specialist", "approve"}


def test_an_archived_project_is_left_alone(project, cast):
    make_document(project)
    put(project, cast["dora"], LAW)
    Project.objects.update(archived_at=timezone.now())
    pipeline.route_project(project.pk)
    assert not TaskRun.objects.exists()


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_a_worker_routes_a_projects_articles_after_a_change():
    project = make_project()
    dora = make_cast(project)["dora"]
    for _ in range(5):
        make_document(project, ["Satz."])
    with running_broker() as broker, publishing_to(broker.address.broker), running_worker(broker):
        put(project, dora, LAW)
        pipeline.after_routing_policy(project.pk)
        wait_until(lambda: Segment.objects.exclude(route={}).count() == 5)
    assert WorkItem.objects.filter(step="specialist").count() == 5
