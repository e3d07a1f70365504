"""Assignments follow whatever changes the work, and the people."""

import pytest

from reviews import pipeline
from reviews.editing.claims import claim, release
from reviews.models import Assignment, Availability, Membership, Project, Step
from tests.factories import make_document

pytestmark = pytest.mark.django_db


def test_a_sweep_gives_away_what_somebody_who_left_was_given(project, cast):
    Project.objects.filter(pk=project.pk).update(assigns=True)
    Availability.objects.create(person=cast["dora"], most_open=0)
    document = make_document(project)
    pipeline.after_decision(document.pk)
    given = Assignment.objects.get()
    assert given.item.step == Step.EDIT
    Membership.objects.filter(person=given.person).delete()
    pipeline.sweep()
    given.refresh_from_db()
    assert given.ended_as == Assignment.End.UNFIT
    standing = Assignment.objects.get(ended_at=None)
    assert {given.person, standing.person} == {cast["anna"], cast["ben"]}
    pipeline.sweep()
    assert Assignment.objects.get(ended_at=None) == standing


def test_work_that_opens_is_given_in_the_same_transaction_and_once(project, cast):
    Project.objects.filter(pk=project.pk).update(assigns=True)
    document = make_document(project)
    for _ in range(3):
        pipeline.after_decision(document.pk)
    assert [row.item.step for row in Assignment.objects.select_related("item")] == [Step.EDIT]


def test_a_lease_given_back_leaves_the_assignment(project, cast):
    Project.objects.filter(pk=project.pk).update(assigns=True)
    document = make_document(project)
    pipeline.after_decision(document.pk)
    given = Assignment.objects.select_related("item").get()
    claim(item_id=given.item_id, person=given.person)
    release(item_id=given.item_id, person=given.person)
    pipeline.after_decision(document.pk)
    assert Assignment.objects.get(ended_at=None) == given
