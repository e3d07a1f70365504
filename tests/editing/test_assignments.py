"""Giving work to people: who may, who can be given it, how it ends, and what races with it."""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from reviews.editing.assignments import AssignmentError, assign, follow, out_of_step, unassign
from reviews.editing.claims import ClaimError, claim, heartbeat, return_expired, take_next
from reviews.editing.permissions import NotAllowedError
from reviews.editing.saving import accept, save_revision
from reviews.models import Assignment, AuditEvent, Availability, Membership, Project, Skill, Step, WorkItem, WorkState
from reviews.models.audit import verify_stream
from reviews.models.states import verify
from tests.factories import make_cast, make_document, make_person, make_project, segments_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db

End = Assignment.End


def make_item(project, sort_key="5", step=Step.EDIT, document=None, **columns):
    return WorkItem.objects.create(
        project=project, document=document or make_document(project), step=step, sort_key=sort_key, **columns
    )


def give(item, person, by, reason="knows the story", **options):
    return assign(item_id=item.pk, person=person, by=by, reason=reason, **options)


def events(item):
    rows = AuditEvent.objects.filter(stream=f"document:{item.document_id}", action__startswith="work.")
    return [(row.action, json.loads(row.body)) for row in rows.order_by("number")]


def standing():
    return {row.item_id: row.person.username for row in Assignment.objects.filter(ended_at=None)}


def assert_caches(item):
    """The work item says what the standing assignment says."""
    item.refresh_from_db()
    found = Assignment.objects.filter(item=item, ended_at=None).first()
    assert item.assignee_id == (found.person_id if found else None)


# --- by hand ------------------------------------------------------------------------------------------------


def test_what_is_given_to_somebody_is_theirs_first_and_nobody_elses(project, cast):
    late, early = make_item(project, "9"), make_item(project, "1")
    give(late, cast["anna"], by=cast["dora"])
    assert_caches(late)
    assert take_next(person=cast["ben"], step=Step.EDIT) == early
    assert take_next(person=cast["dora"], step=Step.EDIT) is None
    other = make_item(project, "0")
    assert take_next(person=cast["anna"], step=Step.EDIT) == late
    assert take_next(person=cast["anna"], step=Step.EDIT) == other


def test_work_kept_for_somebody_else_than_it_was_given_to_is_found(project, cast):
    item = make_item(project)
    give(item, cast["anna"], by=cast["dora"])
    assert verify(item.document) == []
    WorkItem.objects.filter(pk=item.pk).update(assignee=cast["ben"])
    assert "was given to" in verify(item.document)[0]
    WorkItem.objects.filter(pk=item.pk).update(assignee=None)
    assert "was given to" in verify(item.document)[0]


def test_others_are_told_whose_it_is_why_and_the_way_out(project, cast):
    item = make_item(project)
    give(item, cast["anna"], by=cast["dora"])
    with pytest.raises(ClaimError, match=r"given to Anna: knows the story\. They can pass it on, and a desk head"):
        claim(item_id=item.pk, person=cast["ben"])
    assert claim(item_id=item.pk, person=cast["anna"]).lease_owner == cast["anna"]


def test_the_record_names_people_by_public_id_only(project, cast):
    item = make_item(project)
    give(item, cast["anna"], by=cast["dora"])
    give(item, cast["ben"], by=cast["anna"], reason="it is  his\nbeat")
    unassign(item_id=item.pk, by=cast["ben"], reason="I am ill")
    (first, given), (second, passed), (third, back) = events(item)
    assert (first, second, third) == ("work.assigned", "work.assigned", "work.unassigned")
    anna, ben = str(cast["anna"].public_id), str(cast["ben"].public_id)
    assert (given["data"]["to"], given["data"]["from"], given["data"]["reason"]) == (anna, None, "knows the story")
    assert (passed["data"]["to"], passed["data"]["from"], passed["data"]["reason"]) == (ben, anna, "it is his beat")
    assert (back["data"]["from"], back["data"]["as"], back["person"]["id"]) == (ben, "given_back", ben)
    assert not any(name in json.dumps([given, passed, back]) for name in ("Anna", "Ben", "Dora"))
    assert verify_stream(f"document:{item.document_id}") == []
    assert [row.ended_as for row in Assignment.objects.order_by("pk")] == [End.PASSED_ON, End.GIVEN_BACK]
    assert_caches(item)


def test_the_same_again_changes_nothing(project, cast):
    item = make_item(project)
    assert give(item, cast["anna"], by=cast["dora"]) == give(item, cast["anna"], by=cast["dora"], reason="again")
    assert len(events(item)) == 1
    unassign(item_id=item.pk, by=cast["dora"], reason="not now")
    assert unassign(item_id=item.pk, by=cast["dora"], reason="not now") is False
    assert len(events(item)) == 2


