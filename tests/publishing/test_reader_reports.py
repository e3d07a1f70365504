"""Errors found after publication: written down once, with what is known of them, and answered."""

import json

import pytest
from django.db import IntegrityError, transaction

from reviews.checks.runner import check_targets
from reviews.editing.dismissing import dismiss
from reviews.editing.permissions import NotAllowedError
from reviews.models import AuditEvent, DecisionKind, Finding, ReaderReport, ReaderReportAnswer
from reviews.models.audit import verify_stream
from reviews.publishing.frozen_texts import engines_of, frozen_texts
from reviews.publishing.reader_reports import (
    ReportError,
    ReportMovedError,
    ReportValue,
    add_report,
    answer_report,
    correcting_numbers,
)
from reviews.publishing.service import publish
from tests.factories import make_document, segments_of
from tests.threads import at_once

from . import desk

pytestmark = pytest.mark.django_db

VALUE = ReportValue("reader", "accuracy/mistranslation", "major", "closed", "Should be: moved.")


@pytest.fixture
def document(project, cast):
    made = make_document(
        project,
        ["Guten Morgen.", "Das Amt ist zu.", "Seit 14 Tagen.", "Es regnet."],
        {"engine-a": ["Good morning.", ("The office has been closed for 15 days.", 2), "", "It rains and it rains."]},
    )
    return desk.work_through(made, editor=cast["anna"], approver=cast["ben"])


@pytest.fixture
def publication(document, cast):
    return publish(document_id=document.pk, person=cast["dora"], waivers=dict.fromkeys(blocking(), "A matter of taste."))


def blocking():
    return set(Finding.objects.values_list("check_name", flat=True))


def report_of(publication, person, segment=1, value=VALUE, key="k"):
    """A report of the text that serves the segment at this place of the article."""
    where = segments_of(publication.document)[segment].pk
    return add_report(publication_id=publication.pk, segment_id=where, person=person, value=value, save_key=key)


def correct(document, cast):
    """Publish the article again with another text in the place of the second."""
    second = segments_of(document)[1]
    desk.take(second, cast["anna"], DecisionKind.REOPENED, "A reader wrote.")
    desk.save(second, cast["anna"], "The office has been moved for 14 days.")
    desk.approve(second, cast["ben"])
    check_targets(document.pk)
    return publish(document_id=document.pk, person=cast["dora"])


def test_a_report_is_of_the_frozen_text_wherever_the_article_went_since(publication, cast):
    correct(publication.document, cast)
    report = report_of(publication, cast["anna"], segment=2)
    text = frozen_texts(publication)[1]
    assert report.segment_id == text.segment == segments_of(publication.document)[1].pk
    assert text.target[report.start : report.end] == "closed"
    assert (report.source_hash, report.target_hash) == text.pair.key
    assert report.engines == ["engine-a"]


def test_it_is_one_event_that_names_nobody_but_by_id(publication, cast):
    report = report_of(publication, cast["anna"])
    event = AuditEvent.objects.get(action="report.added")
    body = json.loads(event.body)
    assert body["person"]["id"] == str(cast["anna"].public_id)
    assert body["data"] | {"report": report.pk, "span": [report.start, report.end]} == body["data"]
    assert cast["anna"].shown_name not in event.body
    assert verify_stream(event.stream) == []


