"""Ratings and foreign scores find the text they are about, or are counted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews.importing.scorefiles.base import Judgement, Mark
from reviews.metrics import service
from reviews.metrics.external import ExternalMetric
from reviews.metrics.runner import score_document
from reviews.metrics.service import (
    BEYOND,
    IN_PART,
    NO_DOCUMENT,
    NO_SEGMENT,
    NO_SYSTEM,
    NO_TEXT,
    OTHER_TEXT,
    Origin,
    ScoreFileError,
    take_ratings,
    take_scores,
)
from reviews.models import AuditEvent, Campaign, ErrorAnnotation, Protocol, Rating, ReferenceSet, Score
from reviews.models.audit import stream_of, verify_stream
from reviews.models.hypothesis import Hypothesis
from tests.factories import add_hypothesis, add_reference, make_document, make_project
from tests.threads import at_once

pytestmark = pytest.mark.django_db

ORIGIN = Origin("scores.tsv", "0" * 64)
KIWI = ExternalMetric("CometKiwi", True, "source")


@pytest.fixture
def project():
    project = make_project()
    make_document(
        project,
        ["Guten Morgen.", "Es regnet.", "In Kiel."],
        {"engine-a": ["Good morning.", "It rains.", "In Kiel."], "engine-b": [("Morning. Rain.", 2), "", "Kiel."]},
        external_id="d1",
    )
    return project


def judged(segment="1", system="engine-a", document="d1", value=80.0, marks=(), **fields):
    return Judgement(2, system, document, segment, fields.pop("annotator", "r1"), value, tuple(marks), **fields)


def rate(project, *judgements, campaign="esa", protocol=Protocol.ESA, dry_run=False):
    return take_ratings(project, judgements, campaign=campaign, protocol=protocol, origin=ORIGIN, dry_run=dry_run)


def score(project, *judgements, metric=KIWI, reference=None, dry_run=False):
    return take_scores(project, judgements, metric=metric, reference=reference, origin=ORIGIN, dry_run=dry_run)


def rows_written():
    return [
        model.__name__ for model in (Campaign, Rating, ErrorAnnotation, Score, AuditEvent) if model.objects.exists()
    ]


MINOR = Mark("target", (0, 4), "Style", "minor")


def test_a_rating_is_kept_with_its_marks(project):
    outcome = rate(project, judged(marks=[MINOR, Mark("source", None, "", "major", "odd")]))
    assert outcome.to_json() == {"new": 1, "changed": 0, "same": 0, "unmatched": {}, "examples": []}
    rating = Rating.objects.get()
    assert (rating.hypothesis.text, rating.annotator, rating.number, rating.value) == ("Good morning.", "r1", 1, 80.0)
    assert list(rating.marks.order_by("ordinal").values_list("side", "start", "end", "category", "severity")) == [
        ("target", 0, 4, "Style", "minor"),
        ("source", None, None, "", "major"),
    ]


def test_the_same_again_changes_nothing_and_another_answer_is_a_further_row(project):
    rate(project, judged(marks=[MINOR]))
    events = AuditEvent.objects.count()
    assert rate(project, judged(marks=[MINOR])).counts == {"same": 1}
    assert (Rating.objects.count(), ErrorAnnotation.objects.count(), AuditEvent.objects.count()) == (1, 1, events)
    assert rate(project, judged(value=70.0), judged(annotator="r2")).counts == {"changed": 1, "new": 1}
    assert list(Rating.objects.order_by("pk").values_list("annotator", "number", "value")) == [
        ("r1", 1, 80.0),
        ("r1", 2, 70.0),
        ("r2", 1, 80.0),
    ]


@pytest.mark.parametrize(
    ("judgement", "reason"),
    [
        (judged(system="refA"), NO_SYSTEM),
        (judged(document="d2"), NO_DOCUMENT),
        (judged("4"), NO_SEGMENT),
        (judged("0"), NO_SEGMENT),
        (judged("2", system="engine-b"), NO_TEXT),
        (judged(target="Good evening."), OTHER_TEXT),
        (judged(of=2), IN_PART),
        (judged(marks=[Mark("target", (0, 14), "", "minor")]), BEYOND),
        (judged(marks=[Mark("source", (3, 14), "", "minor")]), BEYOND),
    ],
)
def test_what_has_no_partner_is_counted_and_the_rest_is_taken(project, judgement, reason):
    outcome = rate(project, judgement, judged("3"))
    assert (outcome.unmatched, outcome.counts) == ({reason: 1}, {"new": 1})
    assert outcome.examples[0]["reason"] == reason
    assert outcome.examples[0]["line"] == 2
    assert Rating.objects.get().hypothesis.text == "In Kiel."


def test_marks_may_reach_to_the_end_of_a_text_and_of_all_its_sources(project):
    marks = [Mark("target", (0, 14), "", "minor"), Mark("source", (14, 24), "", "minor")]
    assert rate(project, judged(system="engine-b", marks=marks)).counts == {"new": 1}


def test_a_whole_view_of_a_document_goes_by_the_order_of_its_segments(project):
    outcome = rate(project, *(judged(str(n), of=3, value=float(n)) for n in (3, 1, 2)))
    assert outcome.counts == {"new": 3}
    assert dict(Rating.objects.values_list("hypothesis__text", "value")) == {
        "Good morning.": 1.0,
        "It rains.": 2.0,
        "In Kiel.": 3.0,
    }


def test_segments_without_ids_go_by_their_number(project):
    document = make_document(project, ["Eins.", "Zwei."], {"engine-a": ["One.", "Two."]}, external_id="d3")
    document.segments.update(external_id="")
    rate(project, judged("2", document="d3"))
    assert Rating.objects.get().hypothesis.text == "Two."


def test_only_the_first_rows_without_a_partner_are_named(project):
    outcome = rate(project, *[judged(document="none")] * 50, judged())
    assert (outcome.unmatched.total(), len(outcome.examples)) == (50, service.EXAMPLES)


def test_a_campaign_has_one_protocol(project):
    rate(project, judged())
    with pytest.raises(ScoreFileError, match=r"known with the protocol esa\. Name another with --campaign"):
        rate(project, judged(), protocol=Protocol.MQM)
    assert Campaign.objects.get().protocol == "esa"


def test_a_dry_run_counts_and_writes_nothing(project):
    assert rate(project, judged(), dry_run=True).counts == {"new": 1}
    assert score(project, judged(value=0.8), dry_run=True).counts == {"new": 1}
    assert rows_written() == []


def test_nothing_is_half_written(project, monkeypatch):
    def fail(*arguments, **options):
        raise OSError("no space left")

    monkeypatch.setattr(service, "append_event", fail)
    with pytest.raises(OSError, match="no space left"):
        rate(project, judged(marks=[MINOR]))
    with pytest.raises(OSError, match="no space left"):
        score(project, judged(value=0.8))
    assert rows_written() == []


def test_what_came_in_from_which_file_is_on_the_record(project):
    rate(project, judged(), judged(system="refA"))
    score(project, judged(value=0.8))
    first, second = AuditEvent.objects.order_by("number")
    assert '"file":"scores.tsv"' in first.body
    assert '"new":1' in first.body
    assert '"unmatched":1' in first.body
    assert KIWI.signature in second.body
    assert verify_stream(stream_of(project)) == []


def test_the_number_of_queries_does_not_grow_with_the_rows(project):
    rows = [judged(str(n), annotator=f"r{m}") for n in (1, 2, 3) for m in range(40)]
    rate(project, judged(), campaign="first on the record")
    counts = []
    for campaign, part in (("one", rows[:2]), ("two", rows)):
        with CaptureQueriesContext(connection) as queries:
            rate(project, *part, campaign=campaign)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_score_stands_beside_ours_and_is_no_longer_counted_when_its_text_goes(project):
    document = project.documents.get()
    score(project, judged(value=0.8), judged("3", value=0.0))
    score_document(document.pk)
    assert dict(Score.objects.filter(config__metric="CometKiwi").values_list("hypothesis__text", "value")) == {
        "Good morning.": 0.8,
        "In Kiel.": 0.0,
    }
    add_hypothesis(document, "engine-a", 0, "Good day.", number=2)
    score_document(document.pk)
    assert Score.objects.filter(config__metric="CometKiwi").get().hypothesis.text == "In Kiel."


def test_a_score_is_replaced_and_the_same_again_is_the_same(project):
    assert score(project, judged(value=0.8)).counts == {"new": 1}
    assert score(project, judged(value=0.8)).counts == {"same": 1}
    assert score(project, judged(value=0.7)).counts == {"changed": 1}
    assert Score.objects.get(config__metric="CometKiwi").value == 0.7


def test_a_metric_cannot_change_its_orientation(project):
    score(project, judged(value=0.8))
    with pytest.raises(ScoreFileError, match=r"known in desk as external\|against:source\|better:higher\|rules:1"):
        score(project, judged(value=0.8), metric=ExternalMetric("CometKiwi", False, "source"))
    other = make_project("other")
    make_document(other, ["Ja."], {"engine-a": ["Yes."]}, external_id="d1")
    outcome = score(other, judged(value=3.0), metric=ExternalMetric("CometKiwi", False, "source"))
    assert outcome.counts == {"new": 1}


def test_a_score_against_a_reference_needs_the_reference_there(project):
    document = project.documents.get()
    add_reference(document, "A", 0, "Good morning to you.")
    reference = ReferenceSet.objects.create(project=project, label="A", names=["A"])
    comet = ExternalMetric("COMET", True, "reference")
    outcome = score(project, judged(value=0.9), judged("3", value=0.8), metric=comet, reference=reference)
    assert (outcome.counts, outcome.unmatched) == ({"new": 1}, {"no reference": 1})
    row = Score.objects.get(config__metric="COMET")
    assert (row.value, row.target.reference_set.label) == (0.9, "A")
    assert row.hypothesis_hash == Hypothesis.objects.get(text="Good morning.").content_hash


def test_a_score_against_a_reference_goes_when_the_reference_changes(project):
    document = project.documents.get()
    add_reference(document, "A", 0, "Good morning to you.")
    add_reference(document, "A", 2, "In Kiel.")
    score_document(document.pk)
    comet = ExternalMetric("COMET", True, "reference")
    reference = ReferenceSet.objects.get(project=project)
    score(project, judged(value=0.9), judged("3", value=0.8), metric=comet, reference=reference)
    score_document(document.pk)
    assert Score.objects.filter(config__metric="COMET").count() == 2
    add_reference(document, "A", 0, "A good morning to you.", number=2)
    score_document(document.pk)
    assert Score.objects.filter(config__metric="COMET").get().hypothesis.text == "In Kiel."


@pytest.mark.django_db(transaction=True)
def test_two_imports_of_the_same_file_at_once_write_it_once(project):
    outcomes = at_once(lambda _: rate(project, judged(marks=[MINOR]), judged("3")).counts, 2)
    assert sorted(map(sorted, outcomes)) == [["new"], ["same"]]
    assert (Rating.objects.count(), ErrorAnnotation.objects.count()) == (2, 1)