def test_only_a_desk_head_or_whoever_has_it_gives_work(project, cast):
    item = make_item(project)
    for name in ("anna", "ben", "rolf", "carla"):
        with pytest.raises(NotAllowedError):
            give(item, cast["anna"], by=cast[name])
        with pytest.raises(NotAllowedError):
            unassign(item_id=item.pk, by=cast[name], reason="so")
    claim(item_id=item.pk, person=cast["anna"])
    give(item, cast["ben"], by=cast["anna"])
    with pytest.raises(NotAllowedError):
        give(item, cast["anna"], by=cast["anna"])
    assert standing() == {item.pk: "ben"}


def test_passing_on_ends_the_lease_and_keeps_every_text(project, cast):
    item = make_item(project)
    claim(item_id=item.pk, person=cast["anna"])
    segment = segments_of(item.document)[0]
    give(item, cast["ben"], by=cast["anna"])
    assert not heartbeat(item_id=item.pk, person=cast["anna"])
    saved = save_revision(segment_id=segment.pk, person=cast["anna"], typed="Late but kept.", base=0)
    assert saved.created
    assert take_next(person=cast["ben"], step=Step.EDIT) == item


def test_whoever_took_it_gives_it_back_with_a_reason(project, cast):
    item = make_item(project)
    claim(item_id=item.pk, person=cast["anna"])
    with pytest.raises(AssignmentError, match="Say in a few words why"):
        unassign(item_id=item.pk, by=cast["anna"], reason="  ")
    assert unassign(item_id=item.pk, by=cast["anna"], reason="I know the man")
    item.refresh_from_db()
    assert (item.state, item.lease_owner) == (WorkState.OPEN, None)
    assert [name for name, _ in events(item)] == ["work.unassigned"]


def test_work_is_given_only_to_somebody_who_can_do_it(project, cast):
    law = make_item(project, step=Step.SPECIALIST, skill="law")
    for name, words in (("rolf", "Rolf has no role"), ("carla", "Carla has no role"), ("anna", "not known for law")):
        with pytest.raises(AssignmentError, match=words):
            give(law, cast[name], by=cast["dora"])
    Skill.objects.create(project=project, person=cast["anna"], name="law")
    give(law, cast["anna"], by=cast["dora"])
    approve = make_item(project, step=Step.APPROVE)
    accept(segment_id=segments_of(approve.document)[0].pk, person=cast["ben"], base=0)
    with pytest.raises(AssignmentError, match="Ben wrote in this article"):
        give(approve, cast["ben"], by=cast["dora"])
    Availability.objects.create(person=cast["ben"], away_from=timezone.now() - timedelta(hours=1))
    with pytest.raises(AssignmentError, match="Ben is away"):
        give(make_item(project), cast["ben"], by=cast["dora"])
    assert standing() == {law.pk: "anna"}


def test_finished_work_and_times_gone_by_are_refused(project, cast):
    done = make_item(project, state=WorkState.DONE)
    with pytest.raises(AssignmentError, match="This work is done"):
        give(done, cast["anna"], by=cast["dora"])
    with pytest.raises(AssignmentError, match="is over already"):
        give(make_item(project), cast["anna"], by=cast["dora"], until=timezone.now())


def test_work_that_waits_can_be_given_ahead(project, cast):
    item = make_item(project, step=Step.APPROVE, state=WorkState.WAITING)
    give(item, cast["ben"], by=cast["dora"])
    WorkItem.objects.filter(pk=item.pk).update(state=WorkState.OPEN)
    assert take_next(person=cast["dora"], step=Step.APPROVE) is None
    assert take_next(person=cast["ben"], step=Step.APPROVE) == item


# --- by rule ------------------------------------------------------------------------------------------------


@pytest.fixture
def assigning(project, cast):
    """A project whose work is given by rule, to Anna and Ben: Dora takes nothing on."""
    Project.objects.filter(pk=project.pk).update(assigns=True)
    Availability.objects.create(person=cast["dora"], most_open=0)
    return project


def test_new_work_is_given_by_rule_until_half_of_the_time_is_over(assigning, cast):
    deadline = timezone.now() + timedelta(hours=4)
    item = make_item(assigning, document=make_document(assigning, deadline_at=deadline))
    [made] = follow(item.document_id)
    assert made.by is None
    assert made.reason == "by rule: had 0 of 5 pieces"
    assert abs(made.until - (timezone.now() + timedelta(hours=2))) < timedelta(minutes=1)
    assert_caches(item)
    assert follow(item.document_id) == []
    [(name, body)] = events(item)
    assert (name, body["person"], body["via"]) == ("work.assigned", None, "rule")