def test_the_same_request_sent_again_writes_nothing(publication, cast):
    first = report_of(publication, cast["anna"])
    assert report_of(publication, cast["anna"]) == first
    assert report_of(publication, cast["ben"]) != first
    assert AuditEvent.objects.filter(action="report.added").count() == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": "close the office"}, "do not stand"),
        ({"words": "o"}, "more than once"),
        ({"category": "accuracy/horror"}, "what kind"),
        ({"severity": "neutral"}, "how grave"),
        ({"kind": "rumour"}, "complained"),
        ({"note": "x" * 2001}, "2,000"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(publication, cast, change, said):
    value = ReportValue(**({"kind": "own", "category": "other", "severity": "minor", "words": "", "note": ""} | change))
    with pytest.raises(ReportError, match=said):
        report_of(publication, cast["anna"], value=value)
    assert not ReaderReport.objects.exists()


def test_words_that_overlap_themselves_stand_more_than_once(project, cast):
    made = desk.work_through(
        make_document(project, ["Aha."], {"engine-a": ["Nananana."]}), editor=cast["anna"], approver=cast["ben"]
    )
    publication = publish(document_id=made.pk, person=cast["dora"], waivers=dict.fromkeys(blocking(), "So it is."))
    with pytest.raises(ReportError, match="more than once"):
        report_of(publication, cast["anna"], 0, ReportValue("own", "other", "minor", "nana"))


def test_only_who_edits_reports_and_only_who_publishes_answers(publication, cast):
    with pytest.raises(NotAllowedError):
        report_of(publication, cast["rolf"])
    report = report_of(publication, cast["anna"])
    with pytest.raises(NotAllowedError):
        answer_report(report_id=report.pk, person=cast["ben"], kind="no_error", base=0, reason="It is right.")


def test_a_check_that_had_found_it_before_is_named_with_what_became_of_that(document, cast):
    second = segments_of(document)[1]
    found = Finding.objects.filter(check_name__startswith="numbers")
    assert found, "the example must hold a wrong number"
    dismiss(segment_id=second.pk, finding_id=found[0].pk, person=cast["dora"], reason="Rounded.")
    publication = publish(document_id=document.pk, person=cast["dora"], waivers=dict.fromkeys(blocking(), "Fine."))
    about = ReportValue("reader", "accuracy/mistranslation", "critical", "15 days")
    assert {"check": found[0].check_name, "fate": "dismissed"} in report_of(publication, cast["anna"], value=about).seen
    elsewhere = ReportValue("reader", "style/awkward", "minor", "office")
    assert found[0].check_name not in {
        entry["check"] for entry in report_of(publication, cast["anna"], value=elsewhere, key="2").seen
    }


def test_a_check_that_came_after_the_publication_had_not_seen_it(publication, cast):
    text = frozen_texts(publication)[0]
    Finding.objects.create(
        project=publication.document.project,
        check_name="names.of_tomorrow",
        check_version=1,
        source_hash=text.pair.source_hash,
        target_hash=text.pair.target_hash,
        ordinal=0,
        severity="major",
        category="accuracy/mistranslation",
        message="Wrong.",
    )
    assert report_of(publication, cast["anna"], 0, ReportValue("own", "other", "minor")).seen == []


def test_a_text_written_anew_is_no_engines(document, cast):
    first = segments_of(document)[0]
    desk.take(first, cast["anna"], DecisionKind.REOPENED, "Anew.")
    desk.save(first, cast["anna"], "Hello")
    desk.approve(first, cast["ben"])
    check_targets(document.pk)
    publication = publish(document_id=document.pk, person=cast["dora"], waivers=dict.fromkeys(blocking(), "Fine."))
    assert engines_of(frozen_texts(publication)[0]) == []


# --- answers ---------------------------------------------------------------------------------------------


def test_only_a_later_publication_that_says_it_otherwise_corrects(publication, cast):
    report = report_of(publication, cast["anna"])
    unchanged = report_of(publication, cast["anna"], 3, ReportValue("own", "other", "minor"), "other")
    answer = {"report_id": report.pk, "person": cast["dora"], "kind": "corrected", "base": 0}
    with pytest.raises(ReportError, match="later publication"):
        answer_report(**answer, correction=1)
    correct(publication.document, cast)
    assert correcting_numbers(report) == [2]
    assert correcting_numbers(unchanged) == []
    with pytest.raises(ReportError, match="still the same"):
        answer_report(**answer | {"report_id": unchanged.pk}, correction=2)
    assert answer_report(**answer, correction=2).correction.number == 2
    assert AuditEvent.objects.filter(action="report.answered").count() == 1


def test_the_last_answer_holds_and_the_same_again_is_none(publication, cast):
    report = report_of(publication, cast["anna"])
    said = {"report_id": report.pk, "person": cast["dora"]}
    first = answer_report(**said, kind="no_error", base=0, reason="It is right.")
    assert answer_report(**said, kind="no_error", base=0, reason=" It is right. ") == first
    with pytest.raises(ReportMovedError):
        answer_report(**said, kind="no_error", base=0, reason="Another reason.")
    answer_report(**said, kind="reopened", base=1, reason="It is wrong after all.")
    with pytest.raises(ReportError, match="open already"):
        answer_report(**said, kind="reopened", base=2, reason="Once more.")
    with pytest.raises(ReportError, match="why"):
        answer_report(**said, kind="no_error", base=2)
    assert list(ReaderReportAnswer.objects.order_by("number").values_list("kind", flat=True)) == [
        "no_error",
        "reopened",
    ]


def test_the_database_refuses_half_an_answer_and_half_a_span(publication, cast):
    report = report_of(publication, cast["anna"])
    with pytest.raises(IntegrityError), transaction.atomic():
        ReaderReportAnswer.objects.create(report=report, number=1, kind="corrected", person=cast["dora"])
    with pytest.raises(IntegrityError), transaction.atomic():
        ReaderReport.objects.create(
            project=report.project,
            publication=publication,
            segment=report.segment,
            kind="own",
            category="other",
            severity="minor",
            start=3,
            end=3,
            person=cast["anna"],
            save_key="x",
        )


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one_and_a_refusal(publication, cast):
    report = report_of(publication, cast["anna"])

    def answer(number):
        said = {"person": cast["dora"], "kind": "no_error", "reason": f"Reason {number}."}
        try:
            return answer_report(report_id=report.pk, base=0, **said)
        except ReportMovedError:
            return None

    answers = at_once(answer, 2)
    assert sum(each is not None for each in answers) == 1
    assert ReaderReportAnswer.objects.count() == 1


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_the_same_report_sent_twice_at_once_is_one(publication, cast):
    at_once(lambda _: report_of(publication, cast["anna"]), 2)
    assert ReaderReport.objects.count() == 1
