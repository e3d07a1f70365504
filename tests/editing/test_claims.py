"""Taking work: never two people on one item."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from reviews.editing.claims import HEADS, ClaimError, claim, heartbeat, release, return_expired, take_next
from reviews.editing.deciding import Seen, decide
from reviews.editing.eligibility import places_of
from reviews.editing.permissions import NotAllowedError
from reviews.editing.queues import heads, open_queues
from reviews.editing.saving import accept, save_revision
from reviews.models import DecisionKind, Project, Skill, Step, WorkItem, WorkState
from tests.factories import make_cast, make_document, make_project, segments_of

pytestmark = pytest.mark.django_db


def make_item(project, sort_key="5", step=Step.EDIT, document=None, **columns):
    return WorkItem.objects.create(
        project=project, document=document or make_document(project), step=step, sort_key=sort_key, **columns
    )


def test_the_first_in_order_is_taken(project, cast):
    make_item(project, "9")
    first = make_item(project, "1")
    taken = take_next(person=cast["anna"], step=Step.EDIT)
    assert taken == first
    assert (taken.state, taken.lease_owner) == (WorkState.LEASED, cast["anna"])
    assert timedelta(minutes=9) < taken.lease_until - timezone.now() <= timedelta(minutes=10)


def test_two_people_get_two_items_and_the_third_none(project, cast):
    make_item(project), make_item(project)
    items = [take_next(person=cast[name], step=Step.EDIT) for name in ("anna", "ben", "dora")]
    assert items[2] is None
    assert items[0] != items[1]


def test_an_expired_lease_goes_back_by_itself(project, cast):
    make_item(project)
    first = take_next(person=cast["anna"], step=Step.EDIT)
    WorkItem.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert take_next(person=cast["ben"], step=Step.EDIT) == first
    assert not heartbeat(item_id=first.pk, person=cast["anna"])
    assert heartbeat(item_id=first.pk, person=cast["ben"])


def test_a_lease_can_run_out_without_anybody_asking(project, cast):
    make_item(project)
    take_next(person=cast["anna"], step=Step.EDIT)
    assert return_expired() == 0
    assert return_expired(timezone.now() + timedelta(minutes=11)) == 1
    assert WorkItem.objects.get().state == WorkState.OPEN


def test_work_to_approve_leaves_out_what_one_wrote(project, cast):
    item = make_item(project, step=Step.APPROVE)
    accept(segment_id=segments_of(item.document)[0].pk, person=cast["ben"], base=0)
    assert take_next(person=cast["ben"], step=Step.APPROVE) is None
    assert take_next(person=cast["dora"], step=Step.APPROVE) == item


def test_without_four_eyes_one_may_approve_what_one_wrote(project, cast):
    project.four_eyes = False
    project.save()
    item = make_item(project, step=Step.APPROVE)
    accept(segment_id=segments_of(item.document)[0].pk, person=cast["ben"], base=0)
    assert take_next(person=cast["ben"], step=Step.APPROVE) == item


def test_roles_decide_which_step_one_may_take(project, cast):
    make_item(project, step=Step.APPROVE), make_item(project)
    assert take_next(person=cast["anna"], step=Step.APPROVE) is None
    assert take_next(person=cast["rolf"], step=Step.EDIT) is None
    assert take_next(person=cast["carla"], step=Step.EDIT) is None
    assert take_next(person=cast["anna"], step=Step.EDIT) is not None


def test_a_claimed_item_says_who_has_it(project, cast):
    item = make_item(project)
    claim(item_id=item.pk, person=cast["anna"])
    with pytest.raises(ClaimError, match="Anna has this work until"):
        claim(item_id=item.pk, person=cast["ben"])
    assert claim(item_id=item.pk, person=cast["anna"]).lease_owner == cast["anna"]


def test_waiting_work_cannot_be_claimed(project, cast):
    item = make_item(project, state=WorkState.WAITING)
    with pytest.raises(ClaimError, match="waiting"):
        claim(item_id=item.pk, person=cast["anna"])


def test_work_is_given_back_by_its_owner_or_a_desk_head(project, cast):
    item = make_item(project)
    claim(item_id=item.pk, person=cast["anna"])
    with pytest.raises(NotAllowedError):
        release(item_id=item.pk, person=cast["ben"])
    assert release(item_id=item.pk, person=cast["dora"])
    claim(item_id=item.pk, person=cast["anna"])
    assert release(item_id=item.pk, person=cast["anna"])
    assert not release(item_id=item.pk, person=cast["anna"])


def write_in(document, person, place):
    accept(segment_id=segments_of(document)[place].pk, person=person, base=0)


def test_four_eyes_for_some_kinds_leave_out_what_one_wrote_of_those(project, cast):
    project.four_eyes, project.four_eyes_kinds = False, ["headline"]
    project.save()
    items = [
        make_item(project, step=Step.APPROVE, document=make_document(project, kinds=["headline", "body"]))
        for _ in range(2)
    ]
    write_in(items[0].document, cast["ben"], 0)
    write_in(items[1].document, cast["ben"], 1)
    assert take_next(person=cast["ben"], step=Step.APPROVE) == items[1]
    assert take_next(person=cast["ben"], step=Step.APPROVE) is None
    assert take_next(person=cast["dora"], step=Step.APPROVE) == items[0]


def test_a_text_for_a_headline_and_a_sentence_asks_as_the_headline_does(project, cast):
    project.four_eyes, project.four_eyes_kinds = False, ["headline"]
    project.save()
    document = make_document(project, hypotheses={"engine-a": [("Both.", 2), ""]}, kinds=["body", "headline"])
    item = make_item(project, step=Step.APPROVE, document=document)
    write_in(document, cast["ben"], 0)
    assert take_next(person=cast["ben"], step=Step.APPROVE) is None
    assert take_next(person=cast["dora"], step=Step.APPROVE) == item


def test_what_one_marked_as_reviewed_last_is_for_somebody_else_to_approve(project, cast):
    item = make_item(project, step=Step.APPROVE)
    segment = segments_of(item.document)[0]
    save_revision(segment_id=segment.pk, person=cast["anna"], typed="Hers.", base=0)
    accept(segment_id=segment.pk, person=cast["ben"], base=1)
    assert take_next(person=cast["ben"], step=Step.APPROVE) is None
    accept(segment_id=segments_of(item.document)[1].pk, person=cast["anna"], base=0)
    assert take_next(person=cast["dora"], step=Step.APPROVE) == item


def test_a_second_review_is_for_somebody_who_did_nothing_in_the_article(project, cast):
    written, sent_back, untouched = (make_item(project, key, step=Step.BLIND) for key in "123")
    write_in(written.document, cast["ben"], 0)
    write_in(sent_back.document, cast["anna"], 0)
    segment = segments_of(sent_back.document)[0]
    seen = Seen(segment.latest_revision_id, segment.latest_revision.source_hash)
    decide(segment_id=segment.pk, person=cast["ben"], kind=DecisionKind.SENT_BACK, seen=seen, reason="No.")
    assert take_next(person=cast["ben"], step=Step.BLIND) == untouched
    assert take_next(person=cast["ben"], step=Step.BLIND) is None
    with pytest.raises(ClaimError, match="you worked on this article already"):
        claim(item_id=written.pk, person=cast["ben"])
    assert take_next(person=cast["dora"], step=Step.BLIND) == written


def test_the_first_of_all_projects_and_skills_is_taken(project, cast):
    other = make_project("other")
    make_cast(other)
    Skill.objects.create(project=other, person=cast["anna"], name="law")
    third = make_item(project, "3")
    first = make_item(other, "1", skill="law")
    second = make_item(other, "2")
    make_item(project, "0", skill="law")
    taken = [take_next(person=cast["anna"], step=Step.EDIT) for _ in range(4)]
    assert taken == [first, second, third, None]


def test_a_person_of_many_projects_is_asked_about_in_parts(project, cast, monkeypatch):
    monkeypatch.setattr("reviews.editing.claims.PARTS", 2)
    for number in range(4):
        make_cast(make_project(f"p{number}"))
    last = make_item(Project.objects.get(slug="p3"))
    assert take_next(person=cast["anna"], step=Step.EDIT) == last


def test_more_of_ones_own_at_the_head_than_are_looked_at_hide_nothing(project, cast):
    for number in range(HEADS + 3):
        write_in(make_item(project, f"1{number:02}", step=Step.APPROVE).document, cast["ben"], 0)
    last = make_item(project, "2", step=Step.APPROVE)
    assert take_next(person=cast["ben"], step=Step.APPROVE) == last


def test_the_statement_reads_each_queue_by_its_index(project, cast):
    """No part of it scans the work, or sorts more than the heads."""
    Skill.objects.create(project=project, person=cast["ben"], name="law")
    queues = open_queues(cast["ben"], places_of(cast["ben"]), Step.APPROVE)
    sql, parameters = heads(queues, HEADS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        verb = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{verb} {sql}", parameters)
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert plan.count("work_item_queue") == len(queues) == 2
    assert "TEMP B-TREE" not in plan
    assert "Sort Key" not in plan
