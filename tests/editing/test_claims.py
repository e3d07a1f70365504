"""Taking work: never two people on one item."""

from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.editing.claims import ClaimError, claim, heartbeat, release, return_expired, take_next
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import accept
from reviews.models import Step, WorkItem, WorkState
from tests.factories import make_document, segments_of

pytestmark = pytest.mark.django_db


def make_item(project, sort_key="5", step=Step.EDIT, **columns):
    return WorkItem.objects.create(
        project=project, document=make_document(project), step=step, sort_key=sort_key, **columns
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
