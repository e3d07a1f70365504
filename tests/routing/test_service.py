"""Risk on segments and work on documents, as tables."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reviews.checks.runner import check_document
from reviews.editing.claims import claim, return_expired, take_next
from reviews.editing.deciding import DecisionError, Seen, decide
from reviews.editing.saving import save_revision
from reviews.importing.scorefiles.base import Judgement
from reviews.metrics.registry import new_external
from reviews.metrics.runner import score_document
from reviews.metrics.service import Origin, take_scores
from reviews.models import DecisionKind, Document, Hypothesis, Segment, Step, WorkItem, WorkState
from reviews.models.in_force import cut
from reviews.models.states import refresh
from reviews.models.work import LIVE_WORK_STATES
from reviews.routing.service import assess, hypothesis_risks
from reviews.routing.work import out_of_step, sync_work
from tests.factories import make_document, make_project, segments_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db

SOURCES = ["Es kamen 120 Gäste.", "Der Zug hält heute in Kiel.", "Morgen scheint die Sonne wieder über der Stadt."]
GOOD = ["There were 120 guests.", "The train stops in Kiel today.", "Tomorrow the sun shines over the city again."]


@pytest.fixture
def document(project):
    return make_document(project, SOURCES, {"engine-a": GOOD})


def prepare(document):
    score_document(document.pk)
    check_document(document.pk)
    assess(document.pk)


def items(document):
    """(step, state) of the live items and of those that are over, oldest first."""
    return list(WorkItem.objects.filter(document=document).order_by("pk").values_list("step", "state"))


def save(segment, person, text="A new text.", *, reviewed=True):
    segment.refresh_from_db()
    base = segment.latest_revision.number if segment.latest_revision else 0
    save_revision(segment_id=segment.pk, person=person, typed=text, base=base, reviewed=reviewed)
    sync_work(segment.document_id)


def decided(segment, person, kind, reason=""):
    segment.refresh_from_db()
    revision = segment.latest_revision
    seen = Seen(revision.pk, revision.source_hash)
    decide(segment_id=segment.pk, person=person, kind=kind, seen=seen, reason=reason)
    sync_work(segment.document_id)


def all_reviewed(document, person):
    for segment in segments_of(document):
        save(segment, person)


# --- risk ---------------------------------------------------------------------------------------------


def test_a_changed_number_makes_a_segment_the_riskiest_of_its_article(project):
    document = make_document(project, SOURCES, {"engine-a": [GOOD[0].replace("120", "210"), *GOOD[1:]]})
    prepare(document)
    first, second, third = segments_of(document)
    assert first.risk_rank == 1
    assert first.risk_reasons[0] == "number changed"
    assert sorted(segment.risk_rank for segment in (first, second, third)) == [1, 2, 3]
    assert first.risk_score > max(second.risk_score, third.risk_score)


def test_signals_of_every_kind_come_together(project):
    """A text in the wrong language, one that is far too short, and what an error would cost."""
    document = make_document(
        project, SOURCES, {"engine-a": [GOOD[0], "Der Zug hält heute in Kiel.", "Sun."]}, reach=100_000
    )
    prepare(document)
    reasons = [segment.risk_reasons for segment in segments_of(document)]
    assert reasons[0] == ["many readers", "has numbers"]
    assert "not in the target language" in reasons[1]
    assert "unusually short" in reasons[2]


ENGINES = {"engine-a": GOOD, "engine-b": GOOD, "engine-c": ["Guests numbered 120.", *GOOD[1:]]}


def test_from_three_engines_on_texts_are_ranked_by_how_they_differ(project):
    odd = [*GOOD[:2], "It may rain in some places on Thursday, said the agency. Nobody knows."]
    document = make_document(project, SOURCES, {"engine-o": odd} | ENGINES)
    prepare(document)
    segments = segments_of(document)
    assert [segment.risk_ranked for segment in segments] == [True, True, True]
    assert segments[2].risk_rank == 1
    words = "differs from the other engines (lacks some of their words, longer, other number of sentences)"
    assert words in segments[2].risk_reasons
    assert "unusually long" not in segments[2].risk_reasons


def test_with_two_engines_no_ranking_is_claimed(project):
    document = make_document(project, SOURCES, {"engine-a": GOOD, "engine-b": ["Wholly other words.", *GOOD[1:]]})
    prepare(document)
    segments = segments_of(document)
    assert not any(segment.risk_ranked for segment in segments)
    assert segments[0].risk_reasons[0].startswith("differs from the other engine")
    assert not any("engines" in reason for segment in segments for reason in segment.risk_reasons)
    assert segments[0].risk_rank == 1


def test_with_one_engine_there_is_nothing_to_differ_from(project):
    document = make_document(project, SOURCES, {"engine-a": GOOD})
    prepare(document)
    assert not any("engine" in reason for segment in segments_of(document) for reason in segment.risk_reasons)


def test_the_neighbours_of_a_text_are_those_of_its_engine_across_the_cuts(project, monkeypatch):
    document = make_document(project, SOURCES, {"engine-o": ["x", GOOD[1], "y"]} | ENGINES)
    prepare(document)
    before = [segment.risk_score for segment in segments_of(document)]
    stretches = cut(document, 4)
    assert len(stretches) == 3
    monkeypatch.setattr("reviews.routing.service.cut", lambda document: stretches)
    assess(document.pk)
    assert [segment.risk_score for segment in segments_of(document)] == before
    assert "the texts beside it differ from the other engines" in segments_of(document)[1].risk_reasons


def test_texts_that_share_a_run_differ_together(project):
    merged = [(f"{GOOD[0]} Nothing like {GOOD[1]}", 2), "", GOOD[2]]
    document = make_document(project, SOURCES, {"engine-a": GOOD, "engine-b": GOOD, "engine-c": merged})
    prepare(document)
    risks = hypothesis_risks(document)
    rows = Hypothesis.objects.filter(document=document).order_by("system__name", "segment__pk")
    assert all(risks[row.pk].ranked for row in rows)
    first, second, _ = (row for row in rows if row.system.name == "engine-a")
    assert risks[first.pk].score == pytest.approx(risks[second.pk].score * 1.15)  # numbers


def test_a_quality_estimate_from_elsewhere_counts_by_its_place_in_the_project(project):
    document = make_document(project, SOURCES, {"engine-a": GOOD})
    prepare(document)
    before = [segment.risk_score for segment in segments_of(document)]
    for name, better, values in (("Kiwi", True, [0.9, 0.1, 0.8]), ("MetricX", False, [1.0, 25.0, 2.0])):
        metric = new_external(name, higher_is_better=better, against="source")
        judgements = [
            Judgement(
                line=i, document=document.external_id, segment=str(i), system="engine-a", annotator="", value=value
            )
            for i, value in enumerate(values, 1)
        ]
        outcome = take_scores(
            project, judgements, metric=metric, reference=None, origin=Origin("f", "0" * 64), dry_run=False
        )
        assert outcome.matched == 3
    assess(document.pk)
    first, second, third = segments_of(document)
    gained = [segment.risk_score - score for segment, score in zip((first, second, third), before, strict=True)]
    assert gained == pytest.approx([4 / 6 * 1.15, 4 * 5 / 6, 2])
    assert not second.risk_ranked


def test_segments_that_share_a_text_share_its_risk(project):
    document = make_document(
        project, SOURCES, {"engine-a": [("There were 210 guests. The train stops.", 2), "", GOOD[2]]}
    )
    prepare(document)
    first, second, third = segments_of(document)
    assert first.risk_score == second.risk_score > third.risk_score
    assert [first.risk_rank, second.risk_rank, third.risk_rank] == [1, 2, 3]


def test_a_human_text_takes_the_place_of_the_machines(project, cast):
    document = make_document(project, SOURCES, {"engine-a": [GOOD[0].replace("120", "210"), *GOOD[1:]]})
    prepare(document)
    before = segments_of(document)[0].risk_score
    save(segments_of(document)[0], cast["anna"], GOOD[0])
    prepare(document)
    assert segments_of(document)[0].risk_score < before


def test_a_segment_without_any_text_is_assessed_too(project):
    document = make_document(project, ["„Es reicht“, sagt sie."], {}, kinds=["headline"])
    prepare(document)
    (segment,) = segments_of(document)
    assert (segment.risk_rank, segment.risk_reasons) == (1, ["headline", "has a quotation"])
    assert not segment.risk_ranked


def test_assessing_again_writes_nothing(document):
    prepare(document)
    with CaptureQueriesContext(connection) as queries:
        assess(document.pk)
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_every_engines_texts_have_a_risk_of_their_own(project):
    document = make_document(project, SOURCES, {"engine-a": GOOD, "engine-b": [GOOD[0].replace("120", "7"), *GOOD[1:]]})
    prepare(document)
    risks = hypothesis_risks(document)
    assert len(risks) == 6
    chosen = {segment.chosen_id: segment.risk_score for segment in segments_of(document)}
    assert {pk: risk.score for pk, risk in risks.items() if pk in chosen} == chosen
    assert max(risks.values(), key=lambda risk: risk.score).reasons[0] == "number changed"


def test_an_article_costs_the_same_number_of_queries_whatever_its_length(project):
    counts = []
    for size in (2, 40):
        document = make_document(project, SOURCES[:1] * size, {"engine-a": GOOD[:1] * size})
        prepare(document)
        with CaptureQueriesContext(connection) as queries:
            assess(document.pk)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- work ---------------------------------------------------------------------------------------------


def test_a_new_document_is_to_be_edited_and_its_approval_waits(document):
    sync_work(document.pk)
    assert items(document) == [("edit", "open"), ("approve", "waiting")]
    assert WorkItem.objects.get(step="edit").reason.startswith("to be read against the original")


def test_a_second_call_changes_nothing(document):
    sync_work(document.pk)
    before = list(WorkItem.objects.order_by("pk").values())
    sync_work(document.pk)
    assert list(WorkItem.objects.order_by("pk").values()) == before


def test_approval_opens_when_the_last_segment_is_reviewed(document, cast):
    sync_work(document.pk)
    *others, last = segments_of(document)
    for segment in others:
        save(segment, cast["anna"])
    assert items(document) == [("edit", "open"), ("approve", "waiting")]
    save(last, cast["anna"], reviewed=False)
    assert items(document) == [("edit", "open"), ("approve", "waiting")]
    decided(last, cast["anna"], DecisionKind.REVIEWED)
    assert items(document) == [("edit", "done"), ("approve", "open")]


def test_work_is_done_when_everything_is_approved(document, cast):
    sync_work(document.pk)
    all_reviewed(document, cast["anna"])
    for segment in segments_of(document):
        decided(segment, cast["ben"], DecisionKind.APPROVED)
    assert items(document) == [("edit", "done"), ("approve", "done")]


def test_a_text_sent_back_makes_new_work_and_approval_waits_again(document, cast):
    sync_work(document.pk)
    all_reviewed(document, cast["anna"])
    decided(segments_of(document)[0], cast["ben"], DecisionKind.SENT_BACK, "Check the number.")
    assert items(document) == [("edit", "done"), ("approve", "waiting"), ("edit", "open")]


def test_an_approved_article_that_is_edited_again_goes_the_whole_way_again(document, cast):
    sync_work(document.pk)
    all_reviewed(document, cast["anna"])
    for segment in segments_of(document):
        decided(segment, cast["ben"], DecisionKind.APPROVED)
    save(segments_of(document)[1], cast["anna"], "Another text.", reviewed=False)
    assert items(document) == [("edit", "done"), ("approve", "done"), ("edit", "open"), ("approve", "waiting")]


def test_a_lease_on_work_that_stays_is_kept(document, cast):
    sync_work(document.pk)
    item = take_next(person=cast["anna"], step=Step.EDIT)
    save(segments_of(document)[0], cast["anna"])
    item.refresh_from_db()
    assert (item.state, item.lease_owner) == (WorkState.LEASED, cast["anna"])


def test_a_lease_ends_with_the_work(document, cast):
    sync_work(document.pk)
    item = take_next(person=cast["anna"], step=Step.EDIT)
    all_reviewed(document, cast["anna"])
    item.refresh_from_db()
    assert (item.state, item.lease_owner, item.lease_until, item.lease_token) == (WorkState.DONE, None, None, None)


def test_an_approver_who_sends_a_text_back_keeps_the_article_and_nobody_else_gets_it(document, cast):
    sync_work(document.pk)
    all_reviewed(document, cast["anna"])
    item = claim(item_id=WorkItem.objects.get(step="approve").pk, person=cast["ben"])
    decided(segments_of(document)[0], cast["ben"], DecisionKind.SENT_BACK, "Check the number.")
    item.refresh_from_db()
    assert item.lease_owner == cast["ben"]
    assert out_of_step() == []
    return_expired(timezone.now() + timedelta(hours=1))
    assert out_of_step() == [document.pk]
    sync_work(document.pk)
    assert out_of_step() == []
    item.refresh_from_db()
    assert item.state == WorkState.WAITING


def test_without_four_eyes_there_is_an_approval_all_the_same(document, project):
    project.four_eyes = False
    project.save()
    sync_work(document.pk)
    assert items(document) == [("edit", "open"), ("approve", "waiting")]


def test_an_archived_project_has_no_work(document, project):
    sync_work(document.pk)
    project.archived_at = timezone.now()
    project.save()
    sync_work(document.pk)
    assert items(document) == [("edit", "cancelled"), ("approve", "cancelled")]


def test_the_riskier_of_two_articles_comes_first_and_a_deadline_before_both(project, cast):
    calm = make_document(project, SOURCES[1:], {"engine-a": GOOD[1:]})
    risky = make_document(project, SOURCES[:1], {"engine-a": ["There were 7 guests."]})
    due = make_document(project, SOURCES[1:], {"engine-a": GOOD[1:]}, deadline_at=datetime(2026, 12, 1, tzinfo=UTC))
    for document in (calm, risky, due):
        sync_work(document.pk)
        prepare(document)
        sync_work(document.pk)
    taken = [take_next(person=cast["anna"], step=Step.EDIT) for _ in range(3)]
    assert [item.document for item in taken] == [due, risky, calm]
    assert "number changed" in taken[1].reason


def test_a_document_that_is_gone_raises_what_the_tables_say():
    with pytest.raises(Document.DoesNotExist):
        sync_work(1)


@pytest.mark.parametrize("seed", range(8))
def test_any_history_leaves_one_live_item_a_step_that_fits_the_segments(document, cast, seed):
    draw = random.Random(seed)
    sync_work(document.pk)
    for _ in range(30):
        segment = draw.choice(segments_of(document))
        act = draw.choice(["save", "reviewed", "approved", "sent_back", "reopened", "claim", "expire"])
        if act == "save":
            save(segment, draw.choice([cast["anna"], cast["ben"]]), f"Text {draw.random()}", reviewed=False)
        elif act == "claim":
            take_next(person=cast["dora"], step=draw.choice(list(Step)))
        elif act == "expire":
            return_expired(timezone.now() + timedelta(hours=1))
            for pk in out_of_step():
                sync_work(pk)
        elif segment.latest_revision is not None:
            with suppress(DecisionError):
                decided(segment, cast["dora"], DecisionKind(act), "because")
        document.refresh_from_db()
        live = {
            item.step: item.state
            for item in WorkItem.objects.filter(document=document)
            if item.state in LIVE_WORK_STATES
        }
        edited = document.segments_edited == document.segments_total
        approved = document.segments_approved == document.segments_total
        assert ("edit" in live) == (not edited)
        assert ("approve" in live) == (not approved)
        assert live.get("edit") in (None, "open", "leased")
        assert live.get("approve") in (None, "leased", "open" if edited else "waiting")


@pytest.mark.django_db(transaction=True)
def test_many_calls_at_once_make_one_item_a_step():
    document = make_document(make_project(), SOURCES, {"engine-a": GOOD})
    at_once(lambda _: sync_work(document.pk), 6)
    assert items(document) == [("edit", "open"), ("approve", "waiting")]


def test_segments_that_leave_the_article_do_not_keep_work_open(document, cast):
    sync_work(document.pk)
    first, *others = segments_of(document)
    for segment in others:
        save(segment, cast["anna"])
    first.placements.all().delete()
    with transaction.atomic():
        refresh(document)
    sync_work(document.pk)
    assert items(document) == [("edit", "done"), ("approve", "open")]
    assert Segment.objects.get(pk=first.pk).state == "retired"
