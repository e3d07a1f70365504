"""Where a finding was dismissed for more than its text, the risk and the work of other articles follow."""

from __future__ import annotations

import pytest
from django.db import transaction

from reviews import pipeline
from reviews.checks.runner import check_document, reported, target_pairs
from reviews.editing.dismissing import dismiss, undo_dismissal
from reviews.metrics.runner import score_document
from reviews.models import Document, Scope, TaskRun, WorkItem
from reviews.routing.service import assess
from tests.factories import make_document, segments_of

pytestmark = pytest.mark.django_db

HERE = (["Sein Handy war neu.", "Es regnet."], ["His handy was new.", "It is raining."])
OTHER = (["Es regnet.", "Ihr Handy war alt."], ["It is raining.", "Her handy was old."])


@pytest.fixture
def articles(project):
    """Two articles with the same words in other texts, and one with the same text as the first."""
    made = [make_document(project, sources, {"engine-a": english}) for sources, english in (HERE, OTHER, HERE)]
    for document in made:
        score_document(document.pk)
        check_document(document.pk)
        assess(document.pk)
        pipeline.route_document(document.pk)
    return made


def troubled(document):
    """Which texts have open findings that count in their risk."""
    return [bool(segment.open_findings) for segment in segments_of(document)]


def silence(document, person, scope):
    document = Document.objects.select_related("project").get(pk=document.pk)
    found = [entry for rows in reported(document, target_pairs(document).values()).values() for entry in rows]
    with transaction.atomic():
        outcome = dismiss(
            segment_id=segments_of(document)[0].pk, finding_id=found[0].finding.pk, person=person, scope=scope
        )
        pipeline.after_dismissal(document, outcome.dismissals)
    return outcome.dismissals[0]


def work_off():
    """Do what is queued, and what follows from it."""
    while run := TaskRun.objects.filter(kind=TaskRun.Kind.ROUTE, state=TaskRun.State.RUNNING).first():
        pipeline.work_through(run.pk)


@pytest.mark.parametrize(
    ("scope", "after"),
    [
        (Scope.SEGMENT, [[False, False], [False, True], [False, False]]),
        (Scope.DOCUMENT, [[False, False], [False, True], [True, False]]),
        (Scope.PROJECT, [[False, False], [False, False], [False, False]]),
    ],
)
def test_risk_follows_as_far_as_the_dismissal_reaches_and_back(articles, cast, scope, after):
    before = [troubled(document) for document in articles]
    reasons = list(WorkItem.objects.order_by("pk").values_list("reason", flat=True))
    row = silence(articles[0], cast["anna"], scope)
    assert troubled(articles[0]) == after[0]
    work_off()
    assert [troubled(document) for document in articles] == after
    assert list(WorkItem.objects.order_by("pk").values_list("reason", flat=True)) != reasons
    with transaction.atomic():
        outcome = undo_dismissal(dismissal_id=row.pk, person=cast["anna"])
        pipeline.after_dismissal(articles[0], outcome.dismissals)
    work_off()
    assert [troubled(document) for document in articles] == before
    assert list(WorkItem.objects.order_by("pk").values_list("reason", flat=True)) == reasons


def test_what_was_asked_of_an_unfinished_run_is_not_forgotten(articles, cast):
    one = silence(articles[0], cast["anna"], Scope.PROJECT)
    pipeline._queue_route(articles[0].pk)
    with transaction.atomic():
        outcome = undo_dismissal(dismissal_id=one.pk, person=cast["anna"])
        pipeline.after_dismissal(articles[0], outcome.dismissals)
    two = silence(articles[0], cast["anna"], Scope.SEGMENT)
    run = TaskRun.objects.get(document=articles[0], kind=TaskRun.Kind.ROUTE)
    assert run.chunks == [{"like": [one.pk, two.pk]}]
