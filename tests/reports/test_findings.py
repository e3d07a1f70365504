"""Findings of a document as rows, on each side, and whether an editor has dealt with them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reviews.checks.runner import check_document, check_targets
from reviews.editing.dismissing import dismiss, undo_dismissal
from reviews.editing.saving import save_revision
from reviews.models import Finding
from reviews.reports.findings import document_findings
from tests.factories import add_reference, make_cast, make_document, segments_of

pytestmark = pytest.mark.django_db

SOURCES = ["Es kamen 120 Gäste und 7 Hunde.", "Der Zug hält in Kiel."]


@pytest.fixture
def anna(project):
    return make_cast(project)["anna"]


def make_checked(project, *args, **columns):
    document = make_document(project, *args, **columns)
    check_document(document.pk)
    return document


def save(document, place, text, person):
    segment = segments_of(document)[place]
    base = segment.latest_revision.number if segment.latest_revision else 0
    save_revision(segment_id=segment.pk, person=person, typed=text, base=base)
    check_targets(document.pk)


def states(document):
    rows = document_findings(document).rows
    return [(row.get("system") or row.get("revision"), row["check"], row["state"]) for row in rows]


def test_a_row_holds_the_finding_its_place_and_both_texts(project):
    document = make_checked(project, SOURCES, {"engine-a": ["There were 120 guests and 9 dogs.", "It stops in Kiel."]})
    (row,) = document_findings(document).rows
    first = segments_of(document)[0]
    assert SOURCES[0][slice(*row["source_spans"][0])] == "7"
    assert row["target"][slice(*row["target_spans"][0])] == "9"
    assert row["message"]
    expected = {
        "document": document.external_id,
        "segment": first.pk,
        "block": 0,
        "kind": "body",
        "sentence": 0,
        "covers": 1,
        "system": "engine-a",
        "check": "numbers.value",
        "side": "hypothesis",
        "state": "open",
        "source": SOURCES[0],
        "target": "There were 120 guests and 9 dogs.",
    }
    assert expected.items() <= row.items()


def test_rows_stand_in_article_order_then_by_engine(project):
    document = make_checked(
        project, SOURCES, {"engine-a": ["7 guests.", "Der Zug hält in Kiel."], "engine-b": ["8 guests.", ""]}
    )
    rows = document_findings(document).rows
    assert [(row["block"], row["system"]) for row in rows] == sorted((row["block"], row["system"]) for row in rows)
    assert {row["system"] for row in rows} == {"engine-a", "engine-b"}


def test_a_run_names_the_segment_it_starts_at_and_how_many_it_covers(project):
    document = make_checked(project, SOURCES, {"engine-a": [("There were 120 guests. It stops.", 2), ""]})
    (row,) = document_findings(document).rows
    assert (row["covers"], row["source"]) == (2, " ".join(SOURCES))


def test_a_finding_is_fixed_when_the_human_text_no_longer_has_it(project, anna):
    document = make_checked(project, SOURCES, {"engine-a": ["There were 210 guests and 9 dogs.", "It stops in Kiel."]})
    assert [state for _, _, state in states(document)] == ["open", "open"]
    save(document, 0, "There were 120 guests and 9 dogs.", anna)
    assert states(document) == [
        ("engine-a", "numbers.value", "fixed"),
        ("engine-a", "numbers.value", "open"),
        (1, "numbers.value", "open"),
    ]
    save(document, 0, "There were 120 guests and 7 dogs.", anna)
    assert [state for _, _, state in states(document)] == ["fixed", "fixed"]


def test_a_finding_is_not_fixed_by_a_text_nobody_checked(project, anna):
    document = make_checked(project, SOURCES, {"engine-a": ["There were 210 guests and 7 dogs.", "It stops in Kiel."]})
    save_revision(segment_id=segments_of(document)[0].pk, person=anna, typed="120 guests and 7 dogs.", base=0)
    findings = document_findings(document)
    assert [row["state"] for row in findings.rows] == ["open"]
    assert findings.unchecked == 1


def test_a_dismissed_finding_is_dismissed_in_the_engines_text_too(project, anna):
    document = make_checked(project, ["Sein Handy war neu."], {"engine-a": ["His handy was new."]})
    save(document, 0, "Well, his handy was new.", anna)
    finding = Finding.objects.exclude(target_hash=segments_of(document)[0].chosen.content_hash).get()
    dismissed = dismiss(segment_id=segments_of(document)[0].pk, finding_id=finding.pk, person=anna).dismissals
    assert [state for _, _, state in states(document)] == ["dismissed", "dismissed"]
    undo_dismissal(dismissal_id=dismissed[0].pk, person=anna)
    assert [state for _, _, state in states(document)] == ["open", "open"]


def test_a_muted_check_has_no_rows(project):
    document = make_checked(project, ["Sein Handy war neu."], {"engine-a": ["His handy was new."]})
    assert len(states(document)) == 1
    document.project.check_policy = {"checks": {"glossary.false_friends": "off"}}
    assert states(document) == []


def test_references_are_shown_when_asked_for(project):
    document = make_document(project, SOURCES[:1], {"engine-a": ["120 guests and 7 dogs."]})
    add_reference(document, "A", 0, "130 guests and 7 dogs.")
    check_document(document.pk)
    assert document_findings(document).rows == []
    (row,) = document_findings(document, references=True).rows
    assert (row["side"], row["reference"], row["state"]) == ("reference", "A", "open")


def test_texts_that_were_not_checked_are_counted(project):
    document = make_document(project, SOURCES, {"engine-a": ["7 guests.", "It stops in Kiel."]})
    assert document_findings(document).unchecked == 2
    assert document_findings(document).rows == []


def test_a_document_costs_the_same_number_of_queries_whatever_its_length(project):
    counts = []
    for size in (1, 40):
        document = make_checked(project, SOURCES[:1] * size, {"engine-a": [f"{n} guests." for n in range(size)]})
        with CaptureQueriesContext(connection) as queries:
            assert len(document_findings(document).rows) >= size
        counts.append(len(queries))
    assert counts[0] == counts[1]