def test_without_the_setting_the_rule_gives_nothing(project, cast):
    item = make_item(project)
    assert follow(item.document_id) == []
    assert standing() == {}


def test_the_rule_spreads_work_and_stops_at_what_people_take_on(assigning, cast):
    Availability.objects.create(person=cast["anna"], most_open=1)
    Availability.objects.create(person=cast["ben"], most_open=2)
    items = [make_item(assigning) for _ in range(4)]
    for item in items:
        follow(item.document_id)
    assert Counter(standing().values()) == {"anna": 1, "ben": 2}


def test_the_rule_asks_for_skill_section_and_clean_hands(assigning, cast):
    Skill.objects.create(project=assigning, person=cast["ben"], name="law")
    Availability.objects.create(person=cast["anna"], sections=["Sport"])
    law = make_item(assigning, step=Step.SPECIALIST, skill="law")
    sport = make_item(assigning, document=make_document(assigning, section="Sport"))
    approve = make_item(assigning, step=Step.APPROVE)
    accept(segment_id=segments_of(approve.document)[0].pk, person=cast["ben"], base=0)
    for item in (law, sport, approve):
        follow(item.document_id)
    assert standing() == {law.pk: "ben", sport.pk: "anna"}


def test_what_somebody_gave_back_is_left_to_everybody(assigning, cast):
    item = make_item(assigning)
    [made] = follow(item.document_id)
    unassign(item_id=item.pk, by=made.person, reason="too close to me")
    assert follow(item.document_id) == []
    other = cast["ben"] if made.person == cast["anna"] else cast["anna"]
    assert take_next(person=other, step=Step.EDIT) == item


def test_finished_work_ends_its_assignment(project, cast):
    item = make_item(project)
    give(item, cast["anna"], by=cast["dora"])
    WorkItem.objects.filter(pk=item.pk).update(state=WorkState.DONE)
    follow(item.document_id)
    assert Assignment.objects.get().ended_as == End.DONE
    assert_caches(item)


def leave(cast):
    Membership.objects.filter(person=cast["anna"]).delete()


def go_away(cast):
    Availability.objects.create(person=cast["anna"], away_from=timezone.now() - timedelta(minutes=1))


def lose_skill(cast):
    Skill.objects.filter(person=cast["anna"]).delete()


def be_blocked(cast):
    type(cast["anna"]).objects.filter(pk=cast["anna"].pk).update(is_active=False)


@pytest.mark.parametrize("happens", [leave, go_away, lose_skill, be_blocked])
def test_what_somebody_can_no_longer_do_goes_to_the_next(assigning, cast, happens):
    Skill.objects.create(project=assigning, person=cast["anna"], name="law")
    item = make_item(assigning, skill="law")
    [made] = follow(item.document_id)
    assert made.person == cast["anna"]
    assert out_of_step() == []
    Skill.objects.create(project=assigning, person=cast["ben"], name="law")
    happens(cast)
    assert out_of_step() == [item.document_id]
    follow(item.document_id)
    assert standing() == {item.pk: "ben"}
    made.refresh_from_db()
    assert made.ended_as == End.UNFIT
    assert made.end_reason
    assert out_of_step() == []


def test_an_approver_who_writes_in_the_article_loses_its_approval(project, cast):
    item = make_item(project, step=Step.APPROVE)
    give(item, cast["ben"], by=cast["dora"])
    accept(segment_id=segments_of(item.document)[0].pk, person=cast["ben"], base=0)
    follow(item.document_id)
    assert standing() == {}
    assert "wrote in this article" in Assignment.objects.get().end_reason


def test_what_ran_out_goes_back_to_everybody_but_not_from_under_somebody_at_work(assigning, cast):
    item = make_item(assigning)
    [made] = follow(item.document_id)
    claim(item_id=item.pk, person=made.person)
    Assignment.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert out_of_step() == []
    follow(item.document_id)
    assert standing() == {item.pk: made.person.username}
    return_expired(timezone.now() + timedelta(hours=1))
    assert out_of_step() == [item.document_id]
    follow(item.document_id)
    assert standing() == {}
    assert Assignment.objects.get().ended_as == End.RAN_OUT
    other = cast["ben"] if made.person == cast["anna"] else cast["anna"]
    assert take_next(person=other, step=Step.EDIT) == item


