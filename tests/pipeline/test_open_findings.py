"""Which findings stand open, and how many are critical, follows every save, dismissal, policy and source."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import transaction

from reviews import pipeline
from reviews.checks.policy import parse_policy
from reviews.checks.runner import reported, target_pairs
from reviews.editing.dismissing import dismiss
from reviews.editing.policies import set_policy
from reviews.models import Document, Person, Project, Revision, Scope, Segment, TaskRun
from reviews.models.states import verify
from reviews.models.tally import CRITICAL_DOCUMENTS, CRITICAL_TEXTS, tallies
from reviews.publishing.service import publish
from reviews.routing import service as routing
from tests.factories import make_document, segments_of
from tests.notices.desk import change_source, write
from tests.publishing.desk import AT_ONCE, work_through

pytestmark = pytest.mark.django_db

GERMAN = ["Der Anbieter meldet 1200 Fälle.", "Es regnet in Kiel.", "Ein Satz ohne Zahl."]
ENGLISH = ["The vendor reports 2100 cases.", "It is raining in Kiel.", "A sentence without a number."]


@pytest.fixture
def document(project: Project) -> Document:
    made = make_document(project, GERMAN, {"engine-a": ENGLISH}, section="Security")
    pipeline.work_through(pipeline.rescore(made, publish=False).pk)
    return made


def work_off() -> None:
    """Do what is queued, and what follows from it."""
    while run := TaskRun.objects.filter(state=TaskRun.State.RUNNING).first():
        pipeline.work_through(run.pk)


def standing(document: Document) -> list[tuple[Sequence[str], int]]:
    return [(segment.open_findings, segment.open_criticals) for segment in segments_of(document)]


def criticals(document: Document) -> tuple[int, int, int]:
    """As the article has it, as the section counts it, and how many articles that is."""
    counted = tallies(document.project).get("Security", {})
    document.refresh_from_db()
    assert verify(document) == []
    return document.critical_texts, counted.get(CRITICAL_TEXTS, 0), counted.get(CRITICAL_DOCUMENTS, 0)


def test_an_edit_that_mends_it_and_one_that_breaks_another(document: Document, cast: dict[str, Person]) -> None:
    first, second, _ = segments_of(document)
    assert criticals(document) == (1, 1, 1)
    assert standing(document)[0] == (["accuracy/mistranslation", "numbers"], 1)
    write(first, cast["anna"], "The vendor reports 1200 cases.")
    work_off()
    assert criticals(document) == (0, 0, 0)
    assert standing(document) == [([], 0)] * 3
    write(second, cast["anna"], "It is not raining in Kiel.")
    work_off()
    assert criticals(document) == (1, 1, 1)
    assert "negation" in standing(document)[1][0]


def test_a_dismissal_counts_at_once(document: Document, cast: dict[str, Person]) -> None:
    full = Document.objects.select_related("project").get(pk=document.pk)
    found = [entry for rows in reported(full, target_pairs(full).values()).values() for entry in rows]
    with transaction.atomic():
        dismiss(
            segment_id=segments_of(document)[0].pk,
            finding_id=found[0].finding.pk,
            person=cast["dora"],
            scope=Scope.SEGMENT,
            reason="The vendor corrected itself.",
        )
    assert criticals(document) == (0, 0, 0)


def test_a_check_that_is_switched_off_counts_no_more(document: Document, cast: dict[str, Person]) -> None:
    project = document.project
    off, on = parse_policy({"checks": {"numbers.value": "off"}}), parse_policy({})
    for policy, seen, left in ((off, on, 0), (on, off, 1)):
        assert set_policy(project_id=project.pk, person=cast["dora"], policy=policy, seen=seen)
        pipeline.route_project(project.pk)
        work_off()
        assert criticals(document)[0] == left
        assert Project.objects.get().checks_changed_at is None


def test_a_text_that_left_the_source_counts_no_more(document: Document, cast: dict[str, Person]) -> None:
    change_source(document, cast["dora"], {0: "Ein ganz anderer Anfang."})
    work_off()
    assert (
        criticals(document)[0]
        == Segment.objects.filter(document=document, open_criticals__gt=0, covered_by=None)
        .exclude(state="retired")
        .count()
    )
    assert not Segment.objects.filter(state="retired").exclude(open_findings=[], open_criticals=0).exists()


def test_what_is_out_waits_for_nobody(document: Document, cast: dict[str, Person]) -> None:
    work_through(document, editor=cast["anna"], approver=cast["ben"])
    work_off()
    assert criticals(document) == (1, 1, 1)
    waived = {"numbers.value": "The vendor corrected itself.", **AT_ONCE}
    publish(document_id=document.pk, person=cast["dora"], waivers=waived)
    assert criticals(document) == (1, 0, 0)


def test_a_text_saved_while_findings_are_looked_up_is_looked_up_too(
    document: Document, cast: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = segments_of(document)[0]
    write(first, cast["anna"], "The vendor reports 1200 cases.")
    looked_up = routing._behind

    def and_meanwhile(of: Document) -> object:
        found = looked_up(of)
        if Revision.objects.filter(segment=first).count() == 1:
            write(first, cast["anna"], "The vendor reports 2100 cases.")
        return found

    monkeypatch.setattr(routing, "_behind", and_meanwhile)
    work_off()
    assert criticals(document)[0] == 1
