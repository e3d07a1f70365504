"""What the database counts by itself is what there is, whatever is done, in whatever order."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from reviews.models import Document, Project, Tally, WorkItem
from reviews.models.states import count_criticals
from reviews.models.tally import counted_afresh, fold, tallies, verify_tallies
from reviews.models.triggers import install, lift_counting, missing
from tests.factories import make_document
from tests.threads import at_once

STATES = ("new", "in_review", "reviewed", "approved", "published")


def summed(project: Project) -> dict[tuple[int, str, str], int]:
    return {
        (project.pk, section, measure): number
        for section, measures in tallies(project).items()
        for measure, number in measures.items()
    }


@pytest.mark.django_db
def test_counts_follow_every_change(project: Project) -> None:
    first, second = (make_document(project, ("Ein Satz.", "Noch einer.")) for _ in range(2))
    assert tallies(project)[""]["articles:new"] == 2
    assert tallies(project)[""]["texts:new"] == 4
    Document.objects.filter(pk=first.pk).update(section="Sport", outdated=True, critical_texts=3)
    assert tallies(project)["Sport"]["critical:texts"] == 3
    item = WorkItem.objects.create(project=project, document=second, step="edit")
    WorkItem.objects.create(project=project, document=first, step="approve", state="waiting")
    Document.objects.filter(pk=second.pk).update(section="Sport")
    WorkItem.objects.filter(pk=item.pk).update(state="done")
    for document, state in ((first, "reviewed"), (second, "published"), (first, "in_review")):
        Document.objects.filter(pk=document.pk).update(state=state)
    Document.objects.update(segments_new=0, segments_approved=2)
    assert summed(project) == counted_afresh(project=project)
    assert set(tallies(project)) == {"Sport"}
    WorkItem.objects.all().delete()
    assert summed(project) == counted_afresh(project=project)
    assert verify_tallies(project) == []


@pytest.mark.django_db
def test_what_is_taken_back_was_never_counted(project: Project) -> None:
    make_document(project, ("Ein Satz.",))
    before = summed(project)
    with transaction.atomic():
        Document.objects.update(state="reviewed", section="Sport")
        assert summed(project) != before
        transaction.set_rollback(True)
    assert summed(project) == before


@pytest.mark.django_db
def test_folding_changes_no_sum(project: Project) -> None:
    document = make_document(project, ("Ein Satz.",))
    for state in STATES * 3:
        Document.objects.filter(pk=document.pk).update(state=state)
    before = summed(project)
    assert fold(project.pk) > 20
    assert fold(project.pk) == 0
    assert summed(project) == before == counted_afresh(project=project)
    assert Tally.objects.count() == len(before)


@pytest.mark.django_db(transaction=True)
def test_many_fold_and_change_at_once(project: Project) -> None:
    documents = [make_document(project, ("Ein Satz.",)) for _ in range(4)]

    def work(number: int) -> None:
        for state in STATES * 2:
            Document.objects.filter(pk=documents[number].pk).update(state=state, section=f"S{number % 2}")
            fold(project.pk)

    at_once(work, 4)
    assert summed(project) == counted_afresh(project=project)
    assert verify_tallies(project) == []


@pytest.mark.django_db
def test_a_count_that_is_off_is_named(project: Project) -> None:
    make_document(project, ("Ein Satz.",))
    Tally.objects.create(project=project, section="", measure="articles:new", number=5)
    assert verify_tallies(project) == [
        f"project {project.slug}: articles:new in section '' is counted as 6, not 1",
    ]


@pytest.mark.django_db(transaction=True)
def test_what_was_done_without_triggers_is_counted_with_them(project: Project) -> None:
    lift_counting(connection)
    assert missing(connection)
    document = make_document(project, ("Ein Satz.",))
    assert tallies(project) == {}
    install(connection)
    assert summed(project) == counted_afresh(project=project)
    install(connection)
    assert tallies(project)[""]["articles:new"] == 1
    Document.objects.filter(pk=document.pk).update(critical_texts=1)
    count_criticals(document.pk)
    assert "critical:texts" not in tallies(project)[""]