def test_following_asks_the_database_about_as_often_for_many_people_as_for_few(
    assigning, cast, django_assert_max_num_queries
):
    for number in range(12):
        person = make_person(f"p{number}")
        Membership.objects.create(project=assigning, person=person, role="editor")
    item = make_item(assigning)
    with django_assert_max_num_queries(20):
        assert len(follow(item.document_id)) == 1
    untouched = make_item(make_project("other"))
    with django_assert_max_num_queries(4):
        assert follow(untouched.document_id) == []


# --- at once ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_many_assignments_at_once_one_stands(project, cast):
    item = make_item(project)
    people = [cast["anna"], cast["ben"], cast["dora"]]
    at_once(lambda i: give(item, people[i % 3], by=cast["dora"], reason=f"reason {i}"), 6)
    assert len(standing()) == 1
    assert_caches(item)
    assert Assignment.objects.count() == sum(name == "work.assigned" for name, _ in events(item))
    assert verify_stream(f"document:{item.document_id}") == []


@pytest.mark.django_db(transaction=True)
def test_what_is_given_while_somebody_takes_it_is_with_one_of_them(project, cast):
    for _ in range(8):
        item = make_item(project)

        def act(i, item=item):
            if i == 0:
                return give(item, cast["anna"], by=cast["dora"])
            return take_next(person=cast["ben"], step=Step.EDIT)

        _, taken = at_once(act, 2)
        assert_caches(item)
        assert item.assignee == cast["anna"]
        # Ben was first and lost it to the desk head's word, or found nothing.
        assert item.state == WorkState.OPEN
        assert taken in (None, item)
        assert take_next(person=cast["ben"], step=Step.EDIT) is None
        assert take_next(person=cast["anna"], step=Step.EDIT) == item
        WorkItem.objects.filter(pk=item.pk).update(
            state=WorkState.DONE, lease_owner=None, lease_until=None, lease_token=None
        )


@pytest.mark.django_db(transaction=True)
def test_the_rule_takes_nothing_from_somebody_who_takes_it_this_moment(project, cast):
    Project.objects.update(assigns=True)
    for _ in range(8):
        item = make_item(project)

        def act(i, item=item):
            return follow(item.document_id) if i == 0 else take_next(person=cast["ben"], step=Step.EDIT)

        made, taken = at_once(act, 2)
        assert_caches(item)
        if taken == item:
            assert item.lease_owner == cast["ben"]
            assert item.assignee in (None, cast["ben"])
        else:
            assert len(made) == 1
        WorkItem.objects.filter(pk=item.pk).update(
            state=WorkState.DONE, lease_owner=None, lease_until=None, lease_token=None
        )
        follow(item.document_id)


@pytest.mark.django_db(transaction=True)
def test_rules_at_once_do_not_give_anybody_more_than_they_take_on(project, cast):
    Project.objects.update(assigns=True)
    for name in ("anna", "ben", "dora"):
        Availability.objects.create(person=cast[name], most_open=1)
    items = [make_item(project) for _ in range(6)]
    at_once(lambda i: follow(items[i].document_id), len(items))
    assert Counter(standing().values()) == {"anna": 1, "ben": 1, "dora": 1}


@pytest.mark.django_db(transaction=True)
def test_a_sign_of_life_that_comes_with_the_end_of_the_time_is_not_half_heard(project, cast):
    """Either the lease was renewed and the assignment stands, or both are over."""
    for _ in range(6):
        item = make_item(project)
        give(item, cast["anna"], by=cast["dora"])
        claim(item_id=item.pk, person=cast["anna"])
        Assignment.objects.filter(item=item).update(until=timezone.now() - timedelta(seconds=1))
        WorkItem.objects.filter(pk=item.pk).update(lease_until=timezone.now() - timedelta(milliseconds=1))

        def act(i, item=item):
            if i == 0:
                return heartbeat(item_id=item.pk, person=cast["anna"])
            return_expired()
            return follow(item.document_id)

        heard, _ = at_once(act, 2)
        assert_caches(item)
        assert (item.state == WorkState.LEASED) == heard
        assert (item.assignee == cast["anna"]) == heard


def test_a_person_in_two_projects_is_counted_once_for_both(assigning, cast):
    other = make_project("other", assigns=True)
    make_cast(other)
    Availability.objects.filter(person=cast["dora"]).update(most_open=0)
    for name in ("anna", "ben"):
        Availability.objects.create(person=cast[name], most_open=1)
    for place in (assigning, other, other):
        follow(make_item(place).document_id)
    assert Counter(standing().values()) == {"anna": 1, "ben": 1}
