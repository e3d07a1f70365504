"""Two people at once on what is for one of them only."""

import pytest

from reviews.editing import jobs, passes
from reviews.editing.claims import ClaimError
from reviews.editing.lanes import LaneError
from reviews.models import BulkJob, Decision, DecisionKind, Lane, ReviewPass, Revision
from reviews.models.states import verify
from tests.editing.lanes import TwoReviews, write
from tests.threads import at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two(project, cast):
    return TwoReviews(project, cast)


def test_of_two_who_take_a_second_review_one_has_it(two):
    people = [two.people["emil"], two.people["frieda"]]

    def take(number):
        try:
            return passes.take(item_id=two.item.pk, person=people[number])
        except ClaimError:
            return []

    assert sorted(len(opened) for opened in at_once(take, 2)) == [0, 2]
    assert ReviewPass.objects.values("person").distinct().count() == 1


def test_nobody_writes_in_the_article_and_takes_its_second_review_at_once(two):
    emil = two.people["emil"]

    def act(number):
        try:
            if number:
                passes.take(item_id=two.item.pk, person=emil)
            else:
                write(two.segments[0], emil, "Emil’s.")
        except (ClaimError, LaneError):
            return False
        return True

    assert sum(at_once(act, 2)) == 1
    assert Revision.objects.filter(lane=Lane.MAIN).count() + min(ReviewPass.objects.count(), 1) == 1


def test_a_job_that_two_workers_get_does_each_article_once(two):
    end = two.item.segments.update(open=False)
    assert end
    two.review()
    two.document.refresh_from_db()
    seen = {two.document.pk: two.document.audit_number}
    job = jobs.start_job(
        project_id=two.document.project_id, person=two.people["guel"], act=BulkJob.Act.APPROVE, seen=seen
    )
    at_once(lambda number: jobs.work(job.pk, after=lambda document: None), 2)
    job.refresh_from_db()
    assert (job.state, len(job.report)) == (BulkJob.State.DONE, 1)
    assert Decision.objects.filter(kind=DecisionKind.APPROVED).count() == 2
    two.document.refresh_from_db()
    assert verify(two.document) == []
